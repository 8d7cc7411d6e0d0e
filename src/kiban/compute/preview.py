"""A few dozen points of a reading: enough for a thumbnail of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kiban.records.reading import Reading, Role

_POINTS = 60
_SHORTEST_SPECTRUM = 8
_NUMBERS_AT_ONCE = 1 << 20

_Array = NDArray[np.float64]


def preview(reading: Reading) -> tuple[tuple[float, float], ...]:
    """Choose points of the first signal along the first axis: the highest and the lowest of each stretch.

    Of maps of spectra it is the mean spectrum. Pictures have none.
    """
    axis = reading.axis
    signal = next((s for s in reading.signals if axis is None or s.dimensions == axis.dimensions), None)
    if signal is None or signal.series.values.ndim != 1 or signal.series.values.dtype.kind == "c":
        x, y = _mean_spectrum(reading)
    else:
        y = signal.series.values.astype(np.float64)
        x = axis.series.values.astype(np.float64) if axis is not None else np.arange(len(y), dtype=np.float64)
    good = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    if good.size > _POINTS:
        stretches = np.array_split(good, _POINTS // 2)
        chosen = [sorted((s[np.argmin(y[s])], s[np.argmax(y[s])])) for s in stretches]
        good = np.array(chosen).ravel()
    return tuple((float(f"{x[i]:.6g}"), float(f"{y[i]:.6g}")) for i in good)


def _mean_spectrum(reading: Reading) -> tuple[_Array, _Array]:
    nothing = np.empty(0), np.empty(0)
    axes = {v.dimensions[0]: v.series for v in reading.variables if v.role is Role.AXIS and len(v.dimensions) == 1}
    signal = next((s for s in reading.signals if len(s.dimensions) > 1), None)
    if signal is None or signal.dimensions[-1] not in axes or signal.series.values.dtype.kind not in "iuf":
        return nothing
    along = axes[signal.dimensions[-1]]
    others = [axes[name].unit for name in signal.dimensions[:-1] if name in axes]
    # Sides in the same unit are the sides of a picture, or the angles of a diffraction map.
    if along.unit in others or len(along.values) < _SHORTEST_SPECTRUM:
        return nothing
    return along.values.astype(np.float64), _mean_of_rows(signal.series.values.reshape(-1, len(along.values)))


def _mean_of_rows(rows: NDArray[np.generic]) -> _Array:
    """The mean of what is finite in each column; a column without has none."""
    total, known = np.zeros(rows.shape[1]), np.zeros(rows.shape[1])
    step = max(1, _NUMBERS_AT_ONCE // rows.shape[1])
    for start in range(0, len(rows), step):
        block = rows[start : start + step].astype(np.float64)
        is_known = np.isfinite(block)
        total += np.where(is_known, block, 0.0).sum(axis=0)
        known += is_known.sum(axis=0)
    with np.errstate(all="ignore"):
        mean: _Array = total / known
    return mean
