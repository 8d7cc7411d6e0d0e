"""Earlier studies as an expectation: what of them is believed, and how that fades."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiban.errors import InvalidValue
from kiban.planning.archive.archive import Archive, Known, archive
from kiban.planning.archive.learnt_before import LearntBefore
from kiban.planning.archive.study import Expectation, Study
from kiban.planning.engines.contract import Why
from kiban.planning.engines.embedded import ENGINE
from kiban.planning.objective.objective import maximise, minimise
from kiban.planning.space.candidates import Candidates
from kiban.planning.space.coded import Coded
from kiban.planning.space.constraint import Mixture
from kiban.planning.space.parameter import Categorical, Continuous, Discrete
from kiban.planning.space.search_space import SearchSpace
from kiban.planning.trial import Trial
from kiban.quantity.measured import Measured

SPACE = SearchSpace(
    parameters=(
        Discrete(name="temperature", values=tuple(float(t) for t in range(300, 510, 10)), unit="K"),
        Categorical(name="halide", levels=("CCc1ccc(Cl)cc1", "CCc1ccc(Br)cc1", "CCc1ccc(I)cc1")),
    )
)
LEVELS = ("CCc1ccc(Cl)cc1", "CCc1ccc(Br)cc1", "CCc1ccc(I)cc1")
GOAL = maximise("yield", "%")
Point = dict[str, float | str]


def hill(temperature: float, halide: str) -> float:
    """Best at 430 K with iodine, whatever else the molecule is."""
    worth = next(value for name, value in (("(Cl)", 0.3), ("(Br)", 0.7), ("(I)", 1.0)) if name in halide)
    return float(100.0 * worth * np.exp(-(((temperature - 430.0) / 60.0) ** 2)))


def study(
    name: str,
    outcome: Callable[[float, str], float] = hill,
    *,
    rest: str = "COc1ccc({})cc1",
    n: int = 45,
    seed: int = 0,
    is_named: bool = False,
    scale: float = 1.0,
) -> Study:
    """Experiments of another laboratory, drawn by lot, with other molecules of the same halogens."""
    rng = np.random.default_rng([seed, *name.encode()])
    trials = []
    for i in range(n):
        temperature, halide = float(rng.choice(np.arange(300, 510, 10))), rest.format(rng.choice(["Cl", "Br", "I"]))
        trials.append(
            Trial(
                point={"temperature": Measured(temperature - 273.15, "degC"), "halide": halide},
                outcomes={"yield": Measured(scale * outcome(temperature, halide) / 100.0)},
                rests_on=f"{name} {i}",
            )
        )
    return Study(name=name, trials=tuple(trials), is_named=is_named)


def siblings(outcome: Callable[[float, str], float] = hill) -> tuple[Study, ...]:
    return (
        study("a", outcome, rest="COc1ccc({})cc1"),
        study("b", outcome, rest="FC(F)(F)c1ccc({})cc1", scale=7.0),
        study("c", outcome, rest="Nc1ccc({})cc1", scale=0.1),
    )


def own(n: int, outcome: Callable[[float, str], float] = hill, seed: int = 0) -> tuple[Trial, ...]:
    """Trials of the campaign, drawn by lot."""
    rng = np.random.default_rng(seed)
    levels = SPACE.parameters[1].levels  # type: ignore[union-attr]
    points: list[Point] = [
        {"temperature": float(rng.choice(np.arange(300, 510, 10))), "halide": str(rng.choice(levels))} for _ in range(n)
    ]
    return tuple(
        Trial(
            point=p,
            outcomes={"yield": Measured(outcome(float(p["temperature"]), str(p["halide"])), "%")},
            rests_on=f"#{i}",
        )
        for i, p in enumerate(points)
    )


def strength(made: Archive, trials: tuple[Trial, ...]) -> float:
    expected, _ = made.weighed(trials)
    return expected.strength("yield") if expected is not None else 0.0


def test_studies_that_agree_lead_the_first_suggestion_also_to_levels_that_none_of_them_has() -> None:
    made = archive(SPACE, GOAL, siblings())
    expected, used = made.weighed(())
    assert expected is not None
    assert expected.strength("yield") > 0.4
    assert [each.name for each in used] == ["a", "b", "c"]
    assert sum(each.counts["yield"] for each in used) == pytest.approx(expected.strength("yield"))
    (first,) = ENGINE.suggest(SPACE, GOAL, (), n=1, priors=(expected,))
    assert first.reason.why is Why.EARLIER
    assert first.point["halide"] == "CCc1ccc(I)cc1"
    assert abs(float(first.point["temperature"]) - 430.0) <= 20.0
    (worst,) = ENGINE.suggest(SPACE, minimise("yield", "%"), (), n=1, priors=(expected,))
    assert hill(float(worst.point["temperature"]), str(worst.point["halide"])) < 20.0


def test_several_first_suggestions_are_not_next_to_each_other() -> None:
    expected, _ = archive(SPACE, GOAL, siblings()).weighed(())
    assert expected is not None
    four = ENGINE.suggest(SPACE, GOAL, (), n=4, priors=(expected,))
    assert len({tuple(each.point.items()) for each in four}) == 4
    assert len({(each.point["halide"], float(each.point["temperature"]) // 40) for each in four}) >= 3


def test_own_trials_that_follow_the_studies_strengthen_them() -> None:
    made = archive(SPACE, GOAL, siblings())
    assert strength(made, own(12)) > 0.8 > strength(made, ())


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_shuffled_studies_are_not_believed(seed: int) -> None:
    rng = np.random.default_rng(seed)

    def shuffled(one: Study) -> Study:
        outcomes = [trial.outcomes for trial in one.trials]
        order = rng.permutation(len(outcomes))
        trials = (
            Trial(point=trial.point, outcomes=outcomes[order[i]], rests_on=trial.rests_on)
            for i, trial in enumerate(one.trials)
        )
        return Study(name=one.name, trials=tuple(trials))

    made = archive(SPACE, GOAL, [shuffled(each) for each in siblings()])
    assert strength(made, ()) < 0.3
    # By chance they may follow the outcome a little; more than that is not believed of them.
    trials = own(25, seed=seed)
    expected, _ = made.weighed(trials)
    if expected is not None:
        everywhere = [{"temperature": t, "halide": h} for t in SPACE.parameters[0].values for h in LEVELS]  # type: ignore[union-attr]
        z = expected.expect(SPACE.coded(everywhere), "yield")
        assert z is not None
        truth = np.corrcoef(z, [hill(float(p["temperature"]), str(p["halide"])) for p in everywhere])[0, 1]
        assert abs(expected.strength("yield") - truth) < 0.45


def test_a_campaign_that_has_nothing_to_do_with_the_studies_forgets_them() -> None:
    made = archive(SPACE, GOAL, siblings())
    before, after = strength(made, ()), []
    for seed in range(150):
        rng = np.random.default_rng(seed)
        worth = {(t, h): float(rng.normal()) for t in range(300, 510, 10) for h in SPACE.parameters[1].levels}  # type: ignore[union-attr]
        after.append(abs(strength(made, own(40, lambda t, h, worth=worth: worth[int(t), h], seed=seed))))
    assert np.median(after) < 0.1 * before
    # By chance forty outcomes that mean nothing follow the studies, or their reverse: one in a hundred campaigns.
    assert sum(each > 0.45 * before + 0.15 for each in after) <= 3


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_campaign_that_does_the_opposite_is_noticed_by_its_sign(seed: int) -> None:
    made = archive(SPACE, GOAL, siblings())
    assert strength(made, own(12, lambda t, h: -hill(t, h), seed=seed)) < -0.5
    # Studies that do not agree with each other never count with the other sign.
    lone = archive(SPACE, GOAL, siblings()[:1])
    assert strength(lone, own(12, lambda t, h: -hill(t, h), seed=seed)) == 0.0


def test_of_several_studies_the_one_that_is_like_the_campaign_counts_most() -> None:
    strange = study("strange", lambda t, h: hill(810.0 - t, h))
    made = archive(SPACE, GOAL, (*siblings(), strange))
    _, used = made.weighed(own(15))
    counts = {each.name: each.counts["yield"] for each in used}
    assert counts["strange"] < 0.05 < max(counts.values())


def test_a_single_study_is_led_by_only_where_a_person_named_it() -> None:
    found = archive(SPACE, GOAL, (study("a"),))
    named = archive(SPACE, GOAL, (study("a", is_named=True),))
    assert strength(found, ()) == 0.0
    assert strength(named, ()) > 0.3
    assert strength(found, own(12)) > 0.5


def test_of_two_studies_one_comparison_does_not_lead_where_three_comparisons_do() -> None:
    def noisy(name: str) -> Study:
        noise = np.random.default_rng(list(name.encode()))
        return study(name, lambda t, h: hill(t, h) + 22.0 * float(noise.standard_normal()))

    alike = tuple(noisy(name) for name in "abcd")
    two, four = archive(SPACE, GOAL, alike[:2]), archive(SPACE, GOAL, alike)
    assert two.known["yield"].agreed.together == pytest.approx(four.known["yield"].agreed.together, abs=0.15)
    assert strength(two, ()) == 0.0
    assert strength(four, ()) > 0.2
    # Neither are they turned round: trials that do the opposite leave them aside.
    against = own(12, lambda t, h: -hill(t, h))
    assert strength(two, against) == 0.0
    assert strength(four, against) < -0.2
    assert strength(two, own(12)) > 0.3


def test_the_scale_and_the_unit_of_a_study_do_not_matter() -> None:
    one = archive(SPACE, GOAL, siblings()).weighed(own(5))[0]
    other = archive(
        SPACE,
        GOAL,
        [Study(name=s.name, trials=tuple(_scaled(trial) for trial in s.trials)) for s in siblings()],
    ).weighed(own(5))[0]
    assert one is not None
    assert other is not None
    points = SPACE.coded(
        [{"temperature": 400.0, "halide": "CCc1ccc(I)cc1"}, {"temperature": 310.0, "halide": "CCc1ccc(Cl)cc1"}]
    )
    mine, theirs = one.expect(points, "yield"), other.expect(points, "yield")
    assert mine is not None
    assert mine == pytest.approx(theirs, abs=1e-6)


def _scaled(trial: Trial) -> Trial:
    value = trial.outcomes["yield"].value
    return Trial(point=trial.point, outcomes={"yield": Measured(40.0 + 3.0 * value, "kg")}, rests_on=trial.rests_on)


def test_what_shares_no_parameter_or_says_nothing_of_the_outcome_does_not_count() -> None:
    pressed = tuple(
        Trial(point={"pressure": Measured(float(i), "bar")}, outcomes={"yield": Measured(float(i))}) for i in range(9)
    )
    weighed = tuple(Trial(point=t.point, outcomes={"mass": Measured(1.0, "kg")}) for t in own(9))
    constant = tuple(Trial(point=t.point, outcomes={"yield": Measured(3.0)}) for t in own(9))
    few = own(2)
    given = [Study(name=str(i), trials=trials) for i, trials in enumerate((pressed, weighed, constant, few))]
    expected, used = archive(SPACE, GOAL, given).weighed(own(6))
    assert expected is None
    assert [each.counts for each in used] == [{"yield": 0.0}] * 4


def test_a_component_that_a_study_does_not_name_is_not_in_its_mixture() -> None:
    metals = ("Ni", "Fe", "Co")
    space = SearchSpace(
        parameters=tuple(Continuous(name=metal, low=0.0, high=1.0) for metal in metals),
        constraints=(Mixture(names=metals),),
    )
    rng = np.random.default_rng(0)
    trials = []
    for share in rng.random(30):
        point = {"Ni": float(share), "Fe": float(1.0 - share)}
        trials.append(Trial(point=point, outcomes={"yield": Measured(float(share))}))
    made = archive(space, GOAL, [Study(name="binary", trials=tuple(trials), is_named=True)])
    expected, _ = made.weighed(())
    assert expected is not None
    ends = space.coded([{"Ni": 1.0, "Fe": 0.0, "Co": 0.0}, {"Ni": 0.0, "Fe": 1.0, "Co": 0.0}])
    rich, poor = expected.expect(ends, "yield")  # type: ignore[misc]
    assert rich > 1.0 > -0.5 > poor


def test_a_formula_is_an_expectation_among_others() -> None:
    right = Expectation(outcome="yield", text="-({temperature} - 430)**2")
    wrong = Expectation(outcome="yield", text="({temperature} - 430)**2")
    assert strength(archive(SPACE, GOAL, (), (right,)), ()) > 0.3
    _, used = archive(SPACE, GOAL, (), (right, wrong)).weighed(own(10))
    counts = {each.name: each.counts["yield"] for each in used}
    assert counts[right.name] > 0.4
    assert counts[wrong.name] == pytest.approx(0.0, abs=0.05)
    # Studies that follow the outcome more closely leave it little.
    _, used = archive(SPACE, GOAL, siblings(), (right,)).weighed(own(10))
    counts = {each.name: each.counts["yield"] for each in used}
    assert counts[right.name] < 0.1 < counts["a"] + counts["b"] + counts["c"]
    for text in ("3 * 4", "temperature +", "open('x')"):
        with pytest.raises(InvalidValue):
            Expectation(outcome="yield", text=text)


def test_the_same_archive_and_seed_give_the_same_suggestions() -> None:
    def asked() -> tuple[object, ...]:
        expected, _ = archive(SPACE, GOAL, siblings()).weighed(own(4))
        assert expected is not None
        return ENGINE.suggest(SPACE, GOAL, own(4), n=3, seed=9, priors=(expected,))

    assert asked() == asked()


def test_what_was_learnt_is_remembered_until_something_of_it_changes() -> None:
    remembered: LearntBefore[Known | None] = LearntBefore()
    first = archive(SPACE, GOAL, siblings(), (), remembered)
    again = archive(SPACE, GOAL, siblings(), (), remembered)
    assert again.known["yield"] is first.known["yield"]
    assert again.weighed(own(6))[1] == archive(SPACE, GOAL, siblings()).weighed(own(6))[1]

    one, *others = siblings()
    trial = one.trials[0]
    other_value = replace(trial, outcomes={"yield": Measured(trial.outcomes["yield"].value + 0.01)})
    other_point = replace(trial, point={**trial.point, "halide": "COc1ccc(F)cc1"})
    fewer = SearchSpace(parameters=(Discrete(name="temperature", values=(300.0, 400.0), unit="K"), SPACE.parameters[1]))
    formula = Expectation(outcome="yield", text="temperature")
    for space, goal, studies, formulas in (
        (SPACE, GOAL, (replace(one, trials=(other_value, *one.trials[1:])), *others), ()),
        (SPACE, GOAL, (replace(one, trials=(other_point, *one.trials[1:])), *others), ()),
        (SPACE, GOAL, (replace(one, trials=one.trials[1:]), *others), ()),
        (SPACE, GOAL, (replace(one, name="other"), *others), ()),
        (SPACE, GOAL, (replace(one, is_named=True), *others), ()),
        (SPACE, GOAL, tuple(others), ()),
        (SPACE, GOAL, siblings(), (formula,)),
        (SPACE, minimise("yield", "%"), siblings(), ()),
        (fewer, GOAL, siblings(), ()),
    ):
        changed = archive(space, goal, studies, formulas, remembered)
        assert changed.known["yield"] is not first.known["yield"]
        assert changed.weighed(own(6))[1] == archive(space, goal, studies, formulas).weighed(own(6))[1]


def test_only_the_latest_are_remembered() -> None:
    remembered: LearntBefore[int] = LearntBefore()
    asked: list[int] = []

    def learn(i: int) -> int:
        asked.append(i)
        return i

    for i in (*range(8), 0, 8, 0, 1):
        assert remembered.get(bytes([i]), partial(learn, i)) == i
    # The ninth one pushed out the one that was asked for least lately.
    assert asked == [*range(9), 1]


def test_what_is_not_believed_changes_no_suggestion() -> None:
    made = archive(SPACE, GOAL, (study("a", lambda t, h: hash((t, h)) % 101),))
    trials = own(5)
    expected, _ = made.weighed(trials)
    assert expected is None


def test_of_a_long_list_priors_are_asked_of_a_part() -> None:
    asked = []

    class Counted:
        name = "counted"

        def expect(self, points: Coded, outcome: str) -> np.ndarray:
            assert outcome == "yield"
            asked.append(len(points))
            return points.rows[:, 0].copy()

        def strength(self, outcome: str) -> float:
            assert outcome == "yield"
            return 0.7

    parameters = (Continuous(name="x", low=0.0, high=1.0), Continuous(name="y", low=0.0, high=1.0))
    space = SearchSpace(parameters=parameters, candidates=Candidates(np.random.default_rng(0).random((60_000, 2))))
    trials = tuple(
        Trial(point={"x": x, "y": 0.5}, outcomes={"yield": Measured(x, "%")}, rests_on=f"{x}") for x in (0.1, 0.5, 0.6)
    )
    (one,) = ENGINE.suggest(space, GOAL, trials, n=1, priors=(Counted(),))
    assert float(one.point["x"]) > 0.8
    assert sum(asked) < 30_000
