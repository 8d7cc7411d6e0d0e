"""A record that may be seen does not tell the identifiers of others that may not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from kiban.operations.deposit import deposit
from kiban.operations.home import home
from kiban.operations.judge_export import judge_export, judgement_of
from kiban.operations.link_sample import undecided
from kiban.operations.resources import Resources
from kiban.operations.samples import change_sample
from kiban.operations.show import show
from kiban.operations.show_as_json import shown_as_json
from kiban.records.parties.export_control import ExportClass
from kiban.records.party import ANONYMOUS, Asker
from kiban.records.record import Record, RecordKind
from kiban.records.scope import ScopeTerms, Tier, Visible
from kiban.store.catalog import Batch
from kiban.testing.catalog_examples import Laboratory
from kiban.testing.memory_platform import owner_of

from .neighbours import neighbours


def test_samples_that_it_may_be_of_are_named_where_they_are_seen(
    asker: Asker, resources: Resources, inbox: Path
) -> None:
    (inbox / "run.csv").write_text("T (K),R (ohm)\n" + "".join(f"{n},{n}.5\n" for n in range(9)))
    [outcome] = deposit(asker, resources, [inbox / "run.csv"])
    lab = Laboratory(resources.catalog, project=resources.project)
    hidden, seen = (lab.sample(f"{tier} one", scope=lab.scope(tier).number) for tier in (Tier.CLOSED, Tier.OPEN))
    record: Record = show(asker, resources, str(outcome.measurement)).record
    told = {**record.document, "candidates": [hidden.pid, seen.pid]}
    changed = replace(record, version=2, scope=lab.scope(Tier.OPEN).number, document=told)
    with resources.catalog.writing(resources.visible(asker), project=resources.project) as writing:
        writing.add(Batch(records=(hidden, seen, changed)))
    assert show(asker, resources, record.pid).record.document["candidates"] == [hidden.pid, seen.pid]
    [told_of] = undecided(ANONYMOUS, resources)
    assert [sample.pid for sample in told_of.samples] == [seen.pid]
    assert home(ANONYMOUS, resources).n_undecided == 1
    stranger = shown_as_json(show(ANONYMOUS, resources, record.pid))
    assert stranger["document"]["candidates"] == [seen.pid]
    assert hidden.pid not in str(stranger)
    lone = replace(changed, version=3, document={**record.document, "candidates": [hidden.pid]})
    with resources.catalog.writing(resources.visible(asker), project=resources.project) as writing:
        writing.add(Batch(records=(lone,)))
    assert [len(undecided(each, resources)) for each in (asker, ANONYMOUS)] == [1, 0]
    assert [home(each, resources).n_undecided for each in (asker, ANONYMOUS)] == [1, 0]


def test_hidden_records_in_its_fields_are_gone_and_the_rest_stays(asker: Asker, resources: Resources) -> None:
    lab = Laboratory(resources.catalog, project=resources.project)
    hidden, seen = (lab.sample(f"{tier} two", scope=lab.scope(tier).number) for tier in (Tier.CLOSED, Tier.OPEN))
    document = {
        "name": "open three",
        "template": {"id": hidden.pid, "name": "Secret recipe", "version": 3},
        "values": {"temperature": 5},
        "about": {"from": hidden.pid, "with": seen.pid, "all": [hidden.pid, seen.pid, "kb:no such"], "t": 1.5},
        "note": f"compare {seen.pid}",
    }
    record = lab.sample("open three", scope=lab.scope(Tier.OPEN).number)
    record = replace(record, document={**record.document, **document})
    deposited = lab.event("deposited", record.id, scope=record.scope)
    deposited = replace(deposited, details={"path": "secret/customer.csv", "checksum": "ab" * 32})
    with resources.catalog.writing(resources.visible(asker), project=resources.project) as writing:
        writing.add(Batch(records=(hidden, seen, record), events=(deposited,)))
    whole = show(asker, resources, record.pid)
    assert whole.record.document["template"] == document["template"]
    assert whole.events[0].details["path"] == "secret/customer.csv"
    stranger = show(ANONYMOUS, resources, record.pid)
    assert stranger.record.document["template"] is None
    assert stranger.record.document["values"] == {}
    assert stranger.record.document["about"] == {
        "from": None,
        "with": seen.pid,
        "all": [seen.pid, "kb:no such"],
        "t": 1.5,
    }
    assert stranger.record.document["note"] == document["note"]
    assert [(event.action, event.details) for event in stranger.events] == [("deposited", {})]
    told = str(shown_as_json(stranger))
    assert not any(word in told for word in (hidden.pid, "Secret recipe", "customer", "abab"))


def test_whoever_may_change_a_record_is_not_told_of_its_hidden_template_either(resources: Resources) -> None:
    lab = Laboratory(resources.catalog, project=resources.project)
    template = lab.record(RecordKind.TEMPLATE, "Secret recipe", key="Secret recipe")
    judged = resources.catalog.ensure_scope(
        ScopeTerms(project=resources.project, tier=Tier.CLOSED, export_class=ExportClass.NOT_LISTED)
    )
    record = lab.sample("mine", scope=judged.number)
    use = {"id": template.pid, "name": template.title, "version": 1}
    document = {"name": "mine", "template": use, "values": {"route": "B"}, "about": [template.pid]}
    record = replace(record, document={**record.document, **document})
    everything = Visible.of(resources.catalog.scopes())
    with resources.catalog.writing(everything, project=resources.project) as writing:
        writing.add(Batch(records=(template, record)))
    made = neighbours(resources)
    made.move_abroad("contributor")
    contributor = made.asker("contributor")
    document_shown = show(contributor, resources, record.pid).record.document
    assert document_shown == {**record.document, "template": None, "values": {}}
    assert change_sample(contributor, resources, record.pid, {"location": "box 2"}).document["values"] == {"route": "B"}
    assert show(owner_of(resources), resources, record.pid).record.document["template"]["name"] == "Secret recipe"


def test_why_something_is_listed_is_the_business_of_the_project(asker: Asker, resources: Resources) -> None:
    officer = owner_of(resources)
    lab = Laboratory(resources.catalog, project=resources.project)
    record = lab.sample("open four", scope=lab.scope(Tier.OPEN).number)
    with resources.catalog.writing(resources.visible(asker), project=resources.project) as writing:
        writing.add(Batch(records=(record,)))
    judge_export(officer, resources, ExportClass.NOT_LISTED, ground="a customer's furnace", identifiers=[record.pid])
    assert judgement_of(officer, resources, record.pid).ground == "a customer's furnace"
    assert judgement_of(ANONYMOUS, resources, record.pid).ground == ""
    assert "judged export" not in {event.action for event in show(ANONYMOUS, resources, record.pid).events}
