"""What the embedded engine does beyond its contract."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kiban.planning.engines.contract import Why
from kiban.planning.engines.embedded import ENGINE
from kiban.planning.engines.random_draw import ENGINE as RANDOM
from kiban.planning.objective.objective import Cost, Objective, Way, maximise, minimise
from kiban.planning.objective.pareto import hypervolume
from kiban.planning.objective.target import Goal, OutcomeLimit, Target
from kiban.planning.space.candidates import Candidates
from kiban.planning.space.coded import Coded
from kiban.planning.space.constraint import AtMost, Mixture
from kiban.planning.space.parameter import Categorical, Continuous, Discrete
from kiban.planning.space.search_space import SearchSpace
from kiban.planning.trial import Ending, Trial
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Origin, Uncertainty

PLANE = SearchSpace(
    parameters=(
        Continuous(name="temperature", low=100.0, high=300.0, unit="degC"),
        Continuous(name="time", low=0.0, high=10.0, unit="h"),
    )
)


def hill(point) -> float:
    return 50.0 - ((float(point["temperature"]) - 240.0) / 40.0) ** 2 - (float(point["time"]) - 3.0) ** 2


def loop(engine, space, objective, experiment, n, *, seed=0):
    """Run a search, one experiment at a time."""
    trials: tuple[Trial, ...] = ()
    for i in range(n):
        (suggestion,) = engine.suggest(space, objective, trials, n=1, pending=(), seed=seed, priors=())
        outcomes = {
            name: Measured(value, objective.outcomes[name]) for name, value in experiment(suggestion.point).items()
        }
        trials += (Trial(point=suggestion.point, outcomes=outcomes, rests_on=f"kb:{i}"),)
    return trials


def best(trials, name="y") -> float:
    return max(trial.outcomes[name].value for trial in trials)


def test_it_climbs_a_hill_that_lots_do_not() -> None:
    objective = maximise("y", "MPa")
    found = loop(ENGINE, PLANE, objective, lambda p: {"y": hill(p)}, 20)
    by_lot = loop(RANDOM, PLANE, objective, lambda p: {"y": hill(p)}, 20)
    assert best(found) > 49.8
    assert best(found) > best(by_lot)


def test_it_goes_down_as_well_as_up() -> None:
    up = loop(ENGINE, PLANE, maximise("y"), lambda p: {"y": hill(p)}, 9, seed=3)
    down = loop(ENGINE, PLANE, minimise("y"), lambda p: {"y": -hill(p)}, 9, seed=3)
    assert [trial.point for trial in up] == [trial.point for trial in down]


def test_it_finds_the_best_mixture_of_two_out_of_five() -> None:
    names = ("Ni", "Fe", "Co", "Mn", "Ce")
    space = SearchSpace(
        parameters=tuple(Continuous(name=name, low=0.0, high=1.0) for name in names),
        constraints=(Mixture(names=names), AtMost(names=names, n=2)),
    )
    found = loop(ENGINE, space, maximise("y"), lambda p: {"y": 4 * p["Fe"] * p["Co"] + 0.2 * p["Ni"]}, 25)
    assert best(found) > 0.97
    assert all(abs(sum(trial.point.values()) - 1.0) < 1e-8 for trial in found)


def test_a_value_is_matched() -> None:
    objective = Objective(targets=(Target(name="y", goal=Goal.MATCH, value=20.0),))
    found = loop(ENGINE, PLANE, objective, lambda p: {"y": hill(p)}, 14)
    assert min(abs(trial.outcomes["y"].value - 20.0) for trial in found) < 0.5


def test_limits_are_learnt_and_kept_to() -> None:
    objective = Objective(targets=(Target(name="y"),), limits=(OutcomeLimit(name="z", high=200.0),))
    found = loop(ENGINE, PLANE, objective, lambda p: {"y": hill(p), "z": float(p["temperature"])}, 20)
    kept = [trial for trial in found if trial.outcomes["z"].value <= 200.0]
    assert best(kept) > 48.5  # at 200 degC the hill is 49 high
    assert len(kept) >= 8


def test_it_keeps_away_from_where_experiments_fail() -> None:
    grid = SearchSpace(parameters=(Discrete(name="x", values=tuple(float(i) for i in range(41))),))
    trials = tuple(
        Trial(point={"x": x}, outcomes={"y": Measured(x)}) if x <= 20 else Trial(point={"x": x}, ending=Ending.FAILED)
        for x in (0.0, 4.0, 8.0, 12.0, 16.0, 20.0, 25.0, 30.0, 35.0, 40.0)
    )
    (suggestion,) = ENGINE.suggest(grid, maximise("y"), trials, n=1)
    assert 17.0 <= suggestion.point["x"] <= 25.0
    assert suggestion.reason.numbers["feasible"] < 1.0


def test_a_front_is_pushed_further_out_than_by_lot() -> None:
    objective = Objective(targets=(Target(name="a"), Target(name="b")), way=Way.PARETO)

    def experiment(point):
        x, y = (float(point["temperature"]) - 100) / 200, float(point["time"]) / 10
        return {"a": x * (1 - (y - 0.5) ** 2), "b": (1 - x**2) * (1 - (y - 0.5) ** 2)}

    def volume(engine, seed):
        trials = loop(engine, PLANE, objective, experiment, 15, seed=seed)
        return hypervolume(np.array([[t.outcomes[n].value for n in "ab"] for t in trials]), np.zeros(2))

    ours = [volume(ENGINE, seed) for seed in range(3)]
    assert np.mean(ours) > np.mean([volume(RANDOM, seed) for seed in range(3)])
    assert np.mean(ours) > 0.55  # the whole front encloses 2/3; ten points spread along it 0.61


def test_a_dear_level_has_to_be_worth_its_price() -> None:
    space = SearchSpace(
        parameters=(
            Categorical(name="metal", levels=("iron", "gold")),
            Discrete(name="x", values=tuple(float(i) for i in range(21))),
        )
    )
    trials = tuple(
        Trial(point={"metal": metal, "x": x}, outcomes={"y": Measured(x)})
        for metal in ("iron", "gold")
        for x in (0.0, 5.0, 10.0)
    )
    cost = Cost(per_level={"metal": {"gold": 99.0}})
    dear = Objective(targets=(Target(name="y"),), cost=cost)
    answers = ENGINE.suggest(space, dear, trials, n=4)
    assert {answer.point["metal"] for answer in answers} == {"iron"}


def test_constant_outcomes_send_it_elsewhere() -> None:
    rows = np.random.default_rng(0).random((60, 2))
    space = SearchSpace(
        parameters=(Continuous(name="a", low=0.0, high=1.0), Continuous(name="b", low=0.0, high=1.0)),
        candidates=Candidates(rows),
    )
    points = Coded(space.parameters, rows).points()
    near = np.argsort(rows.sum(axis=1))[:5]
    trials = tuple(Trial(point=points[i], outcomes={"y": Measured(0.0)}) for i in near)
    (suggestion,) = ENGINE.suggest(space, maximise("y"), trials, n=1)
    assert suggestion.reason.why is Why.SPREAD
    assert suggestion.reason.numbers["nearest"] > 0.2


def test_it_says_what_it_expects_in_units_and_why() -> None:
    grid = SearchSpace(parameters=(Discrete(name="x", values=tuple(float(i) for i in range(21)), unit="mm"),))
    trials = tuple(
        Trial(
            point={"x": x},
            outcomes={"y": Measured(1000 * (10 + x), "kPa", Uncertainty(value=50.0, origin=Origin.FILE))},
            rests_on=f"kb:{x:g}",
        )
        for x in (0.0, 4.0, 8.0, 12.0)
    )
    (suggestion,) = ENGINE.suggest(grid, maximise("y", "MPa"), trials, n=1)
    expected = suggestion.expected["y"]
    assert expected.unit == "MPa"
    assert suggestion.point["x"] > 12.0
    assert expected.uncertainty is not None
    assert abs(expected.value - (10 + suggestion.point["x"])) < 3 * expected.uncertainty.standard < 60.0
    assert suggestion.reason.numbers["best"] == pytest.approx(22.0)
    assert set(suggestion.reason.models) == {"raw", "ranks", "forest"}
    assert suggestion.rests_on == ("kb:0", "kb:4", "kb:8", "kb:12")


class _Told:
    """A prior that knows the answer, or its opposite."""

    def __init__(self, sign: float) -> None:
        self.name = "told"
        self.sign = sign

    def expect(self, points, outcome):
        return self.sign * np.cos(points.numbers("x") / 3.0) if outcome == "y" else None


def test_a_good_prior_is_used_and_a_bad_one_fades_out() -> None:
    grid = SearchSpace(parameters=(Discrete(name="x", values=tuple(0.5 * i for i in range(121))),))
    trials = tuple(
        Trial(point={"x": x}, outcomes={"y": Measured(math.cos(x / 3.0))}) for x in (2.0, 11.0, 21.0, 29.0, 44.0, 49.0)
    )
    (good,) = ENGINE.suggest(grid, maximise("y"), trials, n=1, priors=(_Told(1.0),))
    (bad,) = ENGINE.suggest(grid, maximise("y"), trials, n=1, priors=(_Told(-1.0),))
    assert math.cos(good.point["x"] / 3.0) > 0.95
    # The sign is learnt: a prior that is wrong everywhere tells as much as one that is right.
    assert math.cos(bad.point["x"] / 3.0) > 0.95


@pytest.mark.parametrize("values", [(0.0, 4e-294), (1.0, 1.0 + 2e-16), (5e-324, 0.0), (1e6, -1e6)])
def test_outcomes_that_differ_by_nothing_that_can_be_learnt_do_not_stop_it(values: tuple[float, float]) -> None:
    trials = tuple(
        Trial(point={"temperature": 150.0 + 50.0 * i, "time": 2.0}, outcomes={"y": Measured(value)})
        for i, value in enumerate(values)
    )
    (suggestion,) = ENGINE.suggest(PLANE, maximise("y"), trials, n=1, seed=1)
    assert all(math.isfinite(number) for number in suggestion.reason.numbers.values())
    assert all(math.isfinite(expected.value) for expected in suggestion.expected.values())
