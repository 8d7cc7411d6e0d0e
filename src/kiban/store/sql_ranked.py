"""Ranked answers from PostgreSQL: which of the newest answers fit best.

If few records have all the words that a question needs, these are looked up. Otherwise the records are gone through,
newest first, until there are enough to be ranked.
"""

# ruff: noqa: S608  the statements are put together of our own words; values go over as parameters

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from kiban.query.condition import AllOf, Condition, WordsCondition
from kiban.query.meaning import meaning
from kiban.query.question import Question
from kiban.query.relevance import asked_parts
from kiban.records.record import Record
from kiban.records.scope import Visible
from kiban.store.catalog import Page
from kiban.store.paging import check_limit
from kiban.store.ranked_paging import ALL, Ranked, RankedMark, in_rank, read_ranked_after
from kiban.store.sql_asking import Ask
from kiban.store.sql_query import Where
from kiban.store.sql_words import all_words, relevance_sql

LOOKED_UP = 20_000
"""So many records with the words are looked up, whether or not they answer the rest of the question."""

Places = list[tuple[int, UUID]]
"""Points and identifiers."""


def ranked(
    ask: Ask,
    question: Question,
    visible: Visible,
    *,
    limit: int,
    after: str | None,
    most: int,
    read: Callable[[list[UUID]], Mapping[UUID, Record]],
    newest: Callable[[int, str], Page],
) -> Ranked:
    """See `kiban.store.catalog.Catalog.ranked`.

    Parameters
    ----------
    read : callable
        Gives records by their identifiers.
    newest : callable
        Gives so many answers after a mark, newest first.
    """
    check_limit(limit)
    mark = read_ranked_after(after)
    if isinstance(mark, UUID):
        page = newest(limit, str(mark))
        return Ranked(page.records, page.next, is_cut=True)
    places, oldest = _places(ask, question, visible, most, mark)
    shown = places[:limit]
    found = read([i for _, i in shown])
    # What was removed meanwhile is left out.
    records = tuple(found[i] for _, i in shown if i in found)
    if len(places) > limit:
        return Ranked(records, str(RankedMark(*shown[-1], oldest)), is_cut=oldest != ALL)
    if oldest == ALL:
        return Ranked(records, None, is_cut=False)
    if len(shown) == limit:
        return Ranked(records, str(oldest), is_cut=True)
    rest = newest(limit - len(shown), str(oldest))
    return Ranked(records + rest.records, rest.next, is_cut=True)


def _places(ask: Ask, question: Question, visible: Visible, most: int, mark: RankedMark | None) -> tuple[Places, UUID]:
    """The ranked answers after the mark, and the oldest that is ranked."""
    found = _newest(ask, question, visible, most, None if mark is None or mark.oldest == ALL else mark.oldest)
    oldest = ALL
    if mark is not None:
        oldest = mark.oldest
    elif len(found) > most:
        found = found[:most]
        oldest = found[-1][1]
    begin = (1, 0) if mark is None else in_rank(mark.points, mark.id)
    placed = sorted((in_rank(*place), place) for place in found)
    return [place for key, place in placed if mark is None or key > begin], oldest


def _newest(ask: Ask, question: Question, visible: Visible, most: int, oldest: UUID | None) -> Places:
    """The newest answers, one more than are ranked; with `oldest` all down to that one."""
    condition = meaning(question)
    rows, where = _looked_up(ask, condition, visible)
    values = where.parameters

    def value(given: Any) -> str:
        name = f"ranked{len(values)}"
        values[name] = given
        return f"%({name})s"

    points = relevance_sql("r", asked_parts(question), value)
    since = "" if oldest is None else f"AND r.id >= {value(oldest)}"
    # Of those that are ranked for a page after the first there may be a few more, which have come since.
    limit = f"LIMIT {most + 1}" if oldest is None else ""
    newest = f"SELECT r.id, r.words FROM {rows} WHERE {where.sql} {since} ORDER BY r.id DESC {limit}"
    return [(points, i) for points, i in ask(f"SELECT {points}, r.id FROM ({newest}) r", values)]


def _looked_up(ask: Ask, condition: Condition, visible: Visible) -> tuple[str, Where]:
    """Where the answers are looked for, and the test of each."""
    words = _needed(condition)
    if words:
        where = Where(condition, visible, ask, asks_indexes=False)
        where.parameters["needed"] = all_words(words)
        found = "records_with_words(%(needed)s::tsquery, {})"
        # Counted first: of more than that PostgreSQL would give any, not the newest.
        ((n_found,),) = ask(f"SELECT count(*) FROM {found.format(LOOKED_UP + 1)}", where.parameters)
        if n_found <= LOOKED_UP:
            return f"{found.format(LOOKED_UP)} AS f (id) JOIN record r ON r.id = f.id AND r.is_current", where
    return "record r", Where(condition, visible, ask)


def _needed(condition: Condition) -> tuple[str, ...]:
    """Words that every answer has."""
    match condition:
        case WordsCondition(words):
            return words
        case AllOf(parts):
            return tuple(dict.fromkeys(word for part in parts for word in _needed(part)))
        case _:
            return ()
