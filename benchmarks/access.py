"""What rules, filter and row-level security cost: each question beside the same one as a superuser without any of them.

    .venv/bin/python benchmarks/access.py [N ...]        (default: 100000 and 1000000 records)

Each record brings ten facts. They lie in 5,000 scopes of 1,000 projects under 400 agreements: a third open, a third
shared, a third closed. The asker has 50 memberships: 25 roles and 25 agreements, some directly, some by its organisation
and groups. What is measured behind the walls is
filter, policies and rows to records; apart from it, what a request does once before (*rules*: directory, asker, rules).
Beside it: the same question as one statement, sent and planned in the same way, and rows to records (on both sides). Times
are CPU of this process and the server together, as waiting depends on what else the machine does; parallel workers are off, on Linux only. They take turns.
Prints a table in Markdown: medians, the middle half of the ratios, and the ratio of a request that asks nothing else, with its
rules.
"""

# ruff: noqa: S608  the statements are put together of our own words

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from kiban.access.asker_of import asker_of
from kiban.compute.fence import Fence
from kiban.operations.resources import Resources
from kiban.query.parse import parse
from kiban.records.identity import new_pid, new_uuid
from kiban.records.parties.right import Right
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Visible
from kiban.store import sql_insert
from kiban.store.catalog import Facet
from kiban.store.embedded_postgres import EmbeddedPostgres
from kiban.store.memory_audit_log import MemoryAuditLog
from kiban.store.memory_harvest_register import MemoryHarvestRegister
from kiban.store.migrate import migrate
from kiban.store.object_folder import ObjectFolder
from kiban.store.postgres_settings import APPLICATION, OWNER
from kiban.store.sealing import new_sealer
from kiban.store.sql_catalog import SqlCatalog
from kiban.store.sql_credentials import SqlCredentials
from kiban.store.sql_directory import SqlDirectory
from kiban.store.sql_pool import SqlPool
from kiban.store.sql_rows import FACT_COLUMNS, RECORD_COLUMNS, fact_of, record_of, record_row
from kiban.store.sql_saved_searches import SqlSavedSearches
from kiban.testing.made_parties import NOW, made_parties, scopes_of

N_MODELS = 2000
N_FACTS = 10
N_TIMES = 31
LIVE = "is_current AND NOT is_deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A filled platform, and who asks it."""

    resources: Resources
    person: UUID
    bare: SqlPool
    pids: tuple[int, ...]
    """The server's processes for the two of us."""

    def asker(self) -> Asker:
        """Whoever asks, as it is now."""
        directory = self.resources.directory.load()
        return asker_of(directory, directory.people[self.person], datetime.now(UTC))

    def visible(self) -> Visible:
        """What it may see now."""
        return self.resources.visible(self.asker(), Right.METADATA)

    def taken_ms(self, deed: Callable[[], object], n_times: int = 1) -> float:
        """The CPU that a deed takes on the average, here and in the server."""
        start = self._cpu_ns()
        for _ in range(n_times):
            deed()
        return 1e-6 * (self._cpu_ns() - start) / n_times

    def _cpu_ns(self) -> int:
        running = (Path(f"/proc/{pid}/schedstat").read_text().split()[0] for pid in self.pids)
        return time.process_time_ns() + sum(map(int, running))

    def records(self, query: str, **values: Any) -> list[Record]:
        """Records as a superuser."""
        return list(map(record_of, self.rows(query, **values)))

    def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """Ask as a superuser, in one message and with a plan that is kept, as the catalog does."""
        return self.bare.ask("", query, values)


def models(chance: random.Random) -> Iterable[Record]:
    """Measurements whose rows are multiplied."""
    for i in range(N_MODELS):
        document = {
            "technique": chance.choice(("xrd", "ir", "raman", "cyclic_voltammetry")),
            "sample_name": f"sample {chance.randrange(500)}",
            "file_name": f"LTO_{i}.xrdml",
            "reader": "panalytical_xrdml",
            "operator": f"operator{chance.randrange(200)}",
            "started_at": "2024-01-31T23:30:00",
            "metadata": {"anode": "Cu", "wavelength": {"value": 1.5406, "unit": "angstrom"}, "comment": f"note {i}"},
        }
        yield Record(
            id=new_uuid(),
            pid=new_pid(),
            kind=RecordKind.MEASUREMENT,
            title=f"scan {i}",
            project=UUID(int=0),
            owner="bench",
            scope=0,
            document=document,
            created_at=NOW,
            created_by="bench",
        )


