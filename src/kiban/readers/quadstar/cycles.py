"""The cycles of a SAC file: their times, spectra and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.quantity.series import Series
from kiban.readers.quadstar.layout import MEND, NUMBER, SCAN, Layout, ScanInfo, Trace, text
from kiban.readers.tables.column_headers import read_label
from kiban.records.reading import Role, Variable

_BEFORE = 6
"""Bytes of the number of points and the range, before the points of a cycle; and of the time, before the first scan."""
_BEYOND = 3.0e38
"""The largest float32, or nearly: what the program writes where the signal leaves its range."""
_TITLE, _UNIT, _INFO_LENGTH = 1, 14, 27
"""Where title and unit stand in the description of a number."""


@dataclass(slots=True, kw_only=True)
class Scans:
    """The spectra of one trace."""

    values: NDArray[np.float64]
    """Shape (n_cycles, n); NaN where the signal was beyond the range."""
    ranges: list[int]
    """Power of ten of the full scale, for each cycle."""
    n_stated: set[int]
    """Numbers of points that the cycles state."""


def times(content: bytes, layout: Layout) -> NDArray[np.float64]:
    """Seconds since the start, for each cycle: whole seconds and tenths of milliseconds before the first scan."""
    first_scan = next(trace for trace in layout.traces if trace.kind == SCAN)
    at = first_scan.data_at - _BEFORE
    return _field(content, layout, at, "<u4") + _field(content, layout, at + 4, "<u2") * 1e-4


def scans(content: bytes, layout: Layout, trace: Trace, info: ScanInfo, *, file: str) -> Scans:
    """Read the spectra of a trace. Raises DamagedFile where they would reach into what comes after."""
    room = _room(layout, trace)
    if _BEFORE + 4 * info.n > room:
        raise DamagedFile(f"{file}: {info.n} points do not fit in the {room} bytes of a cycle.", mend=MEND)
    values = _field(content, layout, trace.data_at + _BEFORE, "<f4", info.n)
    if not np.isfinite(values).all():
        raise DamagedFile(f"{file}: a point of a spectrum is no number.", mend=MEND)
    values[values >= _BEYOND] = np.nan
    return Scans(
        values=values,
        ranges=[int(power) for power in _field(content, layout, trace.data_at + 4, "<i2")],
        n_stated={int(n) for n in _field(content, layout, trace.data_at, "<i4")},
    )


def numbers(content: bytes, layout: Layout) -> tuple[list[Variable], int]:
    """Read traces of one number for each cycle, and count the traces of which nothing is known."""
    found: list[Variable] = []
    n_unknown = 0
    for trace in layout.traces:
        if trace.kind == SCAN or (_room(layout, trace) == _BEFORE and trace.kind < NUMBER):
            continue  # what has six bytes before a scan is the time
        variable = _number(content, layout, trace) if trace.kind == NUMBER and _room(layout, trace) == 4 else None
        if variable is None or any(variable.name == other.name for other in found):
            n_unknown += 1
        else:
            found.append(variable)
    return found, n_unknown


def _number(content: bytes, layout: Layout, trace: Trace) -> Variable | None:
    info = content[trace.info_at : trace.info_at + _INFO_LENGTH]
    title, written = text(info[_TITLE:_UNIT]), text(info[_UNIT:])
    header = read_label(title, unit_text=written)
    values = _field(content, layout, trace.data_at, "<f4")
    if not header.name or header.name in {"time", "mass_to_charge", "intensity"} or not np.isfinite(values).all():
        return None
    return Variable(
        name=header.name,
        series=Series(values, header.unit),
        dimensions=("time",),
        role=Role.AUXILIARY,
        label=title,
        unit_as_written=written,
    )


def _room(layout: Layout, trace: Trace) -> int:
    """Bytes of a cycle from where a trace begins to where the next one does."""
    starts = sorted({other.data_at for other in layout.traces} | {layout.end - (layout.n_cycles - 1) * layout.step})
    return next((start for start in starts if start > trace.data_at), trace.data_at) - trace.data_at


def _field(content: bytes, layout: Layout, at: int, kind: str, n: int | None = None) -> NDArray[np.float64]:
    """Give what stands at a place of every cycle, as floats: shape (n_cycles,) or (n_cycles, n)."""
    dtype: np.dtype[Any] = np.dtype(kind)
    shape, strides = (
        ((layout.n_cycles,), (layout.step,)) if n is None else ((layout.n_cycles, n), (layout.step, dtype.itemsize))
    )
    with np.errstate(invalid="ignore"):  # NumPy warns of a NaN of the signalling kind
        return np.ndarray(shape, dtype, buffer=content, offset=at, strides=strides).astype(np.float64)
