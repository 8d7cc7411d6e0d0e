"""JEOL Delta: the `.jdf` files of JEOL's NMR spectrometers.

Instrument
----------
NMR spectrometers of JEOL (ECA, ECX, ECS, ECZ, ...) with Delta as program.

What is read
------------
One Reading. Its axis is `time` (s) of what was acquired, or `chemical_shift` (ppm) or `frequency` (Hz) of a spectrum;
of two dimensions also `time_indirect`, `chemical_shift_indirect` or `frequency_indirect`, the rows. The numbers are
`fid_real` and `fid_imaginary`, or `intensity` and `intensity_imaginary`, as they stand in the file: Delta turns the
sign of imaginary parts when it shows them. Of two complex dimensions there are four: `..._real_real`,
`..._imaginary_real` (imaginary along the row), `..._real_imaginary` and `..._imaginary_imaginary`.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
The context (the experiment's program) behind the data. Points outside the range that the header says was measured.

File structure
--------------
Header of 1360 bytes, big-endian: `JEOL.NMR`, byte order of what follows, version, number of dimensions, type of numbers
(2 bits: 0 float64, 1 float32) and layout (6 bits), kinds and units of the axes, title, points, first and last measured
point, ends of the axes, dates (since 1990; time of day in parts of 1/65536), where parameters and data are. Parameters:
64 bytes each (scale, unit, value, kind, name). Data: one section for each combination of real and imaginary parts; two-
dimensional ones in squares of 32 points. JEOL's description of the format, the open program nmrglue, and 1 file of
2021.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.jeol.header import (
    COMPLEX,
    MEND,
    ONE_D,
    REAL,
    REAL_COMPLEX,
    SIGNATURES,
    TWO_D,
    Axis,
    Header,
    header,
    parameters,
)
from kiban.readers.source import Source
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable

_SQUARE = 32
_TYPES = {0: "f8", 1: "f4"}
_NAMES = {"s": "time", "ppm": "chemical_shift", "Hz": "frequency", "kHz": "frequency"}
_EPOCH = datetime(1990, 1, 1)
_PARTS = {
    (REAL,): ("",),
    (COMPLEX,): ("_real", "_imaginary"),
    (REAL, REAL): ("",),
    (COMPLEX, REAL): ("_real", "_imaginary"),
    (REAL_COMPLEX, REAL_COMPLEX): ("_real", "_imaginary"),
    (COMPLEX, COMPLEX): ("_real_real", "_imaginary_real", "_real_imaginary", "_imaginary_imaginary"),
}
"""Kinds of the axes, the fastest first: what each section of the data is."""


class JeolJdf:
    """Reads JDF."""

    name = "jeol_jdf"
    version = 1
    title = "JEOL Delta (JDF)"
    makers = ("JEOL",)
    techniques = ("nmr",)
    suffixes = (".jdf",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim files that begin with JEOL.NMR."""
        if source.head.startswith(SIGNATURES):
            return Recognition(Confidence.CERTAIN, "it begins with JEOL.NMR")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the data. Raises as the contract says."""
        content = source.read()
        head = header(content, source.name)
        found = parameters(content, head, source.name)
        parts = _parts(head, source.name)
        sections = _sections(content, head, len(parts), source.name)
        axes = [_axis(axis, source.name, indirect=i > 0) for i, axis in enumerate(head.axes)]
        is_fid = axes[0].name == "time"
        dimensions = tuple(axis.name for axis in reversed(axes))
        variables = list(reversed(axes))
        for n, (part, values) in enumerate(zip(parts, sections, strict=True)):
            name = f"fid{part}" if is_fid else f"intensity{'' if part in {'', '_real'} else part}"
            role = Role.AUXILIARY if n else Role.SIGNAL
            series = Series(values, "arbitrary_unit")
            variables.append(Variable(name=name, series=series, dimensions=dimensions, role=role))
        return [_reading(head, found, variables)]


def _parts(head: Header, file: str) -> tuple[str, ...]:
    kinds = tuple(axis.kind for axis in head.axes)
    is_read = head.data_format == {1: ONE_D, 2: TWO_D}.get(len(kinds)) and kinds in _PARTS
    if not is_read or head.data_type not in _TYPES:
        raise UnsupportedVariant(
            f"{file}: data of layout {head.data_format} with axes of the kinds {kinds} and numbers of type "
            f"{head.data_type} are not read.",
            mend="Export it from Delta as JCAMP-DX; it is kept as it came.",
        )
    return _PARTS[kinds]


def _sections(content: bytes, head: Header, count: int, file: str) -> list[NDArray[Any]]:
    shape = tuple(axis.n_points for axis in reversed(head.axes))
    dtype = np.dtype(head.order + _TYPES[head.data_type])
    n_points = math.prod(shape)
    needed = count * n_points * dtype.itemsize
    if not n_points or head.data_start + needed > len(content) or needed > head.data_length:
        raise DamagedFile(
            f"{file}: {count} sections of {' x '.join(map(str, shape))} points need {needed} bytes; the header "
            f"speaks of {head.data_length}, and {max(0, len(content) - head.data_start)} follow.",
            mend=MEND,
        )
    numbers = np.frombuffer(content, dtype, count * n_points, head.data_start)
    numbers = numbers.astype(dtype.newbyteorder("=")).reshape(count, n_points)
    if not np.isfinite(numbers).all():
        raise DamagedFile(f"{file}: a number is not finite.", mend=MEND)
    measured = tuple(slice(axis.first, axis.last + 1) for axis in reversed(head.axes))
    return [np.ascontiguousarray(_whole(section, shape, file)[measured]) for section in numbers]


def _whole(section: NDArray[Any], shape: tuple[int, ...], file: str) -> NDArray[Any]:
    """Rows and columns of a section that is stored in squares."""
    if len(shape) == 1:
        return section
    rows, columns = shape
    if rows % _SQUARE or columns % _SQUARE:
        raise DamagedFile(f"{file}: {rows} x {columns} points are no whole squares of {_SQUARE}.", mend=MEND)
    tiled = section.reshape(rows // _SQUARE, columns // _SQUARE, _SQUARE, _SQUARE)
    return tiled.transpose(0, 2, 1, 3).reshape(rows, columns)


def _axis(axis: Axis, file: str, *, indirect: bool) -> Variable:
    n_measured = axis.last - axis.first + 1
    if not 0 <= axis.first <= axis.last < axis.n_points or not (math.isfinite(axis.start) and math.isfinite(axis.stop)):
        raise DamagedFile(
            f"{file}: points {axis.first} to {axis.last} of {axis.n_points} were measured, from {axis.start} to "
            f"{axis.stop}, says the header.",
            mend=MEND,
        )
    if not axis.is_ranged:
        raise UnsupportedVariant(
            f"{file}: an axis is a list of values, which is not read.",
            mend="Export it from Delta as JCAMP-DX; it is kept as it came.",
        )
    name = _NAMES.get(axis.unit, "x") + ("_indirect" if indirect else "")
    values = np.linspace(axis.start, axis.stop, n_measured)
    return Variable(
        name=name, series=Series(values, axis.unit), dimensions=(name,), role=Role.AXIS, label=axis.title,
        unit_as_written=axis.unit,
    )  # fmt: skip


def _reading(head: Header, found: dict[str, Json], variables: list[Variable]) -> Reading:
    metadata: dict[str, MetadataValue | None] = {
        "maker": "JEOL",
        "software": f"Delta, file version {head.version}",
        "nucleus": _text(found, "x_domain") or None,
        "solvent": _text(found, "solvent") or None,
        "technique_name": _text(found, "experiment") or None,
        "observe_frequency": _measured(found, "x_freq"),
        "spectral_width": _measured(found, "x_sweep"),
        "temperature": _measured(found, "temp_get"),
        "comment": head.comment or None,
        "sample_id": _text(found, "sample_id") or None,
    }
    scans = found.get("total_scans")
    if isinstance(scans, int | float) and scans == int(scans):
        metadata["n_scans"] = int(scans)
    written: dict[str, Json] = {
        "version": head.version, "title": head.title, "node": head.node, "site": head.site, "author": head.author,
        "comment": head.comment, "parameters": found,
        "axes": [{name: getattr(axis, name) for name in Axis.__slots__} for axis in head.axes],
    }  # fmt: skip
    return Reading(
        technique="nmr",
        title=head.title or _text(found, "experiment") or "NMR",
        variables=tuple(variables),
        header=written,
        metadata={name: value for name, value in metadata.items() if value is not None},
        sample_name=_text(found, "sample_id") or None,
        operator=head.author or None,
        instrument=head.node or None,
        started_at=_started(head, found),
    )


def _text(found: dict[str, Json], name: str) -> str:
    value = found.get(name)
    return value if isinstance(value, str) else ""


def _measured(found: dict[str, Json], name: str) -> Measured | None:
    value = found.get(name)
    if not isinstance(value, dict):
        return None
    number, unit = value.get("value"), value.get("unit")
    return Measured(number, unit) if isinstance(number, float) and isinstance(unit, str) and number else None


def _started(head: Header, found: dict[str, Json]) -> datetime | None:
    """When measuring began, in seconds since 1990; else when the file was made."""
    value = found.get("actual_start_time")
    seconds = value.get("value") if isinstance(value, dict) else value
    try:
        return _EPOCH + timedelta(seconds=float(seconds)) if isinstance(seconds, int | float) else head.created_at
    except OverflowError:
        return head.created_at


READER = JeolJdf()
