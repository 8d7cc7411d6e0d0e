"""How many answer, about: counted where that is quick, else estimated from a sample of what the asker may see.

Where few records answer a part of the question, these are counted, and so are those of some time, which an index tells
without looking at a record. Of a question for a property or a number some of the records that have one are drawn
(`kiban.store.sql_drawn`). Otherwise a sample of the table's pages is tested. If it says that many records answer, their
share in it is that of all the asker may see, told to the digits that the sample allows: records of one page are alike,
so it is the pages that are compared, not the records. If not many do,
those that answer are counted one by one. Nothing of what the asker may not see is in the estimate: neither in the
sample nor in what it is scaled to.
"""

# ruff: noqa: S608  the statements are put together of our own words

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from kiban.query.condition import AllOf, Along, AnyOf, Condition, Negation, TimeCondition, WordsCondition
from kiban.records.scope import Visible
from kiban.store.catalog import Count
from kiban.store.condition_shapes import goes_by_groups, leads
from kiban.store.sql_asking import Ask, remembering
from kiban.store.sql_drawn import Drawn, draw
from kiban.store.sql_numbers import INDEXED_TIMES, TIMES
from kiban.store.sql_query import Where
from kiban.store.sql_sets import parameters, seen
from kiban.store.sql_simpler import simpler

SMALL = 50_000
"""Who sees no more records than these, for them all are counted."""
FEWEST = 3000
"""So many records that an index finds are counted before any sample is taken; to test them takes as long as one."""
FEWEST_WITH_WORDS = 300
"""So many, where words are asked for: of these an index lists all before it tells of the first."""
FEWEST_LED = 2000
"""So many samples, where a path leads to what is asked for: each has several records."""
IN_TIME = 20_000
"""So many records of some time are counted in an index, where nothing else is asked."""
EXACT = 10_000
"""So many answers are counted; what seems to be more is estimated."""
SAMPLED = 2_000
"""So many records are in a first sample. Another one is as much larger as too few of these answered to tell."""
ENOUGH = 100
"""So many answers in a sample tell how far the pages differ."""
LARGEST = 10_000
"""No more records than these are wanted in a sample."""
UNSURE = 0.25
"""A relative standard error above this is mended by a larger sample, as far as that goes."""
SURE = 0.05
"""One of no more than this leaves two digits."""

_VISIBLE = f"SELECT coalesce(sum(r.n), 0)::bigint FROM records_in_scopes() r WHERE {seen('r.scope')}"
_SAMPLE = "record r TABLESAMPLE SYSTEM (%(percent)s::double precision) REPEATABLE (1)"
# The number of the page that a row lies on.
_PAGE = "split_part(trim('(' FROM r.ctid::text), ',', 1)::bigint"
_SUMS = """
    SELECT sum(n)::bigint, sum(a)::bigint, count(*), sum(n * n)::bigint, sum(a * a)::bigint, sum(n * a)::bigint
    FROM (
        SELECT s.page, count(*) AS n, count(a.id) AS a FROM sampled s LEFT JOIN answers a USING (id) GROUP BY s.page
    ) AS pages
"""


def count_about(ask: Ask, condition: Condition, visible: Visible, counted: Callable[[], Mapping[int, int]]) -> Count:
    """See `Catalog.count_about`.

    Parameters
    ----------
    counted : callable
        Counts all answers, by scope.
    """
    if not goes_by_groups(condition):
        ask, condition = remembering(ask), simpler(condition)
        in_time = _in_time(ask, condition, visible)
        if in_time is not None:
            return in_time
        most_few = FEWEST_WITH_WORDS if _asks_for_words(condition) else FEWEST
        few = _few(ask, condition, visible, most_few)
        if few is not None:
            return few
        if (drawn := draw(ask, condition, visible)) is not None:
            return _of_drawn(drawn)
        few = _few_led(ask, condition, visible)
        if few is not None:
            return few
        n_visible = int(ask(_VISIBLE, parameters(visible))[0][0])
        if n_visible > SMALL:
            estimate = _estimate(ask, condition, visible, n_visible)
            if estimate is not None:
                return estimate
    return _exact(counted())


def _of_drawn(drawn: Drawn) -> Count:
    return Count(told(drawn.n, drawn.error), is_estimate=True, scopes=drawn.scopes, drawn=drawn.ids)


def _in_time(ask: Ask, condition: Condition, visible: Visible) -> Count | None:
    """Those that began in some time, if nothing else is asked and they are not too many."""
    if not isinstance(condition, TimeCondition) or condition.path not in INDEXED_TIMES:
        return None
    where = Where(AllOf(()), visible, ask)
    began = where.within(f"r.{TIMES[condition.path]}", condition.interval)
    some = f"SELECT r.scope FROM record r WHERE {where.live} AND {began} LIMIT {IN_TIME + 1}"
    found: dict[int, int] = dict(ask(f"SELECT s.scope, count(*) FROM ({some}) AS s GROUP BY s.scope", where.parameters))
    n = sum(found.values())
    return Count(n, scopes=frozenset(found)) if n <= IN_TIME else None


