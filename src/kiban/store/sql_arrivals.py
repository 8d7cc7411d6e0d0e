"""What has come since somebody looked, in SQL: by the index of arrivals, and for scopes that have opened by theirs."""

# ruff: noqa: S608  the statements are put together of our own words

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from kiban.query.condition import Condition
from kiban.records.saved_search import Since, newly_seen
from kiban.records.scope import Visible
from kiban.store.catalog import Arrivals
from kiban.store.sql_asking import Ask
from kiban.store.sql_query import Where

EXAMINED = 5000
"""So many of what has come are looked at to count; of a home that has taken in a million records, that is a part."""

LOOKED_AT = 10_000
"""So many of what has come are looked at to show what answers."""

NOW = """
    SELECT least(clock_timestamp(), min(xact_start)) FROM pg_stat_activity
    WHERE backend_xid IS NOT NULL AND datname = current_database() AND pid <> pg_backend_pid()
"""
"""Whoever is writing has begun before it wrote: what it has written, and nobody sees yet, arrives after that. Where the
application may not look at those who write (a role of its own on a managed server), it is the clock alone."""

_PLACE = re.compile(r"%\((p\d+)\)s")


def arrived(ask: Ask, condition: Condition, visible: Visible, since: Since, limit: int) -> tuple[list[UUID], bool]:
    """Identifiers of what `Catalog.arrived` gives, in order, and whether there may be more that was not looked at."""
    one_by_one = Where(condition, visible, ask, asks_indexes=False, asks_paths=False)
    found: list[UUID] = []
    for part, order in _parts(visible, since):
        if len(found) >= limit:
            break
        values = _values(visible, since)
        # Only so many are looked at, in the order of an index: whatever is asked, it takes no longer.
        lately = f"SELECT r.* FROM record r WHERE {one_by_one.live} AND {part} ORDER BY {order} LIMIT {LOOKED_AT}"
        query = f"""
            WITH lately AS MATERIALIZED ({lately}),
            answers AS MATERIALIZED ({one_by_one.among(f"lately r WHERE {one_by_one.plain}")})
            SELECT ARRAY(
                SELECT r.id FROM lately r WHERE r.id IN (SELECT id FROM answers) ORDER BY {order}
                LIMIT {limit - len(found)}
            ), (SELECT count(*) FROM lately)
        """
        [(some, n_looked_at)] = ask(query, one_by_one.parameters | values)
        if len(some) < limit - len(found) and n_looked_at == LOOKED_AT:
            where = Where(condition, visible, ask, asks_paths=False)
            if not where.is_narrow:
                return found + some, True
            # Few records answer, however long ago they came: these are looked up.
            answers = where.among(f"record r WHERE {where.live} AND {where.plain}")
            query = (
                f"SELECT r.id FROM record r WHERE r.is_current AND r.id IN (SELECT id FROM ({answers}) a) AND {part} "
                f"ORDER BY {order} LIMIT {limit - len(found)}"
            )
            some = [row[0] for row in ask(query, where.parameters | values)]
        found += some
    return found, False


def count_arrived(
    ask: Ask, asked: Sequence[tuple[Condition, Since]], visible: Visible, most: int
) -> tuple[Arrivals, ...]:
    """See `Catalog.count_arrived`. One statement for all questions."""
    if not asked:
        return ()
    counts: list[str] = []
    values: dict[str, Any] = {}
    for number, (condition, since) in enumerate(asked):
        where = Where(condition, visible, ask, asks_indexes=False)
        own = {f"{name}_{number}": value for name, value in _values(visible, since).items()}
        values |= own | {
            (f"{name}_{number}" if re.fullmatch(r"p\d+", name) else name): value
            for name, value in where.parameters.items()
        }
        # Only so many are looked at, in the order of an index: whatever is asked, it takes no longer.
        looked_at = " UNION ALL ".join(
            f"(SELECT * FROM record r WHERE {where.live} AND {part} ORDER BY {order} LIMIT {EXAMINED})"
            for part, order in _parts(visible, since)
        )
        held = f"FILTER (WHERE {where.asked})"
        told = f"count(*) {held} AS n, count(*) >= {EXAMINED} AS is_part, array_agg(DISTINCT r.scope) {held} AS scopes"
        count = f"SELECT {told} FROM ({looked_at}) r"
        count = _PLACE.sub(rf"%(\1_{number})s", count)
        counts.append(re.sub(r"%\((looked_at|opened)\)s", rf"%(\1_{number})s", count))
    rows = ask(" UNION ALL ".join(f"(SELECT {i}, c.* FROM ({one}) AS c)" for i, one in enumerate(counts)), values)
    return tuple(
        Arrivals(min(n, most), n > most or is_part, frozenset(scopes or ()))
        for _, n, is_part, scopes in sorted(rows, key=lambda row: int(row[0]))
    )


def _values(visible: Visible, since: Since) -> dict[str, Any]:
    return {"looked_at": since.at, "opened": sorted(newly_seen(visible, since))}


def _parts(visible: Visible, since: Since) -> list[tuple[str, str]]:
    """Conditions for what is new, each with its order: what has arrived, and where there is some, what has opened."""
    lately = ("r.arrived_at >= %(looked_at)s", "r.arrived_at DESC, r.id DESC")
    opened = ("r.arrived_at < %(looked_at)s AND r.scope = ANY(%(opened)s::integer[])", "r.id DESC")
    return [lately, opened] if newly_seen(visible, since) else [lately]
