"""Cross tables: a first row and a first column of values, and in the middle what was found for each pair of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kiban.readers.tables.number_columns import NUMBER, TEXT, to_number
from kiban.readers.tables.text_rows import Row


def direction(values: NDArray[np.float64]) -> int:
    """1 where the numbers rise at every step, -1 where they fall at every step, else 0 (also with fewer than two)."""
    if values.size < 2 or not bool(np.all(np.isfinite(values))):
        return 0
    steps = np.diff(values)
    return 1 if bool(np.all(steps > 0)) else -1 if bool(np.all(steps < 0)) else 0


def has_text_corner(row: Row, width: int) -> bool:
    """Say whether the row is a text followed by nothing but numbers."""
    return len(row.cells) == width > 2 and row.kinds[0] == TEXT and set(row.kinds[1:]) == {NUMBER}


def steps(row: Row, n_corner: int, decimal: str) -> bool:
    """Say whether two or more numbers, nothing else, stand behind the corner, and rise or fall throughout."""
    if set(row.kinds[n_corner:]) != {NUMBER}:
        return False
    return direction(np.array([to_number(cell, decimal) for cell in row.cells[n_corner:]], dtype=np.float64)) != 0
