"""What is new in saved searches since their person last looked.

New is a record that answers and is seen now, and either came into its scope since (written, as a first or a later
version, or moved there), or lies in a scope that could not be seen, or not its values, when the person last looked:
shared, opened, out of its embargo, or theirs by a new role or invitation. It is a matter of records: one that answers
only now because something beside it has changed (the composition of its sample, the rights of its project) is not new.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from kiban.errors import InvalidQuestion, InvalidValue
from kiban.operations.audited import reads, saw
from kiban.operations.find import Hit, LookedUp, hits, understood
from kiban.operations.resources import Resources, require_act
from kiban.operations.saved_searches import get_search, list_searches, person_of
from kiban.query.question import Question
from kiban.records.party import EVERY_ACT, Act, Asker
from kiban.records.record import Record
from kiban.records.saved_search import SavedSearch, Since
from kiban.records.scope import Visible
from kiban.store.catalog import Arrivals as Arrivals  # callers show it

MOST_COUNTED = 500
LONGEST_FEED = 50
_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAnswer:
    """A record that is new, and in what way."""

    hit: Hit
    why: str
    """`new`, `changed` (a later version), or `seen` (it was there, but not to be seen)."""
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is new in one search. Whoever has looked at it gives the mark to `mark_seen`."""

    search: SavedSearch
    answers: tuple[NewAnswer, ...]
    is_more: bool
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A search with the number of its new answers; or with what is wrong, where it is not understood any more."""

    search: SavedSearch
    arrivals: Arrivals
    wrong: InvalidQuestion | None = None


@reads("read what is new")
def what_is_new(asker: Asker, resources: Resources, identifier: str, *, limit: int = 100) -> News:
    """What is new in one saved search, the last to arrive first. Raises RecordNotFound, InvalidQuestion."""
    search = get_search(asker, resources, identifier)
    question = understood(asker, resources, search.question)
    # The moment first: what comes while the question is being answered is new the next time.
    now, visible = resources.catalog.now(), resources.visible(asker)
    arrived = resources.catalog.arrived(question, visible, search.since, limit=limit + 1)
    found = arrived.records
    shown = found[:limit]
    saw(*shown, subject=str(search.id), n=len(shown))
    return News(
        search=search,
        answers=_dressed(resources, shown, visible, search.since.at),
        is_more=len(found) > limit or arrived.is_part,
        mark=f"{now.isoformat()}~{_digest(visible)}",
    )


@reads("read feed")
def feed(asker: Asker, resources: Resources, identifier: str) -> News:
    """The answers of one saved search that arrived last, looked at or not: readers of feeds remember for themselves.

    Raises
    ------
    RecordNotFound, InvalidQuestion
    """
    search = get_search(asker, resources, identifier)
    visible = resources.visible(asker)
    everything = Since(at=_BEFORE_ALL, scopes=visible.numbers, data=visible.data)
    question = understood(asker, resources, search.question)
    # Of what came before the last ten thousand records, a feed has what few records answer.
    found = resources.catalog.arrived(question, visible, everything, limit=LONGEST_FEED).records
    saw(*found, subject=str(search.id), n=len(found))
    return News(search=search, answers=_dressed(resources, found, visible, _BEFORE_ALL), is_more=False, mark="")


@reads("counted what is new")
def count_new(asker: Asker, resources: Resources, *, only_notified: bool = False) -> tuple[Counted, ...]:
    """The asker's searches, each with the number of its new answers, at most 500 each: one question to the catalog."""
    person = person_of(asker)
    searches = [each for each in list_searches(asker, resources) if each.is_notified or not only_notified]
    wrong: dict[SavedSearch, InvalidQuestion] = {}
    asked: dict[SavedSearch, Question] = {}
    looked_up = LookedUp(asker, resources)
    for search in searches:
        try:
            asked[search] = understood(asker, resources, search.question, looked_up=looked_up)
        except InvalidQuestion as e:
            wrong[search] = e
    pairs = [(question, search.since) for search, question in asked.items()]
    found = resources.catalog.count_arrived(pairs, resources.visible(asker), most=MOST_COUNTED) if pairs else ()
    saw(scopes=frozenset().union(*(each.scopes for each in found)), n=sum(each.n for each in found))
    counts = dict(zip(asked, found, strict=True))
    if person is not None:
        resources.news.keep(person, _rights(asker), _sum([counts[each] for each in asked if each.is_notified]))
    return tuple(
        Counted(search=each, arrivals=counts.get(each, Arrivals(0)), wrong=wrong.get(each)) for each in searches
    )


def n_new(asker: Asker, resources: Resources) -> Arrivals:
    """How much is new in all searches that are to tell, as it was counted within the last minute."""
    person = person_of(asker)
    if person is None:
        return Arrivals(0)
    known = resources.news.get(person, _rights(asker))
    if known is not None:
        return known
    return _sum([each.arrivals for each in count_new(asker, resources, only_notified=True)])


def mark_seen(asker: Asker, resources: Resources, identifier: str, mark: str | None = None) -> SavedSearch:
    """Say that the person has looked: what was there then is not new any more.

    Parameters
    ----------
    mark : str, optional
        Of the `News` that were looked at; what came after that stays new. Without one, all that there is now counts
        as looked at.

    Raises
    ------
    RecordNotFound, Refused
    InvalidValue
        If the mark is none.
    """
    require_act(asker, Act.WRITE)
    search = get_search(asker, resources, identifier)
    now, visible = resources.catalog.now(), resources.visible(asker)
    scopes, data = visible.numbers, visible.data
    if mark is not None:
        moment, digest = _taken_apart(mark)
        now = min(now, moment)
        if digest != _digest(visible):
            # They see more or less than they did: of what has opened since, nothing was looked at.
            scopes, data = scopes & search.since.scopes, data & search.since.data
    if asker.acts != EVERY_ACT:
        # A token may show less than its owner sees; that is not hidden from the owner by its having looked.
        scopes, data = scopes | search.since.scopes, data | search.since.data
    since = Since(at=max(now, search.since.at), scopes=scopes, data=data)
    seen = replace(search, since=since)
    resources.saved.keep(seen)
    resources.news.forget(search.person)
    return seen


def _dressed(
    resources: Resources, found: tuple[Record, ...], visible: Visible, looked_at: datetime
) -> tuple[NewAnswer, ...]:
    return tuple(
        NewAnswer(
            hit=hit,
            why="seen" if record.created_at < looked_at else "changed" if record.version > 1 else "new",
            version=record.version,
        )
        for record, hit in zip(found, hits(resources, found, visible), strict=True)
    )


def _sum(counts: list[Arrivals]) -> Arrivals:
    total = sum(each.n for each in counts)
    return Arrivals(min(total, MOST_COUNTED), total > MOST_COUNTED or any(each.is_more for each in counts))


def _rights(asker: Asker) -> tuple[object, ...]:
    return (asker.acts, frozenset(asker.roles.items()))


def _digest(visible: Visible) -> str:
    told = f"{sorted(visible.numbers)} {sorted(visible.data)}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _taken_apart(mark: str) -> tuple[datetime, str]:
    moment, _, digest = mark.partition("~")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not digest:
        raise InvalidValue("The mark of what was looked at cannot be read.", mend="Look again, and use the new one.")
    return at, digest
