"""Writing to a disk that may be full: asked before, and understood after."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiban.errors import DiskFull, StorageError

RESERVE = 64 * 2**20
"""Bytes that stay free, so that the database can always finish what it has begun."""

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
"""Disk, quota, limit on the size of a file."""


def require_room(folder: Path, needed: int, *, reserve: int = RESERVE) -> None:
    """Refuse to begin what would not fit.

    Parameters
    ----------
    needed, reserve : int
        Bytes to be written, and bytes that have to be free after that.

    Raises
    ------
    DiskFull
    """
    disk = os.statvfs(folder)
    free = disk.f_bavail * disk.f_frsize
    if free - needed < reserve:
        raise DiskFull(
            f"The disk of {folder} has {_megabytes(free)} free; {_megabytes(needed)} are to be written and "
            f"{_megabytes(reserve)} stay reserved for the database.",
            mend="Make room there, or move the data folder (KIBAN_HOME) to a larger disk, and try again.",
        )


@contextmanager
def telling_why(folder: Path) -> Iterator[None]:
    """Turn what the system says while something is written into what a person can act on.

    Raises
    ------
    DiskFull
        If the disk, a quota or a limit on the size of files left no room.
    StorageError
        If it could not be written for another reason.
    """
    try:
        yield
    except OSError as error:
        raise writing_failed(folder, error) from error


def writing_failed(folder: Path, error: OSError) -> StorageError:
    """Say why nothing could be written to a folder; DiskFull if for lack of room."""
    if error.errno in _NO_ROOM:
        return DiskFull(
            f"There was no room to write to {folder}: {error.strerror}.",
            mend="Make room there (or raise the quota) and try again; what was half written is removed.",
        )
    return StorageError(
        f"{folder} cannot be written: {error.strerror}.", mend="Check the disk and its permissions, then try again."
    )


def _megabytes(size: int) -> str:
    return f"{size / 2**20:.1f} MB"
