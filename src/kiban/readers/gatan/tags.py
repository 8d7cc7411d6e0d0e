"""The tag tree of a DigitalMicrograph file (DM3, DM4).

The header and all structure are big-endian; values are in the order that the header states. A directory has two flags,
a count and its entries; an entry has a type (20 directory, 21 value), a name and, in DM4 only, its length. A value has
"%%%%", the length of its type description and the description itself: one number for a simple type, 15 for a structure
of simple ones, 18 for a text, 20 for an array of either. Counts have 4 bytes in DM3 and 8 in DM4.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, LimitExceeded, UnsupportedVariant

MEND = "Copy the file again from the microscope's computer, or save it again; it is kept as it came."
_MOST_TAGS = 400_000
_DEEPEST = 64
_LONGEST_DESCRIPTION = 4_096
_LONGEST_TEXT = 100_000
_DIRECTORY, _VALUE = 20, 21
_STRUCTURE, _STRING, _ARRAY = 15, 18, 20
SIMPLE = {
    2: ("h", "i2"),
    3: ("i", "i4"),
    4: ("H", "u2"),
    5: ("I", "u4"),
    6: ("f", "f4"),
    7: ("d", "f8"),
    8: ("B", "u1"),
    9: ("b", "i1"),
    10: ("B", "u1"),
    11: ("q", "i8"),
    12: ("Q", "u8"),
}
"""Simple types: their letters in `struct` and in numpy."""
_SIMPLES = {
    order: {code: struct.Struct(order + letter) for code, (letter, _) in SIMPLE.items()} for order in ("<", ">")
}
_ENTRY = struct.Struct(">BH")
_TRUTH, _TEXT = 8, 4
_WITHOUT_LINE_ENDS = {ord(sign): None for sign in "\r\n\t"}
_UTF_16 = {"<": "utf-16-le", ">": "utf-16-be"}

Value: TypeAlias = "bool | int | float | str | tuple[Value, ...] | Array | Directory"


@dataclass(frozen=True, slots=True)
class Array:
    """An array as it lies in the file."""

    types: tuple[int, ...]
    """The simple type of its elements, or those of the structures that are its elements."""
    is_structured: bool
    count: int
    raw: memoryview
    order: str
    """`<` or `>`."""

    def numbers(self) -> NDArray[Any] | None:
        """The numbers, as a view on the file's bytes; `None` of structures."""
        if self.is_structured:
            return None
        return np.frombuffer(self.raw, dtype=self.order + SIMPLE[self.types[0]][1])

    def text(self) -> str | None:
        """The text, where the array is one: 16-bit numbers that are printable in UTF-16."""
        if self.is_structured or self.types[0] != _TEXT or self.count > _LONGEST_TEXT:
            return None
        text = bytes(self.raw).decode(_UTF_16[self.order], "replace").rstrip("\0")
        is_printable = text.isprintable() or text.translate(_WITHOUT_LINE_ENDS).isprintable()
        is_text = is_printable and "\ufffd" not in text
        return text if is_text else None


@dataclass(slots=True)
class Directory:
    """A directory of the tree. Entries without a name are told apart by their place among those."""

    entries: list[tuple[str, Value]] = field(default_factory=list)

    def get(self, *path: str) -> Value | None:
        """The value at the end of a path of names; `None` where there is none."""
        found: Value | None = self
        for name in path:
            if not isinstance(found, Directory):
                return None
            for key, value in found.entries:
                if key == name:
                    found = value
                    break
            else:
                return None
        return found

    def directory(self, *path: str) -> Directory:
        """The directory at the end of a path, an empty one where there is none."""
        found = self.get(*path)
        return found if isinstance(found, Directory) else Directory()

    def directories(self) -> Iterator[Directory]:
        """The directories among the entries, in order."""
        return (value for _, value in self.entries if isinstance(value, Directory))

    def number(self, *path: str) -> float | None:
        """The finite number at the end of a path; `None` where there is none."""
        found = self.get(*path)
        is_number = isinstance(found, int | float) and not isinstance(found, bool) and math.isfinite(found)
        return found if is_number else None  # type: ignore[return-value]

    def text(self, *path: str) -> str:
        """The text at the end of a path, trimmed; empty where there is none."""
        found = self.get(*path)
        if isinstance(found, Array):
            found = found.text()
        return found.strip() if isinstance(found, str) else ""


@dataclass(frozen=True, slots=True)
class Header:
    """The first bytes of a file."""

    version: int
    root_bytes: int
    order: str
    length: int

    @classmethod
    def of(cls, content: bytes) -> Header | None:
        """Read it; `None` where the bytes do not begin like a DM3 or DM4 file."""
        layout = {3: ">III", 4: ">IQI"}.get(int.from_bytes(content[:4], "big"))
        if layout is None or len(content) < struct.calcsize(layout) + 2:
            return None
        version, root_bytes, order = struct.unpack_from(layout, content)
        start = struct.calcsize(layout)
        if order not in {0, 1} or content[start] > 1 or content[start + 1] > 1:
            return None
        return cls(version, root_bytes, "<" if order else ">", start)


