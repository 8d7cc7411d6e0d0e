"""Definitions of RDE as templates and back."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import DamagedFile, LimitExceeded
from kiban.records.document import from_json, to_json
from kiban.records.field import Field, FieldKind, Label, Need
from kiban.records.record import RecordKind
from kiban.records.template import Template
from kiban.standards.rde_names import keys_for, known_names
from kiban.standards.rde_template import read_template
from kiban.standards.rde_template_export import write_template
from kiban.testing.rde_examples import CUSTOM, GENERAL, SCHEMA, SPECIFIC, definitions
from kiban.testing.template_strategies import templates


def group(template: Template, written: str) -> dict[str, Field]:
    found = next(each for each in template.fields if each.written == written)
    return {each.written: each for each in found.fields}


@pytest.fixture(name="annealing")
def _annealing() -> Template:
    return read_template(definitions(), name="folder")


def written_back(template: Template) -> tuple[dict[str, Any], list[str]]:
    losses: list[str] = []
    return json.loads(write_template(template, losses)["invoice.schema.json"]), losses


def test_names_labels_and_groups(annealing: Template) -> None:
    assert annealing.name == "annealing_v1.2"
    assert annealing.label == Label(en="Annealing v1.2", ja="焼鈍 v1.2")
    assert annealing.description == Label(ja="焼鈍のテンプレート")
    assert annealing.applies_to is RecordKind.MEASUREMENT
    assert [each.written for each in annealing.fields] == ["basic", "custom", "sample", "meta", "variable", "catalog"]
    custom = next(each for each in annealing.fields if each.written == "custom")
    assert custom.label == Label(en="Annealing", ja="焼鈍")
    assert custom.need is Need.REQUIRED
    assert [each.written for each in custom.fields] == list(CUSTOM)


def test_every_kind_of_entry(annealing: Template) -> None:
    custom = group(annealing, "custom")
    temperature = custom["anneal_T"]
    assert (temperature.kind, temperature.unit, temperature.need) == (FieldKind.QUANTITY, "K", Need.REQUIRED)
    assert (temperature.minimum, temperature.maximum, temperature.excludes_maximum) == (0, 2000, True)
    assert not temperature.excludes_minimum
    assert temperature.extra["x-lab"] == {"b": 1, "a": [None, 1.5]}
    assert (custom["cycles"].kind, custom["cycles"].is_whole, custom["cycles"].default) == (FieldKind.NUMBER, True, 3)
    assert [option.key for option in custom["雰囲気"].options] == ["Ar", "N2", "真空"]
    assert [option.key for option in custom["grade"].options] == ["1", "2", "2.5"]
    assert (custom["is_dry"].kind, custom["is_dry"].default) == (FieldKind.TRUTH, False)
    assert custom["made_on"].kind is FieldKind.DATE
    assert (custom["note"].shortest, custom["note"].longest, custom["note"].help) == (1, 40, Label(ja="自由記述"))
    # A unit that nobody here knows stays with its entry; the number goes without.
    assert (custom["odd_unit"].kind, custom["odd_unit"].unit) == (FieldKind.NUMBER, "")
    assert custom["link"].extra["pattern"] == "^(a+)+$"


def test_samples_metadata_and_catalogue(annealing: Template) -> None:
    sample = group(annealing, "sample")
    assert [each.written for each in sample["generalAttributes"].fields] == [GENERAL]
    assert sample["specificAttributes"].fields[0].written.endswith(f"/{SPECIFIC}")
    meta = group(annealing, "meta")
    assert meta["xrd_wavelength"].unit == "angstrom"
    assert meta["xrd_wavelength"].iri == "https://example.org/terms/wavelength"
    assert meta["xrd_wavelength"].extra["_feature"] is True
    assert meta["peaks"].many
    assert list(group(annealing, "variable")) == ["scan_T", "taken"]
    catalog = group(annealing, "catalog")
    assert catalog["Dataset Title"].key == "dataset_title"
    assert catalog["Dataset Title"].need is Need.REQUIRED


def test_names_that_are_no_keys_get_some_that_stay() -> None:
    first = read_template(definitions(), name="x")
    keys = {written: each.key for written, each in group(first, "custom").items()}
    assert keys["anneal_T"] == "anneal_t"
    assert {keys["hold time"], keys["Hold-Time"]} > {"hold_time"}
    assert keys["雰囲気"].startswith("field_")
    turned = deepcopy(SCHEMA)
    properties = turned["properties"]["custom"]["properties"]
    turned["properties"]["custom"]["properties"] = dict(reversed(properties.items()))
    again = read_template(definitions(schema=turned), name="x", known=known_names([first]))
    assert {written: each.key for written, each in group(again, "custom").items()} == keys


@given(st.lists(st.text(min_size=1, max_size=80), unique=True, max_size=30))
def test_any_names_get_different_keys_that_do_not_depend_on_others_that_are_known(names: list[str]) -> None:
    found = keys_for(names, (), known_names([]))
    assert list(found) == names
    assert len({key for key, _ in found.values()}) == len(names)
    for key, _ in found.values():
        Field(key=key, kind=FieldKind.TEXT)
    for name in names:
        if all(c in "abcdefghijklmnopqrstuvwxyz" for c in name) and len(name) <= 64:
            assert found[name][0] == name


def test_what_was_not_changed_leaves_byte_for_byte(annealing: Template) -> None:
    kept = from_json(json.loads(json.dumps(to_json(annealing))), Template)
    losses: list[str] = []
    assert write_template(kept, losses) == definitions()
    assert losses == []


@pytest.mark.parametrize("part", ["metadata", "catalog"])
def test_a_folder_without_one_of_them(part: str) -> None:
    files = definitions(**{part: None})
    assert write_template(read_template(files, name="x"), []) == files


def test_files_of_any_kind_go_along() -> None:
    files = definitions() | {"jobs.template.yaml": "名前: 試し\r\n".encode(), "form.json": b"\xff\x00\x01"}
    assert write_template(read_template(files, name="x"), []) == files


def test_only_what_was_changed_is_written_anew(annealing: Template) -> None:
    custom = next(each for each in annealing.fields if each.written == "custom")
    changed = []
    for each in custom.fields:
        match each.written:
            case "anneal_T":
                each = replace(each, key="temperature", origin=each.key, maximum=1500.0, excludes_maximum=False)
            case "note":
                each = replace(each, need=Need.REQUIRED, label=Label(en="Remark", ja="備考"))
            case "cycles":
                continue
        changed.append(each)
    changed.append(Field(key="pressure", kind=FieldKind.QUANTITY, unit="Pa", minimum=0.5, label=Label(en="Pressure")))
    new = replace(custom, fields=tuple(changed))
    template = replace(annealing, fields=tuple(new if f is custom else f for f in annealing.fields))
    schema, losses = written_back(template)
    expected = deepcopy(SCHEMA)
    entries = expected["properties"]["custom"]["properties"]
    del entries["cycles"], entries["anneal_T"]["exclusiveMaximum"]
    entries["anneal_T"]["maximum"] = 1500
    entries["note"]["label"] = {"ja": "備考", "en": "Remark"}
    entries["pressure"] = {
        "label": {"ja": "Pressure", "en": "Pressure"}, "type": "number", "options": {"unit": "Pa"},
    }  # fmt: skip
    expected["properties"]["custom"]["required"] = ["anneal_T", "雰囲気", "note"]
    assert schema == expected
    assert list(schema["properties"]["custom"]["properties"]) == list(entries)
    assert list(schema["properties"]["custom"]["properties"]["anneal_T"])[:3] == ["label", "type", "minimum"]
    assert losses == ["The minimum 0.5 of pressure is left out: RDE takes whole numbers there."]
    others = write_template(template, [])
    assert {n: c for n, c in others.items() if n != "invoice.schema.json"} == {
        n: c for n, c in definitions().items() if n != "invoice.schema.json"
    }


def test_a_changed_metadata_entry_keeps_the_rest_of_its_words(annealing: Template) -> None:
    meta = next(each for each in annealing.fields if each.written == "meta")
    first = replace(meta.fields[0], unit="nm", label=Label(en="Wavelength", ja="波長"))
    new = replace(meta, fields=(first, *meta.fields[1:]))
    template = replace(annealing, fields=tuple(new if f is meta else f for f in annealing.fields))
    found = json.loads(write_template(template, [])["metadata-def.json"])
    before = json.loads(definitions()["metadata-def.json"])
    assert found["xrd_wavelength"] == before["xrd_wavelength"] | {
        "unit": "nm", "name": {"ja": "波長", "en": "Wavelength"},
    }  # fmt: skip
    assert {n: e for n, e in found.items() if n != "xrd_wavelength"} == {
        n: e for n, e in before.items() if n != "xrd_wavelength"
    }


@pytest.mark.parametrize("mode", ["mode_invoice", "mode_excelinvoice", "mode_multidatatile"])
def test_real_folders(mode: str, shared: Callable[[str], Path]) -> None:
    folder = shared(f"rde-templates/{mode}/templates")
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    template = read_template(files, name=mode)
    assert template.name == "dataset_template_custom_sample"
    custom = group(template, "custom")
    assert custom["toy_data1"].label == Label(en="toy_data1", ja="トイデータ１")
    assert (custom["toy_data1"].need, custom["sample2"].kind) == (Need.REQUIRED, FieldKind.NUMBER)
    assert group(template, "catalog")["Experimental Apparatus"].key == "experimental_apparatus"
    assert write_template(template, []) == files


@pytest.mark.parametrize(
    ("schema", "fault"),
    [
        (b"{", "no sound JSON"),
        (b"[]", "list where a JSON object"),
        (b'{"a": 1, "a": 2}', "stands there twice"),
        (b'{"properties": {"custom": {"properties": {"a": {"type": "number", "minimum": NaN}}}}}', "NaN is no JSON"),
        (b'{"properties": []}', "'properties' is a list"),
        (b'{"properties": {"custom": {"properties": {"a": 1}}}}', r"custom\.a is a int"),
        (b'{"properties": {"custom": {"properties": {"a": {"type": "object"}}}}}', r"custom\.a is of type object"),
        (
            b'{"properties": {"custom": {"properties": {"a": {"type": "number", "minimum": 2, "maximum": 1}}}}}',
            r"custom\.a: .*lower bound of 2",
        ),
        (b'{"properties": {"sample": {"properties": {"generalAttributes": {"items": [{}]}}}}}', "without a termId"),
        (b"\x8e\x8e\x97\xbf", "not UTF-8"),
        (b"[" * 100_000, "no sound JSON"),
    ],
)
def test_what_is_unsound_is_refused_by_place(schema: bytes, fault: str) -> None:
    with pytest.raises(DamagedFile, match=fault):
        read_template({"invoice.schema.json": schema}, name="x")


def test_what_is_too_large_is_refused() -> None:
    with pytest.raises(LimitExceeded):
        read_template({"invoice.schema.json": b" " * (9 << 20)}, name="x")


def test_without_definitions() -> None:
    with pytest.raises(DamagedFile, match=r"no invoice\.schema\.json"):
        read_template({"metadata-def.json": b"{}"}, name="x")


@given(templates())
def test_templates_that_were_made_here_can_be_read_again(template: Template) -> None:
    losses: list[str] = []
    files = write_template(template, losses)
    again = read_template(files, name="t")
    entries = json.loads(files["invoice.schema.json"])["properties"]["custom"]
    read = group(again, "custom") if entries["properties"] else {}
    leaves = {f.key for f in template.fields if f.kind is not FieldKind.GROUP and not f.many} & set(read)
    for each in template.fields:
        if each.key in leaves:
            found = read[each.key]
            assert found.need is Need.REQUIRED or each.need is not Need.REQUIRED
            assert (found.unit, found.longest) == (each.unit, each.longest)
            assert [o.key for o in found.options] == [o.key for o in each.options]
    assert write_template(again, []) == files
