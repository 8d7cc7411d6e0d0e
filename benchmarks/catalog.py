"""What the catalog costs beside bare PostgreSQL, in the same run: writing beside COPY, searching beside no access rules.

    .venv/bin/python benchmarks/catalog.py [N ...]        (default: 2000 and 20000 measurements)

Each measurement brings a file, a normalised object, ten facts, a link and two events; fifty go into one batch. COPY
writes the same rows, made beforehand, into the same tables and indexes as the owner, whom row-level security does not
bind. The questions are then asked behind both walls, and as the owner without the second one. Prints tables in Markdown.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
import psycopg

from kiban.quantity.measured import Measured
from kiban.query.parse import parse
from kiban.query.question import Question
from kiban.records.event import Event
from kiban.records.file_entry import Blob, FileEntry
from kiban.records.link import Predicate
from kiban.records.matter.mass_fractions import mass_fractions
from kiban.records.property import Fact
from kiban.records.record import Record
from kiban.records.scope import ScopeTerms, Tier
from kiban.store import sql_insert, sql_rows
from kiban.store.catalog import Batch
from kiban.store.embedded_postgres import EmbeddedPostgres
from kiban.store.migrate import migrate
from kiban.store.postgres_settings import APPLICATION, OWNER
from kiban.store.server_address import ServerAddress
from kiban.store.sql_catalog import SqlCatalog
from kiban.store.sql_pool import SqlPool
from kiban.testing.catalog_examples import Laboratory, a_fact, a_link, blob_of, checksum_of

BATCH = 50
QUESTIONS = (
    "*",
    "technique = xrd",
    "scan",
    "operator777",
    "metadata.anode = Cu",
    'sample = "sample 7"',
    'elements HAS ALL "Ti","O"',
    "d_spacing < 0.001 angstrom",
    "d_spacing < 2.5 angstrom",
    "NOT d_spacing > 1 angstrom",
    'title CONTAINS "7-1"',
)


Rows = list[tuple[sql_insert.Table, list[tuple[object, ...]]]]


def make_batch(lab: Laboratory, number: int, chance: random.Random) -> Batch:
    """One sample with its measurements."""
    scope = lab.scope((Tier.CLOSED, Tier.OPEN)[number % 2]).number
    sample = lab.sample(f"sample {number}", scope=scope)
    scans: list[Record] = []
    facts: list[Fact] = []
    files: list[FileEntry] = []
    blobs: list[Blob] = []
    events: list[Event] = []
    for i in range(BATCH):
        name = f"{number}-{i}"
        scan = lab.measurement(
            f"scan {name}",
            sample,
            scope=scope,
            key=f"{checksum_of(name)}#0",
            document={
                "technique": chance.choice(("xrd", "ir", "raman", "cyclic_voltammetry")),
                "file_name": f"LTO_{name}.xrdml",
                "reader": "panalytical_xrdml",
                "operator": f"operator{chance.randrange(2000)}",
                "started_at": "2024-01-31T23:30:00",
                "metadata": {
                    "anode": "Cu",
                    "wavelength": {"value": 1.5406, "unit": "angstrom"},
                    "tube_voltage": {"value": 45.0, "unit": "kV"},
                    "comment": f"after annealing {i}",
                },
                "preview": [[x, chance.random()] for x in range(60)],
            },
        )
        file = lab.file(f"{number}/{i}.xrdml", scope=scope)
        scans.append(scan)
        files.append(file)
        blobs += [blob_of(file), Blob(checksum_of(f"normalised {name}"), 20_000)]
        facts += [
            a_fact("d_spacing", Measured(5 * chance.random(), "angstrom"), scan, condition={"peak": peak})
            for peak in range(10)
        ]
        events += [lab.event(action, scan.id, scope=scope, details={"n": i}) for action in ("kept", "deposited")]
    return Batch(
        records=(sample, *scans),
        compositions={sample.id: {"Ti": 0.4, "O": 0.6}},
        links=tuple(a_link(scan, Predicate.MEASURED, sample) for scan in scans),
        facts=tuple(facts),
        files=tuple(files),
        file_records=tuple((file.id, scan.id) for file, scan in zip(files, scans, strict=True)),
        blobs=tuple(blobs),
        events=tuple(events),
    )


def rows_of(batch: Batch) -> Rows:
    """The rows that a batch comes to, for COPY."""
    scope = batch.records[0].scope
    return [
        (sql_insert.BLOB, [(b.checksum, b.size) for b in batch.blobs]),
        (sql_insert.RECORD, [sql_rows.record_row(r, is_current=True) for r in batch.records]),
        (
            sql_insert.COMPOSITION,
            [
                (s, e, x, mass_fractions(amounts)[e], scope)
                for s, amounts in batch.compositions.items()
                for e, x in amounts.items()
            ],
        ),
        (sql_insert.LINK, [sql_rows.link_row(link) for link in batch.links]),
        (sql_insert.PROPERTY, [sql_rows.fact_row(fact, is_standing=True) for fact in batch.facts]),
        (sql_insert.FILE, [sql_rows.file_row(file) for file in batch.files]),
        (sql_insert.FILE_RECORD, [(*pair, scope) for pair in batch.file_records]),
        (sql_insert.EVENT, [sql_rows.event_row(event) for event in batch.events]),
    ]


def copy(connection: psycopg.Connection[tuple[object, ...]], tables: Rows) -> None:
    """Write rows with COPY, in one transaction."""
    with connection.transaction(), connection.cursor() as cursor:
        for table, rows in tables:
            with cursor.copy(f"COPY {table.name} ({', '.join(table.columns)}) FROM STDIN") as target:
                for row in rows:
                    target.write_row(row)


def write(lab: Laboratory, batch: Batch) -> None:
    """Write a batch as a deposit does: look what is there, then add."""
    with lab.catalog.writing(lab.visible(), project=lab.project) as writing:
        writing.existing_files([(file.path, file.checksum) for file in batch.files])
        writing.add(batch)


class Clock:
    """Adds up the CPU of this process and of the server's processes."""

    def __init__(self, server: psutil.Process) -> None:
        self._server = server
        self.cpu_s = 0.0

    def _now(self) -> float:
        backends = [self._server, *self._server.children(recursive=True)]
        return time.process_time() + sum(t.user + t.system for t in (process.cpu_times() for process in backends))

    def measure(self, deed: Callable[[], None]) -> None:
        """Do it, and add what it took."""
        start = self._now()
        deed()
        self.cpu_s += self._now() - start


