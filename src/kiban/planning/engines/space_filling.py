"""The space-filling engine: spreads trials so that they tell most about the space, whatever comes out."""

from __future__ import annotations

import numpy as np

from kiban.planning.engines.contract import Prior, Reason, Suggestion, Why
from kiban.planning.objective.objective import Objective
from kiban.planning.pool import pool, used_rows
from kiban.planning.question import check_question
from kiban.planning.space.coded import Coded
from kiban.planning.space.parameter import Point
from kiban.planning.space.search_space import SearchSpace
from kiban.planning.spread import most_telling
from kiban.planning.surrogates.features import features
from kiban.planning.trial import Trial, results


class SpaceFilling:
    """Takes the point that leaves the least doubt about all others, then the next."""

    name = "space_filling"
    version = 2
    title = "Spread over the space"

    def suggest(
        self,
        space: SearchSpace,
        objective: Objective,
        trials: tuple[Trial, ...],
        *,
        n: int,
        pending: tuple[Point, ...] = (),
        seed: int = 0,
        priors: tuple[Prior, ...] = (),  # noqa: ARG002  nothing is expected
    ) -> tuple[Suggestion, ...]:
        """Say what to do next; see `kiban.planning.engines.contract.Engine`."""
        check_question(space, objective, n=n, seed=seed)
        done = results(space, objective, trials)
        used = used_rows(space, done.points.rows, pending)
        rng = np.random.default_rng([seed, len(used)])
        left = pool(space, used, rng)
        seen = features(left.points, is_list=left.is_list, rng=rng)
        scaled = seen.scale(left.points.rows)
        suggestions: list[Suggestion] = []
        while len(suggestions) < n and len(left.free):
            place = most_telling(seen, scaled, left.free, seen.scale(used), rng)
            row = left.points.rows[place]
            numbers = {"n_trials": float(len(done))}
            if len(used):
                squares = seen.squared(scaled[place : place + 1], seen.scale(used)).sum(axis=0)
                numbers["nearest"] = float(np.sqrt(squares.min()))
            suggestions.append(
                Suggestion(
                    point=Coded(space.parameters, row[np.newaxis]).points()[0],
                    reason=Reason(why=Why.SPREAD, numbers=numbers),
                    candidate=place if left.is_list else None,
                )
            )
            used = np.concatenate([used, row[np.newaxis]])
            left = left.without(row)
        return tuple(suggestions)


ENGINE = SpaceFilling()
