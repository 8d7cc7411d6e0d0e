from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.query.parse import parse
from kiban.query.relevance import MOST_COUNTED, asked_parts, relevance
from kiban.query.words import weighed_words
from kiban.records.described import without_values

from .test_words import record


def rank(asked, title="x", **document):
    return relevance(weighed_words(record(title, **document)), asked_parts(parse(asked)))


@pytest.mark.parametrize(
    ("asked", "given", "points"),
    [
        ("LTO", {"title": "the LTO film"}, 6),
        ("LTO", {"title": "LTO-7"}, 5),
        ("LTO-7", {"title": "LTO-7"}, 6),
        ("LTO-7", {"title": "7 of LTO"}, 5),
        ("電池", {"title": "電池"}, 6),
        ("電池", {"title": "全固体電池"}, 5),
        ("エネルギー", {"title": "エネルギ"}, 6),
        ("LTO", {"operator": "LTO"}, 4),
        ("LTO", {"file_name": "LTO_1.ras"}, 3),
        ("LTO", {"file_name": "LTO.ras"}, 4),
        ("LTO", {"metadata": {"sample": "LTO"}}, 2),
        ("LTO", {"metadata": {"sample": "LTO-7"}}, 1),
        ("anode", {"metadata": {"anode": 1}}, 1),
        ("LTO", {"values": {"name": "LTO"}}, 0),
        ("LTO-7", {"title": "LTO", "operator": "7"}, 3),
        ("LTO film", {"title": "LTO", "operator": "film"}, 10),
        ("LTO OR film", {"title": "LTO"}, 6),
        ("NOT LTO", {"title": "LTO"}, 0),
        ("回折", {"technique": "xrd"}, 3),
        ("LTO LTO", {"title": "LTO"}, 6),
    ],
)
def test_a_record_counts_by_where_the_words_stand(asked, given, points):
    assert rank(asked, **given) == points


def test_only_so_many_parts_of_a_question_count():
    assert rank(" ".join(f"w{i}" for i in range(20)), " ".join(f"w{i}" for i in range(20))) == 6 * MOST_COUNTED


@given(st.sampled_from(("secret", "LTO", "7")), st.booleans())
def test_what_is_withheld_does_not_count(asked, has_values):
    kept = record("LTO", analyses=[{"summary": "secret 7"}], companions={"secret": "7"}, values={"a": "secret"})
    assert relevance(weighed_words(kept), asked_parts(parse(asked))) == relevance(
        weighed_words(without_values(kept)), asked_parts(parse(asked))
    )
    assert rank(asked, "LTO", **({"values": {"a": asked}} if has_values else {})) == rank(asked, "LTO")
