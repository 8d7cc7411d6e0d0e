"""How many answers have each value, in SQL.

What follows from a record's scope, kind and technique is counted in whole groups, where a question allows it. Of
anything else the answers themselves are counted as long as there are not too many; of more than that a sample is, taken
block by block all over the table, and what it gives is an estimate and says so.
"""

# ruff: noqa: S608  the statements are put together of our own words; values go over as parameters

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from uuid import UUID

from kiban.query.condition import AllOf, Condition
from kiban.records.scope import Visible
from kiban.store.catalog import Count, Counts, Facet
from kiban.store.condition_shapes import goes_by_groups, leads
from kiban.store.json_text import from_text
from kiban.store.sql_asking import Ask
from kiban.store.sql_hops import live
from kiban.store.sql_query import Where
from kiban.store.sql_rows import unstored
from kiban.store.sql_sets import data_seen
from kiban.store.sql_texts import LIVE_SAMPLE

EXACT = 10_000
"""So many answers are counted one by one."""
SAMPLE = 2500
"""So many answers are wanted in a sample."""
SCANNED = 20_000
"""So many records are looked at for them."""
SCANNED_LED = 8000
"""The same, where it is asked of each where a path leads."""
MANY = 400
"""So many answers of a value tell their number to two digits, fewer to one."""
ENOUGH = 200
"""A sample with fewer answers is taken again, of more of the table."""

_COLUMNS = {
    "id": "r.id",
    "scope": "r.scope",
    "kind": "r.kind",
    "technique": "r.technique",
    "sample": "r.sample",
    "sample_name": "r.sample_name",
    "started": "r.started",
    "template": "r.answers -> 'template' ->> -1",
    "instrument": "r.answers -> 'instrument' ->> 0",
    "operator": "r.answers -> 'operator' ->> 0",
}
"""Of each answer `a`, what facets go by. Only what is asked for is read: answers take the longest."""
_OF_ANSWER = re.compile(r"\ba\.(\w+)")
_MAY_NAME = "[^ -9;-~]"
"""A text without such a character is no identifier of a record, whatever it is folded to: none of others has a colon in
it."""
_FACTS = " UNION ".join(
    f"SELECT a.id, p.term FROM a JOIN property p ON p.{column} = a.id WHERE p.is_standing AND {data_seen('p.scope')}"
    for column in ("evidence", "subject")
)
_COUNTED = {
    Facet.KIND: "SELECT a.kind, NULL::text FROM a",
    Facet.TECHNIQUE: "SELECT a.technique, NULL::text FROM a",
    Facet.TIER: "SELECT t.tier, NULL::text FROM a JOIN scope t ON t.number = a.scope",
    Facet.PROJECT: "SELECT t.project::text, NULL::text FROM a JOIN scope t ON t.number = a.scope",
    Facet.YEAR: "SELECT to_char(a.started AT TIME ZONE 'UTC', 'FMYYYY'), NULL::text FROM a",
    Facet.ELEMENTS: "SELECT c.element, NULL::text FROM a JOIN composition c ON c.sample = a.sample AND "
    + data_seen("c.scope"),
    Facet.TEMPLATE: "SELECT a.template, NULL::text FROM a "
    f"WHERE a.template IN (SELECT lower(t.pid) FROM record t WHERE t.kind = 'template' AND {live('t')})",
    Facet.PROPERTY: f"SELECT f.term, NULL::text FROM ({_FACTS}) f",
}
"""The value of each answer `a`, or its values, and where it is to be shown as written, the record to look it up in."""
_IN_GROUPS = {
    Facet.KIND: ("kind", "r.kind", ""),
    Facet.TECHNIQUE: ("technique", "r.technique", ""),
    Facet.TIER: ("tier", "t.tier", "JOIN scope t ON t.number = r.scope"),
    Facet.PROJECT: ("tier", "t.project::text", "JOIN scope t ON t.number = r.scope"),
}
_OF_SEVERAL = frozenset({Facet.SAMPLE})
"""Facets whose values come with the number of answers that each stands for."""
_WRITTEN = {Facet.INSTRUMENT: "instrument", Facet.OPERATOR: "operator"}

Values = tuple[tuple[str, int], ...]


