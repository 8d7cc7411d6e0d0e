"""JEOL Delta, the data section: one section of numbers for each real or imaginary part, two dimensions in tiles."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.readers.jeol.header import Dimension, Header
from kiban.readers.nmr import spectra
from kiban.readers.nmr.spectra import Axis

_TILES = {"two_d": 32, "small_two_d": 4}
_MEND = "Copy the file again from the spectrometer; it is kept as it came."
_FARTHEST = 1e100
_TOGETHER = {"real_complex", "envelope"}
"""Kinds that have two sections for all dimensions together, not two for each."""


def parts(content: bytes, header: Header, name: str) -> dict[str, NDArray[np.floating]]:
    """Give the real and imaginary parts, valid points only, by the ends of their names.

    Returns
    -------
    dict of str to array, shape (n,) or (n_indirect, n_direct)
        Signs as stored.

    Raises
    ------
    DamagedFile, UnsupportedVariant, NothingMeasured
    """
    names = _names([d.kind for d in header.dimensions], name)
    shape = tuple(d.n_stored for d in reversed(header.dimensions))
    _check_points(header, name)
    each = math.prod(shape)
    promised = each * len(names) * header.item_bytes
    if promised != header.data_length:
        raise DamagedFile(
            f"{name}: {len(names)} sections of {each} numbers take {promised} bytes; the header gives "
            f"{header.data_length} bytes to the data.",
            mend=_MEND,
        )
    if header.data_at + promised > len(content):
        raise DamagedFile(
            f"{name}: {promised} bytes of data are promised from byte {header.data_at}; the file has {len(content)}.",
            mend=_MEND,
        )
    kind = f"{header.byte_order}f{header.item_bytes}"
    numbers = np.frombuffer(content, kind, each * len(names), header.data_at).reshape(len(names), each)
    numbers = numbers.astype(kind.replace(">", "<"))
    valid = tuple(slice(d.first, d.last + 1) for d in reversed(header.dimensions))
    return {part: _arranged(numbers[i], header, shape)[valid] for i, part in enumerate(names)}


def _arranged(flat: NDArray[np.floating], header: Header, shape: tuple[int, ...]) -> NDArray[np.floating]:
    if len(shape) == 1:
        return flat
    tile = _TILES[header.layout]
    return spectra.submatrices(flat, (shape[0], shape[1]), (tile, tile))


def _check_points(header: Header, name: str) -> None:
    tile = _TILES.get(header.layout, 1)
    for d in header.dimensions:
        if d.n_stored == 0:
            raise NothingMeasured(f"{name} holds no points along {d.letter}.", mend=_MEND)
        if d.n_stored % tile:
            raise DamagedFile(
                f"{name}: along {d.letter} a multiple of {tile} points was expected, {d.n_stored} are stored.",
                mend=_MEND,
            )
        if not d.first <= d.last < d.n_stored:
            raise DamagedFile(
                f"{name}: of {d.n_stored} points along {d.letter} those from {d.first} to {d.last} are said to count.",
                mend=_MEND,
            )


def _names(kinds: list[str], name: str) -> list[str]:
    """Say what the sections hold, in their order: the part of the direct dimension changes first."""
    if _TOGETHER & set(kinds):
        if len(set(kinds)) > 1:
            raise UnsupportedVariant(
                f"{name}: its dimensions are {' and '.join(kinds)}; either all or none may be of the former kind.",
                mend="Export it from Delta again, or as JCAMP-DX. It is kept as it came.",
            )
        return ["_minimum", "_maximum"] if "envelope" in kinds else [spectra.REAL, spectra.IMAGINARY]
    is_complex = [kind == "complex" for kind in kinds]
    if not any(is_complex):
        return [spectra.ONLY]
    if is_complex == [True, True]:
        return [spectra.REAL_REAL, spectra.IMAGINARY_REAL, spectra.REAL_IMAGINARY, spectra.IMAGINARY_IMAGINARY]
    return [spectra.REAL, spectra.IMAGINARY] if is_complex[0] else [spectra.REAL_REAL, spectra.REAL_IMAGINARY]


def axis(content: bytes, header: Header, dimension: Dimension, name: str) -> Axis:
    """Say where the valid points of a dimension are: evenly from start to stop, or as listed.

    Raises
    ------
    DamagedFile
        If an end is no finite number, or the list has another length.
    """
    if dimension.ruler != "ranged":
        values = _listed(content, header, dimension, name)
    elif dimension.n > 1 and dimension.start == dimension.stop:
        # Arrays of experiments (relaxation, diffusion) may come without a ruler: then points are counted.
        return Axis(values=np.arange(dimension.n, dtype=np.float64), unit="", name="point", label=dimension.title)
    elif max(abs(dimension.start), abs(dimension.stop)) < _FARTHEST:
        values = np.linspace(dimension.start, dimension.stop, dimension.n)
    else:
        values = np.full(1, np.nan)
    if not bool(np.all(np.isfinite(values))):
        raise DamagedFile(f"{name}: the axis {dimension.letter} has ends that are no finite numbers.", mend=_MEND)
    known = dimension.unit if dimension.unit in _AXES else ""
    return Axis(
        values=values,
        unit=known,
        name=_AXES.get(dimension.unit, "point"),
        label=dimension.title,
        unit_as_written=dimension.unit,
    )


_AXES = {
    "s": "time", "ms": "time", "us": "time", "Hz": "frequency", "kHz": "frequency", "ppm": "chemical_shift",
    "T/m": "field_gradient", "mT/m": "field_gradient", "T": "magnetic_field", "mT": "magnetic_field",
    "degC": "temperature", "K": "temperature",
}  # fmt: skip
"""Units that axes of NMR data have, and what they measure. `dimension.unit` is in our spelling."""


def _listed(content: bytes, header: Header, dimension: Dimension, name: str) -> NDArray[np.float64]:
    n, at, length = dimension.n_stored, dimension.list_start, dimension.list_length
    if length != 8 * n or at + length > len(content):
        raise DamagedFile(
            f"{name}: the axis {dimension.letter} should list {n} positions in {8 * n} bytes; it is given "
            f"{length} bytes at byte {at}.",
            mend=_MEND,
        )
    values = np.frombuffer(content, f"{header.byte_order}f8", n, at).astype(np.float64)
    return values[dimension.first : dimension.last + 1]
