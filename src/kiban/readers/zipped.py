"""Zip files from strangers: members by name, each bounded, none ever written to disk under its own name."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

from kiban.errors import DamagedFile, HostileFile, KibanError, LimitExceeded
from kiban.readers.source import Source, read_bounded

SIGNATURE = b"PK\x03\x04"

_UNSOUND = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    ValueError,
    OverflowError,
    NotImplementedError,
    EOFError,
)
"""What zipfile raises over contents that are none: offsets before the start, records cut short, methods unheard of."""


class Zipped:
    """The members of a zip file.

    Raises
    ------
    DamagedFile
        If the directory of the archive cannot be read.
    LimitExceeded
        If it has more members than allowed, or they promise to unpack to more than allowed.
    HostileFile
        If a member's name would leave the archive, or it is squeezed harder than data can be.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._limits = source.limits
        self._left = source.limits.expanded_bytes
        self._file = source.open()
        try:
            self._zip = zipfile.ZipFile(cast(io.BufferedReader, self._file))
        except _UNSOUND as e:
            self._file.close()
            raise DamagedFile(
                f"{source.name} begins as a zip archive but its directory cannot be read: {e}.",
                mend="Copy it again from where it was made; it is kept as it came.",
            ) from e
        try:
            infos = self._checked_infos()
        except KibanError:
            self.close()
            raise
        # macOS adds a resource fork beside each file; it is not part of the data.
        self._infos = {
            info.filename: info
            for info in infos
            if not info.filename.startswith("__MACOSX/") and not info.filename.rpartition("/")[2].startswith("._")
        }

    def _checked_infos(self) -> list[zipfile.ZipInfo]:
        # A name can be empty in a broken archive; then is_dir() fails in Python 3.11.
        infos = [info for info in self._zip.infolist() if info.filename and not info.is_dir()]
        if len(infos) > self._limits.members:
            raise LimitExceeded(
                f"{self._source.name} has {len(infos)} members; at most {self._limits.members} are read.",
                mend="Split the archive. It is kept as it came.",
            )
        for info in infos:
            if escapes(info.filename):
                raise HostileFile(
                    f"{self._source.name} has a member '{info.filename}' whose name leaves the archive.",
                    mend="Pack the files again under plain relative names.",
                )
        return infos

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the files inside, in the archive's order."""
        return tuple(self._infos)

    def read(self, name: str) -> bytes:
        """Unpack one member.

        Raises
        ------
        KeyError
            If there is no such member.
        DamagedFile, HostileFile, LimitExceeded
        """
        info = self._infos[name]
        try:
            with self._zip.open(info) as stream:
                content = read_bounded(
                    cast(BinaryIO, stream),
                    packed_bytes=info.compress_size,
                    limits=self._limits,
                    name=f"{self._source.name}!/{name}",
                )
        except (*_UNSOUND, RuntimeError) as e:
            raise DamagedFile(
                f"{self._source.name}: the member {name} cannot be unpacked: {e}.",
                mend="Copy the archive again from where it was made; it is kept as it came.",
            ) from e
        self._left -= len(content)
        if self._left < 0:
            raise LimitExceeded(
                f"{self._source.name} unpacks to more than {self._limits.expanded_bytes} bytes in all.",
                mend="Unpack it yourself and deposit the files. It is kept as it came.",
            )
        return content

    def close(self) -> None:
        """Close the underlying file."""
        # ZipFile leaves a file open that it was given open.
        self._zip.close()
        self._file.close()


def escapes(name: str) -> bool:
    """Say whether a member's name points outside the archive: absolute, on a drive, or with a step upwards."""
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or (len(name) > 1 and name[1] == ":") or "\0" in name


def listed_names(source: Source) -> Iterator[str]:
    """Give the members' names without opening the archive, cheap enough for `recognise`.

    They are those in the last part of the archive's directory; of an archive cut short, the first member's. Archives
    can hold archives uncompressed, so only the outer archive's own directory counts.
    """
    tail = source.tail(65536)
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 16:
        yield _name(source.head, length_at=26, start=30)
        return
    start = max(0, end - int.from_bytes(tail[end + 12 : end + 16], "little"))
    for match in re.finditer(rb"PK\x01\x02", tail[start:end]):
        entry = tail[start + match.start() : end]
        yield _name(entry, length_at=28, start=46)


def _name(entry: bytes, *, length_at: int, start: int) -> str:
    length = int.from_bytes(entry[length_at : length_at + 2], "little")
    return entry[start : start + length].decode("utf-8", "replace").replace("\\", "/")
