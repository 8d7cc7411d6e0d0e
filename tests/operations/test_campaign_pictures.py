"""Pictures of a campaign show each asker what it may see, and learn from what it may put into models."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kiban.access.asker_of import anonymous
from kiban.errors import InvalidValue, RecordNotFound, Refused
from kiban.operations.campaign_pictures import NO_MAP, AskedSlices, campaign_front, campaign_slices
from kiban.operations.campaign_pictures_as_json import front_as_json, slices_as_json
from kiban.operations.campaigns import new_campaign
from kiban.operations.placement import Placement
from kiban.operations.resources import Resources
from kiban.planning.campaign.definition import campaign_of as defined
from kiban.planning.campaign.experiment import Outcome
from kiban.planning.campaign.telling import Done
from kiban.quantity.measured import Measured
from kiban.records.parties.right import Right, Role
from kiban.records.party import Asker
from kiban.records.record import Record
from kiban.records.scope import Tier
from kiban.testing.catalog_examples import Laboratory

from .neighbours import neighbours

DEFINITION = {
    "name": "Strong glue",
    "space": {
        "parameters": [
            {"kind": "continuous", "name": "temperature", "low": 300, "high": 500, "unit": "K"},
            {"kind": "continuous", "name": "time", "low": 1, "high": 9, "unit": "h"},
        ]
    },
    "objective": {"targets": [{"name": "hardness", "unit": "GPa"}]},
    "seed": 5,
}
FRONT = {
    **DEFINITION,
    "objective": {
        "way": "pareto",
        "targets": [{"name": "hardness", "unit": "GPa"}, {"name": "density", "unit": "g/cm**3", "goal": "minimise"}],
    },
}


def _done(n: int, *evidence: Record, first: float = 0.0) -> list[Done]:
    done = []
    for i in range(n):
        point = {"temperature": 300.0 + 17.0 * i % 200, "time": 1.0 + i * 5 % 8}
        value = 3.0 - ((point["temperature"] - 400.0) / 100.0) ** 2 + first
        outcomes = (
            Outcome(name="hardness", value=Measured(value, "GPa")),
            Outcome(name="density", value=Measured(2.0 + 0.1 * i, "g/cm**3")),
        )
        rests_on = evidence[i].pid if i < len(evidence) else f"row {i}"
        done.append(Done(point=point, outcomes=outcomes[: 1 + bool(first)], rests_on=rests_on))
    return done


def _secret(resources: Resources, tier: Tier = Tier.CLOSED, lab: Laboratory | None = None) -> Record:
    lab = lab or Laboratory(resources.catalog, project=resources.project)
    number = lab.scope(tier).number
    sample = lab.sample("glue 1", scope=number)
    measurement = lab.measurement("indent glue 1", sample, scope=number)
    lab.write(sample, measurement)
    return measurement


def test_who_does_not_see_a_record_gets_pictures_as_if_it_were_not_there(asker: Asker, resources: Resources) -> None:
    secret = _secret(resources)
    public = anonymous(resources.directory.load(), datetime.now(UTC))
    open_tier = Placement(tier=Tier.OPEN)
    begun = new_campaign(asker, resources, defined(DEFINITION), done=_done(12, secret), placement=open_tier)
    never = new_campaign(asker, resources, defined(DEFINITION), done=_done(12)[1:], placement=open_tier)
    mine = campaign_slices(asker, resources, begun.pid)
    assert (mine.slices.n_trials, mine.slices.n_measured) == (12, 12)
    theirs = slices_as_json(campaign_slices(public, resources, begun.pid, AskedSlices(experiment=3)))
    without = slices_as_json(campaign_slices(public, resources, never.pid, AskedSlices(experiment=2)))
    assert theirs["n_measured"] == 11
    # The same but for its own numbers, to the last digit.
    for picture in (theirs, without):
        del picture["id"], picture["experiment"]
        for each in picture["slices"]:
            for near in each["near"]:
                del near["number"]
    assert theirs == without
    with pytest.raises(InvalidValue, match="no experiment 1"):
        campaign_slices(public, resources, begun.pid, AskedSlices(experiment=1))
    assert json.dumps(slices_as_json(mine))


def test_a_front_hides_what_the_asker_does_not_see(asker: Asker, resources: Resources) -> None:
    secret = _secret(resources)
    public = anonymous(resources.directory.load(), datetime.now(UTC))
    done = _done(8, secret, first=1.0)
    begun = new_campaign(asker, resources, defined(FRONT), done=done, placement=Placement(tier=Tier.OPEN))
    mine, theirs = (front_as_json(*campaign_front(who, resources, begun.pid)) for who in (asker, public))
    assert [point["number"] for point in mine["points"]] == list(range(1, 9))
    assert [point["number"] for point in theirs["points"]] == list(range(2, 9))
    assert 1 in mine["front"]
    assert theirs["reference"] != mine["reference"]
    assert mine["points"][0]["point"] == {"temperature": 300.0, "time": 1.0}
    json.dumps([mine, theirs])
    with pytest.raises(InvalidValue, match="no Pareto front"):
        campaign_front(asker, resources, new_campaign(asker, resources, defined(DEFINITION)).pid)


def test_learning_needs_the_right_to_put_into_models(asker: Asker, resources: Resources) -> None:
    near = neighbours(resources)
    shared = Placement(tier=Tier.SHARED)
    begun = new_campaign(asker, resources, defined(FRONT), done=_done(8, first=1.0), placement=shared)
    with pytest.raises(RecordNotFound):
        campaign_slices(near.asker("ume"), resources, begun.pid)
    near.join("Ume Steel", Right.METADATA)
    with pytest.raises(Refused):
        campaign_slices(near.asker("ume"), resources, begun.pid)
    _, none = campaign_front(near.asker("ume"), resources, begun.pid)
    assert none.points == ()
    near.join("Ume Steel", Right.DATA)
    with pytest.raises(Refused, match="not put them into tables and models"):
        campaign_slices(near.asker("ume"), resources, begun.pid)
    _, front = campaign_front(near.asker("ume"), resources, begun.pid)
    assert len(front.points) == 8
    near.join("Ume Steel", Right.USE)
    assert campaign_slices(near.asker("ume"), resources, begun.pid).slices.n_trials == 8


def test_what_rests_on_anothers_record_is_learnt_by_who_may_use_it(asker: Asker, resources: Resources) -> None:
    other = Laboratory(resources.catalog)
    both = replace(asker, roles={**asker.roles, other.project: Role.READER})
    theirs = _secret(resources, lab=other)
    begun = new_campaign(both, resources, defined(DEFINITION), done=_done(9, theirs))
    assert campaign_slices(both, resources, begun.pid).slices.n_trials == 9
    assert campaign_slices(asker, resources, begun.pid).slices.n_trials == 8


def test_a_map_of_two_named_parameters_or_none(asker: Asker, resources: Resources) -> None:
    begun = new_campaign(asker, resources, defined(DEFINITION), done=_done(9))
    usual = campaign_slices(asker, resources, begun.pid)
    assert usual.for_map == ("temperature", "time")
    assert usual.map is not None
    assert campaign_slices(asker, resources, begun.pid, AskedSlices(pair=NO_MAP)).map is None
    turned = campaign_slices(asker, resources, begun.pid, AskedSlices(pair=("time", "temperature"))).map
    assert turned is not None
    assert turned.names == ("time", "temperature")
    for wrong in (AskedSlices(pair=("time", "colour")), AskedSlices(surrogate="oracle"), AskedSlices(outcome="mass")):
        with pytest.raises(InvalidValue):
            campaign_slices(asker, resources, begun.pid, wrong)
    with pytest.raises(InvalidValue):
        campaign_slices(asker, resources, begun.pid, AskedSlices(settings={"time": "5 GPa"}))
