"""Data sets over REST."""

from __future__ import annotations

from .conftest import Program


def _draft(program: Program) -> dict:
    film = program.ask("POST", "/api/v1/samples", json={"name": "film", "formula": "TiO2", "tier": "open"}).json()
    answer = program.ask(
        "POST",
        "/api/v1/datasets",
        json={
            "title": {"en": "Films", "ja": "膜"},
            "records": [film["id"]],
            "publisher": "Example Institute",
            "keywords": ["oxide"],
            "related": [{"identifier": "https://doi.org/10.1000/XYZ", "relation": "IsSupplementTo"}],
        },
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_data_set_goes_from_draft_to_withdrawn(empty: Program) -> None:
    draft = _draft(empty)
    assert (draft["state"], draft["tier"], draft["related"][0]["identifier"]) == ("draft", "closed", "10.1000/xyz")
    address = f"/api/v1/datasets/{draft['id']}"
    assert empty.ask("POST", f"{address}/freeze", json={}).status_code == 422
    rights = {"licence": "CC-BY-4.0", "contributors": [{"name": "Sato Hanako"}]}
    assert empty.ask("PUT", f"/api/v1/records/{draft['id']}/rights", json=rights).status_code == 200
    frozen = empty.ask("POST", f"{address}/freeze", json={}).json()
    assert (frozen["state"], frozen["members"][0]["version"]) == ("frozen", 1)
    assert empty.ask("PATCH", address, json={"title": {"en": "Other"}}).status_code == 422
    assert empty.ask("PATCH", address, json={"doi": "10.5072/a"}).json()["doi"] == "10.5072/a"
    seen = empty.ask("POST", f"{address}/publish", json={}).json()
    assert (seen["done"], seen["possible"], seen["change"]["effects"]["is_public"]) == (False, True, True)
    assert empty.ask("POST", f"{address}/publish", json={"mark": "x"}).status_code == 409
    assert empty.ask("POST", f"{address}/publish", json={"mark": seen["mark"]}).json()["done"] is True
    second = empty.ask("POST", f"{address}/next").json()
    assert (second["number"], second["previous"]) == (2, draft["id"])
    gone = empty.ask("POST", f"{address}/withdraw", json={"reason": "Wrong furnace."}).json()
    assert (gone["state"], gone["reason"], gone["tier"]) == ("withdrawn", "Wrong furnace.", "open")
    listed = empty.get("/api/v1/datasets").json()
    assert [each["id"] for each in listed["datasets"]] == [second["id"], draft["id"]]


def test_records_are_put_in_and_taken_out(empty: Program) -> None:
    draft = _draft(empty)
    empty.ask("POST", "/api/v1/samples", json={"name": "film 2"})
    address = f"/api/v1/datasets/{draft['id']}/records"
    more = empty.ask("POST", address, json={"question": 'title = "film 2"', "expected": draft["version"]}).json()
    assert [each["title"] for each in more["members"]] == ["film", "film 2"]
    assert empty.ask("POST", address, json={"question": 'title = "film 2"', "expected": 1}).status_code == 409
    less = empty.ask("POST", f"{address}/remove", json={"records": [more["members"][0]["id"]]}).json()
    assert [each["title"] for each in less["members"]] == ["film 2"]


def test_it_is_exported_with_addresses_of_where_it_was_asked(empty: Program) -> None:
    draft = _draft(empty)
    address = f"/api/v1/datasets/{draft['id']}"
    rights = {"licence": "CC-BY-4.0", "contributors": [{"name": "Sato Hanako"}]}
    empty.ask("PUT", f"/api/v1/records/{draft['id']}/rights", json=rights)
    assert {"datacite", "ro_crate"} <= {each["name"] for each in empty.get(f"{address}/exports").json()}
    answer = empty.get(f"{address}/export?as=datacite")
    assert answer.headers["content-type"].startswith("application/vnd.datacite.datacite+xml")
    assert f"http://127.0.0.1:8420/id/{draft['id']}" in answer.text
    assert int(answer.headers["x-kiban-losses"]) > 0
    crate = empty.get(f"{address}/export?as=ro_crate")
    assert crate.content.startswith(b"PK")
    assert len(crate.content) == int(crate.headers["content-length"])
    assert empty.get(f"{address}/export?as=nothing").status_code == 422


def test_a_doi_of_null_says_nothing_of_it() -> None:
    from kiban.web.api.dataset_models import DatasetChangeModel

    assert DatasetChangeModel.model_validate({"doi": None}).doi is None
    assert DatasetChangeModel.model_validate({"doi": " "}).doi == ""
