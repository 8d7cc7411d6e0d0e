"""The random engine: what every other one has to beat."""

from __future__ import annotations

import numpy as np

from kiban.planning.engines.contract import Prior, Reason, Suggestion, Why
from kiban.planning.objective.objective import Objective
from kiban.planning.pool import pool, used_rows
from kiban.planning.question import check_question
from kiban.planning.space.coded import Coded
from kiban.planning.space.parameter import Point
from kiban.planning.space.search_space import SearchSpace
from kiban.planning.trial import Trial, results


class RandomDraw:
    """Draws points by lot, each that is left with the same chance."""

    name = "random"
    version = 2
    title = "By lot"

    def suggest(
        self,
        space: SearchSpace,
        objective: Objective,
        trials: tuple[Trial, ...],
        *,
        n: int,
        pending: tuple[Point, ...] = (),
        seed: int = 0,
        priors: tuple[Prior, ...] = (),  # noqa: ARG002  lots do not care
    ) -> tuple[Suggestion, ...]:
        """Say what to do next; see `kiban.planning.engines.contract.Engine`."""
        check_question(space, objective, n=n, seed=seed)
        done = results(space, objective, trials)
        used = used_rows(space, done.points.rows, pending)
        rng = np.random.default_rng([seed, len(used)])
        left = pool(space, used, rng)
        places = rng.permutation(left.free)[:n]
        points = Coded(space.parameters, left.points.rows[places]).points()
        return tuple(
            Suggestion(
                point=point,
                reason=Reason(why=Why.DRAWN, numbers={"n_trials": float(len(done))}),
                candidate=int(place) if left.is_list else None,
            )
            for place, point in zip(places, points, strict=True)
        )


ENGINE = RandomDraw()
