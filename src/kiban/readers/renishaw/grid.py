"""The grid of a map: which spectrum belongs to which place."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_WMAP = struct.Struct("<II3f3f3I")
_LINE = 128
"""Flag of a map that runs along one line."""
_NEAR = 0.05
"""Parts of a step by which a place may miss its square of the grid."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grid:
    """Rows (y) and columns (x) of a map."""

    x: Array
    y: Array
    row: NDArray[np.intp]
    """Of each spectrum."""
    column: NDArray[np.intp]


def grid_of(block: memoryview | None, x: Array, y: Array, *, capacity: int) -> Grid | None:
    """Find the place of each spectrum in a map.

    Parameters
    ----------
    block : memoryview, optional
        The block WMAP: where the map begins, its steps and its numbers of columns and rows.
    capacity : int
        Spectra that were planned: as many as the map has squares.
    x, y : array, shape (n_spectra,)
        Where each spectrum was measured.

    Returns
    -------
    Grid or None
        `None` where it is no map of rows and columns, or its places do not agree with it: then each spectrum keeps its
        own place.
    """
    if block is None or len(block) < _WMAP.size:
        return None
    flag, _, x0, y0, _, dx, dy, _, n_x, n_y, n_z = _WMAP.unpack_from(block)
    if flag & _LINE or n_z > 1 or n_x * n_y != capacity or not np.all(np.isfinite((x0, y0, dx, dy))):
        return None
    if (n_x > 1 and dx == 0.0) or (n_y > 1 and dy == 0.0):
        return None
    column, is_column = _placed(x, x0, dx, n_x)
    row, is_row = _placed(y, y0, dy, n_y)
    if not (is_column and is_row) or np.unique(row * n_x + column).size != x.size:
        return None
    return Grid(x=x0 + dx * np.arange(n_x), y=y0 + dy * np.arange(n_y), row=row, column=column)


def _placed(where: Array, start: float, step: float, count: int) -> tuple[NDArray[np.intp], bool]:
    if count == 1:
        return np.zeros(where.size, dtype=np.intp), True
    exact = (where - start) / step
    nearest = np.rint(exact)
    fits = bool(np.all(np.abs(exact - nearest) < _NEAR) and np.all((nearest >= 0) & (nearest < count)))
    return (nearest.astype(np.intp) if fits else np.zeros(where.size, dtype=np.intp)), fits
