"""The contract of the directory's store: people, projects and agreements, every version of each kept."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias
from uuid import UUID

from kiban.records.audit_entry import AuditEntry
from kiban.records.parties.directory import Decision, Directory, Entry
from kiban.records.parties.export_control import ReleaseTable

Changed: TypeAlias = "Entry | Decision | ReleaseTable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One version of an entry."""

    revision: int
    entry: Changed
    at: datetime
    by: str


class DirectoryStore(Protocol):
    """Keeps the directory."""

    def load(self) -> Directory:
        """The directory as it is now. Quick where nothing has changed since the last time."""
        ...

    def change(
        self, entries: Collection[Changed], *, by: str, expected: int, audit: Collection[AuditEntry] = ()
    ) -> Directory:
        """Put entries in, in one transaction; those with a known id are their next versions.

        The scopes that follow a project are given its tier and agreement in the same transaction, and the audit log its
        lines.

        Parameters
        ----------
        by : str
            The party that changes it.
        expected : int
            The revision that the change was made on.
        audit : collection of AuditEntry, optional
            What the audit log says of it. Unless given, a line for each entry says that it was changed.

        Returns
        -------
        Directory
            With the changes.

        Raises
        ------
        Conflict
            If the directory has another revision by now.
        """
        ...

    def history(self, entry: UUID) -> tuple[Change, ...]:
        """All versions of an entry, newest first."""
        ...
