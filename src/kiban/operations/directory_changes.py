"""Looking into the directory and changing it: what the deeds on projects, agreements and groups share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar
from uuid import UUID

from kiban.access.directory_view import DirectoryView, directory_view
from kiban.errors import Conflict, InvalidValue, RecordNotFound, Refused
from kiban.operations.audited import entry
from kiban.operations.resources import Resources, require_act
from kiban.records.parties.directory import Directory, Entry
from kiban.records.party import Act, Asker

_TRIES = 5

T = TypeVar("T")


def view_of(asker: Asker, resources: Resources) -> DirectoryView:
    """What of the directory exists for the asker now."""
    return directory_view(asker, resources.directory.load())


def change_directory(
    asker: Asker,
    resources: Resources,
    make: Callable[[Directory], Collection[Entry]],
    *,
    act: str,
    subject: UUID,
    seen: int | None = None,
    **details: Any,
) -> Directory:
    """Put entries in, made of the directory as it is then, and write a line in the audit log.

    Somebody else's change of other entries in the meantime does not matter: the entries are made again.

    Parameters
    ----------
    make : callable
        Gives the entries; it checks, on the directory that it is handed, that the asker may do this.
    subject : UUID
        The entry that is changed.
    seen : int, optional
        The revision of the subject that the change was made on, as `revision_of` gives it.

    Raises
    ------
    Conflict
        If the subject has been changed since it was looked at.
    Refused
        If the asker came in with a token that does not allow it.
    """
    require_act(asker, Act.ADMINISTER)
    for last in range(_TRIES):
        directory = resources.directory.load()
        entries = make(directory)
        _check_seen(resources, subject, seen)
        try:
            # The line is written in the same transaction: no change without it, and no line without a change.
            line = entry(asker, act, subject=str(subject), **details)
            return resources.directory.change(entries, by=asker.party, expected=directory.revision, audit=[line])
        except Conflict:
            if last == _TRIES - 1:
                raise
    raise AssertionError  # the loop returns or raises


def revision_of(resources: Resources, subject: UUID) -> int:
    """The revision at which an entry was last changed; 0 where it never was there."""
    history = resources.directory.history(subject)
    return history[0].revision if history else 0


def _check_seen(resources: Resources, subject: UUID, seen: int | None) -> None:
    if seen is None:
        return
    history = resources.directory.history(subject)
    if history and history[0].revision != seen:
        raise Conflict(
            f"It was changed at {history[0].at:%Y-%m-%d %H:%M} UTC, after you had opened it.",
            mend="Look at it as it is now, then make the change again.",
        )


def named(entries: Mapping[UUID, T], text: str, *labels: str) -> T:
    """One of the entries by its identifier, or by one of its labels, whole and in any case of letters.

    Raises
    ------
    RecordNotFound
        If there is none.
    InvalidValue
        If several have that name.
    """
    wanted = text.strip()
    if (identifier := as_uuid(wanted)) is not None:
        if (found := entries.get(identifier)) is not None:
            return found
        raise RecordNotFound(text)
    fitting = [
        each
        for each in entries.values()
        if wanted and any(str(getattr(each, label) or "").casefold() == wanted.casefold() for label in labels)
    ]
    if not fitting:
        raise RecordNotFound(text)
    if len(fitting) > 1:
        raise InvalidValue(f"{len(fitting)} have the name {wanted!r}.", mend="Give the identifier instead.")
    return fitting[0]


def as_uuid(text: str) -> UUID | None:
    """The identifier that the text is, if it is one written out."""
    if len(text) != 36:
        return None
    try:
        return UUID(text)
    except ValueError:
        return None


def party_named(directory: Directory, view: DirectoryView, text: str, *kinds: str) -> UUID:
    """A party by its identifier, or by the name, login, or ROR of one that the asker knows.

    An identifier names anybody: it cannot be guessed, so whoever has it was given it by the party.

    Parameters
    ----------
    kinds : str
        `people`, `organisations`, `groups`: where to look.

    Raises
    ------
    RecordNotFound
    InvalidValue
        If several have that name.
    """
    wanted = text.strip()
    if (identifier := as_uuid(wanted)) is not None:
        if any(identifier in getattr(directory, kind) for kind in kinds):
            return identifier
        raise RecordNotFound(text)
    labels = {"people": ("login", "name", "email"), "organisations": ("name", "name_ja", "ror"), "groups": ("name",)}
    fitting: set[UUID] = {
        known.id
        for kind in kinds
        for known in getattr(view, kind).values()
        if wanted and any((getattr(known, label) or "").casefold() == wanted.casefold() for label in labels[kind])
    }
    if not fitting:
        raise RecordNotFound(text)
    if len(fitting) > 1:
        raise InvalidValue(f"{len(fitting)} have the name {wanted!r}.", mend="Give the identifier instead.")
    return fitting.pop()


def require_operator(asker: Asker, deed: str) -> None:
    """Refuse what only operators do. Raises Refused."""
    if not asker.is_operator:
        raise Refused(f"Only an operator may {deed}.", mend="Ask an operator of the platform.")
