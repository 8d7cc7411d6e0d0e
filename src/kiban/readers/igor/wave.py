"""Igor binary waves, versions 1, 2, 3 and 5: the numbers with scaling, units, labels and note.

All headers are packed to two bytes; pointers are 32 bits and mean nothing in a file. Layout after Technical Note 003
of WaveMetrics.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.readers.text import decode
from kiban.records.reading import Json

MEND = "Save the wave again in Igor; the file is kept as it came."
_BIN_HEADERS = {1: 8, 2: 16, 3: 20, 5: 64}
_WAVE_HEADER_2, _WAVE_HEADER_5 = 110, 320
_PADDING = 16
"""Room for the first numbers that the header of the versions 1 to 3 counts as its own."""
_LABEL_BYTES = 32
_COMPLEX, _TEXT = 1, 0
_TYPES = {
    0x02: "f4",
    0x04: "f8",
    0x08: "i1",
    0x10: "i2",
    0x20: "i4",
    0x80: "i8",
    0x48: "u1",
    0x50: "u2",
    0x60: "u4",
    0xC0: "u8",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """One dimension of a wave: rows first, then columns, layers, chunks."""

    size: int
    first: float
    step: float
    unit: str
    label: str = ""
    """Of the dimension as a whole."""
    labels: tuple[str, ...] = ()
    """Of its elements, empty or as many as there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """A wave as it stands in the file.

    Parameters
    ----------
    dimensions : tuple of Dimension
        Rows first.
    values : array
        Dimensions in the opposite order: rows, which run fastest, are the last axis.
    note : str
        What programs and people wrote beside it.
    header : dict
        Fields of the headers that say something.
    """

    name: str
    dimensions: tuple[Dimension, ...]
    values: NDArray[Any]
    unit: str
    note: str
    header: dict[str, Json]


def byte_order(content: bytes) -> tuple[str, int] | None:
    """Byte order and version by the first two bytes; `None` where they are of no version that there is."""
    for order in "<>":
        if len(content) >= 2:
            (version,) = struct.unpack_from(f"{order}h", content)
            if version in _BIN_HEADERS:
                return order, version
    return None


