"""Completing a question: with what the asker may see, and nothing else."""

from __future__ import annotations

from kiban.operations.completing import completions
from kiban.operations.resources import Resources
from kiban.records.party import ANONYMOUS, Asker
from kiban.records.record import RecordKind
from kiban.records.scope import ScopeTerms, Tier
from kiban.testing.catalog_examples import Laboratory


def inserted(asker: Asker, resources: Resources, text: str) -> list[str]:
    return [each.insert for each in completions(asker, resources, text, limit=50).offered]


def test_terms_processes_fields_and_techniques_are_offered_in_both_languages(resources: Resources) -> None:
    for text, insert in (
        ("hardn", "hardness"),
        ("硬", "hardness"),
        ("熱処", "process.heat_treatment."),
        ("Heat tr", "process.heat_treatment."),
        ("process.heat_treatment.temp", "process.heat_treatment.temperature"),
        ("工程.熱処理.温", "process.heat_treatment.temperature"),
        ("測定日", "started"),
        ("ラマン", 'technique = "raman"'),
        ("hardness > 5 M", "MPa"),
    ):
        assert insert in inserted(ANONYMOUS, resources, text), text


def test_names_of_what_is_hidden_are_not_offered(resources: Resources, asker: Asker) -> None:
    catalog = resources.catalog
    lab = Laboratory(catalog, project=resources.project)
    closed = catalog.ensure_scope(ScopeTerms(project=resources.project, tier=Tier.CLOSED)).number
    is_open = catalog.ensure_scope(ScopeTerms(project=resources.project, tier=Tier.OPEN)).number
    hidden = lab.measurement("x", scope=closed, document={"metadata": {"quaternary_dopant": "Zz"}})
    shown = lab.measurement("y", scope=is_open, document={"metadata": {"quaternary_phase": {"deep": 1}, "odd name": 2}})
    template = lab.record(
        RecordKind.TEMPLATE,
        "quaternary_route",
        scope=closed,
        key="quaternary_route",
        document={
            "name": "quaternary_route",
            "label": {"en": "Quaternary route", "ja": "四元経路"},
            "applies_to": "sample",
            "fields": [{"key": "quaternary_share", "label": {"en": "Share", "ja": ""}, "kind": "number"}],
        },
    )
    lab.write(hidden, shown, template)
    assert inserted(ANONYMOUS, resources, "quaternary") == ["metadata.quaternary_phase.deep"]
    assert inserted(ANONYMOUS, resources, "四元") == []
    assert set(inserted(asker, resources, "quaternary")) == {
        *("metadata.quaternary_phase.deep", "metadata.quaternary_dopant"),
        *('template = "quaternary_route"', "field.quaternary_share"),
    }


def test_what_is_offered_of_closed_records_is_a_line_of_the_audit_log(resources: Resources, asker: Asker) -> None:
    catalog = resources.catalog
    lab = Laboratory(catalog, project=resources.project)
    closed = catalog.ensure_scope(ScopeTerms(project=resources.project, tier=Tier.CLOSED)).number
    is_open = catalog.ensure_scope(ScopeTerms(project=resources.project, tier=Tier.OPEN)).number
    for scope, entry in ((closed, "quaternary_dopant"), (is_open, "quaternary_phase")):
        lab.write(lab.measurement(entry, scope=scope, document={"metadata": {entry: 1}}))
    for text, scopes in (("hardn", None), ("quaternary_ph", None), ("metadata.quaternary", (closed,))):
        since = resources.audit.tail().number
        assert inserted(asker, resources, text)
        lines = [(line.act, line.scopes) for _, line in resources.audit.read(after=since)]
        assert lines == ([] if scopes is None else [("completed question", scopes)]), text
