"""Part of a large array of a normalised file: a line or a picture of it, read piece by piece.

A map of spectra or a stack of images may be larger than memory; what a page shows of it is not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, InvalidValue
from kiban.standards.hdf5_texts import text_attribute, text_of

if TYPE_CHECKING:
    import h5py

Array = NDArray[np.float64]

_BLOCK_BYTES = 32 << 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Section:
    """A line or a picture."""

    unit: str
    values: Array
    """Shape (n,) or (n_rows, n_columns), in the order of the dimensions asked for; NaN where nothing is known."""
    axes: tuple[Axis | None, ...]
    """What was measured along each of them, where the file says so."""
    averaged: tuple[str, ...]
    """Dimensions over which the values are means."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Axis:
    """One-dimensional axis of a section."""

    name: str
    unit: str
    values: Array


def read_section(stream: BinaryIO, variable: str, along: Sequence[str], at: Mapping[str, int]) -> Section:
    """Read what a variable is along one or two of its dimensions.

    Parameters
    ----------
    along : one or two names of dimensions
    at : mapping of dimension to index
        Where the other dimensions are held; over those not named the mean is taken. Of complex numbers it is that of
        their magnitudes.

    Raises
    ------
    InvalidValue
        If the variable has no such dimensions, or an index is beyond their end.
    DamagedFile
        If the file cannot be read.
    """
    import h5py

    try:
        with h5py.File(stream, "r") as file:
            entry = file["entry"]
            described = {n: tuple(dims) for n, _, dims in json.loads(text_of(entry["reading"]["variables"]))}
            axes = {dims[0]: n for n, role, dims in json.loads(text_of(entry["reading"]["variables"])) if
                    role == "axis" and len(dims) == 1}  # fmt: skip
            dimensions = described.get(variable, ())
            data = entry["data"]
            dataset = _stored(data, variable) if variable in described else None
            if dataset is None or dataset.dtype.kind not in "biufc":
                raise InvalidValue(
                    f"The measurement has no numbers called '{variable}'.", mend=f"Use one of: {', '.join(described)}."
                )
            lengths = dict(zip(dimensions, dataset.shape, strict=True))
            _check(variable, lengths, along, at)
            values = _reduced(dataset, dimensions, along, at)
            found = tuple(_axis(data, axes.get(dimension)) for dimension in along)
            averaged = tuple(d for d in dimensions if d not in along and d not in at)
            return Section(unit=text_attribute(dataset, "units"), values=values, axes=found, averaged=averaged)
    except (OSError, KeyError, ValueError, TypeError, RuntimeError) as e:
        raise DamagedFile(
            f"The normalised file cannot be read: {e}.",
            mend="Read the original file again: it is kept, and the normalised file is made of it.",
        ) from e


def shrunk(values: Array, most: int) -> tuple[Array, tuple[int, ...]]:
    """Means over squares (or stretches) so large that no side is longer than `most`, and the sides of the squares."""
    steps = tuple(-(-length // most) for length in values.shape)
    for axis, step in enumerate(steps):
        if step > 1:
            values = means(values, step, axis)
    return values, steps


def means(values: Array, step: int, axis: int = 0) -> Array:
    """Means of stretches of so many points along one axis, of what is known there; the last may be shorter."""
    starts = np.arange(0, values.shape[axis], step)
    known = np.isfinite(values)
    total = np.add.reduceat(np.where(known, values, 0.0), starts, axis=axis)
    number = np.add.reduceat(known.astype(np.float64), starts, axis=axis)
    return _divided(total, number)


def _divided(total: Array, number: Array) -> Array:
    ratio: Array = np.divide(total, number, out=np.full(np.shape(total), np.nan), where=number > 0.0)
    return ratio


def _check(variable: str, lengths: Mapping[str, int], along: Sequence[str], at: Mapping[str, int]) -> None:
    if not 1 <= len(set(along)) == len(along) <= 2 or not set(along) <= lengths.keys():
        raise InvalidValue(
            f"{variable} has no section along {' and '.join(along) or 'nothing'}.",
            mend=f"Name one or two of its dimensions: {', '.join(lengths)}.",
        )
    for dimension, index in at.items():
        if dimension not in lengths or dimension in along or not 0 <= index < lengths[dimension]:
            there = ", ".join(f"{name} (0 to {n - 1})" for name, n in lengths.items() if name not in along)
            raise InvalidValue(
                f"{variable} cannot be held at {dimension} {index}.", mend=f"Its other dimensions are: {there}."
            )


def _reduced(dataset: h5py.Dataset, dimensions: Sequence[str], along: Sequence[str], at: Mapping[str, int]) -> Array:
    left = [d for d in dimensions if d not in at]
    is_mean = tuple(i for i, d in enumerate(left) if d not in along)
    parts: list[Array] = []
    sums: list[Array] = []
    for block in _blocks(dataset, dimensions, at):
        numbers = np.abs(block) if block.dtype.kind == "c" else block.astype(np.float64)
        known = np.isfinite(numbers)
        total: Array = np.asarray(np.sum(np.where(known, numbers, 0.0), axis=is_mean))
        number: Array = np.asarray(np.sum(known, axis=is_mean, dtype=np.float64))
        if 0 in is_mean:
            sums = [total, number] if not sums else [sums[0] + total, sums[1] + number]
        else:
            parts.append(_divided(total, number))
    values = _divided(*sums) if sums else np.concatenate(parts)
    kept = [d for d in left if d in along]
    return values.transpose([kept.index(d) for d in along])


def _blocks(dataset: h5py.Dataset, dimensions: Sequence[str], at: Mapping[str, int]) -> Iterator[NDArray[Any]]:
    """The selected numbers, cut along the first dimension that is not held."""
    chosen: list[Any] = [at.get(d, slice(None)) for d in dimensions]
    first = next(i for i, d in enumerate(dimensions) if d not in at)
    n_bytes = dataset.dtype.itemsize
    for i, d in enumerate(dimensions):
        if d not in at and i != first:
            n_bytes *= dataset.shape[i]
    step = max(1, _BLOCK_BYTES // max(n_bytes, 1))
    for start in range(0, dataset.shape[first], step):
        chosen[first] = slice(start, start + step)
        yield np.asarray(dataset[tuple(chosen)])


def _axis(data: h5py.Group, name: str | None) -> Axis | None:
    if name is None:
        return None
    dataset = _stored(data, name)
    if dataset.dtype.kind not in "biuf":
        return None
    return Axis(name=name, unit=text_attribute(dataset, "units"), values=np.asarray(dataset[...], dtype=np.float64))


def _stored(data: h5py.Group, name: str) -> h5py.Dataset:
    prefixed = f"_nc4_non_coord_{name}"  # see nexus_data
    return data[prefixed] if prefixed in data else data[name]
