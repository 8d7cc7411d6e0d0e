"""Binary numbers of an experiment: which kind, in which order, and how many."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, UnsupportedVariant
from kiban.readers.topspin.parameters import MEND, Parameters

Array = NDArray[Any]

_TYPES = {0: "i4", 1: "f4", 2: "f8"}
_ROW_BYTES = 1024
"""Rows of a two-dimensional acquisition begin at multiples of this."""


def numbers(content: bytes, parameters: Parameters, order: str, kind: str, what: str) -> Array:
    """Read all numbers of a file.

    Parameters
    ----------
    order, kind : str
        Labels of the parameters that say the order of bytes and the kind of numbers: `BYTORDA` and `DTYPA`, or
        `BYTORDP` and `DTYPP`.

    Raises
    ------
    UnsupportedVariant
        If the kind of numbers is not known.
    DamagedFile
        If the file does not hold a whole number of them.
    """
    code = int(parameters.number(kind) or 0)
    if code not in _TYPES:
        raise UnsupportedVariant(
            f"{what}: {kind} is {code}; 0 (int32), 1 (float32) and 2 (float64) are read.",
            mend="Convert the experiment in TopSpin; it is kept as it came.",
        )
    dtype = np.dtype((">" if parameters.number(order) == 1 else "<") + _TYPES[code])
    if len(content) % dtype.itemsize:
        raise DamagedFile(f"{what}: {len(content)} bytes are no whole number of {dtype.name}.", mend=MEND)
    read = np.frombuffer(content, dtype).astype(dtype.newbyteorder("="))
    if read.dtype.kind == "f" and not np.isfinite(read).all():
        raise DamagedFile(f"{what}: a number is not finite.", mend=MEND)
    return read


def acquired_rows(found: Array, n_points: int, n_rows: int, what: str) -> tuple[Array, tuple[str, ...]]:
    """Cut an acquisition into its rows.

    Returns
    -------
    (array, tuple of str)
        Shape (n_rows, at least n_points), and doubts. One row is filled up with zeros to a full block by the
        spectrometer; these are kept, because it is what is in the file.

    Raises
    ------
    DamagedFile
        If there are fewer points than promised.
    UnsupportedVariant
        If there are more rows.
    """
    if n_rows == 1:
        if found.size < n_points:
            raise DamagedFile(f"{what}: {n_points} numbers are promised, {found.size} follow.", mend=MEND)
        rest = found[n_points:]
        if not rest.size:
            return found.reshape(1, -1), ()
        # Files end with a full block of 1024 bytes: zeros that fill it up say nothing about the measurement.
        if not np.any(rest) and rest.nbytes < _ROW_BYTES:
            return found.reshape(1, -1), ()
        if np.any(rest):
            more = f"The parameters promise {n_points} numbers (TD); the file holds {found.size}."
        else:
            more = f"Behind the {n_points} promised numbers (TD) the file is filled up with {rest.size} zeros."
        return found.reshape(1, -1), (more,)
    row_numbers = _ROW_BYTES // found.dtype.itemsize
    stride = -(-n_points // row_numbers) * row_numbers
    if found.size == n_rows * n_points:
        stride = n_points  # newer programs and float64 leave out the padding where rows fit
    if found.size < (n_rows - 1) * stride + n_points:
        raise DamagedFile(
            f"{what}: {n_rows} rows of {n_points} numbers are promised; {found.size} numbers follow.", mend=MEND
        )
    rest = found[n_rows * stride :]
    if np.any(rest):
        raise UnsupportedVariant(
            f"{what}: behind the {n_rows} rows that acqu2s speaks of {rest.size} more numbers follow, as in "
            "experiments of three dimensions, which are not read.",
            mend="Export planes of it from TopSpin; it is kept as it came.",
        )
    padded = np.zeros(n_rows * stride, dtype=found.dtype)
    padded[: min(found.size, padded.size)] = found[: padded.size]
    return padded.reshape(n_rows, stride)[:, :n_points], ()


def from_blocks(found: Array, shape: tuple[int, int], block: tuple[int, int], what: str) -> Array:
    """Put the submatrices of a processed two-dimensional spectrum into rows and columns.

    Raises
    ------
    DamagedFile
        If the blocks do not fill the spectrum.
    """
    rows, columns = shape
    block_rows, block_columns = (
        min(size, whole) if size > 0 else whole for size, whole in zip(block, shape, strict=True)
    )
    if rows % block_rows or columns % block_columns:
        raise DamagedFile(
            f"{what}: blocks of {block_rows} x {block_columns} do not fill {rows} x {columns} points.", mend=MEND
        )
    tiled = found.reshape(rows // block_rows, columns // block_columns, block_rows, block_columns)
    return tiled.transpose(0, 2, 1, 3).reshape(rows, columns)
