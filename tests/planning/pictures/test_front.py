"""The front against a plain comparison of every pair, and its volume against one that is counted."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiban.errors import InvalidValue
from kiban.planning.campaign.experiment import Outcome
from kiban.planning.campaign.telling import Done, bring_in
from kiban.planning.objective.objective import Objective, Way
from kiban.planning.objective.target import Goal, OutcomeLimit, Target
from kiban.planning.pictures.front import front_of
from kiban.quantity.measured import Measured

from ..campaign.examples import SAID, SPACE, TWO, campaign


def _with(values: list[tuple[float, float]], objective: Objective = TWO) -> Any:
    done = []
    for i, (strength, mass) in enumerate(values):
        outcomes = (
            Outcome(name="strength", value=Measured(strength, "MPa")),
            Outcome(name="mass", value=Measured(mass, "kg")),
        )
        point = {"temperature": SPACE.parameters[0].options[i % 7], "solvent": "water"}
        done.append(Done(point=point, outcomes=outcomes, rests_on=f"row {i}"))
    return bring_in(campaign(objective=objective), done, **SAID)


@settings(max_examples=60, deadline=None)
@given(values=st.lists(st.tuples(st.integers(0, 6), st.integers(1, 6)), min_size=1, max_size=14))
def test_it_is_what_no_other_beats_and_its_volume_never_falls(values: list[tuple[int, int]]) -> None:
    front = front_of(_with([(float(a), float(b)) for a, b in values]))
    assert [point.values["mass"] for point in front.points] == [float(b) for _, b in values]
    for point, (strength, mass) in zip(front.points, values, strict=True):
        beaten = any(s >= strength and m <= mass and (s, m) != (strength, mass) for s, m in values)
        assert point.is_on_front is not beaten
    volumes = [each.volume for each in front.course]
    assert volumes == sorted(volumes)
    assert len(front.reference) == 2


def test_the_volume_is_the_area_between_the_steps_and_the_reference() -> None:
    # Fronts (1, 3), then with (2, 4): strengths 1 to 2, masses 3 to 4; the reference is a tenth of the range beyond.
    front = front_of(_with([(1.0, 3.0), (2.0, 4.0), (0.5, 5.0)]))
    assert front.numbers == (1, 2)
    assert front.reference == pytest.approx((0.9, -4.1))
    assert [each.number for each in front.course] == [1, 2]
    assert [each.volume for each in front.course] == pytest.approx([0.1 * 1.1, 1.1 * 1.1 - 1.0 * 1.0])
    assert all(point.is_old for point in front.points)


def test_what_is_outside_of_limits_or_measured_in_part_is_counted_apart() -> None:
    limited = dataclasses.replace(TWO, limits=(OutcomeLimit(name="mass", unit="kg", high=3.5),))
    made = _with([(1.0, 3.0), (2.0, 4.0)], limited)
    front = front_of(made)
    assert front.numbers == (1,)
    assert front.n_left_out == 1
    assert front_of(campaign(objective=TWO)).points == ()


def test_one_target_has_no_front() -> None:
    with pytest.raises(InvalidValue, match="no Pareto front"):
        front_of(campaign())


def test_three_targets_of_many_experiments_are_worked_out_in_part() -> None:
    targets = (*TWO.targets, Target(name="age", goal=Goal.MATCH, value=3.0, unit="s"))
    rng = np.random.default_rng(3)
    done = []
    for i in range(400):
        # Each is better than all before in something: every one comes onto the front of its time.
        a, b = float(i), 500.0 - float(i)
        outcomes = (
            Outcome(name="strength", value=Measured(a, "MPa")),
            Outcome(name="mass", value=Measured(600.0 - b, "kg")),
            Outcome(name="age", value=Measured(3.0 + float(rng.random()), "s")),
        )
        done.append(Done(point={"temperature": 300.0, "solvent": "water"}, outcomes=outcomes, rests_on=f"row {i}"))
    made = bring_in(campaign(objective=Objective(targets=targets, way=Way.PARETO)), done, **SAID)
    front = front_of(made)
    assert all(point.is_on_front for point in front.points)
    assert [each.number for each in front.course] == [400]
