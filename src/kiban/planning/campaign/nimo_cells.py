"""Cells of the files `candidates.csv` and `proposals.csv` that NIMO and scripts around PHYSBO exchange."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Sequence

from kiban.errors import InvalidValue

MOST_ROWS = 100_000
_HEADER = re.compile(r"(?P<name>.*?)\s*[\[(](?P<unit>[^\[\]()]*)[\])]\s*")


def rows_in(text: str, name: str) -> list[list[str]]:
    """The cells of a CSV file, the header first. Raises InvalidValue for one without rows, or with uneven ones."""
    rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text.lstrip("\ufeff")))]
    rows = [row for row in rows if any(row)]
    if len(rows) < 2 or len(rows) > MOST_ROWS:
        raise InvalidValue(
            f"{name} has {len(rows)} rows; a header and 1 to {MOST_ROWS:,} rows were expected.",
            mend="Name a CSV file with a header.",
        )
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(rows[0]):
            raise InvalidValue(
                f"{name}, row {number} has {len(row)} cells, the header {len(rows[0])}.", mend="Correct the row."
            )
    return rows


def as_text(number: float) -> str:
    """A number with all digits that it has, short of the noise of binary fractions."""
    return f"{number:.12g}"


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Rows as text of a CSV file."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def number_in(cell: str) -> float | None:
    """The finite number that a cell holds; `None` where it holds none."""
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def named(cell: str) -> tuple[str, str]:
    """The name in a header, and the unit in brackets, where that is one."""
    from kiban.quantity.unit import dimension

    if match := _HEADER.fullmatch(cell):
        try:
            dimension(match["unit"].strip())
        except InvalidValue:
            return cell, ""
        return match["name"], match["unit"].strip()
    return cell, ""


def with_unit(name: str, unit: str) -> str:
    """A header as `named` reads it."""
    return f"{name} [{unit}]" if unit else name


def outcomes_in(cells: Sequence[str], names: Sequence[str], where: str) -> dict[str, float]:
    """What was measured; blank cells were not. Raises InvalidValue for what is no number."""
    outcomes = {}
    for name, cell in zip(names, cells, strict=True):
        if not cell or cell.lower() == "nan":
            continue
        number = number_in(cell)
        if number is None:
            raise InvalidValue(
                f"{where}, column {name}: '{cell[:40]}' is no number.",
                mend="Write a number, or leave the cell blank where nothing was measured.",
            )
        outcomes[name] = number
    return outcomes
