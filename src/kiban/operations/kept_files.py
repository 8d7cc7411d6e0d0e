"""Files that are kept as they came, without being read: they belong to a record of another kind."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from datetime import UTC, datetime

from kiban.operations.discover import shown
from kiban.operations.resources import Resources
from kiban.records.file_entry import Blob, FileEntry, FileStatus
from kiban.records.identity import new_uuid
from kiban.records.party import Asker
from kiban.store.catalog import Batch


def keep_files(asker: Asker, resources: Resources, files: Mapping[str, bytes], *, scope: int, reason: str) -> None:
    """Keep them under their paths; those that are there already stay as they are. Raises as `deposit`."""
    blobs = dict(zip(files, resources.objects.put_many(files.values()), strict=True))
    with resources.catalog.writing(resources.visible(asker), project=resources.project_of(asker)) as writing:
        known = writing.existing_files([(shown(path), blob.checksum) for path, blob in blobs.items()], first=scope)
        entries = [
            kept_entry(asker, resources, shown(path), blob, scope=scope, reason=reason)
            for path, blob in blobs.items()
            if (shown(path), blob.checksum) not in known
        ]
        distinct = {blob.checksum: blob for blob in blobs.values()}
        writing.add(Batch(blobs=tuple(distinct.values()), files=tuple(entries)))


def kept_entry(asker: Asker, resources: Resources, path: str, blob: Blob, *, scope: int, reason: str) -> FileEntry:
    """A new entry of such a file."""
    return FileEntry(
        id=new_uuid(),
        path=path,
        checksum=blob.checksum,
        size=blob.size,
        media_type=mimetypes.guess_type(path)[0] or "application/octet-stream",
        status=FileStatus.KEPT,
        reason=reason,
        project=resources.project_of(asker),
        scope=scope,
        deposited_at=datetime.now(UTC),
        deposited_by=asker.party,
    )
