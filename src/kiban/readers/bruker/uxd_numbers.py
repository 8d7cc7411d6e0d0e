"""The numbers of a UXD range: any number of them on a line, with blanks or commas between."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.readers.bruker.uxd_file import MEND, UxdRange
from kiban.readers.number_list import optional_number


def table(one: UxdRange, *, place: str) -> NDArray[np.float64]:
    """Read the numbers.

    Returns
    -------
    array of floats, shape (n_points, n_columns)
        Columns: the position where the range's word names a drive, the intensity, and the time where the word says so.

    Raises
    ------
    DamagedFile
        If something is no finite number, the last row is not complete, or it cannot be told whether commas are decimal.
    """
    n_columns = 1 + bool(one.axis) + one.has_times
    rows = [row.replace(";", " ").split() for _, row in one.rows]
    if any("," in token for tokens in rows for token in tokens):
        rows = _without_commas(rows, n_columns, place=place)
    try:
        values = np.array([float(token) for tokens in rows for token in tokens])
    except ValueError:
        values = None
    if values is None or not bool(np.all(np.isfinite(values))) or any("_" in row for _, row in one.rows):
        raise _no_number(rows, [where for where, _ in one.rows], place=place)
    if len(values) % n_columns:
        raise DamagedFile(
            f"{place}: rows of {n_columns} numbers were expected; {len(values)} numbers were found, so that the last "
            "row is not complete.",
            mend=MEND,
        )
    return values.reshape(-1, n_columns)


def _without_commas(rows: list[list[str]], n_columns: int, *, place: str) -> list[list[str]]:
    """Take commas for what stands between numbers, or for decimal points where nothing else can be meant."""
    trimmed = [[token.strip(",") for token in tokens if token.strip(",")] for tokens in rows]
    inner = [token for tokens in trimmed for token in tokens if "," in token]
    if not inner:
        return trimmed
    is_pointed = any("." in token for tokens in trimmed for token in tokens)
    if is_pointed or any(token.count(",") > 1 for token in inner):
        return _split(trimmed)
    if n_columns > 1:
        filled = [tokens for tokens in trimmed if tokens]
        if all(len(tokens) == n_columns for tokens in filled):
            return [[token.replace(",", ".") for token in tokens] for tokens in trimmed]
        if all(sum(len(token.split(",")) for token in tokens) == n_columns for tokens in filled):
            return _split(trimmed)
    raise DamagedFile(
        f"{place}: '{inner[0][:40]}' may be one number with a decimal comma or two numbers; the file does not tell.",
        mend="Convert the measurement again with decimal points. The file is kept as it came.",
    )


def _split(rows: list[list[str]]) -> list[list[str]]:
    return [[part for token in tokens for part in token.split(",") if part] for tokens in rows]


def _no_number(rows: list[list[str]], places: list[int], *, place: str) -> DamagedFile:
    where, token = next(
        (where, token)
        for where, tokens in zip(places, rows, strict=True)
        for token in tokens
        if optional_number(token) is None or "," in token
    )
    return DamagedFile(f"{place}, line {where}: a number was expected; '{token[:40]}' was found.", mend=MEND)
