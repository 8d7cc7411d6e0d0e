"""What questions take: pages, counts, facets, a table, of ten thousand to a million records with ten facts each.

    .venv/bin/python benchmarks/find.py [N ...] [--homes FOLDER] [--check] [--peers]     (default: 10000 100000)

The records are made (`kiban.testing.made_families`) and copied into homes, which are kept in FOLDER, if one is given, and
used again. They lie in 5,000 scopes of 1,000 projects; the asker has 50 memberships and sees about a third, anybody sees
the open ones. *By hand* is SQL that was written for the one question, with the same filter of scopes, as a superuser,
in one message and with a plan that is kept, and rows to records; the two take turns. CPU is that of this process and of
the server. *Cold* is the first question after the server was started, with its files dropped from the system's memory
(`posix_fadvise`) while it was down. Prints tables in Markdown. What is *missed* goes by CPU.

`--check` compares each answer of 10,000 records, record by record, with that of the in-memory catalog. `--peers` asks
the OPTIMADE reference server and Tiled of the same 10,000 beside our REST (see `finding/peers.py`).
"""

# ruff: noqa: S608  the statements are put together of our own words

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import pairwise
from pathlib import Path

import psycopg
from finding.open_home import Open, Times, drop_from_memory, in_turns, label, opened

from kiban.operations.find import find, understood
from kiban.operations.table import table
from kiban.query.question import Question
from kiban.records.party import Asker
from kiban.records.scope import Visible
from kiban.store.catalog import Facet
from kiban.store.embedded_postgres import EmbeddedPostgres
from kiban.store.migrate import migrate
from kiban.store.postgres_settings import APPLICATION, OWNER
from kiban.store.sql_catalog import SqlCatalog
from kiban.store.sql_pool import SqlPool
from kiban.store.sql_rows import FACT_COLUMNS, RECORD_COLUMNS, fact_of
from kiban.testing.copying import load
from kiban.testing.family_model import FamilyModel
from kiban.testing.find_check import differences
from kiban.testing.find_questions import ASKED, TABLE, Asked, live
from kiban.testing.made_families import N_OF_FAMILY, Families
from kiban.testing.made_home import is_made, make_home
from kiban.testing.made_parties import made_parties, scopes_of

PAGE = 50
DEEP = 100
PAGE_MS, FACETS_MS, RATIO = 50.0, 150.0, 3.0
_FACETS = {
    Facet.KIND: ("r.kind", ""),
    Facet.TECHNIQUE: ("r.technique", ""),
    Facet.TIER: ("t.tier", "JOIN scope t ON t.number = r.scope"),
    Facet.SAMPLE: (
        "coalesce(s.title, r.sample_name)",
        f"LEFT JOIN record s ON s.id = r.sample AND s.kind = 'sample' AND {live('s')}",
    ),
}
Row = tuple[str, str, int, Times, Times, float | None]
"""Question, what of it, how many answers, ours, by hand, cold."""


def page_by_hand(asked: Asked, *, is_deep: bool) -> str:
    """A page as one would write it: identifiers first, so that a sort need not carry documents."""
    below = "AND r.id < %(below)s" if is_deep else ""
    ids = f"SELECT r.id FROM record r WHERE {live('r')} AND {asked.page_sql or asked.sql} {below} ORDER BY r.id DESC LIMIT {PAGE + 1}"
    return f"SELECT {RECORD_COLUMNS} FROM record WHERE id = ANY(ARRAY({ids})) AND is_current ORDER BY id DESC"


def facet_by_hand(asked: Asked, facet: Facet) -> str:
    """Values of a facet with their numbers."""
    value, join = _FACETS[facet]
    return (
        f"SELECT {value} AS value, count(*) FROM record r {join} WHERE {live('r')} AND {asked.sql} "
        f"AND {value} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50"
    )


def end_of_page(of: Open, question: Question, visible: Visible, n_pages: int) -> str | None:
    """Where the page after so many pages begins; `None` where there are fewer."""
    after: str | None = None
    left = n_pages * PAGE
    while left > 0:
        n = min(left, 1000)
        page = of.resources.catalog.find(question, visible, limit=n, after=after)
        if page.next is None:
            return None
        after, left = page.next, left - n
    return after


