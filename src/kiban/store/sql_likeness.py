"""What records are compared by, in PostgreSQL: candidates by short vectors there, the exact comparison here.

The vectors are whole numbers, of which sums in single precision are exact: with pgvector, without it and in the model
in memory the same candidates are chosen. All of a kind are looked at: a question may be restricted to any part of them
(by what the asker may see, first of all, and by where a curve was measured), which an index of neighbours knows nothing
of. Of curves it is their outlines; the vectors, and the curves, lie beside the table, and are fetched of the nearest
alone.
"""

# ruff: noqa: S608  the statements are put together of our own words; values go over as parameters

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from kiban.records.likeness import COMPOSITION, Likeness, Near
from kiban.records.scope import Visible
from kiban.store import nearest as nearest_rules
from kiban.store.nearest import current_version, nearest_first, nearest_of
from kiban.store.sql_asking import Ask
from kiban.store.sql_sets import data_seen, parameters

_DATA_SEEN = data_seen()
_COLUMNS = "record, kind, version, low, high, curve"
HAS_VECTOR = "SELECT to_regprocedure('l1_distance(vector, vector)') IS NOT NULL"
"""Whether pgvector is there, in a version (0.7) that knows all that is asked of it."""
_NO_FURTHER = "OFFSET 0"
"""Keeps the planner from writing an expression out wherever its name stands: it would be worked out as often."""


def likeness_row(record: UUID, found: Likeness, *, scope: int, is_standing: bool) -> tuple[Any, ...]:
    """The row of a likeness, in the order of `kiban.store.sql_insert.LIKENESS`."""
    from kiban.analysis.similarity.rough import finer, outline, rough

    vectors = (f"{{{','.join(map(str, vector))}}}" for vector in (rough(found), finer(found).vector))
    of_kind = (record, found.kind, found.version, found.low, found.high)
    return *of_kind, outline(found).bits, *vectors, found.curve, is_standing, scope


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
    asked = likenesses(ask, [record], visible).get(record)
    if asked is None:
        return None
    query, values = (_compositions if asked.kind == COMPOSITION else _curves)(asked, has_vector)
    values |= {"kind": asked.kind, "version": asked.version, "record": record}
    rows = ask(query, parameters(visible) | values)
    return nearest_of(asked, {row[0]: _likeness(row) for row in rows}, at_least=at_least)


_SAME_KIND = (
    f"FROM likeness WHERE kind = %(kind)s AND version = %(version)s AND is_standing AND record <> %(record)s "
    f"AND {_DATA_SEEN}"
)


def _compositions(asked: Likeness, has_vector: bool) -> tuple[str, dict[str, Any]]:
    """The statement that finds the compositions that come nearest, and its values."""
    from kiban.analysis.similarity.rough import rough

    vector = "%(rough)s::real[]"
    apart = (
        f"rough::vector <+> {vector}::vector"
        if has_vector
        else f"(SELECT sum(abs(a.x - a.y)) FROM unnest(rough, {vector}) AS a (x, y))"
    )
    query = f"SELECT {_COLUMNS} {_SAME_KIND} ORDER BY {apart}, record DESC LIMIT {nearest_rules.CANDIDATES}"
    return query, {"rough": list(map(float, rough(asked)))}


def _curves(asked: Likeness, has_vector: bool) -> tuple[str, dict[str, Any]]:
    """The statement that finds the curves that come nearest: first by their outlines, and of these by the vectors."""
    from kiban.analysis.similarity.rulers import least_common

    common = "least(high, %(high)s) - greatest(low, %(low)s)"
    # Whole numbers: twice what is common is no less than the shorter range.
    comparable = f"{common} >= %(least)s AND 2 * ({common}) >= least(high - low, %(high)s - %(low)s)"
    outlined, values = _outlined(asked, comparable)
    found, more = _close(asked, outlined, has_vector=has_vector)
    values |= {"low": asked.low, "high": asked.high, "least": least_common(asked.kind)}
    return found, values | more


def _outlined(asked: Likeness, comparable: str) -> tuple[str, dict[str, Any]]:
    """As `Outline.closeness` has it."""
    from kiban.analysis.similarity.rough import BROAD, SHARE, outline

    sums = "(%(outline_sums)s::integer[])"
    counted = (
        f"SELECT {_COLUMNS}, finer, bit_count(outline & %(outline)s::varbit) AS product, "
        f"{sums}[(high + {BROAD - 1}) / {BROAD} + 1] - {sums}[low / {BROAD} + 1] AS here, "
        f"bit_count(outline & %(within)s::varbit) AS there, bit_count(outline) AS n {_SAME_KIND} AND {comparable} "
        f"{_NO_FURTHER}"
    )
    query = (
        f"SELECT {_COLUMNS}, finer FROM ({counted}) AS counted "
        f"WHERE product > 0 AND {SHARE} * here >= %(n_outline)s AND {SHARE} * there >= n "
        f"ORDER BY (product * product)::float8 / (here * there) DESC, record DESC LIMIT {nearest_rules.ROUGHLY}"
    )
    mine = outline(asked)
    values = {"outline": mine.bits, "within": mine.within(), "outline_sums": mine.sums()}
    return query, values | {"n_outline": values["outline_sums"][-1]}


def _close(asked: Likeness, rows: str, *, has_vector: bool) -> tuple[str, dict[str, Any]]:
    """As `Finer.closeness` has it."""
    from kiban.analysis.similarity.rough import FINE, LEAST_SQUARES, finer

    mine, sums = "%(finer)s::real[]", "(%(finer_sums)s::integer[])"
    part = "subvector(finer, first + 1, last - first)"
    if has_vector:
        vector, product = "finer::vector", f"-(finer <#> {mine}::vector)"
        there = f"inner_product({part}, {part})"
    else:
        vector, product = "finer", f"(SELECT sum(a.x::float8 * a.y) FROM unnest(finer, {mine}) AS a (x, y))"
        there = "(SELECT sum(x::float8 * x) FROM unnest(finer[first + 1:last]) AS x)"
    measured = (
        f"SELECT {_COLUMNS}, {vector} AS finer, greatest(low, %(low)s) / {FINE} AS first, "
        f"(least(high, %(high)s) + {FINE - 1}) / {FINE} AS last FROM ({rows}) AS outlined {_NO_FURTHER}"
    )
    multiplied = (
        f"SELECT {_COLUMNS}, {product} AS product, {sums}[last + 1] - {sums}[first + 1] AS here, {there} AS there "
        f"FROM ({measured}) AS measured {_NO_FURTHER}"
    )
    query = (
        f"SELECT {_COLUMNS} FROM ({multiplied}) AS multiplied "
        f"WHERE product > 0 AND here >= {LEAST_SQUARES} AND there >= {LEAST_SQUARES} "
        f"ORDER BY product * product / (here * there) DESC, record DESC LIMIT {nearest_rules.CANDIDATES}"
    )
    found = finer(asked)
    return query, {"finer": list(map(float, found.vector)), "finer_sums": found.sums()}


def among(ask: Ask, near: Sequence[Near], where: str, values: Mapping[str, Any]) -> list[UUID]:
    """Those of them that a condition on `record r` holds for, in their order."""
    ids = [each.record for each in near]
    rows = ask(f"SELECT r.id FROM record r WHERE {where} AND r.id = ANY(%(near)s)", dict(values) | {"near": ids})
    return nearest_first(near, {row[0] for row in rows})


def _likeness(row: tuple[Any, ...]) -> Likeness:
    return Likeness(kind=row[1], version=row[2], low=row[3], high=row[4], curve=bytes(row[5]))
