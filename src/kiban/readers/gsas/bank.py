"""Banks of GSAS powder data: the line BANK, and the numbers below it in their fixed or free formats."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.readers.number_list import optional_number, rows

MEND = "Convert the data for GSAS again; the file is kept as it came."
BANK = re.compile(r"^[ \t]{0,8}BANK[ \t]+\d{1,4}[ \t]+\d{1,9}[ \t]+\d{1,9}[ \t]+[A-Z_]{3,9}\d?\b", re.MULTILINE)
_CONSTANT = {"CONST", "CONS", "COND", "CON"}
_STEPPED = {"SLOG", "RALF", "LOG6"}
_LARGEST = 1e15

Array = NDArray[np.float64]


@dataclass(slots=True, kw_only=True)
class Bank:
    """One bank: what its line says, and the lines below it."""

    line: str
    number: int
    n_points: int
    steps: str
    coefficients: tuple[float, ...]
    form: str
    comments: list[str] = field(default_factory=list)
    lines: list[tuple[int, str]] = field(default_factory=list)

    @property
    def is_constant(self) -> bool:
        """Its steps are of equal length."""
        return self.steps in _CONSTANT


def banks(text: str, *, file: str) -> tuple[list[str], list[Bank]]:
    """Split a file into the lines before the first bank and the banks.

    Raises
    ------
    DamagedFile, UnsupportedVariant
        If the line BANK of one of them cannot be understood.
    """
    before: list[str] = []
    found: list[Bank] = []
    for place, line in enumerate(text.splitlines(), 1):
        if BANK.match(line):
            found.append(_bank(line, f"{file}, line {place}"))
        elif not found:
            before.append(line)
        elif line.lstrip().startswith("#"):
            found[-1].comments.append(line.strip().lstrip("# "))
        elif line.strip(" \t\0\x1a"):
            found[-1].lines.append((place, line))
    return before, found


def _bank(line: str, place: str) -> Bank:
    words = line.split()
    steps, rest = words[4], words[5:]
    form = "STD"
    if rest and optional_number(rest[-1]) is None:
        form, rest = rest[-1].upper(), rest[:-1]
    coefficients = [optional_number(word) for word in rest]
    numbers = tuple(value for value in coefficients if value is not None)
    if len(numbers) < len(coefficients):
        raise DamagedFile(
            f"{place}: numbers were expected after {steps}; '{' '.join(rest)[:40]}' was found.", mend=MEND
        )
    if form == "ALT":
        # Its numbers come without decimal points, and programs disagree by 10 and 100 about where those belong.
        raise UnsupportedVariant(
            f"{place}: banks in the format ALT are not read: programs that write it disagree about its scale.",
            mend="Export the data as FXYE. The file is kept as it came.",
        )
    if steps not in _CONSTANT | _STEPPED or form not in {"STD", "ESD", "FXY", "FXYE"}:
        raise UnsupportedVariant(
            f"{place}: banks of type {steps[:20]} in the format {form[:20]} are not read.",
            mend="Export the data with constant steps or as FXYE. The file is kept as it came.",
        )
    if form in {"STD", "ESD"} and (steps not in _CONSTANT or len(numbers) < 2):
        raise UnsupportedVariant(
            f"{place}: positions of {form} data follow from start and step of CONST; the type is {steps[:20]}.",
            mend="Export the data as FXYE. The file is kept as it came.",
        )
    return Bank(line=line, number=int(words[1]), n_points=int(words[2]), steps=steps, coefficients=numbers, form=form)


def values(bank: Bank, *, place: str) -> tuple[Array, Array, Array | None]:
    """Read positions, intensities and, where there are any, their standard uncertainties (NaN where none is known).

    Raises
    ------
    DamagedFile, NothingMeasured
        If something is no number, or other points follow than the line BANK promises.
    """
    reader = {"STD": _std, "ESD": _esd}.get(bank.form, _columns)
    x, intensity, standard = reader(bank, place)
    if not len(intensity):
        raise NothingMeasured(f"{place} holds no points.", mend=MEND)
    # Lines of fixed format may be filled up with zeros.
    spare = len(intensity) - bank.n_points
    is_filled = bank.form in {"STD", "ESD"} and 0 < spare < 10 and not intensity[bank.n_points :].any()
    if spare and not is_filled:
        raise DamagedFile(
            f"{place}: the line BANK promises {bank.n_points} points, {len(intensity)} follow.", mend=MEND
        )
    n = bank.n_points
    if not (np.all(np.abs(x[:n]) < _LARGEST) and np.all(np.abs(intensity[:n]) < _LARGEST)):
        raise DamagedFile(f"{place}: positions and intensities were expected; numbers run off.", mend=MEND)
    return x[:n], intensity[:n], None if standard is None else standard[:n]


def _known(standard: Array) -> Array:
    """An uncertainty that is not positive says that the point does not count: it is not known."""
    return np.where(standard > 0, standard, np.nan)


def _evenly(bank: Bank, n: int) -> Array:
    start, step = bank.coefficients[:2]
    return start + step * np.arange(n, dtype=np.float64)


def _free(bank: Bank, n_columns: int) -> Array | None:
    """Numbers between blanks, where there are as many as promised; shape (n_points, n_columns).

    Some programs keep to no columns: cut at the places of the fixed format their numbers would fall apart.
    """
    tokens = [token for _, line in bank.lines for token in line.split()]
    if len(tokens) != n_columns * bank.n_points:
        return None
    numbers = [optional_number(token) for token in tokens if "," not in token]
    found = [number for number in numbers if number is not None]
    return np.array(found).reshape(-1, n_columns) if len(found) == len(tokens) else None


def _fields(bank: Bank, widths: tuple[int, ...], place: str) -> Array:
    """Cut lines into fields of these widths, again and again; shape (n, len(widths))."""
    made: list[list[float]] = []
    width = sum(widths)
    for at, line in bank.lines:
        text = line.rstrip()
        for begin in range(0, len(text), width):
            record, found = text[begin : begin + width], []
            if not record.strip():
                continue
            for size in widths:
                cell, record = record[:size], record[size:]
                value = optional_number(cell) if cell.strip() else 0.0
                if value is None or "," in cell:
                    raise DamagedFile(
                        f"{place}, line {at}: a number was expected; '{cell.strip()[:40]}' was found.", mend=MEND
                    )
                found.append(value)
            made.append(found)
    return np.array(made, dtype=np.float64).reshape(-1, len(widths))


def _std(bank: Bank, place: str) -> tuple[Array, Array, Array | None]:
    if (free := _free(bank, 1)) is not None:
        counters, intensity = np.ones(len(free)), free[:, 0]
    else:
        table = _fields(bank, (2, 6), place)
        counters, intensity = np.maximum(table[:, 0], 1.0), table[:, 1]
    is_count = bool(np.all(intensity >= 0) and np.all(intensity % 1 == 0))
    standard = np.sqrt(np.maximum(intensity, 1.0) / counters) if is_count else None
    return _evenly(bank, len(intensity)), intensity, standard


def _esd(bank: Bank, place: str) -> tuple[Array, Array, Array | None]:
    free = _free(bank, 2)
    table = _fields(bank, (8, 8), place) if free is None else free
    return _evenly(bank, len(table)), table[:, 0], _known(table[:, 1])


def _columns(bank: Bank, place: str) -> tuple[Array, Array, Array | None]:
    expected = 3 if bank.form == "FXYE" else 2
    if not bank.lines:
        raise NothingMeasured(f"{place} holds no points.", mend=MEND)
    table = rows([line for _, line in bank.lines], what="data", file=place, first_line=1)
    if table.shape[1] != expected:
        raise DamagedFile(
            f"{place}: {bank.form} has rows of {expected} numbers; rows of {table.shape[1]} were found.", mend=MEND
        )
    return table[:, 0], table[:, 1], _known(table[:, 2]) if expected == 3 else None
