"""Rights over REST and on pages."""

from __future__ import annotations

import itertools
import re
from typing import Any
from urllib.parse import urlencode

import pytest

from kiban.operations.find import find
from kiban.operations.show_rights import show_rights
from kiban.operations.state_rights import state_rights
from kiban.records.document import from_json, to_json
from kiban.records.parties.right import Role
from kiban.records.party import Asker
from kiban.records.rights.json_text import short_json
from kiban.records.rights.rights import Rights
from kiban.records.scope import Tier
from kiban.testing.rights_examples import RIGHTS

from .conftest import SWEEP, Program

NUMBERS = itertools.count()
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture(name="asker")
def _asker(program: Program) -> Asker:
    return Asker(party="operator", roles={program.resources.project: Role.OWNER})


@pytest.fixture(name="sample")
def _sample(program: Program) -> str:
    answer = program.ask("POST", "/api/v1/samples", json={"name": f"R {next(NUMBERS)}", "tier": "open"})
    assert answer.status_code == 200
    return str(answer.json()["id"])


@pytest.fixture(name="project")
def _project(program: Program, asker: Asker):
    [hit] = find(asker, program.resources, 'kind = "project"').hits
    yield hit.id
    if show_rights(asker, program.resources, hit.id)[1] is not None:
        state_rights(asker, program.resources, hit.id, None)


def send(program: Program, method: str, pid: str, status: int = 200, **body: Any) -> Any:
    answer = program.ask(method, f"/api/v1/records/{pid}/rights", **({"json": body} if method == "PUT" else {}))
    assert answer.status_code == status, answer.text
    return answer.json()


def post(program: Program, pid: str, **fields: str) -> Any:
    names = {key.replace("__", "."): text for key, text in fields.items()}
    return program.ask("POST", f"/records/{pid}/rights", content=urlencode(names), headers=FORM)


def test_rights_are_stated_read_and_withdrawn(program: Program, sample: str, project: str) -> None:
    assert send(program, "GET", sample) == {"id": sample, "version": 1, "stated_by": None}
    given = to_json(RIGHTS)
    found = send(program, "PUT", sample, **given, expected=1)
    assert (found["stated_by"], found["version"]) == ("record", 2)
    assert from_json({k: found[k] for k in given}, Rights) == RIGHTS
    send(program, "PUT", sample, 409, licence="MIT", expected=1)
    shown = program.get(f"/api/v1/records/{sample}").json()
    assert shown["rights"] == {"stated_by": "record", **short_json(RIGHTS)}
    send(program, "PUT", project, licence="mit")
    assert send(program, "DELETE", sample)["stated_by"] == "project"
    assert send(program, "GET", sample)["licence"] == "MIT"
    send(program, "DELETE", sample, 422)


def test_every_wrong_place_is_named(program: Program, sample: str) -> None:
    problem = send(
        program,
        "PUT",
        sample,
        422,
        licence="CC BY",
        rights_holder={"name": "x", "ror": "057zh3y97"},
        contributors=[{"name": "a"}, {"name": "", "orcid": "0000-0002-1825-0098"}],
    )
    assert problem["parameters"].keys() == {
        "licence", "rights_holder.ror", "contributors[2].orcid", "contributors[2]",
    }  # fmt: skip
    assert send(program, "PUT", sample, 422)["parameters"].keys() == {"licence"}
    send(program, "PUT", sample, 422, license="MIT")
    send(program, "PUT", sample, 422, contributors=[{"name": "x", "roles": ["cook"]}])
    assert send(program, "GET", sample)["version"] == 1


def test_the_page_shows_them_and_where_they_come_from(
    program: Program, asker: Asker, sample: str, project: str
) -> None:
    assert "No licence and no rights holder" in program.get(f"/records/{sample}").text
    state_rights(asker, program.resources, project, RIGHTS)
    for language, words in (
        ("en", ("Stated by the project", "Attribution-ShareAlike 4.0", "Data curation, Investigation")),
        ("ja", ("プロジェクトの登録内容を適用", "表示-継承 4.0 国際", "データ整備、調査・実験")),
    ):
        text = program.get(f"/records/{sample}?lang={language}").text
        for word in (*words, "佐藤 花子", "JP00H00001", "青い材料の研究", f'href="/records/{project}"'):
            assert word in text, word
        for address in ("https://orcid.org/0000-0002-1825-0097", "https://ror.org/057zh3y96"):
            assert f'<a href="{address}" rel="external noreferrer">' in text
    own = Rights(licence="CC0-1.0 OR LicenseRef-Ours", citation="<script>alert(1)</script>")
    state_rights(asker, program.resources, sample, own)
    text = program.get(f"/records/{sample}").text
    assert "Stated for this record." in text
    assert "LicenseRef-Ours" in text
    assert "<script>alert" not in text
    assert "佐藤 花子" not in text


