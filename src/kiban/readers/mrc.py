"""MRC and CCP4 maps: images, movies, tilt series and volumes of electron microscopy.

Instrument
----------
Transmission electron microscopes and their cameras (Thermo Fisher, Gatan, Direct Electron, ...) and the programs that
reconstruct volumes (IMOD, RELION, CCP4, ...).

What is read
------------
One Reading with `intensity` (`complex_amplitude` for transforms), numbers as stored in modes 0, 1, 2, 3, 4, 6, 12, 16
and 101, shape

- (y, x) where there is one section;
- (frame, y, x) for a stack of images (space group 0);
- (z, y, x) for a volume (space group 1 and more), (volume, z, y, x) for a stack of volumes (401 and more);
- with a last dimension `colour` of red, green and blue in mode 16.

The axes follow the cell: length of the edge over number of intervals, from the place of the first point in the cell
(`nxstart`); in Å, and along the edges where these are oblique. They are counted in pixels where the cell has no
length. Rows, columns and sections are named after the edge along which they run. Technique `electron_microscopy`
(`electron_diffraction` where FEI's extended header says so), `image` for maps with a crystal's space group. Of FEI's
extended headers: voltage, magnification, camera length, defocus, exposure, tilt, camera; `tilt_alpha` (deg) of each
frame of a tilt series.

Uncertainties
-------------
None: the file states none, and does not say whether the numbers are counts.

What is left out
----------------
Extended headers but for the fields named above (their type and length stand in the header), symmetry operators, and
the field ORIGIN, whose meaning differs from program to program. What companion files say, for example that a movie was
a scan. Modes that are not listed are refused.

File structure
--------------
MRC2014 with its update of 2022 (www.ccpem.ac.uk/mrc-format), CCP4's older format and IMOD's mark for signed bytes. Byte
order by the machine stamp, and where the header makes no sense in that order, by sense. Compared with ncempy and gemmi.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.quantity.measured import Measured
from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.mrc_parts import fei
from kiban.readers.mrc_parts.header import LENGTH, MODES, MapHeader, read_header
from kiban.readers.mrc_parts.numbers import MEND, read_numbers, statistics_doubts
from kiban.readers.sampled_axes import Axis, checked, named, sampled_variables
from kiban.readers.source import Source
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable

_EDGES = {1: "x", 2: "y", 3: "z"}
_FIRST_CRYSTAL = 2


class Mrc:
    """Reads MRC and CCP4 maps."""

    name = "mrc"
    version = 1
    title = "MRC and CCP4 maps"
    makers = ("Thermo Fisher Scientific (FEI)", "Gatan", "CCP4", "IMOD")
    techniques = ("electron_microscopy", "electron_diffraction", "image")
    suffixes = (".mrc", ".mrcs", ".map", ".ccp4", ".rec", ".st", ".ali")

    def recognise(self, source: Source) -> Recognition | None:
        """By the mark `MAP` and a header that makes sense; older files by the exact length that the header gives."""
        header = read_header(source.head, source.size)
        if header is None or header.mode not in MODES:
            return None
        if header.has_mark:
            return Recognition(Confidence.CERTAIN, "it has the mark MAP and a header that makes sense")
        if header.data_start + header.data_bytes == source.size:
            return Recognition(Confidence.LIKELY, "it has the header and the exact length of an MRC file")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the one array of the file. Raises as the contract says."""
        content = source.read()
        header = read_header(content, len(content))
        if header is None:
            raise DamagedFile(
                f"{source.name}: an MRC header was expected; its first {LENGTH} bytes make sense in no byte order.",
                mend=MEND,
            )
        values, doubts = read_numbers(content, header, file=source.name)
        extended = content[LENGTH : header.data_start] if header.extended_type in fei.TYPES else b""
        return [_reading(header, values, extended, doubts, file=source.name)]


def _reading(
    header: MapHeader, values: NDArray[Any], extended: bytes, doubts: tuple[str, ...], *, file: str
) -> Reading:
    shaped, axes = _shaped(values, header, file)
    axes, calibration_doubts = checked(axes)
    colours = ("colour",) if header.mode == 16 else ()
    variables = sampled_variables(
        "complex_amplitude" if values.dtype.kind == "c" else "intensity", shaped, axes, further=colours
    )
    length = fei.record_length(extended, header.order) if extended else None
    found = fei.fields(extended[:length], header.order) if length else {}
    if length and axes[0].name == "frame":
        variables = (*variables, *_tilt(fei.tilts(extended, header.order, length=length, count=axes[0].length)))
    return Reading(
        technique=_technique(header, found),
        title=file or "Map",
        variables=variables,
        header=_header(header, found),
        metadata=_metadata(header, found),
        instrument=str(found["Microscope type"]) if "Microscope type" in found else None,
        doubts=(
            *header.doubts,
            *doubts,
            *_cell_doubts(header),
            *_pixel_doubts(header, found),
            *calibration_doubts,
            *statistics_doubts(values, header),
        ),
    )


