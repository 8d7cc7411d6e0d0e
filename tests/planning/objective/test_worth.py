"""What outcomes are worth, and objectives that contradict themselves."""

from __future__ import annotations

import numpy as np
import pytest

from kiban.errors import InvalidValue
from kiban.planning.objective.objective import Cost, Objective, Way, maximise
from kiban.planning.objective.target import Goal, OutcomeLimit, Target
from kiban.planning.objective.worth import within, worth_of_target, worths

VALUES = np.array([0.0, 5.0, 10.0, 20.0, 30.0])


def test_without_limits_the_value_itself_counts() -> None:
    assert worth_of_target(Target(name="y"), VALUES).tolist() == [0, 5, 10, 20, 30]
    assert worth_of_target(Target(name="y", goal=Goal.MINIMISE), VALUES).tolist() == [0, -5, -10, -20, -30]
    match = Target(name="y", goal=Goal.MATCH, value=10.0)
    assert worth_of_target(match, VALUES).tolist() == [-10, -5, 0, -10, -20]


def test_between_limits_it_goes_from_0_to_1() -> None:
    assert worth_of_target(Target(name="y", low=5, high=20), VALUES).tolist() == pytest.approx([0, 0, 1 / 3, 1, 1])
    match = Target(name="y", goal=Goal.MATCH, value=10.0, low=0.0, high=30.0)
    assert worth_of_target(match, VALUES).tolist() == pytest.approx([0, 0.5, 1, 0.5, 0])


def test_weights_share_one_direction_and_a_front_has_one_for_each_target() -> None:
    one, other = Target(name="a", low=0, high=10), Target(name="b", goal=Goal.MINIMISE, low=0, high=1)
    outcomes = {"a": np.array([10.0, 0.0]), "b": np.array([1.0, 0.5])}
    weighted = Objective(targets=(one, other), way=Way.WEIGHTED, weights=(3.0, 1.0))
    assert worths(weighted, outcomes).tolist() == [[0.75, 0.125]]
    assert worths(Objective(targets=(one, other), way=Way.PARETO), outcomes).tolist() == [[1, 0], [0, 0.5]]


def test_an_outcome_that_is_not_known_keeps_to_no_limit() -> None:
    limit = OutcomeLimit(name="z", low=0.0, high=1.0)
    assert within((limit,), {"z": np.array([np.nan, 0.0, 1.0, 1.1])}).tolist() == [False, True, True, False]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Target(name="y", goal=Goal.MATCH),
        lambda: Target(name="y", low=3.0, high=1.0),
        lambda: Target(name="y", low=3.0),
        lambda: OutcomeLimit(name="y"),
        lambda: Objective(targets=()),
        lambda: Objective(targets=(Target(name="a"), Target(name="b"))),
        lambda: Objective(targets=(Target(name="a"), Target(name="b")), way=Way.WEIGHTED, weights=(1.0, 1.0)),
        lambda: Objective(targets=(Target(name="a", unit="V"),), limits=(OutcomeLimit(name="a", unit="mV", low=1.0),)),
        lambda: Cost(fixed=0.0),
        lambda: maximise("y", "no such unit"),
    ],
)
def test_what_contradicts_itself_is_refused(make) -> None:
    with pytest.raises(InvalidValue) as refused:
        make()
    assert refused.value.mend
