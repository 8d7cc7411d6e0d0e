"""A column of a table of experiments as it is looked at for a proposal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from kiban.errors import InvalidValue
from kiban.quantity.measured import Measured
from kiban.quantity.unit import is_known
from kiban.readers.experiments.cells import CellFault, decimal_mark, is_nothing, read_day, read_quantity, unit_of
from kiban.readers.experiments.sheet import Sheet
from kiban.readers.tables.column_headers import ColumnHeader, read_label
from kiban.records.matter.composition_text import composition_of
from kiban.records.matter.formula import formula_of

_MOST_LOOKED_AT = 400
MOSTLY = 0.8
"""The part of the cells of a column that tells what it holds."""


@dataclass(slots=True)
class Column:
    """What is looked at of a column."""

    place: int
    header: str
    said: ColumnHeader
    cells: list[str]
    unit: str
    n_numbers: int = 0

    @property
    def is_numeric(self) -> bool:
        return bool(self.cells) and self.n_numbers >= MOSTLY * len(self.cells)

    @property
    def n_different(self) -> int:
        return len(set(self.cells))

    @property
    def bare(self) -> str:
        """The header without its unit."""
        text = unicodedata.normalize("NFKC", self.header)
        written = self.said.unit_as_written
        if written and written in text:
            text = text[: text.rindex(written)] + text[text.rindex(written) + len(written) :]
        return re.sub(r"[\s_]*[(\[{<]\s*[)\]}>]\s*$", "", text.rstrip(" /,")).rstrip(" /,") or text


def column_of(sheet: Sheet, place: int) -> Column:
    header = sheet.headers[place]
    said = read_label(header)
    cells = [cell for cell in sheet.column(place) if not is_nothing(cell)][:_MOST_LOOKED_AT]
    unit = said.unit if is_known(said.unit) else ""
    column = Column(place, header, said, cells, unit)
    if not unit and (units := [own for cell in cells if (own := unit_of(cell)) is not None]):
        common = max(set(units), key=units.count)
        column.unit = common if 2 * len(units) > len(cells) and is_known(common) else ""
    mark = decimal_mark(cells)
    column.n_numbers = sum(_is_number(cell, column.unit, mark) for cell in cells)
    return column


def _is_number(cell: str, unit: str, mark: str) -> bool:
    text = unicodedata.normalize("NFKC", cell).strip().lstrip("<>≤≥~≈約± ")
    try:
        return read_quantity(text, unit, decimal="." if mark == "?" else mark) is not None
    except CellFault:
        return text.casefold() in {"balance", "bal.", "bal", "残部"}


def number_in(cell: str) -> Measured | None:
    try:
        return read_quantity(cell, "")
    except CellFault:
        return None


def share_that(column: Column, holds: Callable[[str], bool]) -> float:
    some = column.cells[:60]
    return sum(map(holds, some)) / len(some) if some else 0.0


def is_day(cell: str) -> bool:
    try:
        return read_day(cell) is not None
    except CellFault:
        return False


def is_formula(cell: str) -> bool:
    text = cell.strip()
    # A word like `No` or `As` is a symbol; formulas of two elements or more are nobody's words.
    if len(re.findall(r"[A-Z]", text)) < 2 or " " in text or re.fullmatch(r"[A-Z]\d+", text):
        return False
    try:
        return bool(formula_of(text).atoms)
    except InvalidValue:
        return False


def is_composition(cell: str) -> bool:
    try:
        return bool(composition_of(cell.strip()))
    except InvalidValue:
        return False
