"""The directories of a TIFF file, classic (32-bit offsets) and BigTIFF, in both byte orders.

Read here rather than by a library, because those that there are go on silently where the chain of directories is
broken or segments are missing: a stack would lose its end and nobody would be told.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, LimitExceeded
from kiban.readers.text import decode

MEND = "Copy the file again from where it was made, or save it again; it is kept as it came."
MOST_PAGES = 65_536
_MOST_TAGS = 4_096
_MARKS = {b"II*\0": ("<", False), b"MM\0*": (">", False), b"II+\0": ("<", True), b"MM\0+": (">", True)}
_TYPES = {
    1: "u1",
    2: "S1",
    3: "u2",
    4: "u4",
    5: "u4",
    6: "i1",
    7: "u1",
    8: "i2",
    9: "i4",
    10: "i4",
    11: "f4",
    12: "f8",
    13: "u4",
    16: "u8",
    17: "i8",
    18: "u8",
}
_RATIONALS = frozenset({5, 10})


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag of a directory."""

    code: int
    kind: int
    raw: bytes
    order: str

    def numbers(self) -> NDArray[Any]:
        """Its numbers; rationals as floats (NaN where they divide by zero)."""
        values = np.frombuffer(self.raw, (self.order + _TYPES[self.kind]) if self.kind != 2 else "u1")
        if self.kind not in _RATIONALS:
            return values
        above, below = values[0::2].astype(float), values[1::2].astype(float)
        quotients: NDArray[np.float64] = np.divide(above, below, out=np.full_like(above, np.nan), where=below != 0)
        return quotients

    def text(self) -> str:
        """Its text up to the first zero byte; empty where it is no text."""
        if self.kind not in {1, 2, 7}:
            return ""
        return decode(self.raw.split(b"\0", 1)[0])[0].strip()


@dataclass(frozen=True, slots=True)
class Directory:
    """The tags of one page."""

    tags: dict[int, Tag]
    broken: tuple[int, ...]
    """Codes of tags whose values lie outside the file."""

    def numbers(self, code: int) -> NDArray[Any] | None:
        """The numbers of a tag; `None` where it is missing."""
        tag = self.tags.get(code)
        return None if tag is None or tag.kind == 2 else tag.numbers()

    def number(self, code: int) -> float | None:
        """The first number of a tag, where it is finite; `None` where it is missing."""
        numbers = self.numbers(code)
        if numbers is None or numbers.size == 0 or not np.isfinite(numbers[0]):
            return None
        return float(numbers[0])

    def whole(self, code: int, otherwise: int) -> int:
        """The first number of a tag as a whole one."""
        numbers = self.numbers(code)
        return otherwise if numbers is None or numbers.size == 0 or numbers.dtype.kind == "f" else int(numbers[0])

    def text(self, code: int) -> str:
        """The text of a tag; empty where it is missing."""
        tag = self.tags.get(code)
        return "" if tag is None else tag.text()


@dataclass(frozen=True, slots=True)
class _Layout:
    """How many bytes counts and offsets take."""

    order: str
    is_big: bool

    @property
    def count(self) -> str:
        return self.order + ("Q" if self.is_big else "H")

    @property
    def offset(self) -> str:
        return self.order + ("Q" if self.is_big else "I")

    @property
    def entry(self) -> str:
        return self.order + ("HHQ8s" if self.is_big else "HHI4s")


def is_tiff(head: bytes) -> bool:
    """The bytes begin like a TIFF file."""
    return head[:4] in _MARKS


def read_directories(content: bytes, *, file: str) -> list[Directory]:
    """Read the chain of directories.

    Raises
    ------
    DamagedFile
        If the file does not begin as TIFF, or a directory lies outside of it or comes a second time.
    LimitExceeded
        If there are more than a person could look at.
    """
    if not is_tiff(content):
        raise DamagedFile(f"{file} does not begin like a TIFF file.", mend=MEND)
    layout = _Layout(*_MARKS[content[:4]])
    at = _unpack(content, layout.offset, 8 if layout.is_big else 4, file)[0]
    seen: set[int] = set()
    found: list[Directory] = []
    while at:
        if at in seen:
            raise DamagedFile(f"{file}: after page {len(found)} the page at byte {at} comes a second time.", mend=MEND)
        if len(found) >= MOST_PAGES:
            raise LimitExceeded(
                f"{file} has more than {MOST_PAGES} pages.",
                mend="Split the stack. The file is kept as it came.",
            )
        seen.add(at)
        directory, at = _read_directory(content, layout, at, len(found) + 1, file)
        found.append(directory)
    if not found:
        raise DamagedFile(f"{file} has no page.", mend=MEND)
    return found


def _unpack(content: bytes, layout: str, at: int, file: str, page: int = 0) -> tuple[Any, ...]:
    size = struct.calcsize(layout)
    if at + size > len(content):
        what = f"page {page}" if page else "the first page's place"
        raise DamagedFile(f"{file}: {what} was expected at byte {at}; the file has {len(content)} bytes.", mend=MEND)
    return struct.unpack_from(layout, content, at)


def _read_directory(content: bytes, layout: _Layout, at: int, page: int, file: str) -> tuple[Directory, int]:
    (n,) = _unpack(content, layout.count, at, file, page)
    if n > _MOST_TAGS:
        raise DamagedFile(f"{file}: page {page} promises {n} tags; none has more than {_MOST_TAGS}.", mend=MEND)
    at += struct.calcsize(layout.count)
    step = struct.calcsize(layout.entry)
    tags: dict[int, Tag] = {}
    broken = []
    for entry_at in range(at, at + n * step, step):
        code, kind, count, value = _unpack(content, layout.entry, entry_at, file, page)
        if kind not in _TYPES or code in tags:
            continue
        raw = _value(content, layout, kind, count, value)
        if raw is None:
            broken.append(code)
        else:
            tags[code] = Tag(code, kind, raw, layout.order)
    (following,) = _unpack(content, layout.offset, at + n * step, file, page)
    return Directory(tags, tuple(broken)), following


def _value(content: bytes, layout: _Layout, kind: int, count: int, inside: bytes) -> bytes | None:
    """The bytes of a tag: in the entry itself where they fit, else where it points; `None` outside of the file."""
    size = count * np.dtype(_TYPES[kind]).itemsize * (2 if kind in _RATIONALS else 1)
    if size <= len(inside):
        return inside[:size]
    (at,) = struct.unpack(layout.offset, inside)
    return content[at : at + size] if at + size <= len(content) else None
