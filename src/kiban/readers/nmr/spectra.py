"""Names and shapes of NMR data: an axis for each dimension, and the real and imaginary parts over them.

The direct dimension (F2, recorded while the signal decays) is the last axis of an array, the indirect one (F1, stepped
from one scan to the next) the first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.quantity.series import Series
from kiban.records.reading import Role, Variable

ONLY, REAL, IMAGINARY = "", "_real", "_imaginary"
"""Ends of the names of signals that are real throughout, or complex in one dimension."""
REAL_REAL, IMAGINARY_REAL = "_real_real", "_imaginary_real"
REAL_IMAGINARY, IMAGINARY_IMAGINARY = "_real_imaginary", "_imaginary_imaginary"
"""Complex in the indirect dimension too: the direct dimension first, the indirect one second."""

UNIT = "arbitrary_unit"
"""Nothing fixes the size of an NMR signal: it depends on gains, scans and scaling."""

_NAMES = {"s": "time", "ms": "time", "us": "time", "Hz": "frequency", "kHz": "frequency", "ppm": "chemical_shift"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Axis:
    """Where the points of one dimension are."""

    values: NDArray[np.float64]
    unit: str
    name: str = ""
    """Our name, where the unit does not tell it."""
    label: str = ""
    unit_as_written: str = ""

    @property
    def is_time(self) -> bool:
        """The dimension is recorded, not yet transformed."""
        return self.variable_name == "time"

    @property
    def variable_name(self) -> str:
        """The name without the number of the dimension."""
        return self.name or _NAMES.get(self.unit, "point")


def variables(axes: Sequence[Axis], parts: Mapping[str, NDArray[Any]]) -> tuple[Variable, ...]:
    """Make the variables of a Reading.

    Parameters
    ----------
    axes : sequence of Axis
        One for each axis of the arrays, the direct dimension last.
    parts : mapping of str to array
        Arrays of one shape by the ends of their names, the most important first.
    """
    names = [axis.variable_name + ("_indirect" if n else "") for n, axis in enumerate(reversed(axes))]
    is_decay = axes[-1].is_time
    dimensions = tuple(reversed(names))
    return (
        *(
            Variable(
                name=name,
                series=Series(axis.values, axis.unit),
                dimensions=(name,),
                role=Role.AXIS,
                label=axis.label,
                unit_as_written=axis.unit_as_written or axis.unit,
            )
            for name, axis in zip(names, reversed(axes), strict=True)
        ),
        *(
            Variable(
                name=signal_name(part, is_decay=is_decay),
                series=Series(values, UNIT),
                dimensions=dimensions,
                role=Role.AUXILIARY if n else Role.SIGNAL,
            )
            for n, (part, values) in enumerate(parts.items())
        ),
    )


def signal_name(part: str, *, is_decay: bool) -> str:
    """Name a part: `fid_real` of a decay, `intensity` and `intensity_imaginary` of a spectrum."""
    if is_decay:
        return f"fid{part}"
    return "intensity" if part == REAL else f"intensity{part}"


def check_finite(parts: Mapping[str, NDArray[Any]], name: str) -> None:
    """Refuse values that no receiver gives. Raises DamagedFile."""
    n = sum(int(np.count_nonzero(~np.isfinite(values))) for values in parts.values())
    if n:
        raise DamagedFile(
            f"{name}: {n} of the recorded values are not finite numbers.",
            mend="Copy the file again from the spectrometer; it is kept as it came.",
        )


def submatrices(flat: NDArray[Any], shape: tuple[int, int], block: tuple[int, int]) -> NDArray[Any]:
    """Put a matrix together that is stored block by block, blocks and numbers inside each row by row.

    Parameters
    ----------
    flat : array, shape (rows * columns,)
    shape, block : (rows, columns)
        Of the matrix, and of one block; the one is a multiple of the other.
    """
    rows, columns = shape
    high, wide = block
    cut = flat.reshape(rows // high, columns // wide, high, wide)
    return cut.swapaxes(1, 2).reshape(rows, columns)
