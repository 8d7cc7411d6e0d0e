"""What a block's numbers are: an axis or a map, and the variables that correspond to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.quantity.series import Series, Uncertainties
from kiban.readers.diffraction.scan import counting_uncertainty
from kiban.readers.sampled_axes import Axis
from kiban.readers.spectra.count_rates import rate_uncertainty
from kiban.readers.spectra.energy_axis import axis_name
from kiban.readers.vamas_file.block import Block
from kiban.readers.vamas_file.experiment import Experiment
from kiban.readers.vamas_file.lines import MEND, UNKNOWN, known
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import Json, Role, Variable

# The units of the standard that are not written as elsewhere; "n" is one that the standard does not define.
_UNITS = {"d": "", "n": "", "micro c": "uC", "micro m": "um", "micrometres": "um"}
_PRECISION = 5e-6
"""Programs that write VAMAS give at least six digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spectrum:
    """The arrays of one block, in the order in which they are drawn: axes first."""

    variables: tuple[Variable, ...]
    doubts: tuple[str, ...]


def unit_of(written: str) -> str:
    """Spell a unit of the file our way; a unit that is none reads as a bare number."""
    folded = written.strip().lower()
    return _UNITS[folded] if folded in _UNITS else read_unit(written) or ""


def _as_written(unit: str) -> str:
    # "d" and "n" say that there is no unit; beside a number they would read as days or newtons.
    return "" if unit.strip().lower() in {"d", "n"} else unit


def spectrum(block: Block, experiment: Experiment) -> Spectrum:
    """Make variables of the numbers of a block that has points.

    Raises
    ------
    DamagedFile
        If the axis has no step, no start, gaps or runs off.
    """
    columns = block.values.astype(np.float64) if block.values.dtype.kind == "f" else block.values
    labels = list(block.variables)
    axes: list[Variable]
    if experiment.scan_mode == "MAPPING":
        axes, shape, doubts = _pixels(block)
    else:
        axes = [_regular(block) if experiment.scan_mode == "REGULAR" else _irregular(block, columns, labels)]
        shape, doubts = (len(columns),), list(_axis_doubts(axes[0]))
        if experiment.scan_mode == "IRREGULAR":
            columns, labels = columns[:, 1:], labels[1:]
    dimensions = tuple(axis.dimensions[0] for axis in axes) if len(shape) > 1 else axes[0].dimensions
    made = list(axes)
    for n, (label, written) in enumerate(labels):
        values = columns[:, n].reshape(shape)
        if values.dtype.kind == "f":
            values = np.where(np.abs(values) >= UNKNOWN, np.nan, values)
        made.append(_corresponding(block, label, written, values, dimensions, is_first=n == 0, taken=made))
    doubts += [*_doubts(block, made[len(axes)]), *_unknown_units(made)]
    return Spectrum(variables=tuple(made), doubts=tuple(doubts))


def _regular(block: Block) -> Variable:
    start, step = (known(block.header.get(f"abscissa {what}")) for what in ("start", "increment"))
    n = len(block.values)
    if start is None or step is None:
        written = f"'{block.header.get('abscissa start')}' and '{block.header.get('abscissa increment')}'"
        raise DamagedFile(
            f"{block.place}: a start and an increment were expected for its abscissa; {written} were found.", mend=MEND
        )
    axis = Axis(length=n, first=start, step=step)
    if n > 1 and not axis.is_sound:
        raise DamagedFile(f"{block.place}: {n} points from {start:g} on in steps of {step:g} are no axis.", mend=MEND)
    return _axis(axis.values(), str(block.header.get("abscissa label")), str(block.header.get("abscissa units")))


def _irregular(block: Block, columns: NDArray[Any], labels: list[tuple[str, str]]) -> Variable:
    if len(labels) < 2:
        raise DamagedFile(
            f"{block.place}: an irregular scan was expected to have its abscissa and at least one more variable; "
            f"{len(labels)} was found.",
            mend=MEND,
        )
    values = columns[:, 0]
    if not bool(np.all(np.abs(values) < UNKNOWN)):
        raise DamagedFile(f"{block.place}: the abscissa has points that are not known.", mend=MEND)
    return _axis(values, *labels[0])


def _axis(values: NDArray[Any], label: str, written: str) -> Variable:
    name = axis_name(label, otherwise="abscissa")
    return Variable(
        name=name,
        series=Series(values, unit_of(written)),
        dimensions=(name,),
        role=Role.AXIS,
        label=label,
        unit_as_written=_as_written(written),
    )


def _pixels(block: Block) -> tuple[list[Variable], tuple[int, ...], list[str]]:
    """Work out the grid of a map from where its first line starts and ends and its last line ends."""
    corners = [
        known(block.header.get(f"{line} linescan {end} {letter} coordinate"))
        for line, end in (("first", "start"), ("first", "finish"), ("last", "finish"))
        for letter in "xy"
    ]
    n = len(block.values)
    grid = _grid([c for c in corners if c is not None and c % 1 == 0])
    if grid is None or len(grid[0][1]) * len(grid[1][1]) != n:
        point = Variable(
            name="point_number", series=Series(np.arange(1, n + 1)), dimensions=("point_number",), role=Role.AXIS
        )
        doubt = f"The file does not say how the {n} points of the map make lines; they are given as one row."
        return [point], (n,), [doubt]
    axes = [
        Variable(name=name, series=Series(values), dimensions=(name,), role=Role.AXIS, label=f"{name[-1]} coordinate")
        for name, values in grid
    ]
    return axes, tuple(len(values) for _, values in grid), []


