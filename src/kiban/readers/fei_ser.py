"""FEI TIA series files (`.ser`).

Instrument
----------
Electron microscopes of FEI (Tecnai, Titan) with the program TIA (before: Emispec ES Vision).

What is read
------------
Elements that agree in size and calibration give one Reading with `intensity` (`complex_amplitude` where complex), as
stored, shape

- (n,) along `energy` for a spectrum, (y, x) for a picture; row 0 of a picture is its lowest, as TIA counts;
- (x, energy), (y, x, energy) for scans of spectra, (scan_y, scan_x, y, x) and so on for scans of pictures;
- (frame, ...) for series that follow one another in time.

Elements that differ give a Reading each. Technique `spectrum`, `electron_microscopy` or `electron_diffraction`; start
from the first element's tag.

Uncertainties
-------------
None: the file does not say whether the numbers are counts.

What is left out
----------------
The times and places of single elements. The companion `.emi` has the microscope's state; it is not needed and not
read. The unit of an element's axes stands only there: TIA writes metres for pictures, 1/m for diffraction patterns and
eV for spectra, and which of them it is follows from the size of a step; where a step fits none of them no unit is
given. A doubt says so in either case.

File structure
--------------
Little-endian; see `kiban.readers.fei.ser_layout`. After the description that Emispec published, as C. Boothroyd's pages
on the TIA format keep it. Versions 0x0210 and 0x0220 (64-bit offsets). Compared with ncempy.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.quantity.spelling import respell
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.fei.ser_layout import (
    MEND,
    SIGNATURE,
    SPECTRA,
    Calibration,
    Dimension,
    Element,
    Series,
    check_count,
    is_even,
    read_all,
    read_element,
    read_series,
    read_tag,
)
from kiban.readers.sampled_axes import Axis, Kind, checked, sampled_variables
from kiban.readers.source import Source
from kiban.records.reading import Json, Reading

_MOST_SEPARATE = 1_000


class FeiSer:
    """Reads TIA series."""

    name = "fei_ser"
    version = 1
    title = "FEI TIA series (SER)"
    makers = ("Thermo Fisher Scientific (FEI)", "Emispec")
    techniques = ("electron_microscopy", "electron_diffraction", "spectrum")
    suffixes = (".ser",)

    def recognise(self, source: Source) -> Recognition | None:
        """By byte order and series number, with a version and type that there are."""
        head = source.head
        if head.startswith(SIGNATURE) and head[4:6] in {b"\x10\x02", b"\x20\x02"} and head[6:8] in {b" A", b'"A'}:
            return Recognition(Confidence.CERTAIN, "it begins as a TIA series")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all elements. Raises as the contract says."""
        content = source.read()
        if not content.startswith(SIGNATURE):
            raise DamagedFile(f"{source.name} does not begin as a TIA series.", mend=MEND)
        series = read_series(content, file=source.name)
        element = read_element(content, int(series.offsets[0]), series.kind, file=source.name)
        if is_even(content, series, element):
            values = read_all(content, series, element, file=source.name)
            return [_reading(content, series, element, values, file=source.name)]
        check_count(series, file=source.name, most=_MOST_SEPARATE)
        return _separate(content, series, file=source.name)


def _separate(content: bytes, series: Series, *, file: str) -> list[Reading]:
    """One Reading for each element, each with its own size and calibration."""
    readings = []
    left = len(content)
    for n in range(series.valid):
        part = Series(
            version=series.version,
            kind=series.kind,
            tag_kind=series.tag_kind,
            total=1,
            valid=1,
            dimensions=(),
            offsets=series.offsets[n : n + 1],
            tag_offsets=series.tag_offsets[n : n + 1],
        )
        element = read_element(content, int(part.offsets[0]), part.kind, file=file)
        left -= element.data_bytes
        if left < 0:
            raise DamagedFile(f"{file}: its elements promise more than its {len(content)} bytes can hold.", mend=MEND)
        values = read_all(content, part, element, file=file)
        reading = _reading(content, part, element, values, file=file, place=f" {n + 1} of {series.valid}")
        readings.append(reading)
    return readings


def _reading(
    content: bytes, series: Series, element: Element, values: NDArray[Any], *, file: str, place: str = ""
) -> Reading:
    own, unit_doubts = _element_axes(element, series.kind)
    scan, scan_doubts = _scan_axes(series, is_of_pictures=series.kind != SPECTRA)
    axes, calibration_doubts = checked((*scan, *own))
    tag = read_tag(content, series, 0)
    started_at = datetime.fromtimestamp(tag.time, UTC) if tag is not None and tag.time else None
    return Reading(
        technique=_technique(series, own),
        title=f"{file}{place}",
        variables=sampled_variables(
            "complex_amplitude" if values.dtype.kind == "c" else "intensity",
            values.reshape(tuple(axis.length for axis in axes)),
            axes,
        ),
        header=_header(series, element),
        metadata={"maker": "Thermo Fisher Scientific (FEI)", "software": "TIA"},
        started_at=started_at,
        doubts=(*unit_doubts, *scan_doubts, *_order_doubts(content, series), *calibration_doubts),
    )


