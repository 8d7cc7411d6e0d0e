from __future__ import annotations

import csv
import io
import json
import re
from html import unescape

import pytest
from markupsafe import escape

from kiban.records.scope import Tier
from kiban.store.catalog import Count, Counts, Facet
from kiban.testing.catalog_examples import Laboratory
from kiban.testing.opening_question import ANSWERS, QUESTION, QUESTION_JA, write_oxide_films

from .conftest import Program


def test_an_answer_has_its_total_and_facets(program: Program) -> None:
    answer = program.get("/api/v1/search").json()
    assert answer["total"] == len(answer["hits"]) == 4  # project, sample, two measurements
    assert answer["facets"]["technique"] == [{"value": "table", "count": 2, "is_estimate": False}]
    assert {facet["value"] for facet in answer["facets"]["kind"]} == {"project", "sample", "measurement"}
    assert answer["next"] is None


def test_many_answers_are_estimated_unless_all_are_to_be_counted(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_scope = next(s.number for s in program.resources.catalog.scopes() if s.tier is Tier.OPEN)
    estimate = Count(27_000, is_estimate=True, scopes=frozenset({open_scope}))
    monkeypatch.setattr(program.resources.catalog, "count_about", lambda question, visible: estimate)
    for address in ("/api/v1/search", "/api/v1/records"):
        answer = program.get(address, params={"q": "kind = measurement"}).json()
        assert (answer["total"], answer["total_is_estimate"]) == (27_000, True)
        counted = program.get(address, params={"q": "kind = measurement", "count": "exact"}).json()
        assert (counted["total"], counted["total_is_estimate"]) == (2, False)
        assert counted["hits"] == answer["hits"]
        assert program.get(address, params={"count": "all"}).status_code == 422
    for language, about in (("en", "about 27,000 found"), ("ja", "約27,000件")):
        shown = program.get("/search", params={"q": "kind = measurement", "lang": language}).text
        assert about in shown
        [link] = re.findall(r'href="(\?q=[^"]*count=exact)"', shown)
        counted_page = program.get(f"/search{unescape(link)}", headers={"accept-language": language}).text
        assert "27,000" not in counted_page
        assert ">2 found<" in counted_page if language == "en" else ">2件<" in counted_page


def test_what_may_be_a_slip_is_said_beside_the_answer(program: Program) -> None:
    slip = "'hardnes' is not in the vocabulary of properties. Did you mean hardness?"
    assert program.get("/api/v1/records", params={"q": "hardnes >= 5 GPa"}).json()["slips"] == [slip]
    assert program.get("/api/v1/records", params={"q": "hardness >= 5 GPa"}).json()["slips"] == []
    assert program.get("/api/v1/records").json()["slips"] == []
    assert program.get("/api/v1/records", params={"sort": "-hardnes"}).json()["slips"] == [slip]
    assert program.get("/api/v1/records", params={"sort": "-hardness"}).json()["slips"] == []
    shown = program.get("/search", params={"q": "hardnes >= 5 GPa", "lang": "en"}).text
    assert f'<p class="doubts" role="note">{escape(slip)}</p>' in shown
    shown = program.get("/search", params={"q": "hardnes >= 5 GPa", "lang": "ja"}).text
    assert '<p class="doubts" role="note">「hardnes」は物性の語彙にありません。「hardness」のことですか？</p>' in shown


def test_counts_of_a_sample_say_so_wherever_they_are_shown(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = {
        Facet.TECHNIQUE: Counts((("xrd", 120_000), ("table", 7000)), is_estimate=True),
        Facet.KIND: Counts((("measurement", 127_043), ("sample", 3))),
    }
    monkeypatch.setattr(
        program.resources.catalog,
        "narrowing",
        lambda question, visible, facets, *, count, projects: {
            facet: counted.get(facet, Counts(())) for facet in facets
        },
    )
    found = program.get("/api/v1/search").json()["facets"]
    assert [(each["count"], each["is_estimate"]) for each in found["technique"]] == [(120_000, True), (7000, True)]
    assert [(each["count"], each["is_estimate"]) for each in found["kind"]] == [(127_043, False), (3, False)]
    for language, about, why in (("en", "about 120,000", "from a sample"), ("ja", "約120,000", "推定した値")):
        shown = program.get("/search", params={"lang": language}).text
        assert f"<dd>{about}</dd>" in shown
        assert "<dd>127,043</dd>" in shown
        assert why in shown


def test_the_audit_log_says_that_a_number_was_estimated(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = next(s.number for s in program.resources.catalog.scopes() if s.tier is Tier.CLOSED)
    estimate = Count(27_000, is_estimate=True, scopes=frozenset({closed}))
    monkeypatch.setattr(program.resources.catalog, "count_about", lambda question, visible: estimate)
    program.get("/api/v1/records", params={"q": "kind = measurement", "limit": 1})
    line = list(program.resources.audit.lines())[-1]
    assert line.act == "searched"
    assert closed in line.scopes
    assert json.loads(line.details)["n_is_estimate"] is True


def test_records_are_counted_only_by_what_is_asked_for(program: Program) -> None:
    assert program.get("/api/v1/records").json()["facets"] == {}
    assert set(program.get("/api/v1/records?facets=tier&facets=tier").json()["facets"]) == {"tier"}
    assert program.get("/api/v1/records?facets=owner").status_code == 422


def test_a_question_narrows_down(program: Program) -> None:
    [hit] = program.get("/api/v1/search", params={"q": 'sample = "S-1" AND kind = "measurement"'}).json()["hits"]
    assert (hit["file"], hit["sample"], hit["tier"]) == ("sweep.csv", "S-1", "closed")
    assert len(hit["preview"]) == 50
    assert program.get("/api/v1/search", params={"q": 'tier = "open"'}).json()["total"] == 1


def test_parts_follow_each_other_without_gap_or_repeat(program: Program) -> None:
    everything = [hit["id"] for hit in program.get("/api/v1/search").json()["hits"]]
    found, after = [], ""
    while True:
        part = program.get(f"/api/v1/search?limit=1{after}").json()
        found += [hit["id"] for hit in part["hits"]]
        if part["next"] is None:
            break
        after = f"&after={part['next']}"
    assert found == everything


def test_a_question_that_goes_wrong_says_where_and_what_was_meant(program: Program) -> None:
    for address in ("/api/v1/search", "/api/v1/records", "/api/v1/tables"):
        answer = program.get(address, params={"q": "technique = xrdd"})
        assert answer.status_code == 422
        problem = answer.json()
        assert (problem["error"], problem["position"]) == ("InvalidQuestion", 12)
        assert problem["mend"] == "Did you mean xrd?"


@pytest.mark.parametrize(
    "parameters",
    [{"limit": "0"}, {"limit": "501"}, {"limit": "9" * 50}, {"limit": "x"}, {"after": "x"}, {"q": "a" * 10_001}],
)
def test_a_wrong_parameter_is_named(program: Program, parameters: dict[str, str]) -> None:
    answer = program.get("/api/v1/search", params=parameters)
    assert answer.status_code == 422
    assert answer.json()["parameters"].keys() == parameters.keys()


def test_a_table_comes_as_csv_and_json(program: Program) -> None:
    answer = program.get("/api/v1/tables", params={"q": 'kind = "sample"'})
    assert answer.headers["content-type"].startswith("text/csv")
    head, *rows = csv.reader(io.StringIO(answer.text))
    assert head[:3] == ["sample", "id", "formula"]
    assert [row[0] for row in rows] == ["S-1"]
    drawn = program.get("/api/v1/tables", params={"q": 'kind = "sample"', "format": "json"}).json()
    assert drawn["rows"][0][0] == "S-1"
    assert program.get("/api/v1/tables?format=xls").status_code == 422
    everything = program.get("/api/v1/tables?all_values=true&format=json").json()
    assert "condition" in [column["name"] for column in everything["columns"]]


@pytest.mark.parametrize("question", [QUESTION, QUESTION_JA])
def test_the_question_that_search_was_built_for(empty: Program, question: str) -> None:
    write_oxide_films(Laboratory(empty.resources.catalog, project=empty.resources.project))
    answer = empty.get("/api/v1/search", params={"q": question}).json()
    assert {hit["sample"] for hit in answer["hits"]} == ANSWERS
    assert answer["total"] == len(ANSWERS)
    page = empty.get("/search", params={"q": question})
    assert page.status_code == 200
    assert "piece of annealed" in page.text
