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
from kiban.store.condition_shapes import leads
from kiban.store.sql_asking import Ask
from kiban.store.sql_candidates import Among, that_may_answer
from kiban.store.sql_query import Where

ALL_TESTED = 10_000
"""Of no more records than these it is not worth while to draw some."""
ALL_LED = 3000
"""The same, where it is asked of each where a path leads."""
READ = 600_000
"""So many entries of an index are read; where it has more, records are drawn in another way."""
ONE_IN = (64, 32, 16, 8)
"""One in so many is tested: first of these, and then another one, if too few of those answer. They are powers of two,
so that a later draw has all of an earlier one."""
WANTED = 200
"""So many answers are wanted."""
TESTED = 6000
"""For them, no more records than these are tested."""
FEWEST = 20
"""Of fewer answers than these in the end, it is not said how many they stand for."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Answers that were drawn.

    Parameters
    ----------
    one_in : int
        One in so many of all answers was.
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
    [(n_read, n_first, one_in, ids, scopes)] = ask(_query(among, rest), rest.parameters)
    n_about = n_first * ONE_IN[0]
    if n_read > READ or n_about <= (ALL_LED if leads(among.rest) else ALL_TESTED) or len(ids) < FEWEST:
        return None
    return Drawn(tuple(ids), frozenset(scopes), one_in)


def _query(among: Among, where: Where) -> str:
    """How many entries were read, records tested at first, the number that one in so many was drawn of, and answers.

    The entries are read once, which takes the longest.
    """
    first, most = ONE_IN[0], ONE_IN[-1]
    columns = ", ".join(among.columns)
    some = ", ".join(
        f"array_agg(c.{column}) FILTER (WHERE {_is_drawn(f'c.{column}', most)}) AS {column}s"
        for column in among.columns
    )
    each = f"unnest({' || '.join(f'{column}s' for column in among.columns)}) AS each (id)"
    answers = {
        name: where.among(
            f"record r WHERE r.id = ANY(ARRAY(SELECT id FROM {name})) AND {where.live} AND {where.plain}",
            "r.id, r.sample, r.scope",
        )
        for name in ("drawn", "more")
    }
    n_answers = "(SELECT count(*) FROM of_drawn)"
    wanted = f"least({TESTED}, {WANTED} * t.n / greatest(1, {n_answers}))"
    return f"""
        WITH gone_through AS MATERIALIZED (
            SELECT count(*) AS n, {some} FROM (SELECT {columns} {among.rows(where)} LIMIT {READ + 1}) AS c
        ),
        drawn AS MATERIALIZED (SELECT DISTINCT each.id FROM gone_through, {each} WHERE {_is_drawn("each.id", first)}),
        of_drawn AS MATERIALIZED ({answers["drawn"]}),
        tested AS MATERIALIZED (SELECT count(*) AS n FROM drawn),
        chosen AS MATERIALIZED (
            SELECT min(o.one_in) AS one_in FROM tested t, unnest(ARRAY{list(ONE_IN)}) AS o (one_in)
            WHERE o.one_in = {first} OR (t.n * {first} / o.one_in <= {wanted} AND {n_answers} < {WANTED})
        ),
        more AS MATERIALIZED (
            SELECT DISTINCT each.id FROM gone_through, chosen, {each} WHERE chosen.one_in < {first}
            AND {_is_drawn("each.id", "chosen.one_in")} AND NOT {_is_drawn("each.id", first)}
        ),
        of_more AS MATERIALIZED ({answers["more"]}),
        answers AS MATERIALIZED (SELECT id, scope FROM of_drawn UNION ALL SELECT id, scope FROM of_more)
        SELECT (SELECT n FROM gone_through), (SELECT n FROM tested), (SELECT one_in FROM chosen),
            ARRAY(SELECT id FROM answers ORDER BY id), ARRAY(SELECT DISTINCT scope FROM answers)
    """


def _is_drawn(identifier: str, one_in: int | str) -> str:
    return f"uuid_hash({identifier}) & ({one_in} - 1) = 0"
