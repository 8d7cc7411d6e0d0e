"""Campaigns in the catalog: each move a version, results that are records, and what who of them sees."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kiban.access.asker_of import anonymous
from kiban.errors import Conflict, EngineFailed, IllegalMove, IncompatibleUnit, InvalidValue, RecordNotFound, Refused
from kiban.operations.campaign_as_json import experiment_as_json, listed_as_json, shown_campaign_as_json
from kiban.operations.campaign_experiments import (
    add_experiment,
    change_experiment,
    import_experiments,
    move_experiments,
    repeat_experiment,
    suggest_experiments,
    tell_failure,
    tell_result,
)
from kiban.operations.campaign_records import campaign_of
from kiban.operations.campaign_results import outcomes_from
from kiban.operations.campaigns import change_campaign, new_campaign, set_course
from kiban.operations.change_tier import TierChange, change_tier
from kiban.operations.chosen import chosen_record
from kiban.operations.find import find
from kiban.operations.graph_export import graph_of
from kiban.operations.placement import Placement
from kiban.operations.provenance import provenance
from kiban.operations.resources import Resources
from kiban.operations.show import show
from kiban.operations.show_as_json import shown_as_json
from kiban.operations.show_campaign import list_campaigns, show_campaign
from kiban.planning.campaign.definition import campaign_of as defined
from kiban.planning.campaign.experiment import Move, Outcome, State
from kiban.planning.campaign.limits import Limits
from kiban.planning.campaign.telling import Done, Spent
from kiban.planning.engines.installed import engine
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Origin, Uncertainty
from kiban.records.link import Predicate
from kiban.records.parties.right import Right, Role
from kiban.records.party import Asker
from kiban.records.property import Fact
from kiban.records.provenance import Direction
from kiban.records.record import Record
from kiban.records.scope import Tier
from kiban.testing.catalog_examples import Laboratory, a_fact

from .neighbours import neighbours

GLUE = defined(
    {
        "name": "Strong glue",
        "space": {
            "parameters": [
                {"kind": "discrete", "name": "temperature", "values": [300, 350, 400, 450, 500], "unit": "K"},
                {"kind": "categorical", "name": "solvent", "levels": ["water", "ethanol"]},
            ]
        },
        "objective": {"targets": [{"name": "hardness", "unit": "GPa"}]},
        "engine": "embedded",
        "seed": 5,
    }
)
OPEN = Placement(tier=Tier.OPEN)


def _hardness(value: float, unit: str = "GPa") -> Outcome:
    return Outcome(name="hardness", value=Measured(value, unit))


def _measured(
    resources: Resources, name: str, tier: Tier, *values: float, lab: Laboratory | None = None
) -> tuple[Record, Record]:
    """A sample and a measurement of it, with values of its hardness."""
    lab = lab or Laboratory(resources.catalog, project=resources.project)
    number = lab.scope(tier).number
    sample = lab.sample(name, scope=number)
    measurement = lab.measurement(f"indent {name}", sample, scope=number)
    doubt = Uncertainty(value=30.0, origin=Origin.REPEAT)
    facts: Iterable[Fact] = (
        a_fact("hardness", Measured(value, "MPa", doubt), measurement, condition={"peak": i})
        for i, value in enumerate(values, start=1)
    )
    lab.write(sample, measurement, facts=tuple(facts))
    return sample, measurement


def _public(resources: Resources) -> Asker:
    return anonymous(resources.directory.load(), datetime.now(UTC))


def test_each_move_is_a_version_with_an_event_that_names_experiments(asker: Asker, resources: Resources) -> None:
    begun = new_campaign(asker, resources, GLUE)
    suggest_experiments(asker, resources, begun.pid, 3)
    move_experiments(asker, resources, begun.pid, Move.ACCEPT, [1, 2])
    move_experiments(asker, resources, begun.pid, Move.REFUSE, [3], note="too hot")
    tell_result(asker, resources, begun.pid, 1, [_hardness(2.0)], spent=Spent(cost=3.0))
    tell_failure(asker, resources, begun.pid, 2, note="cracked")
    set_course(asker, resources, begun.pid, "pause")
    last = set_course(asker, resources, begun.pid, "resume")
    assert last.version == 8
    shown = show(asker, resources, begun.pid)
    assert [(event.action, event.details.get("experiments")) for event in shown.events][::-1] == [
        ("began campaign", None),
        ("suggested experiments", [1, 2, 3]),
        ("accepted experiments", [1, 2]),
        ("refused experiments", [3]),
        ("told results", [1]),
        ("told failures", [2]),
        ("paused campaign", None),
        ("resumed campaign", None),
    ]
    assert "too hot" not in str([event.details for event in shown.events])
    states = [each.state for each in campaign_of(last).experiments]
    assert states == [State.COMPLETED, State.FAILED, State.REFUSED]
    assert [len(campaign_of(each).experiments) for each in shown.versions][::-1] == [0, 3, 3, 3, 3, 3, 3, 3]
    assert find(asker, resources, 'kind = "campaign"').hits[0].title == "Strong glue"


def test_of_two_who_move_it_at_once_the_second_is_told_and_nothing_is_lost(
    asker: Asker, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = suggest_experiments(asker, resources, new_campaign(asker, resources, GLUE).pid, 2)
    tell_result(asker, resources, begun.pid, 1, [_hardness(2.0)], expected=begun.version)
    with pytest.raises(Conflict, match="has version 3 by now"):
        tell_result(asker, resources, begun.pid, 2, [_hardness(3.0)], expected=begun.version)

    # Also where both have read the same version before one of them writes.
    def stale(*_: object) -> Record:
        return begun

    with monkeypatch.context() as patched:
        patched.setattr("kiban.operations.moved_campaign.current", stale)
        with pytest.raises(Conflict, match="not the next one"):
            tell_result(asker, resources, begun.pid, 2, [_hardness(3.0)])
    last = tell_result(asker, resources, begun.pid, 2, [_hardness(3.0)])
    assert [each.outcomes[0].value.value for each in campaign_of(last).experiments] == [2.0, 3.0]


def test_the_same_history_gives_the_same_suggestions_in_another_home(asker: Asker, resources: Resources) -> None:
    points = []
    for _ in range(2):
        begun = new_campaign(asker, resources, GLUE)
        for value in (1.0, 3.0, 2.0):
            record = suggest_experiments(asker, resources, begun.pid)
            record = tell_result(
                asker, resources, begun.pid, record.document["experiments"][-1]["number"], [_hardness(value)]
            )
        points.append([each["point"] for each in record.document["experiments"]])
    assert points[0] == points[1]


def test_a_result_is_named_by_its_measurement_and_carries_its_uncertainty(asker: Asker, resources: Resources) -> None:
    sample, measurement = _measured(resources, "glue 1", Tier.CLOSED, 2500.0)
    begun = suggest_experiments(asker, resources, new_campaign(asker, resources, GLUE).pid, 2)
    for source in (measurement.pid, sample.pid, str(measurement.id)):
        (outcome,) = outcomes_from(asker, resources, begun.pid, source)
        assert outcome.evidence == measurement.pid
        assert (outcome.value.value, outcome.value.unit) == (pytest.approx(2.5), "GPa")
        assert outcome.value.uncertainty is not None
        assert outcome.value.uncertainty.standard == pytest.approx(0.03)
    tell_result(asker, resources, begun.pid, 1, [outcome])
    back = provenance(asker, resources, begun.pid, direction=Direction.BACK)
    assert [step.record.pid for step in back.steps] == [begun.pid, measurement.pid]
    assert {(link.subject, link.predicate, link.object) for link in back.links} == {
        (begun.id, Predicate.LEARNT_FROM, measurement.id)
    }
    tell_result(asker, resources, begun.pid, 2, [_hardness(1.0)])
    campaign = campaign_of(suggest_experiments(asker, resources, begun.pid))
    said = experiment_as_json(campaign, campaign.experiment(3))["proposal"]
    assert (said["trials"], said["records"]) == ([[1, 2]], [measurement.pid])
    graph = graph_of(asker, resources, measurement.pid)
    assert (graph.n_campaigns, graph.n_beyond) == (1, 0)


def test_which_of_several_values_is_meant_has_to_be_said(asker: Asker, resources: Resources) -> None:
    _, measurement = _measured(resources, "glue 1", Tier.CLOSED, 2500.0, 2600.0)
    _, bare = _measured(resources, "glue 2", Tier.CLOSED)
    begun = suggest_experiments(asker, resources, new_campaign(asker, resources, GLUE).pid)
    with pytest.raises(InvalidValue, match=r"has 2 values of hardness: .*peak=1.*peak=2"):
        outcomes_from(asker, resources, begun.pid, measurement.pid)
    (second,) = outcomes_from(asker, resources, begun.pid, measurement.pid, condition={"peak": "2"})
    assert second.value.value == pytest.approx(2.6)
    with pytest.raises(InvalidValue, match="no value of hardness under this condition"):
        outcomes_from(asker, resources, begun.pid, measurement.pid, condition={"peak": "3"})
    with pytest.raises(InvalidValue, match="no value of hardness"):
        outcomes_from(asker, resources, begun.pid, bare.pid)
    with pytest.raises(InvalidValue, match="no outcome 'colour'"):
        outcomes_from(asker, resources, begun.pid, measurement.pid, names=["colour"])
    with pytest.raises(RecordNotFound):
        outcomes_from(asker, resources, begun.pid, begun.pid)
    volts = replace(GLUE, objective=replace(GLUE.objective, targets=(replace(GLUE.objective.targets[0], unit="V"),)))
    other = new_campaign(asker, resources, volts)
    with pytest.raises(IncompatibleUnit):
        outcomes_from(asker, resources, other.pid, measurement.pid, condition={"peak": "2"})


def test_people_add_change_repeat_and_import(asker: Asker, resources: Resources) -> None:
    old = Done(point={"temperature": 900.0, "solvent": "water"}, outcomes=(_hardness(1.0),), rests_on="row 2")
    begun = new_campaign(asker, resources, GLUE, done=[old])
    add_experiment(asker, resources, begun.pid, {"temperature": Measured(126.85, "degC"), "solvent": "water"})
    repeat_experiment(asker, resources, begun.pid, 2, 2)
    change_experiment(asker, resources, begun.pid, 2, {"solvent": "ethanol"}, note="dry")
    with pytest.raises(InvalidValue, match="would stay as it is"):
        import_experiments(asker, resources, begun.pid, [old])
    failed = Done(point={"temperature": 310.0, "solvent": "water"}, rests_on="row 3")
    last = campaign_of(import_experiments(asker, resources, begun.pid, [old, failed]))
    assert [each.state for each in last.experiments] == [
        *(State.COMPLETED, State.PENDING, State.PENDING, State.PENDING, State.FAILED)
    ]
    assert last.experiment(3).point == {"temperature": pytest.approx(400.0), "solvent": "water"}
    assert last.experiment(2).point["solvent"] == "ethanol"


def test_limits_and_engine_change_and_what_is_wrong_is_refused(asker: Asker, resources: Resources) -> None:
    begun = new_campaign(asker, resources, replace(GLUE, limits=Limits(experiments=1)))
    suggest_experiments(asker, resources, begun.pid, 5)
    with pytest.raises(IllegalMove, match="limit of experiments is spent"):
        suggest_experiments(asker, resources, begun.pid)
    change_campaign(
        asker, resources, begun.pid, {"limits": Limits(experiments=3), "engine": "random", "name": "Glue 2"}
    )
    last = suggest_experiments(asker, resources, begun.pid, 5)
    assert last.title == "Glue 2"
    assert [batch.engine for batch in campaign_of(last).batches] == ["embedded", "random"]
    for changes in ({"engine": "genius"}, {"settings": {"use_magic": True}}):
        with pytest.raises(InvalidValue):
            change_campaign(asker, resources, begun.pid, changes)
    with pytest.raises(InvalidValue, match="'tell' takes more than numbers"):
        move_experiments(asker, resources, begun.pid, Move.TELL, [1])
    with pytest.raises(InvalidValue, match="No experiment was named"):
        move_experiments(asker, resources, begun.pid, Move.ACCEPT, [])
    with pytest.raises(InvalidValue, match="cannot be told to 'sleep'"):
        set_course(asker, resources, begun.pid, "sleep")
    before = move_experiments(asker, resources, begun.pid, Move.ACCEPT, [1]).version
    with pytest.raises(IllegalMove, match="Experiment 2 is suggested"):
        move_experiments(asker, resources, begun.pid, Move.ABANDON, [1, 2])
    assert show(asker, resources, begun.pid).record.version == before


def test_campaigns_are_listed_and_shown_as_json(asker: Asker, resources: Resources) -> None:
    begun = new_campaign(asker, resources, GLUE)
    suggest_experiments(asker, resources, begun.pid, 2)
    tell_result(asker, resources, begun.pid, 2, [_hardness(4.0)])
    shown = show_campaign(asker, resources, begun.pid)
    said = json.loads(json.dumps(shown_campaign_as_json(shown)))
    assert (said["best"], said["stage"], said["may_change"]) == ([2], "active", True)
    assert said["counts"]["completed"] == 1
    assert said["experiments"][1]["outcomes"][0]["value"]["value"] == 4.0
    listed = json.loads(json.dumps(listed_as_json(list_campaigns(asker, resources))))
    assert listed["total"] == 1
    assert listed["campaigns"][0]["counts"]["suggested"] == 1
    sample, _ = _measured(resources, "glue", Tier.CLOSED)
    with pytest.raises(RecordNotFound):
        show_campaign(asker, resources, sample.pid)


def test_a_campaign_goes_with_its_tier_and_is_moved_by_those_who_may_write(asker: Asker, resources: Resources) -> None:
    near = neighbours(resources)
    begun = new_campaign(near.asker("contributor"), resources, GLUE, placement=Placement(tier=Tier.CLOSED))
    for login in ("ume", "guest", "anonymous"):
        with pytest.raises(RecordNotFound):
            show_campaign(near.asker(login), resources, begun.pid)
        with pytest.raises(RecordNotFound):
            suggest_experiments(near.asker(login), resources, begun.pid)
        assert list_campaigns(near.asker(login), resources).total == 0
    assert show_campaign(near.asker("reader"), resources, begun.pid).may_change is False
    with pytest.raises(Refused):
        suggest_experiments(near.asker("reader"), resources, begun.pid)
    with pytest.raises(Refused):
        new_campaign(near.asker("guest"), resources, GLUE)
    suggest_experiments(near.asker("contributor"), resources, begun.pid)
    change_tier(asker, resources, chosen_record(asker, resources, begun.pid), TierChange(tier=Tier.OPEN))
    assert len(show_campaign(_public(resources), resources, begun.pid).campaign.experiments) == 1


def test_who_does_not_see_a_measurement_does_not_learn_of_it_from_a_campaign(
    asker: Asker, resources: Resources
) -> None:
    _, secret = _measured(resources, "glue 1", Tier.CLOSED, 2512.8375)
    begun = new_campaign(asker, resources, GLUE, placement=OPEN)
    suggest_experiments(asker, resources, begun.pid, 2)
    tell_result(asker, resources, begun.pid, 1, outcomes_from(asker, resources, begun.pid, secret.pid))
    tell_result(asker, resources, begun.pid, 2, [_hardness(1.0)])
    assert show_campaign(asker, resources, begun.pid).best == (1,)
    public = _public(resources)
    seen = show_campaign(public, resources, begun.pid)
    assert (seen.best, [each.number for each in seen.campaign.experiments]) == ((2,), [2])
    assert list_campaigns(public, resources).campaigns[0].counts[State.COMPLETED] == 1
    told = json.dumps(
        [
            shown_campaign_as_json(seen),
            shown_as_json(show(public, resources, begun.pid)),
            shown_as_json(show(public, resources, begun.pid, version=3)),
            listed_as_json(list_campaigns(public, resources)),
        ]
    )
    assert secret.pid not in told
    # With so many digits no time of the day looks like it.
    assert "2.51283" not in told
    assert not provenance(public, resources, begun.pid, direction=Direction.BACK).links


def test_who_may_read_what_describes_a_campaign_gets_no_experiments(asker: Asker, resources: Resources) -> None:
    near = neighbours(resources)
    near.join("Ume Steel", Right.METADATA)
    begun = new_campaign(asker, resources, GLUE, placement=Placement(tier=Tier.SHARED))
    suggest_experiments(asker, resources, begun.pid)
    seen = show_campaign(near.asker("ume"), resources, begun.pid)
    assert (seen.sees_values, seen.campaign.experiments) == (False, ())
    assert seen.campaign.objective == GLUE.objective
    near.join("Ume Steel", Right.DATA)
    assert len(show_campaign(near.asker("ume"), resources, begun.pid).campaign.experiments) == 1


def test_engines_learn_only_from_what_the_asker_may_put_into_models(asker: Asker, resources: Resources) -> None:
    other = Laboratory(resources.catalog)
    both = replace(asker, roles={**asker.roles, other.project: Role.READER})
    _, theirs = _measured(resources, "glue 1", Tier.CLOSED, 2512.0, lab=other)
    begun = suggest_experiments(both, resources, new_campaign(both, resources, GLUE).pid, 3)
    tell_result(both, resources, begun.pid, 1, outcomes_from(both, resources, begun.pid, theirs.pid))
    for number in (2, 3):
        tell_result(both, resources, begun.pid, number, [_hardness(float(number))])
    assert show_campaign(asker, resources, begun.pid).best == (3,)
    with pytest.raises(RecordNotFound):
        outcomes_from(asker, resources, begun.pid, theirs.pid)
    deeds: tuple[Callable[[int], Record], ...] = (
        lambda n: tell_result(asker, resources, begun.pid, n, [_hardness(1.0)]),
        lambda n: tell_failure(asker, resources, begun.pid, n),
        lambda n: change_experiment(asker, resources, begun.pid, n, {"solvent": "water"}),
        lambda n: repeat_experiment(asker, resources, begun.pid, n),
        lambda n: move_experiments(asker, resources, begun.pid, Move.ACCEPT, [n]),
    )
    for deed in deeds:
        with pytest.raises(InvalidValue) as hidden:
            deed(1)
        with pytest.raises(InvalidValue) as never:
            deed(77)
        assert str(hidden.value) == str(never.value).replace("77", "1")
    mine = campaign_of(suggest_experiments(asker, resources, begun.pid)).experiment(4).proposal
    assert mine is not None
    assert mine.rests_on == (2, 3)
    # What the asker does not see is still there, and counts for those who do.
    ours = campaign_of(suggest_experiments(both, resources, begun.pid)).experiment(5).proposal
    assert ours is not None
    assert ours.rests_on == (1, 2, 3)
    assert resources.catalog.links([begun.id], resources.visible(both))
    assert not resources.catalog.links([begun.id], resources.visible(asker))


def _ahead(limit: int | None = None) -> Limits:
    return Limits(experiments=limit, ahead=1)


def test_why_nothing_more_can_be_suggested_is_kept_until_it_can(asker: Asker, resources: Resources) -> None:
    begun = new_campaign(asker, resources, replace(GLUE, limits=_ahead(2)))
    suggest_experiments(asker, resources, begun.pid)
    tell_result(asker, resources, begun.pid, 1, values={"hardness": 2.0})
    told = tell_result(asker, resources, begun.pid, 2, values={"hardness": 2.1})
    campaign = campaign_of(told)
    # The result is kept in any case.
    assert campaign.experiment(2).state is State.COMPLETED
    assert campaign.standstill is not None
    assert "limit of experiments is spent" in campaign.standstill.fault
    shown = shown_campaign_as_json(show_campaign(asker, resources, begun.pid))
    assert shown["standstill"] == {
        "fault": campaign.standstill.fault,
        "mend": campaign.standstill.mend,
        "at": campaign.standstill.at,
    }
    # The same reason again is no news.
    corrected = tell_result(asker, resources, begun.pid, 2, values={"hardness": 2.2}, is_correction=True)
    assert campaign_of(corrected).standstill == campaign.standstill
    assert corrected.version == told.version + 1
    # Another limit, and it goes on by itself.
    after = campaign_of(change_campaign(asker, resources, begun.pid, {"limits": _ahead(3)}))
    assert after.standstill is None
    assert [each.number for each in after.experiments if each.is_open] == [3]


def test_a_space_that_is_used_up_is_said(asker: Asker, resources: Resources) -> None:
    small = replace(
        GLUE, space=replace(GLUE.space, parameters=(replace(GLUE.space.parameters[0], values=(300.0, 350.0)),))
    )
    begun = new_campaign(asker, resources, replace(small, limits=_ahead()))
    suggest_experiments(asker, resources, begun.pid)
    for number in (1, 2):
        told = tell_result(asker, resources, begun.pid, number, values={"hardness": float(number)})
    standstill = campaign_of(told).standstill
    assert standstill is not None
    assert standstill.fault.startswith("Nothing is left to suggest")
    # A pause is another reason, and after it the old one stands again.
    assert campaign_of(set_course(asker, resources, begun.pid, "pause")).standstill is None
    assert campaign_of(set_course(asker, resources, begun.pid, "resume")).standstill is not None


def test_an_engine_that_breaks_off_loses_no_result(
    asker: Asker, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = new_campaign(asker, resources, replace(GLUE, engine="random", limits=_ahead()))
    suggest_experiments(asker, resources, begun.pid)

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("2.123 GPa of a sample that not everybody sees")

    with monkeypatch.context() as patch:
        patch.setattr(type(engine("random")), "suggest", broken)
        told = tell_failure(asker, resources, begun.pid, 1)
        with pytest.raises(EngineFailed, match="ZeroDivisionError"):
            suggest_experiments(asker, resources, begun.pid)
    campaign = campaign_of(told)
    assert campaign.experiment(1).state is State.FAILED
    assert campaign.standstill is not None
    assert campaign.standstill.fault == "The engine random broke off with ZeroDivisionError."
    assert "2.123" not in str(dict(told.document))
    # It vanishes with the next suggestion.
    assert campaign_of(suggest_experiments(asker, resources, begun.pid)).standstill is None


def test_why_it_stands_still_is_for_those_who_see_the_experiments(asker: Asker, resources: Resources) -> None:
    near = neighbours(resources)
    near.join("Ume Steel", Right.METADATA)
    limited = replace(GLUE, limits=_ahead(1))
    begun = new_campaign(asker, resources, limited, placement=Placement(tier=Tier.SHARED))
    suggest_experiments(asker, resources, begun.pid)
    tell_failure(asker, resources, begun.pid, 1)
    assert show_campaign(near.asker("ume"), resources, begun.pid).campaign.standstill is None
    near.join("Ume Steel", Right.DATA)
    assert show_campaign(near.asker("ume"), resources, begun.pid).campaign.standstill is not None
