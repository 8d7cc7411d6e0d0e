"""Questions as forms: every form has a line that reads back as the same form; what has none says why."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import InvalidQuestion
from kiban.query.element_symbols import ELEMENT_SYMBOLS
from kiban.query.parse import parse
from kiban.query.question import EVERYTHING, Extent, Operator
from kiban.query.search_form import OPERATORS, Beyond, PropertyRow, SearchForm, form_of, line_of
from kiban.records.record import RecordKind
from kiban.records.scope import Tier
from kiban.records.technique import TECHNIQUES

HARD = PropertyRow(term="hardness", operator=Operator.GREATER, number="5", unit="GPa")


def test_the_opening_question_is_one_line():
    form = SearchForm(words="film", elements=("O",), properties=(HARD,), started_from="2025-01-01")
    line = line_of(form)
    assert line == '"film" AND elements HAS "O" AND hardness > 5 GPa AND started >= "2025-01-01"'
    assert form_of(parse(line)) == form


def test_a_line_that_somebody_wrote_fills_the_form():
    found = form_of(parse('酸化膜 AND 硬さ ≥ 5.5 GPa AND started > "2024" AND started < 2026-02 AND 手法 = "X線回折"'))
    assert found == SearchForm(
        words="酸化膜",
        properties=(PropertyRow(term="hardness", operator=Operator.GREATER_OR_EQUAL, number="5.5", unit="GPa"),),
        started_from="2025-01-01",
        started_until="2026-01-31",
        technique="xrd",
    )
    assert form_of(EVERYTHING) == SearchForm()
    assert line_of(SearchForm()) == ""


@pytest.mark.parametrize(
    ("line", "why", "what"),
    [
        ('technique = "xrd" OR technique = "raman"', "or", ""),
        ("film AND (hardness > 5 GPa OR hardness IS UNKNOWN)", "or", ""),
        ("NOT hardness > 5 GPa", "not", ""),
        ('elements HAS "O" AND elements HAS "Ti"', "twice", "elements"),
        ('kind = "sample" AND kind = "process"', "twice", "kind"),
        ('started > "2024" AND started >= "2025-06"', "twice", "started"),
        ("hardness IS UNKNOWN", "other", "hardness"),
        ("hardness != 5 GPa", "other", "hardness"),
        ('title CONTAINS "TiO2"', "other", "title"),
        ("metadata.anode = Cu", "other", "metadata.anode"),
        ('started > "2024-01-31T09:30+09:00"', "other", "started"),
        ('started = "2024"', "other", "started"),
        ('technique != "xrd"', "other", "technique"),
        ("unheard_of > 3 nm", "other", "unheard_of"),
        ("hardness > 5 GPa WITH CONFIDENCE 0.95", "other", "hardness"),
        ("composition.Ti > 0.4", "other", "composition.Ti"),
        ("sample.parents.hardness > 5 GPa", "other", "sample.parents.hardness"),
    ],
)
def test_what_a_form_cannot_show_says_why(line, why, what):
    assert form_of(parse(line)) == Beyond(why, what)


_TEXT = st.text(st.characters(categories=["L", "N"], include_characters='"\\'), min_size=1, max_size=8)
_DAYS = st.one_of(st.just(""), st.dates(date(1990, 1, 1), date(2100, 1, 1)).map(str))
_ROWS = st.builds(
    PropertyRow,
    term=st.sampled_from(["hardness", "d_spacing"]),
    operator=st.sampled_from(OPERATORS),
    number=st.sampled_from(["", "5", "0.25", "-3", "1e-07"]),
    unit=st.just(""),
).map(lambda row: row if row.number else PropertyRow(term=row.term))
FORMS = st.builds(
    SearchForm,
    words=st.lists(_TEXT, max_size=3).map(" ".join),
    elements=st.lists(st.sampled_from(sorted(ELEMENT_SYMBOLS)), max_size=4, unique=True).map(tuple),
    extent=st.sampled_from(Extent),
    properties=st.lists(_ROWS, max_size=3, unique=True).map(tuple),
    started_from=_DAYS,
    started_until=_DAYS,
    created_from=_DAYS,
    created_until=_DAYS,
    technique=st.sampled_from(["", *sorted(TECHNIQUES)]),
    kind=st.sampled_from(["", *RecordKind]),
    tier=st.sampled_from(["", *Tier]),
)


@given(form=FORMS)
def test_every_form_has_a_line_that_reads_back_as_the_same_form(form):
    line = line_of(form)
    found = form_of(parse(line)) if line else SearchForm()
    assert isinstance(found, SearchForm)
    assert line_of(found) == line


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        (SearchForm(properties=(PropertyRow(term="hardness", number="5 GPa OR *"),)), "no number"),
        (SearchForm(properties=(PropertyRow(term="hardness", number="five"),)), "no number"),
        (SearchForm(properties=(PropertyRow(term="", number="5"),)), "beside no property"),
        (SearchForm(properties=(PropertyRow(term="hardness OR *"),)), "no property"),
        (SearchForm(started_from="soon"), "no day"),
    ],
)
def test_what_is_no_number_no_term_and_no_day_is_refused(form, fault):
    with pytest.raises(InvalidQuestion, match=fault):
        line_of(form)


def test_full_width_digits_and_names_in_japanese_are_taken():
    form = SearchForm(properties=(PropertyRow(term="硬さ", number="５．５", unit="GPa"),))
    assert line_of(form) == "hardness > 5.5 GPa"
