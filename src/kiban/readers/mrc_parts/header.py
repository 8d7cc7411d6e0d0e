"""The header of 1024 bytes of an MRC or CCP4 file, and which byte order it is in."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass

from kiban.readers.text import decode
from kiban.records.reading import Json

LENGTH = 1024
MODES: Mapping[int, str] = {
    0: "8-bit integers",
    1: "16-bit integers",
    2: "32-bit floating-point numbers",
    3: "complex 16-bit integers",
    4: "complex 32-bit floating-point numbers",
    6: "unsigned 16-bit integers",
    12: "16-bit floating-point numbers",
    16: "colours of 8 bits",
    101: "4-bit integers",
}
_BYTES = {0: 1, 1: 2, 2: 4, 3: 4, 4: 8, 6: 2, 12: 2, 16: 3}
_STAMPS = {0x44: "<", 0x41: "<", 0x11: ">"}
"""The first byte of the machine stamp, which says how numbers are written."""
_INTS = ("nx", "ny", "nz", "mode", "nxstart", "nystart", "nzstart", "mx", "my", "mz")
_FLOATS = ("a", "b", "c", "alpha", "beta", "gamma", "dmin", "dmax", "dmean")
_LARGEST = 1 << 30
_IMOD_STAMP = 1146047817
_SIGNED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class MapHeader:
    """What the header says, and the byte order in which it says so."""

    order: str
    """`<` or `>`."""
    shape: tuple[int, int, int]
    """Columns, rows, sections: nx, ny, nz."""
    mode: int
    starts: tuple[int, int, int]
    intervals: tuple[int, int, int]
    """Of the whole cell along its edges: mx, my, mz."""
    cell: tuple[float, float, float]
    """Lengths of the cell, in Å."""
    angles: tuple[float, float, float]
    axes: tuple[int, int, int]
    """Which edge of the cell columns, rows and sections run along: 1, 2, 3 in any order."""
    limits: tuple[float, float, float]
    """Lowest, highest and mean number."""
    space_group: int
    extended_bytes: int
    extended_type: str
    version: int
    has_mark: bool
    """`MAP ` stands where it should."""
    is_byte_signed: bool | None
    """What it says of 8-bit numbers; `None` where nothing."""
    labels: tuple[str, ...]
    doubts: tuple[str, ...] = ()

    @property
    def data_start(self) -> int:
        """Where the numbers begin."""
        return LENGTH + self.extended_bytes

    @property
    def row_bytes(self) -> int:
        """The bytes of one row; 0 for a mode that is not known."""
        if self.mode == 101:
            return (self.shape[0] + 1) // 2
        return self.shape[0] * _BYTES.get(self.mode, 0)

    @property
    def data_bytes(self) -> int:
        """The bytes that all numbers take."""
        return self.row_bytes * self.shape[1] * self.shape[2]

    @property
    def is_stack_of_volumes(self) -> bool:
        """Sections of several volumes follow one another (space groups 401 to 630)."""
        return 401 <= self.space_group <= 630

    def as_json(self) -> dict[str, Json]:
        """The fields, by their names in the standard."""
        numbers = (*self.cell, *self.angles, *self.limits)
        return {
            **dict(zip(_INTS, (*self.shape, self.mode, *self.starts, *self.intervals), strict=True)),
            **{key: value if math.isfinite(value) else str(value) for key, value in zip(_FLOATS, numbers, strict=True)},
            **dict(zip(("mapc", "mapr", "maps"), self.axes, strict=True)),
            "ispg": self.space_group,
            "nsymbt": self.extended_bytes,
            "exttyp": self.extended_type,
            "nversion": self.version,
            "byte_order": "little" if self.order == "<" else "big",
            "labels": list(self.labels),
        }


def read_header(head: bytes, size: int) -> MapHeader | None:
    """Read the header.

    Parameters
    ----------
    head : bytes
        The first 1024 bytes or more.
    size : int
        Of the file.

    Returns
    -------
    MapHeader or None
        In the byte order of its machine stamp, if it makes sense in that; else in the order in which it does. `None`
        where it makes sense in neither.
    """
    if len(head) < LENGTH:
        return None
    stamped = _STAMPS.get(head[212])
    for order in [stamped, ">" if stamped == "<" else "<"] if stamped else ["<", ">"]:
        if order is not None and _makes_sense(head, order, size):
            return _header(head, order, () if stamped in {order, None} else (_contradiction(order),))
    return None


def _contradiction(order: str) -> str:
    name = "little" if order == "<" else "big"
    return f"The machine stamp names another byte order than {name}-endian, in which alone the header makes sense."


def _makes_sense(head: bytes, order: str, size: int) -> bool:
    *lengths, mode = struct.unpack_from(order + "4i", head, 0)
    (extended,) = struct.unpack_from(order + "i", head, 92)
    axes = struct.unpack_from(order + "3i", head, 64)
    return (
        all(0 < length <= _LARGEST for length in lengths)
        and 0 <= mode <= 200
        and 0 <= extended <= size - LENGTH
        and (sorted(axes) == [1, 2, 3] or axes == (0, 0, 0))
    )


def _header(head: bytes, order: str, doubts: tuple[str, ...]) -> MapHeader:
    numbers = struct.unpack_from(order + "10i6f3i3f2i", head, 0)
    version, imod, flags = (struct.unpack_from(order + "i", head, at)[0] for at in (108, 152, 156))
    is_signed = bool(flags & _SIGNED) if imod == _IMOD_STAMP else (True if 20140 <= version < 30000 else None)
    return MapHeader(
        order=order,
        shape=numbers[:3],
        mode=numbers[3],
        starts=numbers[4:7],
        intervals=numbers[7:10],
        cell=_shortest(numbers[10:13]),
        angles=_shortest(numbers[13:16]),
        axes=numbers[16:19],
        limits=_shortest(numbers[19:22]),
        space_group=numbers[22],
        extended_bytes=numbers[23],
        extended_type=_printable(head[104:108]),
        version=version,
        has_mark=head[208:211] == b"MAP",
        is_byte_signed=is_signed,
        labels=_labels(head, struct.unpack_from(order + "i", head, 220)[0]),
        doubts=doubts,
    )


def _shortest(values: tuple[float, ...]) -> tuple[float, float, float]:
    """Single precision by its shortest decimal form: 200.1, not 200.10000610351562."""
    a, b, c = (float(f"{value:.7g}") for value in values)
    return a, b, c


def _printable(raw: bytes) -> str:
    text = raw.decode("latin-1").strip("\0 ")
    return text if text.isascii() and text.isprintable() else ""


def _labels(head: bytes, count: int) -> tuple[str, ...]:
    begins = range(224, LENGTH, 80)[: max(0, min(count, 10))]
    raw = [head[at : at + 80].rstrip(b"\0 ") for at in begins]
    return tuple([decode(each)[0].replace("\0", " ").strip() for each in raw])
