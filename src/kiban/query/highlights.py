"""Where in the texts of a record the words of a question stand, as they are written there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from kiban.query.record_texts import FieldText, texts
from kiban.query.word_cutting import cuts
from kiban.query.word_folding import folded
from kiban.records.record import Record

MOST_FIELDS = 5
MOST_PLACES = 20
"""Of one field."""
LONGEST_EXCERPT = 160
_BEFORE = 40
"""Characters of an excerpt before the first place."""
_LONG = re.compile("[ー\uff70]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlight:
    """A field in which words of the question stand.

    Parameters
    ----------
    field : str
        `title`, `file_name`, `metadata.scan.mode`; `metadata` for the name of an entry.
    excerpt : str
        The text as it is written, or part of it around the first place.
    offset : int
        Where the excerpt begins in the text.
    places : tuple of (int, int)
        Where the words begin and end, in characters of the whole text, in order and apart from each other. Those that
        are not in the excerpt are given, too; at most `MOST_PLACES`.
    is_cut : bool
        The text goes on after the excerpt.
    is_label : bool
        The record does not say it in this way: it is the name of what it says, in either language.
    """

    field: str
    excerpt: str
    offset: int
    places: tuple[tuple[int, int], ...]
    is_cut: bool = False
    is_label: bool = False

    def parts(self) -> Iterator[tuple[str, bool]]:
        """The excerpt cut into parts, each with whether it is one of the places."""
        at, end = self.offset, self.offset + len(self.excerpt)
        for first, last in self.places:
            first, last = max(first, at), min(last, end)
            if first >= last:
                continue
            if at < first:
                yield self._at(at, first), False
            yield self._at(first, last), True
            at = last
        if at < end:
            yield self._at(at, end), False

    def _at(self, start: int, end: int) -> str:
        return self.excerpt[start - self.offset : end - self.offset]


class Finder:
    """Finds the words of a question in one record after the other. What several of them say is looked at once."""

    def __init__(self, words: Collection[str]) -> None:
        self._words = frozenset(words)
        self._known: dict[FieldText, Highlight | None] = {}

    def highlights(self, record: Record, *, most: int = MOST_FIELDS) -> tuple[Highlight, ...]:
        """Find them in a record, as the asker sees it, in the fields that weigh most."""
        found: dict[tuple[str, str], Highlight] = {}
        if not self._words:
            return ()
        # Sorted stably: within a weight as the record has them.
        for text in sorted(texts(record), key=lambda text: -text.weight):
            key = (text.field, text.text)
            if key not in found and (lit := self._highlight(text)) is not None:
                found[key] = lit
                if len(found) == most:
                    break
        return tuple(found.values())

    def _highlight(self, text: FieldText) -> Highlight | None:
        if text not in self._known:
            self._known[text] = _highlight(text, self._words) if _may_have(text.text, self._words) else None
        return self._known[text]


def highlights(record: Record, words: Collection[str], *, most: int = MOST_FIELDS) -> tuple[Highlight, ...]:
    """Find the words of a question in one record."""
    return Finder(words).highlights(record, most=most)


def places(text: str, words: Collection[str], *, is_name: bool = False) -> tuple[tuple[str, int, int], ...]:
    """Each of the words that stands in a text, and where in it as it is written."""
    of = folded(text)
    return tuple(
        (cut.word, of.starts[cut.start], of.ends[cut.end - 1]) for cut in cuts(of, is_name=is_name) if cut.word in words
    )


def _may_have(text: str, words: frozenset[str]) -> bool:
    """Say whether one of the words may stand in a text, without cutting it: most are a piece of it."""
    if text.isascii():
        plain = text.lower()
        return any(word in plain for word in words)
    # Long vowels may be spelled otherwise, but only in words of Japanese.
    plain = folded(text).text
    return any(word in plain or not word.isascii() for word in words)


def _highlight(text: FieldText, words: frozenset[str]) -> Highlight | None:
    spans = _merged((start, end) for _, start, end in places(text.text, words, is_name=text.is_name))
    if not spans:
        return None
    spans = [(start, _with_long(text.text, end)) for start, end in spans[:MOST_PLACES]]
    offset, excerpt = _excerpt(text.text, spans[0])
    return Highlight(
        field=text.field,
        excerpt=excerpt,
        offset=offset,
        places=tuple(spans),
        is_cut=offset + len(excerpt) < len(text.text),
        is_label=text.is_label,
    )


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _with_long(text: str, end: int) -> int:
    """A word goes on to the end of its long vowel, which questions leave out."""
    match = _LONG.match(text, end)
    return match.end() if match is not None else end


def _excerpt(text: str, first: tuple[int, int]) -> tuple[int, str]:
    if len(text) <= LONGEST_EXCERPT:
        return 0, text
    start = max(0, min(first[0] - _BEFORE, len(text) - LONGEST_EXCERPT))
    return start, text[start : start + LONGEST_EXCERPT]
