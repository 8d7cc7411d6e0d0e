"""What every catalog demands of a batch, and the words in which it refuses one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from kiban.errors import Conflict, IdentifierTaken, InvalidValue, RecordNotFound, Refused
from kiban.records.file_entry import FileEntry
from kiban.records.likeness import COMPOSITION
from kiban.records.record import Record
from kiban.records.saved_search import SavedSearch
from kiban.records.scope import Visible
from kiban.store.catalog import Batch

_MOST_SHOWN = 10


def writing_view(visible: Visible) -> Visible:
    """What somebody may do who writes: nothing is written where its values may not be read.

    A record is changed and moved with all that hangs on it, and what is not seen would stay behind.
    """
    return replace(visible, writable=visible.writable & visible.data)


def check_batch(batch: Batch, visible: Visible, project: UUID) -> None:
    """Look at what can be seen of a batch by itself.

    Raises
    ------
    Refused
        If something is written into a scope that the asker may not write to.
    InvalidValue
        If something belongs to another project than the one that is being written to.
    """
    if any(number not in visible.writable for number in _scopes(batch)):
        raise refused()
    owners = {record.project for record in batch.records} | {file.project for file in batch.files}
    if owners - {project}:
        raise InvalidValue(
            "A record or file of another project was given.", mend="Write to one project in one transaction."
        )
    if batch.relinked - {record.id for record in batch.records}:
        raise InvalidValue(
            "Links were to be replaced without a new version of the record they start from.",
            mend="Give that version too.",
        )
    if any(found.kind == COMPOSITION for found in batch.likenesses.values()):
        raise InvalidValue(
            "What a composition is compared by was given.", mend="Give the composition: it is worked out of it."
        )
    if batch.renewed - {record.id for record in batch.records}:
        raise InvalidValue(
            "Facts were to be renewed without a new version of the record they rest on.", mend="Give that version too."
        )


def check_move(records: Mapping[UUID, int], found: Mapping[UUID, int], visible: Visible) -> None:
    """Look at where records are to be moved, and from where.

    Parameters
    ----------
    records : mapping
        Records and the scopes that they go to.
    found : mapping
        Those of them that are there, the project's and visible, with the scopes that they are in.

    Raises
    ------
    RecordNotFound, Refused
    """
    for record in records.keys() - found.keys():
        raise no_such_record(record)
    if ({*records.values()} | {*found.values()}) - visible.writable:
        raise refused()


def _scopes(batch: Batch) -> Iterator[int]:
    for rows in (batch.records, batch.links, batch.facts, batch.files, batch.events):
        for row in rows:
            yield row.scope


def check_same_thing(known: Record, new: Record) -> None:
    """Refuse a version that is of another thing than the versions before it.

    Raises
    ------
    InvalidValue
    """
    if (known.pid, known.kind, known.project) != (new.pid, new.kind, new.project):
        raise InvalidValue(
            f"Version {new.version} of {known.pid} has another identifier, kind or project than the versions before.",
            mend="A version changes what is known of a thing; another thing is a record of its own.",
        )


def refused() -> Refused:
    """Say that a scope is closed to the asker."""
    return Refused("You may not write there.", mend="Ask the project's owner for access, or choose another tier.")


def newer_version(record: Record) -> Conflict:
    """Say that the version is not the next one."""
    return Conflict(
        f"Version {record.version} of {record.pid} is not the next one.",
        mend="Somebody else may have changed the record: read it again, then change it.",
    )


def newly_keyed(records: Iterable[Record], known: Mapping[UUID, Record]) -> tuple[Record, ...]:
    """Those that take a key which they did not have before.

    Parameters
    ----------
    records : iterable of Record
        The last versions of a batch.
    known : mapping
        What was current of them before.

    Raises
    ------
    Conflict
        If the batch itself has another one with such a key.
    """
    live = [record for record in records if record.key is not None and not record.deleted]
    had = {i: None if before.deleted else before.key for i, before in known.items()}
    fresh = tuple(record for record in live if had.get(record.id) != record.key)
    n_with = Counter((record.kind, record.key) for record in live)
    if any(n_with[record.kind, record.key] > 1 for record in fresh):
        raise key_taken()
    return fresh


def check_places(files: Iterable[FileEntry], there: Iterable[tuple[UUID, str, str]]) -> None:
    """Refuse entries of files that are there already.

    Parameters
    ----------
    files : iterable of FileEntry
        What is to be written, each entry once.
    there : iterable
        The entries that the asker sees with such paths and checksums: identifier, path and checksum of each.

    Raises
    ------
    Conflict
    """
    known = set[UUID]()
    taken = set[tuple[str, str]]()
    for entry, path, checksum in there:
        known.add(entry)
        taken.add((path, checksum))
    for file in files:
        if file.id in known:
            continue
        if (file.path, file.checksum) in taken:
            raise already_there(f"The file '{file.path}'")
        taken.add((file.path, file.checksum))


def key_taken() -> Conflict:
    """Say that the project has a current record of this kind with this key."""
    return Conflict("The project has this sample or measurement already.", mend="Use the one that is there.")


def name_of_search_taken(search: SavedSearch) -> Conflict:
    """Say that the person has another search of that name."""
    return Conflict(f"You have another saved search named {search.name!r}.", mend="Give one of the two another name.")


def identifier_taken(*pids: str) -> IdentifierTaken:
    """Say that a short identifier, or one of several, is in use."""
    shown = ", ".join(pids[:3]) + (", ..." if len(pids) > 3 else "")
    which = f"The short identifier {shown}" if len(pids) == 1 else f"One of the short identifiers {shown}"
    return IdentifierTaken(f"{which} is in use.", mend="Draw another one.")


def from_itself(titles: Sequence[str]) -> InvalidValue:
    """Say that a record would come from itself: titles along the way, the first the same as the last."""
    shown = [*titles[:_MOST_SHOWN], "...", titles[-1]] if len(titles) > _MOST_SHOWN + 1 else titles
    return InvalidValue(
        f"{titles[0]} would come from itself: {' ← '.join(shown)}.",
        mend="One of these links leads the wrong way: each goes from what came later to what it rests on.",
    )


def already_there(what: str) -> Conflict:
    """Say that a row with this identity exists."""
    return Conflict(f"{what} is there already.", mend="Look for the one that is there and use it.")


def no_such_record(record: UUID) -> RecordNotFound:
    """Say that something hangs on a record that is not there."""
    return RecordNotFound(str(record))