def _few(ask: Ask, condition: Condition, visible: Visible, most_few: int) -> Count | None:
    """Those that answer, if an index finds few for the question or a part of it."""
    is_one = not isinstance(condition, AllOf)
    # Of one part the statement itself asks the index: to count a few takes no longer than another message.
    beside = parameters(visible) if is_one else None
    few = Where(condition, visible, ask, asks_paths=False, most_few=most_few, beside=beside)
    return _counted_few(ask, few)


def _few_led(ask: Ask, condition: Condition, visible: Visible) -> Count | None:
    """Those that answer, if a path leads to what is asked for from few samples."""
    return _counted_few(ask, Where(condition, visible, ask, most_few=FEWEST_LED)) if leads(condition) else None


def _counted_few(ask: Ask, few: Where) -> Count | None:
    if not few.is_narrow:
        return None
    tables, are_few = few.asked_later("false")
    before, is_found = (f"WITH {tables} ", are_few) if tables else ("", "true")
    answers = few.among(f"record r WHERE {is_found} AND {few.live} AND {few.plain}", "r.id, r.sample, r.scope")
    query = (
        f"{before}SELECT {is_found}, c.scope, c.n FROM (SELECT) AS told "
        f"LEFT JOIN (SELECT a.scope, count(*) AS n FROM ({answers}) AS a GROUP BY a.scope) AS c ON true"
    )
    rows = ask(query, few.parameters)
    if not rows[0][0]:
        return None
    return _exact({scope: n for _, scope, n in rows if scope is not None})


def _exact(by_scope: Mapping[int, int]) -> Count:
    return Count(sum(by_scope.values()), scopes=frozenset(by_scope))


def _asks_for_words(condition: Condition) -> bool:
    match condition:
        case AllOf(parts) | AnyOf(parts):
            return any(map(_asks_for_words, parts))
        case Negation(part) | Along(_, part):
            return _asks_for_words(part)
        case _:
            return isinstance(condition, WordsCondition)


def _estimate(ask: Ask, condition: Condition, visible: Visible, n_visible: int) -> Count | None:
    """`None` where it is a matter of counting."""
    where = Where(condition, visible, ask, asks_indexes=False, asks_paths=False)
    answers = where.among(f"{_SAMPLE} WHERE {where.live} AND {where.plain}", "r.id, r.sample, r.scope")
    query = f"""
        WITH sampled AS MATERIALIZED (SELECT r.id, {_PAGE} AS page FROM {_SAMPLE} WHERE {where.live}),
        answers AS MATERIALIZED ({answers})
        SELECT sums.*, (SELECT array_agg(DISTINCT scope) FROM answers) FROM ({_SUMS}) AS sums
    """
    n_wanted = SAMPLED
    for is_last in (False, True):
        percent = 100.0 * n_wanted / n_visible
        if percent >= 100.0:
            return None
        [row] = ask(query, where.parameters | {"percent": percent})
        *sums, scopes = row
        n_sampled, n_answers = sums[0] or 0, sums[1] or 0
        # Where few of a sample answer, and not many in all, to count them takes no longer than a larger one.
        fewest = EXACT if n_answers >= ENOUGH or is_last else 2 * EXACT
        if not n_sampled or n_answers / n_sampled * n_visible < fewest:
            return None
        error = relative_error(*map(float, sums))
        if n_answers >= ENOUGH and (is_last or error <= UNSURE):
            number = told(n_answers / n_sampled * n_visible, error)
            return Count(number, is_estimate=True, scopes=frozenset(scopes))
        by_answers = 2 * n_wanted * ENOUGH // max(1, n_answers)
        by_error = math.ceil(n_wanted * (error / UNSURE) ** 2)
        n_wanted = min(max(2 * n_wanted, by_answers, by_error), max(LARGEST, 2 * by_answers))
    return None


def relative_error(n: float, a: float, n_pages: float, nn: float, aa: float, na: float) -> float:
    """The standard error of the share of answers in a sample of pages, as a part of that share.

    Parameters
    ----------
    n, a : float
        How many records the sample has, and how many of them answer.
    n_pages : float
        On how many pages they lie.
    nn, aa, na : float
        Sums over the pages of the square of one, of the other, and of their product.

    References
    ----------
    W. G. Cochran, Sampling Techniques, 3rd ed., Wiley 1977, section 9A.1: the ratio of cluster totals.
    """
    if n_pages < 2 or a <= 0:
        return math.inf
    share = a / n
    squares = max(0.0, aa - 2.0 * share * na + share * share * nn)
    return math.sqrt(squares * n_pages / (n_pages - 1.0)) / a


def told(number: float, error: float) -> int:
    """A number to the digits that its relative standard error leaves: to two, to one, or if that is 1 or 2, to a half.

    Those behind them would say what nobody knows.
    """
    whole = 10.0 ** math.floor(math.log10(number))
    step = whole / 10 if error <= SURE else whole / 2 if number < 3 * whole else whole
    return round(round(number / step) * step)
