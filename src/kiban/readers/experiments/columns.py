"""A column of a table of experiments as it is looked at for a proposal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from kiban.errors import InvalidValue
from kiban.quantity.measured import Measured
from kiban.quantity.unit import is_compatible, is_known
from kiban.query.vocabulary import SHIPPED
from kiban.readers.experiments.cells import CellFault, decimal_mark, is_nothing, read_day, read_quantity, unit_of
from kiban.readers.experiments.sheet import Sheet
from kiban.readers.tables.column_headers import ColumnHeader, read_label
from kiban.readers.words.unit_words import read_unit
from kiban.records.matter.composition_text import composition_of
from kiban.records.matter.formula import formula_of

_MOST_LOOKED_AT = 400
_PER_SQUARE = re.compile(r"(?:Ω|ohm)s?\s*/\s*(?:sq(?:uare)?\.?|□)", re.IGNORECASE)
MOSTLY = 0.8
"""The part of the cells of a column that tells what it holds."""
_WITH_UNIT = 0.5
"""The part that has to be numbers, where the header has a unit."""


@dataclass(slots=True)
class Column:
    """What is looked at of a column."""

    place: int
    header: str
    said: ColumnHeader
    cells: list[str]
    unit: str
    written: str = ""
    """The unit as it stands in the header."""
    n_numbers: int = 0
    in_rows: tuple[str, ...] = ()
    """The first cells as they stand, also those without a value."""

    @property
    def is_numeric(self) -> bool:
        """Whether numbers stand in it, but for some slips: a header with a unit says so itself."""
        share = _WITH_UNIT if self.unit else MOSTLY
        return bool(self.cells) and self.n_numbers >= share * len(self.cells)

    @property
    def n_different(self) -> int:
        return len(set(self.cells))

    @property
    def bare(self) -> str:
        """The header without its unit."""
        text = unicodedata.normalize("NFKC", self.header)
        written = self.written
        if written and written in text:
            text = text[: text.rindex(written)] + text[text.rindex(written) + len(written) :]
        return re.sub(r"[\s_]*[(\[{<]\s*[)\]}>]\s*$", "", text.rstrip(" /,")).rstrip(" /,") or text


def column_of(sheet: Sheet, place: int) -> Column:
    header = sheet.headers[place]
    said = read_label(header)
    cells = [cell for cell in sheet.column(place) if not is_nothing(cell)][:_MOST_LOOKED_AT]
    unit, written = (said.unit, said.unit_as_written) if said.unit and is_known(said.unit) else _unit_at_end(header)
    column = Column(place, header, said, cells, unit, written)
    if not unit and (units := [own for cell in cells if (own := unit_of(cell)) is not None]):
        common = max(set(units), key=units.count)
        column.unit = common if 2 * len(units) > len(cells) and is_known(common) else ""
    mark = decimal_mark(cells)
    column.in_rows = tuple(sheet.column(place)[:_MOST_LOOKED_AT])
    column.n_numbers = sum(_is_number(cell, column.unit, mark) for cell in cells)
    return column


def _unit_at_end(header: str) -> tuple[str, str]:
    """A unit that is believed of a table of experiments alone, and how it is written: `収率%`, `hardness_GPa`."""
    text = unicodedata.normalize("NFKC", header).strip()
    if text.endswith("%") and len(text) > 1:
        return "percent", "%"
    if (square := _PER_SQUARE.search(text)) is not None:
        return "ohm", square[0]
    words, _, last = text.rpartition("_")
    unit = read_unit(last) if words and len(last) > 1 else None
    term = SHIPPED.terms.get(SHIPPED.path(words.replace("_", " ").strip())) if unit else None
    if unit is None or term is None or not is_known(unit) or not is_compatible(unit, term.unit):
        return "", ""
    return unit, last


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


def is_surely_day(cell: str) -> bool:
    """Whether it is a day even where no header says so: S1-2-3 is rather a sample than 1926."""
    return re.match(r"\s*[A-Z]\d", cell) is None and is_day(cell)


def is_formula(cell: str) -> bool:
    text = cell.strip()
    # A word like `No` or `As` is a symbol; formulas of two elements or more are nobody's words.
    if len(re.findall(r"[A-Z]", text)) < 2 or " " in text or re.fullmatch(r"[A-Z]\d+|.*-\d+", text):
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
