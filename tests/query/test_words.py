from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.query.record_texts import Weight
from kiban.query.word_cutting import MAX_WORD_LENGTH, asked_words, found_words
from kiban.query.words import MAX_WORDS, fold, record_words, weighed_words
from kiban.records.record import Record, RecordKind


def record(title, **document):
    return Record(
        id=UUID(int=1),
        pid="kb:0000-0000-00",
        kind=RecordKind.MEASUREMENT,
        title=title,
        project=UUID(int=2),
        owner="o",
        scope=0,
        document=document,
        created_at=datetime(2024, 1, 1, tzinfo=UTC),
        created_by="o",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("LTO battery", ("lto", "battery")),
        ("LiCoO2", ("licoo2",)),
        ("LiNi0.8Co0.1Mn0.1O2", ("lini0.8co0.1mn0.1o2",)),
        ("TiO₂", ("tio2",)),
        ("ＬＴＯ７", ("lto7",)),
        ("2024-01-31_LTO-7.xrdml", ("2024", "01", "31", "lto", "7", "xrdml")),
        ("1.5V", ("1.5v",)),
        ("end. Start", ("end", "start")),
        ("電池", ("電池",)),
        ("正極材料", ("正極", "極材", "材料")),
        ("鋼", ("鋼",)),
        ("X線回折", ("x", "線回", "回折")),
        ("ﾗﾏﾝ", ("らま", "まん")),
        ("ｶﾞﾗｽ", ("がら", "らす")),
        ("ガラス", ("がら", "らす")),
        ("がらす", ("がら", "らす")),
        ("エネルギー", ("えね", "ねる", "るぎ")),
        ("エネルギ分散", ("えね", "ねる", "るぎ", "ぎ分", "分散")),
        ("エネルギー分散", ("えね", "ねる", "るぎ", "ぎ分", "分散")),
        ("キー", ("きー",)),
        ("ビール", ("びー", "ーる")),
        ("コンピュ―タ", ("こん", "んぴ", "ぴゅ", "た")),
        ("ラマン-IR", ("らま", "まん", "ir")),
        ("Straße Δν", ("strasse", "δν")),
        ("Ångström Łódź", ("angstrom", "lodz")),
        ("ﾃﾞ-ﾀ１２", ("で", "た", "12")),
        ("a a b a", ("a", "b")),
        ("?! -- %", ()),
    ],
)
def test_a_question_is_cut_into_words(text, expected):
    assert asked_words(text) == expected


@pytest.mark.parametrize(("one", "other"), [("ＴｉＯ₂ ", "tio2"), ("µm", "μm"), ("A\x00B", "a b"), ("\ud800é", "É")])
def test_folding_makes_alike_what_reads_alike(one, other):
    assert fold(one) == fold(other)


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_a_record_is_found_by_its_own_title(text):
    assert record_words(record("x" + text)).issuperset(asked_words("x" + text))


def test_a_single_character_is_found_inside_a_longer_run():
    assert set(asked_words("鋼")) <= record_words(record("炭素鋼板"))


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("エネルギー分散", "エネルギ分散"),
        ("エネルギ分散", "エネルギー分散"),
        ("エネルギ-分散", "エネルギー分散"),
        ("エネルギー分散", "ルギー"),
        ("エネルギーの計算", "エネルギの計算"),
        ("コンピュ-タ", "コンピュータ"),
        ("コンピュータ", "コンピュ-タ"),
        ("コンピュータ", "コンピューター"),
        ("コンピューター", "コンピュータ"),
        ("ｺﾝﾋﾟｭｰﾀｰ断層", "こんぴゅーた断層"),
        ("マグネタイト-ヘマタイト", "マグネタイト ヘマタイト"),
        ("マグネタイト・ヘマタイト", "マグネタイト-ヘマタイト"),
        ("エネルギーバンド", "エネルギー"),
        ("LTO7_850C.ras", "LTO"),
        ("LTO7_850C.ras", "850"),
        ("LTO7_850C.ras", "850C lto7"),
        ("naïve Poisson–Boltzmann", "naive poisson-boltzmann"),
        ("髙橋 渡邉", "高橋 渡辺"),
        ("高崎", "髙﨑"),
        ("ra\u00adman spec\u200btrum", "raman spectrum"),
        ("raman", "\ufeffra\u200dman"),
        ("薄\u200b膜", "薄膜"),
    ],
)
def test_a_title_is_found_however_it_is_spelled(written, asked):
    assert set(asked_words(asked)) <= record_words(record(written))


@pytest.mark.parametrize(
    ("written", "asked"), [("ビール", "ビル"), ("キー", "キ線"), ("LiCoO2 x", "Co"), ("かき", "かぎ")]
)
def test_what_reads_differently_is_not_found(written, asked):
    assert not set(asked_words(asked)) <= record_words(record(written))


JAPANESE = st.text(st.sampled_from("アイエネルギーー-―ンガｶﾞﾗｰがらの電池材 a7"), max_size=12)


@given(JAPANESE, st.integers(0, 12), st.integers(0, 12))
def test_any_part_of_a_japanese_text_finds_it(text, start, end):
    part = text[start:end]
    # Not within a word that is written with blanks, and not between a kana and its voiced mark.
    if re.search(r"[a7]{2}", text) or part.startswith("ﾞ") or text[end : end + 1] == "ﾞ":
        return
    assert found_words(text).issuperset(asked_words(part))


def test_words_come_from_all_texts_a_colleague_would_search():
    found = record_words(
        record(
            "Scan 1",
            technique="xrd",
            sample_name="LTO-7",
            file_name="sub/run_3.xrdml",
            metadata={"comment": "after annealing", "scan": {"mode": ["slow", 3]}, "k": {"value": 1, "unit": "kV"}},
            file_checksum="abcdef",
        )
    )
    assert {"scan", "1", "xrd", "diffraction", "回折", "lto", "run", "annealing", "mode", "slow"} <= found
    assert not {"abcdef", "value", "kv", "unit"} & found


def test_a_data_set_is_found_by_its_title_in_either_language_and_by_who_publishes_it():
    document = {"title": {"en": "Titania films", "ja": "酸化チタンの薄膜"}, "publisher": "National Institute"}
    found = weighed_words(replace(record("Titania films"), document=document))
    assert found["薄膜"] == found["films"] == Weight.TITLE
    assert found["institute"] == Weight.NOTES


def test_words_are_bounded():
    found = record_words(record("a" * 1000, metadata={f"n{i}": "" for i in range(10_000)}))
    assert len(found) == MAX_WORDS
    assert max(map(len, found)) == MAX_WORD_LENGTH


def test_identifiers_of_other_records_are_no_words():
    pid = "kb:7Q4M-2KXD-9T"
    assert "7q4m" in record_words(record(pid))
    assert "7q4m" not in record_words(record("x", sample_name=pid, values={"holder": [pid, "y"]}))
    assert "7q4m" in record_words(record("x", metadata={"remark": f"of {pid}"}))