def fill(owner: psycopg.Connection[Any], n_records: int, n_scopes: int, chance: random.Random) -> None:
    """Multiply the models to so many records in random scopes, with their facts."""
    names = ", ".join(sql_insert.RECORD.columns)
    owner.execute("SET session_replication_role = replica")  # no look at the scope of every row
    owner.execute("SET synchronous_commit = off")
    indexes = owner.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('record', 'property') AND indexname NOT IN "
        "(SELECT conname FROM pg_constraint)"
    ).fetchall()
    for name, _ in indexes:
        owner.execute(f"DROP INDEX {name}")
    owner.execute("CREATE TEMPORARY TABLE model (LIKE record INCLUDING DEFAULTS)")
    with owner.cursor() as cursor, cursor.copy(f"COPY model ({names}) FROM STDIN") as target:
        for model in models(chance):
            target.write_row(record_row(model, is_current=True))
    owner.execute("ALTER TABLE model ADD COLUMN n serial")
    changed = {"id": "uuidv7()", "pid": "g.n::text", "scope": f"(random() * {n_scopes - 1})::integer"}
    values = ", ".join(changed.get(column, column) for column in sql_insert.RECORD.columns)
    source = f"generate_series(1, {n_records}) AS g (n) JOIN model m ON m.n = 1 + g.n % {N_MODELS}"
    owner.execute("SET enable_hashjoin = off")  # keep the order: later records have later identifiers
    owner.execute("SET enable_mergejoin = off")
    owner.execute("CREATE INDEX ON model (n)")
    owner.execute(f"INSERT INTO record ({names}) SELECT {values} FROM {source}")
    owner.execute(
        "INSERT INTO property (id, term, value, unit, value_si, unit_si, condition, method, evidence, is_standing, "
        "scope) SELECT uuidv7(), 'd_spacing', x, 'angstrom', x * 1e-10, 'm', '{}', 'bench/1', id, true, scope "
        f"FROM record, LATERAL (SELECT 5 * random() AS x FROM generate_series(1, {N_FACTS}) WHERE id IS NOT NULL)"
    )
    for _, definition in indexes:
        owner.execute(definition)
    for table in ("record", "property", "scope"):
        owner.execute(f"VACUUM ANALYZE {table}")


