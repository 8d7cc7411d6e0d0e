from __future__ import annotations

import re

import pytest
from pydantic import TypeAdapter

from kiban.records.party import ANONYMOUS
from kiban.standards.installed import exports, graph_exports
from kiban.standards.nexus import read
from kiban.web.api.export_models import OfferModel
from kiban.web.asker import Desk

from .conftest import Program


@pytest.fixture(scope="module", name="sweep")
def _sweep(program: Program) -> str:
    [hit] = program.get("/api/v1/records", params={"q": 'file = "sweep.csv"'}).json()["hits"]
    return str(hit["id"])


def test_an_export_is_a_download(program: Program, sweep: str) -> None:
    answer = program.get(f"/api/v1/records/{sweep}/export?as=nexus")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/x-hdf5"
    name = f"{sweep.replace(':', '-')}.nxs"
    assert answer.headers["content-disposition"] == f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert int(answer.headers["x-kiban-losses"]) == 1
    assert read(answer.content).technique == "table"


def test_every_standard_that_suits_is_offered_with_what_it_loses(program: Program, sweep: str) -> None:
    answer = program.get(f"/api/v1/records/{sweep}/exports")
    found = TypeAdapter(list[OfferModel]).validate_python(answer.json())
    assert {offer.name for offer in found} <= {each.name for each in (*exports(), *graph_exports())}
    assert {each.name for each in graph_exports()} <= {offer.name for offer in found}
    for offer in found:
        got = program.get(f"/api/v1/records/{sweep}/export", params={"as": offer.name})
        assert got.headers["content-type"].partition(";")[0] == offer.media_type
        assert int(got.headers["x-kiban-losses"]) == len(offer.losses)


@pytest.mark.parametrize("standard", [each.name for each in (*exports(), *graph_exports())])
def test_a_record_one_may_not_see_is_answered_like_one_that_is_not_there(
    program: Program, sweep: str, standard: str
) -> None:
    stranger = Program(program.resources, asks=Desk(ANONYMOUS, program.resources))
    absent = "kb:0000-0000-00"
    for part in (f"/export?as={standard}", "/exports"):
        hidden = stranger.get(f"/api/v1/records/{sweep}{part}")
        nothing = program.get(f"/api/v1/records/{absent}{part}")
        assert hidden.status_code == nothing.status_code == 404
        assert hidden.text.replace(sweep, absent) == nothing.text
        assert "x-kiban-losses" not in hidden.headers
    assert stranger.get(f"/records/{sweep}/exports").status_code == 404


def test_a_wrong_name_is_told(program: Program, sweep: str) -> None:
    answer = program.get(f"/api/v1/records/{sweep}/export?as=nxus")
    assert (answer.status_code, answer.json()["error"]) == (422, "WrongUsage")
    assert program.get(f"/api/v1/records/{sweep}/export").status_code == 422


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_page_of_a_measurement_leads_to_every_export(program: Program, sweep: str, language: str) -> None:
    page = program.get(f"/records/{sweep}/exports", params={"lang": language}).text
    named = set(re.findall(r"/export\?as=(\w+)", page))
    offered = {offer["name"] for offer in program.get(f"/api/v1/records/{sweep}/exports").json()}
    assert named == offered
    record = program.get(f"/records/{sweep}", params={"lang": language}).text
    assert set(re.findall(r"/export\?as=(\w+)", record)) == offered
    assert "/exports" in record


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_sample_is_exported_with_its_provenance(program: Program, sweep: str, language: str) -> None:
    [hit] = program.get("/api/v1/records", params={"q": "kind = sample", "limit": 1}).json()["hits"]
    assert f"/records/{hit['id']}/exports" in program.get(f"/records/{hit['id']}", params={"lang": language}).text
    page = program.get(f"/records/{hit['id']}/exports", params={"lang": language})
    assert page.status_code == 200
    assert set(re.findall(r"/export\?as=(\w+)", page.text)) == {each.name for each in graph_exports()}
    for each in graph_exports():
        answer = program.get(f"/api/v1/records/{hit['id']}/export", params={"as": each.name})
        assert answer.headers["content-type"].partition(";")[0] == each.media_type
        assert hit["id"] in answer.text
    assert program.get(f"/api/v1/records/{hit['id']}/export", params={"as": "nexus"}).status_code == 404


def test_the_page_makes_no_export_to_list_them(program: Program, sweep: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for each in (*exports(), *graph_exports()):
        spied = each.export
        monkeypatch.setattr(
            type(each), "export", lambda self, given, spied=spied: made.append(self.name) or spied(given)
        )
    page = program.get(f"/records/{sweep}/exports")
    assert "/export?as=nexus" in page.text
    assert made == []
    asked = program.get(f"/records/{sweep}/exports", params={"of": "prov"})
    assert made == ["prov"]
    assert "not in the file" in asked.text
