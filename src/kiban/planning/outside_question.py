"""A question as engines of other people take it: points to choose from, and numbers that are to be large.

Those engines know no limits of outcomes, failures, costs or reasons. So a trial counts by what it is worth; one that
failed or broke a limit counts as the worst so far. As long as nothing tells a good point from a bad one, points are
spread over the space, as ours are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kiban.planning.engines.contract import Reason, Suggestion, Why
from kiban.planning.judge import counts
from kiban.planning.objective.objective import Objective, Way
from kiban.planning.objective.target import Goal
from kiban.planning.objective.worth import worths
from kiban.planning.pool import Places, Pool, pool, used_rows
from kiban.planning.question import check_question
from kiban.planning.space.coded import Coded
from kiban.planning.space.parameter import Floats, Point
from kiban.planning.space.search_space import SearchSpace
from kiban.planning.spread import most_telling
from kiban.planning.surrogates.features import Features, features
from kiban.planning.trial import Results, Trial, results
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Origin, Uncertainty

_MOST_DRAWN = 500


@dataclass(frozen=True, slots=True)
class Learnt:
    """What such an engine expects at the chosen points, of what it was told: shape (n_chosen,)."""

    means: Floats
    deviations: Floats


class OutsideQuestion:
    """One question.

    Parameters
    ----------
    most : int
        Points that the engine chooses from; of more, some are drawn, and of points that are drawn anyway 500 do.

    Attributes
    ----------
    places : array of int
        The points to choose from, in the pool.
    worth : array, shape (n_directions, n_told)
        What the trials at `told` are worth, more being better.
    knows_nothing : bool
        Whether nothing tells a good point from a bad one.
    """

    def __init__(
        self,
        space: SearchSpace,
        objective: Objective,
        trials: tuple[Trial, ...],
        pending: tuple[Point, ...],
        *,
        n: int,
        seed: int,
        most: int,
    ) -> None:
        check_question(space, objective, n=n, seed=seed)
        self.space, self.objective, self._n = space, objective, n
        self._done: Results = results(space, objective, trials)
        used = used_rows(space, self._done.points.rows, pending)
        self._rng = np.random.default_rng([seed, len(used)])
        self.seed = int(self._rng.integers(2**31))
        self._used = used
        self._pool: Pool = pool(space, used, self._rng)
        free = self._pool.free
        most = most if self._pool.is_all else min(most, _MOST_DRAWN)
        self.places: Places = free if len(free) <= most else np.sort(self._rng.choice(free, most, replace=False))
        kept = counts(objective, self._done)
        is_told = kept | self._done.failed | self._broke_a_limit()
        self.told = Coded(space.parameters, self._done.points.rows[is_told])
        worth = worths(objective, self._done.outcomes)
        worst = worth[:, kept].min(axis=1) if kept.any() else np.zeros(len(worth))
        self.worth = np.where(kept, worth, worst[:, np.newaxis])[:, is_told]
        self.knows_nothing = not kept.any() or bool((np.ptp(self.worth, axis=1) == 0).all())

    @property
    def points(self) -> Coded:
        """The points to choose from."""
        return Coded(self.space.parameters, self._pool.points.rows[self.places])

    @property
    def features(self) -> Features:
        """How the pool's points are seen: numbers by their ranks in a list, levels apart."""
        return features(self._pool.points, is_list=self._pool.is_list, rng=np.random.default_rng(self.seed))

    def spread(self) -> tuple[Suggestion, ...]:
        """Points that tell most about all others."""
        left, used, found = self._pool, self._used, list[Suggestion]()
        seen = self.features
        while len(found) < self._n and len(left.free):
            scaled = seen.scale(left.points.rows)
            place = most_telling(seen, scaled, left.free, seen.scale(used), self._rng)
            row = left.points.rows[place]
            found.append(self._suggestion(row, place, Why.SPREAD, {}, rests_on=()))
            used, left = np.concatenate([used, row[np.newaxis]]), left.without(row)
        return tuple(found)

    def answer(self, chosen: Sequence[int], learnt: Learnt | None) -> tuple[Suggestion, ...]:
        """Suggestions of what the engine has chosen.

        Parameters
        ----------
        chosen : sequence of int
            Which of `points`, best first; the same point is taken once.
        learnt : Learnt, optional
            What is expected there, of an outcome that is to be large or small; nothing is told of others.
        """
        found: list[Suggestion] = []
        rows: list[Floats] = []
        for at, i in enumerate(chosen):
            place = int(self.places[i])
            row = self._pool.points.rows[place]
            if any(np.array_equal(row, other) for other in rows) or len(found) == self._n:
                continue
            rows.append(row)
            expected = {} if learnt is None else self._expected(learnt, at)
            why = Why.FRONT if self.objective.way is Way.PARETO else Why.IMPROVE
            rests_on = tuple(dict.fromkeys(each for each in self._done.rests_on if each))
            found.append(self._suggestion(row, place, why, expected, rests_on))
        return tuple(found)

    @property
    def is_plain(self) -> bool:
        """Whether one outcome is to be large or small, so that what is expected of its worth is expected of it."""
        target = self.objective.targets[0]
        return self.objective.way is Way.SINGLE and target.goal is not Goal.MATCH and target.low is None

    def _expected(self, learnt: Learnt, at: int) -> dict[str, Measured]:
        target = self.objective.targets[0]
        mean, deviation = float(learnt.means[at]), float(learnt.deviations[at])
        if not self.is_plain or not np.isfinite(mean) or not (np.isfinite(deviation) and deviation > 0):
            return {}
        sign = -1.0 if target.goal is Goal.MINIMISE else 1.0
        return {target.name: Measured(sign * mean, target.unit, Uncertainty(value=deviation, origin=Origin.ESTIMATE))}

    def _suggestion(
        self, row: Floats, place: int, why: Why, expected: Mapping[str, Measured], rests_on: tuple[str, ...]
    ) -> Suggestion:
        return Suggestion(
            point=Coded(self.space.parameters, row[np.newaxis]).points()[0],
            expected=expected,
            reason=Reason(why=why, numbers={"n_trials": float(self.worth.shape[1])}),
            rests_on=rests_on,
            candidate=place if self._pool.is_list else None,
        )

    def _broke_a_limit(self) -> np.ndarray:
        broke = np.zeros(len(self._done), dtype=np.bool_)
        for limit in self.objective.limits:
            values = self._done.outcomes[limit.name]
            for end, beyond in ((limit.low, np.less), (limit.high, np.greater)):
                if end is not None:
                    broke |= ~np.isnan(values) & beyond(values, end)
        return broke
