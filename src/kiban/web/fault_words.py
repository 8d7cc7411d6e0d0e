"""Faults and mends in the language of a page.

Errors speak English everywhere: in logs, in REST, at the terminal. A page looks its sentences up here, as programs do
with gettext: `words/faults/ja.json` has each English sentence as it stands in the code, with its values in braces, and
how a Japanese page says it. A sentence that is not there stays English, and is marked so.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "words" / "faults"
_HOLE = re.compile(r"\{(\w+)\}")
_LONGEST = 2000
"""Longer texts hold lists that nobody has translated."""
_MOST_SPLITS = 12
_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class _Sentence:
    """An English sentence: what stands between its values, the names of these, and the other language's sentence."""

    literals: tuple[str, ...]
    holes: tuple[str, ...]
    other: str

    def values(self, text: str) -> dict[str, str] | None:
        """The values, if the text is this sentence. Each ends where what follows it is found first: no backtracking."""
        first, *rest = self.literals
        if not text.startswith(first):
            return None
        at, found = len(first), {}
        for n, (hole, literal) in enumerate(zip(self.holes, rest, strict=True)):
            is_last = n == len(rest) - 1
            end = len(text) - len(literal) if is_last else text.find(literal, at)
            if end < at or not text.startswith(literal, end):
                return None
            found[hole] = text[at:end]
            at = end + len(literal)
        return found if at == len(text) else None


@cache
def _catalogue(language: str) -> tuple[tuple[_Sentence, ...], dict[str, str]]:
    path = _FOLDER / f"{language}.json"
    if not path.exists():
        return (), {}
    document = json.loads(path.read_text(encoding="utf-8"))
    sentences = []
    for english, other in document["sentences"].items():
        parts = _HOLE.split(english)
        sentences.append(_Sentence(tuple(parts[::2]), tuple(parts[1::2]), other))
    # What says most is asked first, so that a sentence with little but values takes none of another's.
    sentences.sort(key=lambda each: -sum(map(len, each.literals)))
    return tuple(sentences), document["values"]


def translated(text: str, language: str) -> str | None:
    """A fault, a mend or both in another language; `None` where the catalogue does not have all of it."""
    if len(text) > _LONGEST or not text.strip():
        return None
    return _translated(text.strip(), language, _DEEPEST)


def _translated(text: str, language: str, depth: int) -> str | None:
    # First as several sentences: the value at the end of one would take the next one along.
    for found in list(re.finditer(r"[.?](?= )", text))[:_MOST_SPLITS]:
        first = _one(text[: found.end()], language, depth)
        if first is not None and (rest := _translated(text[found.end() :].strip(), language, depth)) is not None:
            return first + rest
    return _one(text, language, depth)


def _one(text: str, language: str, depth: int) -> str | None:
    for sentence in _catalogue(language)[0]:
        if (values := sentence.values(text)) is not None:
            said = {name: _value(value, language, depth - 1) for name, value in values.items()}
            return _HOLE.sub(lambda hole, said=said: said[hole[1]], sentence.other)  # type: ignore[misc]
    return None


def _value(value: str, language: str, depth: int) -> str:
    """A value is somebody's word and stays, unless it is one of ours: a tier, a role, or a sentence within one."""
    known = _catalogue(language)[1]
    if value in known:
        return known[value]
    parts = value.split(", ")
    # Keywords of the language of questions (AND, SIMILAR, *) stand among what a question lacks, and are the same.
    if any(part in known for part in parts) and all(part in known or part == part.upper() for part in parts):
        return "、".join(known.get(part, part) for part in parts)
    return (_translated(value, language, depth) if depth > 0 else None) or value
