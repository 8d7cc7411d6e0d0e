"""How many answer, about: counted where that is quick, else estimated from a sample of what the asker may see.

A sample of the table's pages is tested. If it says that many records answer, their share in it is that of all the
asker may see; the number of these is always counted. Otherwise those that answer are counted one by one. Nothing of
what the asker may not see is in the estimate: neither in the sample nor in what it is scaled to.
"""

# ruff: noqa: S608  the statements are put together of our own words

from __future__ import annotations

from collections.abc import Callable, Mapping

from kiban.query.condition import Condition
from kiban.records.scope import Visible
from kiban.store.catalog import Count
from kiban.store.sql_asking import Ask
from kiban.store.sql_query import Where, goes_by_groups
from kiban.store.sql_sets import parameters, seen

SMALL = 50_000
"""Who sees no more records than these, for them all are counted."""
EXACT = 10_000
"""So many answers are counted; what seems to be more is estimated."""
SAMPLED = 2_000
"""So many records are in a first sample. Another one is as much larger as too few of these answered to tell."""
ENOUGH = 100
"""So many answers in a sample tell their number roughly: records of one page are alike, so it may be 50 % off."""
MANY = 400
"""So many tell it to some 15 %."""

_VISIBLE = f"SELECT coalesce(sum(r.n), 0)::bigint FROM records_in_scopes() r WHERE {seen('r.scope')}"
_SAMPLE = "record r TABLESAMPLE SYSTEM (%(percent)s::double precision) REPEATABLE (1)"


def count_about(ask: Ask, condition: Condition, visible: Visible, counted: Callable[[], Mapping[int, int]]) -> Count:
    """See `Catalog.count_about`.

    Parameters
    ----------
    counted : callable
        Counts all answers, by scope.
    """
    if not goes_by_groups(condition):
        n_visible = int(ask(_VISIBLE, parameters(visible))[0][0])
        if n_visible > SMALL:
            estimate = _estimate(ask, condition, visible, n_visible)
            if estimate is not None:
                return estimate
    by_scope = counted()
    return Count(sum(by_scope.values()), scopes=frozenset(by_scope))


def _estimate(ask: Ask, condition: Condition, visible: Visible, n_visible: int) -> Count | None:
    """`None` where it is a matter of counting."""
    where = Where(condition, visible, ask, asks_indexes=False, asks_paths=False)
    sample = f"{_SAMPLE} WHERE {where.live}"
    query = (
        f"SELECT (SELECT count(*) FROM {sample}), count(*), array_agg(DISTINCT a.scope) "
        f"FROM ({where.among(f'{sample} AND {where.plain}')}) AS a"
    )
    n_wanted = SAMPLED
    for _ in range(2):
        percent = 100.0 * n_wanted / n_visible
        if percent >= 100.0:
            return None
        [(n_sampled, n_answers, scopes)] = ask(query, where.parameters | {"percent": percent})
        if not n_sampled or n_answers / n_sampled * n_visible < EXACT:
            return None
        if n_answers >= ENOUGH:
            number = _rounded(n_answers / n_sampled * n_visible, 2 if n_answers >= MANY else 1)
            return Count(number, is_estimate=True, scopes=frozenset(scopes))
        n_wanted = 2 * n_wanted * ENOUGH // max(1, n_answers)
    return None


def _rounded(number: float, n_digits: int) -> int:
    """To so many significant digits: those behind them would say what nobody knows."""
    return int(float(f"{number:.{n_digits - 1}e}"))
