"""Columns that say how much of a component a sample consists of."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from kiban.errors import InvalidValue
from kiban.quantity.measured import Measured
from kiban.readers.experiments import header_words as words
from kiban.readers.experiments.cells import CellFault, decimal_mark, is_nothing, read_quantity
from kiban.readers.tables.column_headers import ColumnHeader
from kiban.records.matter.composition import Basis
from kiban.records.matter.composition_sum import checked_missing
from kiban.records.matter.elements import ATOMIC_NUMBERS

_FEWEST_ROWS = 3
_ROUNDING = 0.0101
_X_OF = re.compile(r"(?:x|c|w|X|C)[_\s(\[]+(?P<what>[A-Z][a-z]?)[)\]]?")


@dataclass(frozen=True, slots=True)
class Share:
    """What a header says of a component."""

    what: str
    basis: Basis | None
    """`None` where it does not say what the numbers are fractions of."""
    unit: str
    is_element: bool


def share_of(header: str, said: ColumnHeader, bare: str) -> Share | None:
    """The component that a header names; `None` where it names none by its unit or symbol."""
    text = unicodedata.normalize("NFKC", header)
    basis, rest, unit = None, bare, "percent"
    for pattern, name in words.BASES:
        match = pattern.search(text)
        if match is not None:
            basis = Basis(name)
            rest = re.sub(r"[\s_(\[{/,]*[)\]}]*\s*$", "", text[: match.start()]) or text[match.end() :]
            unit = "percent" if "%" in match[0] or "percent" in match[0].lower() or "パーセント" in match[0] else ""
            break
    else:
        if said.unit and said.unit != "percent":
            return None
    found = words.CONTENT.fullmatch(rest.strip(" _()[]-/,"))
    what = (found["what"] if found is not None else rest).strip(" _()[]-/,")
    symbol = _X_OF.fullmatch(what)
    what = symbol["what"] if symbol is not None else what
    is_element = what in ATOMIC_NUMBERS
    if not what or (basis is None and not is_element):
        return None
    if basis is not None and not is_element and not _may_be_a_material(what):
        return None
    return Share(what=what, basis=basis, unit=unit if basis is not None else said.unit, is_element=is_element)


def _may_be_a_material(what: str) -> bool:
    """A name, not what is found out: `収率 [mol%]` and `conversion (mol%)` are no components."""
    return not words.PROPERTY.search(what) and len(what) <= 40


def sums_to(columns: Sequence[tuple[int, Sequence[str], str]], *, n_rows: int) -> tuple[list[int], float]:
    """Neighbouring columns whose numbers add up to 1, or to 100, in every row.

    Parameters
    ----------
    columns : sequence of (place, cells that are not empty, header)

    Returns
    -------
    The longest such run of two columns or more, and what it adds up to; nothing where there is none.
    """
    numbers: list[tuple[int, list[float]]] = []
    for place, cells, _ in columns:
        values = _floats(cells)
        if values is None or len(values) != n_rows or len(values) < _FEWEST_ROWS or min(values) < 0.0:
            numbers.append((place, []))
        else:
            numbers.append((place, values))
    best: tuple[list[int], float] = ([], 0.0)
    for start in range(len(numbers)):
        for end in range(len(numbers), start + 1, -1):
            run = numbers[start:end]
            is_run = all(values for _, values in run) and run[-1][0] - run[0][0] == len(run) - 1
            if not is_run or len(run) <= len(best[0]):
                continue
            rows = list(zip(*(values for _, values in run), strict=True))
            for unit, total in (("", 1.0), ("percent", 100.0)):
                near = all(abs(sum(row) - total) <= _ROUNDING * total for row in rows)
                if near and _vary(run) and all(_is_whole(row, unit) for row in rows):
                    best = ([place for place, _ in run], total)
    return best


def _is_whole(row: Sequence[float], unit: str) -> bool:
    """Whether a composition with these numbers would be taken."""
    amounts = {str(i): Measured(value, unit) for i, value in enumerate(row) if value}
    try:
        return bool(amounts) and checked_missing(amounts, has_balance=False, may_be_incomplete=False) == 0.0
    except InvalidValue:
        return False


def _vary(run: Sequence[tuple[int, list[float]]]) -> bool:
    """Two of them at least are not the same in every row, so that the sum says something."""
    return sum(len(set(values)) > 1 for _, values in run) > 1


def _floats(cells: Sequence[str]) -> list[float] | None:
    mark = decimal_mark(cells)
    found = []
    for cell in cells:
        if is_nothing(cell):
            continue
        try:
            quantity = read_quantity(cell, "", decimal=mark)
        except CellFault:
            return None
        if quantity is None:
            continue
        found.append(quantity.value)
    return found
