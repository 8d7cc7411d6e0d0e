"""Some of the answers, drawn by their identifiers: about how many there are, where it takes long to find them all.

Only records with a fact can answer a question for a property, or those with an entry one for a number of the metadata,
and an index tells which. Of these, one in so many is tested: those whose identifier has a certain hash. It is as if a
coin were thrown for each record by itself, whatever it has to do with others, and comes out the same every time. How
many are tested depends on how many of them answer, not on how many there are.

What the asker may not see is neither among those that are drawn, nor in what they stand for.
"""

# ruff: noqa: S608  the statements are put together of our own words; values go over as parameters

from __future__ import annotations

import math
from dataclasses import dataclass
from uuid import UUID

from kiban.query.condition import Condition
from kiban.records.scope import Visible
from kiban.store.sql_asking import Ask
from kiban.store.sql_candidates import Among, that_may_answer
from kiban.store.sql_query import Where, leads

ALL_TESTED = 10_000
"""Of no more records than these it is not worth while to draw some."""
ALL_LED = 3000
"""The same, where it is asked of each where a path leads."""
READ = 400_000
"""So many entries of an index are read; where it has more, records are drawn in another way."""
FIRST = 64
"""One in so many is tested first. The numbers are powers of two, so that a later draw has all of an earlier one."""
WANTED = 150
"""So many answers are wanted."""
TESTED = 3000
"""For them, no more records than about these are tested."""
FEWEST = 20
"""Of fewer answers than these in the end, it is not said how many they stand for."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Answers that were drawn.

    Parameters
    ----------
    one_in : int
        One in so many of all answers was; with 1 they are all.
    """

    ids: tuple[UUID, ...]
    scopes: frozenset[int]
    one_in: int

    @property
    def n(self) -> int:
        """About how many answers there are in all."""
        return len(self.ids) * self.one_in

    @property
    def error(self) -> float:
        """The standard error of that number, as a part of it.

        References
        ----------
        W. G. Cochran, Sampling Techniques, 3rd ed., Wiley 1977, section 3.3: binomial proportions. Here each record
        is drawn by itself, so that the number of those that are drawn varies, too.
        """
        return math.sqrt((1.0 - 1.0 / self.one_in) / len(self.ids)) if self.ids else math.inf


def draw(ask: Ask, condition: Condition, visible: Visible) -> Drawn | None:
    """Draw some of the answers.

    Returns
    -------
    Drawn or None
        `None` where it is a matter of finding them all, or no index tells what may answer.
    """
    where = Where(condition, visible, ask, asks_indexes=False, asks_paths=False)
    among = that_may_answer(ask, where, condition, READ)
    if among is None:
        return None
    rest = Where(among.rest, visible, ask, asks_indexes=False, asks_paths=False)
    first = _drawn(ask, rest, among, FIRST)
    if first is None:
        return None
    n_tested, drawn = first
    if n_tested * FIRST <= (ALL_LED if leads(among.rest) else ALL_TESTED):
        return None
    if len(drawn.ids) < WANTED:
        wanted = min(TESTED, 1.2 * WANTED * n_tested / max(1, len(drawn.ids)))
        one_in = 2 ** max(0, math.ceil(math.log2(FIRST * n_tested / wanted)))
        if one_in < FIRST:
            again = _drawn(ask, rest, among, one_in)
            if again is None:
                return None
            drawn = again[1]
    return drawn if drawn.one_in == 1 or len(drawn.ids) >= FEWEST else None


def _drawn(ask: Ask, where: Where, among: Among, one_in: int) -> tuple[int, Drawn] | None:
    """How many were tested, and those that answer; `None` where there are too many to go through."""
    mask = one_in - 1
    some = ", ".join(
        f"coalesce(array_agg(c.{column}) FILTER (WHERE uuid_hash(c.{column}) & {mask} = 0), '{{}}') AS {column}s"
        for column in among.columns
    )
    found = " || ".join(f"{column}s" for column in among.columns)
    of_drawn = f"record r WHERE r.id = ANY(ARRAY(SELECT id FROM drawn)) AND {where.live} AND {where.plain}"
    query = f"""
        WITH gone_through AS MATERIALIZED (
            SELECT count(*) AS n, {some} FROM (
                SELECT {", ".join(among.columns)} {among.rows(where)} LIMIT {READ + 1}
            ) AS c
        ),
        drawn AS MATERIALIZED (SELECT DISTINCT each.id FROM gone_through, unnest({found}) AS each (id)),
        answers AS MATERIALIZED ({where.among(of_drawn, "r.id, r.sample, r.scope")})
        SELECT (SELECT n FROM gone_through), (SELECT count(*) FROM drawn), ARRAY(SELECT id FROM answers ORDER BY id),
            ARRAY(SELECT DISTINCT scope FROM answers)
    """
    [(n_read, n_tested, ids, scopes)] = ask(query, where.parameters)
    if n_read > READ:
        return None
    return n_tested, Drawn(tuple(ids), frozenset(scopes), one_in)
