from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.query.highlights import LONGEST_EXCERPT, MOST_FIELDS, MOST_PLACES, Finder, highlights, places
from kiban.query.word_cutting import MAX_WORD_LENGTH, asked_words, found_words
from kiban.query.word_folding import folded
from kiban.records.described import without_values

from .test_words import record

MIXED = st.text(st.one_of(st.characters(), st.sampled_from("エネルギー-―ンガｶﾞﾗｰがらの電池材 aＡ７é²㎏_.")), max_size=30)
LONG = re.compile("[ー\uff70\\-\u2010-\u2015\u2212\u2500\uff0d\ufe58\ufe63]")


def marked(record, asked):
    return {
        (lit.field, "".join(f"[{part}]" if is_lit else part for part, is_lit in lit.parts()))
        for lit in highlights(record, asked_words(asked))
    }


@given(MIXED)
def test_each_place_leads_back_to_text_that_folds_to_the_word(text):
    for word, start, end in places(text, found_words(text)):
        # Long vowels may be left out; a long word is cut, and a sign like ㎏ is one place for all that it stands for.
        written, plain = LONG.sub("", folded(text[start:end]).text), LONG.sub("", word)
        assert plain in written
        has_sign = any(len(folded(sign).text) > 1 for sign in text[start:end])
        assert plain == written or has_sign or len(word) == MAX_WORD_LENGTH


def test_a_vowel_of_hangul_belongs_to_hangul_alone():
    # U+1160 fills the place of a vowel; after a blank or a kana it is a word of its own.
    assert {(start, end) for _, start, end in places("ガ\u1160", {"が"})} == {(0, 1)}
    assert folded("\u1112\u1161\u11ab").text == "한"


@given(MIXED)
def test_folding_with_places_is_sound(text):
    of = folded(text)
    assert len(of.text) == len(of.as_kana) == len(of.starts) == len(of.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(of.starts, of.ends, strict=True))
    assert list(of.starts) == sorted(of.starts)


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ("LTO-7 annealed", "lto", "[LTO]-7 annealed"),
        ("LTO-7 annealed", "7 LTO", "[LTO]-[7] annealed"),
        ("全固体電池の正極", "電池", "全固体[電池]の正極"),
        ("ﾁﾀﾝ酸ｶﾞﾗｽ", "ガラス", "ﾁﾀﾝ酸[ｶﾞﾗｽ]"),
        ("Ｔｉ０₂ thin", "ti02", "[Ｔｉ０₂] thin"),
        ("Ångström", "angstrom", "[Ångström]"),
        ("コンピューター断層", "コンピュータ", "[コンピューター]断層"),
        ("LTO7", "lto", "[LTO]7"),
    ],
)
def test_a_title_shows_where_the_words_stand(text, asked, expected):
    assert marked(record(text), asked) == {("title", expected)}


def test_fields_come_by_their_weight_and_say_what_they_are():
    found = highlights(
        record(
            "Scan",
            technique="xrd",
            metadata={"diffraction": {"mode": "fast"}, "comment": "diffraction of LTO"},
            file_name="diffraction_1.ras",
        ),
        ("diffraction",),
    )
    assert [(lit.field, lit.excerpt, lit.is_label) for lit in found] == [
        ("technique", "X-ray diffraction", True),
        ("file_name", "diffraction_1.ras", False),
        ("metadata", "diffraction.mode", False),
        ("metadata.comment", "diffraction of LTO", False),
    ]
    assert found[0].places == ((6, 17),)


def test_a_long_text_is_shown_in_part_with_places_of_the_whole():
    text = "word " * 100 + "here " + "word " * 100
    (lit,) = highlights(record("x", description=text), ("here",))
    assert (lit.places, len(lit.excerpt), lit.is_cut) == (((500, 504),), LONGEST_EXCERPT, True)
    assert text[lit.offset : lit.offset + LONGEST_EXCERPT] == lit.excerpt
    assert [part for part, is_lit in lit.parts() if is_lit] == ["here"]
    (lit,) = highlights(record("x", description=text), ("word",))
    assert len(lit.places) == MOST_PLACES
    assert "".join(part for part, _ in lit.parts()) == lit.excerpt


def test_highlights_are_bounded():
    assert len(highlights(record("x", metadata={f"a{i}": "x" for i in range(50)}), ("x",))) == MOST_FIELDS
    assert highlights(record("x"), ()) == ()


def test_what_is_withheld_does_not_show_up():
    kept = record("Scan", analyses=[{"summary": "secret peak"}], extra={"note": "secret"}, preview=[["secret"]])
    for each in (kept, without_values(kept)):
        assert highlights(each, ("secret",)) == ()


@given(st.one_of(MIXED, st.text("abTi02-_. é", max_size=12)), st.data())
def test_whatever_a_text_is_found_by_is_shown(text, data):
    words = sorted(found_words(text))
    if words:
        word = data.draw(st.sampled_from(words))
        assert highlights(record("x", description=text), [word])


@given(
    st.lists(st.text("ab カ熱-. ", max_size=12), min_size=1, max_size=4), st.sampled_from(("a", "b", "カ", "熱", "か"))
)
def test_one_finder_finds_in_many_records_what_is_found_in_each(said: list[str], word: str) -> None:
    records = [record(text.strip() or "x", description=said[0], metadata={"note": text}) for text in said]
    finder = Finder([word])
    assert list(map(finder.highlights, records)) == [highlights(each, [word]) for each in records]
