"""The pages that show no single record: home, deposit, search, the interface, and what a failed request is shown."""

from __future__ import annotations

import re

import pytest

from kiban.web.sparkline import sparkline

from .conftest import CUT, SWEEP, Program

MISTAKE = "a secret of the inside"


def test_an_empty_home_invites(empty: Program) -> None:
    text = empty.get("/").text
    assert "Drop your first files" in text
    assert 'href="/deposit"' in text
    assert "最初のファイルを登録する" in empty.get("/?lang=ja").text


def test_home_shows_what_arrived_what_waits_and_what_there_is(program: Program) -> None:
    text = program.get("/").text
    assert text.count('class="card hit"') == 2
    assert text.count("<polyline") == 2
    assert "cut.xrdml" in text
    assert "page.html" in text
    assert re.search(r"Measurements</a></dt><dd>2</dd>", text)


def test_names_of_strangers_do_not_become_markup(empty: Program) -> None:
    name = '<img src=x onerror="alert(1)">.xrdml'
    empty.deposit(name, CUT)
    empty.deposit("a.csv", SWEEP % b"<script>alert(1)</script>", sample="<script>alert(2)</script>")
    [sample] = empty.get("/api/v1/search", params={"q": 'kind = "sample"'}).json()["hits"]
    for path in ("/", "/files", "/search", "/search?q=%3Cscript%3Ealert(3)", f"/records/{sample['id']}"):
        text = empty.get(path).text
        assert "<img" not in text.replace('<img src="/static/', "")
        assert "<script>" not in text


def test_a_browser_without_scripts_can_deposit(empty: Program) -> None:
    answer = empty.ask(
        "POST",
        "/deposit?lang=ja",
        data={"sample": "S-9", "tier": "open"},
        files=[("file", ("a.csv", SWEEP % b"a")), ("file", ("cut.xrdml", CUT))],
    )
    assert answer.status_code == 200
    assert 'class="badge status-structured"' in answer.text
    assert 'class="badge status-quarantined"' in answer.text
    assert "構造化済み" in answer.text
    [hit] = empty.get("/api/v1/search", params={"q": 'sample = "S-9" AND kind = "measurement"'}).json()["hits"]
    assert hit["tier"] == "open"
    assert f"/records/{hit['id']}" in answer.text


def test_a_form_without_a_file_is_told_on_a_page(empty: Program) -> None:
    answer = empty.ask("POST", "/deposit", data={"sample": "x"}, files=[("file", ("", b""))])
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("text/html")
    assert "Choose at least one file." in answer.text


def test_a_search_that_goes_wrong_points_at_the_place(program: Program) -> None:
    answer = program.get("/search", params={"q": "technique = xrdd"})
    assert answer.status_code == 422
    assert "Did you mean xrd?" in answer.text
    assert re.search(r"technique = xrdd\n.*<span aria-hidden=\"true\"> {12}↑</span>", answer.text)


def test_facets_refine_the_question_that_was_asked(program: Program) -> None:
    text = program.get("/search", params={"q": "sweep OR open"}).text
    [address] = re.findall(r'href="(\?q=[^"]*tier[^"]*open[^"]*)"', text)
    assert program.get(f"/search{address.replace('&amp;', '&')}").text.count('class="card hit"') == 1


def test_the_interface_is_listed_with_its_parameters(program: Program) -> None:
    text = program.get("/about/api").text
    assert "POST /api/v1/deposits" in text
    assert "/api/v1/records/{identifier}/numbers" in text
    assert "<code>points</code>" in text
    assert "http://127.0.0.1:8420/api/v1/search" in text


@pytest.mark.parametrize(
    ("path", "status", "en", "ja"),
    [
        ("/nothing", 404, "There is nothing at this address", "このアドレスのページはありません"),
        ("/records/kb:7Q4M-2KXD-9A", 404, "This is not an identifier", "識別子として正しくありません"),
        ("/records/kb:0000-0000-00", 404, "There is no such record", "存在しないか、閲覧できません"),
        ("/id/nonsense", 404, "This is not an identifier", "識別子として正しくありません"),
        ("/files?status=lost", 422, "cannot be used", "正しくありません"),
    ],
)
def test_a_failure_is_told_in_both_languages(program: Program, path: str, status: int, en: str, ja: str) -> None:
    for language, words in (("en", en), ("ja", ja)):
        answer = program.get(path, headers={"accept-language": language})
        assert answer.status_code == status
        assert words in answer.text
        assert f'<html lang="{language}"' in answer.text


def test_a_mistake_of_ours_is_told_without_its_inside(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def scopes() -> None:
        raise RuntimeError(MISTAKE)

    monkeypatch.setattr(program.resources.catalog, "scopes", scopes)
    quiet = Program(program.resources, raises=False)
    for path in ("/", "/api/v1/health"):
        answer = quiet.get(path)
        assert answer.status_code == 500
        assert MISTAKE not in answer.text
        assert "inside Kiban" in answer.text


def test_a_label_leads_to_its_record(program: Program) -> None:
    [hit] = program.get("/api/v1/search", params={"q": 'file = "sweep.csv"'}).json()["hits"]
    for spelling in (hit["id"], hit["id"].lower().replace("-", ""), hit["id"].removeprefix("kb:")):
        answer = program.get(f"/id/{spelling}")
        assert (answer.status_code, answer.headers["location"]) == (307, f"/records/{hit['id']}")


def test_files_of_the_pages_are_kept_for_a_year_under_their_mark(program: Program) -> None:
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', program.get("/deposit").text):
        answer = program.get(address)
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["cache-control"]
        assert program.get(address.partition("?")[0]).headers["cache-control"] == "no-cache"
    for wrong in ("nothing.js", "..%2Fpage.py", "kiban.css%2f", "%2e%2e/x"):
        assert program.get(f"/static/{wrong}").status_code == 404


def test_plotly_comes_from_its_package_and_only_where_something_is_plotted(program: Program) -> None:
    [hit] = program.get("/api/v1/search", params={"q": 'file = "sweep.csv"'}).json()["hits"]
    [address] = set(re.findall(r'"(/static/plotly[^"]+)"', program.get(f"/records/{hit['id']}").text))
    assert len(program.get(address).content) > 1_000_000
    for path in ("/", "/search", "/deposit", "/files"):
        assert "plotly" not in program.get(path).text


def test_a_thumbnail_is_drawn_of_any_points() -> None:
    assert "<polyline" in sparkline([(0, 1), (1, 2), (2, float("nan"))])
    assert "<polyline" in sparkline([(1, 1), (1, 1)])
    assert "<polyline" not in sparkline([(1, 1)])
    ascending, descending = sparkline([(0, 0), (1, 1)]), sparkline([(0, 0), (1, 1)], "ir")
    assert ascending != descending
