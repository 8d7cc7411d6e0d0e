"""Each structure of the library is a sound template that people of both languages can fill in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiban.errors import InvalidValue
from kiban.readers.recognise import readers
from kiban.records.document import from_json, to_json
from kiban.records.field import Field, FieldKind, Label, Need, walk
from kiban.records.filled import fill
from kiban.records.record import RecordKind
from kiban.records.standard_structures import digest, load, names, origin
from kiban.records.technique import TECHNIQUES
from kiban.records.template import Template
from kiban.standards.qudt_units import unit_iri
from kiban.testing.template_strategies import filled_values

_JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠々]")
# Symbols and names that are the same in both languages.
_SAME = re.compile(r"[A-Z0-9a-zζφρλΔ/ ().・-]{1,24}")
CHMO = {
    # The label in the ontology's own file (chmo.obo of rsc-ontologies/rsc-cmo), by number.
    "0001311": "atomic layer deposition",
    "0001314": "chemical vapour deposition",
    "0001315": "aerosol-assisted chemical vapour deposition",
    "0001316": "atmospheric-pressure chemical vapour deposition",
    "0001319": "hot wire chemical vapour deposition",
    "0001322": "low-pressure chemical vapour deposition",
    "0001324": "metal-organic chemical vapour deposition",
    "0001325": "plasma-assisted chemical vapour deposition",
    "0001364": "sputter deposition",
    "0001367": "ion-beam sputter deposition",
    "0001369": "high power impulse magnetron sputter deposition",
    "0001370": "radio frequency sputter deposition",
    "0001377": "hydrothermal synthesis",
    "0001378": "infiltration",
    "0001429": "compression moulding",
    "0001430": "injection moulding",
    "0001464": "ageing",
    "0001465": "annealing",
    "0001467": "calcination",
    "0001472": "spin coating",
    "0001480": "curing",
    "0001481": "electron beam curing",
    "0001482": "photochemical curing",
    "0001483": "thermal curing",
    "0001652": "grinding",
    "0001654": "ball milling",
    "0001659": "electrospray ionisation",
    "0001669": "chemical ionisation",
    "0001674": "hot isostatic pressing",
    "0001685": "mixing",
    "0001701": "sintering",
    "0001704": "pressureless sintering",
    "0001706": "spark plasma sintering",
    "0002330": "thermal chemical vapour deposition",
    "0002879": "certified reference material",
    "0002913": "reference material",
}
OTHERS = {
    # As rdfs:label in the ontology's own file (pmdco-manufacturing.owl of materialdigital/core-ontology).
    "https://w3id.org/pmd/co/PMD_0000779": "heat treatment",
}
QUANTITY_KINDS = {
    # Kinds of QUDT, with the units that say the same quantity.
    "Diameter": {"mm", "um"},
    "DynamicViscosity": {"Pa*s", "mPa*s"},
    "ElectricCurrent": {"A", "mA", "nA"},
    "Mass": {"g", "mg"},
    "MassDensity": {"g/cm**3"},
    "MassFraction": {"percent"},
    "MolarMass": {"g/mol"},
    "Power": {"W"},
    "Pressure": {"Pa", "kPa", "MPa", "GPa"},
    "Temperature": {"degC"},
    "Thickness": {"nm", "um", "mm"},
    "Time": {"s", "min", "h"},
    "Voltage": {"V"},
    "VolumeFraction": {"percent"},
}
WITHOUT_QUDT_UNIT = {
    # No unit of that name is in our table of QUDT: nothing is claimed of them.
    "1/s", "J/mm**3", "K/s", "Pa*s", "eV/angstrom", "g/mol", "m**2/g", "m/min", "mJ/cm**2", "mPa*s", "mW/cm**2",
    "meV", "mg/cm**2", "mg/mL", "mm/s", "nm/min", "uL",
}  # fmt: skip


def _labels(template: Template) -> Iterator[tuple[str, Label]]:
    yield "the template", template.label
    yield "its description", template.description
    for path, field in walk(template.fields):
        place = ".".join(path)
        yield place, field.label
        yield f"help of {place}", field.help
        yield from ((f"{place}={option.key}", option.label) for option in field.options)


def test_the_library_has_what_laboratories_start_with() -> None:
    kinds = [load(name).applies_to for name in names()]
    assert kinds == sorted(kinds, key=[RecordKind.SAMPLE, RecordKind.PROCESS, RecordKind.MEASUREMENT].index)
    assert {"bulk", "film", "powder", "solution", "device", "battery_cell", "polymer", "composite"} <= set(names())
    assert {"weighing_and_mixing", "heat_treatment", "sputtering", "cell_assembly", "simulation_run"} <= set(names())


def test_every_technique_that_is_read_from_files_has_its_structure() -> None:
    read = {key for reader in readers() for key in reader.techniques if type(reader).__module__.startswith("kiban.")}
    described = [key for name in names() for key in load(name).techniques]
    assert len(described) == len(set(described))
    assert read - set(described) == set()
    for key in described:
        template = load(key)
        assert (template.label.en, template.label.ja) == (TECHNIQUES[key].en, TECHNIQUES[key].ja)
        assert template.iri == (TECHNIQUES[key].iri or "")


@pytest.mark.parametrize("name", names())
def test_a_structure_survives_the_trip_to_json_and_knows_where_it_is_from(name: str) -> None:
    template = load(name)
    assert template.name == name
    assert from_json(json.loads(json.dumps(to_json(template))), Template) == template
    came = origin(template)
    assert came is not None
    assert (came.structure, came.digest) == (name, digest(template))


@pytest.mark.parametrize("name", names())
def test_everything_is_said_in_english_and_japanese(name: str) -> None:
    for place, label in _labels(load(name)):
        assert label.en.strip(), place
        assert label.ja.strip(), place
        assert not _JAPANESE.search(label.en), f"{place}: {label.en}"
        assert _JAPANESE.search(label.ja) or _SAME.fullmatch(label.ja), f"{place}: {label.ja}"
    for path, field in walk(load(name).fields):
        assert field.help.en[-1] in ".?", f"{path}: {field.help.en}"


@pytest.mark.parametrize("name", names())
def test_no_two_places_side_by_side_are_called_the_same(name: str) -> None:
    template = load(name)
    for fields in [template.fields, *(field.fields for _, field in walk(template.fields))]:
        for said in ("en", "ja"):
            labels = [getattr(field.label, said) for field in fields]
            assert len(set(labels)) == len(labels), labels
    for path, field in walk(template.fields):
        for said in ("en", "ja"):
            labels = [getattr(option.label, said) for option in field.options]
            assert len(set(labels)) == len(labels), f"{path}: {labels}"


@pytest.mark.parametrize("name", names())
def test_needs_are_such_that_a_person_can_meet_them(name: str) -> None:
    template = load(name)
    leaves = [field for _, field in walk(template.fields) if not field.fields]
    needed = [field for field in template.fields if field.need is Need.REQUIRED]
    assert 8 <= len(leaves) <= 40
    assert 4 <= len(template.fields) <= 25
    assert len(needed) <= 7, [field.key for field in needed]
    for _, field in walk(template.fields):
        if field.kind is FieldKind.GROUP and field.need is Need.REQUIRED:
            assert any(part.need is not Need.OPTIONAL for part in field.fields), field.key
        if field.kind is FieldKind.TABLE:
            assert any(part.need is Need.REQUIRED for part in field.fields), f"{field.key}: an empty row would do"


@pytest.mark.parametrize("name", names())
def test_units_are_known_and_terms_are_those_of_the_vocabularies(name: str) -> None:
    template = load(name)
    for iri in [template.iri, *(option.iri for _, field in walk(template.fields) for option in field.options)]:
        if iri and iri not in OTHERS and name not in TECHNIQUES:
            assert iri.removeprefix("http://purl.obolibrary.org/obo/CHMO_") in CHMO, iri
    for path, field in walk(template.fields):
        if field.kind is FieldKind.QUANTITY:
            assert field.unit, path
            assert (unit_iri(field.unit) is None) == (field.unit in WITHOUT_QUDT_UNIT), field.unit
        if field.iri:
            kind = field.iri.removeprefix("http://qudt.org/vocab/quantitykind/")
            assert field.unit in QUANTITY_KINDS[kind], f"{path}: {kind} in {field.unit}"


@pytest.mark.parametrize("name", names())
def test_bounds_leave_room_for_real_values(name: str) -> None:
    for path, field in walk(load(name).fields):
        if field.unit == "percent" and field.maximum is not None:
            assert field.maximum == 100, path
        if field.unit in {"K", "degC"} and field.minimum is not None:
            assert field.minimum <= 0, path


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_values_that_fit_are_taken_and_come_back_the_same(data: st.DataObject) -> None:
    template = load(data.draw(st.sampled_from(names())))
    filled = fill(template.fields, data.draw(filled_values(template)))
    assert filled.problems == ()
    assert fill(template.fields, filled.values).values == filled.values


def test_a_heat_treatment_is_written_as_in_the_laboratory_book() -> None:
    steps = [{"ramp": "5 K/min", "temperature": "600 degC", "hold": "4 h"}, {"temperature": "25 degC", "hold": "0 h"}]
    values = fill(load("heat_treatment").fields, {"steps": steps, "cooling": "炉冷"}).sound()
    assert values["cooling"] == "furnace"
    assert values["steps"][0]["hold"] == {"value": 4.0, "unit": "h"}
    with pytest.raises(InvalidValue, match=r"steps\[1\]\.hold"):
        fill(load("heat_treatment").fields, {"steps": [{"temperature": "600 degC", "hold": "-1 h"}]}).sound()


def test_every_shared_field_is_used_and_every_file_is_a_structure() -> None:
    folder = files("kiban.records").joinpath("structures")
    shared = set(json.loads(folder.joinpath("shared.json").read_text(encoding="utf-8")))

    def used(fields: list[dict[str, Any]]) -> Iterator[str]:
        for field in fields:
            if "shared" in field:
                yield field["shared"]
            yield from used(field.get("fields", []))

    found: set[str] = set()
    n_files = 0
    for kind in ("sample", "process", "measurement"):
        for file in folder.joinpath(kind).iterdir():
            document = json.loads(file.read_text(encoding="utf-8"))
            assert (document["name"], document["applies_to"]) == (file.name.removesuffix(".json"), kind)
            found |= set(used(document["fields"]))
            n_files += 1
    in_shared = set(used(list(json.loads(folder.joinpath("shared.json").read_text(encoding="utf-8")).values())))
    assert shared == found | in_shared
    assert n_files == len(names())


def test_a_digest_tells_templates_apart_and_not_their_notes() -> None:
    from dataclasses import replace

    film = load("film")
    assert digest(replace(film, note="x", extra={})) == digest(film)
    more = (*film.fields, Field(key="colour", kind=FieldKind.TEXT))
    assert digest(replace(film, fields=more)) != digest(film)
    assert origin(replace(film, extra={})) is None
    with pytest.raises(InvalidValue, match="no structure 'foam'"):
        load("foam")
