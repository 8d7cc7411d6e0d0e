"""Templates in a catalog: defined, revised, looked up; and the samples and processes that are made with them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiban.errors import Conflict, InvalidForm, InvalidIdentifier, InvalidValue, RecordNotFound
from kiban.operations.processes import change_process, record_process
from kiban.operations.resources import Resources
from kiban.operations.samples import Form, change_sample, combine_samples, divide_sample, register_sample
from kiban.operations.show import show
from kiban.operations.templates import (
    compare_versions,
    define_template,
    get_template,
    list_templates,
    revise_template,
    template_used,
)
from kiban.records.document import from_json, to_json
from kiban.records.field import Field, FieldKind, Label, Need
from kiban.records.link import Predicate
from kiban.records.matter.composition import Stated
from kiban.records.matter.composition_text import composition_of
from kiban.records.party import ANONYMOUS, Asker
from kiban.records.process import Process, ProcessState
from kiban.records.record import Record, RecordKind
from kiban.records.sample import Sample, SampleState
from kiban.records.template import Template
from kiban.records.template_change import What

TEMPERATURE = Field(key="temperature", kind=FieldKind.QUANTITY, unit="degC", maximum=1200, need=Need.REQUIRED)
HOLD = Field(key="hold", kind=FieldKind.QUANTITY, unit="h", minimum=0)
ANNEAL = Template(
    name="anneal", label=Label(en="Anneal", ja="焼鈍"), applies_to=RecordKind.PROCESS, fields=(TEMPERATURE, HOLD)
)
POWDER = Template(
    name="powder",
    label=Label(en="Powder", ja="粉末"),
    applies_to=RecordKind.SAMPLE,
    fields=(Field(key="particle_size", kind=FieldKind.QUANTITY, unit="um", minimum=0),),
)


def sample_of(record: Record) -> Sample:
    return from_json(dict(record.document), Sample)


def process_of(record: Record) -> Process:
    return from_json(dict(record.document), Process)


def test_a_record_keeps_the_version_it_was_made_with(asker: Asker, resources: Resources) -> None:
    first = define_template(asker, resources, ANNEAL)
    old = record_process(asker, resources, Process(name="run 1"), template="anneal", meant={"temperature": "900 degC"})
    renamed = replace(TEMPERATURE, key="plateau", origin="temperature")
    revision = revise_template(asker, resources, "anneal", replace(ANNEAL, fields=(renamed, HOLD)), expected=1)
    assert [change.what for change in revision.changes] == [What.RENAMED]
    new = record_process(asker, resources, Process(name="run 2"), template="anneal", meant={"plateau": "800 degC"})
    uses = [process_of(each.process).template for each in (old, new)]
    assert [(use.id, use.version) for use in uses if use] == [(first.record.pid, 1), (first.record.pid, 2)]
    assert uses[0] is not None
    assert template_used(asker, resources, uses[0]) == ANNEAL
    assert [change.what for change in compare_versions(asker, resources, "anneal", 2, 1)] == [What.RENAMED]


def test_two_designers_at_once_do_not_overwrite_each_other(asker: Asker, resources: Resources) -> None:
    define_template(asker, resources, ANNEAL)
    revise_template(asker, resources, "anneal", replace(ANNEAL, fields=(TEMPERATURE,)), expected=1)
    with pytest.raises(Conflict, match="version 2 by now"):
        revise_template(asker, resources, "anneal", replace(ANNEAL, fields=(HOLD,)), expected=1)
    with pytest.raises(Conflict):
        define_template(asker, resources, ANNEAL)


def test_a_key_never_means_two_things(asker: Asker, resources: Resources) -> None:
    define_template(asker, resources, ANNEAL)
    plateau = replace(TEMPERATURE, key="plateau", origin="temperature")
    revise_template(asker, resources, "anneal", replace(ANNEAL, fields=(plateau,)))
    for wrong in (
        Field(key="temperature", origin="hold", kind=FieldKind.TEXT),
        Field(key="new", origin="pressure", kind=FieldKind.TEXT),
        Field(key="plateau", kind=FieldKind.TEXT),
    ):
        with pytest.raises(InvalidValue):
            revise_template(asker, resources, "anneal", replace(ANNEAL, fields=(wrong,)))
    # What was taken out can come back, and what was renamed can have its old name again.
    revise_template(asker, resources, "anneal", replace(ANNEAL, fields=(TEMPERATURE, HOLD)))
    with pytest.raises(InvalidValue, match="stay as it is"):
        revise_template(asker, resources, "anneal", ANNEAL)


def test_templates_are_found_by_name_and_identifier_and_by_kind(asker: Asker, resources: Resources) -> None:
    define_template(asker, resources, ANNEAL)
    powder = define_template(asker, resources, POWDER)
    assert [kept.template.name for kept in list_templates(asker, resources)] == ["anneal", "powder"]
    assert [k.template.name for k in list_templates(asker, resources, applies_to=RecordKind.SAMPLE)] == ["powder"]
    assert get_template(asker, resources, powder.record.pid).template == POWDER
    with pytest.raises(InvalidIdentifier, match=r"no template 'tempering'. `kiban template list`"):
        get_template(asker, resources, "tempering")
    with pytest.raises(InvalidIdentifier, match=r"no template 'aneal'. Did you mean anneal\?"):
        get_template(asker, resources, "aneal")
    with pytest.raises(RecordNotFound):
        get_template(ANONYMOUS, resources, powder.record.pid)


def test_a_form_of_the_wrong_kind_or_with_wrong_values_is_refused(asker: Asker, resources: Resources) -> None:
    define_template(asker, resources, ANNEAL)
    with pytest.raises(InvalidValue, match="is for a process"):
        register_sample(asker, resources, Sample(name="A"), form=Form(template="anneal", values={}))
    with pytest.raises(InvalidValue, match=r"temperature: 2000 degC is too high.*hold"):
        record_process(
            asker,
            resources,
            Process(name="run"),
            template="anneal",
            meant={"temperature": "2000 degC", "hold": "-1 h"},
        )
    assert not [t for t in list_templates(asker, resources) if t.record.version > 1]


def test_a_sample_is_registered_changed_and_divided(asker: Asker, resources: Resources) -> None:
    define_template(asker, resources, POWDER)
    form = Form(template="powder", values={"particle_size": "5.0(3) um"})
    batch = register_sample(asker, resources, Sample(name="batch 7", formula="LiCoO2"), form=form)
    assert sample_of(batch).values["particle_size"]["uncertainty"]["value"] == pytest.approx(0.3)
    moved = change_sample(asker, resources, batch.pid, {"location": "Room 3, box 2"}, expected=1)
    assert (moved.version, sample_of(moved).composition["O"]) == (2, pytest.approx(0.5))
    with pytest.raises(Conflict):
        change_sample(asker, resources, batch.pid, {"location": "elsewhere"}, expected=1)
    with pytest.raises(InvalidValue, match="stay as it is"):
        change_sample(asker, resources, batch.pid, {"location": "Room 3, box 2"})
    pieces = divide_sample(asker, resources, batch.pid, ["7-1", "7-2"], uses_up=True)
    assert [sample_of(piece).formula for piece in pieces] == ["LiCoO2", "LiCoO2"]
    shown = show(asker, resources, batch.pid)
    assert shown.record.document["state"] == SampleState.CONSUMED
    assert {(tie.predicate, tie.outgoing, tie.other.title) for tie in shown.ties} == {
        ("part_of", False, "7-1"),
        ("part_of", False, "7-2"),
    }
    assert show(asker, resources, pieces[0].pid).composition["Li"] == pytest.approx(0.25)
    with pytest.raises(InvalidValue, match="consumed"):
        divide_sample(asker, resources, batch.pid, ["7-3"])
    with pytest.raises(Conflict):
        divide_sample(asker, resources, pieces[0].pid, ["7-2"])


def test_a_changed_formula_changes_the_composition(asker: Asker, resources: Resources) -> None:
    record = register_sample(asker, resources, Sample(name="A", formula="TiO2"))
    changed = change_sample(asker, resources, record.pid, {"formula": "SiO2"})
    assert show(asker, resources, changed.pid).composition == {"Si": pytest.approx(1 / 3), "O": pytest.approx(2 / 3)}
    with pytest.raises(InvalidValue):
        change_sample(asker, resources, record.pid, {"formula": "not a formula"})
    with pytest.raises(InvalidValue):
        change_sample(asker, resources, record.pid, {"state": "eaten"})


def test_samples_are_combined(asker: Asker, resources: Resources) -> None:
    parts = [
        register_sample(asker, resources, Sample(name=name, hazards=hazards)).pid
        for name, hazards in (("cathode", ("H351",)), ("anode", ()), ("electrolyte", ("H225", "H351")))
    ]
    cell = combine_samples(asker, resources, parts, "cell 1")
    assert sample_of(cell).hazards == ("H351", "H225")
    assert {tie.predicate for tie in show(asker, resources, cell.pid).ties} == {"derived_from"}
    with pytest.raises(InvalidValue, match="consumed"):
        combine_samples(asker, resources, parts, "cell 2")
    with pytest.raises(InvalidValue, match="two different"):
        combine_samples(asker, resources, [cell.pid, cell.pid], "cell 3")


def test_a_process_takes_samples_and_gives_new_ones(asker: Asker, resources: Resources) -> None:
    define_template(asker, resources, ANNEAL)
    batch = register_sample(asker, resources, Sample(name="batch", formula="TiO2"))
    recorded = record_process(
        asker,
        resources,
        Process(name="run 1", started_at="2026-11-26T09:00+09:00", ended_at="2026-11-26T17:00+09:00"),
        template="anneal",
        meant={"temperature": "600 degC", "hold": "4 h"},
        done={"temperature": "607 ± 3 degC"},
        inputs=[batch.pid],
        outputs=[Sample(name="A600")],
    )
    assert process_of(recorded.process).done["temperature"]["value"] == 607
    made = show(asker, resources, recorded.outputs[0].pid)
    assert {(tie.predicate, tie.other.title) for tie in made.ties} == {("made_by", "run 1"), ("derived_from", "batch")}
    assert made.composition["Ti"] == pytest.approx(1 / 3)
    ties = show(asker, resources, recorded.process.pid).ties
    assert {(t.predicate, t.outgoing, t.other.title) for t in ties} == {
        (Predicate.USED.value, True, "batch"),
        (Predicate.MADE_BY.value, False, "A600"),
    }


def test_a_planned_process_is_carried_out(asker: Asker, resources: Resources) -> None:
    define_template(asker, resources, ANNEAL)
    planned = Process(name="run", state=ProcessState.PLANNED)
    with pytest.raises(InvalidValue, match="planned"):
        record_process(asker, resources, planned, outputs=[Sample(name="A")])
    record = record_process(asker, resources, planned, template="anneal", meant={"temperature": 700}).process
    with pytest.raises(InvalidValue, match="planned"):
        change_process(asker, resources, record.pid, {}, done={"temperature": "705 degC"})
    carried_out = change_process(asker, resources, record.pid, {"state": "done"}, done={"temperature": "705 degC"})
    assert process_of(carried_out).meant["temperature"] == {"value": 700.0, "unit": "degC"}
    assert process_of(carried_out).done["temperature"] == {"value": 705.0, "unit": "degC"}
    with pytest.raises(InvalidValue, match="ends before it starts"):
        change_process(asker, resources, record.pid, {"started_at": "2026-11-26T09:00", "ended_at": "2026-11-25T09:00"})


def test_alloys_and_analyses_give_the_elements(asker: Asker, resources: Resources) -> None:
    alloy = register_sample(asker, resources, Sample(name="Ti64", formula="Ti-6Al-4V (mass%)"))
    assert sample_of(alloy).composition["Al"] == pytest.approx(0.102, abs=5e-4)
    unnamed = register_sample(asker, resources, Sample(name="ingot"))
    found = composition_of("Fe 98.6 %, C 0.2 %, Mn 1.2 % (mass%)", stated=Stated.MEASURED)
    analysed = change_sample(asker, resources, unnamed.pid, {"measured": [to_json(found)]})
    assert sample_of(analysed).measured == (found,)
    assert show(asker, resources, unnamed.pid).composition["C"] == pytest.approx(0.0092, abs=3e-4)
    with pytest.raises(InvalidValue, match="as nominal"):
        change_sample(asker, resources, unnamed.pid, {"nominal": to_json(found)})


def test_all_that_is_wrong_with_a_process_is_told_at_once(asker: Asker, resources: Resources) -> None:
    define_template(asker, resources, ANNEAL)
    with pytest.raises(InvalidForm) as refused:
        record_process(
            asker,
            resources,
            Process(name="run"),
            template="anneal",
            meant={"hold": "-1 h"},
            done={"temperature": "5 m", "hold": "2 h"},
        )
    assert set(refused.value.places) == {"meant.temperature", "meant.hold", "done.temperature"}


def test_all_that_is_wrong_with_a_sample_is_told_at_once(asker: Asker, resources: Resources) -> None:
    define_template(asker, resources, POWDER)
    form = Form(template="powder", values={"particle_size": "-1 um", "colour": "red"})
    with pytest.raises(InvalidForm) as refused:
        register_sample(asker, resources, Sample(name="S", formula="Xx2O"), form=form)
    assert set(refused.value.places) == {"formula", "values.particle_size", "values.colour"}
