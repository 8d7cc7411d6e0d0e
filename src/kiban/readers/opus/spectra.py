"""Blocks of numbers: which block of parameters describes which, and the axis and values that follow."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, UnsupportedVariant
from kiban.readers.opus.blocks import MEND, Block
from kiban.readers.opus.parameters import Value, number

_FLOATS, _INTEGERS = 1, 2
_NEAR = 1e-4
"""Parts of the largest value by which stated extremes may differ: they were rounded to single precision."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Status:
    """A block of parameters that describes numbers."""

    block: Block
    values: Mapping[str, Value]

    def require(self, key: str, file: str) -> float:
        """A finite number that has to be there. Raises DamagedFile."""
        found = number(self.values, key)
        if found is None:
            raise DamagedFile(f"{file}: {self.block.place} states no number as {key}.", mend=MEND)
        return found

    @property
    def n_points(self) -> int:
        """Points promised."""
        promised = self.values.get("NPT")
        return promised if isinstance(promised, int) else 0

    @property
    def extremes(self) -> tuple[float, float] | None:
        """The least and the largest value, where they are stated."""
        least, largest = number(self.values, "MNY"), number(self.values, "MXY")
        return None if least is None or largest is None or least == largest == 0.0 else (least, largest)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spectrum:
    """A block of numbers with its parameters."""

    data: Block
    status: Status


def paired(data: Sequence[Block], statuses: Sequence[Status], file: str) -> tuple[list[Spectrum], list[Block]]:
    """Find the parameters of each block of numbers.

    Blocks of the same kind are told apart by their stated extremes, and where these are alike by their order.

    Returns
    -------
    (list of Spectrum, list of Block)
        The pairs in the directory's order, and the blocks that no parameters fit.

    Raises
    ------
    DamagedFile
        If parameters are there and the block that they describe is not, or is shorter than they promise.
    """
    pairs: list[Spectrum] = []
    left_over: list[Block] = []
    free = list(statuses)
    # Blocks that only one set of parameters can describe go first, so that the others find theirs among the rest.
    for block in sorted(data, key=lambda block: sum(_fits(block, status) for status in statuses)):
        fitting = [status for status in free if _fits(block, status)]
        if not fitting:
            left_over.append(block)
            continue
        status = fitting[0]
        if len(fitting) > 1:
            status = next((each for each in fitting if _agrees(block, each)), status)
        free.remove(status)
        pairs.append(Spectrum(data=block, status=status))
    for status in free:
        if status.n_points > 0:
            raise DamagedFile(
                f"{file}: {status.block.place} promises {status.n_points} points; no block holds as many of this kind.",
                mend=MEND,
            )
    order = {id(block): n for n, block in enumerate(data)}
    return sorted(pairs, key=lambda pair: order[id(pair.data)]), left_over


def _fits(block: Block, status: Status) -> bool:
    return status.block.kind.describes(block.kind) and 0 < 4 * status.n_points <= len(block.content)


def _agrees(block: Block, status: Status) -> bool:
    if block.kind.is_series:
        return True
    scale = number(status.values, "CSF")
    stored = _stored(block, status.n_points, "<i4" if status.values.get("DPF") == _INTEGERS else "<f4")
    with np.errstate(over="ignore", invalid="ignore"):
        return agree(stored.astype(np.float64) * (1.0 if scale is None else scale), status.extremes) is True


def agree(values: NDArray[Any], extremes: tuple[float, float] | None) -> bool | None:
    """Whether the least and largest value are those stated; `None` where none are stated."""
    if extremes is None:
        return None
    found = (float(values.min()), float(values.max()))
    allowed = _NEAR * max(abs(extremes[0]), abs(extremes[1]))
    return all(abs(a - b) <= allowed for a, b in zip(found, extremes, strict=True))


def _stored(block: Block, n_points: int, dtype: str) -> NDArray[Any]:
    # A block is often one number longer than its spectrum. A compact one has something else before it.
    offset = len(block.content) - 4 * n_points if block.kind.is_compact else 0
    return np.frombuffer(block.content, dtype=dtype, count=n_points, offset=offset)


def dtype_of(status: Status, file: str) -> str:
    """How the numbers are stored. Raises UnsupportedVariant."""
    form = status.values.get("DPF", _FLOATS)
    if form not in {_FLOATS, _INTEGERS}:
        raise UnsupportedVariant(
            f"{file}: {status.block.place} states data point format {form}; 1 and 2 are known.",
            mend="Save the spectrum as JCAMP-DX from OPUS; the file is kept as it came.",
        )
    return "<f4" if form == _FLOATS else "<i4"


def scaled(stored: NDArray[Any], scale: float, place: str) -> NDArray[Any]:
    """Multiply by the stated factor, which is 1 in most files. Raises DamagedFile."""
    if scale == 0.0:
        raise DamagedFile(f"{place} states 0 as the factor (CSF) of its values.", mend=MEND)
    values: NDArray[Any] = stored if scale == 1.0 else stored.astype(np.float64) * scale
    return values


def values_of(spectrum: Spectrum, file: str) -> tuple[NDArray[Any], tuple[str, ...]]:
    """The numbers of a single spectrum, multiplied by their factor.

    Raises
    ------
    DamagedFile
        If the factor is 0.
    UnsupportedVariant
        If they are stored in an unknown way, or after something unknown where nothing proves them found.
    """
    status, block = spectrum.status, spectrum.data
    stored = _stored(block, status.n_points, dtype_of(status, file))
    scale = number(status.values, "CSF")
    with np.errstate(over="ignore", invalid="ignore"):
        values = scaled(stored, 1.0 if scale is None else scale, f"{file}: {status.block.place}")
    is_right = agree(values, status.extremes)
    if block.kind.is_compact and is_right is not True:
        raise UnsupportedVariant(
            f"{file}: {block.place} is stored in the compact form, and its values are not where they were looked for.",
            mend="Save the spectrum as JCAMP-DX from OPUS; the file is kept as it came.",
        )
    doubts: tuple[str, ...] = ()
    if is_right is False:
        least, largest = status.extremes or (math.nan, math.nan)
        doubts = (
            f"The file states values from {least:g} to {largest:g} (MNY, MXY); they run from {values.min():g} to "
            f"{values.max():g}.",
        )
    return values, doubts


def axis_of(status: Status, file: str) -> NDArray[np.float64]:
    """The abscissas from FXV to LXV, both included.

    Raises
    ------
    DamagedFile
        If one of them is missing, or they are the same for several points.
    """
    first, last = status.require("FXV", file), status.require("LXV", file)
    n = status.n_points
    if n > 1 and not abs(last - first) / n > 1e-12 * max(abs(first), abs(last)):
        raise DamagedFile(
            f"{file}: {status.block.place} promises {n} points from {first:g} to {last:g}: they would coincide.",
            mend=MEND,
        )
    axis = np.linspace(first, last, n)
    if not bool(np.isfinite(axis).all()):
        raise DamagedFile(f"{file}: {status.block.place} promises points from {first:g} to {last:g}.", mend=MEND)
    return axis