def parse(content: bytes, *, file: str) -> tuple[Header, Directory]:
    """Read the whole tree; arrays stay where they are.

    Raises
    ------
    DamagedFile
        If it is no DM3 or DM4 file, ends too early or holds what the format does not know.
    UnsupportedVariant, LimitExceeded
    """
    header = Header.of(content)
    if header is None:
        raise DamagedFile(f"{file} does not begin like a DM3 or DM4 file.", mend=MEND)
    return header, _Parser(content, header, file).directory(0)


class _Parser:
    """Walks through the bytes once."""

    def __init__(self, content: bytes, header: Header, file: str) -> None:
        self._content = content
        self._length = len(content)
        self._at = header.length
        self._order = header.order
        self._simples = _SIMPLES[header.order]
        self._file = file
        self._has_lengths = header.version == 4
        self._count_code = "Q" if header.version == 4 else "I"
        self._count = struct.Struct(f">{self._count_code}")
        self._left = _MOST_TAGS

    def _pass(self, n: int) -> int:
        """Go on by n bytes, and say where they begin."""
        begin = self._at
        if begin + n > self._length:
            raise DamagedFile(
                f"{self._file}: a tag at byte {begin} needs {n} bytes, {self._length - begin} are left.",
                mend=MEND,
            )
        self._at = begin + n
        return begin

    def _take(self, n: int) -> bytes:
        begin = self._pass(n)
        return self._content[begin : begin + n]

    def _number(self) -> int:
        return int(self._count.unpack_from(self._content, self._pass(self._count.size))[0])

    def _numbers(self, n: int) -> list[int]:
        if self._at + n * self._count.size > self._length:
            return [self._number() for _ in range(n)]  # which says at which of them the file ends
        begin = self._pass(n * self._count.size)
        return list(struct.unpack_from(f">{n}{self._count_code}", self._content, begin))

    def _fault(self, what: str, found: object) -> DamagedFile:
        return DamagedFile(f"{self._file}: {what} was expected before byte {self._at}; {found} was found.", mend=MEND)

    def directory(self, depth: int) -> Directory:
        if depth > _DEEPEST:
            raise LimitExceeded(f"{self._file}: tags are nested more than {_DEEPEST} deep.", mend=MEND)
        self._pass(2)
        n = self._number()
        found = Directory()
        for _ in range(n):
            self._left -= 1
            if self._left < 0:
                raise LimitExceeded(
                    f"{self._file} has more than {_MOST_TAGS} tags.",
                    mend="Save the images one by one. The file is kept as it came.",
                )
            found.entries.append(self._entry(depth))
        return found

    def _entry(self, depth: int) -> tuple[str, Value]:
        kind, length = _ENTRY.unpack_from(self._content, self._pass(3))
        name = _name(self._take(length))
        if self._has_lengths:
            self._pass(8)
        if kind == _DIRECTORY:
            return name, self.directory(depth + 1)
        if kind == _VALUE:
            return name, self._value()
        raise self._fault("a tag (20 or 21)", kind)

    def _value(self) -> Value:
        mark = self._take(4)
        if mark != b"%%%%":
            raise self._fault("the mark %%%%", repr(mark))
        n = self._number()
        if not 0 < n <= _LONGEST_DESCRIPTION:
            raise self._fault("the description of a value", f"one of {n} numbers")
        described = self._numbers(n)
        match described:
            case [simple] if simple in SIMPLE:
                return self._simple(simple)
            case [code, length] if code == _STRING:
                return self._take(2 * length).decode(_UTF_16[self._order], "replace")
            case [code, *rest] if code == _STRUCTURE:
                types = self._fields(rest)
                return tuple(self._simple(each) for each in types)
            case [code, *rest, count] if code == _ARRAY and rest:
                return self._array(rest, count)
        raise UnsupportedVariant(
            f"{self._file}: a tag before byte {self._at} has the type {described[:6]}, which is not known.",
            mend="Save the image again with DigitalMicrograph. The file is kept as it came.",
        )

    def _fields(self, description: list[int]) -> tuple[int, ...]:
        """The types of a structure's fields: after two lengths, pairs of the length of a name and a type."""
        types = tuple(description[3::2])
        if len(description) < 4 or len(types) != description[1] or not all(each in SIMPLE for each in types):
            raise self._fault("a structure of simple types", description[:8])
        return types

    def _simple(self, code: int) -> bool | int | float:
        layout = self._simples[code]
        value: int | float = layout.unpack_from(self._content, self._pass(layout.size))[0]
        if code == 6:
            # Single precision by its shortest decimal form: 0.005, not 0.004999999888241291.
            return float(str(np.float32(value)))
        return bool(value) if code == _TRUTH else value

    def _array(self, described: list[int], count: int) -> Array:
        is_structured = described[0] == _STRUCTURE
        if is_structured:
            types = self._fields(described[1:])
        elif len(described) == 1 and described[0] in SIMPLE:
            types = (described[0],)
        else:
            raise self._fault("an array of simple types or structures", described[:8])
        length = sum(self._simples[code].size for code in types) * count
        begin = self._pass(length)
        return Array(types, is_structured, count, memoryview(self._content)[begin : begin + length], self._order)


def _name(raw: bytes) -> str:
    """Names are ASCII but for a µ here and there, which older programs write in the computer's code page."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")
