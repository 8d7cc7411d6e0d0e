"""Samples, processes and measurements leave with all they rest on and all that came of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kiban.errors import RecordNotFound, WrongUsage
from kiban.operations.campaign_experiments import suggest_experiments, tell_result
from kiban.operations.campaigns import new_campaign
from kiban.operations.change_tier import TierChange, change_tier
from kiban.operations.chosen import chosen_record
from kiban.operations.deposit import deposit
from kiban.operations.export import export, offers
from kiban.operations.find import find
from kiban.operations.graph_export import graph_of
from kiban.operations.placement import Placement
from kiban.operations.processes import record_process
from kiban.operations.resources import Resources
from kiban.operations.samples import divide_sample, register_sample
from kiban.planning.campaign.definition import campaign_of as defined
from kiban.planning.campaign.experiment import Outcome
from kiban.planning.campaign.telling import past_experiment
from kiban.quantity.measured import Measured
from kiban.records.link import Predicate
from kiban.records.party import ANONYMOUS, Asker
from kiban.records.process import Process
from kiban.records.sample import Sample
from kiban.records.scope import Tier
from kiban.standards.installed import graph_exports

from .test_reread import JCAMP

GRAPHS = [each.name for each in graph_exports()]


@pytest.fixture(name="study")
def _study(asker: Asker, resources: Resources, inbox: Path) -> dict[str, str]:
    """A batch, two pieces, one of them annealed with something else, and a spectrum of what came out of that."""
    batch = register_sample(asker, resources, Sample(name="batch", formula="TiO2"))
    flux = register_sample(asker, resources, Sample(name="flux"))
    left, right = divide_sample(asker, resources, batch.pid, ["left", "right"])
    made = record_process(
        asker, resources, Process(name="run"), inputs=[left.pid, flux.pid], outputs=[Sample(name="annealed")]
    )
    (inbox / "film.jdx").write_bytes(JCAMP)
    list(deposit(asker, resources, [inbox / "film.jdx"], sample="annealed"))
    (scan,) = find(asker, resources, "kind = measurement").hits
    return {
        "batch": batch.pid,
        "flux": flux.pid,
        "left": left.pid,
        "right": right.pid,
        "run": made.process.pid,
        "annealed": made.outputs[0].pid,
        "scan": scan.id,
    }


@pytest.mark.parametrize("standard", GRAPHS)
@pytest.mark.parametrize("title", ["batch", "run", "annealed", "scan"])
def test_every_record_is_exported_with_what_belongs_to_it(
    asker: Asker, resources: Resources, study: dict[str, str], standard: str, title: str
) -> None:
    exported = export(asker, resources, study[title], standard)
    assert exported.name.startswith(study[title].replace(":", "-"))
    assert json.loads(exported.content)
    outside = {"right"} if title != "batch" else set()
    outside |= {"flux"} if title == "batch" else set()
    for name, pid in study.items():
        assert (pid in exported.content.decode()) == (name not in outside), name
    beyond = [loss for loss in exported.losses if "neither what" in loss]
    assert len(beyond) == (1 if outside else 0)


def test_both_ways_are_walked_and_ties_across_them_kept(
    asker: Asker, resources: Resources, study: dict[str, str]
) -> None:
    graph = graph_of(asker, resources, study["run"])
    assert {record.title for record in graph.records} - {"batch", "left", "flux", "run", "annealed"} == {
        record.title for record in graph.records if record.pid == study["scan"]
    }
    # From what came of the process to what it took: neither walk has this link.
    across = [link for link in graph.links if link.predicate is Predicate.DERIVED_FROM]
    assert len(across) == 2
    assert {fact.property.term for fact in graph.facts} == {"wavenumber"}
    assert graph.n_beyond == 1


def test_a_cut_is_told(asker: Asker, resources: Resources, study: dict[str, str]) -> None:
    graph = graph_of(asker, resources, study["batch"], most=3)
    assert graph.is_cut
    assert len(graph.records) == 3
    for each in graph_exports():
        assert any("the nearest" in loss for loss in each.export(graph).losses)


@pytest.mark.parametrize("title", ["batch", "run", "scan"])
def test_offers_are_what_can_be_had(asker: Asker, resources: Resources, study: dict[str, str], title: str) -> None:
    found = offers(asker, resources, study[title])
    assert set(GRAPHS) <= {offer.name for offer in found}
    assert ("nexus" in {offer.name for offer in found}) == (title == "scan")
    for offer in found:
        assert export(asker, resources, study[title], offer.name).losses == offer.losses


@pytest.mark.parametrize("standard", GRAPHS)
def test_what_one_may_not_see_is_not_there(
    asker: Asker, resources: Resources, study: dict[str, str], inbox: Path, standard: str
) -> None:
    for pid in study.values():
        with pytest.raises(RecordNotFound):
            export(ANONYMOUS, resources, pid, standard)
        with pytest.raises(RecordNotFound):
            offers(ANONYMOUS, resources, pid)
    (inbox / "open.jdx").write_bytes(JCAMP.replace(b"polystyrene", b"open film"))
    [outcome] = deposit(asker, resources, [inbox / "open.jdx"], sample="annealed", placement=Placement(tier=Tier.OPEN))
    seen, whole = (export(who, resources, str(outcome.measurement), standard) for who in (ANONYMOUS, asker))
    for name in ("batch", "left", "run", "annealed"):
        assert study[name] in whole.content.decode()
        assert study[name] not in seen.content.decode()
    assert not any("neither what" in loss for loss in seen.losses)


def test_a_project_has_no_provenance(asker: Asker, resources: Resources) -> None:
    (project,) = find(asker, resources, "kind = project").hits
    with pytest.raises(RecordNotFound):
        export(asker, resources, project.id, "prov")
    with pytest.raises(RecordNotFound):
        offers(asker, resources, project.id)


def test_an_address_is_put_in_front_of_identifiers(asker: Asker, resources: Resources, study: dict[str, str]) -> None:
    for address in ("https://kiban.example.org", "https://kiban.example.org/"):
        content = export(asker, resources, study["scan"], "prov", address=address).content
        assert json.loads(content)["prefix"]["kb"] == "https://kiban.example.org/id/"
    for wrong in ("kiban.example.org", "https://a b/", "ftp://x/", ""):
        with pytest.raises(WrongUsage, match="is not an address"):
            export(asker, resources, study["scan"], "prov", address=wrong)


def test_a_campaign_leaves_with_what_rests_on_the_record_for_who_may_see_it(
    asker: Asker, resources: Resources, study: dict[str, str]
) -> None:
    space = {"parameters": [{"kind": "discrete", "name": "time", "values": [1, 2, 3, 4], "unit": "h"}]}
    definition = {"name": "Harder", "space": space, "objective": {"targets": [{"name": "hardness", "unit": "GPa"}]}}
    campaign = defined(definition)
    done = [
        past_experiment(campaign, {"time": 1}, {"hardness": 1.0}, rests_on=study["batch"]),
        past_experiment(campaign, {"time": 2}, {"hardness": 2.0}, rests_on="book 3"),
    ]
    begun = new_campaign(asker, resources, campaign, done=done)
    suggest_experiments(asker, resources, begun.pid)
    outcome = Outcome(name="hardness", value=Measured(3.0, "GPa"), evidence=study["scan"])
    tell_result(asker, resources, begun.pid, 3, [outcome])
    document = json.loads(export(asker, resources, study["scan"], "prov").content)
    name = f"{begun.pid}.suggestion.3"
    derived = {(r["prov:generatedEntity"], r["prov:usedEntity"]) for r in document["wasDerivedFrom"].values()}
    assert (name, study["batch"]) in derived
    assert f"{begun.pid}.experiment.1" in document["activity"]
    # What rests on no record of the graph is not in it.
    assert f"{begun.pid}.experiment.2" not in document["activity"]
    informed = {(r["prov:informed"], r["prov:informant"]) for r in document["wasInformedBy"].values()}
    assert (study["scan"], f"{begun.pid}.experiment.3") in informed
    losses = export(asker, resources, study["scan"], "gemd").losses
    assert any("1 campaigns learnt from some of the records" in loss for loss in losses)
    # Open the records, and not the campaign: nobody else learns that there is one.
    for pid in study.values():
        change_tier(asker, resources, chosen_record(asker, resources, pid), TierChange(tier=Tier.OPEN))
    shown = export(ANONYMOUS, resources, study["scan"], "prov")
    assert begun.pid not in shown.content.decode()
    change_tier(asker, resources, chosen_record(asker, resources, begun.pid), TierChange(tier=Tier.OPEN))
    change_tier(asker, resources, chosen_record(asker, resources, study["batch"]), TierChange(tier=Tier.CLOSED))
    shown = export(ANONYMOUS, resources, study["scan"], "prov")
    assert f"{begun.pid}.experiment.3" in shown.content.decode()
    assert study["batch"] not in shown.content.decode()
    assert f"{begun.pid}.experiment.1" not in shown.content.decode()
