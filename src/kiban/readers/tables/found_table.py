"""One table found in a file, and the error for a table whose rows differ in width."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.readers.tables.text_rows import Row


class RaggedTable(DamagedFile):
    """A row has more or fewer columns than its neighbours."""

    def __init__(self, fault: str, *, mend: str, n_rows_before: int) -> None:
        super().__init__(fault, mend=mend)
        self.n_rows_before = n_rows_before
        """How many sound rows of the table stand before it."""


def ragged(name: str, row: Row, width: int, n_rows_before: int) -> RaggedTable:
    found = len(row.cells)
    return RaggedTable(
        f"{name}: line {row.number} has {found} column{'s' if found > 1 else ''}, its neighbours have {width}.",
        mend="Export the table again, or copy it again if it was cut while it was copied. It is kept as it came.",
        n_rows_before=n_rows_before,
    )


@dataclass(slots=True)
class Table:
    """One table, and what stands above it."""

    width: int
    rows: list[Row] = field(default_factory=list)
    """Its rows of data; only the first of them where `matrix` has all."""
    above: list[Row] = field(default_factory=list)
    """All since the table before, comments and column names included."""
    below: list[Row] = field(default_factory=list)
    """What follows the last table of a file."""
    first_row: Row | None = None
    """Of a cross table: the values along the columns, the first cell being the corner."""
    n_corner: int = 1
    """Of a cross table: how many columns belong to the rows."""
    matrix: NDArray[np.float64] | None = None

    @property
    def n_rows(self) -> int:
        """How many rows of data."""
        return len(self.rows) if self.matrix is None else len(self.matrix)
