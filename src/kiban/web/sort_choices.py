"""What answers can be sorted by on the search page."""

from __future__ import annotations

from collections.abc import Iterator

from kiban.errors import InvalidQuestion
from kiban.operations.find import Answer, ask
from kiban.operations.ranking import NEARNESS, NEWEST, RELEVANCE
from kiban.query.meaning import asked_paths
from kiban.query.sorting import read_order
from kiban.query.vocabulary import Vocabulary
from kiban.web.language import Speaker

_FIELDS = ("-started", "started", "title", "-title", "created")
_MOST_TERMS = 8


def sort_choices(q: str, answer: Answer, known: Vocabulary, speaker: Speaker) -> list[tuple[str, str, bool]]:
    """Each order with its words, and whether it is the present one: fields, and what is asked for or often known.

    What is asked to be similar has one order alone, and so nothing to choose from.
    """
    if answer.sort == NEARNESS:
        return []
    now = answer.sort or NEWEST
    orders = [NEWEST, *([RELEVANCE] if answer.has_words else []), *_FIELDS]
    for path in _paths(q, answer, known):
        orders += [f"-{path}", path]
    if now not in orders:
        orders.append(now)
    return [(order, order_text(order, known, speaker), order == now) for order in dict.fromkeys(orders)]


def order_text(order: str, known: Vocabulary, speaker: Speaker) -> str:
    """What an order is called."""
    if speaker.known(f"search.order.{order}"):
        return speaker(f"search.order.{order}")
    name = path_text(order.removeprefix("-"), known, speaker)
    return speaker("search.sort_down" if order.startswith("-") else "search.sort_up", name=name)


def path_text(path: str, known: Vocabulary, speaker: Speaker) -> str:
    """What answers are sorted by, in the language of the page."""
    term = known.terms.get(path)
    if term is not None:
        return term.name(speaker.language)
    return speaker.word("search.sort_by", path)


def _paths(q: str, answer: Answer, known: Vocabulary) -> Iterator[str]:
    """What is worth offering: numbers that the question asks for, and properties that many of the answers have."""
    try:
        asked = asked_paths(ask(q, known))
    except InvalidQuestion:
        asked = ()
    for path in dict.fromkeys([*asked, *(value for value, _ in answer.facets.get("property", ())[:_MOST_TERMS])]):
        try:
            order = read_order(path, known)
        except InvalidQuestion:
            continue
        if order is not None and order.path not in {"started", "created", "title", "kind", "technique"}:
            yield order.path
