"""What it takes to give away every record that answers, beside PostgreSQL's own COPY of the same rows.

    .venv/bin/python benchmarks/streams.py [N ...]        (default: 10000 and 100000 records)

Each number of records gets a home of its own with so many samples. Each form is written to nowhere: first the deed by
itself, then (*client*) as JSON lines through the web application and the Python client in one process. The bare work is
`COPY (SELECT ...) TO STDOUT` of the same columns by the owner of the database, without any wall. *Largest* is the
resident memory of the process at its highest so far, which shows growth and not what one form takes. Prints a table in
Markdown.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from kiban.local import client_of
from kiban.operations.resources import Resources
from kiban.operations.stream_records import stream_records
from kiban.platform import local_asker, open_platform
from kiban.records.identity import new_pid, new_uuid
from kiban.records.record import Record, RecordKind
from kiban.settings import Settings
from kiban.standards.row_stream import MEDIA_TYPES, write
from kiban.store.catalog import Batch
from kiban.store.embedded_postgres import EmbeddedPostgres
from kiban.store.postgres_settings import OWNER

_AT_ONCE = 5000
_BARE = "COPY (SELECT id, pid, kind, title, version, created_at, document FROM record ORDER BY id DESC) TO STDOUT"


def fill(resources: Resources, n: int) -> None:
    """Keep so many samples."""
    visible = resources.visible(local_asker(resources))
    scope = next(scope for scope in resources.catalog.scopes() if scope.project == resources.project)
    for begin in range(0, n, _AT_ONCE):
        records = tuple(_sample(resources, scope.number, i) for i in range(begin, begin + _AT_ONCE))
        with resources.catalog.writing(visible, project=resources.project) as writing:
            writing.add(Batch(records=records))


def _sample(resources: Resources, scope: int, number: int) -> Record:
    name = f"S-{number}"
    return Record(
        id=new_uuid(),
        pid=new_pid(),
        kind=RecordKind.SAMPLE,
        title=name,
        project=resources.project,
        owner="operator",
        scope=scope,
        key=name,
        document={"name": name, "formula": "TiO2", "description": "synthetic " * 20},
        created_at=datetime.now(UTC),
        created_by="operator",
    )


def bare(home: Path) -> tuple[float, int]:
    """How long PostgreSQL takes by itself, and how many bytes it gives."""
    n_bytes, began = 0, time.perf_counter()
    with psycopg.connect(EmbeddedPostgres(home).conninfo(OWNER)) as connection:
        connection.execute("ANALYZE record")
        began = time.perf_counter()
        with connection.cursor().copy(_BARE) as copied:
            for piece in copied:
                n_bytes += len(piece)
    return time.perf_counter() - began, n_bytes


def streamed(resources: Resources) -> Iterator[tuple[str, float, float, int]]:
    """Each way with its time, its processor time and its bytes."""
    for form in MEDIA_TYPES:
        began, worked = time.perf_counter(), time.process_time()
        found = stream_records(local_asker(resources), resources, "")
        n_bytes = sum(map(len, write(found.fields, found.parts, form)))
        yield form, time.perf_counter() - began, time.process_time() - worked, n_bytes
    with client_of(resources) as client:
        began, worked = time.perf_counter(), time.process_time()
        n_rows = sum(1 for _ in client.records())
        assert n_rows > 0
        yield "client", time.perf_counter() - began, time.process_time() - worked, 0


def main() -> None:
    """Measure and print."""
    print("| records | form | MB | s | rows/s | CPU s | bare COPY s | ratio | largest MB |")
    print("|---|---|---|---|---|---|---|---|---|")
    for n in [int(text) for text in sys.argv[1:]] or [10_000, 100_000]:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder) / "home"
            with open_platform(Settings(home=home), n_workers=1) as resources:
                fill(resources, n)
                bare(home)
                bare_s, _ = bare(home)
                for form, s, cpu_s, n_bytes in streamed(resources):
                    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
                    size = f"{n_bytes / 1e6:.1f}" if n_bytes else ""
                    print(
                        f"| {n} | {form} | {size} | {s:.2f} | {n / s:.0f} | {cpu_s:.2f} | {bare_s:.2f} "
                        f"| {s / bare_s:.0f} | {largest} |",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
