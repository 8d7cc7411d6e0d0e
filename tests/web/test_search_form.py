"""The form of the search page: the line it makes, what it shows of a line, and that it works without a script."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from kiban.query.element_symbols import ELEMENT_SYMBOLS
from kiban.web.language import words
from kiban.web.periodic_table import CELLS

from .conftest import Program

OPENING = '"film" AND elements HAS "O" AND hardness > 5 GPa AND started >= "2025-01-01"'
FILLED = {
    "words": "film",
    "element": ["O"],
    "term": ["Hardness", ""],
    "operator": [">", ">"],
    "number": ["5", ""],
    "unit": ["GPa", ""],
    "started_from": "2025-01-01",
}


def test_the_form_asks_the_line_that_it_stands_for(program: Program) -> None:
    for term in ("Hardness", "硬さ", "hardness"):
        sent = program.get("/search/form", params=FILLED | {"term": [term, ""]})
        assert sent.status_code == 303
        assert parse_qs(urlsplit(sent.headers["location"]).query) == {"q": [OPENING]}
        line = program.get("/search/line", params=FILLED | {"term": [term, ""]}).json()
        assert line["line"] == OPENING
        assert {"GPa", "MPa", "kgf/mm**2"} <= set(line["units"][term])
    assert program.get("/search/form").headers["location"] == "/search"


@pytest.mark.parametrize("address", ["/search", "/search/builder"])
def test_a_line_is_shown_in_the_form(program: Program, address: str) -> None:
    for language, name in (("en", "Hardness"), ("ja", "硬さ")):
        shown = program.get(address, params={"q": OPENING, "lang": language}).text
        [checked] = re.findall(r'<input type="checkbox" name="element"[^>]* checked>', shown)
        assert f'aria-label="{words(language)["element.O"]} (O)"' in checked
        for field in (
            f'value="{name}"',
            'name="number" value="5"',
            'value="GPa"',
            'value="2025-01-01"',
            'value="film"',
        ):
            assert field in shown, field
        assert 'role="note"' not in shown


@pytest.mark.parametrize(
    ("q", "en", "ja"),
    [
        ('technique = "xrd" OR hardness > 5 GPa', "joins conditions with OR", "OR を含む"),
        ("NOT hardness > 5 GPa", "negates a condition", "NOT を含む"),
        ('elements HAS "O" AND elements HAS "Ti"', "asks twice for elements", "elements の条件が2つ以上"),
        ("metadata.anode = Cu", "no place for a part of this question: metadata.anode", "（metadata.anode）"),
        ("hardness >", "cannot be understood is not shown in the form", "フォームには表示されません"),
    ],
)
def test_what_the_form_cannot_show_stays_a_line_with_a_word_why(program: Program, q: str, en: str, ja: str) -> None:
    for language, said in (("en", en), ("ja", ja)):
        shown = program.get("/search", params={"q": q, "lang": language}).text
        assert said in shown
        assert f'name="q" type="search" value="{q}"' in unescape(shown)


def test_what_was_filled_in_wrong_is_told_and_stays(program: Program) -> None:
    answer = program.get("/search/form", params=FILLED | {"number": ["five", ""], "lang": "en"})
    assert answer.status_code == 422
    assert "is no number" in unescape(answer.text)
    assert 'value="five"' in answer.text
    japanese = program.get("/search/form", params=FILLED | {"number": ["five", ""], "lang": "ja"}).text
    assert "数値ではありません" in japanese
    line = program.get("/search/line", params=FILLED | {"number": ["five", ""]}).json()
    assert (line["line"], line["fault"]) == ("", "'five' is no number.")


def test_every_element_stands_in_the_table_once_and_has_a_name_in_both_languages() -> None:
    assert {cell.symbol for cell in CELLS} == ELEMENT_SYMBOLS
    assert len({(cell.row, cell.column) for cell in CELLS}) == len(CELLS) == len(ELEMENT_SYMBOLS)
    places = {cell.symbol: (cell.row, cell.column) for cell in CELLS}
    assert (places["Fe"], places["Cl"], places["Au"], places["Lu"]) == ((4, 8), (3, 17), (6, 11), (8, 17))
    for language in ("en", "ja"):
        names = [words(language)[f"element.{symbol}"] for symbol in ELEMENT_SYMBOLS]
        assert len(set(names)) == len(names)


def test_a_search_can_be_saved_from_its_page_by_whoever_is_logged_in(empty: Program) -> None:
    assert 'action="/searches"' in empty.get("/search", params={"q": OPENING}).text
    saved = empty.ask("POST", "/searches", data={"name": "hard oxides", "q": OPENING}).headers["location"]
    shown = empty.get("/search", params={"q": OPENING}).text
    assert 'action="/searches"' not in shown
    assert f'<a href="{saved}">hard oxides</a>' in shown