class Facets:
    """What the answers to one question are counted by.

    Parameters
    ----------
    projects : collection of UUID, optional
        The only projects that are told of.
    """

    def __init__(
        self, ask: Ask, condition: Condition, visible: Visible, projects: Collection[UUID] | None = None
    ) -> None:
        self._ask, self._condition, self._visible = ask, condition, visible
        self._projects = None if projects is None else sorted(projects)

    def exact(self, facet: Facet, limit: int) -> Values:
        """Counted, whatever it takes."""
        grouped = self._in_groups([facet], limit)
        if grouped:
            return grouped[facet]
        where = self._where()
        return self._counted(where, None, [facet], limit)[facet]

    def narrowing(self, facets: Collection[Facet], count: Count, limit: int) -> dict[Facet, Counts]:
        """Counted, or where there are too many, estimated."""
        grouped = self._in_groups(facets, limit)
        counts = {facet: Counts(values) for facet, values in grouped.items()}
        rest = [facet for facet in facets if facet not in grouped]
        if not rest:
            return counts
        ids: Sequence[UUID] | None = count.drawn
        if not ids:
            ids = None if count.n <= EXACT else self._sample(count.n)
        if ids is None:
            where = self._where()
            source, holds = where.every("r.id")
            answers = self._of(f"ARRAY(SELECT r.id FROM {source} WHERE {holds})")
            counted = self._counted(where, answers, rest, limit)
            return counts | {facet: Counts(values) for facet, values in counted.items()}
        where = Where(AllOf(()), self._visible, self._ask)
        counted = self._counted(where, self._of(f"{where.value(list(ids))}::uuid[]"), rest, limit)
        scale = count.n / len(ids)
        return counts | {
            facet: Counts(tuple((value, _estimate(n, scale, count.n)) for value, n in values), is_estimate=True)
            for facet, values in counted.items()
        }

    def _where(self) -> Where:
        return Where(self._condition, self._visible, self._ask, tests_all=True)

    def _is_told(self, facet: Facet, value: str, where: Where) -> str:
        if facet is Facet.PROJECT and self._projects is not None:
            return f"{value} = ANY({where.value(self._projects)}::uuid[]::text[])"
        return f"{value} IS NOT NULL"

    def _of(self, ids: str) -> str:
        # Of an array the planner expects few rows, and then looks up what belongs to each instead of joining tables.
        return f"record r WHERE r.id = ANY({ids}) AND r.is_current"

    def _in_groups(self, facets: Collection[Facet], limit: int) -> dict[Facet, Values]:
        """Those that can be counted in whole groups, if all that is asked for can."""
        wanted = [facet for facet in facets if facet in _IN_GROUPS] if goes_by_groups(self._condition) else []
        if not wanted:
            return {}
        where = self._where()
        _, of, holds = where.counted(*(_IN_GROUPS[facet][0] for facet in wanted))
        parts = " UNION ALL ".join(
            f'(SELECT {place}, {value} COLLATE "C", sum(r.n)::bigint FROM g r {join} '
            f"WHERE {self._is_told(facet, value, where)} "
            f"GROUP BY 2 HAVING sum(r.n) > 0 ORDER BY 3 DESC, 2 LIMIT {limit})"
            for place, facet in enumerate(wanted)
            for _, value, join in (_IN_GROUPS[facet],)
        )
        # The groups are gone through once, whatever they are counted by.
        columns = "r.scope, r.n" if of.startswith("records_in_scopes") else "r.scope, r.kind, r.technique, r.n"
        rows = self._ask(f"WITH g AS MATERIALIZED (SELECT {columns} FROM {of} WHERE {holds}) {parts}", where.parameters)
        return {
            facet: tuple((unstored(value), n) for i, value, n in rows if i == place)
            for place, facet in enumerate(wanted)
        }

    def _counted(self, where: Where, some: str | None, facets: Sequence[Facet], limit: int) -> dict[Facet, Values]:
        """Count answers by each facet, in one statement.

        Parameters
        ----------
        some : str, optional
            Where they come from, as rows `r` of the records; all that answer, unless given.
        """
        values_of = {facet: _values_of(facet, where) for facet in facets}
        parts = " UNION ALL ".join(
            f'(SELECT {n}, value COLLATE "C", {"sum(n)::bigint" if facet in _OF_SEVERAL else "count(*)"}, max(record) '
            f"FROM ({values_of[facet]}) AS each (value, record{', n' if facet in _OF_SEVERAL else ''}) "
            f"WHERE {self._is_told(facet, 'value', where)} GROUP BY 2 ORDER BY 3 DESC, 2 LIMIT {limit})"
            for n, facet in enumerate(facets)
        )
        asked = {name for values in values_of.values() for name in _OF_ANSWER.findall(values)}
        columns = ", ".join(f"{sql} AS {name}" for name, sql in _COLUMNS.items() if name in asked)
        answers = some or " WHERE ".join(where.every(columns))
        rows = self._ask(f"WITH a AS MATERIALIZED (SELECT {columns} FROM {answers}) {parts}", where.parameters)
        as_written = self._as_written({facets[n]: [UUID(i) for m, _, _, i in rows if m == n and i] for n, *_ in rows})
        found: dict[Facet, list[tuple[str, int]]] = {facet: [] for facet in facets}
        for n, value, count, record in rows:
            facet = facets[n]
            said = as_written.get((facet, UUID(record))) if record else None
            found[facet].append((said or unstored(value), count))
        return {facet: tuple(values) for facet, values in found.items()}

    def _as_written(self, wanted: dict[Facet, list[UUID]]) -> dict[tuple[Facet, UUID], str]:
        """Texts as they stand in the newest record that has them."""
        ids = [i for facet in wanted for i in wanted[facet]]
        if not ids:
            return {}
        query = "SELECT id, document::text FROM record WHERE id = ANY(%(ids)s) AND is_current"
        documents = {i: from_text(text) for i, text in self._ask(query, {"ids": ids})}
        return {
            (facet, i): said.strip()
            for facet, records in wanted.items()
            for i in records
            if i in documents and isinstance(said := documents[i].get(_WRITTEN[facet]), str)
        }

    def _sample(self, n_answers: int) -> list[UUID] | None:
        """Some of the answers, from all over the table; `None`, where it takes all of the table to find enough."""
        n_rows = self._ask("SELECT reltuples::bigint FROM pg_class WHERE oid = 'record'::regclass", {})[0][0]
        scanned = SCANNED_LED if leads(self._condition) else SCANNED
        percent = 100 * min(SAMPLE / n_answers, scanned / max(n_rows, scanned))
        while percent < 100:
            where = Where(self._condition, self._visible, self._ask, asks_indexes=False, asks_paths=False)
            sample = f"record r TABLESAMPLE SYSTEM (%(percent)s::double precision) REPEATABLE (1) WHERE {where.live}"
            query = f"SELECT r.id FROM ({where.among(f'{sample} AND {where.plain}')}) r"
            found = [row[0] for row in self._ask(query, where.parameters | {"percent": percent})]
            if len(found) >= ENOUGH:
                return found
            percent *= 4
        return None


