"""Cells to numbers: what a cell is, and a column's cells as floats, with what could not be read named.

A cell is one of four kinds, written as one letter so that a row's kinds are a short text: `N` a number, `D` a date or
time, `M` missing, `T` any other text.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiban.readers.tables import date_columns

NUMBER, DATE, MISSING, TEXT = "N", "D", "M", "T"

_MISSING = frozenset(
    {"", "-", "--", "---", "—", "–", "…", "...", "?", "*", "na", "n/a", "#n/a", "nan", "-nan", "null", "none", "nil"}
    | {"n.d.", "n.d", "nd", "n.a.", "1.#qnan", "-1.#ind", "1.#ind", "nan(ind)", "-nan(ind)", "未測定", "欠測", "なし"}
)
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eED][+-]?\d{1,4})?")
_DIGIT_OR_INFINITE = re.compile(r"\d|inf", re.IGNORECASE)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_THOUSANDS_COMMA = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+,\d+")
_PERHAPS_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+")
_OVERFLOW = re.compile(r"\*{3,}|#{3,}|\+{3,}|-{3,}")
_INFINITE = {"inf": math.inf, "+inf": math.inf, "-inf": -math.inf, "infinity": math.inf, "-infinity": -math.inf}
_INFINITE |= {"1.#inf": math.inf, "-1.#inf": -math.inf, "∞": math.inf, "-∞": -math.inf}


def is_missing(cell: str) -> bool:
    """Say whether the cell stands for no value: empty, `NA`, `---`, `n.d.`, a field too narrow for its number."""
    trimmed = cell.strip().lower()
    return trimmed in _MISSING or _OVERFLOW.fullmatch(trimmed) is not None


def all_missing(cells: Sequence[str]) -> bool:
    """Say whether no cell of a column holds a value."""
    # The cells of a column without values are all alike, or nearly so.
    return not cells or (is_missing(cells[0]) and all(map(is_missing, set(cells))))


def to_number(cell: str, decimal: str = ".") -> float | None:
    """Read one number; `None` where the cell is not one.

    Accepted beyond what `float` takes: exponents with D, decimal commas where `decimal` says so, thousands set apart
    by commas (or, with decimal commas, points), the typographic minus, full-width digits. Not accepted, though
    `float` does: underscores, which occur in sample numbers.
    """
    text = cell.strip()
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).replace("−", "-").replace("\u2013", "-")
        text = re.sub(r"(?<=\d)\s(?=\d{3}(?!\d))", "", text)
    if text[:1] in {"+", "-"} and text[1:2].isspace():
        text = text[0] + text[1:].lstrip()  # data loggers pad behind the sign
    if decimal == ",":
        if _THOUSANDS_COMMA.fullmatch(text):
            text = text.replace(".", "")
        elif "." in text and ("," in text or _PERHAPS_THOUSANDS.fullmatch(text)):
            return None  # 1.234 among decimal commas is a thousand or a decimal point: nobody can tell
        text = text.replace(",", ".")
    elif _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    if _PLAIN.fullmatch(text):
        return float(text.replace("D", "e"))
    return _INFINITE.get(text.lower())


def kind_of(cell: str, decimal: str = ".") -> str:
    """Say what a cell is: `N`, `D`, `M` or `T`."""
    if decimal == "." and _PLAIN.fullmatch(cell):
        return NUMBER
    if cell.isascii() and not _DIGIT_OR_INFINITE.search(cell):
        return MISSING if is_missing(cell) else TEXT  # neither numbers nor dates are without a digit
    if to_number(cell, decimal) is not None:
        return NUMBER
    if is_missing(cell):
        return MISSING
    return DATE if date_columns.looks_like(cell) else TEXT


def kinds_of(cells: Sequence[str], decimal: str = ".") -> str:
    """Say what each cell of a row is."""
    if decimal == "." and all(map(_PLAIN.fullmatch, cells)):
        return NUMBER * len(cells)
    return "".join([kind_of(cell, decimal) for cell in cells])


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberColumn:
    """A column's numbers.

    Parameters
    ----------
    values : array of float, shape (n_rows,)
        NaN where a cell is missing or is text among numbers.
    texts : dict of str to int
        The texts that stand where numbers are expected, and how often.
    """

    values: NDArray[np.float64]
    texts: dict[str, int]


def plain_numbers(cells: Sequence[str]) -> NDArray[np.float64] | None:
    """Read a column of plain numbers with decimal points and empty cells the short way; `None` where it has others."""
    together = "".join(cells)
    # float() would take "1_2" for 12, and refuses "".
    if "_" in together:
        return None
    if not together:
        return np.full(len(cells), np.nan)
    try:
        floats = map(float, cells) if "" not in cells else (float(cell) if cell else math.nan for cell in cells)
        return np.array(list(floats), dtype=np.float64)
    except ValueError:
        return None


def read_numbers(cells: Sequence[str], decimal: str = ".") -> NumberColumn:
    """Read a column of which most cells are numbers."""
    if decimal == "." and (plain := plain_numbers(cells)) is not None:
        return NumberColumn(values=plain, texts={})
    texts: dict[str, int] = {}
    numbers: list[float] = []
    # Columns of words have few of them, again and again.
    known: dict[str, tuple[float, str]] = {}
    for cell in cells:
        if (read := known.get(cell)) is None:
            read = known[cell] = _read(cell, decimal)
        number, text = read
        if text:
            texts[text] = texts.get(text, 0) + 1
        numbers.append(number)
    return NumberColumn(values=np.array(numbers, dtype=np.float64), texts=texts)


def _read(cell: str, decimal: str) -> tuple[float, str]:
    """A cell's number, NaN where it has none; and its text, where that is neither a number nor missing."""
    number = to_number(cell, decimal)
    if number is not None:
        return number, ""
    return math.nan, "" if is_missing(cell) else cell.strip()


def common_unit_text(cells: Sequence[str], decimal: str = ".") -> str | None:
    """Find the one text that follows every number of a column, as in `25 °C`, `26 °C`; `None` where there is none."""
    found: set[str] = set()
    for cell in cells:
        if is_missing(cell):
            continue
        match = re.fullmatch(r"\s*([+\-−]?[\d.,]+(?:[eE][+-]?\d+)?)\s*(\D\S*)\s*", cell)
        if match is None or to_number(match[1], decimal) is None:
            return None
        found.add(match[2])
        if len(found) > 1:
            return None
    return found.pop() if found else None
