"""HORIBA LabSpec text: spectra, lines, series, maps and pictures that LabSpec 5 and 6 save as `.txt`.

Instrument
----------
Raman microscopes and spectrometers of HORIBA Jobin Yvon (LabRAM, XploRA, T64000, FHR) driven by LabSpec.

What is read
------------
One Reading. Its technique is `raman` where the axis is a Raman shift in 1/cm, `image` where both axes are places on the
sample, else `spectrum`: a scale in nm or eV can be of Raman scattering or of luminescence.

- the spectral axis, shape (n_points,): `raman_shift` (1/cm), `wavelength` (nm), `photon_energy` (eV) or
  `spectral_axis`, in the order of the file, which is often descending;
- `intensity` (count or count/s), shape (n_points,); (n, n_points) over `position_x`, `position_y`, `position_z`, `time`
  or `temperature` for lines and series; (rows, columns, n_points) for maps. Where places form no grid each spectrum
  keeps its own: (spectrum, n_points).

Uncertainties
-------------
None: counts are those of the detector's converter, and corrections (spikes, dark, response) may be in them.

What is left out
----------------
A start time: `Acquired` is when the measurement ended, and is given as such.

File structure
--------------
Text in CP1252, CP932 or UTF-8. Lines `#Key=<tab>value`; the last of them say type and unit of the axes
(`#AxisType[1]=Spectr`, `#AxisUnit[1]=1/cm`: 0 intensity, 1 innermost). Then either two columns, or a line that begins
with a tab for each outer axis and has the inner axis, and rows with a place on each outer axis, the outermost first,
and intensities. Numbers may have decimal commas. Worked out from 7 files of 2021 to 2023; that the first column of a
map is the last axis follows from LabSpec's order of spectra in XML and from programs that lay maps over pictures.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.series import Series
from kiban.quantity.spelling import respell
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.labspec.axes import (
    MEND,
    Axis,
    axes_of,
    check_distinct,
    empty_spectra,
    folded,
    is_monotone,
    technique,
)
from kiban.readers.labspec.fields import fields
from kiban.readers.number_list import rows
from kiban.readers.source import Source
from kiban.readers.text import decode
from kiban.records.reading import Json, Reading, Role, Variable

_FIELD = re.compile(r"#([^=\t]{1,80})=\s*(.*)")
_AXIS = re.compile(r"Axis(Type|Unit)\[(\d)\]")
_OWN = re.compile(r"^#(?:Acq\. time \(s\)|AxisType\[\d\])=", re.MULTILINE)
_SPECTRAL_UNIT = re.compile(r"(?:Range|Spectro)\s*\(([^()]+)\)")
_NUMBER_LINE = re.compile(r"[\t ]*[-+]?\d[\d.,eE+-]*(?:[\t ]+[-+]?\d[\d.,eE+-]*)+[\t ]*")
_MOST_CONTINUED = 100
_MOST_OUTER = 4


class HoribaLabspecText:
    """Reads LabSpec text."""

    name = "horiba_labspec_text"
    version = 1
    title = "HORIBA LabSpec text"
    makers = ("HORIBA", "Jobin Yvon")
    techniques = ("raman", "spectrum", "image")
    suffixes = (".txt",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text whose first line is `#...=` and that has LabSpec's own keys."""
        head = source.head[:16384].lstrip(b"\xef\xbb\xbf\r\n \xff\xfe\0")
        if not head.startswith(b"#"):
            return None
        text, _ = decode(source.head[:16384])
        if _FIELD.match(text.lstrip("\ufeff \r\n")) and (found := _OWN.search(text)):
            return Recognition(Confidence.CERTAIN, f"its header has LabSpec's key {found.group()[1:-1]}")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the spectrum, line, series or map. Raises as the contract says."""
        text, _ = decode(source.read())
        lines = text.lstrip("\ufeff").splitlines()
        header, n_header = _header(lines, source.name)
        first = next((n for n in range(n_header, len(lines)) if lines[n].strip()), None)
        if first is None:
            raise NothingMeasured(f"{source.name} has no line of numbers.", mend=MEND)
        n_outer = len(lines[first]) - len(lines[first].lstrip("\t"))
        if n_outer > _MOST_OUTER:
            raise DamagedFile(
                f"{source.name}, line {first + 1}: at most {_MOST_OUTER} tabs were expected before an axis; there are "
                f"{n_outer}.",
                mend=MEND,
            )
        axes = axes_of(_stated(header), n_outer + 2, _spectral_unit(header))
        if n_outer == 0:
            variables, doubts = _spectrum(lines, first, axes, source.name)
        else:
            check_distinct(axes, source.name)
            variables, doubts = _many(lines, first, n_outer, axes, source.name)
        found = fields(header)
        return [
            Reading(
                technique=technique(axes),
                title=found.title or found.sample_name or source.name or "Spectrum",
                variables=tuple(variables),
                header=header,
                metadata=found.metadata,
                sample_name=found.sample_name,
                instrument=found.instrument,
                doubts=doubts,
            )
        ]


def _header(lines: list[str], file: str) -> tuple[dict[str, Json], int]:
    """Collect `#Key=value`, and count the lines; a value runs on over lines without `#`, as remarks do."""
    n_header = max((n for n, line in enumerate(lines, 1) if line.startswith("#")), default=0)
    header: dict[str, Json] = {}
    key, n_continued = "", 0
    for line in lines[:n_header]:
        if (match := _FIELD.fullmatch(line)) is not None:
            key = match[1].strip()
            _add(header, key, match[2].strip())
        elif line.startswith("#"):
            _add(header, "#text", line[1:].strip())
        elif line.strip():
            n_continued += 1
            if n_continued > _MOST_CONTINUED or (_NUMBER_LINE.fullmatch(line) and len(line.split()) > 1):
                raise UnsupportedVariant(
                    f"{file}: numbers were found before the line '{lines[n_header - 1][:60]}': several exports follow "
                    "one another.",
                    mend="Save each of them as a file of its own. The file is kept as it came.",
                )
            value = header.get(key)
            if isinstance(value, str):
                header[key] = f"{value}\n{line.strip()}"
    return header, n_header


def _add(header: dict[str, Json], key: str, value: str) -> None:
    present = header.get(key)
    if present is None:
        header[key] = value
    else:
        header[key] = [*present, value] if isinstance(present, list) else [present, value]


def _stated(header: dict[str, Json]) -> dict[int, tuple[str, str]]:
    stated: dict[int, list[str]] = {}
    for key, value in header.items():
        if (match := _AXIS.fullmatch(key)) and isinstance(value, str):
            stated.setdefault(int(match[2]), ["", ""])[match[1] == "Unit"] = value
    return {number: (kind, unit) for number, (kind, unit) in stated.items()}


def _spectral_unit(header: dict[str, Json]) -> str:
    """Older files state the unit of the spectra beside the range or the centre of the spectrometer only."""
    return next((match[1] for key in header if (match := _SPECTRAL_UNIT.fullmatch(key))), "")


def _intensity(axis: Axis, values: NDArray[np.float64], dimensions: tuple[str, ...]) -> Variable:
    unit = respell(axis.unit) if axis.unit else "arbitrary_unit"
    return Variable(
        name="intensity",
        series=Series(values, unit),
        dimensions=dimensions,
        label=axis.kind,
        unit_as_written=axis.unit,
    )


def _spectrum(lines: list[str], first: int, axes: list[Axis], file: str) -> tuple[list[Variable], tuple[str, ...]]:
    table = rows(lines[first:], what="data", file=file, first_line=first + 1)
    if table.shape[1] != 2:
        raise DamagedFile(f"{file}: rows of 2 numbers were expected; they have {table.shape[1]}.", mend=MEND)
    inner = axes[1]
    axis = inner.variable(table[:, 0], (inner.name,), Role.AXIS)
    return [axis, _intensity(axes[0], table[:, 1], (inner.name,))], _order(axis)


def _order(axis: Variable) -> tuple[str, ...]:
    if is_monotone(axis.series.values):
        return ()
    return (f"The axis {axis.name} neither ascends nor descends throughout: ranges of the spectrum overlap.",)


def _many(
    lines: list[str], first: int, n_outer: int, axes: list[Axis], file: str
) -> tuple[list[Variable], tuple[str, ...]]:
    head = rows([lines[first]], what="axis", file=file, first_line=first + 1)
    if head.size == 0:
        raise NothingMeasured(f"{file}, line {first + 1}: an axis was expected; there is no number.", mend=MEND)
    table = rows(lines[first + 1 :], what="data", file=file, first_line=first + 2)
    if len(table) == 0:
        raise NothingMeasured(f"{file} has an axis of {head.size} points and no row of intensities.", mend=MEND)
    if table.shape[1] != n_outer + head.size:
        raise DamagedFile(
            f"{file}: rows of {n_outer} places and {head.size} intensities were expected; they have {table.shape[1]} "
            "numbers.",
            mend=MEND,
        )
    inner = axes[1]
    axis = inner.variable(head[0], (inner.name,), Role.AXIS)
    places, values = table[:, :n_outer], table[:, n_outer:]
    outer = axes[:1:-1]  # the outermost first, as the columns stand
    if len(table) == 1 and n_outer == 1 and not outer[0].kind:
        # A spectrum put together from several ranges is saved as a series of one.
        return [axis, _intensity(axes[0], values[0], (inner.name,))], _order(axis)
    doubts = (*_order(axis), *empty_spectra(values))
    if any(not each.kind for each in outer):
        doubts += ("The file does not say along which axes the spectra were measured.",)
    if n_outer == 1 and len(table) > 1 and is_monotone(places[:, 0]):
        name = outer[0].name
        along = outer[0].variable(places[:, 0], (name,), Role.AXIS)
        return [axis, along, _intensity(axes[0], values, (name, inner.name))], doubts
    grid = folded(places[:, 0], places[:, 1]) if n_outer == 2 and outer[0].name != outer[1].name else None
    if grid is None:
        known = [
            each.variable(column, ("spectrum",), Role.AUXILIARY) for each, column in zip(outer, places.T, strict=True)
        ]
        return [axis, *known, _intensity(axes[0], values, ("spectrum", inner.name))], doubts
    names = (outer[0].name, outer[1].name)
    along_both = [each.variable(g, (each.name,), Role.AXIS) for each, g in zip(outer, grid, strict=True)]
    cube = values.reshape(grid[0].size, grid[1].size, -1)
    doubts += (
        f"The first column is taken for {outer[0].kind or names[0]}, the second for {outer[1].kind or names[1]}: "
        "LabSpec writes the outer axis first, which the file does not say.",
    )
    return [axis, *along_both, _intensity(axes[0], cube, (*names, inner.name))], doubts


READER = HoribaLabspecText()