_Grid = tuple[tuple[str, NDArray[np.int64]], tuple[str, NDArray[np.int64]]]
_MOST_PIXELS = 1 << 24
"""Along one side; keeps a wrong corner from taking all memory before the points are counted."""


def _grid(corners: list[float]) -> _Grid | None:
    if len(corners) != 6 or max(abs(c) for c in corners) > _MOST_PIXELS:
        return None
    x0, y0, x1, y1, x2, y2 = (int(c) for c in corners)
    if y0 == y1 and x1 == x2:
        return ("pixel_y", _run(y0, y2)), ("pixel_x", _run(x0, x1))
    if x0 == x1 and y1 == y2:
        return ("pixel_x", _run(x0, x2)), ("pixel_y", _run(y0, y1))
    return None


def _run(first: int, last: int) -> NDArray[np.int64]:
    step = 1 if last >= first else -1
    return np.arange(first, last + step, step, dtype=np.int64)


def _corresponding(
    block: Block,
    label: str,
    written: str,
    values: NDArray[Any],
    dimensions: tuple[str, ...],
    *,
    is_first: bool,
    taken: list[Variable],
) -> Variable:
    if is_first:
        unit, doubt = _first_signal(block.header, label, written, values)
    else:
        unit = unit_of(written)
        doubt = _uncertainty(block.header, values, unit)
    is_intensity = is_first and (unit in {"count", "count/s"} or axis_name(label) in _INTENSITIES)
    name = "intensity" if is_intensity else axis_name(label, otherwise="signal")
    return Variable(
        name=_unique(name, taken),
        series=Series(values, unit, doubt),
        dimensions=dimensions,
        role=Role.AUXILIARY if "transmission" in label.lower() and not is_first else Role.SIGNAL,
        label=label,
        unit_as_written=_as_written(written),
    )


_INTENSITIES = frozenset({"intensity", "counts", "count_rate", "signal", "y", "n_e"})


def _unique(name: str, taken: list[Variable]) -> str:
    names = {variable.name for variable in taken}
    if name not in names:
        return name
    return next(n for n in (name, *(f"{name}_{i}" for i in range(2, len(names) + 3))) if n not in names)


def _first_signal(
    header: Mapping[str, Json], label: str, written: str, values: NDArray[Any]
) -> tuple[str, Uncertainties | None]:
    """Find unit and uncertainty of the first variable. A bare number, "d", is counts where the label says so or pulses
    were counted and all numbers are whole: the standard has no other unit for counts."""
    unit = unit_of(written)
    if written.strip().lower() == "d":
        spoken = read_unit(label)
        if spoken not in {"count", "count/s"}:
            counted = counting_uncertainty(values) if _is_pulsed(header) else None
            return ("count" if counted is not None else "", counted)
        unit = spoken
    return unit, _uncertainty(header, values, unit)


def _is_pulsed(header: Mapping[str, Json]) -> bool:
    return str(header.get("signal mode", "")).lower() == "pulse counting"


def _uncertainty(header: Mapping[str, Json], values: NDArray[Any], unit: str) -> Uncertainties | None:
    if unit == "count":
        return counting_uncertainty(values)
    if unit != "count/s":
        return None
    per_scan, n_scans = known(header.get("signal collection time")), scans(header)
    time = per_scan * n_scans if per_scan is not None and n_scans is not None else None
    return rate_uncertainty(values, time, relative_precision=_PRECISION)


def scans(header: Mapping[str, Json]) -> int | None:
    """The number of scans that a block was compiled from, where it is stated."""
    n = known(header.get("number of scans to compile this block"))
    return int(n) if n is not None and n >= 1 and n % 1 == 0 else None


def _axis_doubts(axis: Variable) -> Iterator[str]:
    here, after = axis.series.values[:-1], axis.series.values[1:]
    if len(here) and not (bool((after > here).all()) or bool((after < here).all())):
        yield f"The {axis.label or axis.name} neither rises nor falls all the way; its points are in the file's order."


def _doubts(block: Block, signal: Variable) -> Iterator[str]:
    if signal.series.unit == "count" and signal.series.uncertainty is None:
        yield (
            "The file calls the intensities counts, but they are not whole positive numbers: they were averaged, "
            "scaled or corrected after counting, so no counting uncertainty is given."
        )
    elif not signal.series.unit and not signal.unit_as_written and _is_pulsed(block.header):
        yield (
            "Pulses were counted, but the file calls the intensities plain numbers and they are not whole: whether "
            "they are counts per second, averages or corrected counts is not stated."
        )
    yield from _extremes(block)


def _unknown_units(variables: list[Variable]) -> Iterator[str]:
    for variable in variables:
        written = variable.unit_as_written
        if written and written.strip().lower() not in _UNITS and read_unit(written) is None:
            yield f"The unit '{written[:40]}' of {variable.label or variable.name} is not known; it is given without."


def _extremes(block: Block) -> Iterator[str]:
    """Compare the minima and maxima of the head with the points: they tell when numbers were lost or shifted."""
    for n, (label, _) in enumerate(block.variables):
        stated = [known(text) for text in block.extremes[2 * n : 2 * n + 2]]
        # What programs write that do not work them out.
        if stated in ([0.0, 0.0], [0.0, 1.0]):
            continue
        column = block.values[:, n]
        for what, value, found in zip(_EXTREMES, stated, (float(column.min()), float(column.max())), strict=True):
            if value is not None and abs(value - found) > 1e-3 * max(abs(value), abs(found)) + 1e-9:
                of = label or "a variable"
                yield f"The file states {value:.6g} as {what} of {of}; that of its points is {found:.6g}."


_EXTREMES = ("minimum", "maximum")
