from __future__ import annotations

import contextlib
import json
import time
from datetime import UTC, datetime
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import InvalidQuestion
from kiban.quantity.measured import Measured
from kiban.query.parse import parse, write
from kiban.query.question import (
    EVERYTHING,
    And,
    Comparison,
    Extent,
    Has,
    Known,
    Manner,
    Match,
    Not,
    Operator,
    Or,
    Words,
)
from kiban.query.slips import doubts, why_nothing
from kiban.query.time_span import time_span
from kiban.records.record import RecordKind
from kiban.records.scope import Tier
from kiban.testing.question_strategies import questions

XRD = Comparison("technique", Operator.EQUAL, "xrd")
HARD = Comparison("hardness", Operator.GREATER_OR_EQUAL, Measured(5.0, "GPa"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", EVERYTHING),
        ("  \n ", EVERYTHING),
        ("*", EVERYTHING),
        ('technique = "xrd"', XRD),
        ('technique="xrd"', XRD),
        ("technique = XRD", XRD),
        ('"xrd" = technique', XRD),
        ("hardness >= 5 GPa", HARD),
        ("hardness>=5GPa", HARD),
        ("hardness ≧ 5 GPa", HARD),
        ("5 GPa <= hardness", HARD),
        ("5 GPa ＜ hardness", Comparison("hardness", Operator.GREATER, Measured(5.0, "GPa"))),
        ("temperature < 900 degC", Comparison("temperature", Operator.LESS, Measured(900.0, "degC"))),
        ("shift <= 5 1/cm", Comparison("shift", Operator.LESS_OR_EQUAL, Measured(5.0, "1/cm"))),
        ("yield_ > 30 %", Comparison("yield_", Operator.GREATER, Measured(30.0, "%"))),
        ("k > 5 W/(m.K)", Comparison("k", Operator.GREATER, Measured(5.0, "W/(m.K)"))),
        ("(density > 3 kg m-3)", Comparison("density", Operator.GREATER, Measured(3.0, "kg m-3"))),
        ("ratio = -1.5e-3", Comparison("ratio", Operator.EQUAL, Measured(-0.0015))),
        ("ratio != .5", Comparison("ratio", Operator.NOT_EQUAL, Measured(0.5))),
        ("d_spacing < 3", Comparison("d_spacing", Operator.LESS, Measured(3.0))),
        ("sample = 7", Comparison("sample", Operator.EQUAL, "7")),
        ("started > 2024-01-31", Comparison("started", Operator.GREATER, "2024-01-31")),
        (
            'created <= "2024-01-31T09:30Z"',
            Comparison("created", Operator.LESS_OR_EQUAL, datetime(2024, 1, 31, 9, 30, tzinfo=UTC)),
        ),
        ("metadata.scan.mode != continuous", Comparison("metadata.scan.mode", Operator.NOT_EQUAL, "continuous")),
        ('elements HAS ALL "Ti","O"', Has("elements", Extent.ALL, ("Ti", "O"))),
        ("elements has any Ti, O", Has("elements", Extent.ANY, ("Ti", "O"))),
        ('elements HAS ONLY "Ti"', Has("elements", Extent.ONLY, ("Ti",))),
        ('elements HAS "Ti"', Has("elements", Extent.ALL, ("Ti",))),
        ('title CONTAINS "a \\"b\\" \\\\"', Match("title", Manner.CONTAINS, 'a "b" \\')),
        ('file STARTS "x"', Match("file", Manner.STARTS, "x")),
        ('file starts with "x"', Match("file", Manner.STARTS, "x")),
        ("file ENDS WITH .xrdml", Match("file", Manner.ENDS, ".xrdml")),
        ("d_spacing IS KNOWN", Known("d_spacing", True)),
        ("operator is unknown", Known("operator", False)),
        ("LTO battery", Words("LTO battery")),
        ('"LTO, battery"', Words("LTO, battery")),
        ("LTO, battery、試料", Words("LTO battery 試料")),
        ("steel with all known", Words("steel with all known")),
        ("2024 0.5C", Words("2024 0.5C")),
        ("not LTO", Not(Words("LTO"))),
        ("LTO AND technique = xrd", And((Words("LTO"), XRD))),
        ("a OR b AND NOT c", Or((Words("a"), And((Words("b"), Not(Words("c"))))))),
        ("(a OR b) and c and d", And((Or((Words("a"), Words("b"))), Words("c"), Words("d")))),
        ("（a or b）", Or((Words("a"), Words("b")))),
        ("((((a))))", Words("a")),
    ],
)
def test_text_becomes_the_question(text, expected):
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("面間隔 < 3 Å", "d_spacing"),
        ("格子定数 a = 0.42 nm", "lattice_parameter_a"),
        ("格子定数　a = 0.42 nm", "lattice_parameter_a"),
        ("Peak width (FWHM) < 1 deg", "peak_width"),
        ("放電容量 IS KNOWN", "discharge_capacity"),
        ("試料 = LTO", "sample"),
        ("手法 = X線回折", "technique"),
        ("3 nm > 面間隔", "d_spacing"),
    ],
)
def test_labels_in_both_languages_name_the_path(text, path):
    assert parse(text).path == path