def fastest_ms(deed: Callable[[], object]) -> float:
    """The shortest of five times, on the wall."""
    times = []
    for _ in range(5):
        start = time.perf_counter()
        deed()
        times.append(time.perf_counter() - start)
    return 1000.0 * min(times)


def ask_both(question: Question, lab: Laboratory, free: SqlCatalog) -> str:
    """Cells of a table: find and count behind both walls, and what the second wall makes of them."""
    cells = []
    for guarded, bare in ((lab.catalog.find, free.find), (lab.catalog.count, free.count)):
        both = fastest_ms(partial(guarded, question, lab.visible()))
        one = fastest_ms(partial(bare, question, lab.visible()))
        cells.append(f"{both:.1f} | {both / one:.2f}")
    return " | ".join(cells)


def run(server: EmbeddedPostgres, n_measurements: int) -> None:
    """Measure one size."""
    names = [f"bench_{n_measurements}_{kind}" for kind in ("walls", "copy")]
    with psycopg.connect(server.conninfo(OWNER), autocommit=True) as connection:
        for name in names:
            connection.execute(f"CREATE DATABASE {name}")
            migrate(server.conninfo(OWNER, name))
    catalog = SqlCatalog.connect(server.conninfo(APPLICATION, names[0]))
    lab, twin = Laboratory(catalog), SqlCatalog(SqlPool(server.conninfo(OWNER, names[1])))
    for tier in (Tier.CLOSED, Tier.OPEN):
        lab.scope(tier)
        twin.ensure_scope(ScopeTerms(project=lab.project, tier=tier))
    listener = ServerAddress(server.home / "postgres").listener()
    assert listener is not None
    ours, copied = (Clock(psutil.Process(listener)) for _ in range(2))
    chance = random.Random(20261122)
    with psycopg.connect(server.conninfo(OWNER, names[1]), autocommit=True) as connection:
        for number in range(n_measurements // BATCH):
            batch = make_batch(lab, number, chance)
            ours.measure(partial(write, lab, batch))
            rows = rows_of(batch)
            copied.measure(partial(copy, connection, rows))
    per = 1000 / n_measurements
    print(
        f"| {n_measurements} | {ours.cpu_s * per:.2f} | {copied.cpu_s * per:.2f} | {ours.cpu_s / copied.cpu_s:.2f} |\n"
    )
    with psycopg.connect(server.conninfo(OWNER, names[0]), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    free = SqlCatalog(SqlPool(server.conninfo(OWNER, names[0])))
    print("| question | answers | find, ms | beside one wall | count, ms | beside one wall |")
    print("|---|---|---|---|---|---|")
    for text in QUESTIONS:
        question = parse(text)
        n_answers = catalog.count(question, lab.visible())
        print(f"| `{text}` | {n_answers} | {ask_both(question, lab, free)} |")
    print()
    for each in (catalog, twin, free):
        each.close()


def main() -> None:
    """Measure the sizes that were asked for."""
    sizes = [int(size) for size in sys.argv[1:]] or [2000, 20000]
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "home") as server:
        for size in sizes:
            print("| measurements | written, ms CPU each | by COPY, ms CPU each | ratio |")
            print("|---|---|---|---|")
            run(server, size)


if __name__ == "__main__":
    main()
