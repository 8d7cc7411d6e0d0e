"""A deposited file: where it came from, which bytes it has and what became of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from kiban.errors import InvalidValue

_SHA256 = re.compile(r"[0-9a-f]{64}")


class FileStatus(StrEnum):
    """What became of a deposited file."""

    STRUCTURED = "structured"
    """Read: measurements were made of it."""
    KEPT = "kept"
    """Kept as it came; no reader understands it."""
    QUARANTINED = "quarantined"
    """Kept as it came; a reader recognised it and failed. It can be tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """One path under which bytes were deposited.

    Parameters
    ----------
    path : str
        As deposited, below the folder that was named, with `/`; a member of an archive follows `!/`.
    checksum : str
        SHA-256 of the bytes, 64 hexadecimal digits.
    size : int
        Bytes.
    reason : str
        Why the reader was chosen, or why none was, in words for a person.
    archive : UUID, optional
        The entry of the archive it was inside of.
    """

    id: UUID
    path: str
    checksum: str
    size: int
    media_type: str
    status: FileStatus
    reader: str | None = None
    reader_version: int | None = None
    reason: str
    project: UUID
    scope: int
    archive: UUID | None = None
    deposited_at: datetime
    deposited_by: str

    def __post_init__(self) -> None:
        if not _SHA256.fullmatch(self.checksum):
            raise InvalidValue(f"'{self.checksum}' is not a SHA-256 checksum.", mend="Give 64 hexadecimal digits.")


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes in the object store: a raw file, or a normalised reading made from one."""

    checksum: str
    size: int
