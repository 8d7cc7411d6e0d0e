"""PROV-JSON: read with the library `prov`, the same graph and the same numbers, and no event before its cause."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from prov.model import (
    ProvActivity,
    ProvAgent,
    ProvCommunication,
    ProvDerivation,
    ProvDocument,
    ProvEntity,
    ProvGeneration,
    ProvInfluence,
    ProvRecord,
    ProvUsage,
)

from kiban.quantity.measured import Measured
from kiban.records.link import Predicate
from kiban.records.record import Record, RecordKind
from kiban.standards.graph_campaigns import ExportedCampaign, ExportedExperiment, ExportedSuggestion
from kiban.standards.graph_contract import GraphExportable
from kiban.standards.graphs.prov_json import EXPORT
from kiban.testing.graph_examples import family, graphs
from kiban.testing.graph_export_suite import GraphExportSuite


class TestProvJson(GraphExportSuite):
    export = EXPORT


def _read(graph: GraphExportable) -> Any:
    return ProvDocument.deserialize(content=EXPORT.export(graph).content.decode("utf-8"), format="json")


def _ties(document: Any, kind: type[ProvRecord]) -> set[tuple[str, str]]:
    return {(str(r.args[0]), str(r.args[1])) for r in document.get_records(kind)}


def _attribute(record: Any, name: str) -> Any:
    found = [value for key, value in record.attributes if str(key) == name]
    assert len(found) == 1, (record, name)
    return found[0]


def _one(document: Any, name: str) -> Any:
    [found] = document.get_record(name)
    return found


def test_prov_reads_the_same_graph() -> None:
    graph = family()
    document = _read(graph)
    pids = {record.id: record.pid for record in graph.records}
    planned = {record.id for record in graph.records if record.title == "next"}
    wanted = {p: set[tuple[str, str]]() for p in Predicate}
    for link in graph.links:
        if link.subject not in planned:
            wanted[link.predicate].add((pids[link.subject], pids[link.object]))
    assert _ties(document, ProvUsage) == wanted[Predicate.USED] | wanted[Predicate.MEASURED]
    made = {tie for tie in _ties(document, ProvGeneration) if not tie[0].endswith(".data")}
    assert made == wanted[Predicate.MADE_BY]
    of_samples = {tie for tie in _ties(document, ProvDerivation) if set(tie) <= set(pids.values())}
    assert of_samples == wanted[Predicate.DERIVED_FROM] | wanted[Predicate.PART_OF]
    assert _ties(document, ProvCommunication) == wanted[Predicate.LOG_OF]
    assert len(_ties(document, ProvInfluence)) == 1
    activities = {str(record.identifier) for record in document.get_records(ProvActivity)}
    assert activities == {r.pid for r in graph.records if r.kind is not RecordKind.SAMPLE and r.id not in planned}


def test_prov_writes_the_elements_as_they_were_read() -> None:
    ours = json.loads(EXPORT.export(family()).content)
    theirs = json.loads(_read(family()).serialize(format="json"))
    assert ours.keys() == theirs.keys()
    for section in ("prefix", "entity", "activity", "agent"):
        assert theirs[section] == ours[section], section
    for section in ours.keys() - {"prefix", "entity", "activity", "agent"}:
        there, here = (
            sorted(json.dumps(one, sort_keys=True) for one in each[section].values()) for each in (theirs, ours)
        )
        assert there == here, section


def test_values_come_back_to_the_last_digit_with_their_data() -> None:
    graph = family()
    document = _read(graph)
    derived = _ties(document, ProvDerivation)
    [scan] = [record for record in graph.records if record.title == "scan"]
    for fact in graph.facts:
        entity = _one(document, f"value:{fact.id}")
        value, doubt = fact.property.value, fact.property.value.uncertainty
        assert _attribute(entity, "prov:value") == value.value
        if value.unit:
            assert _attribute(entity, "kiban:unit") == value.unit
        if doubt is not None:
            assert _attribute(entity, "kiban:uncertainty") == doubt.value
            assert _attribute(entity, "kiban:uncertaintyKind") == doubt.kind.value
            assert _attribute(entity, "kiban:distribution") == doubt.distribution.value
        assert (f"value:{fact.id}", f"{scan.pid}.data") in derived
    assert (f"{scan.pid}.data", f"sha256:{'ab' * 32}") in derived


@pytest.mark.parametrize("number", [0.1 + 0.2, 1e-300, -1.7976931348623157e308, 5e-324, 3.0])
def test_any_number_comes_back(number: float) -> None:
    graph = family()
    fact = graph.facts[0]
    changed = replace(fact, property=replace(fact.property, value=Measured(number, "nm")))
    entity = _one(_read(replace(graph, facts=(changed,))), f"value:{fact.id}")
    assert _attribute(entity, "prov:value") == number


def test_template_values_are_json_and_times_have_zones() -> None:
    graph = family()
    document = _read(graph)
    [furnace] = [record for record in graph.records if record.title == "anneal"]
    activity = _one(document, furnace.pid)
    assert json.loads(_attribute(activity, "kiban:meant")) == furnace.document["meant"]
    assert json.loads(_attribute(activity, "kiban:done")) == furnace.document["done"]
    assert activity.get_startTime() == datetime.fromisoformat("2026-05-04T09:30:00+09:00")
    [scan] = [record for record in graph.records if record.title == "scan"]
    assert _one(document, scan.pid).get_startTime() is None
    assert _attribute(_one(document, scan.pid), "kiban:startTime") == "2026-05-05T10:00:00"
    assert (
        "Times without a zone are attributes, not the start or end of an activity (1)." in EXPORT.export(graph).losses
    )


def test_identifiers_resolve_where_an_address_is_known() -> None:
    graph = family(address="https://kiban.example.org/")
    entity = _one(_read(graph), graph.start.pid)
    assert entity.identifier.uri == f"https://kiban.example.org/id/{graph.start.pid.removeprefix('kb:')}"


def _with_campaign(n_more: int = 0) -> tuple[GraphExportable, Record]:
    """The family with a campaign: a suggestion that was measured in the scan, learnt from the batch."""
    graph = family(n_campaigns=1)
    by_title = {record.title: record for record in graph.records}
    batch, scan = by_title["batch"], by_title["scan"]
    record = replace(
        batch, id=UUID(int=999), pid="kb:PK8N-07XN-EK", kind=RecordKind.CAMPAIGN, title="Harder films", document={}
    )
    past = ExportedExperiment(
        number=1, state="completed", source="imported", settings={"time": 1.0}, outcomes={}, records=(batch.pid,)
    )
    suggestion = ExportedSuggestion(
        engine="embedded/2",
        at="2026-05-04T09:30:00+00:00",
        settings={"time": 2.5, "gas": "Ar"},
        expected={"hardness": Measured(0.1 + 0.2, "GPa")},
        why="improve",
        learnt_from=(1,),
    )
    done = ExportedExperiment(
        number=2,
        state="completed",
        source="engine",
        settings={"time": 2.5, "gas": "Ar"},
        outcomes={"hardness": Measured(2.5, "GPa")},
        records=(scan.pid,),
        suggestion=suggestion,
        laboratory="virtual",
        began_at="2026-05-06T09:30:00+00:00",
        ended_at="2026-05-06T10:30:00+00:00",
        by="sato",
    )
    more = tuple(
        replace(done, number=i, suggestion=replace(suggestion, learnt_from=tuple(range(1, i))))
        for i in range(3, 3 + n_more)
    )
    campaign = ExportedCampaign(
        record=record, experiments=(past, done, *more), n_others=4, learnt_from=(batch.pid, scan.pid)
    )
    return replace(graph, campaigns=(campaign,)), record


def test_prov_reads_what_was_suggested_from_which_data_and_measured() -> None:
    graph, record = _with_campaign()
    document = _read(graph)
    by_title = {each.title: each.pid for each in graph.records}
    suggestion, experiment = f"{record.pid}.suggestion.2", f"{record.pid}.experiment.2"
    assert (suggestion, record.pid) in _ties(document, ProvGeneration)
    assert (suggestion, by_title["batch"]) in _ties(document, ProvDerivation)
    used = _ties(document, ProvUsage)
    assert {(experiment, suggestion), (record.pid, by_title["batch"]), (record.pid, f"{by_title['scan']}.data")} <= used
    informed = _ties(document, ProvCommunication)
    assert {(by_title["scan"], experiment), (experiment, record.pid)} <= informed
    # What was done before the campaign was not done by it.
    assert (f"{record.pid}.experiment.1", record.pid) not in informed
    told = _one(document, suggestion)
    assert json.loads(_attribute(told, "kiban:settings")) == {"time": 2.5, "gas": "Ar"}
    assert json.loads(_attribute(told, "kiban:expected"))["hardness"]["value"] == 0.1 + 0.2
    assert "agent:engine.embedded%2F2" in {str(each.identifier) for each in document.get_records(ProvAgent)}
    assert _attribute(_one(document, experiment), "kiban:toldBegun") == datetime.fromisoformat(
        "2026-05-06T09:30:00+00:00"
    )
    losses = EXPORT.export(graph).losses
    assert (
        "1 campaigns have further experiments, which rest on none of these records and are not in the file." in losses
    )
    assert not any("learnt from some of the records" in loss for loss in losses)
    _check_constraints(document)


def test_of_a_long_campaign_not_every_derivation_is_a_relation() -> None:
    graph, _ = _with_campaign(n_more=300)
    exported = EXPORT.export(graph)
    # Each suggestion is derived from both records: no relation twice, however many experiments rest on one.
    assert len(_ties(_read(graph), ProvDerivation)) < 700
    assert not any("20000" in loss for loss in exported.losses)
    crowd = tuple(
        replace(each, records=(graph.records[i % len(graph.records)].pid,))
        for i, each in enumerate(graph.campaigns[0].experiments)
    )
    told = replace(graph, campaigns=(replace(graph.campaigns[0], experiments=crowd),) * 30)
    [loss] = [loss for loss in EXPORT.export(told).losses if "20000" in loss]
    assert loss.startswith("From which data ")


def _check_constraints(document: Any) -> None:
    """Of PROV-CONSTRAINTS: nothing is derived from itself, used before it was made, or both entity and activity."""
    derived: dict[str, set[str]] = {}
    for one, other in _ties(document, ProvDerivation):
        derived.setdefault(one, set()).add(other)
    # Constraint 42 (derivation-generation-generation-ordering) and its kin: a cycle has no order.
    left = set(derived)
    while left:
        ends = {one for one in left if not derived[one] & left}
        assert ends, f"derived from themselves: {left}"
        left -= ends
    activities = {str(r.identifier): r for r in document.get_records(ProvActivity)}
    entities = {str(r.identifier) for r in document.get_records(ProvEntity)}
    assert not activities.keys() & entities
    makers = dict(_ties(document, ProvGeneration))
    for activity, entity in _ties(document, ProvUsage):
        assert entity in entities
        start, end = activities[makers[entity]].get_startTime() if entity in makers else None, None
        end = activities[activity].get_endTime() or activities[activity].get_startTime()
        assert start is None or end is None or start <= end, f"{entity} was used before it was made"
    for activity in activities.values():
        start, end = activity.get_startTime(), activity.get_endTime()
        assert start is None or end is None or start <= end


def test_the_constraints_of_prov_hold() -> None:
    _check_constraints(_read(family()))


def test_the_check_of_constraints_finds_what_is_used_before_it_is_made() -> None:
    graph = family()
    early = {"started_at": "2020-01-01T00:00Z"}
    records = [replace(r, document={**r.document, **early}) if r.title == "scan" else r for r in graph.records]
    with pytest.raises(AssertionError, match="before it was made"):
        _check_constraints(_read(replace(graph, records=tuple(records))))


@settings(max_examples=60, deadline=None)
@given(graph=graphs())
def test_prov_reads_any_graph(graph: GraphExportable) -> None:
    document = _read(graph)
    names = {str(record.identifier) for record in document.get_records((ProvEntity, ProvActivity))}
    assert {record.pid for record in graph.records} <= names
    elements = {f"value:{fact.id}" for fact in graph.facts}
    assert elements <= names
    derived: dict[str, set[str]] = {}
    for one, other in _ties(document, ProvDerivation):
        derived.setdefault(one, set()).add(other)
    assert all(one not in others for one, others in derived.items())
