"""Signed heads of the audit log, kept outside the database: the newest one, and one for each day for ever.

`head` holds the newest: it is written after each commit. `heads.jsonl` holds those that are kept, each naming the one
before by its hash; nothing is ever taken out of it. Whoever changes the log inside the database contradicts them, and
cannot sign others without the key.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from kiban.errors import InvalidValue
from kiban.records.audit_chain import NO_HASH, Head, head_of, time_text
from kiban.store.audit_key import AuditKey, is_signed, write_whole
from kiban.store.audit_log import Tail
from kiban.store.disk_room import writing_failed
from kiban.store.file_lock import FileLock

_LOG = logging.getLogger(__name__)
_WAIT_S = 10.0
_LONGEST_LINE = 2000
_SECTOR = 512


class HeadFolder:
    """The heads of one home. Several processes may use it at once.

    Parameters
    ----------
    hash_of : callable
        Gives the hash that a line has in the database by its number; `None` where there is no such line.
    """

    def __init__(self, folder: Path, key: AuditKey, hash_of: Callable[[int], str | None]) -> None:
        self._folder = folder
        self._key = key
        self._hash_of = hash_of
        self._last: Head | None = None

    def record(self, tail: Tail, *, keep: bool = False) -> None:
        """Sign the end of the log, unless a later one has been signed. All of it must be on the disk.

        Parameters
        ----------
        keep : bool
            Keep it for good, whether or not one of this day has been kept.

        Raises
        ------
        StorageError
            If the folder cannot be written to.
        """
        try:
            with alone(self._folder):
                kept = last_kept(self._folder)
                newest = self._newest(kept)
                if newest is not None and self._hash_of(newest.number) != newest.hash:
                    # The log does not hold what was signed. The proof is kept, before a new head takes its place.
                    _LOG.error("the audit log contradicts its signed head of line %d", newest.number)
                    if kept is None or kept.own_hash() != newest.own_hash():
                        kept = self._keep(newest)
                elif newest is not None and newest.number >= tail.number:
                    if not keep or (kept is not None and kept.number == newest.number):
                        return
                    tail = Tail(newest.number, newest.hash)
                head = self._sign(tail, kept)
                if kept is None or (keep and kept.number != tail.number) or kept.at[:10] != head.at[:10]:
                    head = self._sign(tail, self._keep(head))
                self._write(head)
                self._last = head
        except OSError as e:
            raise writing_failed(self._folder, e) from e

    def _newest(self, kept: Head | None) -> Head | None:
        """The furthest head that was signed with this key: also where somebody has taken its file away."""
        found = newest_head(self._folder)
        heads = [each for each in (found, self._last, kept) if each is not None and is_signed(each)]
        if found not in heads and self._last is not None:
            _LOG.error("the newest signed head of the audit log was taken away or changed")
        return max(heads, key=lambda head: (head.number, head.at), default=None)

    def _sign(self, tail: Tail, kept: Head | None) -> Head:
        before = NO_HASH if kept is None else kept.own_hash()
        at = time_text(datetime.now(UTC))
        return self._key.signed(Head(number=tail.number, hash=tail.hash, at=at, before=before, key=self._key.public))

    def _write(self, head: Head) -> None:
        """Put it in the place of the newest one, without waiting for the disk.

        It is shorter than a sector, which is written whole or not at all: a power failure leaves an older one, which is
        as true. To wait for it would make every change three times as long.
        """
        path, content = self._folder / "head", _line(head).rstrip().ljust(_SECTOR - 1) + b"\n"
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            write_whole(path, content, mode=0o600)
            return
        try:
            os.pwrite(descriptor, content, 0)
            os.ftruncate(descriptor, len(content))
        finally:
            os.close(descriptor)

    def _keep(self, head: Head) -> Head:
        path = self._folder / "heads.jsonl"
        is_new = not path.exists()
        with path.open("ab") as file:
            # A crash may have left half a line behind; the next one begins on a line of its own.
            if not is_new and not _ends_whole(path):
                file.write(b"\n")
            file.write(_line(head))
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            path.chmod(0o600)
            _give_to_owner(path)
        return head


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep other processes from the heads meanwhile. Raises OSError, StorageError."""
    lock = FileLock(folder / "lock")
    try:
        if not lock.wait_exclusive(_WAIT_S):
            raise TimeoutError("another process holds the lock on the heads of the audit log")
        yield
    finally:
        lock.close()


def make_head_folder(folder: Path) -> None:
    """Make the folder of the heads, for its owner alone. Raises StorageError, DiskFull."""
    try:
        if not folder.exists():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _give_to_owner(folder)
    except OSError as e:
        raise writing_failed(folder.parent, e) from e


def newest_head(folder: Path) -> Head | None:
    """The newest head; `None` where there is none, or none that can be read: verification tells those apart."""
    try:
        return read_head((folder / "head").read_bytes())
    except (FileNotFoundError, InvalidValue):
        return None


def last_kept(folder: Path) -> Head | None:
    """The last head that was kept; half a line at the end is passed over."""
    path = folder / "heads.jsonl"
    if not path.exists():
        return None
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - 4 * _LONGEST_LINE, 0))
        for text in reversed(file.read().split(b"\n")):
            try:
                return read_head(text)
            except InvalidValue:
                continue
    return None


def kept_heads(folder: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of the kept heads as they are, with their numbers in the file."""
    path = folder / "heads.jsonl"
    if path.exists():
        with path.open("rb") as file:
            yield from enumerate(file, 1)


def read_head(text: bytes) -> Head:
    """Read a head. Raises InvalidValue."""
    try:
        return head_of(json.loads(text[:_LONGEST_LINE]))
    except ValueError as e:
        raise InvalidValue("This is no signed head of an audit log.", mend="Restore it from a backup.") from e


def _line(head: Head) -> bytes:
    return json.dumps(head.as_json()).encode() + b"\n"


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return True
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def _give_to_owner(path: Path) -> None:
    if os.geteuid() == 0:
        folder = path.parent.stat()
        os.chown(path, folder.st_uid, folder.st_gid)
