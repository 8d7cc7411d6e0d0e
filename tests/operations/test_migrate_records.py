"""A template changes: the preview names what would be refused, records carry over, and that can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from kiban.errors import Conflict, InvalidValue
from kiban.operations.find import find
from kiban.operations.migrate_records import migrate, undo_migration
from kiban.operations.processes import record_process
from kiban.operations.resources import Resources
from kiban.operations.samples import Form, change_sample, register_sample
from kiban.operations.show import show
from kiban.operations.template_preview import preview
from kiban.operations.templates import define_template, revise_template
from kiban.records.document import from_json
from kiban.records.field import Field, FieldKind, Label, Need
from kiban.records.party import Asker
from kiban.records.process import Process
from kiban.records.record import Record, RecordKind
from kiban.records.sample import Sample
from kiban.records.template import Template
from kiban.records.template_migration import Act, Step

SIZE = Field(key="size", kind=FieldKind.QUANTITY, unit="um", maximum=100)
NOTE = Field(key="note", kind=FieldKind.TEXT)
POWDER = Template(name="powder", label=Label(en="Powder"), applies_to=RecordKind.SAMPLE, fields=(SIZE, NOTE))
TIGHTER = replace(POWDER, fields=(replace(SIZE, key="particle_size", origin="size", maximum=10),))


def powders(asker: Asker, resources: Resources, *sizes: float) -> list[Record]:
    return [
        register_sample(
            asker,
            resources,
            Sample(name=f"P{size:g}"),
            form=Form(template="powder", values={"size": size, "note": "x"}),
        )
        for size in sizes
    ]


def names(records: Sequence[Record]) -> list[str]:
    return sorted(record.title for record in records)


def test_the_preview_names_what_a_tighter_bound_would_refuse(asker: Asker, resources: Resources) -> None:
    define_template(asker, resources, POWDER)
    powders(asker, resources, 1, 5, 10, 20, 50)
    register_sample(asker, resources, Sample(name="plain"))
    found = preview(asker, resources, "powder", TIGHTER)
    assert (found.n_records, found.n_refused, found.n_losing) == (5, 2, 3)
    assert names([fate.record for fate in found.refused]) == ["P20", "P50"]
    assert found.refused[0].problems == ("particle_size: 50 um is too high: at most 10 um is allowed.",)
    assert {fate.left_behind for fate in found.losing} == {("note",)}
    assert preview(asker, resources, "powder", POWDER).n_refused == 0


def test_old_records_stay_readable_and_are_found_by_both_names(asker: Asker, resources: Resources) -> None:
    define_template(asker, resources, POWDER)
    powders(asker, resources, 5, 20)
    revise_template(asker, resources, "powder", TIGHTER)
    register_sample(
        asker, resources, Sample(name="new"), form=Form(template="powder", values={"particle_size": "8 um"})
    )
    for name in ("size", "particle_size"):
        hits = find(asker, resources, f"field.{name} < 10 um").hits
        assert sorted(hit.title for hit in hits) == ["P5", "new"]
    assert {hit.title for hit in find(asker, resources, 'template = "powder"').hits} == {"P5", "P20", "new"}
    assert {hit.title for hit in find(asker, resources, "NOT field.particle_size > 10 um AND kind = sample").hits} == {
        "P5",
        "new",
    }


def test_records_are_carried_over_and_back(asker: Asker, resources: Resources) -> None:
    define_template(asker, resources, POWDER)
    five, twenty = powders(asker, resources, 5, 20)
    revise_template(asker, resources, "powder", TIGHTER)
    with pytest.raises(InvalidValue, match="refuses 1 records, first P20"):
        migrate(asker, resources, "powder", expected=2)
    assert show(asker, resources, five.pid).record.version == 1
    done = migrate(asker, resources, "powder", expected=2, leaves_refused=True)
    assert (done.n_changed, names(done.refused)) == (1, ["P20"])
    carried = show(asker, resources, five.pid).record
    assert carried.document["values"] == {"particle_size": {"value": 5.0, "unit": "um"}}
    assert carried.document["template"]["version"] == 2
    assert show(asker, resources, twenty.pid).record.version == 1
    with pytest.raises(InvalidValue, match="No record can be carried"):
        migrate(asker, resources, "powder", expected=2, leaves_refused=True)
    back = undo_migration(asker, resources, "powder", done.migration)
    assert (back.n_changed, back.refused) == (1, ())
    restored = show(asker, resources, five.pid).record
    assert (restored.version, restored.document) == (3, show(asker, resources, five.pid, version=1).record.document)
    with pytest.raises(InvalidValue, match="taken back"):
        undo_migration(asker, resources, "powder", done.migration)


def test_steps_make_records_fit(asker: Asker, resources: Resources) -> None:
    define_template(asker, resources, POWDER)
    (twenty,) = powders(asker, resources, 20)
    revise_template(asker, resources, "powder", replace(TIGHTER, fields=(*TIGHTER.fields, NOTE)))
    step = Step(path=("particle_size",), act=Act.DROP)
    migrate(asker, resources, "powder", (step,), expected=2)
    assert show(asker, resources, twenty.pid).record.document["values"] == {"note": "x"}
    assert show(asker, resources, twenty.pid, version=1).record.document["values"]["size"]["value"] == 20


def test_what_was_changed_since_is_left_when_a_migration_is_taken_back(asker: Asker, resources: Resources) -> None:
    define_template(asker, resources, POWDER)
    five, six = powders(asker, resources, 5, 6)
    revise_template(asker, resources, "powder", TIGHTER)
    done = migrate(asker, resources, "powder", expected=2)
    change_sample(asker, resources, six.pid, {"location": "box"})
    back = undo_migration(asker, resources, "powder", done.migration)
    assert (back.n_changed, names(back.refused)) == (1, ["P6"])
    assert from_json(dict(show(asker, resources, five.pid).record.document), Sample).values["size"]["value"] == 5
    events = show(asker, resources, show(asker, resources, five.pid).record.document["template"]["id"]).events
    # How many records they were is not told: who reads it may not see them all.
    assert [(e.action, e.details) for e in events][:2] == [
        ("took migration back", {"migration": str(done.migration)}),
        ("migrated to version", {"migration": str(done.migration), "version": 2}),
    ]


def test_a_migration_that_was_previewed_on_another_version_is_refused(asker: Asker, resources: Resources) -> None:
    define_template(asker, resources, POWDER)
    powders(asker, resources, 5)
    revise_template(asker, resources, "powder", TIGHTER)
    with pytest.raises(Conflict, match="version 2 by now"):
        migrate(asker, resources, "powder", expected=1)


def test_what_was_done_is_asked_for_less_than_what_was_meant(asker: Asker, resources: Resources) -> None:
    hold = Field(key="hold", kind=FieldKind.QUANTITY, unit="h")
    anneal = Template(name="anneal", label=Label(en="A"), applies_to=RecordKind.PROCESS, fields=(hold,))
    define_template(asker, resources, anneal)
    record_process(
        asker, resources, Process(name="run"), template="anneal", meant={"hold": "4 h"}, done={"hold": "4.1 h"}
    )
    record_process(asker, resources, Process(name="unread"), template="anneal", meant={"hold": "4 h"})
    needed = replace(anneal, fields=(hold, Field(key="gas", kind=FieldKind.TEXT, need=Need.REQUIRED)))
    assert preview(asker, resources, "anneal", needed).n_refused == 2
    step = Step(path=("gas",), act=Act.SET, value="air")
    assert preview(asker, resources, "anneal", needed, (step,)).n_refused == 0
    revise_template(asker, resources, "anneal", needed)
    migrate(asker, resources, "anneal", (step,), expected=2)
    hits = find(asker, resources, 'meant.gas = "air" AND NOT done.gas IS KNOWN').hits
    assert sorted(hit.title for hit in hits) == ["run", "unread"]