def test_labels_of_techniques_stand_for_their_keys():
    assert parse('手法 = "X線回折" OR technique HAS ANY "ラマン分光", "Infrared spectroscopy"') == Or(
        (XRD, Has("technique", Extent.ANY, ("raman", "ir")))
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("硬さ＞５　ＧＰａ", "hardness > 5 GPa"),
        ("硬さ ≧ －５．５ＧＰａ", "hardness >= -5.5 GPa"),
        ("硬さ > ５ｅ＋３ ㎫", "hardness > 5e3 MPa"),
        ("硬さ＞＝５ＧＰａ", "hardness >= 5 GPa"),
        ("硬さ ＜＝ 5 GPa", "hardness <= 5 GPa"),
        ("硬さ！＝5 GPa", "hardness != 5 GPa"),
        ("硬さ >＝ 5 GPa AND 元素数！=2", "hardness >= 5 GPa AND nelements != 2"),
        ("hardness => 5 GPa AND hardness =< 9 GPa", "hardness >= 5 GPa AND hardness <= 9 GPa"),
        ("hardness ⩾ 5 GPa AND nelements <> 2", "hardness >= 5 GPa AND nelements != 2"),
        ("5 GPa ＜＝ 硬さ", "hardness >= 5 GPa"),
        ("elements LENGTH ＞＝ 2", "nelements >= 2"),
        ("Peak width (FWHM)＜＝1 deg", "peak_width <= 1 deg"),
        ("硬さ > 5 ギガパスカル", "hardness > 5 GPa"),
        ("硬さ > 5 ｷﾞｶﾞﾊﾟｽｶﾙ", "hardness > 5 GPa"),
        ("面間隔 > 3 オングストローム", "d_spacing > 3 angstrom"),
        ("hold > 2 時間", "hold > 2 h"),
        ("composition.Ti > ４０％", "composition.Ti > 40 %"),
        ("硬さ > 5 GPa WITH CONFIDENCE ９５％", "hardness > 5 GPa WITH CONFIDENCE 0.95"),
        ("title CONTAINS “a b”", 'title CONTAINS "a b"'),
        ("title = ”a b＂", 'title = "a b"'),
        ("題名 = 「薄膜 1」 AND 種類 = 『試料』", 'title = "薄膜 1" AND kind = sample'),
        ("title = 'a b' AND elements HAS ALL 'Ti', 'O'", 'title = "a b" AND elements HAS ALL "Ti", "O"'),
        ("title CONTAINS 'it\\'s'", 'title CONTAINS "it\'s"'),
        ("elements LENGTH > -1", "nelements > -1"),
    ],
)
def test_what_keyboards_write_is_read_as_it_is_meant(written, meant):
    assert write(parse(written)) == write(parse(meant))


def test_quotation_marks_inside_of_words_and_without_an_end_are_letters_of_them():
    assert parse("Young's modulus") == Words("Young's modulus")
    assert parse("title = 'tis") == Comparison("title", Operator.EQUAL, "'tis")
    assert parse("title = “abc") == Comparison("title", Operator.EQUAL, "“abc")


def test_percents_of_the_mass_are_told_from_those_of_the_atoms_in_any_width():
    with pytest.raises(InvalidQuestion, match="fraction of the atoms"):
        parse("composition.Ti > 40 ｗｔ％")


