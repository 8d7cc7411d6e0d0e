"""Structures that Kiban brings: taken on their page, kept as they are by the editor, filled in by form and sheet."""

from __future__ import annotations

import io
import re
from urllib.parse import urlencode

import openpyxl
import pytest

from kiban.operations.standard_structures import adopt
from kiban.platform import local_asker
from kiban.records.record import RecordKind
from kiban.records.standard_structures import load, names
from kiban.records.template_change import changes
from kiban.standards.template_sheet import write_sheet
from kiban.web.form_data import tree
from kiban.web.template_form import template_of, typed_template

from .conftest import Program
from .test_page_templates import pairs

FORMS = {RecordKind.SAMPLE: "/samples/new", RecordKind.PROCESS: "/processes/new"}


@pytest.mark.parametrize("name", names())
def test_the_editor_and_the_spreadsheet_have_a_place_for_all_of_it(name: str) -> None:
    template = load(name)
    built = template_of(tree(pairs(typed_template(template))), template)
    assert built.problems == {}
    assert built.template is not None
    assert changes(template, built.template) == ()
    if template.applies_to in FORMS:
        for language in ("en", "ja"):
            content = write_sheet(template, identifier="kb:7Q4M-2KXD-98", version=1, language=language)
            assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames


def test_they_are_taken_on_their_page_and_shown_with_forms(empty: Program) -> None:
    page = empty.get("/templates/library").text
    wanted = [name for name in names() if load(name).applies_to in FORMS]
    ticked = [(key, name) for key, name in re.findall(r'name="(names\.\d+)" value="([^"]+)"', page) if name in wanted]
    assert len(ticked) == len(wanted)
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = empty.ask("POST", "/templates/library", content=urlencode(ticked), headers=headers)
    assert answer.status_code == 303
    text = empty.get("/templates?lang=ja").text
    pids = re.findall(r'<h3><a href="/templates/(kb:[^"]+)"', text)
    assert len(pids) == len(wanted)
    for pid in pids:
        kind = re.search(r'href="(/(?:samples|processes)/new)\?template=', empty.get(f"/templates/{pid}").text)
        assert kind is not None
        for address in (f"{kind[1]}?template={pid}", f"/templates/{pid}/edit"):
            assert empty.get(address).status_code == 200, address
    assert not [
        name
        for _, name in re.findall(r'name="(names\.\d+)" value="([^"]+)"', empty.get("/templates/library").text)
        if name in wanted
    ]


def test_nothing_ticked_is_told_and_what_is_changed_is_left(empty: Program) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert empty.ask("POST", "/templates/library", content=b"", headers=headers).status_code == 422
    adopt(local_asker(empty.resources), empty.resources, [names()[0]])
    assert "taken" in empty.get("/templates/library").text
