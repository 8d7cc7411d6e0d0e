"""Entries of the directory as rows: a kind, an id and a JSON document."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from kiban.errors import Conflict
from kiban.records.audit_entry import AuditEntry
from kiban.records.document import from_json, to_json
from kiban.records.parties.directory import FIELD_OF, Decision, Directory
from kiban.records.parties.export_control import ReleaseTable
from kiban.records.parties.people import Group, Organisation, Person
from kiban.records.parties.terms import Agreement, Invitation, Project
from kiban.records.scope import Tier
from kiban.store.directory_store import Changed

RELEASES = UUID("0190a2d0-0000-7000-8000-000000000002")
"""The id of the release table, of which there is one."""
_KINDS: dict[str, type[Any]] = {
    "organisation": Organisation,
    "person": Person,
    "group": Group,
    "project": Project,
    "agreement": Agreement,
    "invitation": Invitation,
    "decision": Decision,
    "releases": ReleaseTable,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def row_of(entry: Changed) -> tuple[str, UUID, Any]:
    """Kind, id and document."""
    return _NAMES[type(entry)], RELEASES if isinstance(entry, ReleaseTable) else entry.id, to_json(entry)


def entry_of(kind: str, document: Any) -> Changed:
    """The entry of a row. Raises InvalidValue where it is none."""
    entry: Changed = from_json(document, _KINDS[kind])
    return entry


def change_lines(entries: Collection[Changed], by: str, at: datetime) -> list[AuditEntry]:
    """What the audit log says of a change of which nobody said more: that it was made, not what is in it."""
    kept = [row_of(entry) for entry in entries]
    return [AuditEntry(at=at, actor=by, act=f"changed {kind}", subject=str(entry_id)) for kind, entry_id, _ in kept]


def directory_of(entries: Iterable[Changed], revision: int) -> Directory:
    """A directory of all its current entries."""
    return with_changes(Directory(), list(entries), revision)


def with_changes(directory: Directory, entries: Collection[Changed], revision: int) -> Directory:
    """The directory at a later revision."""
    kept = [entry for entry in entries if not isinstance(entry, ReleaseTable)]
    tables = [entry for entry in entries if isinstance(entry, ReleaseTable)]
    changed = directory.with_entries(kept)
    return replace(changed, revision=revision, releases=tables[-1] if tables else changed.releases)


def followed(entries: Collection[Changed]) -> list[Project]:
    """The projects among them, each with the agreement that its scopes get."""
    projects = [entry for entry in entries if isinstance(entry, Project)]
    return [each if each.tier is Tier.SHARED else replace(each, agreement=None) for each in projects]


def check_revision(directory: Directory, expected: int) -> None:
    """Refuse a change that was made on an older state. Raises Conflict."""
    if directory.revision != expected:
        raise Conflict(
            f"People, projects or agreements were changed by somebody else: revision {directory.revision}, "
            f"not {expected}.",
            mend="Look at them as they are now, then make the change again.",
        )


assert set(FIELD_OF) == set(_KINDS.values()) - {ReleaseTable}  # noqa: S101  the two tables name the same kinds
