"""Files that are being written and have no name of their own yet.

Each writer has a lock file, and its files begin with the name of that: what belongs to a lock that can be had was left
behind by a writer that is gone, whatever process numbers say.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self
from uuid import uuid4

from kiban.store.file_lock import FileLock

_LOCK = ".lock"


class Incoming:
    """The files of one writer; those that were not moved away by the end of the `with` block are removed.

    Parameters
    ----------
    folder : Path
        Exists, on the same disk as the place where the files shall go.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._name, self._lock = _lock_of_new_writer(folder)
        self._files: list[NewFile] = []

    def new_file(self) -> NewFile:
        """Give a file to write to."""
        file = NewFile(self.folder / f"{self._name}-{len(self._files)}")
        self._files.append(file)
        return file

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._files:
            file.abandon()
        self._lock.path.unlink(missing_ok=True)
        self._lock.close()


class NewFile:
    """A file that is made by its first `write` and is on the disk, whole and read-only, after `finish`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: BinaryIO | None = None

    def write(self, chunk: bytes) -> None:
        """Add to the file."""
        if self._file is None:
            self._file = self.path.open("xb")
        self._file.write(chunk)

    def rest(self) -> None:
        """Close it; nothing more is written, and the disk has not been waited for."""
        if self._file is None:
            self._file = self.path.open("xb")
        with self._file as file:
            os.fchmod(file.fileno(), 0o440)

    def finish(self) -> None:
        """Wait until the disk has it."""
        if self._file is None or not self._file.closed:
            self.rest()
        # What is waited for is the file: through which descriptor it was written does not matter.
        descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def abandon(self) -> None:
        """Remove it, unless it has been moved away."""
        if self._file is None:
            return
        with suppress(OSError):  # bytes that found no room are tried once more here
            self._file.close()
        self.path.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep(folder: Path) -> int:
    """Remove the files of writers that are gone; gives their number."""
    n_removed = 0
    # A writer's lock is made before its files. So of what is listed here, a file without a lock has no writer.
    for path in list(folder.iterdir()):
        if path.suffix != _LOCK and not _is_written(path):
            with suppress(FileNotFoundError):
                path.unlink()
                n_removed += 1
    for path in folder.glob(f"*{_LOCK}"):
        _remove_if_free(path)
    return n_removed


def _lock_of_new_writer(folder: Path) -> tuple[str, FileLock]:
    while True:
        name = uuid4().hex
        lock = FileLock(folder / f"{name}{_LOCK}")
        # Somebody who sweeps may have come between opening and locking: then the file has gone, or goes now.
        if lock.try_exclusive() and os.fstat(lock.fileno()).st_nlink == 1:
            return name, lock
        lock.close()


def _is_written(path: Path) -> bool:
    lock = path.with_name(path.name.partition("-")[0] + _LOCK)
    return lock.exists() and not _is_free(lock)


def _is_free(path: Path) -> bool:
    lock = FileLock(path)
    try:
        return lock.try_exclusive()
    finally:
        lock.close()


def _remove_if_free(path: Path) -> None:
    lock = FileLock(path)
    try:
        if lock.try_exclusive():
            path.unlink(missing_ok=True)
    finally:
        lock.close()
