"""Structures of the library in a project: taken, brought up to date, and left alone where somebody changed them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiban.errors import Conflict, InvalidValue, Refused
from kiban.operations import standard_structures
from kiban.operations.import_template import import_template
from kiban.operations.processes import record_process
from kiban.operations.resources import Resources
from kiban.operations.samples import Form, register_sample
from kiban.operations.standard_structures import Standing, adopt, list_structures
from kiban.operations.templates import Kept, define_template, get_template, list_templates, revise_template
from kiban.records import standard_structures as library
from kiban.records.document import to_json
from kiban.records.field import Field, FieldKind, Label
from kiban.records.party import Asker
from kiban.records.process import Process
from kiban.records.record import RecordKind
from kiban.records.sample import Sample
from kiban.records.template import Template
from kiban.records.template_change import What

COLOUR = Field(key="colour", kind=FieldKind.TEXT, label=Label(en="Colour", ja="色"))


def standing(asker: Asker, resources: Resources, name: str) -> Standing:
    [found] = [each for each in list_structures(asker, resources) if each.template.name == name]
    return found.standing


def ship(monkeypatch: pytest.MonkeyPatch, name: str, later: Template) -> None:
    """Let the library have another version of a structure, as a later version of Kiban would."""
    came = library.Origin(name="kiban", structure=name, version="9.9.9", digest=library.digest(later))
    later = replace(later, extra={"library": to_json(came)})
    monkeypatch.setattr(standard_structures, "load", lambda wanted: later if wanted == name else library.load(wanted))


def test_structures_are_taken_by_name_and_used(asker: Asker, resources: Resources) -> None:
    assert {each.standing for each in list_structures(asker, resources)} == {Standing.ABSENT}
    film, spin = adopt(asker, resources, ["film", "spin_coating"])
    assert (film.done, spin.done) == ("defined", "defined")
    assert standing(asker, resources, "film") is Standing.CURRENT
    values = {
        "substrate": {"material": "Si", "orientation": "(001)"},
        "layers": [{"material": "TiO2", "thickness": "52.0(5) nm"}],
    }
    sample = register_sample(asker, resources, Sample(name="F1"), form=Form(template="film", values=values))
    ink = register_sample(asker, resources, Sample(name="ink"))
    run = record_process(
        asker,
        resources,
        Process(name="run 1"),
        template="spin_coating",
        meant={"solution": ink.pid, "steps": [{"speed": "3000 rpm", "time": "30 s"}]},
        done={"thickness": "55 nm"},
        inputs=[sample.pid],
    )
    assert run.process.document["template"]["name"] == "spin_coating"
    [again] = adopt(asker, resources, ["film"])
    assert (again.done, again.kept and again.kept.record.version) == ("left", 1)


def test_all_are_taken_at_once_and_once(asker: Asker, resources: Resources) -> None:
    taken = adopt(asker, resources)
    assert {each.done for each in taken} == {"defined"}
    assert [kept.template.name for kept in list_templates(asker, resources)] == sorted(library.names())
    assert {each.done for each in adopt(asker, resources, update=True)} == {"left"}


def test_a_later_version_is_offered_and_taken_only_when_wanted(
    asker: Asker, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    adopt(asker, resources, ["powder"])
    later = library.load("powder")
    ship(monkeypatch, "powder", replace(later, fields=(*later.fields, COLOUR)))
    [offered] = [each for each in list_structures(asker, resources) if each.template.name == "powder"]
    assert offered.standing is Standing.OUTDATED
    assert [(change.what, change.path) for change in offered.changes] == [(What.ADDED, ("colour",))]
    [left] = adopt(asker, resources, ["powder"])
    assert (left.done, get_template(asker, resources, "powder").record.version) == ("left", 1)
    [revised] = adopt(asker, resources, ["powder"], update=True)
    kept = get_template(asker, resources, "powder")
    assert revised.done == "revised"
    assert (kept.record.version, kept.template.fields[-1], kept.template.note) == (2, COLOUR, "As Kiban 9.9.9 has it.")
    assert get_template(asker, resources, "powder", version=1).template == later
    assert standing(asker, resources, "powder") is Standing.CURRENT


def test_what_was_changed_here_is_never_overwritten(
    asker: Asker, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    adopt(asker, resources, ["powder", "film"])
    ours = library.load("powder")
    mine = revise_template(asker, resources, "powder", replace(ours, fields=(*ours.fields, COLOUR), note="colour"))
    assert standing(asker, resources, "powder") is Standing.CHANGED
    ship(monkeypatch, "powder", replace(ours, fields=ours.fields[1:]))
    with pytest.raises(Conflict, match="changed here"):
        adopt(asker, resources, ["bulk", "powder"], update=True)
    assert standing(asker, resources, "bulk") is Standing.ABSENT
    done = {each.structure.template.name: each.done for each in adopt(asker, resources, update=True)}
    assert (done["powder"], done["film"], done["bulk"]) == ("left", "left", "defined")
    assert get_template(asker, resources, "powder").template == mine.after.template


def test_a_change_that_was_taken_back_makes_it_the_library_s_again(asker: Asker, resources: Resources) -> None:
    adopt(asker, resources, ["powder"])
    ours = library.load("powder")
    revise_template(asker, resources, "powder", replace(ours, fields=ours.fields[1:]))
    revise_template(asker, resources, "powder", replace(ours, note="taken back"))
    assert standing(asker, resources, "powder") is Standing.CURRENT


def test_a_template_of_one_s_own_keeps_its_name(asker: Asker, resources: Resources) -> None:
    own = Template(name="film", label=Label(en="My film"), applies_to=RecordKind.SAMPLE, fields=(COLOUR,))
    kept: Kept = define_template(asker, resources, own)
    assert standing(asker, resources, "film") is Standing.TAKEN
    with pytest.raises(Conflict, match=kept.record.pid):
        adopt(asker, resources, ["film"])
    adopt(asker, resources)
    assert get_template(asker, resources, "film").template == own
    with pytest.raises(InvalidValue, match="no structure 'foam'"):
        adopt(asker, resources, ["bulk", "foam"])


def test_files_of_another_system_do_not_overwrite_what_was_taken(asker: Asker, resources: Resources) -> None:
    adopt(asker, resources, ["film"])
    theirs = Template(
        name="film", label=Label(en="F"), applies_to=RecordKind.SAMPLE, fields=(COLOUR,), extra={"rde": {"files": {}}}
    )
    with pytest.raises(Refused):
        import_template(asker, resources, lambda _earlier: theirs)
    assert get_template(asker, resources, "film").template == library.load("film")


def test_a_renamed_one_is_known_by_where_it_came_from(asker: Asker, resources: Resources) -> None:
    adopt(asker, resources, ["film"])
    revise_template(asker, resources, "film", replace(library.load("film"), name="thin layer"))
    assert standing(asker, resources, "film") is Standing.CHANGED
    done = {each.structure.template.name: each.done for each in adopt(asker, resources)}
    assert done["film"] == "left"
