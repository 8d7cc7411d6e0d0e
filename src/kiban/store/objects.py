"""The contract of an object store: bytes under their SHA-256, exactly as they came. The in-memory one is the model."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from kiban.errors import DamagedObject
from kiban.records.file_entry import Blob


class ObjectStore(Protocol):
    """Keeps bytes. Putting the same bytes twice keeps them once; nothing is ever changed in place."""

    def put(self, chunks: Iterable[bytes]) -> Blob:
        """Keep the bytes that the chunks add up to; they are safe on disk when this returns.

        Raises
        ------
        DiskFull
            If there is no room to keep them safely. Nothing is kept then.
        """
        ...

    def put_many(self, contents: Iterable[bytes]) -> list[Blob]:
        """Keep several small contents, with one wait for the disk where that is possible. Raises as `put`."""
        ...

    def open(self, checksum: str) -> BinaryIO:
        """Open the bytes for reading. Raises DamagedObject if they are gone."""
        ...

    def path(self, checksum: str) -> Path | None:
        """The file that holds the bytes, where the store keeps files on this machine. It must only be read."""
        ...

    def has(self, checksum: str) -> bool:
        """Say whether the bytes are there (not whether they are sound)."""
        ...

    def checksums(self) -> Iterator[Blob]:
        """Every object with its size, in order of checksum."""
        ...

    def verify(self, checksum: str) -> int:
        """Read the object whole and compare. Gives its size. Raises DamagedObject if it is gone or differs."""
        ...

    def sweep(self) -> int:
        """Remove what interrupted writes have left behind; gives the number of leftovers."""
        ...


class MemoryObjects:
    """An object store in memory, for tests; the others are compared with it."""

    def __init__(self) -> None:
        self._contents: dict[str, bytes] = {}

    def put(self, chunks: Iterable[bytes]) -> Blob:
        """See `ObjectStore.put`."""
        content = b"".join(chunks)
        checksum = hashlib.sha256(content).hexdigest()
        self._contents[checksum] = content
        return Blob(checksum, len(content))

    def put_many(self, contents: Iterable[bytes]) -> list[Blob]:
        """See `ObjectStore.put_many`."""
        return [self.put([content]) for content in list(contents)]

    def open(self, checksum: str) -> BinaryIO:
        """See `ObjectStore.open`."""
        return io.BytesIO(self._content(checksum))

    def path(self, checksum: str) -> Path | None:  # noqa: ARG002  memory has no files
        """See `ObjectStore.path`."""
        return None

    def has(self, checksum: str) -> bool:
        """See `ObjectStore.has`."""
        return checksum in self._contents

    def checksums(self) -> Iterator[Blob]:
        """See `ObjectStore.checksums`."""
        for checksum in sorted(self._contents):
            yield Blob(checksum, len(self._contents[checksum]))

    def verify(self, checksum: str) -> int:
        """See `ObjectStore.verify`."""
        content = self._content(checksum)
        if hashlib.sha256(content).hexdigest() != checksum:
            raise damaged(checksum, "its bytes have changed")
        return len(content)

    def sweep(self) -> int:
        """See `ObjectStore.sweep`."""
        return 0

    def _content(self, checksum: str) -> bytes:
        if checksum not in self._contents:
            raise damaged(checksum, "it is gone")
        return self._contents[checksum]


def damaged(checksum: str, what: str) -> DamagedObject:
    """Say that an object cannot be trusted any more."""
    return DamagedObject(
        f"Object {checksum}: {what}.",
        mend="Deposit the original file again, or restore the object from a backup; its bytes then replace this one.",
    )
