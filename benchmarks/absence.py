"""Whether the time of an answer tells that something hidden is there.

    .venv/bin/python benchmarks/absence.py [N]        (default: 300 requests of each kind)

A home with 5,000 closed measurements of one project is asked by nobody in particular, over the application, in turn for
an identifier that is hidden and for one that never was: by page, by REST, by checksum, by a question. Gives the medians,
their ratio, and as a measure of the noise the ratio of the medians of the odd and the even requests for what never was.
Prints a table in Markdown.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from kiban.operations.resources import Resources
from kiban.platform import open_platform
from kiban.records.identity import new_pid
from kiban.records.scope import Tier
from kiban.settings import load
from kiban.testing.catalog_examples import Laboratory, blob_of
from kiban.web.application import application

N_RECORDS = 5_000
WARM_UP = 20
KINDS = {
    "page of a record": "/records/{pid}",
    "record over REST": "/api/v1/records/{pid}",
    "short address": "/id/{pid}",
    "file over REST": "/api/v1/files/{sha256}",
    "bytes of a file": "/api/v1/files/{sha256}/content",
    "question for an identifier": "/api/v1/search?q=id%20%3D%20%22{pid}%22",
    "question for a title": "/api/v1/search?q=title%20CONTAINS%20%22{title}%22",
}


def furnish(resources: Resources) -> list[dict[str, str]]:
    """Write the closed records; gives what each can be asked for by."""
    lab = Laboratory(resources.catalog, project=resources.project)
    scope = lab.scope(Tier.CLOSED).number
    records = [lab.measurement(f"hidden{n:06d}", scope=scope) for n in range(N_RECORDS)]
    files = [lab.file(f"hidden{n:06d}.csv", scope=scope) for n in range(N_RECORDS)]
    lab.write(
        *records,
        files=tuple(files),
        blobs=tuple(map(blob_of, files)),
        file_records=tuple((file.id, record.id) for file, record in zip(files, records, strict=True)),
    )
    return [
        {"pid": record.pid, "sha256": file.checksum, "title": record.title}
        for record, file in zip(records, files, strict=True)
    ]


def never(rng: random.Random) -> dict[str, str]:
    """The same of something that never was."""
    return {"pid": new_pid(), "sha256": rng.randbytes(32).hex(), "title": f"absent{rng.randrange(10**6):06d}"}


def measure(ask: Callable[[str], None], route: str, there: list[dict[str, str]], n: int) -> tuple[float, ...]:
    """Medians in ms of hidden and missing, and of the two halves of missing."""
    rng = random.Random(1)
    hidden, missing = [], []
    for turn in range(n + WARM_UP):
        for names, times in ((rng.choice(there), hidden), (never(rng), missing)):
            start = time.perf_counter()
            ask(route.format(**names))
            if turn >= WARM_UP:
                times.append((time.perf_counter() - start) * 1e3)
    medians = (hidden, missing, missing[::2], missing[1::2])
    return tuple(statistics.median(times) for times in medians)


def main() -> None:
    """See the module."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    with tempfile.TemporaryDirectory() as folder, open_platform(load(Path(folder) / "home"), n_workers=1) as resources:
        there = furnish(resources)
        transport = httpx.ASGITransport(app=application(resources))
        with asyncio.Runner() as runner:
            client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8420")

            def ask(address: str) -> None:
                status = runner.run(client.get(address)).status_code
                assert status in {200, 307, 404}, f"{address}: {status}"

            print(f"{N_RECORDS} hidden records, {n} requests of each kind\n")
            print("| asked for by | hidden, ms | never was, ms | ratio | noise |\n|---|---|---|---|---|")
            for name, route in KINDS.items():
                hidden, missing, odd, even = measure(ask, route, there, n)
                row = f"{hidden:.2f} | {missing:.2f} | {hidden / missing:.3f} | {max(odd, even) / min(odd, even):.3f}"
                print(f"| {name} | {row} |", flush=True)
            runner.run(client.aclose())


if __name__ == "__main__":
    main()
