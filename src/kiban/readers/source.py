"""The bytes a reader is given: a file or a member of an archive, never more of it in memory than allowed."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, cast

from kiban.errors import DamagedFile, HostileFile, LimitExceeded
from kiban.readers.text import decode

HEAD_BYTES = 65536
"""What `recognise` may look at."""

_COMPRESSIONS = ((b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ\x00", "xz"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a reader may take."""

    whole_bytes: int = 1 << 30
    """The largest file that is loaded whole."""
    expanded_bytes: int = 1 << 30
    """The largest total that compressed content may unpack to."""
    expansion_ratio: int = 200
    """Content that unpacks to more than `suspicious_bytes` must not have been squeezed harder than this."""
    suspicious_bytes: int = 64 << 20
    members: int = 20_000
    """The largest number of files in one archive."""


class Source:
    """One file's bytes, its name (a hint, never proof) and its size.

    Parameters
    ----------
    content : bytes or Path
        The bytes themselves or the file that holds them.
    name : str
        File name without folders.
    companions : mapping of str to bytes or Path, optional
        Files that belong to it, by their path below its folder (`acqus`, `pdata/1/1r`): those that a reader named in
        its `companions`.
    """

    def __init__(
        self,
        content: bytes | Path,
        *,
        name: str = "",
        limits: Limits | None = None,
        companions: Mapping[str, bytes | Path] | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self._companions = dict(companions or {})
        self._content = content
        self.packed_as: str | None = None
        """The compression that was taken off, if any: gzip, bzip2 or xz."""
        if isinstance(content, bytes):
            self.name = name
            self.size = len(content)
            self.head = content[:HEAD_BYTES]
        else:
            self.name = name or content.name
            self.head, self.size = _head_and_size(content)

    @cached_property
    def head_text(self) -> str:
        """The head decoded, with line ends as they are; worked out once for all readers that look at it."""
        return decode(self.head)[0]

    @cached_property
    def head_lower(self) -> bytes:
        """The head with the capital letters of ASCII made small, for words that may be written either way."""
        return self.head.lower()

    @property
    def companions(self) -> tuple[str, ...]:
        """Paths of the files that belong to it, below its folder."""
        return tuple(self._companions)

    def companion(self, path: str) -> Source:
        """A file that belongs to it. Raises KeyError."""
        return Source(self._companions[path], name=path.rpartition("/")[2], limits=self.limits)

    @property
    def path(self) -> Path | None:
        """Where the bytes lie, if they are a file by themselves; for programs that take no bytes."""
        return self._content if isinstance(self._content, Path) else None

    def open(self) -> BinaryIO:
        """Open the bytes for reading from the start."""
        if isinstance(self._content, bytes):
            return io.BytesIO(self._content)
        return io.BytesIO(self.head) if self._is_in_head else self._content.open("rb")

    @property
    def _is_in_head(self) -> bool:
        """A small file was read with its head and need not be opened again."""
        return self.size == len(self.head)

    def read(self) -> bytes:
        """Load the bytes whole.

        Raises
        ------
        LimitExceeded
            If there are more than `limits.whole_bytes`.
        """
        if isinstance(self._content, bytes):
            return self._content
        if self._is_in_head and self.size <= self.limits.whole_bytes:
            return self.head
        if self.size > self.limits.whole_bytes:
            raise LimitExceeded(
                f"{self.name} has {self.size} bytes; at most {self.limits.whole_bytes} are read at once.",
                mend="Export a smaller part of the measurement. The file is kept as it came.",
            )
        return self._content.read_bytes()

    def tail(self, length: int = 4096) -> bytes:
        """The last bytes."""
        with self.open() as file:
            file.seek(max(0, self.size - length))
            return file.read(length)

    def unpacked(self) -> Source | None:
        """Take off one layer of gzip, bzip2 or xz; `None` where there is none.

        Raises
        ------
        DamagedFile, HostileFile, LimitExceeded
        """
        kind = next((name for magic, name in _COMPRESSIONS if self.head.startswith(magic)), None)
        if kind is None:
            return None
        openers: dict[str, Any] = {"gzip": gzip.open, "bzip2": bz2.open, "xz": lzma.open}
        with self.open() as packed:
            stream = cast(BinaryIO, openers[kind](packed, "rb"))
            try:
                content = read_bounded(stream, packed_bytes=self.size, limits=self.limits, name=self.name)
            except (OSError, EOFError, lzma.LZMAError, zlib.error, ValueError) as e:
                raise DamagedFile(
                    f"{self.name} begins as {kind} but cannot be unpacked: {e}.",
                    mend="Copy the file again from where it was made; it is kept as it came.",
                ) from e
        inner = Source(content, name=_without_suffix(self.name), limits=self.limits)
        inner.packed_as = kind
        return inner


def _head_and_size(path: Path) -> tuple[bytes, int]:
    # A buffer would cost more than both questions, but without one a file system may give less than it has.
    with path.open("rb", buffering=0) as file:
        head, size = file.read(HEAD_BYTES), file.seek(0, io.SEEK_END)
    if len(head) < min(size, HEAD_BYTES):
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    return head, size


def _without_suffix(name: str) -> str:
    stem, dot, suffix = name.rpartition(".")
    return stem if dot and suffix.lower() in {"gz", "bz2", "xz"} else name


def read_bounded(stream: BinaryIO, *, packed_bytes: int, limits: Limits, name: str) -> bytes:
    """Read unpacked content and stop as soon as it proves to be a bomb.

    Raises
    ------
    LimitExceeded
        If more comes out than `limits.expanded_bytes`.
    HostileFile
        If much comes out that was squeezed harder than measured data can be.
    """
    parts: list[bytes] = []
    total = 0
    while part := stream.read(1 << 20):
        total += len(part)
        if total > limits.expanded_bytes:
            raise LimitExceeded(
                f"{name} unpacks to more than {limits.expanded_bytes} bytes.",
                mend="Unpack it yourself and deposit the files. It is kept as it came.",
            )
        if total > limits.suspicious_bytes and total > packed_bytes * limits.expansion_ratio:
            raise HostileFile(
                f"{name}: {packed_bytes} bytes unpack to over {limits.expansion_ratio} times as much ({total} so far).",
                mend="No instrument packs like this. If it is meant, unpack it yourself and deposit the files.",
            )
        parts.append(part)
    return b"".join(parts)
