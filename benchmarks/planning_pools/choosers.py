"""Engines behind one door: ours by the contract, those of other people as their own defaults are."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from kiban.planning.engines.embedded import Embedded
from kiban.planning.engines.installed import engine
from kiban.planning.objective.objective import maximise, minimise
from kiban.planning.trial import Trial
from kiban.quantity.measured import Measured

from .pools import Pool, points_of
from .runs import Choose

BY_DEFINITION = ("random", "oracle")


def chooser(name: str, pool: Pool) -> Choose:
    """The engine of that name for a pool."""
    if name in OTHERS:
        return OTHERS[name](pool)
    mine = Embedded(name, use_density=False) if name == "embedded_without_density" else engine(name)
    return _ours(mine, pool)


def _ours(mine: object, pool: Pool) -> Choose:
    points = points_of(pool)
    objective = minimise("target") if pool.is_minimised else maximise("target")
    sign = -1.0 if pool.is_minimised else 1.0

    def choose(rows: list[int], targets: np.ndarray, seed: int) -> int:
        trials = tuple(
            Trial(point=points[row], outcomes={"target": Measured(sign * float(value))}, rests_on=str(row))
            for row, value in zip(rows, targets, strict=True)
        )
        (suggestion,) = mine.suggest(pool.space, objective, trials, n=1, pending=(), seed=seed, priors=())
        return suggestion.candidate

    return choose


def _sklearn_gp(pool: Pool) -> Choose:
    """scikit-learn's Gaussian process (Matérn 5/2, a length scale for each column, noise) and expected improvement."""
    import warnings

    from scipy.stats import norm
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

    inputs = pool.scaled()

    def choose(rows: list[int], targets: np.ndarray, seed: int) -> int:
        kernel = ConstantKernel() * Matern(np.ones(inputs.shape[1]), nu=2.5) + WhiteKernel(1e-3)
        process = GaussianProcessRegressor(kernel, normalize_y=True, random_state=seed)
        left = np.setdiff1d(np.arange(pool.n), rows)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            process.fit(inputs[rows], targets)
            mean, deviation = process.predict(inputs[left], return_std=True)
        deviation = np.maximum(deviation, 1e-12)
        ahead = (mean - targets.max()) / deviation
        gain = deviation * (ahead * norm.cdf(ahead) + norm.pdf(ahead))
        best = np.flatnonzero(gain >= gain.max() - 1e-15)
        return int(left[np.random.default_rng([seed, len(rows)]).choice(best)])

    return choose


def _physbo(pool: Pool) -> Choose:
    """PHYSBO's discrete search with Thompson sampling and 500 random features, learnt anew every ten experiments."""
    import physbo

    inputs = pool.scaled()
    state: dict[int, object] = {}

    def choose(rows: list[int], targets: np.ndarray, seed: int) -> int:
        if len(rows) == 2:
            policy = physbo.search.discrete.Policy(test_X=inputs)
            policy.set_seed(seed)
            policy.write(np.array(rows), targets)
            state[seed] = policy
        else:
            policy = state[seed]
            policy.write(np.array(rows[-1:]), targets[-1:])
        interval = 0 if len(rows) % 10 == 2 else -1
        actions = policy.bayes_search(
            max_num_probes=1, simulator=None, score="TS", interval=interval, num_rand_basis=500, is_disp=False
        )
        return int(actions[0])

    return choose


def _baybe(pool: Pool) -> Choose:
    """BayBE's default recommender on a discrete space of the rows, levels as one column each."""
    import pandas
    from baybe.parameters import CategoricalParameter, NumericalDiscreteParameter
    from baybe.recommenders import BotorchRecommender
    from baybe.searchspace import SearchSpace as Space
    from baybe.targets import NumericalTarget

    from kiban.planning.space.parameter import Categorical

    frame = pandas.DataFrame(points_of(pool))
    parameters = []
    for parameter in pool.space.parameters:
        if isinstance(parameter, Categorical):
            parameters.append(CategoricalParameter(parameter.name, list(parameter.levels)))
        elif frame[parameter.name].nunique() > 1:
            parameters.append(NumericalDiscreteParameter(parameter.name, sorted(frame[parameter.name].unique())))
    frame = frame[[parameter.name for parameter in parameters]]
    space = Space.from_dataframe(frame, parameters)
    objective = NumericalTarget("target").to_objective()

    def choose(rows: list[int], targets: np.ndarray, seed: int) -> int:
        import torch

        torch.manual_seed(seed * 1000 + len(rows))
        done = frame.iloc[rows].assign(target=targets)
        left = Space.from_dataframe(frame.drop(index=rows), parameters)
        answer = BotorchRecommender().recommend(1, left, objective, done)
        return int(answer.index[0]) if answer.index[0] not in rows else int(_row_of(frame, answer, rows))

    del space
    return choose


def _row_of(frame: object, answer: object, rows: list[int]) -> int:
    same = np.flatnonzero((frame == answer.iloc[0]).all(axis=1))
    return next(int(row) for row in same if row not in rows)


OTHERS: Mapping[str, Callable[[Pool], Choose]] = {"sklearn_gp": _sklearn_gp, "physbo": _physbo, "baybe": _baybe}