def measured(of: Open, asker: Asker, asked: Asked, *, is_whole: bool) -> Iterator[Row]:
    """Measure what is to be measured of one question."""
    catalog, visible = of.resources.catalog, of.resources.visible(asker)
    question = understood(asker, of.resources, asked.text)
    n = catalog.count(question, visible)

    def row(what: str, ours: Callable[[], object], by_hand: Callable[[], object] | None) -> Row:
        return (asked.name, what, n, *in_turns(of, ours, by_hand), None)

    yield row(
        "first page",
        partial(catalog.find, question, visible, limit=PAGE),
        partial(of.records, page_by_hand(asked, is_deep=False), visible),
    )
    count = f"SELECT count(*) FROM record r WHERE {live('r')} AND {asked.sql}"
    about = catalog.count_about(question, visible)
    said = f"count, estimated as {about.n}" if about.is_estimate else "count"
    yield row(said, partial(catalog.count_about, question, visible), partial(of.rows, count, visible))
    if about.is_estimate:
        yield row("exact count", partial(catalog.count, question, visible), partial(of.rows, count, visible))
    if not is_whole:
        return
    if asked.is_deep and (below := end_of_page(of, question, visible, DEEP - 1)) is not None:
        yield row(
            f"page {DEEP}",
            partial(catalog.find, question, visible, limit=PAGE, after=below),
            partial(of.records, page_by_hand(asked, is_deep=True), visible, below=below),
        )
    for facet in _FACETS if asked.is_counted_by else ():
        yield row(
            f"by {facet}",
            partial(catalog.facets, question, visible, facet),
            partial(of.rows, facet_by_hand(asked, facet), visible),
        )
    if asked.is_counted_by:
        # Estimated where many answer.
        narrowing = partial(catalog.narrowing, question, visible, tuple(Facet), count=about)
        yield row(f"by all {len(Facet)}, as a page asks", narrowing, None)
    yield row("whole answer", partial(find, asker, of.resources, asked.text, limit=PAGE), None)


def tables(of: Open, asker: Asker) -> Row:
    """A table of all values of a series."""
    visible = of.resources.visible(asker)
    columns = ", ".join(f"p.{column.strip()}" for column in FACT_COLUMNS.split(","))
    by_hand = (
        f"SELECT {columns}, r.pid, s.pid, s.title FROM record r JOIN property p ON p.evidence = r.id AND p.is_standing "
        f"LEFT JOIN record s ON s.id = p.subject AND {live('s')} "
        f"""WHERE {live("r")} AND r.answers @> '{{"metadata.series": ["series 1"]}}' ORDER BY p.id"""
    )
    n = len(table(asker, of.resources, TABLE, all_values=True).rows)
    ours, beside = in_turns(
        of,
        lambda: table(asker, of.resources, TABLE, all_values=True),
        lambda: [fact_of(row[:10]) for row in of.rows(by_hand, visible)],
    )
    return "one series", "table of all values", n, ours, beside, None


def cold(home: Path, asked: Asked) -> float:
    """The first question after a start; what it takes to open the home and to know who asks is not in it."""
    drop_from_memory(home)
    with opened(home) as of:
        asker = of.asker()
        question, visible = understood(asker, of.resources, asked.text), of.resources.visible(asker)
        begun = time.perf_counter()
        of.resources.catalog.find(question, visible, limit=PAGE)
        return 1000.0 * (time.perf_counter() - begun)


def line(row: Row) -> str:
    """A row of the table, with what is missed."""
    name, what, n, ours, beside, cold_ms = row
    aim = FACETS_MS if what.startswith("by ") else PAGE_MS
    ratio = ours.p50_cpu / beside.p50_cpu if beside.cpu else None
    missed = []
    if what not in {"whole answer", "table of all values"}:
        # By CPU: what is waited for depends on what else the machine does.
        missed += [f"{aim:.0f} ms"] if ours.p50_cpu > aim and "count" not in what else []
        missed += [f"{RATIO:.0f} times"] if ratio is not None and ratio > RATIO else []
    by_hand = f"{beside.p50:.1f} | {beside.p50_cpu:.1f} | {ratio:.2f}" if ratio is not None else " | | "
    at_first = "" if cold_ms is None else f"{cold_ms:.0f}"
    return (
        f"| {name} | {what} | {n} | {ours.p50:.1f} | {ours.p95:.1f} | {ours.p50_cpu:.1f} | {by_hand} | {at_first} "
        f"| {', '.join(missed)} |"
    )


HEAD = (
    "| question | what | answers | p50 ms | p95 ms | CPU ms | by hand p50 | CPU | ratio of CPU | cold ms | missed |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|"
)


