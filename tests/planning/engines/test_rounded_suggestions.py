"""Suggestions are numbers that equipment can be set to, and that are shown as they are kept."""

from __future__ import annotations

import numpy as np
import pytest

from kiban.errors import InvalidValue, NothingAllowed, OutOfRange
from kiban.planning.campaign.definition import campaign_of
from kiban.planning.engines.embedded import ENGINE as EMBEDDED
from kiban.planning.engines.random_draw import ENGINE as RANDOM
from kiban.planning.engines.space_filling import ENGINE as SPACE_FILLING
from kiban.planning.objective.objective import maximise
from kiban.planning.space.constraint import AtMost, Linear, Mixture
from kiban.planning.space.document import space_from_json, space_to_json
from kiban.planning.space.parameter import Continuous, Discrete
from kiban.planning.space.search_space import SearchSpace
from kiban.planning.trial import Trial
from kiban.quantity.measured import Measured

ENGINES = (EMBEDDED, RANDOM, SPACE_FILLING)
FURNACE = Continuous(name="temperature", low=303.0, high=1273.0, unit="K", resolution=5.0)
TIME = Continuous(name="time", low=0.0, high=9.0, unit="h")


def suggested(engine, space, n=4):
    """Points suggested from nothing, and after some trials."""
    first = engine.suggest(space, maximise("y"), (), n=n, pending=(), seed=1, priors=())
    trials = tuple(
        Trial(
            point=each.point,
            outcomes={"y": Measured(sum(float(v) for v in each.point.values()) % 7)},
            rests_on=f"kb:{i}",
        )
        for i, each in enumerate(first)
    )
    more = engine.suggest(space, maximise("y"), trials, n=n, pending=(), seed=2, priors=())
    return [each.point for each in (*first, *more)]


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_a_resolution_is_kept_to_and_other_numbers_have_four_digits_of_their_range(engine) -> None:
    points = suggested(engine, SearchSpace(parameters=(FURNACE, TIME)))
    assert len(points) == 8
    assert all(point["temperature"] % 5 == 0 for point in points)
    assert all(305 <= point["temperature"] <= 1270 for point in points)
    # Nine hours in steps of a thousandth, written without the noise of binary fractions.
    assert all(len(f"{point['time']!r}".partition(".")[2]) <= 3 for point in points)


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_a_resolution_finer_than_any_list_is_kept_to(engine) -> None:
    fine = Continuous(name="x", low=0.0, high=1.0, resolution=0.0002)
    points = suggested(engine, SearchSpace(parameters=(fine, TIME)))
    assert all(abs(point["x"] / 0.0002 - round(point["x"] / 0.0002)) < 1e-6 for point in points)


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_a_mixture_adds_up_after_rounding(engine) -> None:
    names = ("Ni", "Fe", "Co", "Mn")
    space = SearchSpace(
        parameters=tuple(Continuous(name=name, low=0.0, high=100.0, unit="percent") for name in names),
        constraints=(Mixture(names=names, total=100.0), AtMost(names=names, n=3)),
    )
    for point in suggested(engine, space):
        assert sum(point.values()) == pytest.approx(100.0, rel=1e-9)
        assert sum(amount != 0 for amount in point.values()) <= 3
        assert all(len(f"{amount!r}".partition(".")[2]) <= 1 for amount in point.values()), point


def test_components_with_resolutions_of_their_own_add_up() -> None:
    space = SearchSpace(
        parameters=(
            Continuous(name="a", low=0.0, high=1.0, resolution=0.25),
            Continuous(name="b", low=0.0, high=1.0, resolution=0.05),
            Discrete(name="c", values=(0.0, 0.1, 0.2)),
        ),
        constraints=(Mixture(names=("a", "b", "c")),),
    )
    for point in suggested(EMBEDDED, space):
        assert sum(point.values()) == pytest.approx(1.0, rel=1e-9)
        assert (point["a"] / 0.25) % 1 == 0


def test_all_that_a_coarse_resolution_leaves_is_suggested_once() -> None:
    space = SearchSpace(parameters=(Continuous(name="x", low=0.0, high=1.0, resolution=0.1),))
    answer = EMBEDDED.suggest(space, maximise("y"), (), n=20, seed=0)
    assert sorted(each.point["x"] for each in answer) == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]


def test_where_constraints_leave_little_room_more_digits_are_given() -> None:
    narrow = Linear(coefficients={"temperature": 1.0, "time": 1.0}, low=500.00012, high=500.00013)
    space = SearchSpace(
        parameters=(Continuous(name="temperature", low=303.0, high=1273.0), TIME), constraints=(narrow,)
    )
    for point in suggested(EMBEDDED, space):
        assert 500.00012 - 1e-6 <= point["temperature"] + point["time"] <= 500.00013 + 1e-6


def test_a_mixture_that_no_setting_makes_is_refused_when_the_campaign_is_defined() -> None:
    parts = [{"kind": "continuous", "name": name, "low": 0, "high": 1, "resolution": 0.3} for name in "ab"]
    definition = {
        "name": "Two parts",
        "space": {"parameters": parts, "constraints": [{"kind": "mixture", "names": ["a", "b"]}]},
        "objective": {"targets": [{"name": "y"}]},
    }
    with pytest.raises(NothingAllowed):
        campaign_of(definition)


@pytest.mark.parametrize("resolution", [0.0, -1.0, float("nan"), 1e-20])
def test_a_resolution_is_a_positive_number(resolution) -> None:
    with pytest.raises(InvalidValue):
        Continuous(name="x", low=0.0, high=1.0, resolution=resolution)


def test_a_resolution_with_no_multiple_in_the_range_is_refused() -> None:
    with pytest.raises(OutOfRange, match="No multiple of 5"):
        Continuous(name="x", low=1.0, high=4.0, resolution=5.0)


def test_what_was_done_may_lie_between_the_steps() -> None:
    space = SearchSpace(parameters=(FURNACE,))
    trials = (Trial(point={"temperature": 612.7}, outcomes={"y": Measured(1.0)}, rests_on="kb:1"),)
    (suggestion,) = EMBEDDED.suggest(space, maximise("y"), trials, n=1, seed=0)
    assert suggestion.point["temperature"] % 5 == 0
    assert space.allowed(space.coded([{"temperature": 612.7}])).tolist() == [True]


def test_documents_carry_the_resolution_and_older_ones_load_without() -> None:
    space = SearchSpace(parameters=(FURNACE, TIME))
    document = space_to_json(space)
    assert [each.get("resolution") for each in document["parameters"]] == [5.0, None]
    assert "resolution" not in document["parameters"][1]
    assert space_from_json(document) == space
    assert np.isclose(document["parameters"][0]["resolution"], 5.0)
