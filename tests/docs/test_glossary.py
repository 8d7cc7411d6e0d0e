"""The Japanese texts of the pages use the words of the glossary, and none of those it turns down."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import kiban

_WORDS = Path(kiban.__file__).parent / "web" / "words"
_GLOSSARY = Path(__file__).parents[2] / "docs" / "reference" / "glossary.md"
_TWO_SENSES = {"レコード", "記録", "バージョン"}
"""Turned down in one meaning, right in another: no machine tells them apart."""


def turned_down() -> list[str]:
    rows = [line.split("|") for line in _GLOSSARY.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    return [word.strip() for row in rows[1:] for word in row[3].split("、") if word.strip() not in {"", *_TWO_SENSES}]


def texts() -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted(_WORDS.glob("*ja.json")):
        found |= json.loads(path.read_text(encoding="utf-8"))
    return found | json.loads((_WORDS / "faults" / "ja.json").read_text(encoding="utf-8"))["sentences"]


def test_the_glossary_turns_something_down() -> None:
    assert {"サンプル", "リーダー", "質問", "ユーザー"} <= set(turned_down())


@pytest.mark.parametrize("word", turned_down())
def test_no_text_uses_a_word_that_is_turned_down(word: str) -> None:
    assert {key: text for key, text in texts().items() if word in text} == {}


def test_a_record_is_called_one_thing() -> None:
    wrong = re.compile(r"(この|その|公開されている|関連する|対象の|新しい)記録")
    assert {key: text for key, text in texts().items() if wrong.search(text)} == {}
