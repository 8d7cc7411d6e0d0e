from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.query.words import MAX_WORD_LENGTH, MAX_WORDS, asked_words, fold, record_words
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
        ("ﾗﾏﾝ", ("ラマ", "マン")),
        ("Straße Δν", ("strasse", "δν")),
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


def test_words_are_bounded():
    found = record_words(record("a" * 1000, metadata={f"n{i}": "" for i in range(10_000)}))
    assert len(found) == MAX_WORDS
    assert max(map(len, found)) == MAX_WORD_LENGTH