def report(home: Path, n_records: int, *, is_cold: bool) -> list[Row]:
    """Measure a home and print its tables; gives the rows of the asker with memberships."""
    rows: list[Row] = []
    at_first = {asked.name: cold(home, asked) for asked in ASKED} if is_cold else {}
    with opened(home) as of:
        for is_anonymous in (False, True):
            asker = of.asker(is_anonymous=is_anonymous)
            visible = of.resources.visible(asker)
            who = "anybody" if is_anonymous else "the asker with 50 memberships"
            print(f"\n{n_records} records, {who}, who sees {len(visible.numbers)} scopes:\n\n{HEAD}", flush=True)
            for asked in ASKED:
                for row in measured(of, asker, asked, is_whole=not is_anonymous):
                    if row[1] == "first page" and not is_anonymous:
                        row = (*row[:5], at_first.get(asked.name))
                    print(line(row), flush=True)
                    rows += [] if is_anonymous else [row]
            if not is_anonymous:
                rows.append(tables(of, asker))
                print(line(rows[-1]), flush=True)
    return rows


def growth(found: Mapping[int, list[Row]]) -> None:
    """Print how what is asked grows from size to size, by CPU."""
    sizes = sorted(found)
    titles = [f"CPU ms, {label(size)}" for size in sizes] + [f"{label(b)} / {label(a)}" for a, b in pairwise(sizes)]
    print(f"\n| question | what | {' | '.join(titles)} |\n|{'---|' * (2 + len(titles))}")
    taken = {size: {(row[0], row[1].partition(",")[0]): row[3].p50_cpu for row in rows} for size, rows in found.items()}
    for key in taken[sizes[-1]]:
        cpu = [taken[size].get(key) for size in sizes]
        times = [b / a if a and b else None for a, b in pairwise(cpu)]
        cells = ["" if n is None else f"{n:.1f}" for n in (*cpu, *times)]
        print(f"| {' | '.join((*key, *cells))} |", flush=True)


def check(n_records: int) -> bool:
    """Compare all answers with those of the in-memory catalog."""
    chance, is_right = random.Random(20261127), True
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "home") as server:
        with psycopg.connect(server.conninfo(OWNER), autocommit=True) as connection:
            connection.execute("CREATE DATABASE checked")
        migrate(server.conninfo(OWNER, "checked"))
        catalog = SqlCatalog.connect(server.conninfo(APPLICATION, "checked"))
        owner = SqlPool(server.conninfo(OWNER, "checked"))
        scopes = scopes_of(made_parties(chance), catalog)
        families = Families(scopes, n_records // N_OF_FAMILY, chance)
        templates, made = families.of_templates(), list(families)
        load(server.conninfo(OWNER, "checked"), [templates], made)
        model = FamilyModel(scopes, templates, made)
        some = frozenset(scope.number for scope in scopes if scope.number % 3 == 1)
        values = frozenset(number for number in some if number % 2)
        for who, visible in (("all", Visible.of(scopes)), ("a third, values of half of it", Visible(some, values))):
            for asked, n, wrong in differences(ASKED, model, catalog, owner, visible):
                is_right = is_right and not wrong
                print(f"| {asked.name} | {who} | {n} | {'; '.join(wrong) or 'alike'} |", flush=True)
        catalog.close()
        owner.close()
    return is_right


def main() -> None:
    """Do what is asked for."""
    words = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    words.add_argument("sizes", nargs="*", type=int)
    words.add_argument("--homes", type=Path, help="where homes are kept, and found again")
    words.add_argument("--check", action="store_true", help="compare with the in-memory catalog, and measure nothing")
    words.add_argument("--peers", action="store_true", help="compare with other servers, and measure nothing else")
    words.add_argument("--environments", type=Path, help="where other servers are kept installed, for --peers")
    words.add_argument("--no-cold", action="store_true", help="leave out the first questions after a start")
    given = words.parse_args()
    if given.check:
        sys.exit(0 if all(map(check, given.sizes or [10_000])) else 1)
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.homes or Path(temporary)
        found: dict[int, list[Row]] = {}
        for n in given.sizes or ([10_000] if given.peers else [10_000, 100_000]):
            home = folder / label(n)
            if not is_made(home):
                done = make_home(home, n)
                print(
                    f"{done.n_records} records and {done.n_facts} facts: copied in {done.copying_s:.0f} s, indexes in "
                    f"{done.indexes_s:.0f} s",
                    flush=True,
                )
            if given.peers:
                from finding import peers

                peers.report(home, given.environments)
            else:
                found[n] = report(home, n, is_cold=not given.no_cold)
        if len(found) > 1:
            growth(found)


if __name__ == "__main__":
    main()
