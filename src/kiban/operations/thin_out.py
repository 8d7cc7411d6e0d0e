"""Fewer points for a plot that look the same: of each stretch along the first axis the lowest and the highest."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from kiban.records.reading import Reading, Role

_MOST_OF_MAP = 1000
"""Half a million numbers are what a page can draw of a map."""


def kept_points(reading: Reading, n_points: int) -> dict[str, NDArray[np.intp]]:
    """Choose which points of each long dimension a plot needs.

    Parameters
    ----------
    reading : Reading
    n_points : int
        About so many points are left along each dimension that one-dimensional signals run along.

    Returns
    -------
    dict of dimension to indices
        Ascending; only dimensions that are thinned out. The lowest and highest value of every signal in every stretch
        stay, so no peak is lost. Dimensions of maps are taken at even steps, and no more than `_MOST_OF_MAP` of them.
    """
    of_maps = {d for v in reading.variables if len(v.dimensions) > 1 for d in v.dimensions}
    chosen: dict[str, NDArray[np.intp]] = {}
    lengths = {d: n for v in reading.variables for d, n in zip(v.dimensions, v.series.shape, strict=True)}
    for dimension, length in lengths.items():
        most = min(n_points, _MOST_OF_MAP) if dimension in of_maps else n_points
        if length <= most:
            continue
        lines = [
            v.series.values
            for v in reading.variables
            if v.dimensions == (dimension,) and v.role is Role.SIGNAL and v.series.values.dtype.kind in "iuf"
        ]
        chosen[dimension] = _extremes(lines, most) if lines else np.linspace(0, length - 1, most).astype(np.intp)
    return chosen


def _extremes(lines: list[NDArray[np.float64]], n_points: int) -> NDArray[np.intp]:
    length = len(lines[0])
    n_stretches = max(1, n_points // (2 * len(lines)))
    edges = np.linspace(0, length, n_stretches + 1).astype(np.intp)
    kept: set[int] = {0, length - 1}
    for line in lines:
        low = np.where(np.isfinite(line), line, np.inf)
        high = np.where(np.isfinite(line), line, -np.inf)
        for begin, end in itertools.pairwise(edges):
            if end > begin:
                kept.add(int(begin + np.argmin(low[begin:end])))
                kept.add(int(begin + np.argmax(high[begin:end])))
    return np.array(sorted(kept), dtype=np.intp)


def taken(
    values: NDArray[np.float64], dimensions: tuple[str, ...], chosen: dict[str, NDArray[np.intp]]
) -> NDArray[np.float64]:
    """The values at the chosen points."""
    for axis, dimension in enumerate(dimensions):
        if dimension in chosen:
            values = np.take(values, chosen[dimension], axis=axis)
    return values