def _element_axes(element: Element, kind: int) -> tuple[tuple[Axis, ...], tuple[str, ...]]:
    names = ("energy",) if kind == SPECTRA else ("y", "x")
    units = {_unit(calibration.delta, kind) for calibration in element.calibrations}
    unit = units.pop() if len(units) == 1 else ""
    if kind == SPECTRA:
        names = ("x",) if unit == "m" else ("energy",) if unit else ("channel",)
    elif unit == "1/m":
        names = ("k_y", "k_x")
    axes = tuple(
        Axis(length=length, first=calibration.first, step=calibration.delta, unit=unit, name=name)
        for length, calibration, name in zip(element.shape, element.calibrations, names, strict=True)
    )
    what = "spectra" if kind == SPECTRA else "pictures"
    taken = f"{unit} is taken, by the size of a step" if unit else "none is given"
    return axes, (f"The file does not state the unit of the {what}' axes; {taken}.",)


def _unit(delta: float, kind: int) -> str:
    """The unit that a step of that size can only have: atoms are 1e-10 m apart, and nobody looks at metres."""
    size = abs(delta)
    if 1e-14 < size < 1e-3:
        return "m"
    if kind == SPECTRA:
        return "eV" if 1e-3 <= size < 1e4 else ""
    return "1/m" if 1e4 <= size < 1e13 else ""


def _scan_axes(series: Series, *, is_of_pictures: bool) -> tuple[tuple[Axis, ...], tuple[str, ...]]:
    """The axes before those of the elements, the slowest first; none for a single element."""
    if series.valid == 1 and series.total == 1:
        return (), ()
    doubts: tuple[str, ...] = ()
    if series.valid < series.total:
        doubts = (f"The series was stopped: {series.valid} of {series.total} elements were recorded.",)
    dimensions = series.dimensions or (Dimension(series.total, Calibration(0.0, 1.0, 0), "Number", ""),)
    names = _scan_names(dimensions, is_of_pictures=is_of_pictures)
    axes = [_axis(each, name) for each, name in zip(dimensions, names, strict=True)]
    *inner, last = axes
    rows, rest = divmod(series.valid, math.prod(axis.length for axis in inner))
    if rest or rows == 0:
        # The scan ended within a row, so the elements do not fill a rectangle.
        return (Axis(length=series.valid, name="point"),), doubts
    cut = Axis(length=rows, first=last.first, step=last.step, unit=last.unit, name=last.name, label=last.label)
    return (cut, *reversed(inner)), doubts


def _scan_names(dimensions: tuple[Dimension, ...], *, is_of_pictures: bool) -> list[str]:
    letters = iter("xyz")
    names: list[str] = []
    for n, dimension in enumerate(dimensions):
        if Axis(length=1, unit=dimension.unit).kind is Kind.LENGTH and (letter := next(letters, "")):
            names.append(f"scan_{letter}" if is_of_pictures else letter)
        else:
            names.append("time" if respell(dimension.unit) == "s" else "frame" if n == 0 else f"frame_{n + 1}")
    return [name if names.index(name) == n else f"{name}_{n + 1}" for n, name in enumerate(names)]


def _axis(dimension: Dimension, name: str) -> Axis:
    calibration = dimension.calibration
    # Numbers of elements have a unit of their own in some files, the word "Number" or "#".
    unit = "" if dimension.unit.lower() in {"number", "#", "none"} else dimension.unit
    return Axis(
        length=dimension.length,
        first=calibration.first,
        step=calibration.delta,
        unit=unit,
        name=name,
        label=dimension.description,
    )


def _order_doubts(content: bytes, series: Series) -> tuple[str, ...]:
    """The first dimension runs fastest; the places in the first two tags must say so too."""
    if len(series.dimensions) != 2 or series.valid < 2 or series.dimensions[0].length < 2:
        return ()
    first, second = read_tag(content, series, 0), read_tag(content, series, 1)
    if first is None or second is None or first.place is None or second.place is None:
        return ()
    dx, dy = (abs(b - a) for a, b in zip(first.place, second.place, strict=True))
    if not dy > dx:
        return ()
    return ("By the places in its tags the scan ran along y first, by its dimensions along x; check the map.",)


def _technique(series: Series, own: tuple[Axis, ...]) -> str:
    if series.kind == SPECTRA:
        return "spectrum"
    return "electron_diffraction" if own[0].kind is Kind.RECIPROCAL else "electron_microscopy"


def _header(series: Series, element: Element) -> dict[str, Json]:
    dimensions: list[Json] = [
        {"size": each.length, "description": each.description, "units": each.unit, **_calibration(each.calibration)}
        for each in series.dimensions
    ]
    return {
        "series_version": f"{series.version:#06x}",
        "data_type_id": f"{series.kind:#06x}",
        "tag_type_id": f"{series.tag_kind:#06x}",
        "total_number_elements": series.total,
        "valid_number_elements": series.valid,
        "dimensions": dimensions,
        "element": {
            "shape": list(element.shape),
            "data_type": str(element.dtype),
            "calibrations": [_calibration(each) for each in element.calibrations],
        },
    }


def _calibration(calibration: Calibration) -> dict[str, Json]:
    offset, delta = (value if math.isfinite(value) else str(value) for value in (calibration.offset, calibration.delta))
    return {"offset": offset, "delta": delta, "element": calibration.element}


READER = FeiSer()
