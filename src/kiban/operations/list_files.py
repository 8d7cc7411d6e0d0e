"""Deposited files by what became of them."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from kiban.operations.audited import reads, saw
from kiban.operations.resources import Resources
from kiban.records.file_entry import FileEntry, FileStatus
from kiban.records.party import Asker


@reads("listed files")
def list_files(
    asker: Asker,
    resources: Resources,
    *,
    statuses: Collection[FileStatus] | None = None,
    checksum: str | None = None,
    limit: int = 100,
    after: UUID | None = None,
) -> tuple[FileEntry, ...]:
    """List file entries, newest first; `after` is the id of the last one of the part before."""
    found = resources.catalog.files(
        resources.visible(asker), statuses=statuses, checksum=checksum, limit=limit, after=after
    )
    saw(*found, subject=checksum or "", n=len(found))
    return found
