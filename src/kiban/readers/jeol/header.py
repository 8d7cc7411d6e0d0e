"""JEOL Delta, the first 1360 bytes of a file: what follows, how much of it and where. Always big-endian."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import datetime, timedelta

from kiban.errors import DamagedFile, UnsupportedVariant
from kiban.readers.jeol.units import unit
from kiban.readers.text import decode
from kiban.records.reading import Json

SIGNATURE = b"JEOL.NMR"
LENGTH = 1360

INSTRUMENTS = (
    "", "GSX", "ALPHA", "ECLIPSE", "MASS_SPEC", "COMPILER", "OTHER_NMR", "UNKNOWN", "GEMINI", "UNITY", "ASPECT", "UX",
    "FELIX", "LAMBDA", "GE_1280", "GE_OMEGA", "CHEMAGNETICS", "CDFF", "GALACTIC", "TRIAD", "GENERIC_NMR", "GAMMA",
    "JCAMP_DX", "AMX", "DMX", "ECA", "ALICE", "NMRPIPE", "SIMPSON",
)  # fmt: skip
_KINDS = ("none", "real", "TPPI", "complex", "real_complex", "envelope")
_FORMATS = {
    1: "one_d", 2: "two_d", 3: "three_d", 4: "four_d", 5: "five_d", 6: "six_d", 7: "seven_d", 8: "eight_d",
    12: "small_two_d", 13: "small_three_d", 14: "small_four_d",
}  # fmt: skip
_RULERS = ("ranged", "listed (deprecated)", "sparse", "listed")
_MEND = "Copy the file again from the spectrometer; it is kept as it came."


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """What the header says of one dimension, the direct one first."""

    letter: str
    """By which its parameters begin: X, Y, Z, A, ..."""
    kind: str
    unit: str
    ruler: str
    n_stored: int
    first: int
    last: int
    """The valid points among the stored ones, counted from 0; both ends belong to them."""
    start: float
    stop: float
    title: str
    base_frequency_mhz: float
    list_start: int
    list_length: int

    @property
    def n(self) -> int:
        """Number of valid points."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What is needed to read on, and all of it as JSON."""

    byte_order: str
    """`<` or `>`: of parameters and data."""
    layout: str
    item_bytes: int
    dimensions: tuple[Dimension, ...]
    title: str
    author: str
    created_at: datetime | None
    parameters_at: int
    parameters_length: int
    data_at: int
    data_length: int
    context_at: int
    context_length: int
    as_json: dict[str, Json]


def read_header(content: bytes, name: str) -> Header:
    """Read the fixed header.

    Raises
    ------
    DamagedFile
        If the file is shorter, or a field holds what the format forbids.
    UnsupportedVariant
        If the data have more than two dimensions or a layout that is not described.
    """
    if len(content) < LENGTH or not content.startswith(SIGNATURE):
        raise DamagedFile(
            f"{name}: a header of {LENGTH} bytes that begins with JEOL.NMR was expected; there are {len(content)}.",
            mend=_MEND,
        )
    layout = _FORMATS.get(content[14] & 0x3F, str(content[14] & 0x3F))
    n_dimensions = content[12]
    _check(content, name, layout, n_dimensions)
    dimensions = tuple(_dimension(content, i) for i in range(n_dimensions))
    data_at, data_length, context_at, context_length = struct.unpack_from(">IQQI", content, 1284)
    parameters_at, parameters_length = struct.unpack_from(">II", content, 1212)
    return Header(
        byte_order="<" if content[8] else ">",
        layout=layout,
        item_bytes=4 if content[14] >> 6 else 8,
        dimensions=dimensions,
        title=_text(content, 48, 124),
        author=_text(content, 552, 128),
        created_at=_time(content, 400),
        parameters_at=parameters_at,
        parameters_length=parameters_length,
        data_at=data_at,
        data_length=data_length,
        context_at=context_at,
        context_length=context_length,
        as_json=_as_json(content, layout, dimensions),
    )


