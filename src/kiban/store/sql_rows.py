"""Nouns to rows of the tables and back.

PostgreSQL's text holds neither the zero character nor halves of surrogate pairs, which headers and file names of
broken files have; in text columns they are written as U+E000 (a private character) and four hexadecimal digits.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Uncertainty
from kiban.query.answers import Answer, Number, answers, fact_number, sample_as_written, started, text_of
from kiban.query.confidence import doubt_of
from kiban.records.document import from_json
from kiban.records.event import Event
from kiban.records.file_entry import FileEntry, FileStatus
from kiban.records.link import Link, Predicate
from kiban.records.property import Fact, Property
from kiban.records.record import Record, RecordKind
from kiban.store.json_text import from_text, to_text
from kiban.store.sql_words import words_text

ODD = "\ue000"
"""Stands before the code of a character that a text column does not take."""
_ODD = re.compile(f"[\x00\ud800-\udfff{ODD}]")
_WRITTEN = re.compile(f"{ODD}([0-9a-f]{{4}})")


def stored(text: str) -> str:
    """Write a text as a text column takes it."""
    return _ODD.sub(lambda odd: f"{ODD}{ord(odd[0]):04x}", text) if _ODD.search(text) else text


def unstored(text: str) -> str:
    """Read a text as it was before `stored`."""
    return _WRITTEN.sub(lambda written: chr(int(written[1], 16)), text) if ODD in text else text


def _stored(text: str | None) -> str | None:
    return None if text is None else stored(text)


def _unstored(text: str | None) -> str | None:
    return None if text is None else unstored(text)


def key_hash(key: str) -> UUID:
    """128 bits that stand for a key of any length."""
    return UUID(bytes=hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()[:16])


def place(path: str, checksum: str) -> UUID:
    """128 bits that stand for a path and the bytes found there."""
    return key_hash(f"{checksum} {path}")


def record_row(
    record: Record, *, is_current: bool, said: Mapping[str, Iterable[Answer]] | None = None
) -> tuple[Any, ...]:
    """One version of a record, with what questions will compare; `said` is what it answers, where that is known."""
    return (
        record.id,
        record.version,
        is_current,
        record.deleted,
        stored(record.pid),
        record.kind.value,
        stored(record.title),
        _stored(record.key),
        None if record.key is None else key_hash(record.key),
        record.sample,
        record.project,
        stored(record.owner),
        record.scope,
        _stored(text_of(record, "technique")) or None,
        _stored(sample_as_written(record)),
        started(record),
        to_text(record.document),
        answers_text(answers(record) if said is None else said),
        words_text(record),
        record.created_at,
        stored(record.created_by),
    )


def answers_text(said: Mapping[str, Iterable[Answer]]) -> str:
    """What a record answers, as its row holds it."""
    return to_text(
        {
            stored(path): [{"si": v.si, "unit": v.unit} if isinstance(v, Number) else v for v in values]
            for path, values in said.items()
        }
    )


RECORD_COLUMNS = (
    "id, pid, kind, version, title, project, owner, scope, key, sample, document::text AS document, created_at, "
    "created_by, is_deleted"
)


def record_of(row: tuple[Any, ...]) -> Record:
    """The record of a row of `RECORD_COLUMNS`."""
    id_, pid, kind, version, title, project, owner, scope, key, sample, document, created_at, created_by, deleted = row
    return Record(
        id=id_,
        pid=unstored(pid),
        kind=RecordKind(kind),
        version=version,
        title=unstored(title),
        project=project,
        owner=unstored(owner),
        scope=scope,
        key=_unstored(key),
        sample=sample,
        document=from_text(document),
        created_at=created_at,
        created_by=unstored(created_by),
        deleted=deleted,
    )


def link_row(link: Link) -> tuple[Any, ...]:
    """One edge of the graph."""
    return (link.subject, link.predicate.value, link.object, link.scope)


def link_of(row: tuple[Any, ...]) -> Link:
    """The link of a row of subject, predicate, object and scope."""
    return Link(subject=row[0], predicate=Predicate(row[1]), object=row[2], scope=row[3])


def fact_row(fact: Fact, *, is_standing: bool) -> tuple[Any, ...]:
    """One claimed value, as given and in SI."""
    claim = fact.property
    si, doubt = fact_number(fact), doubt_of(claim.value)
    return (
        fact.id,
        stored(claim.term),
        float(claim.value.value),
        stored(claim.value.unit),
        None if claim.value.uncertainty is None else to_text(claim.value.uncertainty),
        None if si is None else si.si,
        None if si is None else si.unit,
        None if si is None or doubt is None else doubt.standard,
        to_text(dict(claim.condition)),
        stored(claim.method),
        fact.subject,
        fact.evidence,
        is_standing,
        fact.scope,
    )


FACT_COLUMNS = (
    "id, term, value, unit, uncertainty::text AS uncertainty, condition::text AS condition, method, subject, evidence, "
    "scope"
)


def fact_of(row: tuple[Any, ...]) -> Fact:
    """The fact of a row of `FACT_COLUMNS`."""
    id_, term, value, unit, uncertainty, condition, method, subject, evidence, scope = row
    doubt = None if uncertainty is None else from_json(from_text(uncertainty), Uncertainty)
    claim = Property(
        term=unstored(term),
        value=Measured(value, unstored(unit), doubt),
        condition={name: _condition(part) for name, part in from_text(condition).items()},
        method=unstored(method),
    )
    return Fact(id=id_, property=claim, subject=subject, evidence=evidence, scope=scope)


def _condition(part: Any) -> Measured | str | int:
    return from_json(part, Measured) if isinstance(part, dict) else part


def file_row(file: FileEntry) -> tuple[Any, ...]:
    """One deposited path."""
    return (
        file.id,
        stored(file.path),
        file.checksum,
        place(file.path, file.checksum),
        file.size,
        stored(file.media_type),
        file.status.value,
        _stored(file.reader),
        file.reader_version,
        stored(file.reason),
        file.project,
        file.scope,
        file.archive,
        file.deposited_at,
        stored(file.deposited_by),
    )


FILE_COLUMNS = (
    "id, path, checksum, size, media_type, status, reader, reader_version, reason, project, scope, archive, "
    "deposited_at, deposited_by"
)


def file_of(row: tuple[Any, ...]) -> FileEntry:
    """The file entry of a row of `FILE_COLUMNS`."""
    id_, path, checksum, size, media, status, reader, version, reason, project, scope, archive, at, by = row
    return FileEntry(
        id=id_,
        path=unstored(path),
        checksum=checksum,
        size=size,
        media_type=unstored(media),
        status=FileStatus(status),
        reader=_unstored(reader),
        reader_version=version,
        reason=unstored(reason),
        project=project,
        scope=scope,
        archive=archive,
        deposited_at=at,
        deposited_by=unstored(by),
    )


def event_row(event: Event) -> tuple[Any, ...]:
    """One line of the event log."""
    details = to_text(event.details)
    return (event.at, stored(event.actor), stored(event.action), event.subject, event.scope, details)


EVENT_COLUMNS = "at, actor, action, subject, scope, details::text AS details"


def event_of(row: tuple[Any, ...]) -> Event:
    """The event of a row of `EVENT_COLUMNS`."""
    at, actor, action, subject, scope, details = row
    return Event(
        at=at,
        actor=unstored(actor),
        action=unstored(action),
        subject=subject,
        scope=scope,
        details=from_text(details),
    )
