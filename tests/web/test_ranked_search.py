"""Answers by how well words fit, with the words marked, in REST and on the page."""

from __future__ import annotations

import re

import pytest

from kiban.testing.catalog_examples import Laboratory

from .conftest import Program


@pytest.fixture
def lab(empty: Program) -> Laboratory:
    lab = Laboratory(empty.resources.catalog, project=empty.resources.project)
    lab.write(
        lab.measurement("LTO film", document={"file_name": "x.ras"}),
        lab.measurement("Scan of <b>", document={"file_name": "LTO-7_850C.ras", "metadata": {"remark": "ﾁﾀﾝ酸 LTO"}}),
        lab.measurement("other", document={"file_name": "y.ras", "operator": "佐藤"}),
    )
    return lab


def found(program: Program, q: str, **more: str) -> list[str]:
    answer = program.get("/api/v1/records", params={"q": q, **more}).json()
    return [hit["title"] for hit in answer["hits"]]


def test_the_best_come_first_where_that_is_asked_for(empty: Program, lab: Laboratory) -> None:
    assert found(empty, "lto") == ["Scan of <b>", "LTO film"]
    for name in ("relevance", "関連度順"):
        assert found(empty, "lto", sort=name) == ["LTO film", "Scan of <b>"]
    assert found(empty, "lto", sort="newest") == ["Scan of <b>", "LTO film"]
    answer = empty.get("/api/v1/search", params={"q": "lto", "sort": "relevance", "limit": "1"})
    assert (answer.json()["sort"], answer.json()["ranked"]) == ("relevance", None)
    rest = empty.get(answer.headers["link"].partition(">")[0].strip("<")).json()
    assert [hit["title"] for hit in rest["hits"]] == ["Scan of <b>"]
    assert rest["next"] is None


def test_without_words_the_newest_come_first_and_it_is_said(empty: Program, lab: Laboratory) -> None:
    answer = empty.get("/api/v1/records", params={"q": 'kind = "measurement"', "sort": "relevance"}).json()
    assert [hit["title"] for hit in answer["hits"]] == ["other", "Scan of <b>", "LTO film"]
    assert answer["sort"] == ""
    assert all(hit["highlights"] == [] for hit in answer["hits"])


def test_highlights_are_data_with_places_in_the_text_as_written(empty: Program, lab: Laboratory) -> None:
    [hit] = empty.get("/api/v1/records", params={"q": "チタン LTO"}).json()["hits"]
    assert hit["highlights"] == [
        {
            "field": "file_name",
            "excerpt": "LTO-7_850C.ras",
            "offset": 0,
            "places": [[0, 3]],
            "is_cut": False,
            "is_label": False,
        },
        {
            "field": "metadata.remark",
            "excerpt": "ﾁﾀﾝ酸 LTO",
            "offset": 0,
            "places": [[0, 3], [5, 8]],
            "is_cut": False,
            "is_label": False,
        },
    ]


def test_so_many_answers_that_only_the_newest_are_ranked_are_said_to_be(
    empty: Program, lab: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranked = empty.resources.catalog.ranked
    monkeypatch.setattr(
        type(empty.resources.catalog), "ranked", lambda _, *asked, **more: ranked(*asked, **more, most=1)
    )
    answer = empty.get("/api/v1/records", params={"q": "lto", "sort": "relevance"}).json()
    assert [hit["title"] for hit in answer["hits"]] == ["Scan of <b>", "LTO film"]
    assert answer["ranked"] == 500
    assert "the newest 500 are ordered" in empty.get("/search", params={"q": "lto"}).text
    assert "500件だけを関連度順" in empty.get("/search", params={"q": "lto", "lang": "ja"}).text


@pytest.mark.parametrize(("language", "order"), [("en", "Newest first"), ("ja", "新しい順")])
def test_the_page_offers_both_orders_and_marks_the_words(
    empty: Program, lab: Laboratory, language: str, order: str
) -> None:
    text = empty.get("/search", params={"q": "lto", "lang": language}).text
    titles = re.findall(r'<h3><a href="/records/[^"]*">(.*?)</a>', text)
    assert titles == ["<mark>LTO</mark> film", "Scan of &lt;b&gt;"]
    assert "<mark>LTO</mark>-7_850C.ras" in text
    form = text.partition('class="order-form"')[2].partition("</form>")[0]
    choices = re.findall(r'<option value="([^"]*)"( selected)?>([^<]*)</option>', form)
    assert [value for value, is_now, _ in choices if is_now] == ["relevance"]
    [value] = [value for value, _, said in choices if said == order]
    newest = empty.get("/search", params={"q": "lto", "sort": value, "lang": language}).text
    assert re.findall(r'<h3><a href="/records/[^"]*">(.*?)</a>', newest) == titles[::-1]
    assert '<option value="relevance"' not in empty.get("/search").text


def test_the_order_is_kept_from_page_to_page(empty: Program, lab: Laboratory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiban.web.pages.search._ON_A_PAGE", 1)
    for more, expected in (("", ["LTO film", "Scan of"]), ("&sort=newest", ["Scan of", "LTO film"])):
        text = empty.get(f"/search?q=lto{more}").text
        after = re.search(r'<a class="button" href="([^"]*)" rel="next"', text)
        assert after is not None
        rest = empty.get("/search" + after[1].replace("&amp;", "&")).text
        for page, title in zip((text, rest), expected, strict=True):
            [shown] = re.findall(r'<h3><a href="/records/[^"]*">(.*?)</a>', page)
            assert re.sub("<.*?>", "", shown).startswith(title)
