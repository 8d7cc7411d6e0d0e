"""What a beginning in a question may become."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.query.completing import Offered, What, complete, of_terms
from kiban.query.vocabulary import SHIPPED, with_terms
from kiban.records.term import PropertyTerm

TERMS = tuple(of_terms(SHIPPED))


def offered(text: str, *more: Offered) -> tuple[int, list[str]]:
    found = complete(text, (*TERMS, *more), SHIPPED, limit=50)
    return found.begin, [each.insert for each in found.offered]


@pytest.mark.parametrize(
    ("text", "begin", "first"),
    [
        ("hard", 0, "hardness"),
        ("ＨＡＲＤ", 0, "hardness"),
        ("硬", 0, "hardness"),
        ("kind = sample AND 面間", 18, "d_spacing"),
        ("(technique = xrd AND Lattice-plane s", 21, "d_spacing"),
        ("hardness >= 5 ", 14, "GPa"),
        ("hardness>=5 G", 12, "GPa"),
        ("硬さ > 5 k", 7, "kPa"),
        ("d_spacing < 3a", 13, "angstrom"),
        ("metadata.length > 3 n", 20, "nm"),
    ],
)
def test_it_is_completed_where_the_name_begins(text: str, begin: int, first: str) -> None:
    found = offered(text)
    assert found[0] == begin
    assert found[1][0] == first


@pytest.mark.parametrize("text", ["", " ", 'title CONTAINS "har', "5 ", "zzzz", "hardness > ", "hardness >= 5"])
def test_nothing_is_offered_where_nothing_fits(text: str) -> None:
    assert offered(text)[1] == []


def test_units_are_those_of_what_is_compared() -> None:
    units = offered("hardness > 5 ")[1]
    assert {"GPa", "MPa", "Pa"} <= set(units)
    assert not {"nm", "K", "V"} & set(units)


def test_a_merged_term_is_offered_as_the_one_it_was_merged_into() -> None:
    known = with_terms((PropertyTerm(key="firmness", en="Firmness", unit="MPa", merged_into="hardness"),))
    assert "firmness" not in [each.insert for each in of_terms(known)]


def test_a_long_question_is_completed_at_its_end() -> None:
    text = "hardness > 5 GPa AND " * 50 + "d_spa"
    assert offered(text) == (len(text) - 5, ["d_spacing"])


def test_parts_of_japanese_names_and_beginnings_of_words_are_found() -> None:
    film = Offered(what=What.TEMPLATE, insert='template = "thin_film"', en="Thin film", ja="薄膜試料")
    assert offered("膜試", film)[1] == ['template = "thin_film"']
    assert 'template = "thin_film"' in offered("film", film)[1]
    assert 'template = "thin_film"' not in offered("ilm", film)[1]


XPS = Offered(
    what=What.TECHNIQUE,
    insert='technique = "xps"',
    en="X-ray photoelectron spectroscopy",
    ja="X線光電子分光",
    other_names=("xps",),
)
OPEN = Offered(what=What.VALUE, insert='tier = "open"', en="open", ja="公開")


@pytest.mark.parametrize(
    ("text", "begin", "inserted"),
    [
        ("technique = x", 12, ['"xps"']),
        ("手法＝X線光", 3, ['"xps"']),
        ("technique HAS ANY ", 18, ['"xps"']),
        ("measurement.technique != ", 25, ['"xps"']),
        ("公開範囲 = ", 7, ['"open"']),
        ("kind = hard", 7, []),
        ("sample = hard", 9, []),
        ("title STARTS WITH hard", 18, []),
        ("elements HAS T", 13, []),
    ],
)
def test_after_a_comparison_values_are_completed_and_no_names(text: str, begin: int, inserted: list[str]) -> None:
    assert offered(text, XPS, OPEN) == (begin, inserted)


def test_names_are_completed_where_a_value_stands_on_the_left() -> None:
    assert offered("5 GPa < hard")[1][0] == "hardness"
    assert offered('"x" = hard')[1][0] == "hardness"


@given(st.text())
def test_whatever_is_typed_is_answered(text: str) -> None:
    found = complete(text, TERMS, SHIPPED, limit=5)
    assert 0 <= found.begin <= len(text)
    assert len(found.offered) <= 5
