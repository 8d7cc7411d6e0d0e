"""How folded texts are cut into words: those that a text is found by, and those that a question asks for.

Scripts that are written with blanks (Latin, Greek, Cyrillic, ...) give whole words; Chinese and Japanese give single
characters and pairs of neighbours, because a dictionary of materials words that splits them rightly does not exist. A
formula such as `LiCoO2` or `LiNi0.8Co0.1Mn0.1O2` is one word; `_`, `-` and most other signs separate, so that parts of
a file name are found.

The mark of a long vowel at the end of a katakana word may be there or not (`コンピューター`, `コンピュータ`), and
hyphens and dashes are typed in its place (`コンピュ-タ`). A question leaves the one out and takes the others for what
separates; a text is found by all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kiban.query.word_folding import Folded, folded

MAX_WORD_LENGTH = 100
"""Characters kept of one word: PostgreSQL gives a word at most 2046 bytes, and nobody types more."""
MAX_WHOLE_LENGTH = 60
"""Characters of words that are written together, for these to be told from their parts."""
WHOLE = "="
"""Stands before words that are written together, among the words of a record."""

_CJK = "\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
_CJK += "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(
    rf"(?P<cjk>[{_CJK}]+)"
    # A point between two digits belongs to the number: 1.5, LiNi0.8Co0.2O2.
    rf"|(?P<word>(?:[^\W_{_CJK}]|(?<=\d)[.](?=\d))+)"
)
_IN_CJK = re.compile(f"[{_CJK}]")
_DASHES = "\\-\u2010\u2012-\u2015\u2212\u2500"
_JOINT = re.compile(f"[_{_DASHES}]?")
_KATAKANA = "\u30a1-\u30fa\u31f0-\u31ff"
_LONG = "\u30fc"
# Words of three characters or more are written without the mark as well (JIS Z 8301); in `キー` it tells words apart.
_LAST_LONG = re.compile(f"(?<=[{_KATAKANA}{_LONG}][{_KATAKANA}{_LONG}][{_KATAKANA}]){_LONG}+(?![{_KATAKANA}{_LONG}])")
_AS_LONG = re.compile(f"(?<=[{_KATAKANA}])[{_DASHES}](?![{_DASHES}])")
_THREE = re.compile(f"[{_KATAKANA}{_LONG}]{{3}}")
_LETTERS_OR_DIGITS = re.compile(r"\d+(?:[.]\d+)*|[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Cut:
    """A word and where it stands in the folded text."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Together:
    """Words of a question that are written together (`LTO-7`, `X線回折`), and what they are as a whole."""

    whole: str
    words: tuple[str, ...]


def cuts(of: Folded, *, is_name: bool = False) -> Iterator[Cut]:
    """Give all words by which a text is found.

    Parameters
    ----------
    is_name : bool
        Letters and digits of a word are found by themselves, too: `LTO` and `7` in `LTO7`.
    """
    for match in _WORD.finditer(of.text):
        start, end = match.span()
        if match["word"] is None:
            yield from (Cut(of.text[i], i, i + 1) for i in range(start, end))
            yield from (Cut(of.text[i : i + 2], i, i + 2) for i in range(start, end - 1))
            continue
        yield Cut(match["word"][:MAX_WORD_LENGTH], start, end)
        if is_name:
            parts = list(_LETTERS_OR_DIGITS.finditer(match["word"][:MAX_WORD_LENGTH]))
            if len(parts) > 1:
                yield from (Cut(part[0], start + part.start(), start + part.end()) for part in parts)
    if not of.text.isascii():
        yield from _spelled_otherwise(of)


def _spelled_otherwise(of: Folded) -> Iterator[Cut]:
    """The pairs that there would be with another spelling of long vowels."""
    for match in _LAST_LONG.finditer(of.as_kana):
        start, end = match.start() - 1, match.end()
        if _IN_CJK.match(of.text, end):
            yield Cut(of.text[start] + of.text[end], start, end + 1)
    for match in _AS_LONG.finditer(of.as_kana):
        at, before = match.start(), of.text[match.start() - 1]
        yield Cut(before + _LONG, at - 1, at + 1)
        if not _IN_CJK.match(of.text, at + 1):
            continue
        after = of.text[at + 1]
        yield Cut(_LONG + after, at, at + 2)
        ends_word = _THREE.fullmatch(of.as_kana, at - 3, at) if at >= 3 else None
        if ends_word and not re.match(f"[{_KATAKANA}{_LONG}]", of.as_kana[at + 1]):
            yield Cut(before + after, at - 1, at + 2)


def wholes(of: Folded) -> Iterator[Together]:
    """Give what is written together in a text, each with its words as a question asks for them."""
    parts: list[str] = []
    words: list[str] = []
    end = 0
    for match in _WORD.finditer(of.text):
        if parts and not _JOINT.fullmatch(of.text, end, match.start()):
            yield Together("-".join(parts), tuple(dict.fromkeys(words)))
            parts, words = [], []
        end = match.end()
        if match["word"] is not None:
            parts.append(match["word"][:MAX_WORD_LENGTH])
            words.append(parts[-1])
        else:
            parts.append(_without_last_long(of, *match.span()))
            words += _pairs(parts[-1])
    if parts:
        yield Together("-".join(parts), tuple(dict.fromkeys(words)))


def _without_last_long(of: Folded, start: int, end: int) -> str:
    run, at = "", start
    for match in _LAST_LONG.finditer(of.as_kana, start, end):
        run += of.text[at : match.start()]
        at = match.end()
    return run + of.text[at:end]


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)] if len(run) > 1 else [run]


def asked_wholes(text: str) -> tuple[Together, ...]:
    """Cut the text of a question into what is written together in it."""
    return tuple(wholes(folded(text)))


def asked_words(text: str) -> tuple[str, ...]:
    """Cut the text of a question into words, all of which a record must have; each once, in order.

    A single Chinese or Japanese character is looked for as such, a longer run by its pairs.
    """
    return tuple(dict.fromkeys(word for each in asked_wholes(text) for word in each.words))


def found_words(text: str) -> frozenset[str]:
    """Give all words by which a text is found: what `asked_words` may give of a part of it."""
    return frozenset(cut.word for cut in cuts(folded(text)))
