"""The object store in a folder: one file for each content, named by its SHA-256.

ab/abcdef...   an object; 256 folders hold a million of them with 4,000 names each
tmp/           what is being written
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from kiban.records.file_entry import Blob
from kiban.store.disk_room import RESERVE, require_room, telling_why
from kiban.store.incoming import Incoming, NewFile, sweep, sync_folder
from kiban.store.objects import damaged

_CHECKSUM = re.compile(r"[0-9a-f]{64}")
_BLOCK = 2**20
_LARGEST_HELD = 4 * 2**20
"""Bytes that are gathered in memory: what is kept already then costs no writing."""
_CHECK_ROOM_EVERY = 32 * 2**20
_N_WRITERS = 4
"""More do not wait less: with four, the waits for the disk overlap."""


class ObjectFolder:
    """An object store in a folder on this machine.

    Parameters
    ----------
    folder : Path
        Made with mode 0700 if there is none.
    reserve : int
        Bytes of the disk that are left free.

    Raises
    ------
    StorageError
        If the folder cannot be made.
    """

    def __init__(self, folder: Path, *, reserve: int = RESERVE) -> None:
        self.folder = folder
        self._incoming = folder / "tmp"
        self._reserve = reserve
        with telling_why(folder):
            if not self._incoming.is_dir():
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._incoming.mkdir(mode=0o700, exist_ok=True)
                sync_folder(folder.parent)

    def put(self, chunks: Iterable[bytes]) -> Blob:
        """See `ObjectStore.put`. Memory stays flat, however long the content."""
        remaining = iter(chunks)
        head = bytearray()
        for chunk in remaining:
            head += chunk
            if len(head) > _LARGEST_HELD:
                return self._put_long(chain((bytes(head),), remaining))
        return self.put_many([bytes(head)])[0]

    def put_many(self, contents: Iterable[bytes]) -> list[Blob]:
        """See `ObjectStore.put_many`. Contents in place before the disk became full stay; they are whole."""
        contents = list(contents)  # whatever goes wrong in there is no matter of our disk
        blobs = [Blob(hashlib.sha256(content).hexdigest(), len(content)) for content in contents]
        with telling_why(self.folder):
            new = {
                blob.checksum: content
                for blob, content in zip(blobs, contents, strict=True)
                if not self._holds(blob, (content,))
            }
            if new:
                require_room(self.folder, sum(map(len, new.values())), reserve=self._reserve)
                with Incoming(self._incoming) as incoming:
                    files = {checksum: incoming.new_file() for checksum in new}
                    _write_together([(files[checksum], content) for checksum, content in new.items()])
                    for checksum, file in files.items():
                        self._move_in(file.path, checksum)
            # Known ones too: whoever moved them in may have been killed before this.
            for folder in {self._place(blob.checksum).parent for blob in blobs}:
                sync_folder(folder)
        return blobs

    def open(self, checksum: str) -> BinaryIO:
        """See `ObjectStore.open`."""
        try:
            return self._place(checksum).open("rb")
        except FileNotFoundError:
            raise damaged(checksum, "it is gone") from None
        except OSError as error:
            raise damaged(checksum, f"it cannot be read ({error.strerror})") from error

    def path(self, checksum: str) -> Path | None:
        """See `ObjectStore.path`; `None` if the object is gone."""
        return self._place(checksum) if self.has(checksum) else None

    def has(self, checksum: str) -> bool:
        """See `ObjectStore.has`."""
        return self._place(checksum).is_file()

    def checksums(self) -> Iterator[Blob]:
        """See `ObjectStore.checksums`."""
        for number in range(256):
            folder = self.folder / f"{number:02x}"
            if not folder.is_dir():
                continue
            with os.scandir(folder) as entries:
                found = [Blob(entry.name, entry.stat().st_size) for entry in entries if _is_object(entry)]
            yield from sorted(found, key=lambda blob: blob.checksum)

    def verify(self, checksum: str) -> int:
        """See `ObjectStore.verify`."""
        hashing, size = hashlib.sha256(), 0
        with self.open(checksum) as file:
            try:
                while block := file.read(_BLOCK):
                    hashing.update(block)
                    size += len(block)
            except OSError as error:
                raise damaged(checksum, f"it cannot be read ({error.strerror})") from error
        if hashing.hexdigest() != checksum:
            raise damaged(checksum, "its bytes have changed")
        return size

    def sweep(self) -> int:
        """See `ObjectStore.sweep`. What another process is writing right now stays."""
        with telling_why(self.folder):
            return sweep(self._incoming)

    def _put_long(self, chunks: Iterable[bytes]) -> Blob:
        hashing, size, room_for = hashlib.sha256(), 0, 0
        with Incoming(self._incoming) as incoming:
            file = incoming.new_file()
            for chunk in chunks:
                hashing.update(chunk)
                size += len(chunk)
                with telling_why(self.folder):
                    if size > room_for:
                        room_for = size + _CHECK_ROOM_EVERY
                        require_room(self.folder, len(chunk), reserve=self._reserve)
                    file.write(chunk)
            blob = Blob(hashing.hexdigest(), size)
            with telling_why(self.folder):
                file.finish()
                with file.path.open("rb") as written:
                    known = self._holds(blob, iter(lambda: written.read(_BLOCK), b""))
                if not known:
                    self._move_in(file.path, blob.checksum)
                sync_folder(self._place(blob.checksum).parent)
        return blob

    def _place(self, checksum: str) -> Path:
        # What is no checksum must not lead out of the folder; no object has such a name.
        return self.folder / checksum[:2] / checksum if _CHECKSUM.fullmatch(checksum) else self._incoming / "none"

    def _holds(self, blob: Blob, content: Iterable[bytes]) -> bool:
        """Say whether the very same bytes are kept. A damaged object is not the same, and is replaced by who asks."""
        place = self._place(blob.checksum)
        try:
            if place.stat().st_size != blob.size:
                return False
            with place.open("rb") as kept:
                return all(kept.read(len(chunk)) == chunk for chunk in content)
        except OSError:
            return False

    def _move_in(self, path: Path, checksum: str) -> None:
        place = self._place(checksum)
        if not place.parent.exists():
            place.parent.mkdir(mode=0o700, exist_ok=True)
            sync_folder(self.folder)
        path.replace(place)


def _write_together(files: Sequence[tuple[NewFile, bytes]]) -> None:
    """Write one after the other, then wait for the disk with all of them at once; few are open at any time."""
    for file, content in files:
        file.write(content)
        file.rest()
    if len(files) == 1:
        files[0][0].finish()
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_N_WRITERS) as writers:
        # The first failure is raised here, once the writers have come to rest: then everything can be removed.
        list(writers.map(lambda pair: pair[0].finish(), files))


def _is_object(entry: os.DirEntry[str]) -> bool:
    return _CHECKSUM.fullmatch(entry.name) is not None and entry.is_file()