def _check(content: bytes, name: str, layout: str, n_dimensions: int) -> None:
    if content[8] > 1:
        raise DamagedFile(f"{name}: byte 8 must be 0 or 1 for the byte order; it is {content[8]}.", mend=_MEND)
    if content[14] >> 6 > 1:
        raise UnsupportedVariant(
            f"{name}: its numbers are of the reserved type {content[14] >> 6}; 0 (64 bits) and 1 (32 bits) are read.",
            mend="Export it from Delta again, or as JCAMP-DX. It is kept as it came.",
        )
    expected = {"one_d": 1, "two_d": 2, "small_two_d": 2}.get(layout)
    if expected is None:
        raise UnsupportedVariant(
            f"{name} has the layout {layout}; one_d, two_d and small_two_d are read.",
            mend="Export slices or projections from Delta. It is kept as it came.",
        )
    if n_dimensions != expected:
        raise DamagedFile(f"{name}: {n_dimensions} dimensions in a file of the layout {layout}.", mend=_MEND)
    for i in range(n_dimensions):
        if not 1 <= content[24 + i] < len(_KINDS):
            raise DamagedFile(f"{name}: dimension {i + 1} is of kind {content[24 + i]}; 1 to 5 are known.", mend=_MEND)


def _dimension(content: bytes, i: int) -> Dimension:
    n_stored, first, last = (struct.unpack_from(">I", content, at + 4 * i)[0] for at in (176, 208, 240))
    start, stop, base = (struct.unpack_from(">d", content, at + 8 * i)[0] for at in (272, 336, 1064))
    list_start, list_length = (struct.unpack_from(">I", content, at + 4 * i)[0] for at in (1220, 1252))
    present = [letter for bit, letter in enumerate("XYZABCDE") if content[13] >> (7 - bit) & 1]
    ranged = content[172 + i // 2]
    return Dimension(
        letter=present[i] if i < len(present) else "XYZABCDE"[i],
        kind=_KINDS[content[24 + i]],
        unit=_axis_unit(content, i),
        ruler=_RULERS[(ranged & 0x0F if i % 2 else ranged >> 4) & 3],
        n_stored=n_stored,
        first=first,
        last=last,
        start=start,
        stop=stop,
        title=_text(content, 808 + 32 * i, 32),
        base_frequency_mhz=base,
        list_start=list_start,
        list_length=list_length,
    )


def _axis_unit(content: bytes, i: int) -> str:
    """A compound unit stands further down; the byte that says so counts from 1."""
    where = content[1328 + i]
    if where in {1, 2}:
        return unit(content[1336 + 12 * (where - 1) + 2 : 1336 + 12 * where])
    return unit(content[32 + 2 * i : 34 + 2 * i])


def _text(content: bytes, at: int, length: int) -> str:
    return decode(content[at : at + length].partition(b"\0")[0])[0].strip()


def _time(content: bytes, at: int) -> datetime | None:
    """Seven bits for the years since 1990, four for the month, five for the day, 16 for the part of the day."""
    packed, fraction = struct.unpack_from(">HH", content, at)
    try:
        day = datetime(1990 + (packed >> 9), packed >> 5 & 15, packed & 31)
    except ValueError:
        return None
    return day + timedelta(seconds=round(fraction * 86400 / 65536))


def _as_json(content: bytes, layout: str, dimensions: tuple[Dimension, ...]) -> dict[str, Json]:
    created, revised = _time(content, 400), _time(content, 404)
    return {
        "version": f"{content[9]}.{int.from_bytes(content[10:12], 'big')}",
        "byte order": "little-endian" if content[8] else "big-endian",
        "layout": layout,
        "instrument": INSTRUMENTS[content[15]] if content[15] < len(INSTRUMENTS) else content[15],
        "title": _text(content, 48, 124),
        "created": created.isoformat() if created else None,
        "revised": revised.isoformat() if revised else None,
        "node": _text(content, 408, 16),
        "site": _text(content, 424, 128),
        "author": _text(content, 552, 128),
        "comment": _text(content, 680, 128),
        "dimensions": [
            {
                "letter": d.letter,
                "title": d.title,
                "kind": d.kind,
                "unit": d.unit,
                "ruler": d.ruler,
                "points stored": d.n_stored,
                "first valid point": d.first,
                "last valid point": d.last,
                "axis start": _number(d.start),
                "axis stop": _number(d.stop),
                "base frequency": _number(d.base_frequency_mhz),
                "zero point": _number(struct.unpack_from(">d", content, 1128 + 8 * i)[0]),
                "reversed": bool(content[1192 + i]),
            }
            for i, d in enumerate(dimensions)
        ],
    }


def _number(value: float) -> Json:
    """JSON has no infinity and no NaN; the header keeps them as words."""
    return value if value - value == 0 else str(value)
