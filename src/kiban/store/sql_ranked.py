"""Ranked answers from PostgreSQL: which of the newest answers fit best.

The newest records are looked at first: where much answers, there are enough to be ranked among them. If not too many
records have all the words that a question needs, these are looked up. Otherwise the records are gone through, newest
first, until there are enough.
"""

# ruff: noqa: S608  the statements are put together of our own words; values go over as parameters

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
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

TRIED = 2000
"""So many of the newest records are looked at first."""
TRIED_AT_MOST = 20_000
"""No more of the newest than these, where the first of them tell that so many are likely to be enough."""
SPARE = 1.5
"""So many times as many are looked at as were likely to be enough."""
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
    # What comes meanwhile must not push out what was to be ranked.
    found = _newest(ask, question, visible, most, None if mark is None else mark.oldest)
    found.sort(key=lambda place: place[1], reverse=True)
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
    condition, parts = meaning(question), asked_parts(question)
    where = Where(condition, visible, ask, asks_indexes=False)
    values = where.parameters
    points = relevance_sql("r", parts, _adder(values))
    values |= {"oldest": oldest or ALL, "needed": all_words(_needed(condition))}
    # Of those that are ranked for a page after the first there may be a few more, which have come since.
    limit = f"ORDER BY r.id DESC LIMIT {most + 1}" if oldest is None else ""
    n_tried = TRIED if oldest is None else 0
    while n_tried:
        # Identifiers first: for thousands of whole rows PostgreSQL would go through all records and sort them.
        newest = f"SELECT r.id FROM record r WHERE {where.live} ORDER BY r.id DESC LIMIT {n_tried}"
        tried = f"record r WHERE r.is_current AND r.id = ANY(ARRAY({newest})) AND {where.asked}"
        found = ask(f"SELECT {points}, r.id FROM {tried} {limit}", values)
        if len(found) > most:
            return _as_places(found)
        # As many as it takes if they answer as often as these; where that is too many, something else is quicker.
        n_likely = SPARE * (most + 1) * n_tried / len(found) if found else math.inf
        n_tried = math.ceil(n_likely) if n_tried == TRIED and n_likely <= TRIED_AT_MOST else 0
    if values["needed"]:
        # Where nothing else is asked for, the newest of them are enough, unless one is not told to the asker.
        is_plain = oldest is None and isinstance(condition, WordsCondition)
        for n_ids in (most + 1, LOOKED_UP) if is_plain else (LOOKED_UP,):
            with_words = f"SELECT * FROM newest_with_words(%(needed)s::tsquery, {n_ids}, {LOOKED_UP + 1})"
            rows = "(SELECT id FROM found WHERE id >= %(oldest)s OFFSET 0) f JOIN record r ON r.id = f.id"
            newest = f"SELECT r.id, r.words FROM {rows} WHERE {where.sql} {limit}"
            found = ask(
                f"WITH found AS MATERIALIZED ({with_words}) SELECT {points}, r.id FROM ({newest}) r "
                "UNION ALL SELECT max(n)::integer, NULL FROM found",
                values,
            )
            n_with_words = next(n or 0 for n, i in found if i is None)
            places = _as_places(row for row in found if row[1] is not None)
            if n_with_words > LOOKED_UP:
                break
            if n_with_words <= n_ids or len(places) > most:
                return places
    where = Where(condition, visible, ask)
    where.parameters["oldest"] = oldest or ALL
    points = relevance_sql("r", parts, _adder(where.parameters))
    newest = f"SELECT r.id, r.words FROM record r WHERE {where.sql} AND r.id >= %(oldest)s {limit}"
    return _as_places(ask(f"SELECT {points}, r.id FROM ({newest}) r", where.parameters))


def _adder(values: dict[str, Any]) -> Callable[[Any], str]:
    def add(value: Any) -> str:
        name = f"ranked{len(values)}"
        values[name] = value
        return f"%({name})s"

    return add


def _as_places(rows: Iterable[tuple[Any, ...]]) -> Places:
    return [(points, i) for points, i in rows]


def _needed(condition: Condition) -> tuple[str, ...]:
    """Words that every answer has."""
    match condition:
        case WordsCondition(words):
            return words
        case AllOf(parts):
            return tuple(dict.fromkeys(word for part in parts for word in _needed(part)))
        case _:
            return ()