def _values_of(facet: Facet, where: Where) -> str:
    """As `_COUNTED`, of all facets. Who is not told whom a text means is not told the text."""
    if facet in _COUNTED:
        return _COUNTED[facet]
    if facet == Facet.SAMPLE:
        # Most names are soon seen to name no record, whatever is folded in them.
        as_folded = "(SELECT o.answers -> 'sample' ->> 0 FROM record o WHERE o.id = a.id AND o.is_current)"
        is_told = f"{where.tells('a', as_folded)}"
        own = f"CASE WHEN a.sample_name !~ '{_MAY_NAME}' OR {is_told} THEN a.sample_name END"
        # Each sample is looked up once, however many records are on it.
        title = f"(SELECT s.title FROM record s WHERE s.id = g.sample AND {LIVE_SAMPLE})"
        each = "SELECT a.sample, count(*) AS n FROM a WHERE a.sample IS NOT NULL GROUP BY a.sample"
        return (
            f"WITH titled AS MATERIALIZED (SELECT g.sample, {title} AS title, g.n FROM ({each}) AS g) "
            "SELECT title, NULL::text, n FROM titled UNION ALL "
            f"SELECT {own}, NULL::text, 1 FROM a WHERE a.sample IS NULL "
            "OR a.sample IN (SELECT t.sample FROM titled t WHERE t.title IS NULL)"
        )
    said = f"a.{_WRITTEN[facet]}"
    return f"SELECT {said}, a.id::text FROM a WHERE {where.tells('a', said)}"


def _estimate(n: int, scale: float, most: int) -> int:
    """As many as are in all, where so many are in the sample: to the digits that it tells."""
    return min(max(int(float(f"{n * scale:.{2 if n >= MANY else 1}g}")), 1), most)
