"""Answers by how well the words of a question fit, and where in each these stand, as far as the asker sees it."""

from __future__ import annotations

from collections.abc import Sequence

from kiban.operations.as_seen import all_as_seen
from kiban.operations.resources import Resources
from kiban.query.highlights import Finder, Highlight
from kiban.query.question import Question
from kiban.query.relevance import all_asked_parts
from kiban.query.words import fold
from kiban.records.record import Record
from kiban.records.scope import Visible

RELEVANCE = "relevance"
"""How well the words fit, where a path to sort by may stand."""
NEWEST = "newest"
NEARNESS = "nearness"
"""How near they are to the record that they are to be similar to: the order of such a question, not to be asked for."""
_ASKED = {
    "": NEWEST,
    "relevance": RELEVANCE,
    "関連度": RELEVANCE,
    "関連度順": RELEVANCE,
    "newest": NEWEST,
    "新しい順": NEWEST,
}


def asked_order(sort: str) -> str | None:
    """`RELEVANCE` or `NEWEST`; `None` where it names something else to sort by."""
    return _ASKED.get(fold(sort))


def asked_words(question: Question) -> frozenset[str]:
    """The words that a question asks full text for."""
    return frozenset(word for part in all_asked_parts(question) for word in part.words)


def shown_places(
    resources: Resources, visible: Visible, records: Sequence[Record], words: frozenset[str]
) -> list[tuple[Highlight, ...]]:
    """Of each record, where the words stand in what the asker sees of it."""
    if not words:
        return [()] * len(records)
    return list(map(Finder(words).highlights, all_as_seen(resources, visible, records)))
