"""The best so far, and reasons to stop."""

from __future__ import annotations

from dataclasses import replace

from kiban.planning.campaign.asking import suggest
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.experiment import Outcome
from kiban.planning.campaign.limits import Limits
from kiban.planning.campaign.progress import Sign, advice, baseline, best
from kiban.planning.campaign.telling import Done, bring_in, tell
from kiban.planning.engines.contract import Reason, Why
from kiban.planning.objective.objective import Objective
from kiban.planning.objective.target import Goal, OutcomeLimit, Target
from kiban.quantity.measured import Measured

from .examples import SAID, TWO, campaign, strength


def _after(begun: Campaign, *values: float) -> Campaign:
    for i, value in enumerate(values):
        begun = suggest(begun, 1, **SAID)
        told = {"at": f"2026-11-27T09:{i:02d}:00+00:00", "by": "sato"}
        begun = tell(begun, len(begun.experiments), [strength(value)], **told)
    return begun


def _signs(found: Campaign) -> list[Sign]:
    return [each.sign for each in advice(found) if each.sign is not Sign.LITTLE_CHANCE]


def test_the_best_is_the_first_of_the_largest() -> None:
    begun = campaign(engine="random")
    assert best(begun) == ()
    assert best(_after(begun, 3.0, 5.0, 5.0, 1.0)) == (2,)


def test_the_baseline_is_the_best_of_what_was_done_before() -> None:
    old = [
        Done(point={"temperature": 300.0 + 50 * i, "solvent": "water"}, outcomes=(strength(v),), rests_on=f"row {i}")
        for i, v in enumerate((2.0, 4.0, 3.0))
    ]
    begun = campaign(engine="random")
    assert baseline(_after(begun, 9.0)) == ()
    later = _after(bring_in(begun, old, **SAID), 9.0)
    assert (baseline(later), best(later)) == ((2,), (4,))


def test_what_breaks_a_limit_is_not_the_best() -> None:
    limited = Objective(
        targets=(Target(name="strength", unit="MPa"),), limits=(OutcomeLimit(name="mass", unit="kg", high=1.0),)
    )
    begun = campaign(objective=limited)
    heavy, light = (Outcome(name="mass", value=Measured(value, "kg")) for value in (2.0, 0.5))
    begun = bring_in(
        begun,
        [
            Done(point={"temperature": 300.0, "solvent": "water"}, outcomes=(strength(9.0), heavy), rests_on="row 1"),
            Done(point={"temperature": 350.0, "solvent": "water"}, outcomes=(strength(4.0), light), rests_on="row 2"),
            Done(point={"temperature": 400.0, "solvent": "water"}, outcomes=(strength(7.0),), rests_on="row 3"),
        ],
        **SAID,
    )
    assert best(begun) == (2,)


def test_of_two_targets_the_best_are_the_front() -> None:
    rows = [(10.0, 3.0), (8.0, 1.0), (7.0, 2.0), (10.0, 4.0)]
    done = [
        Done(
            point={"temperature": 300.0 + 50.0 * i, "solvent": "water"},
            outcomes=(strength(a), Outcome(name="mass", value=Measured(b, "kg"))),
            rests_on=f"row {i}",
        )
        for i, (a, b) in enumerate(rows)
    ]
    assert best(bring_in(campaign(objective=TWO), done, **SAID)) == (1, 2)


def test_a_good_enough_experiment_a_spent_limit_and_no_gain_are_reasons_to_stop() -> None:
    begun = campaign(engine="random", limits=Limits(experiments=5, enough={"strength": 50.0}, patience=3))
    assert _signs(_after(begun, 10.0, 5.0, 4.0)) == []
    assert _signs(_after(begun, 10.0, 5.0, 4.0, 10.0)) == [Sign.NO_GAIN]
    assert _signs(_after(begun, 10.0, 5.0, 4.0, 11.0)) == []
    last = advice(_after(begun, 10.0, 5.0, 60.0, 4.0, 5.0))
    assert [each.sign for each in last] == [Sign.SPENT, Sign.ENOUGH]
    assert (last[0].limit, last[1].numbers) == ("experiments", {"experiment": 3.0})


def test_a_value_to_match_is_near_enough() -> None:
    match = Objective(targets=(Target(name="strength", unit="MPa", goal=Goal.MATCH, value=100.0),))
    begun = campaign(objective=match, engine="random", limits=Limits(enough={"strength": 2.0}))
    assert _signs(_after(begun, 95.0)) == []
    assert _signs(_after(begun, 95.0, 101.5)) == [Sign.ENOUGH]


def test_little_chance_to_improve_is_told_with_the_highest_of_the_last_batch() -> None:
    asked = suggest(campaign(engine="random"), 2, **SAID)
    assert advice(asked) == ()
    for number, chance in ((1, 0.01), (2, 0.03)):
        one = asked.experiment(number)
        assert one.proposal is not None
        reason = Reason(why=Why.LEARN, numbers={"chance": chance})
        asked = asked.with_experiment(replace(one, proposal=replace(one.proposal, reason=reason)))
    (found,) = advice(asked)
    assert (found.sign, found.numbers) == (Sign.LITTLE_CHANCE, {"chance": 0.03})
    assert advice(suggest(asked, 1, **SAID)) == ()