@pytest.mark.parametrize(
    ("written", "start", "end"),
    [
        ("2024年", (2024, 1, 1), (2025, 1, 1)),
        ("2024年12月", (2024, 12, 1), (2025, 1, 1)),
        ("２０２４年２月２９日", (2024, 2, 29), (2024, 3, 1)),
        ("2024/2", (2024, 2, 1), (2024, 3, 1)),
        ("2024-2-9", (2024, 2, 9), (2024, 2, 10)),
        ("2024-W05", (2024, 1, 29), (2024, 2, 5)),
        ("2024W05", (2024, 1, 29), (2024, 2, 5)),
        ("2024-W05-2", (2024, 1, 30), (2024, 1, 31)),
        ("9999-W52", (9999, 12, 27), None),
    ],
)
def test_days_weeks_and_months_are_all_of_their_time(written, start, end):
    span = time_span(written)
    assert span.start == datetime(*start, tzinfo=UTC)
    assert span.end == (end and datetime(*end, tzinfo=UTC))
    assert parse(f"started = {written}") == Comparison("started", Operator.EQUAL, written)


def test_kinds_and_tiers_are_named_as_the_japanese_pages_name_them():
    words = json.loads(resources.files("kiban").joinpath("web/words/ja.json").read_text(encoding="utf-8"))
    for path, codes in (("kind", RecordKind), ("tier", Tier)):
        for code in codes:
            assert parse(f"{path} = {words[f'{path}.{code.value}']}") == Comparison(path, Operator.EQUAL, code.value)
    assert parse("種類 = 試料 AND 公開範囲 HAS ANY 公開, 共有") == And(
        (Comparison("kind", Operator.EQUAL, "sample"), Has("tier", Extent.ANY, ("open", "shared")))
    )


@pytest.mark.parametrize(
    ("text", "position", "fault", "mend"),
    [
        ("hardness >= 5 foo", 14, "'foo' is not a unit", "SI symbols"),
        ("hardness >= 5 GPa LTO", 14, "'GPa LTO' is not a unit", "AND or OR"),
        ("a AND d_spacing > 5 kg", 18, "measured in angstrom; 'kg' is of another kind", "angstrom"),
        ("d_spacing > 30 deg", 12, "'deg' is of another kind", "angstrom"),
        ('d_spacing > "5"', 12, "compared with numbers", "d_spacing > 5"),
        ("Firmness > 5", 0, "'Firmness' cannot be asked for", "Did you mean firmness?"),
        ("elements.ti > 5", 0, "cannot be asked for", "Did you mean elements?"),
        ("温度 > 5", 0, "'温度' cannot be asked for", "property term"),
        ("technique = xrdd", 12, "no technique 'xrdd'", "Did you mean xrd?"),
        ("tier HAS ANY open, closd", 19, "no tier 'closd'", "Did you mean closed?"),
        ("kind = experiment", 7, "no kind", "measurement"),
        ('elements HAS "CO"', 13, "'CO' is not the symbol", "Did you mean Co?"),
        ('elements HAS ALL "Ti","Xx"', 22, "'Xx' is not the symbol", "Ti or O"),
        ('elements = "Ti"', 11, "several elements", "HAS ALL"),
        ("started > soon", 10, "'soon' is not a time", "2024-01-31"),
        ("started > 2024-13-01", 10, "not a time", "2024-01-31"),
        ("id = 7q4m2kxd9t", 5, "misspelt", "letter by letter"),
        ('id CONTAINS "7"', 12, "not a text", "whole identifier"),
        ("hardness >", 10, "the question ends", "AND or OR"),
        ("(a OR b", 7, "a closing bracket", ""),
        ("a)", 1, "')' stands", ""),
        ("a AND", 5, "the question ends", ""),
        ("file = 7 adn sample = 7", 9, "'adn' stands", "Did you mean and?"),
        ('"abc', 0, "never closed", ""),
        ("a !b", 2, "'!' at character 3", "quotes"),
        ("ratio = 1e999", 8, "finite", "smaller"),
        ("???", 0, "no word", "letters or digits"),
        ("NOT " * 60 + "a", 200, "nested more than 50", "fewer brackets"),
        ("(" * 60 + "a" + ")" * 60, 50, "nested more than 50", "fewer brackets"),
        ("x" * 10_001, 10_000, "10001 characters", "less at a time"),
        (" OR ".join(["a"] * 201), None, "201 conditions", "less at a time"),
    ],
)
def test_errors_say_where_and_what_to_do(text, position, fault, mend):
    with pytest.raises(InvalidQuestion) as caught:
        parse(text)
    assert caught.value.position == position
    assert fault in caught.value.fault
    assert mend in caught.value.mend
    assert caught.value.mend


