"""What it takes the database to follow provenance: of a value back to its origins, of a batch forward to all its values.

    .venv/bin/python benchmarks/provenance.py [N ...]        (default: 10000 and 100000 records)

A family is a batch, its milling, ten pieces, ten heat treatments that are planned and done, ten specimens and thirty
measurements with three values each; four batches in five were made from a specimen of an earlier family, so that ways
lead back through several. *Back* is what the page of a value's provenance asks the catalog: the walk, the records, the
values; *forward* the same from a batch. The bare work is one record fetched by its identifier, in the same run. Times
are as the caller waits for them, random starts, everything behind both walls. Prints a table in Markdown.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg

from kiban.quantity.measured import Measured
from kiban.records.link import Link, Predicate
from kiban.records.property import Fact
from kiban.records.provenance import Direction
from kiban.records.record import Record, RecordKind
from kiban.store.catalog import Batch
from kiban.store.embedded_postgres import EmbeddedPostgres
from kiban.store.migrate import migrate
from kiban.store.postgres_settings import APPLICATION, OWNER
from kiban.store.sql_catalog import SqlCatalog
from kiban.testing.catalog_examples import Laboratory, a_fact, a_link

N_STARTS = 300
N_PIECES = 10
N_SCANS = 3


def family(
    lab: Laboratory, number: int, earlier: list[Record], chance: random.Random
) -> tuple[Batch, Record, list[Record], list[Record]]:
    """One batch with all that came of it: what is written, the batch, its specimens, its measurements."""
    records: list[Record] = []
    links: list[Link] = []
    facts: list[Fact] = []

    def process(name: str, used: Record) -> Record:
        made = lab.record(RecordKind.PROCESS, name, document={"name": name})
        records.append(made)
        links.append(a_link(made, Predicate.USED, used))
        return made

    def sample(name: str, *links_to: tuple[Predicate, Record]) -> Record:
        made = lab.sample(name)
        records.append(made)
        links.extend(a_link(made, predicate, other) for predicate, other in links_to)
        return made

    raw = sample(
        f"raw {number}", *([(Predicate.DERIVED_FROM, chance.choice(earlier))] if earlier and number % 5 else [])
    )
    powder = sample(
        f"powder {number}", (Predicate.MADE_BY, process(f"milling {number}", raw)), (Predicate.DERIVED_FROM, raw)
    )
    specimens, scans = [], []
    for i in range(N_PIECES):
        piece = sample(f"piece {number}-{i}", (Predicate.PART_OF, powder))
        specimen = sample(
            f"specimen {number}-{i}",
            (Predicate.MADE_BY, process(f"anneal {number}-{i}", piece)),
            (Predicate.DERIVED_FROM, piece),
        )
        specimens.append(specimen)
        for j in range(N_SCANS):
            scan = lab.measurement(f"scan {number}-{i}-{j}", specimen)
            records.append(scan)
            scans.append(scan)
            links.append(a_link(scan, Predicate.MEASURED, specimen))
            facts.extend(a_fact("d_spacing", Measured(chance.uniform(1, 5), "angstrom"), scan) for _ in range(3))
    return Batch(records=tuple(records), links=tuple(links), facts=tuple(facts)), raw, specimens, scans


def fill(lab: Laboratory, n_records: int) -> tuple[list[Record], list[Record]]:
    """Write families until there are so many records; gives the batches and the measurements."""
    chance = random.Random(1)
    raws: list[Record] = []
    scans: list[Record] = []
    specimens: list[Record] = []
    written = 0
    while written < n_records:
        # Chains of families stay some ten long, as in a laboratory that reuses its own samples.
        batch, raw, made, measured = family(lab, len(raws), specimens[-1000:], chance)
        with lab.catalog.writing(lab.visible(), project=lab.project) as writing:
            writing.add(batch)
        raws.append(raw)
        specimens = [*specimens, *made][-1000:]
        scans.extend(measured)
        written += len(batch.records)
    return raws, scans


def drawn(lab: Laboratory, start: Record, direction: Direction) -> int:
    """Ask the catalog what the page of a provenance asks it; gives the number of records."""
    visible = lab.visible()
    walk = lab.catalog.walk([start.id], visible, direction=direction, most=1000)
    records = lab.catalog.get_many(walk.depths, visible)
    evidence = [r.id for r in records.values() if r.kind is RecordKind.MEASUREMENT]
    lab.catalog.facts(visible, evidence=evidence if direction is Direction.FORWARD else [start.id])
    return len(records)


def times_ms(deeds: Iterator[Callable[[], int]]) -> tuple[list[float], list[int]]:
    """How long each deed took, and what it gave."""
    times, sizes = [], []
    for deed in deeds:
        begun = time.perf_counter()
        sizes.append(deed())
        times.append(1e3 * (time.perf_counter() - begun))
    return times, sizes


def run(server: EmbeddedPostgres, n_records: int) -> None:
    """Fill a database of its own and print its lines of the table."""
    name = f"provenance_{n_records}"
    with psycopg.connect(server.conninfo(OWNER), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
    migrate(server.conninfo(OWNER, name))
    lab = Laboratory(SqlCatalog.connect(server.conninfo(APPLICATION, name)))
    raws, scans = fill(lab, n_records)
    with psycopg.connect(server.conninfo(OWNER, name), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    chance = random.Random(2)
    one, _ = times_ms(
        (lambda s=s: len(lab.catalog.get_many([s.id], lab.visible()))) for s in chance.sample(scans, N_STARTS)
    )
    bare = statistics.median(one)
    for label, direction, starts in (
        ("back from a value", Direction.BACK, scans),
        ("forward from a batch", Direction.FORWARD, raws),
    ):
        chosen = chance.choices(starts, k=N_STARTS)
        times, sizes = times_ms((lambda s=s, d=direction: drawn(lab, s, d)) for s in chosen)
        cuts = statistics.quantiles(times, n=20)
        print(
            f"| {n_records} | {label} | {statistics.median(sizes):.0f} ({max(sizes)}) | {statistics.median(times):.1f} | "
            f"{cuts[-1]:.1f} | {max(times):.1f} | {bare:.2f} | {statistics.median(times) / bare:.0f} |",
            flush=True,
        )
    lab.catalog.close()


def main() -> None:
    """Print the table."""
    sizes = [int(size) for size in sys.argv[1:]] or [10_000, 100_000]
    print(f"Load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors.\n")
    print(
        "| records | asked | records found, median (most) | median, ms | 95 %, ms | slowest, ms | one record, ms | ratio |"
    )
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "home") as server:
        for size in sizes:
            run(server, size)


if __name__ == "__main__":
    main()
