"""The data module of a BioLogic `.mpr` file: from packed records to columns."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.readers.biologic.columns import FLAG_BITS, column
from kiban.readers.biologic.modules import Module
from kiban.readers.biologic.variables import RawColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """How a version of the data module is laid out."""

    count: str
    """struct code of the number of columns."""
    number: str
    """struct code of a column number."""
    records_at: int


_LAYOUTS = {
    (False, 0): _Layout(count="B", number="B", records_at=100),
    (False, 2): _Layout(count="B", number="H", records_at=405),
    (False, 3): _Layout(count="B", number="H", records_at=406),
    (True, 11): _Layout(count="H", number="H", records_at=1007),
}
"""By form of the module header and version of the module."""


def read_records(module: Module, file: str) -> tuple[tuple[int, ...], list[RawColumn], list[str]]:
    """Read the records of a data module.

    Returns
    -------
    (tuple of int, list of RawColumn, list of str)
        Column numbers, columns in the file's order (those that share the byte of flags taken apart), and doubts.

    Raises
    ------
    NothingMeasured
        If there are no points.
    DamagedFile
        If the points do not fill the module exactly.
    UnsupportedVariant
        If the module's version is unknown, or the width of a column that cannot be worked out from the rest.
    """
    n_points, numbers, records_at = _column_numbers(module, file)
    if n_points == 0:
        raise NothingMeasured(
            f"{file} holds no data points.",
            mend="A technique that records nothing, such as a wait, leaves such a file. It is kept as it came.",
        )
    available = len(module.data) - records_at
    doubts: list[str] = []
    dtype = _record_type(numbers, available, n_points, doubts, file)
    if available != n_points * dtype.itemsize:
        raise DamagedFile(
            f"{file}: the header promises {n_points} points of {dtype.itemsize} bytes, {available} bytes follow.",
            mend="Copy the file again from the instrument's computer; it is kept as it came.",
        )
    records = np.frombuffer(module.data, dtype, count=n_points, offset=records_at)
    return numbers, _unpacked(records, numbers), doubts


def _column_numbers(module: Module, file: str) -> tuple[int, tuple[int, ...], int]:
    layout = _LAYOUTS.get((module.long_form, module.version))
    if layout is None:
        raise UnsupportedVariant(
            f"{file}: the data module has version {module.version}"
            f"{' with the long header' if module.long_form else ''}; versions 0, 2, 3 and, with the long header, "
            "11 can be read.",
            mend="Export the measurement as text (.mpt) from EC-Lab. The file is kept as it came.",
        )
    start = struct.calcsize(f"<I{layout.count}")
    if len(module.data) < layout.records_at:
        raise DamagedFile(
            f"{file}: the data module has {len(module.data)} bytes, its header alone takes {layout.records_at}.",
            mend="Copy the file again from the instrument's computer; it is kept as it came.",
        )
    n_points, n_columns = struct.unpack_from(f"<I{layout.count}", module.data, 0)
    if not 0 < n_columns <= (layout.records_at - start) // struct.calcsize(layout.number):
        raise DamagedFile(
            f"{file}: the data module promises {n_columns} columns, which its header has no room for.",
            mend="Copy the file again from the instrument's computer; it is kept as it came.",
        )
    numbers = struct.unpack_from(f"<{n_columns}{layout.number}", module.data, start)
    return n_points, numbers, layout.records_at


def _record_type(
    numbers: tuple[int, ...], available: int, n_points: int, doubts: list[str], file: str
) -> np.dtype[np.void]:
    """Put the type of a record together, field f{place} for each column; a single column of unknown width is worked
    out from the size of the records."""
    fields: list[tuple[str, str]] = []
    unknown: list[int] = []
    for place, number in enumerate(numbers):
        known = column(number)
        if number in FLAG_BITS:
            if all(name != "flags" for name, _ in fields):
                fields.append(("flags", "u1"))
        elif known is not None and known.dtype is not None:
            fields.append((f"f{place}", f"<{known.dtype}"))
        else:
            unknown.append(place)
            fields.append((f"f{place}", ""))
    if unknown:
        width = _width_left(numbers, unknown, fields, available / n_points, file)
        doubts.append(
            f"Column {unknown[0] + 1} ({_name_of(numbers[unknown[0]])}) is of a type that Kiban does not know: its "
            f"{width} bytes are read as a number with a fractional part."
        )
        fields = [(name, code or f"<f{width}") for name, code in fields]
    return np.dtype(fields)


def _width_left(
    numbers: tuple[int, ...], unknown: list[int], fields: list[tuple[str, str]], record: float, file: str
) -> int:
    left = record - sum(np.dtype(code).itemsize for _, code in fields if code)
    if len(unknown) > 1 or left not in {4, 8}:
        which = ", ".join(f"{_name_of(numbers[place])} at place {place + 1}" for place in unknown)
        raise UnsupportedVariant(
            f"{file}: the width of {'these columns' if len(unknown) > 1 else 'this column'} is not known: {which}; "
            f"{left:g} bytes of each point are left for {'them' if len(unknown) > 1 else 'it'}.",
            mend="Export the measurement as text (.mpt) from EC-Lab and deposit that. The file is kept as it came.",
        )
    return int(left)


def _name_of(number: int) -> str:
    known = column(number)
    return f"number {number}" if known is None else f"number {number}, {known.label}"


def _unpacked(records: NDArray[np.void], numbers: tuple[int, ...]) -> list[RawColumn]:
    """One array for each column, the flags taken apart, in the file's order."""
    columns = []
    seen: set[int] = set()
    for place, number in enumerate(numbers):
        if number in FLAG_BITS:
            if number in seen:
                continue
            seen.add(number)
            label, bits = FLAG_BITS[number]
            values: NDArray[Any] = (records["flags"] & bits) // (bits & -bits)
        else:
            known = column(number)
            label = f"unknown column {number}" if known is None else known.label
            values = np.ascontiguousarray(records[f"f{place}"])
        columns.append(RawColumn(label, values))
    return columns
