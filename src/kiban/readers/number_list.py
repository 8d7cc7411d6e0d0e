"""Numbers written as text: lists between two tags, rows of columns, single values."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile

_LARGEST = np.iinfo(np.int64).max
_BLANKS = " \n\t\r\v\f"
_TELLING = 50
_MEND = "Export the measurement again; the file is kept as it came."


def numbers(text: str, *, what: str, file: str) -> NDArray[Any]:
    """Read numbers separated by white space.

    Parameters
    ----------
    what, file : str
        What the numbers are and where they stand, for the message when one of them is none.

    Returns
    -------
    array, shape (n,)
        64-bit integers where all are written without point and exponent, floats otherwise.

    Raises
    ------
    DamagedFile
        If something between them is not a finite number (`NaN` is: a missing value).
    """
    if (quick := _quick_numbers(text)) is not None:
        return quick
    tokens = text.split()
    if not any(sign in text for sign in ".eEnNfF_"):
        try:
            return np.array([int(token) for token in tokens], dtype=np.int64)
        except (ValueError, OverflowError):
            # Not integers that fit; the slower way below finds out whether they are numbers at all.
            tokens = text.split()
    try:
        values = np.array([float(token) for token in tokens], dtype=np.float64)
    except ValueError:
        values = None
    if values is None or "_" in text or bool(np.isinf(values).any()):
        raise _not_a_number(tokens, what=what, file=file)
    return values


def _quick_numbers(text: str) -> NDArray[Any] | None:
    """Read them in one go, ten times as fast, where nothing about the text is doubtful; otherwise `None`.

    NumPy's parser reads floats exactly as `float` does, but takes some texts for numbers that `int` and `float` do not:
    a sign apart from its digits, `nan(1)`, a whole number beyond 64 bits (it gives the largest there is), blanks alone.
    """
    if not text or text.isspace() or "(" in text:
        return None
    is_whole = not any(sign in text for sign in ".eEnNfF_+") and ("-" not in text or _each_minus_begins_a_number(text))
    try:
        with warnings.catch_warnings():
            # NumPy before 2.3 only warns of what it cannot read.
            warnings.simplefilter("error", DeprecationWarning)
            values = np.fromstring(text, dtype=np.int64 if is_whole else np.float64, sep=" ")
    except (ValueError, DeprecationWarning):
        return None
    if is_whole:
        return values if values.size and values.min() > -_LARGEST and values.max() < _LARGEST else None
    # Whole numbers with a sign somewhere else become integers on the slower way, or none.
    has_fraction = any(sign in text for sign in ".eEnN")
    return values if has_fraction and not bool(np.isinf(values).any()) else None


def _each_minus_begins_a_number(text: str) -> bool:
    """Say whether before each minus there is a blank, and behind it something else."""
    if text.endswith("-") or any(f"-{blank}" in text for blank in _BLANKS):
        return False
    n_after_blank = text.startswith("-") + sum(text.count(f"{blank}-") for blank in _BLANKS)
    return text.count("-") == n_after_blank


def _not_a_number(tokens: list[str], *, what: str, file: str) -> DamagedFile:
    position, token = next((i, t) for i, t in enumerate(tokens, 1) if not _is_number(t))
    return DamagedFile(f"{file}: number {position} of the {what} was expected; '{token[:40]}' was found.", mend=_MEND)


def _is_number(token: str) -> bool:
    try:
        return "_" not in token and not math.isinf(float(token))
    except ValueError:
        return False


def number(text: str | None, *, what: str, file: str) -> float:
    """Read one finite number that has to be there. Raises DamagedFile."""
    found = optional_number(text)
    if found is None:
        shown = "nothing" if text is None or not text.strip() else f"'{text.strip()[:40]}'"
        raise DamagedFile(f"{file}: a number was expected as {what}; {shown} was found.", mend=_MEND)
    return found


def optional_number(text: str | None) -> float | None:
    """Read one finite number where there is one; a decimal comma counts as a point."""
    if not text or "_" in text:
        return None
    try:
        found = float(text.replace(",", ".") if "," in text else text)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def floats_of_lines(lines: Sequence[str]) -> NDArray[np.float64] | None:
    """Read lines that hold one number each, of which one among the first has a fraction or an exponent.

    They are quicker one by one than together.

    Parameters
    ----------
    lines : sequence of str
        Of a text in ASCII without underscores, which `float` would take for parts of a number.

    Returns
    -------
    array, shape (n_lines,), or None
        What `numbers` gives for them; `None` where they may be something else, for `numbers` to find out.
    """
    if not any(sign in line for line in lines[:_TELLING] for sign in ".eE"):
        return None
    try:
        values = np.fromiter(map(float, lines), dtype=np.float64, count=len(lines))
    except ValueError:
        return None
    return None if bool(np.isinf(values).any()) else values


def rows(lines: Iterable[str], *, what: str, file: str, first_line: int = 1) -> NDArray[np.float64]:
    """Read rows of numbers, all with as many columns as the first, empty lines passed over.

    Returns
    -------
    array of floats, shape (n_rows, n_columns); shape (0, 0) where there is no row
        Decimal commas are taken for points where no point occurs.

    Raises
    ------
    DamagedFile
        If a row has another number of columns, or something in it is not a finite number.
    """
    lines = list(lines)
    if (quick := _quick_rows(lines)) is not None:
        return quick
    split = [(place, line.split()) for place, line in enumerate(lines, first_line) if line.strip()]
    if not split:
        return np.empty((0, 0))
    n_columns = len(split[0][1])
    for place, tokens in split:
        if len(tokens) != n_columns:
            raise DamagedFile(
                f"{file}, line {place}: {n_columns} {what} columns were expected, {len(tokens)} were found.", mend=_MEND
            )
    try:
        table = np.array([float(token) for _, tokens in split for token in tokens]).reshape(-1, n_columns)
    except ValueError:
        return _with_decimal_commas(split, what=what, file=file)
    if not bool(np.isfinite(table).all()):
        raise _bad_row(split, what=what, file=file)
    return table


def _quick_rows(lines: list[str]) -> NDArray[np.float64] | None:
    """Read them in one go where all rows are alike and all numbers plain and finite; otherwise `None`.

    NumPy's parser of tables refuses rows of unequal width and whatever `float` refuses, and more; what it takes it
    reads exactly as `float` does.
    """
    if not any(line.strip() for line in lines):
        return None
    try:
        table: NDArray[np.float64] = np.loadtxt(lines, dtype=np.float64, comments=None, ndmin=2)
    except ValueError:
        return None
    return table if bool(np.isfinite(table).all()) else None


def _with_decimal_commas(split: list[tuple[int, list[str]]], *, what: str, file: str) -> NDArray[np.float64]:
    if any("." in token for _, tokens in split for token in tokens):
        raise _bad_row(split, what=what, file=file)
    pointed = [(place, [token.replace(",", ".") for token in tokens]) for place, tokens in split]
    try:
        table = np.array([[float(token) for token in tokens] for _, tokens in pointed])
    except ValueError:
        raise _bad_row(pointed, what=what, file=file) from None
    if not bool(np.isfinite(table).all()):
        raise _bad_row(pointed, what=what, file=file)
    return table


def _bad_row(split: list[tuple[int, list[str]]], *, what: str, file: str) -> DamagedFile:
    place, token = next((p, t) for p, tokens in split for t in tokens if optional_number(t) is None or "," in t)
    return DamagedFile(f"{file}, line {place}: a {what} number was expected; '{token[:40]}' was found.", mend=_MEND)
