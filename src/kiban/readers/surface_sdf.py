"""SDF: the surface data format of ISO 25178-71, as text and binary, and of the BCR before it.

Instrument
----------
Optical and tactile profilers and probe microscopes whose programs export it (Zygo, Taylor Hobson, Bruker, NPL, PTB,
...).

What is read
------------
One Reading of technique `surface_topography` with

- `height` in m, shape (n_profiles, n_points), or (n_points,) where there is one profile; numbers of the file times its
  Zscale; NaN where nothing was measured;
- `position_x` and `position_y` in m, from 0 in steps of Xscale and Yscale.

Uncertainties
-------------
None. A positive Zresolution is the metadata `resolution`.

What is left out
----------------
The trailer is in the header as text. Whether the first profile is that at the smallest or the largest y is not written
in the file; profiles are in its order.

File structure
--------------
Text: `aISO-1.0`, `aISO-2.0` or `aBCR-1.0`, lines `Key = value` (ManufacID, CreateDate, ModDate, NumPoints, NumProfiles,
Xscale, Yscale, Zscale, Zresolution, Compression, DataType, CheckType), `*`, numbers with `BAD` where there is none,
`*`, trailer. Binary: `bISO-1.0` or `bBCR-1.0`, the same in 81 bytes of little-endian order, and the numbers: 8, 16 or
32 bits with or without sign, 32- or 64-bit floats. Dates are day, month, year, hour and minute in 12 digits. ISO
25178-71:2017.
"""

from __future__ import annotations

import math
import re
import struct
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.number_list import number, numbers, optional_number
from kiban.readers.source import Source
from kiban.readers.text import decode
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable

_MEND = "Export the surface again; the file is kept as it came."
_TEXTS = (b"aISO-1.0", b"aISO-2.0", b"aBCR-1.0", b"aNIST-1.")
_BINARIES = (b"bISO-1.0", b"bBCR-1.0")
_OTHERS = (b"bISO-2.0",)
_HEAD = struct.Struct("<8s10s12s12sHHddddBBB")
_KEYS = (
    "version", "ManufacID", "CreateDate", "ModDate", "NumPoints", "NumProfiles", "Xscale", "Yscale", "Zscale",
    "Zresolution", "Compression", "DataType", "CheckType",
)  # fmt: skip
_TYPES = {0: "u1", 1: "<u2", 2: "<u4", 3: "<f4", 4: "i1", 5: "<i2", 6: "<i4", 7: "<f8"}
_LARGEST = 1e300


