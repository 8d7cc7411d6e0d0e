"""What records are compared by, in PostgreSQL: candidates by a short vector there, the exact comparison here.

The vectors are whole numbers, of which sums in single precision are exact: with pgvector, without it and in the model
in memory the same candidates are chosen. All vectors of a kind are looked at: a question may be restricted to any part
of them (by what the asker may see, first of all), which an index of neighbours knows nothing of.
"""

# ruff: noqa: S608  the statements are put together of our own words; values go over as parameters

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from kiban.records.likeness import COMPOSITION, Likeness, Near
from kiban.records.scope import Visible
from kiban.store.nearest import CANDIDATES, current_version, nearest_first, nearest_of
from kiban.store.sql_asking import Ask
from kiban.store.sql_sets import data_seen, parameters

_DATA_SEEN = data_seen()
_COLUMNS = "record, kind, version, low, high, curve"
HAS_VECTOR = "SELECT to_regprocedure('l1_distance(vector, vector)') IS NOT NULL"
"""Whether pgvector is there, in a version (0.7) that knows all that is asked of it."""
_ROUGH = "%(rough)s::real[]"
_APART = {
    # Of curves the greatest product is nearest, of compositions the smallest sum of differences.
    (True, False): f"(rough::vector <#> {_ROUGH}::vector)",
    (True, True): f"(rough::vector <+> {_ROUGH}::vector)",
    (False, False): f"(SELECT -sum(a.x * a.y) FROM unnest(rough, {_ROUGH}) AS a (x, y))",
    (False, True): f"(SELECT sum(abs(a.x - a.y)) FROM unnest(rough, {_ROUGH}) AS a (x, y))",
}


def likeness_row(record: UUID, found: Likeness, *, scope: int, is_standing: bool) -> tuple[Any, ...]:
    """The row of a likeness, in the order of `kiban.store.sql_insert.LIKENESS`."""
    from kiban.analysis.similarity.rough import rough

    vector = f"{{{','.join(map(str, rough(found)))}}}"
    return record, found.kind, found.version, found.low, found.high, vector, found.curve, is_standing, scope


def likenesses(ask: Ask, records: Collection[UUID], visible: Visible) -> dict[UUID, Likeness]:
    """See `Catalog.likenesses`."""
    query = (
        f"SELECT {_COLUMNS} FROM likeness WHERE record = ANY(%(ids)s) AND kind <> '' AND is_standing AND {_DATA_SEEN}"
    )
    rows = ask(query, parameters(visible) | {"ids": list(records)})
    found = {row[0]: _likeness(row) for row in rows}
    return {record: each for record, each in found.items() if each.version == current_version(each.kind)}


def nearest(ask: Ask, record: UUID, visible: Visible, *, at_least: float, has_vector: bool) -> tuple[Near, ...] | None:
    """See `Catalog.nearest`."""
    from kiban.analysis.similarity.rough import rough

    asked = likenesses(ask, [record], visible).get(record)
    if asked is None:
        return None
    is_composition = asked.kind == COMPOSITION
    apart = _APART[has_vector, is_composition]
    # Worked out once for each row; curves that have nothing in common come last, and are left out afterwards.
    query = (
        f"SELECT {_COLUMNS} FROM (SELECT {_COLUMNS}, {apart} AS apart FROM likeness WHERE kind = %(kind)s "
        f"AND version = %(version)s AND is_standing AND record <> %(record)s AND {_DATA_SEEN} "
        f"ORDER BY apart, record DESC LIMIT {CANDIDATES}) AS candidates "
        f"WHERE {'true' if is_composition else 'apart < 0'}"
    )
    values = {"kind": asked.kind, "version": asked.version, "record": record, "rough": list(map(float, rough(asked)))}
    rows = ask(query, parameters(visible) | values)
    return nearest_of(asked, {row[0]: _likeness(row) for row in rows}, at_least=at_least)


def among(ask: Ask, near: Sequence[Near], where: str, values: Mapping[str, Any]) -> list[UUID]:
    """Those of them that a condition on `record r` holds for, in their order."""
    ids = [each.record for each in near]
    rows = ask(f"SELECT r.id FROM record r WHERE {where} AND r.id = ANY(%(near)s)", dict(values) | {"near": ids})
    return nearest_first(near, {row[0] for row in rows})


def _likeness(row: tuple[Any, ...]) -> Likeness:
    return Likeness(kind=row[1], version=row[2], low=row[3], high=row[4], curve=bytes(row[5]))