def has_sound_checksum(content: bytes) -> bool:
    """Say whether the 16-bit words of the headers add up to zero, as Igor makes them do."""
    found = byte_order(content)
    if found is None:
        return False
    order, version = found
    length = _BIN_HEADERS[version] + (_WAVE_HEADER_5 if version == 5 else _WAVE_HEADER_2 + _PADDING)
    if len(content) < length:
        return False
    words = np.frombuffer(content, f"{order}i2", length // 2)
    return int(words.sum(dtype=np.int64)) & 0xFFFF == 0 and bool(np.any(words[1:]))


def is_plausible(content: bytes) -> bool:
    """Say whether number of points, type and length agree, whatever the checksum says."""
    found = byte_order(content)
    if found is None:
        return False
    order, version = found
    at = _BIN_HEADERS[version]
    if len(content) < at + _WAVE_HEADER_5:
        return False
    wave_bytes, n, code, own = (
        (struct.unpack_from(f"{order}i", content, 4)[0], *struct.unpack_from(f"{order}ih", content, at + 12), 320)
        if version == 5
        else (
            struct.unpack_from(f"{order}i", content, 2)[0],
            struct.unpack_from(f"{order}i", content, at + 42)[0],
            struct.unpack_from(f"{order}h", content, at)[0],
            _WAVE_HEADER_2 + _PADDING,
        )
    )
    written = _TYPES.get(code & ~_COMPLEX)
    width = np.dtype(written).itemsize * (2 if code & _COMPLEX else 1) if written else 0
    return bool(n > 0 and width and wave_bytes == own + n * width)


def read_wave(content: bytes, file: str) -> Wave:
    """Read a wave.

    Raises
    ------
    DamagedFile
        If the checksum is wrong, or sizes contradict each other or the length of the file.
    UnsupportedVariant
        If it is of another version, or a wave of texts or references.
    NothingMeasured
        If it holds no numbers, or only the formula for them.
    """
    found = byte_order(content)
    if found is None:
        raise UnsupportedVariant(
            f"{file}: an Igor binary wave of version 1, 2, 3 or 5 was expected; it begins with {content[:2].hex(' ')}.",
            mend="Save it in Igor as an Igor binary wave; the file is kept as it came.",
        )
    order, version = found
    if not has_sound_checksum(content):
        raise DamagedFile(f"{file}: the checksum of the headers is wrong; the first bytes are damaged.", mend=MEND)
    parser = _Version5(content, order, file) if version == 5 else _Earlier(content, order, version, file)
    return parser.wave()


class _Parser:
    """What all versions have in common: fields by their place, numbers, texts."""

    def __init__(self, content: bytes, order: str, file: str) -> None:
        self.content = content
        self.order = order
        self.file = file

    def get(self, code: str, at: int) -> Any:
        """One field."""
        return struct.unpack_from(self.order + code, self.content, at)[0]

    def many(self, code: str, at: int) -> list[Any]:
        """Several fields."""
        return list(struct.unpack_from(self.order + code, self.content, at))

    def text(self, at: int, length: int) -> str:
        """A text in its field, up to its zero byte."""
        return decode(self.content[at : at + length].split(b"\0")[0])[0]

    def section(self, at: int, length: int, what: str) -> bytes:
        """What stands behind the numbers."""
        if length < 0 or at + length > len(self.content):
            raise DamagedFile(
                f"{self.file}: {length} bytes of {what} are promised from byte {at} on; the file has "
                f"{len(self.content)}.",
                mend=MEND,
            )
        return self.content[at : at + length]

    def numbers(self, code: int, sizes: list[int], n_bytes: int, at: int) -> NDArray[Any]:
        """Read the numbers, checked before anything is made of them."""
        written = _TYPES.get(code & ~_COMPLEX)
        if written is None:
            kind = "texts" if code == _TEXT else f"type {code:#x}"
            raise UnsupportedVariant(
                f"{self.file}: a wave of numbers was expected; this is one of {kind}.",
                mend="Export it from Igor as text; the file is kept as it came.",
            )
        is_complex = bool(code & _COMPLEX)
        kind_of_number = np.dtype(self.order + written)
        n = 1
        for size in sizes:
            n *= size
        n_parts = n * (2 if is_complex else 1)
        if n_bytes != n_parts * kind_of_number.itemsize:
            raise DamagedFile(
                f"{self.file}: {n} numbers of {kind_of_number.itemsize} bytes{' twice' if is_complex else ''} are "
                f"promised in {n_bytes} bytes.",
                mend=MEND,
            )
        self.section(at, n_bytes, "numbers")
        parts = np.frombuffer(self.content, kind_of_number, n_parts, at).astype(written)
        if is_complex:
            single = written in {"f4", "i1", "i2", "u1", "u2"}
            real = np.float32 if single else np.float64
            parts = parts.astype(real).view(np.complex64 if single else np.complex128)
        return parts.reshape(sizes[::-1])


class _Version5(_Parser):
    def wave(self) -> Wave:
        """Read it all."""
        _, wave_bytes, formula_bytes, note_bytes, unit_bytes = self.many("h4i", 2)
        unit_sizes, label_sizes = self.many("4i", 20), self.many("4i", 36)
        at = _BIN_HEADERS[5]
        created, modified, n_points = self.many("IIi", at + 4)
        sizes = self._sizes(self.many("4i", at + 68), n_points)
        data = at + _WAVE_HEADER_5
        values = self.numbers(self.get("h", at + 16), sizes, wave_bytes - _WAVE_HEADER_5, data)
        place = data + wave_bytes - _WAVE_HEADER_5
        sections = []
        for what, length in (
            ("formula", formula_bytes),
            ("note", note_bytes),
            ("data units", unit_bytes),
            *((f"units of dimension {n}", size) for n, size in enumerate(unit_sizes)),
            *((f"labels of dimension {n}", size) for n, size in enumerate(label_sizes)),
        ):
            sections.append(self.section(place, length, what))
            place += length
        formula, note, unit = (decode(part.rstrip(b"\0"))[0] for part in sections[:3])
        dimensions = tuple(
            self._dimension(at, n, size, decode(sections[3 + n].rstrip(b"\0"))[0], sections[7 + n])
            for n, size in enumerate(sizes)
        )
        name = self.text(at + 28, 32)
        header: dict[str, Json] = {
            "version": 5,
            "name": name,
            "created": created,
            "modified": modified,
            "type": self.get("h", at + 16),
            "sizes": list(sizes),
            "formula": formula,
            "full scale": _finite(self.many("2d", at + 172)) if self.get("h", at + 168) else None,
        }
        return Wave(
            name=name,
            dimensions=dimensions,
            values=values,
            unit=unit or self.text(at + 148, 4),
            note=note,
            header=header,
        )

    def _sizes(self, given: list[int], n_points: int) -> list[int]:
        """Dimensions up to the first zero; their product is the number of points."""
        sizes = given[: given.index(0)] if 0 in given else given
        n = 1
        for size in sizes:
            n *= size
        if not sizes or n_points == 0:
            raise NothingMeasured(f"{self.file}: the wave holds no points.", mend=MEND)
        if min(sizes) < 0 or n != n_points:
            shape = " x ".join(str(size) for size in sizes)
            raise DamagedFile(f"{self.file}: {shape} points are promised and {n_points} in all.", mend=MEND)
        return sizes

    def _dimension(self, at: int, n: int, size: int, unit: str, raw_labels: bytes) -> Dimension:
        labels = [
            decode(raw_labels[start : start + _LABEL_BYTES].split(b"\0")[0])[0].strip()
            for start in range(0, len(raw_labels), _LABEL_BYTES)
        ]
        of_elements = tuple(labels[1 : size + 1])
        return Dimension(
            size=size,
            step=self.get("d", at + 84 + 8 * n),
            first=self.get("d", at + 116 + 8 * n),
            unit=unit or self.text(at + 152 + 4 * n, 4),
            label=labels[0] if labels else "",
            labels=of_elements if len(of_elements) == size else (),
        )


class _Earlier(_Parser):
    def __init__(self, content: bytes, order: str, version: int, file: str) -> None:
        super().__init__(content, order, file)
        self.version = version

    def wave(self) -> Wave:
        """Read it all."""
        wave_bytes = self.get("i", 2)
        note_bytes = self.get("i", 6) if self.version >= 2 else 0
        formula_bytes = self.get("i", 10) if self.version == 3 else 0
        at = _BIN_HEADERS[self.version]
        n_points = self.get("i", at + 42)
        n_bytes = wave_bytes - _WAVE_HEADER_2 - _PADDING
        if n_points == 0:
            raise NothingMeasured(f"{self.file}: the wave holds no points.", mend=MEND)
        if formula_bytes > 0 and n_bytes == 0:
            raise NothingMeasured(
                f"{self.file}: the wave depends on a formula; its numbers were not written.",
                mend="Save it in Igor as a wave of its own, without the formula.",
            )
        if n_points < 0:
            raise DamagedFile(f"{self.file}: {n_points} points are promised.", mend=MEND)
        data = at + _WAVE_HEADER_2
        values = self.numbers(self.get("h", at), [n_points], n_bytes, data)
        place = data + n_bytes + _PADDING
        note = self.section(place, note_bytes, "note") if note_bytes else b""
        formula = self.section(place + note_bytes, formula_bytes, "formula") if formula_bytes else b""
        name = self.text(at + 6, 20)
        step, first = self.many("2d", at + 48)
        header: dict[str, Json] = {
            "version": self.version,
            "name": name,
            "created": self.get("I", at + 96) if self.version > 1 else None,
            "modified": self.get("I", at + 102),
            "type": self.get("h", at),
            "sizes": [n_points],
            "formula": decode(formula.rstrip(b"\0"))[0],
            "full scale": _finite(self.many("2d", at + 70)) if self.get("h", at + 68) else None,
        }
        return Wave(
            name=name,
            dimensions=(Dimension(size=n_points, first=first, step=step, unit=self.text(at + 38, 4)),),
            values=values,
            unit=self.text(at + 34, 4),
            note=decode(note.rstrip(b"\0"))[0],
            header=header,
        )


def _finite(pair: list[float]) -> Json:
    return [value if np.isfinite(value) else str(value) for value in pair]