def _shaped(values: NDArray[Any], header: MapHeader, file: str) -> tuple[NDArray[Any], tuple[Axis, ...]]:
    """The array with as many axes as there are, and these, the slowest first."""
    columns, rows, sections = (_axis(header, place) for place in range(3))
    n_sections = header.shape[2]
    if header.is_stack_of_volumes and header.intervals[2] > 0:
        n_volumes, rest = divmod(n_sections, header.intervals[2])
        if rest:
            raise DamagedFile(
                f"{file}: {n_sections} sections cannot be volumes of {header.intervals[2]} (mz); {rest} are left over.",
                mend=MEND,
            )
        volume = Axis(length=n_volumes, name="volume")
        depth = Axis(length=header.intervals[2], first=sections.first, step=sections.step, unit=sections.unit, name="z")
        return values.reshape(n_volumes, depth.length, *values.shape[1:]), (volume, depth, rows, columns)
    if n_sections == 1:
        return values[0], _distinct(rows, columns)
    if header.space_group == 0:
        return values, _distinct(Axis(length=n_sections, name="frame"), rows, columns)
    return values, _distinct(sections, rows, columns)


def _distinct(*axes: Axis) -> tuple[Axis, ...]:
    return tuple(reversed(named(tuple(reversed(axes)))))


def _axis(header: MapHeader, place: int) -> Axis:
    """Columns, rows or sections, by the edge of the cell that they run along."""
    edge = header.axes[place] or place + 1
    length, name = header.shape[place], _EDGES[edge]
    cell, intervals = header.cell[edge - 1], header.intervals[edge - 1]
    if not (math.isfinite(cell) and cell > 0 and intervals > 0):
        return Axis(length=length, name=name, first=float(header.starts[place]))
    step = cell / intervals
    return Axis(length=length, name=name, first=header.starts[place] * step, step=step, unit="Å")


def _tilt(tilts: NDArray[np.float64] | None) -> tuple[Variable, ...]:
    if tilts is None:
        return ()
    series = Series(tilts, "deg")
    return (Variable(name="tilt_alpha", series=series, dimensions=("frame",), role=Role.AUXILIARY, label="Alpha tilt"),)


def _technique(header: MapHeader, found: dict[str, Json]) -> str:
    if fei.is_diffraction(found):
        return "electron_diffraction"
    is_crystal = _FIRST_CRYSTAL <= header.space_group <= 230
    return "image" if is_crystal and not found else "electron_microscopy"


def _metadata(header: MapHeader, found: dict[str, Json]) -> dict[str, MetadataValue]:
    metadata = fei.metadata_of(found) if found else {}
    if 1 <= header.space_group <= 230 and all(map(_is_length, header.cell)):
        if header.space_group >= _FIRST_CRYSTAL:
            metadata["space_group_number"] = header.space_group
        metadata |= {name: Measured(value, "angstrom") for name, value in zip("abc", header.cell, strict=True)}
        names = ("alpha", "beta", "gamma")
        pairs = zip(names, header.angles, strict=True)
        metadata |= {name: Measured(value, "deg") for name, value in pairs if 0 < value < 180}
    if header.mode == 16:
        metadata["colours"] = "red, green, blue"
    return metadata


def _is_length(value: float) -> bool:
    return math.isfinite(value) and value > 0


def _header(header: MapHeader, found: dict[str, Json]) -> dict[str, Json]:
    return header.as_json() | ({"extended_header": dict(found)} if found else {})


def _cell_doubts(header: MapHeader) -> tuple[str, ...]:
    doubts = []
    if any(value and not _is_length(value) for value in header.cell):
        doubts.append(
            f"The cell has impossible lengths ({', '.join(f'{v:g}' for v in header.cell)} Å): those axes count pixels."
        )
    if header.axes == (0, 0, 0):
        doubts.append("The header does not say along which axes columns, rows and sections run: x, y, z are assumed.")
    return tuple(doubts)


def _pixel_doubts(header: MapHeader, found: dict[str, Json]) -> tuple[str, ...]:
    """The extended header has the pixel's size in metres, the cell gives it in Å."""
    stated = found.get("Pixel size X")
    columns = _axis(header, 0)
    if not isinstance(stated, float) or stated <= 0 or not columns.unit or fei.is_diffraction(found):
        return ()
    if abs(stated * 1e10 - columns.step) <= 0.01 * columns.step:
        return ()
    return (f"A pixel is {columns.step:g} Å wide by the cell and {stated * 1e10:g} Å by the extended header.",)


READER = Mrc()
