"""The header and the parameters of a JEOL Delta file."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta

from kiban.errors import DamagedFile
from kiban.readers.jeol.units import unit
from kiban.readers.text import decode
from kiban.records.reading import Json

MEND = "Export the measurement again, or copy the file again; it is kept as it came."
SIGNATURES = (b"JEOL.NMR", b"RMN.LOEJ")
HEADER_BYTES = 1360
_PARAMETER_BYTES = 64
_MOST_PARAMETERS = 100_000

NONE, REAL, TPPI, COMPLEX, REAL_COMPLEX, ENVELOPE = range(6)
ONE_D, TWO_D = 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One dimension of the data, the fastest first."""

    kind: int
    unit: str
    is_ranged: bool
    """The points are evenly spaced between the two ends."""
    n_points: int
    first: int
    """Of the points, those from here to `last` were measured."""
    last: int
    start: float
    stop: float
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the header says."""

    order: str
    """Of bytes in parameters and data, as `struct` writes it; the header itself is always big-endian."""
    version: str
    data_type: int
    data_format: int
    axes: tuple[Axis, ...]
    title: str
    created_at: datetime | None
    node: str
    site: str
    author: str
    comment: str
    param_start: int
    data_start: int
    data_length: int


def header(content: bytes, file: str) -> Header:
    """Read the header. Raises DamagedFile."""
    if len(content) < HEADER_BYTES:
        raise DamagedFile(f"{file}: a header of {HEADER_BYTES} bytes was expected; {len(content)} follow.", mend=MEND)
    endian, major, minor, n_dimensions = struct.unpack_from(">BBHB", content, 8)
    if endian > 1 or not 1 <= n_dimensions <= 8:
        raise DamagedFile(f"{file}: the header speaks of {n_dimensions} dimensions and byte order {endian}.", mend=MEND)
    if content[:8] == SIGNATURES[1]:
        raise DamagedFile(f"{file}: its header is in the wrong byte order.", mend=MEND)
    ranged = struct.unpack_from(">I", content, 172)[0]
    columns = zip(
        struct.unpack_from(">8B", content, 24),
        struct.iter_unpack(">BB", content[32:48]),
        [ranged >> shift & 0xF for shift in range(28, -1, -4)],
        *(struct.unpack_from(f">8{code}", content, place) for code, place in
          (("I", 176), ("I", 208), ("I", 240), ("d", 272), ("d", 336))),
        [_text(content[808 + 32 * i : 840 + 32 * i]) for i in range(8)],
        strict=True,
    )  # fmt: skip
    axes = tuple(
        Axis(kind=kind, unit=unit(*units), is_ranged=how == 0, n_points=n, first=first, last=last, start=start,
             stop=stop, title=title)
        for kind, units, how, n, first, last, start, stop, title in columns
    )[:n_dimensions]  # fmt: skip
    [param_start] = struct.unpack_from(">I", content, 1212)
    data_start, data_length = struct.unpack_from(">IQ", content, 1284)
    return Header(
        order="<" if endian == 1 else ">",
        version=f"{major}.{minor}",
        data_type=content[14] >> 6,
        data_format=content[14] & 0x3F,
        axes=axes,
        title=_text(content[48:172]),
        created_at=_date(content[400:404]),
        node=_text(content[408:424]),
        site=_text(content[424:552]),
        author=_text(content[552:680]),
        comment=_text(content[680:808]),
        param_start=param_start,
        data_start=data_start,
        data_length=data_length,
    )


def parameters(content: bytes, head: Header, file: str) -> dict[str, Json]:
    """All parameters by their names: texts and numbers, or numbers with their unit as `{"value", "unit"}`.

    Raises
    ------
    DamagedFile
        If they do not fit into the file.
    """
    if not head.param_start:
        return {}
    place = head.param_start
    if place + 16 > len(content):
        raise DamagedFile(f"{file}: the parameters should begin at byte {place}; the file ends before.", mend=MEND)
    size, low, high = struct.unpack_from(f"{head.order}III", content, place)
    count = high - low + 1
    if size != _PARAMETER_BYTES or not 0 <= count <= _MOST_PARAMETERS or place + 16 + count * size > len(content):
        raise DamagedFile(f"{file}: {count} parameters of {size} bytes do not fit into the file.", mend=MEND)
    found: dict[str, Json] = {}
    for at in range(place + 16, place + 16 + count * size, size):
        name = _text(content[at + 36 : at + 64]).lower()
        if name:
            found[name] = _value(content, at, head.order)
    return found


def _value(content: bytes, at: int, order: str) -> Json:
    [scale] = struct.unpack_from(f"{order}h", content, at + 4)
    [kind] = struct.unpack_from(f"{order}I", content, at + 32)
    if kind == 0:
        return _text(content[at + 16 : at + 32])
    if kind == 1:
        number: float = struct.unpack_from(f"{order}i", content, at + 16)[0]
    elif kind in {2, 3}:
        number = struct.unpack_from(f"{order}d", content, at + 16)[0]
    else:
        return None
    if not math.isfinite(number):
        return str(number)
    if scale and -30 <= scale <= 30:
        number *= 10.0**scale
    of = unit(content[at + 6], content[at + 7])
    return {"value": number, "unit": of} if of else number


def _date(packed: bytes) -> datetime | None:
    """Year since 1990 in 7 bits, month in 4, day in 5; then the time of day, in 65536 parts of a day."""
    bits, part = struct.unpack(">HH", packed)
    try:
        day = datetime(1990 + (bits >> 9), bits >> 5 & 0xF, bits & 0x1F)
    except ValueError:
        return None
    return day + timedelta(seconds=round(part * 86400 / 65536))


def _text(content: bytes) -> str:
    return decode(content.partition(b"\0")[0])[0].strip()
