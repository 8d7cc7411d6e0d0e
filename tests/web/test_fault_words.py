"""Faults on Japanese pages: each sentence of the catalogue stands in the code, and is found with its values."""

from __future__ import annotations

import ast
import json
import re
import string
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kiban
from kiban.errors import InvalidQuestion
from kiban.query.parse import parse
from kiban.web.fault_words import translated
from kiban.web.language import Speaker

_SOURCE = Path(kiban.__file__).parent
_CATALOGUE = json.loads((_SOURCE / "web" / "words" / "faults" / "ja.json").read_text(encoding="utf-8"))
_HOLE = re.compile(r"\{\w*\}")


@cache
def said_in_the_code() -> frozenset[str]:
    """Every text of the code, with {} for each of its values."""
    found = set()
    for path in _SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(_HOLE.sub("{}", node.value))
            elif isinstance(node, ast.JoinedStr):
                parts = [str(p.value) if isinstance(p, ast.Constant) else "{}" for p in node.values]
                found.add("".join(parts))
    return frozenset(found)


PIECES = {"{where}, where one of", "After '", "At the start "}
"""Of the one fault that is put together of pieces: what a question has where something else was expected."""


@pytest.mark.parametrize("english", _CATALOGUE["sentences"])
def test_each_sentence_stands_in_the_code_with_the_same_values(english: str) -> None:
    other = _CATALOGUE["sentences"][english]
    assert set(_HOLE.findall(other)) <= set(_HOLE.findall(english))
    assert re.search(r"[぀-ヿ一-鿿]", other)
    if not any(english.startswith(piece) for piece in PIECES):
        # One that has been reworded would stay English on the pages: change both.
        said = _HOLE.sub("{}", english)
        assert said in said_in_the_code() or any(said in text for text in said_in_the_code())


@pytest.mark.parametrize("english", _CATALOGUE["sentences"])
def test_each_sentence_is_found_with_its_values(english: str) -> None:
    names = _HOLE.findall(english)
    values = {name: f"値{n}" for n, name in enumerate(names)}
    text, expected = english, _CATALOGUE["sentences"][english]
    for name, value in values.items():
        text, expected = text.replace(name, value), expected.replace(name, value)
    assert translated(text, "ja") == expected


def test_a_fault_and_its_mend_are_said_together() -> None:
    assert translated("Only operators do this. Ask an operator.", "ja") == (
        "システム管理者だけが行える操作です。システム管理者にお問い合わせください。"
    )
    fault = "After 'kind ==' the question ends, where one of these was expected: a number, a text in quotes, a word."
    assert translated(fault, "ja") == (
        "「kind ==」で検索条件が終わっています。ここには次のいずれかが必要です：数値、引用符で囲んだ文字列、語。"
    )


@pytest.mark.parametrize("question", ["AND", "hardness > 5 GPa AND (", "hardness >", "a)", "title = x y"])
def test_what_a_half_typed_question_lacks_is_said_in_japanese(question: str) -> None:
    with pytest.raises(InvalidQuestion) as caught:
        parse(question)
    said = translated(f"{caught.value.fault} {caught.value.mend}", "ja")
    assert said is not None
    lacking = said.partition("次のいずれかが必要です：")[2].partition("。")[0]
    assert lacking
    assert not re.search("[a-z]", lacking)


def test_a_value_does_not_take_the_next_sentence_along() -> None:
    fault = (
        "There is no record kb:0000-0000-00. Check the identifier, or search for the record by its sample or file name."
    )
    assert translated(fault, "ja") == (
        "レコード kb:0000-0000-00 は存在しないか、閲覧できません。"
        "識別子を確認するか、試料名やファイル名で検索してください。"
    )
    assert translated("There is no record kb. 7.", "ja") == "レコード kb. 7 は存在しないか、閲覧できません。"


def test_what_is_not_known_stays_english_and_is_marked() -> None:
    assert translated("Something that nobody has ever said <b>.", "ja") is None
    assert Speaker("ja").said("Nobody said <b>.") == '<span lang="en">Nobody said &lt;b&gt;.</span>'
    assert Speaker("en").said("Nobody said <b>.") == "Nobody said &lt;b&gt;."


def test_a_value_may_hold_anything_and_is_escaped() -> None:
    said = Speaker("ja").said("There is no record <script>.")
    assert said == "レコード &lt;script&gt; は存在しないか、閲覧できません。"


@given(st.text(alphabet=string.printable + "。'{}", max_size=3000))
def test_any_text_is_answered(text: str) -> None:
    translated(text, "ja")
    translated(f"After '{text}' '{text}' stands, where one of these was expected: {text}.", "ja")
