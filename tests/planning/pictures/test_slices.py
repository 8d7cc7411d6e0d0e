"""Slices, maps and lines: inside the constraints, in the units, of what was learnt, within bounds."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from kiban.errors import InvalidValue, NothingAllowed, OutOfRange
from kiban.planning.campaign import asking, moves, telling
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.experiment import Outcome
from kiban.planning.campaign.limits import Limits
from kiban.planning.campaign.telling import Done, bring_in
from kiban.planning.objective.objective import maximise, minimise
from kiban.planning.pictures import learning
from kiban.planning.pictures.along import along
from kiban.planning.pictures.expectation import Surrogate
from kiban.planning.pictures.lines import MOST_LINES, lines_of
from kiban.planning.pictures.pair_map import pair_map, pairs_of, usual_pair
from kiban.planning.pictures.place import place_of
from kiban.planning.pictures.slices import Slices, slices_of
from kiban.planning.space.coded import Coded
from kiban.planning.space.constraint import Linear, Mixture
from kiban.planning.space.parameter import Categorical, Continuous, Discrete
from kiban.planning.space.sampling import sample
from kiban.planning.space.search_space import SearchSpace
from kiban.quantity.measured import Measured
from kiban.testing.space_examples import random_space, with_candidates

from ..campaign.examples import SAID, campaign, strength

WIDE = SearchSpace(
    parameters=(
        Continuous(name="temperature", low=300.0, high=900.0, unit="K"),
        Continuous(name="time", low=1.0, high=10.0, unit="h"),
        Categorical(name="gas", levels=("air", "argon")),
    ),
    constraints=(Linear(coefficients={"temperature": 1.0, "time": 60.0}, high=1200.0),),
)


def _truth(temperature: float, time: float, gas: str) -> float:
    return 10.0 - ((temperature - 600.0) / 100.0) ** 2 + 0.2 * time + (2.0 if gas == "argon" else 0.0)


def _wide(n: int = 30, **changes: Any) -> Campaign:
    made = campaign(space=WIDE, objective=maximise("strength", "MPa"), **changes)
    done = []
    for i, point in enumerate(sample(WIDE, n, np.random.default_rng(1)).points()):
        done.append(Done(point=point, outcomes=(strength(_truth(**point)),), rests_on=f"row {i}"))  # type: ignore[arg-type]
    return bring_in(made, done, **SAID)


def _slices(made: Campaign, **said: Any) -> Slices:
    return slices_of(made, place_of(made, **said), made.objective.targets[0].name)


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_no_setting_of_a_slice_breaks_a_constraint(first: int) -> None:
    n_allowed = 0
    for number in range(first, first + 50):
        space = random_space(number)
        try:
            rows = sample(space, 2, np.random.default_rng(number)).rows
        except NothingAllowed:
            continue
        for space_now in (space, with_candidates(space, 20, number)):
            for row in rows:
                for column in range(len(space.parameters)):
                    line = along(space_now, row, column)
                    assert (np.diff(line.rows[:, column]) > 0).all()
                    assert space.allowed(Coded(space.parameters, line.rows[line.allowed])).all()
                    # The point itself is one of them.
                    here = np.isclose(line.rows[:, column], row[column], rtol=1e-9, atol=1e-12)
                    assert line.allowed[here].any()
                    n_allowed += int(line.allowed.sum())
    assert n_allowed > 1000


def test_a_component_is_varied_along_the_whole_triangle() -> None:
    names = ("a", "b", "c")
    space = SearchSpace(
        parameters=tuple(Continuous(name=name, low=0.0, high=1.0) for name in names),
        constraints=(Mixture(names=names),),
    )
    line = along(space, np.array([0.5, 0.3, 0.2]), 0)
    assert line.giving_way == ("b", "c")
    assert line.allowed.all()
    assert line.rows[0] == pytest.approx([0.0, 0.6, 0.4])
    assert line.rows[-1] == pytest.approx([1.0, 0.0, 0.0])
    corner = along(space, np.array([1.0, 0.0, 0.0]), 0)
    assert corner.allowed.all()
    assert corner.rows[0] == pytest.approx([0.0, 1.0, 0.0])


def test_components_in_steps_trade_with_one_another() -> None:
    names = ("a", "b", "c")
    tenths = tuple(i / 10 for i in range(11))
    space = SearchSpace(
        parameters=tuple(Discrete(name=name, values=tenths) for name in names), constraints=(Mixture(names=names),)
    )
    line = along(space, np.array([0.5, 0.3, 0.2]), 0)
    assert line.allowed.tolist() == [True] * 9 + [False] + [True]  # nine tenths would leave a third for each
    assert line.rows[3] == pytest.approx([0.3, 0.5, 0.2])


def test_slices_find_what_the_experiments_followed() -> None:
    made = _wide()
    found = _slices(made, settings={"temperature": "326.85 degC", "time": 5.0, "gas": "argon"})
    assert found.experiment is None
    assert found.point == {"temperature": 600.0, "time": 5.0, "gas": "argon"}
    assert (found.n_trials, found.n_measured) == (30, 30)
    assert found.quality is not None
    assert found.quality.skill > 0.5
    assert found.at is not None
    assert found.at.expected == pytest.approx(_truth(600.0, 5.0, "argon"), abs=1.0)
    temperature, time, gas = found.slices
    assert (temperature.unit, time.unit, gas.unit) == ("K", "h", "")
    assert gas.settings == ("air", "argon")
    for setting, bar in zip(temperature.settings, temperature.bars, strict=True):
        # 60 K for each hour: beyond 900 K nothing is left for five of them.
        assert (bar is None) is (float(setting) > 900.0)
        if bar is not None:
            assert bar.lowest <= bar.low <= bar.expected <= bar.high <= bar.highest
            assert bar.deviation > 0
    assert max(float(s) for s, bar in zip(time.settings, time.bars, strict=True) if bar is not None) == 10.0
    peak = max(
        ((bar.expected, float(s)) for s, bar in zip(temperature.settings, temperature.bars, strict=True) if bar),
    )
    assert peak[1] == pytest.approx(600.0, abs=60.0)
    assert temperature.reach > time.reach
    # What is shown beside a slice was measured, at its own setting.
    assert temperature.near
    for near in temperature.near:
        experiment = made.experiment(near.number)
        assert near.setting == pytest.approx(experiment.point["temperature"])
        assert near.value == experiment.outcomes[0].value.value
        assert near.distance <= 0.3
    assert [near.distance for near in temperature.near] == sorted(near.distance for near in temperature.near)
    # The same campaign gives the same picture.
    assert _slices(made, settings={"temperature": 600.0, "time": 5.0, "gas": "argon"}) == found


def test_safety_limits_end_a_slice_too() -> None:
    made = _wide(limits=Limits(safety=(Linear(coefficients={"temperature": 1.0}, high=700.0),)))
    found = _slices(made, settings={"temperature": 600.0, "time": 2.0})
    allowed = [s for s, bar in zip(found.slices[0].settings, found.slices[0].bars, strict=True) if bar is not None]
    assert max(map(float, allowed)) <= 700.0


def test_what_is_to_be_small_is_expected_in_its_own_direction() -> None:
    low, high = _wide(), _wide()
    low = dataclasses.replace(low, objective=minimise("strength", "MPa"))
    place = {"temperature": 600.0, "time": 5.0, "gas": "argon"}
    one, other = _slices(low, settings=place), _slices(high, settings=place)
    assert one.at is not None
    assert other.at is not None
    assert one.at.expected == pytest.approx(other.at.expected, abs=0.6)
    assert one.at.low < one.at.expected < one.at.high


def test_the_point_is_the_best_unless_another_is_named() -> None:
    made = _wide()
    best = max(made.experiments, key=lambda each: each.outcomes[0].value.value)
    assert place_of(made).experiment == best.number
    assert place_of(made, 3).point == dict(made.experiment(3).point)
    assert place_of(made, 3, {"gas": made.experiment(3).point["gas"]}).experiment == 3
    assert place_of(campaign(space=WIDE)).experiment is None
    with pytest.raises(InvalidValue, match="no experiment 99"):
        place_of(made, 99)
    with pytest.raises(InvalidValue, match="no parameter 'pressure'"):
        place_of(made, 3, {"pressure": 1.0})
    with pytest.raises(InvalidValue, match="breaks a constraint on temperature, time"):
        place_of(made, 3, {"temperature": 900.0, "time": 9.0})
    with pytest.raises(OutOfRange):
        place_of(made, 3, {"temperature": 9000.0})
    with pytest.raises(InvalidValue, match="none of its levels"):
        place_of(made, 3, {"gas": "helium"})


def test_without_enough_trials_it_says_so_and_shows_no_slices() -> None:
    for made in (campaign(space=WIDE), _wide(3)):
        found = _slices(made)
        assert found.surrogate is found.at is found.quality is None
        assert found.slices == ()
    same = bring_in(
        campaign(space=WIDE),
        [
            Done(point=point, outcomes=(strength(2.0),), rests_on=f"row {i}")
            for i, point in enumerate(sample(WIDE, 9, np.random.default_rng(1)).points())
        ],
        **SAID,
    )
    assert _slices(same).surrogate is None
    with pytest.raises(InvalidValue, match="no outcome 'mass'"):
        slices_of(same, place_of(same), "mass")


def test_what_may_not_be_learnt_from_is_shown_and_not_learnt(monkeypatch: pytest.MonkeyPatch) -> None:
    made = _wide()
    seen = made.without_records({f"row {i}" for i in range(10)})
    found = slices_of(made, place_of(made), "strength", seen=seen)
    assert (found.n_trials, found.n_measured) == (20, 30)
    monkeypatch.setattr(learning, "MOST_TRIALS", 12)
    place = place_of(made)
    learnt = learning.learn(made, "strength", place.row[np.newaxis], seen=seen)
    assert len(learnt.used) == 12
    assert set(learnt.used) <= {each.number for each in seen.experiments}


def test_an_earlier_study_tells_what_few_experiments_cannot() -> None:
    made = _wide(5)
    place = place_of(made, settings={"temperature": 330.0, "time": 2.0, "gas": "air"})

    class Earlier:
        """The same alloy, a little harder throughout."""

        name = "earlier"

        def expect(self, points: Coded, outcome: str) -> Any:
            return np.array([_truth(**point) + 3.0 for point in points.points()])  # type: ignore[arg-type]

    def off(**said: Any) -> float:
        learnt = learning.learn(made, "strength", place.row[np.newaxis], surrogate=Surrogate.RAW, **said)
        at = slices_of(made, place, "strength", learnt=learnt).at
        assert at is not None
        return abs(at.expected - _truth(330.0, 2.0, "air"))

    assert off(priors=(Earlier(),)) < 0.7 * off()


def test_a_map_shows_the_two_that_matter_most_and_nothing_that_cannot_be_made() -> None:
    made = _wide()
    place = place_of(made)
    learnt = learning.learn(made, "strength", place.row[np.newaxis])
    pair = usual_pair(WIDE, slices_of(made, place, "strength", learnt=learnt))
    assert pair is not None
    assert "temperature" in pair
    found = pair_map(made, learnt, ("temperature", "time"))
    assert found is not None
    assert found.units == ("K", "h")
    assert found.n_averaged == 8
    cells = {
        (t, h): value
        for h, row in zip(found.up, found.expected, strict=True)
        for t, value in zip(found.across, row, strict=True)
    }
    for (temperature, hours), value in cells.items():
        assert (value is None) is (float(temperature) + 60.0 * float(hours) > 1200.0 + 1e-6)
    best = max((value, key) for key, value in cells.items() if value is not None)
    assert float(best[1][0]) == pytest.approx(600.0, abs=110.0)
    with pytest.raises(InvalidValue, match="two parameters"):
        pair_map(made, learnt, ("time", "time"))


def test_components_of_a_mixture_have_no_map() -> None:
    space = SearchSpace(
        parameters=(
            *(Continuous(name=n, low=0.0, high=1.0) for n in "ab"),
            *WIDE.parameters,
            Discrete(name="d", values=(1.0,)),
        ),
        constraints=(Mixture(names=("a", "b")),),
    )
    assert pairs_of(space) == ("temperature", "time", "gas")


def test_a_parameter_that_is_held_where_it_is_has_one_setting_and_no_map() -> None:
    space = dataclasses.replace(WIDE, parameters=(*WIDE.parameters, Continuous(name="pressure", low=0.0, high=0.0)))
    assert pairs_of(space) == ("temperature", "time", "gas")
    made = campaign(space=space, objective=maximise("strength", "MPa"))
    points = [{**point, "pressure": 0.0} for point in sample(WIDE, 12, np.random.default_rng(1)).points()]
    made = bring_in(
        made, [Done(point=p, outcomes=(strength(float(p["time"])),), rests_on=str(p)) for p in points], **SAID
    )
    [held] = [each for each in _slices(made).slices if each.parameter == "pressure"]
    assert held.settings == (0.0,)


def test_lines_go_through_every_parameter_and_outcome() -> None:
    made = asking.suggest(_wide(), 2, **SAID)
    made = moves.accept(made, 31, **SAID)
    made = telling.fail(made, 32, **SAID)
    found = lines_of(made)
    assert [axis.name for axis in found.axes] == ["temperature", "time", "gas", "strength"]
    assert [axis.is_outcome for axis in found.axes] == [False, False, False, True]
    assert found.axes[2].levels == ("air", "argon")
    assert found.axes[0].unit == "K"
    assert len(found.lines) == 31  # what failed came to nothing
    last = found.lines[-1]
    assert last.is_open
    assert (last.number, last.good, last.values[3]) == (31, None, None)
    best = max(made.experiments[:30], key=lambda each: each.outcomes[0].value.value)
    marked = [line for line in found.lines if line.is_best]
    assert [(line.number, line.good) for line in marked] == [(best.number, 1.0)]
    assert min(line.good for line in found.lines if line.good is not None) == 0.0
    assert found.n_left_out == 0


def test_of_too_many_the_open_ones_the_best_and_the_newest_are_drawn() -> None:
    space = SearchSpace(parameters=(Continuous(name="x", low=0.0, high=1.0),))
    done = [
        Done(
            point={"x": i / 500},
            outcomes=(Outcome(name="strength", value=Measured(-float(i), "MPa")),),
            rests_on=f"{i}",
        )
        for i in range(500)
    ]
    made = bring_in(campaign(space=space), done, **SAID)
    found = lines_of(made)
    assert len(found.lines) == MOST_LINES
    assert found.n_left_out == 500 - MOST_LINES
    numbers = {line.number for line in found.lines}
    assert {1, 500} <= numbers
    assert 2 not in numbers
