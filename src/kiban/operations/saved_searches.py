"""Saved searches: a person's questions under names. What is new in them: `what_is_new`."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from kiban.errors import InvalidValue, RecordNotFound, Refused
from kiban.operations.audited import note
from kiban.operations.find import understood
from kiban.operations.first_operator import FIRST_OPERATOR
from kiban.operations.resources import Resources, require_act
from kiban.records.identity import new_uuid
from kiban.records.party import Act, Asker
from kiban.records.saved_search import SavedSearch, Since

MOST_SEARCHES = 100
"""Each is asked again when a person's first page is shown."""


def person_of(asker: Asker) -> UUID | None:
    """Whose searches the asker's are; at the machine itself the first operator's. `None` for the anonymous."""
    return asker.id or (FIRST_OPERATOR if asker.is_operator else None)


def list_searches(asker: Asker, resources: Resources) -> tuple[SavedSearch, ...]:
    """The asker's own, by name; none for the anonymous."""
    person = person_of(asker)
    return () if person is None else resources.saved.all_of(person)


def get_search(asker: Asker, resources: Resources, identifier: str) -> SavedSearch:
    """One of the asker's own, by identifier or name. Raises RecordNotFound."""
    found = next((each for each in list_searches(asker, resources) if identifier in (str(each.id), each.name)), None)
    if found is None:
        raise RecordNotFound(identifier)
    return found


def save_search(
    asker: Asker, resources: Resources, name: str, question: str, *, is_notified: bool = True
) -> SavedSearch:
    """Keep a question under a name. What answers it now is not new.

    Raises
    ------
    Refused
        If nobody is logged in, or the token does not allow to write.
    InvalidQuestion
        If it cannot be understood.
    InvalidValue
        If it has no name, or the person has as many as there may be.
    Conflict
        If another one of the person's has this name.
    """
    person = _writer(asker)
    if len(resources.saved.all_of(person)) >= MOST_SEARCHES:
        raise InvalidValue(f"You have {MOST_SEARCHES} saved searches.", mend="Remove one that you no longer need.")
    understood(asker, resources, question)
    search = SavedSearch(
        id=new_uuid(),
        person=person,
        name=name.strip(),
        question=question.strip(),
        is_notified=is_notified,
        since=_nothing_new(asker, resources),
        made_at=asker.at,
    )
    return _keep(asker, resources, search, "saved search")


def change_search(
    asker: Asker,
    resources: Resources,
    identifier: str,
    *,
    name: str | None = None,
    question: str | None = None,
    is_notified: bool | None = None,
) -> SavedSearch:
    """Give it another name or question, or have it count or not. Of another question, what answers now is not new.

    Raises
    ------
    RecordNotFound, Refused, InvalidQuestion, InvalidValue, Conflict
    """
    _writer(asker)
    known = get_search(asker, resources, identifier)
    asked = known.question if question is None else question.strip()
    if asked != known.question:
        understood(asker, resources, asked)
    changed = replace(
        known,
        name=known.name if name is None else name.strip(),
        question=asked,
        is_notified=known.is_notified if is_notified is None else is_notified,
        since=known.since if asked == known.question else _nothing_new(asker, resources),
    )
    return known if changed == known else _keep(asker, resources, changed, "changed search")


def remove_search(asker: Asker, resources: Resources, identifier: str) -> SavedSearch:
    """Take it away; for 30 days `restore_search` brings it back. Raises RecordNotFound, Refused."""
    _writer(asker)
    known = get_search(asker, resources, identifier)
    return _keep(asker, resources, replace(known, removed_at=asker.at), "removed search")


def restore_search(asker: Asker, resources: Resources, identifier: UUID) -> SavedSearch:
    """Bring back what was removed, as it was: what has come meanwhile is new.

    Raises
    ------
    RecordNotFound
        If there is none, or it was removed too long ago.
    Conflict
        If its name was given to another one.
    """
    known = resources.saved.get(_writer(asker), identifier)
    if known is None:
        raise RecordNotFound(str(identifier))
    return (
        known if known.removed_at is None else _keep(asker, resources, replace(known, removed_at=None), "saved search")
    )


def _writer(asker: Asker) -> UUID:
    person = person_of(asker)
    if person is None:
        raise Refused("Searches are saved by people who are logged in.", mend="Log in, then save it.")
    require_act(asker, Act.WRITE)
    return person


def _nothing_new(asker: Asker, resources: Resources) -> Since:
    """As if all that is there now had been looked at."""
    now, visible = resources.catalog.now(), resources.visible(asker)
    return Since(at=now, scopes=visible.numbers, data=visible.data)


def _keep(asker: Asker, resources: Resources, search: SavedSearch, act: str) -> SavedSearch:
    with resources.together():
        resources.saved.keep(search)
        note(asker, resources, act, subject=str(search.id))
    resources.news.forget(search.person)
    return search
