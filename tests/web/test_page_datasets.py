"""Pages of data sets."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest

from kiban.access.asker_of import anonymous
from kiban.web.asker import Desk

from .conftest import Program
from .test_oai import published

SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def _film(program: Program, name: str = "film", **more: str) -> str:
    return program.ask("POST", "/api/v1/samples", json={"name": name, "formula": "TiO2", **more}).json()["id"]


def _post(program: Program, address: str, **fields: str) -> str:
    answer = program.ask("POST", address, data=fields)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_from_a_search_to_a_published_data_set(empty: Program) -> None:
    _film(empty, tier="open")
    assert 'href="/datasets/new?q=TiO2"' in empty.get("/search?q=TiO2").text
    form = empty.get("/datasets/new?q=TiO2").text
    assert "1 record answers" in form
    page = _post(
        empty, "/datasets/new?q=TiO2", with_question="1", title="Films <1>", title_ja="膜", publisher="Institute",
        keywords="oxide、film", related="IsSupplementTo 10.1000/xyz",
    )  # fmt: skip
    draft = empty.get(page).text
    assert "Films &lt;1&gt;" in draft
    assert "at least one contributor" in draft
    assert SCRIPT.findall(draft) == []
    assert empty.ask("POST", page, data={"do": "freeze"}).status_code == 422
    pid = page.rpartition("/")[2]
    rights = {"licence": "CC-BY-4.0", "contributors": [{"name": "Sato", "orcid": "0000-0002-1825-0097"}]}
    empty.ask("PUT", f"/api/v1/records/{pid}/rights", json=rights)
    _post(empty, page, do="freeze")
    look = empty.get(f"{page}/publish").text
    mark = re.search(r'name="mark" value="([^"]+)"', look)
    assert mark is not None
    assert empty.ask("POST", f"{page}/publish", data={"mark": "another"}).status_code == 409
    _post(empty, f"{page}/publish", mark=mark[1])
    assert "10.5072/films" in empty.get(_post(empty, page, do="doi", doi="10.5072/films")).text
    later = _post(empty, page, do="next")
    assert "Version 2" in empty.get(later).text
    _post(empty, page, do="withdraw", reason="Wrong <furnace>.")
    assert "Wrong &lt;furnace&gt;." in empty.get(page).text
    assert empty.get(f"/records/{pid}").headers["location"] == page


def test_the_landing_page_speaks_to_programs(empty: Program) -> None:
    pid = published(empty, 'Films </script><script>alert("1")</script> & more')
    answer = empty.get(f"/datasets/{pid}")
    schema, croissant = (json.loads(text) for text in SCRIPT.findall(answer.text))
    assert (schema["@type"], croissant["@type"]) == ("Dataset", "sc:Dataset")
    assert schema["name"] == croissant["name"] == 'Films </script><script>alert("1")</script> & more'
    assert "<script>alert" not in answer.text
    links = answer.headers["link"]
    assert '<https://creativecommons.org/licenses/by/4.0/>; rel="license"' in links
    assert 'export?as=datacite>; rel="describedby"; type="application/vnd.datacite.datacite+xml"' in links
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_nobody_sees_what_is_not_open_to_them(empty: Program) -> None:
    pid = published(empty, "Films")
    hidden = _film(empty, "Geheimnis", tier="closed")
    draft = empty.ask("POST", "/api/v1/datasets", json={"title": {"en": "Draft"}, "records": [hidden]}).json()["id"]
    public = anonymous(empty.resources.directory.load(), datetime.now(UTC))
    visitor = Program(empty.resources, asks=Desk(public, empty.resources))
    assert visitor.get(f"/datasets/{pid}").status_code == 200
    assert "Films" in visitor.get("/datasets").text
    assert "Draft" not in visitor.get("/datasets").text
    for address in (f"/datasets/{draft}", f"/datasets/{draft}/publish"):
        assert visitor.get(address).status_code in {303, 404}
    assert "do=" not in visitor.get(f"/datasets/{pid}").text
    assert 'name="do"' not in visitor.get(f"/datasets/{pid}").text


def test_a_withdrawn_data_set_is_a_tombstone_for_everybody_else(empty: Program) -> None:
    pid = published(empty, "Films")
    _post(empty, f"/datasets/{pid}", do="withdraw", reason="Wrong furnace.")
    public = anonymous(empty.resources.directory.load(), datetime.now(UTC))
    visitor = Program(empty.resources, asks=Desk(public, empty.resources))
    page = visitor.get(f"/datasets/{pid}").text
    assert "Wrong furnace." in page
    assert "It holds no record that you can see." in page


@pytest.mark.parametrize("language", ["en", "ja"])
def test_pages_are_in_both_languages(empty: Program, language: str) -> None:
    pid = published(empty, "Films")
    for address in ("/datasets", "/datasets/new?q=TiO2", f"/datasets/{pid}", f"/datasets/{pid}/publish"):
        answer = empty.get(address, headers={"accept-language": language})
        assert answer.status_code in {200, 422}
        assert f'<html lang="{language}">' in answer.text
        assert ("引用方法" in answer.text) == (language == "ja" and address == f"/datasets/{pid}")


def test_a_question_that_cannot_be_understood_is_told(empty: Program) -> None:
    assert empty.get("/datasets/new?q=hardness+>").status_code == 422
