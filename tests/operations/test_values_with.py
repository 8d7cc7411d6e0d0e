"""Some fields given anew, the others as they are; across versions of the template."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiban.errors import InvalidForm, InvalidValue, RecordNotFound
from kiban.operations.processes import change_process, record_process
from kiban.operations.resources import Resources
from kiban.operations.samples import Form, change_sample, register_sample
from kiban.operations.templates import define_template, revise_template
from kiban.operations.values_with import Given, values_with
from kiban.records.assignment import assignment_of
from kiban.records.field import Field, FieldKind, Label
from kiban.records.party import Asker
from kiban.records.process import Process
from kiban.records.record import RecordKind
from kiban.records.sample import Sample
from kiban.records.template import Template

SIZE = Field(key="size", kind=FieldKind.QUANTITY, unit="um", minimum=0)
NOTE = Field(key="note", kind=FieldKind.TEXT)
SHAPE = Field(key="shape", kind=FieldKind.TEXT)
POWDER = Template(name="powder", label=Label(en="Powder"), applies_to=RecordKind.SAMPLE, fields=(SIZE, NOTE, SHAPE))
ANNEAL = Template(name="anneal", label=Label(en="Anneal"), applies_to=RecordKind.PROCESS, fields=(SIZE, NOTE))


def given(*texts: str, **values: object) -> Given:
    return Given(values=values, assignments=[assignment_of(text) for text in texts])


@pytest.fixture(name="powder")
def _powder(asker: Asker, resources: Resources) -> str:
    define_template(asker, resources, POWDER)
    form = Form(template="powder", values={"size": "5 um", "note": "old", "shape": "round"})
    return register_sample(asker, resources, Sample(name="S"), form=form).pid


def test_the_others_stay(asker: Asker, resources: Resources, powder: str) -> None:
    found = values_with(asker, resources, powder, RecordKind.SAMPLE, {"values": given("size=7 um", note="new")})
    assert found.parts["values"] == {"size": "7 um", "note": "new", "shape": "round"}
    assert found.left_behind == ()
    assert found.record.version == 1


def test_they_are_carried_over_to_the_current_version(asker: Asker, resources: Resources, powder: str) -> None:
    diameter = replace(SIZE, key="diameter", origin="size", maximum=4.0)
    revise_template(asker, resources, "powder", replace(POWDER, fields=(diameter, NOTE)))
    found = values_with(asker, resources, powder, RecordKind.SAMPLE, {"values": given("note=new")})
    assert found.parts["values"]["diameter"] == {"value": 5.0, "unit": "um"}
    assert found.left_behind == ("values.shape",)
    assert found.template is not None
    # What the new version refuses is told, not lost.
    form = Form(template=found.template, values=found.parts["values"])
    with pytest.raises(InvalidForm) as refused:
        change_sample(asker, resources, powder, {}, form=form, expected=found.record.version)
    assert set(refused.value.places) == {"values.diameter"}


def test_another_template_begins_anew(asker: Asker, resources: Resources, powder: str) -> None:
    define_template(asker, resources, replace(POWDER, name="other"))
    found = values_with(asker, resources, powder, RecordKind.SAMPLE, {"values": given("note=x")}, template="other")
    assert found.parts["values"] == {"note": "x"}
    assert found.left_behind == ("values.size", "values.note", "values.shape")


def test_parts_of_a_process_are_apart(asker: Asker, resources: Resources) -> None:
    define_template(asker, resources, ANNEAL)
    run = record_process(
        asker, resources, Process(name="r"), template="anneal", meant={"size": "1 um"}, done={"size": "2 um"}
    ).process
    parts = {"meant": given(), "done": given("size=3 um", "note=x")}
    found = values_with(asker, resources, run.pid, RecordKind.PROCESS, parts)
    assert found.parts["meant"] == {"size": {"value": 1.0, "unit": "um"}}
    changed = change_process(
        asker, resources, run.pid, {}, template=found.template, meant=found.parts["meant"], done=found.parts["done"]
    )
    assert changed.document["done"] == {"size": {"value": 3.0, "unit": "um"}, "note": "x"}


def test_without_a_template_there_is_nothing_to_put_them_into(asker: Asker, resources: Resources) -> None:
    bare = register_sample(asker, resources, Sample(name="bare")).pid
    assert values_with(asker, resources, bare, RecordKind.SAMPLE, {"values": given("a=1")}).template is None
    with pytest.raises(InvalidValue):
        values_with(asker, resources, bare, RecordKind.SAMPLE, {"values": given("a[2]=1")})
    with pytest.raises(RecordNotFound):
        values_with(asker, resources, bare, RecordKind.PROCESS, {})
