"""Locks on files that the kernel takes back when their holder ends, however it ends.

They are `flock`s: each belongs to one opening of the file, so two openings in one process exclude each other like two
processes do, and a program that inherits the descriptor holds the lock too.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from kiban.errors import StorageError
from kiban.store.disk_room import writing_failed

_POLL_S = 0.01


class FileLock:
    """One opening of a lock file, holding nothing at first.

    Raises
    ------
    StorageError
        If the file cannot be opened for writing, or its disk knows no locks; DiskFull if there is no room for it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise writing_failed(path.parent, error) from error
        self._share_with_owner_of_folder()

    def try_exclusive(self) -> bool:
        """Take the lock for this opening alone, if nobody else has it."""
        return self._try(fcntl.LOCK_EX)

    def try_shared(self) -> bool:
        """Take the lock together with others, if nobody has it alone."""
        return self._try(fcntl.LOCK_SH)

    def wait_exclusive(self, timeout_s: float) -> bool:
        """Wait for the lock; gives False if it is still taken at the end of the time."""
        until = time.monotonic() + timeout_s
        # Polling, unlike a blocking flock, ends in time and can be interrupted from the keyboard.
        while not self.try_exclusive():
            if time.monotonic() > until:
                return False
            time.sleep(_POLL_S)
        return True

    def fileno(self) -> int:
        """Give the descriptor, for a program that shall inherit the lock."""
        return self._descriptor

    def close(self) -> None:
        """Let go. The lock stays with programs that have inherited it."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _try(self, kind: int) -> bool:
        try:
            fcntl.flock(self._descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            raise StorageError(
                f"{self.path} cannot be locked: {error.strerror}.",
                mend="Choose a data folder (KIBAN_HOME) on a local disk.",
            ) from error
        return True

    def _share_with_owner_of_folder(self) -> None:
        # A command run once as root must not leave locks that the owner of the home cannot open any more.
        if os.geteuid() == 0:
            folder = self.path.parent.stat()
            os.fchown(self._descriptor, folder.st_uid, folder.st_gid)
