"""The raw bytes of a deposited file, exactly as they came."""

from __future__ import annotations

from typing import BinaryIO

from kiban.errors import RecordNotFound
from kiban.operations.audited import reads, saw
from kiban.operations.resources import Resources
from kiban.records.file_entry import FileEntry
from kiban.records.party import Asker


@reads("downloaded file")
def fetch_file(asker: Asker, resources: Resources, checksum: str) -> tuple[FileEntry, BinaryIO]:
    """Open a file by its checksum.

    Raises
    ------
    RecordNotFound
        If no file with these bytes is visible to the asker, whether or not somebody else keeps the same bytes.
    DamagedObject
        If the bytes are gone.
    """
    entries = resources.catalog.files(resources.visible(asker), checksum=checksum, limit=1)
    if not entries:
        raise RecordNotFound(checksum)
    saw(entries[0], subject=checksum)
    return entries[0], resources.objects.open(checksum)