class SurfaceSdf:
    """Reads SDF."""

    name = "surface_sdf"
    version = 1
    title = "SDF surface (ISO 25178-71)"
    makers = ("ISO",)
    techniques = ("surface_topography",)
    suffixes = (".sdf",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim files that begin with aISO-1.0, bISO-1.0, aBCR-1.0 or another version of SDF."""
        if source.head.startswith((*_TEXTS, *_BINARIES, *_OTHERS)):
            return Recognition(Confidence.CERTAIN, "it begins with the version of SDF, ISO 25178-71")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the surface. Raises as the contract says."""
        content = source.read()
        if content.startswith(_BINARIES):
            fields, values, trailer = _binary(content, source.name)
        elif content.startswith(_TEXTS):
            fields, values, trailer = _text(content, source.name)
        else:
            raise UnsupportedVariant(
                f"{source.name}: SDF of version {content[:8].decode('latin-1')!r} is not read.",
                mend="Export it as aISO-1.0, aISO-2.0 or bISO-1.0. The file is kept as it came.",
            )
        if np.isnan(values).all():
            raise NothingMeasured(f"{source.name}: no point of the surface was measured.", mend=_MEND)
        header: dict[str, Json] = dict(fields)
        if trailer.strip():
            header["trailer"] = trailer.strip()[:10_000]
        n_missing = int(np.isnan(values).sum())
        return [
            Reading(
                technique="surface_topography",
                title=source.name or "Surface",
                variables=_variables(fields, values, source.name),
                header=header,
                metadata=_metadata(fields),
                started_at=_time(fields.get("CreateDate", "")),
                doubts=(f"{n_missing} of {values.size} points were not measured.",) if n_missing else (),
            )
        ]


def _shape(fields: dict[str, str], file: str) -> tuple[int, int]:
    n_points = number(fields.get("NumPoints"), what="NumPoints", file=file)
    n_profiles = number(fields.get("NumProfiles"), what="NumProfiles", file=file)
    if not (n_points >= 1 and n_profiles >= 1 and n_points % 1 == n_profiles % 1 == 0):
        raise DamagedFile(
            f"{file}: numbers of points and profiles were expected; they are {n_points:g} and {n_profiles:g}.",
            mend=_MEND,
        )
    return int(n_profiles), int(n_points)


def _text(content: bytes, file: str) -> tuple[dict[str, str], NDArray[np.float64], str]:
    text, _ = decode(content)
    parts = re.split(r"(?m)^[ \t]*\*[ \t]*\r?$", text, maxsplit=2)
    if len(parts) < 2:
        raise DamagedFile(f"{file}: a line with a star was expected after the header; there is none.", mend=_MEND)
    lines = parts[0].splitlines()
    fields = {"version": lines[0].strip()}
    for line in lines[1:]:
        key, mark, value = line.partition("=")
        if mark:
            fields[key.strip()] = value.strip()
    shape = _shape(fields, file)
    body = re.sub(r"\bBAD\b", "nan", parts[1])
    values = numbers(body, what="heights", file=file).astype(np.float64)
    if values.size != math.prod(shape):
        raise DamagedFile(
            f"{file}: the header promises {shape[0]} profiles of {shape[1]} points, {values.size} numbers follow.",
            mend=_MEND,
        )
    return fields, values.reshape(shape), parts[2] if len(parts) > 2 else ""


def _binary(content: bytes, file: str) -> tuple[dict[str, str], NDArray[np.float64], str]:
    if len(content) < _HEAD.size:
        raise DamagedFile(f"{file}: a header of {_HEAD.size} bytes was expected; there are {len(content)}.", mend=_MEND)
    unpacked = _HEAD.unpack_from(content)
    fields = {
        key: value.decode("latin-1").strip(" \0") if isinstance(value, bytes) else str(value)
        for key, value in zip(_KEYS, unpacked, strict=True)
    }
    shape = _shape(fields, file)
    kind = _TYPES.get(unpacked[11])
    if kind is None or unpacked[10]:
        raise UnsupportedVariant(
            f"{file}: data of type {unpacked[11]} with compression {unpacked[10]} are not read.",
            mend="Export it without compression. The file is kept as it came.",
        )
    dtype = np.dtype(kind)
    size = math.prod(shape) * dtype.itemsize
    if len(content) < _HEAD.size + size:
        raise DamagedFile(
            f"{file}: {shape[0]} profiles of {shape[1]} points take {size} bytes, {len(content) - _HEAD.size} follow.",
            mend=_MEND,
        )
    stored = np.frombuffer(content, dtype, math.prod(shape), _HEAD.size)
    values = stored.astype(np.float64)
    if dtype.kind == "i":
        values[stored == np.iinfo(dtype).min] = np.nan
    elif dtype.kind == "f":
        values[~(np.abs(values) < (_LARGEST if dtype.itemsize == 8 else 1e38))] = np.nan
    trailer = content[_HEAD.size + size :].decode("latin-1").strip(" \0\r\n")
    return fields, values.reshape(shape), trailer if trailer.isprintable() or "\n" in trailer else ""


def _variables(fields: dict[str, str], values: NDArray[np.float64], file: str) -> tuple[Variable, ...]:
    scales = {key: number(fields.get(key), what=key, file=file) for key in ("Xscale", "Yscale", "Zscale")}
    n_profiles, n_points = values.shape
    if not scales["Xscale"] > 0 or (n_profiles > 1 and not scales["Yscale"] > 0) or scales["Zscale"] == 0:
        raise DamagedFile(f"{file}: scales above 0 were expected; they are {scales}.", mend=_MEND)
    if not math.isfinite(scales["Xscale"] * n_points) or not math.isfinite(scales["Yscale"] * n_profiles):
        raise DamagedFile(f"{file}: with scales of {scales} it is larger than all numbers.", mend=_MEND)
    x = Variable(
        name="position_x",
        series=Series(scales["Xscale"] * np.arange(n_points), "m"),
        dimensions=("position_x",),
        role=Role.AXIS,
        label="Xscale",
        unit_as_written="m",
    )
    y = Variable(
        name="position_y",
        series=Series(scales["Yscale"] * np.arange(n_profiles), "m"),
        dimensions=("position_y",),
        role=Role.AXIS,
        label="Yscale",
        unit_as_written="m",
    )
    with np.errstate(over="ignore"):
        heights = values * scales["Zscale"]
    if np.isinf(heights).any():
        raise DamagedFile(f"{file}: with scales of {scales} it is larger than all numbers.", mend=_MEND)
    is_profile = n_profiles == 1
    height = Variable(
        name="height",
        series=Series(heights[0] if is_profile else heights, "m"),
        dimensions=("position_x",) if is_profile else ("position_y", "position_x"),
        label="Zscale",
        unit_as_written="m",
    )
    return (x, height) if is_profile else (y, x, height)


def _metadata(fields: dict[str, str]) -> dict[str, MetadataValue]:
    metadata: dict[str, MetadataValue] = {}
    if fields.get("ManufacID"):
        metadata["maker"] = fields["ManufacID"]
    resolution = optional_number(fields.get("Zresolution"))
    if resolution is not None and resolution > 0:
        metadata["resolution"] = Measured(resolution, "m")
    metadata["format_version"] = fields.get("version", "")
    return metadata


def _time(text: str) -> datetime | None:
    """Day, month, year, hour and minute in 12 digits."""
    match = re.fullmatch(r"(\d\d)(\d\d)(\d{4})(\d\d)(\d\d)", text.strip())
    try:
        day, month, year, hour, minute = (int(part) for part in match.groups()) if match else (0, 0, 0, 0, 0)
        return datetime(year, month, day, hour, minute)
    except ValueError:
        return None


READER = SurfaceSdf()