def test_nothing_of_a_page_is_asked_of_another_host(program: Program, asker: Asker, sample: str) -> None:
    state_rights(asker, program.resources, sample, RIGHTS)
    for address in (f"/records/{sample}", f"/records/{sample}/rights"):
        page = program.get(address).text
        loaded = re.findall(r'<(?:script|link|img|form)\b[^>]*\b(?:src|href|action)="([^"]*)"', page)
        assert loaded
        assert all(each.startswith(("/", "?")) for each in loaded)


def test_the_form_keeps_what_it_is_given_and_loses_nothing(program: Program, asker: Asker, sample: str) -> None:
    state_rights(asker, program.resources, sample, RIGHTS)
    form = program.get(f"/records/{sample}/rights").text
    fields = _filled(form)
    assert fields["rights.contributors.0.name"] == "佐藤 花子"
    assert fields["rights.contributors.0.roles.1"] == "data-curation"
    same = program.ask("POST", f"/records/{sample}/rights", content=urlencode(fields), headers=FORM)
    assert same.status_code == 422
    assert "would stay as it is" in same.text
    fields["rights.licence"], fields["rights.other_licence"] = "", "GPL-3.0-or-later"
    answer = program.ask("POST", f"/records/{sample}/rights", content=urlencode(fields), headers=FORM)
    assert answer.status_code == 303
    _, stated = show_rights(asker, program.resources, sample)
    assert stated is not None
    assert stated.rights.licence == "GPL-3.0-or-later"
    assert stated.rights.contributors == RIGHTS.contributors
    assert stated.rights.funding == RIGHTS.funding
    assert 'value="GPL-3.0-or-later"' in program.get(f"/records/{sample}/rights").text


def _filled(form: str) -> dict[str, str]:
    """What a browser would send of a form."""
    from html import unescape

    form = re.sub(r"<template.*?</template>", "", form, flags=re.DOTALL).partition("</form>")[0]
    fields = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attributes.get("type") != "checkbox" or " checked" in tag:
            fields[attributes["name"]] = unescape(attributes.get("value", ""))
    for name, inside in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', form, flags=re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', inside)
        fields[name] = unescape(chosen[1]) if chosen else ""
    for name, text in re.findall(r'<textarea name="([^"]+)"[^>]*>(.*?)</textarea>', form, flags=re.DOTALL):
        fields[name] = unescape(text)
    return fields


def test_the_form_says_what_is_wrong_beside_its_box(program: Program, sample: str) -> None:
    answer = post(
        program,
        sample,
        expected="1",
        rights__licence="MIT",
        rights__contributors__0__name="A",
        rights__contributors__0__orcid="0000-0002-1825-0098",
        rights__contributors__1__ror="057zh3y96",
    )
    assert answer.status_code == 422
    assert "last digit does not fit" in answer.text
    assert 'name="rights.contributors.0.orcid" aria-invalid="true"' in answer.text
    assert "A contributor has no name" in answer.text
    assert send(program, "GET", sample)["version"] == 1


def test_a_form_on_an_older_version_shows_both(program: Program, asker: Asker, sample: str) -> None:
    state_rights(asker, program.resources, sample, RIGHTS)
    answer = post(program, sample, expected="1", rights__licence="MIT")
    assert answer.status_code == 409
    assert "CC-BY-SA-4.0" in answer.text
    assert post(program, sample, expected="2", withdraw="1").status_code == 303
    assert send(program, "GET", sample)["stated_by"] is None


def test_what_a_project_stated_is_brought_back_from_its_history(program: Program, asker: Asker, project: str) -> None:
    state_rights(asker, program.resources, project, RIGHTS)
    version = show_rights(asker, program.resources, project)[0].version
    state_rights(asker, program.resources, project, Rights(licence="MIT"))
    assert f'action="/records/{project}/restore"' in program.get(f"/records/{project}").text
    form = urlencode({"version": str(version), "expected": str(version + 1)})
    answer = program.ask("POST", f"/records/{project}/restore", content=form, headers=FORM)
    assert answer.status_code == 303
    _, stated = show_rights(asker, program.resources, project)
    assert stated is not None
    assert stated.rights == RIGHTS


def test_a_term_has_no_rights_form(program: Program) -> None:
    assert program.get("/records/kb:0000-0000-00/rights").status_code == 404


def test_a_table_over_rest_counts_what_csv_cannot_hold(program: Program, asker: Asker) -> None:
    outcome = program.deposit("r.csv", SWEEP % b"rights", sample="rights sample", tier=Tier.OPEN.value)
    state_rights(asker, program.resources, outcome["measurement"], RIGHTS)
    asked = f'/api/v1/tables?q=id = "{outcome["measurement"]}"&format='
    csv, json_ = program.get(asked + "csv"), program.get(asked + "json")
    assert csv.text.splitlines()[0].endswith(",licence,rights_holder")
    assert csv.headers["x-kiban-losses"] != "0"
    assert json_.headers["x-kiban-losses"] == "0"
