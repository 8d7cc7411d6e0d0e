"""Following links in PostgreSQL."""

# ruff: noqa: S608  the statements are put together of our own words; values go over as parameters

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from psycopg import Cursor

from kiban.records.provenance import Direction, Walk, depths
from kiban.records.scope import Visible
from kiban.store.sql_rows import link_of
from kiban.store.sql_sets import parameters, seen

_LIVE = f"r.is_current AND NOT r.is_deleted AND {seen('r.scope')}"
_ENDS = {Direction.BACK: ("subject", "object"), Direction.FORWARD: ("object", "subject")}


def walk(
    cursor: Cursor[tuple[Any, ...]],
    start: Collection[UUID],
    visible: Visible,
    *,
    direction: Direction,
    most: int | None,
) -> Walk:
    """See `kiban.store.catalog.Catalog.walk`; `most=None` goes to the end."""
    here, there = _ENDS[direction]
    # The table of the recursion holds identifiers alone, so that UNION takes each record up once, however many ways
    # lead to it; it comes nearest first, and the limit stops it.
    query = f"""
        WITH RECURSIVE reached (id) AS (
            SELECT r.id FROM record r WHERE r.id = ANY(%(start)s) AND {_LIVE}
            UNION
            SELECT l.{there} FROM reached JOIN link l ON l.{here} = reached.id
            JOIN record r ON r.id = l.{there} AND {_LIVE}
            WHERE {seen("l.scope")}
        )
        SELECT id FROM reached LIMIT %(limit)s
    """
    limit = None if most is None else most + 1
    values: dict[str, Any] = {"start": list(start), "limit": limit} | parameters(visible)
    ids = [row[0] for row in cursor.execute(query, values).fetchall()]
    is_cut = most is not None and len(ids) > most
    ids = ids[:most]
    rows = cursor.execute(
        "SELECT subject, predicate, object, scope FROM link WHERE subject = ANY(%(ids)s) AND object = ANY(%(ids)s) "
        f"AND {seen()}",
        {"ids": ids} | parameters(visible),
    ).fetchall()
    links = tuple(map(link_of, rows))
    wanted = set(start)
    return Walk(depths=depths([i for i in ids if i in wanted], links, direction), links=links, is_cut=is_cut)