def make(server: EmbeddedPostgres, n_records: int, home: Path) -> Bench:
    """A database of so many records, and the platform on it."""
    name, chance = f"bench_{n_records}", random.Random(20261126)
    with psycopg.connect(server.conninfo(OWNER), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    migrate(server.conninfo(OWNER, name))
    catalog = SqlCatalog.connect(server.conninfo(APPLICATION, name))
    directory = SqlDirectory(catalog.pool)
    parties = made_parties(chance)
    directory.change(parties.entries, by="bench", expected=directory.load().revision)
    n_scopes = len(scopes_of(parties, catalog))
    with psycopg.connect(server.conninfo(OWNER, name), autocommit=True) as owner:
        fill(owner, n_records, n_scopes, chance)
    return opened(server, name, parties.person.id, home)


def opened(server: EmbeddedPostgres, name: str, person: UUID, home: Path) -> Bench:
    """The platform on a database that was filled."""
    # A parallel worker would be a process of its own, whose time we do not know.
    alone = "options='-c max_parallel_workers_per_gather=0'"
    catalog = SqlCatalog.connect(f"{server.conninfo(APPLICATION, name)} {alone}")
    bare = SqlPool(f"{server.conninfo(OWNER, name)} {alone}")
    resources = Resources(
        catalog=catalog,
        directory=SqlDirectory(catalog.pool),
        audit=MemoryAuditLog(),
        credentials=SqlCredentials(catalog.pool),
        harvests=MemoryHarvestRegister(),
        saved=SqlSavedSearches(catalog.pool),
        sealer=new_sealer(),
        objects=ObjectFolder(home / "objects"),
        fence=Fence(1),
        project=UUID(int=0),
        revive=lambda: None,
    )
    pids = tuple(int(pool.rows("SELECT pg_backend_pid()")[0][0]) for pool in (catalog.pool, bare))
    return Bench(resources=resources, person=person, bare=bare, pids=pids)


def page_sql(also: str) -> str:
    """The newest fifty, as the catalog asks for them."""
    page = f"SELECT r.id FROM record r WHERE {LIVE} AND {also} ORDER BY r.id DESC LIMIT 51"
    return f"SELECT {RECORD_COLUMNS} FROM record WHERE id = ANY(ARRAY({page})) AND {LIVE} ORDER BY id DESC"


def questions(bench: Bench) -> Iterable[tuple[str, float, Callable[[Visible], object], Callable[[], object]]]:
    """What is asked, what is aimed at, how it is asked behind the walls, and without them."""
    catalog, rows = bench.resources.catalog, bench.rows
    some = catalog.find(parse("*"), bench.visible(), limit=1000).records
    chance = random.Random(7)
    word = "words @@ '''note'' & ''1234'''::tsquery"
    asked = (
        ("*", "true"),
        ("technique = xrd", "technique = 'xrd'"),
        ("metadata.anode = Cu", """answers @> '{"metadata.anode": ["cu"]}'"""),
        ("note 1234", word),
    )
    for text, sql in asked:
        question = parse(text)
        yield (
            f"newest 50: `{text}`",
            1.2,
            partial(catalog.find, question),
            partial(bench.records, page_sql(sql)),
        )
        yield (
            f"count: `{text}`",
            1.2,
            partial(catalog.count, question),
            partial(rows, f"SELECT count(*) FROM record r WHERE {LIVE} AND {sql}"),
        )
    everything = parse("*")
    bare = {
        Facet.KIND: "SELECT kind AS value, count(*) FROM record r WHERE {}",
        Facet.TECHNIQUE: "SELECT technique AS value, count(*) FROM record r WHERE {} AND technique IS NOT NULL",
        Facet.TIER: "SELECT t.tier AS value, count(*) FROM record r JOIN scope t ON t.number = r.scope WHERE {}",
        Facet.SAMPLE: "SELECT coalesce(s.title, r.sample_name) AS value, count(*) FROM record r LEFT JOIN record s ON "
        "s.id = r.sample AND s.is_current AND s.kind = 'sample' AND NOT s.is_deleted "
        "WHERE r.is_current AND NOT r.is_deleted AND coalesce(s.title, r.sample_name) IS NOT NULL",
    }
    for facet, sql in bare.items():
        query = f"{sql.format('r.is_current AND NOT r.is_deleted')} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50"
        yield (
            f"facet over everything: {facet}",
            2.0,
            partial(catalog.facets, everything, facet=facet),
            partial(rows, query),
        )
    single = f"SELECT {RECORD_COLUMNS} FROM record WHERE id = %(id)s AND {LIVE}"
    yield (
        "one record",
        1.1,
        lambda visible: catalog.get(chance.choice(some).id, visible),
        lambda: bench.records(single, id=chance.choice(some).id)[0],
    )
    facts = f"SELECT {FACT_COLUMNS} FROM property WHERE is_standing AND evidence = %(id)s ORDER BY id"
    yield (
        "facts of a record",
        1.1,
        lambda visible: catalog.facts(visible, evidence=[chance.choice(some).id]),
        lambda: list(map(fact_of, rows(facts, id=chance.choice(some).id))),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """What one question took, ms: several times each, in turns."""

    rules: list[float]
    """Finding out what the asker may see: once for a request, however much it asks then."""
    walls: list[float]
    beside: list[float]

    def ratios(self, *, with_rules: bool) -> list[float]:
        """Behind the walls beside without them, turn by turn."""
        rules = self.rules if with_rules else [0.0] * len(self.rules)
        return [(rule + wall) / bare for rule, wall, bare in zip(rules, self.walls, self.beside, strict=True)]


def measured(bench: Bench, guarded: Callable[[Visible], object], bare: Callable[[], object]) -> Times:
    """Ask in turns; what is short is asked several times in each."""
    times = Times(rules=[], walls=[], beside=[])
    for _ in range(3):
        guarded(bench.visible())
        n_each = max(1, int(20.0 / bench.taken_ms(bare)))
    begun = time.perf_counter()
    while len(times.walls) < N_TIMES and (len(times.walls) < 9 or time.perf_counter() - begun < 20.0):
        visible = bench.visible()
        times.rules.append(bench.taken_ms(bench.visible, n_each))
        times.walls.append(bench.taken_ms(partial(guarded, visible), n_each))
        times.beside.append(bench.taken_ms(bare, n_each))
    return times


def report(bench: Bench, n_records: int) -> None:
    """Measure all and print the rows."""
    visible = bench.visible()
    scopes = bench.resources.catalog.scopes()
    share = bench.resources.catalog.count(parse("*"), visible) / n_records
    print(f"\n{n_records} records, {len(scopes)} scopes; {len(visible.numbers)} of them, {share:.0%} of the records")
    print("\n| question | rules, ms | behind the walls, ms | beside, ms | ratio | middle half | with rules | aim |")
    print("|---|---|---|---|---|---|---|---|")
    for name, aim, guarded, bare in questions(bench):
        times = measured(bench, guarded, bare)
        low, middle, high = statistics.quantiles(times.ratios(with_rules=False), n=4)
        rules, walls, beside = map(statistics.median, (times.rules, times.walls, times.beside))
        print(
            f"| {name} | {rules:.2f} | {walls:.2f} | {beside:.2f} | {middle:.2f} | {low:.2f} to {high:.2f} | "
            f"{statistics.median(times.ratios(with_rules=True)):.2f} | {aim} |",
            flush=True,
        )


def main() -> None:
    """Measure the sizes that were asked for."""
    sizes = [int(size) for size in sys.argv[1:]] or [100_000, 1_000_000]
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "home") as server:
        for size in sizes:
            start = time.perf_counter()
            bench = make(server, size, Path(folder))
            print(f"{size} records and {N_FACTS * size} facts made in {time.perf_counter() - start:.0f} s", flush=True)
            report(bench, size)
            bench.resources.fence.close()
            bench.resources.catalog.close()
            bench.bare.close()


if __name__ == "__main__":
    main()
