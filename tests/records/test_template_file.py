from __future__ import annotations

import json

import pytest
from hypothesis import given

from kiban.errors import InvalidValue
from kiban.records.standard_structures import load, names
from kiban.records.template import Template
from kiban.records.template_file import read_template, template_as_json
from kiban.testing.template_strategies import templates


@given(template=templates())
def test_a_template_survives_the_trip_through_a_file(template: Template) -> None:
    assert read_template(json.dumps(template_as_json(template), ensure_ascii=False)) == template


@pytest.mark.parametrize("name", names())
def test_so_does_every_structure_of_the_library(name: str) -> None:
    assert read_template(json.dumps(template_as_json(load(name)))) == load(name)


def test_what_says_nothing_is_left_out_and_what_says_no_is_kept() -> None:
    field = {"key": "closed", "kind": "truth", "default": False}
    bounded = {"key": "n", "kind": "number", "minimum": 0, "default": 0}
    said = {"name": "a", "label": {"ja": "甲"}, "applies_to": "sample", "fields": [field, bounded]}
    assert template_as_json(read_template(json.dumps(said))) == said


def _with(field: dict[str, object]) -> str:
    return json.dumps({"name": "a", "label": {"en": "A"}, "applies_to": "sample", "fields": [field]})


@pytest.mark.parametrize(
    ("text", "fault", "mend"),
    [
        (_with({"key": "k", "kind": "text", "unti": "m"}), "Field 'k' of the template has 'unti'", "'unit'"),
        (_with({"key": "k", "kind": "text", "label": "K"}), "'label' of field 'k' of the template is 'K'", "object"),
        (
            _with({"key": "k", "kind": "group", "fields": [{"key": "m", "labels": {}}]}),
            "Field 'm' of field 'k'",
            "label",
        ),
        (_with({"key": "k", "kind": "choice", "options": [{"name": "a"}]}), "Option 1 of field 'k'", "key"),
        (_with({"key": "k", "kind": "choice", "options": {"a": "b"}}), "'options' of field 'k'", "list"),
        (_with({"key": "K", "kind": "text"}), "'K' cannot be the key", "lower-case"),
        (_with({"key": "k", "kind": "text", "minimum": 1}), "'k' is a text with 'minimum'", "number"),
        (_with({"kind": "text"}), "key", "reference"),
        ('{"name": "a"\n"label": 1}', "line 2, column 1", "JSON"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place_and_the_way_out(text: str, fault: str, mend: str) -> None:
    with pytest.raises(InvalidValue, match=fault) as refused:
        read_template(text)
    assert mend in refused.value.mend or mend in refused.value.fault
