"""Whether questions are answered rightly: by the SQL catalog, and by SQL written by hand, as by the model in memory."""

# ruff: noqa: S608  the statements are put together of our own words

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from kiban.query.parse import parse
from kiban.query.question import Question
from kiban.records.record import Record
from kiban.records.scope import Visible
from kiban.store.catalog import Catalog, Facet
from kiban.store.sql_pool import SqlPool
from kiban.store.sql_sets import parameters
from kiban.testing.family_model import FamilyModel
from kiban.testing.find_questions import Asked, live

_AT_ONCE = 997
"""So many records of a page: no page ends where a family does."""


def differences(
    asked: Iterable[Asked], model: FamilyModel, catalog: Catalog, owner: SqlPool, visible: Visible
) -> Iterator[tuple[Asked, int, list[str]]]:
    """Ask all three; gives each question, how many records answer it, and what is not alike.

    Parameters
    ----------
    owner : SqlPool
        Connections of the owner, whom row-level security does not bind: for the SQL written by hand.
    """
    for each in asked:
        question = parse(each.text)
        right = model.answers(question, visible)
        found = list(pages(catalog, question, visible))
        by_hand = [bare_ids(owner, sql, visible) for sql in (each.sql, each.page_sql or each.sql)]
        wrong: list[str] = []
        if found != right:
            wrong.append(f"{len(found)} records are found, {len(right)} answer: {_first_other(found, right)}")
        if by_hand != [[record.id for record in right]] * 2:
            wrong.append(f"{len(by_hand[0])} and {len(by_hand[1])} records are found by hand")
        if (n := catalog.count(question, visible)) != len(right):
            wrong.append(f"{n} are counted, {len(right)} answer")
        about = catalog.count_about(question, visible)
        if not about.is_estimate and about.n != len(right):
            wrong.append(f"{about.n} are said to be counted, {len(right)} answer")
        if (n := sum(catalog.count_by_scope(visible, question).values())) != len(right):
            wrong.append(f"{n} are counted by scope, {len(right)} answer")
        for facet in Facet if each.is_counted_by else ():
            counted, should_be = (of.facets(question, visible, facet) for of in (catalog, model))
            if counted != should_be:
                wrong.append(f"by {facet} there are {counted[:5]}, which should be {should_be[:5]}")
        yield each, len(right), wrong


def pages(catalog: Catalog, question: Question, visible: Visible) -> Iterator[Record]:
    """All answers, page by page."""
    after: str | None = None
    while True:
        page = catalog.find(question, visible, limit=_AT_ONCE, after=after)
        yield from page.records
        after = page.next
        if after is None:
            return


def bare_ids(owner: SqlPool, sql: str, visible: Visible) -> list[UUID]:
    """The records of which a condition written by hand holds, newest first."""
    query = f"SELECT r.id FROM record r WHERE {live('r')} AND {sql} ORDER BY r.id DESC"
    return [row[0] for row in owner.ask("", query, parameters(visible))]


def _first_other(found: list[Record], right: list[Record]) -> str:
    for here, there in zip(found, right, strict=False):
        if here != there:
            return f"{here.pid} ({here.title}) where there should be {there.pid} ({there.title})"
    more = found[len(right) :] or right[len(found) :]
    return f"{more[0].pid} ({more[0].title}) is in one only" if more else "in another order"