def test_many_nots_side_by_side_are_not_deep():
    assert len(parse(" AND ".join(["NOT (NOT a)"] * 100)).parts) == 100


@given(questions())
def test_a_written_question_is_read_as_the_same(question):
    assert parse(write(question)) == question


@given(st.text(alphabet='ab5 ()",<>=!*\\.%/-°AND OR NOT HAS試', max_size=60))
def test_any_text_is_a_question_or_a_clear_error(text):
    with contextlib.suppress(InvalidQuestion):
        question = parse(text)
        assert parse(write(question)) == question


def test_short_forms_are_written_as_what_they_mean():
    assert write(And(())) == "*"
    assert write(Or(())) == "NOT *"
    assert write(And((XRD,))) == 'technique = "xrd"'
    assert write(Not(And((And(()), Words("a"))))) == 'NOT (* AND "a")'


LONG = (
    *("(" * 9999, "NOT " * 2500, "a AND " * 1600, '"' * 9999, "a = 5 " * 1600, "5 " * 4999, "a = 5 " + "m" * 9900),
    *("5 1/cm" * 1600, "Peak width " * 900, "-" * 9999, "1" * 9999, '"' + "\\" * 9998, "a = " + "(" * 9000, " " * 9999),
    *("「a『b" * 2400, "「a" * 4990 + "\\」", "“a" * 4990, "a = '" * 1900, "a = '" + "\\'" * 4900, "x" * 9999),
    *("！" * 9999, "Ti," * 3000, "elements HAS " + '"Ti",' * 1900, "a" * 5000 + " > " + "b" * 4990, "5 = " * 2500),
)


@pytest.mark.parametrize("text", LONG)
def test_long_questions_take_no_long_time(text):
    def taken():
        start = time.process_time()
        with contextlib.suppress(InvalidQuestion):
            question = parse(text)
            doubts(question)
            why_nothing(question)
        return time.process_time() - start

    # The least of three: Python may look through a large heap for garbage meanwhile.
    assert min(taken() for _ in range(3)) < 0.5


@pytest.mark.parametrize(
    ("unit", "mend"),
    [
        ("Gpa", "Did you mean GPa?"),
        ("mpa", "Did you mean MPa?"),
        ("GPaa", "Did you mean GPa?"),
        ("degc", "Did you mean degC?"),
        ("zzqz", "Write it with SI symbols"),
    ],
)
def test_the_nearest_unit_is_offered_where_there_is_none_of_that_name(unit, mend):
    with pytest.raises(InvalidQuestion) as caught:
        parse(f"hardness >= 5 {unit}")
    assert (caught.value.position, caught.value.mend.startswith(mend)) == (14, True), caught.value.mend


def test_a_word_of_other_languages_is_doubted_where_it_is_looked_for():
    question = parse("technique = xrd AND hardness between 3 AND 5 GPa")
    assert doubts(question) == (
        "'hardness between 3' is looked for as words. Write hardness >= ... AND hardness <= ...",
    )
    assert doubts(parse("films between plates")) == ()


@pytest.mark.parametrize(
    ("text", "slip"),
    [
        ("hardness ~ 5 GPa", "as in hardness >= 5"),
        ("硬さ が 5 GPa 以上 AND film", "as in hardness >= 5"),
        ("film OR NOT (測定日 2024)", "as in started >= 2024"),
        ('file = "*.csv"', "Write file CONTAINS, STARTS WITH or ENDS WITH"),
        ("metadata.tube_voltage > 30", "as in 30 kV"),
        ("process.milling.speed > 30", "as in 30 kV"),
    ],
)
def test_where_nothing_answers_the_likely_reason_is_named(text, slip):
    [found] = why_nothing(parse(text))
    assert slip in found


@pytest.mark.parametrize(
    "text", ["hardness film", "sample 7", "LTO 850", "hardness > 5", 'title CONTAINS "*"', "hardness between 3 and 4"]
)
def test_what_may_just_be_so_is_no_likely_reason(text):
    assert why_nothing(parse(text)) == ()


def test_terms_outside_the_vocabulary_are_doubted_not_refused():
    question = parse("d_spaceing > 3 AND NOT zest > 5 GPa AND metadata.x = 1 AND d_spacing > 1")
    assert doubts(question) == (
        "'d_spaceing' is not in the vocabulary of properties. Did you mean d_spacing?",
        "'zest' is not in the vocabulary of properties.",
    )
