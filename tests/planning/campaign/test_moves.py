"""Moves of experiments: what each does, and what is refused with which mend."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiban.errors import IllegalMove, IncompatibleUnit, InvalidValue, OutOfRange
from kiban.planning.campaign.asking import suggest
from kiban.planning.campaign.campaign import Campaign, Stage
from kiban.planning.campaign.course import end, pause, reset, resume
from kiban.planning.campaign.experiment import Experiment, Move, Outcome, Source, State
from kiban.planning.campaign.limits import Limits
from kiban.planning.campaign.moves import abandon, accept, add, change, refuse, replicate, start
from kiban.planning.campaign.telling import Done, Spent, bring_in, fail, tell, written
from kiban.planning.objective.objective import Cost, Objective
from kiban.planning.objective.target import Target
from kiban.planning.space.constraint import Linear
from kiban.planning.trial import Ending
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Kind, Origin, Uncertainty

from .examples import SAID, TWO, campaign, strength


def test_an_experiment_goes_from_suggested_to_completed() -> None:
    one = suggest(campaign(), 1, **SAID)
    assert one.experiment(1).state is State.SUGGESTED
    done = tell(start(accept(one, 1, **SAID), 1, **SAID), 1, [strength(0.3, "GPa")], **SAID)
    experiment = done.experiment(1)
    assert (experiment.state, experiment.source) == (State.COMPLETED, Source.ENGINE)
    assert [turn.move for turn in experiment.turns] == [Move.SUGGEST, Move.ACCEPT, Move.START, Move.TELL]
    assert experiment.outcomes[0].value.unit == "MPa"
    assert experiment.outcomes[0].value.value == pytest.approx(300.0)
    (trial,) = done.trials()
    assert (trial.rests_on, trial.outcomes["strength"].value) == ("#1", pytest.approx(300.0))


def test_what_a_person_changes_is_theirs_and_both_are_remembered() -> None:
    one = suggest(campaign(), 1, **SAID)
    suggested = one.experiment(1).point
    own = "water" if suggested["solvent"] != "water" else "ethanol"
    changed = change(one, 1, {"solvent": own}, note="no acetone left", **SAID).experiment(1)
    assert changed.is_changed
    assert changed.state is State.PENDING
    assert changed.point == {**suggested, "solvent": own}
    assert changed.proposal is not None
    assert changed.proposal.point == suggested
    assert changed.turns[-1].was == suggested
    assert changed.turns[-1].note == "no acetone left"


def test_values_beyond_the_space_are_taken_only_where_that_is_said() -> None:
    begun = campaign()
    with pytest.raises(OutOfRange):
        add(begun, {"temperature": 800.0, "solvent": "water"}, **SAID)
    with pytest.raises(InvalidValue, match="none of its parameter"):
        add(begun, {"temperature": 310.0, "solvent": "water"}, **SAID)
    own = add(begun, {"temperature": Measured(526.85, "degC"), "solvent": "water"}, beyond=True, **SAID)
    assert own.experiment(1).point["temperature"] == pytest.approx(800.0)
    with pytest.raises(InvalidValue, match="none of its levels"):
        add(begun, {"temperature": 300.0, "solvent": "oil"}, beyond=True, **SAID)
    # A pending point that no engine could reach does not keep engines from answering.
    assert len(suggest(own, 2, **SAID).experiments) == 3


@pytest.mark.parametrize("value", [10**400, float("nan"), float("inf"), True, None, [300], "hot", "300 K K"])
def test_what_is_no_number_is_no_value_of_a_parameter_or_outcome(value: object) -> None:
    with pytest.raises(InvalidValue):
        add(campaign(), {"temperature": value, "solvent": "water"}, beyond=True, **SAID)
    with pytest.raises(InvalidValue):
        written(campaign(), {"strength": value})


def test_safety_limits_hold_for_engines_and_people() -> None:
    cold = Linear(coefficients={"temperature": 1.0}, high=400.0)
    begun = campaign(limits=Limits(safety=(cold,)))
    with pytest.raises(OutOfRange, match="safety limit on temperature"):
        add(begun, {"temperature": 450.0, "solvent": "water"}, beyond=True, **SAID)
    asked = suggest(begun, 9, **SAID)
    assert max(float(each.point["temperature"]) for each in asked.experiments) == 400.0
    with pytest.raises(IllegalMove, match="Nothing is left"):
        suggest(asked, 1, **SAID)
    with pytest.raises(OutOfRange, match="safety limit"):
        change(asked, 1, {"temperature": 600.0}, **SAID)
    tighter = reset(asked, {"limits": Limits(safety=(Linear(coefficients={"temperature": 1.0}, high=310.0),))}, **SAID)
    hot = next(each.number for each in tighter.experiments if each.point["temperature"] == 400.0)
    for begin in (accept, start):
        with pytest.raises(OutOfRange, match="safety limit"):
            begin(tighter, hot, **SAID)


def test_a_part_of_the_outcomes_teaches_and_the_rest_completes() -> None:
    one = suggest(campaign(objective=TWO), 1, **SAID)
    partly = tell(one, 1, [strength(120.0)], **SAID)
    assert partly.experiment(1).state is State.RUNNING
    assert set(partly.trials()[0].outcomes) == {"strength"}
    whole = tell(partly, 1, [Outcome(name="mass", value=Measured(250.0, "g"))], **SAID)
    assert whole.experiment(1).state is State.COMPLETED
    assert whole.trials()[0].outcomes["mass"].value == pytest.approx(0.25)
    given_up = tell(partly, 1, [], is_all=True, note="the balance is broken", **SAID)
    assert given_up.experiment(1).state is State.COMPLETED
    assert set(given_up.trials()[0].outcomes) == {"strength"}


def test_telling_twice_is_a_correction_only_where_that_is_said() -> None:
    done = tell(suggest(campaign(), 1, **SAID), 1, [strength(120.0)], **SAID)
    with pytest.raises(IllegalMove, match="is known: 120 MPa"):
        tell(done, 1, [strength(140.0)], **SAID)
    corrected = tell(done, 1, [strength(140.0)], is_correction=True, **SAID).experiment(1)
    assert corrected.outcomes[0].value.value == 140.0
    assert corrected.turns[-1].move is Move.CORRECT


def test_failures_teach_where_they_happen_and_abandoned_ones_nothing() -> None:
    begun = suggest(campaign(), 2, **SAID)
    ended = abandon(accept(fail(begun, 1, **SAID), 2, **SAID), 2, **SAID)
    (trial,) = ended.trials()
    assert (trial.ending, trial.rests_on) == (Ending.FAILED, "#1")
    assert ended.not_again() == ()
    partly = tell(suggest(campaign(objective=TWO), 1, **SAID), 1, [strength(120.0)], **SAID)
    assert abandon(partly, 1, **SAID).trials() == ()


def test_what_was_abandoned_may_be_suggested_again_and_what_was_refused_not() -> None:
    begun = suggest(campaign(), 21, **SAID)
    refused = refuse(begun, 4, **SAID)
    with pytest.raises(IllegalMove, match="Nothing is left"):
        suggest(refused, 1, **SAID)
    given_up = abandon(accept(begun, 4, **SAID), 4, **SAID)
    assert suggest(given_up, 1, **SAID).experiment(22).point == begun.experiment(4).point


def test_replicates_are_experiments_of_their_own_at_the_same_point() -> None:
    done = tell(suggest(campaign(), 1, **SAID), 1, [strength(120.0)], **SAID)
    again = replicate(replicate(done, 1, 2, **SAID), 2, **SAID)
    assert [each.replicate_of for each in again.experiments] == [None, 1, 1, 1]
    assert {tuple(each.point.items()) for each in again.experiments} == {tuple(done.experiment(1).point.items())}
    told = tell(again, 2, [strength(130.0)], **SAID)
    assert [trial.outcomes["strength"].value for trial in told.trials()] == [120.0, 130.0]
    assert len(suggest(told, 1, **SAID).experiments) == 5


def _told(made: Campaign, number: int, *, at: str, by: str) -> Campaign:
    return tell(made, number, [strength(120.0)], at=at, by=by)


@pytest.mark.parametrize(
    ("moves", "mend"),
    [
        ((abandon,), "Refuse it"),
        ((start, refuse), "Abandon it"),
        ((refuse, accept), "suggested"),
        ((refuse, fail), "suggested or pending or running"),
        ((fail, accept), "suggested"),
        ((accept, abandon, start), "suggested or pending"),
        ((accept, abandon, _told), "Repeat the experiment, and tell"),
        ((fail, _told), "Repeat the experiment, and tell"),
        ((refuse, _told), "Add an experiment with these settings"),
    ],
)
def test_illegal_moves_say_what_is_possible(moves: tuple, mend: str) -> None:  # type: ignore[type-arg]
    moved = suggest(campaign(), 1, **SAID)
    for each in moves[:-1]:
        moved = each(moved, 1, **SAID)
    with pytest.raises(IllegalMove, match="Experiment 1 is") as refused:
        moves[-1](moved, 1, **SAID)
    assert mend in refused.value.mend


def test_experiments_that_are_not_there_and_outcomes_that_are_not_asked_for_are_told() -> None:
    begun = suggest(campaign(), 1, **SAID)
    with pytest.raises(InvalidValue, match="no experiment 2"):
        accept(begun, 2, **SAID)
    with pytest.raises(InvalidValue, match="no outcome 'colour'"):
        tell(begun, 1, [Outcome(name="colour", value=Measured(1.0))], **SAID)
    with pytest.raises(IncompatibleUnit):
        tell(begun, 1, [strength(1.0, "kg")], **SAID)
    with pytest.raises(InvalidValue, match="Nothing is told"):
        tell(begun, 1, [], is_all=True, **SAID)
    vague = Uncertainty(value=0.1, kind=Kind.RESOLUTION, origin=Origin.FILE)
    with pytest.raises(OutOfRange, match="no definite standard uncertainty"):
        Outcome(name="strength", value=Measured(1.0, "MPa", vague))


def test_a_point_that_is_open_is_repeated_not_added() -> None:
    begun = add(campaign(), {"temperature": 300.0, "solvent": "water"}, **SAID)
    with pytest.raises(IllegalMove, match="experiment 1, which is pending"):
        add(begun, {"temperature": 300.0, "solvent": "water"}, **SAID)


def test_a_paused_campaign_suggests_nothing_and_still_learns() -> None:
    begun = suggest(campaign(), 1, **SAID)
    paused = pause(begun, note="furnace moved", **SAID)
    with pytest.raises(IllegalMove, match="paused"):
        suggest(paused, 1, **SAID)
    with pytest.raises(IllegalMove, match="already"):
        pause(paused, **SAID)
    told = tell(paused, 1, [strength(3.0)], at="2027-05-01T09:00:00+00:00", by="abe")
    gone_on = suggest(resume(told, **SAID), 1, **SAID)
    assert gone_on.experiment(2).proposal is not None
    assert end(gone_on, **SAID).stage is Stage.ENDED
    assert [each.action for each in gone_on.passages] == ["paused", "resumed"]


def test_imported_experiments_teach_use_up_nothing_and_come_once() -> None:
    old = [
        Done(point={"temperature": 900.0, "solvent": "water"}, outcomes=(strength(80.0),), rests_on="kb:7Q4M-2KXD-98"),
        Done(point={"temperature": 300.0, "solvent": "ethanol"}, rests_on="row 3"),
    ]
    begun = bring_in(campaign(limits=Limits(experiments=1)), old, **SAID)
    assert bring_in(begun, old, **SAID) == begun
    assert [each.state for each in begun.experiments] == [State.COMPLETED, State.FAILED]
    assert begun.spending.experiments == 0
    asked = suggest(begun, 3, **SAID)
    assert len(asked.experiments) == 3
    assert asked.experiment(1).records == ("kb:7Q4M-2KXD-98",)
    with pytest.raises(InvalidValue, match="row 9 cannot be imported"):
        bring_in(begun, [Done(point={"temperature": 300.0}, rests_on="row 9")], **SAID)


def test_what_was_imported_and_says_something_else_by_now_is_told() -> None:
    def row(value: float, temperature: float = 300.0) -> list[Done]:
        point = {"temperature": temperature, "solvent": "water"}
        return [Done(point=point, outcomes=(strength(value),), rests_on="past.csv, row 2")]

    begun = bring_in(campaign(), row(80.0), **SAID)
    for other in (row(90.0), row(80.0, temperature=310.0), [replace(row(80.0)[0], outcomes=())], row(80.0) + row(81.0)):
        with pytest.raises(InvalidValue, match="row 2 is experiment 1 already, and says something else"):
            bring_in(begun, other, **SAID)
    # What a person corrected here since stays, whatever the table still says.
    corrected = tell(begun, 1, [strength(95.0)], is_correction=True, **SAID)
    assert bring_in(corrected, row(80.0), **SAID) == corrected


def test_limits_of_number_cost_and_hours_end_what_is_suggested() -> None:
    dear = Objective(
        targets=(Target(name="strength", unit="MPa"),),
        cost=Cost(fixed=1.0, per_unit={"temperature": 0.01}, per_level={"solvent": {"acetone": 5.0}}),
    )
    begun = campaign(objective=dear, limits=Limits(cost=20.0), engine="random")
    asked = suggest(begun, 10, **SAID)
    assert 0 < len(asked.experiments) < 10
    assert asked.spending.cost <= 20.0
    more = tell(asked, 1, [strength(1.0)], spent=Spent(cost=30.0), **SAID)
    with pytest.raises(IllegalMove, match="limit of cost is spent"):
        suggest(more, 1, **SAID)
    with pytest.raises(IllegalMove, match="limit of cost is spent"):
        add(more, {"temperature": 300.0, "solvent": "water"}, **SAID)
    raised = reset(more, {"limits": replace(more.limits, cost=60.0)}, **SAID)
    assert len(suggest(raised, 1, **SAID).experiments) == len(asked.experiments) + 1

    slow = campaign(duration=Cost(fixed=8.0), limits=Limits(hours=20.0, experiments=5))
    assert len(suggest(slow, 10, **SAID).experiments) == 2
    few = suggest(campaign(limits=Limits(experiments=2)), 10, **SAID)
    assert len(few.experiments) == 2
    with pytest.raises(IllegalMove, match="limit of experiments is spent"):
        suggest(few, 1, **SAID)
    assert len(suggest(refuse(few, 1, **SAID), 1, **SAID).experiments) == 3


def test_space_and_objective_do_not_change() -> None:
    with pytest.raises(InvalidValue, match="The objective of a campaign does not change"):
        reset(campaign(), {"objective": TWO}, **SAID)
    with pytest.raises(InvalidValue, match="would stay as it is"):
        reset(campaign(), {"name": "Strong glue"}, **SAID)


def test_an_experiment_in_hand_is_a_sound_one() -> None:
    point = {"temperature": 300.0, "solvent": "water"}
    with pytest.raises(InvalidValue, match="completed and has no outcome"):
        Experiment(number=1, point=point, state=State.COMPLETED, source=Source.ADDED)
    with pytest.raises(InvalidValue, match="two values of one outcome"):
        Experiment(
            number=1,
            point=point,
            state=State.RUNNING,
            source=Source.ADDED,
            outcomes=(strength(1.0), strength(2.0)),
        )
    second, first = (Experiment(number=n, point=point, state=State.PENDING, source=Source.ADDED) for n in (2, 1))
    with pytest.raises(InvalidValue, match="not in order"):
        campaign(experiments=(second, first))


def test_who_does_not_see_a_record_has_the_campaign_without_what_rests_on_it() -> None:
    old = [
        Done(point={"temperature": 300.0 + 50.0 * i, "solvent": "water"}, outcomes=(strength(i),), rests_on=text)
        for i, text in enumerate(("kb:7Q4M-2KXD-98", "row 2", "row 3"))
    ]
    begun = suggest(bring_in(campaign(), old, **SAID), 2, **SAID)
    told = tell(begun, 4, [strength(1.0, evidence="kb:0000-0000-00")], **SAID)
    assert [each.number for each in told.without_records({"kb:7Q4M-2KXD-98"}).experiments] == [2, 3, 4, 5]
    cut = told.without_records({"kb:0000-0000-00", "kb:7Q4M-2KXD-98"})
    assert [each.number for each in cut.experiments] == [2, 3, 5]
    assert [trial.rests_on for trial in cut.trials()] == ["#2", "#3"]
    # What is suggested from the part that is seen is numbered as in the whole.
    proposal = suggest(told, 1, seen=cut, **SAID).experiment(6).proposal
    assert proposal is not None
    assert proposal.rests_on == (2, 3)
