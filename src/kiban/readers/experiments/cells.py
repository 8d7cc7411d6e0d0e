"""One cell of a table of experiments as a value: a number with unit and uncertainty, nothing, words, or a fault."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from kiban.errors import KibanError
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Origin, Uncertainty
from kiban.quantity.unit import is_compatible
from kiban.readers.tables.date_columns import read_date
from kiban.readers.tables.number_columns import is_missing
from kiban.readers.words.unit_words import read_unit
from kiban.records.matter.composition import BALANCE
from kiban.records.written_quantity import quantity_of

_NOTHING = frozenset(
    {"nd", "n.d.", "not detected", "not measured", "n.m.", "nm.", "tbd", "blank", "欠損", "未検出", "検出されず"}
    | {"測定不可", "測定不能", "不明", "該当なし", "-", "ー", "―", "−", "/", "∅"}
)
_NONE_OF_IT = frozenset({"none", "nil", "なし", "無し", "ナシ"})
_BOUND = re.compile(r"\s*(?P<sign><=|>=|<|>|≤|≥|≦|≧|~|≈|ca\.?|約|未満|以下)\s*(?P<rest>.*\d.*)", re.IGNORECASE)
_BOUND_BEHIND = re.compile(r".*\d.*(?:未満|以下|以上|超|程度)\s*")
_SURELY_DECIMAL = re.compile(r"[+-]?\d+,(?:\d{1,2}|\d{4,})(?!\d)|[+-]?0,\d+|[+-]?\d{4,},\d+")
_PERHAPS = re.compile(r"(?<![\d.,])[+-]?[1-9]\d{0,2},\d{3}(?![\d,.])")
_THOUSANDS = re.compile(r"(?<![\d.,])([+-]?[1-9]\d{0,2}(?:,\d{3})+)(?=\.\d|(?![\d,]))")
_COMMA = re.compile(r"(?<=\d),(?=\d)")
_UNIT_BEHIND = re.compile(
    r"[+-]?[\d.,]+(?:[eE][+-]?\d+)?(?:\(\d+\))?(?:\s*(?:±|\+/-)\s*[\d.,]+)?\s*(?P<unit>[^\d\s].*)"
)
_TIMES_TEN = re.compile(r"\s*[x×✕*]\s*10\s*(?:\^|\*\*)?\s*(?P<power>[+-]?\d{1,3})(?!\d)")
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_YEAR_BEFORE = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018} | {
    "M": 1867,
    "T": 1911,
    "S": 1925,
    "H": 1988,
    "R": 2018,
}
_ERA = re.compile(
    rf"(?P<era>{'|'.join(_YEAR_BEFORE)})\s*(?P<year>元|\d{{1,2}})\s*[年./-]\s*(?P<month>\d{{1,2}})\s*[月./-]\s*(?P<day>\d{{1,2}})日?"
)
_BALANCE = {"balance", "bal.", "bal", "rest", "残部", "残", "remainder"}


@dataclass(eq=False)
class CellFault(Exception):
    """Why a cell cannot be read."""

    expected: str
    found: str
    mend: str


def is_nothing(cell: str) -> bool:
    """Whether it says that there is no value: empty, `n.d.`, `-`, 未測定."""
    word = unicodedata.normalize("NFKC", cell).strip()
    return is_missing(cell) or is_missing(word) or word.casefold() in _NOTHING


def is_none_of_it(cell: str) -> bool:
    """Whether it says that something was left out, which among words is a choice: no additive, no gas."""
    return unicodedata.normalize("NFKC", cell).strip().casefold() in _NONE_OF_IT


def decimal_mark(cells: Iterable[str]) -> str:
    """The decimal mark of a column; `?` where `1,234` could be either, which no other cell tells."""
    may_be_both = False
    for cell in cells:
        text = unicodedata.normalize("NFKC", cell).strip()
        if "," not in text:
            continue
        if _THOUSANDS.match(text) and "." in text:
            return "."
        if _SURELY_DECIMAL.match(text):
            return ","
        may_be_both = may_be_both or _PERHAPS.match(text) is not None
    return "?" if may_be_both else "."


def read_quantity(cell: str, unit: str, *, decimal: str = ".") -> Measured | None:
    """Read a number with what stands with it; `None` where the cell says that there is no value.

    Parameters
    ----------
    unit : str
        Of the column. A cell with a unit of its own is converted, so that all of a column are in one unit.
    decimal : str
        As `decimal_mark` gives it.

    Raises
    ------
    CellFault
    """
    if is_nothing(cell):
        return None
    text = _plain(cell)
    wanted = f"a number in {unit}" if unit else "a number"
    if _BOUND.fullmatch(text) or _BOUND_BEHIND.fullmatch(text):
        raise CellFault(wanted, cell, "It is a bound, not a value: write the number that was found, or leave it empty.")
    text = _with_points(text, cell, decimal, wanted)
    try:
        given = quantity_of(text, unit)
        if given.uncertainty is not None:
            given = replace(given, uncertainty=replace(given.uncertainty, origin=Origin.FILE))
        if not is_compatible(given.unit, unit):
            mend = f"Write it in {unit} or a unit that can be converted." if unit else "Give the column a unit."
            raise CellFault(wanted, cell, mend)
        return given if given.unit == unit else _in_unit(given, unit)
    except KibanError as e:
        raise CellFault(wanted, cell, e.mend) from e
    except (OverflowError, ValueError) as e:
        raise CellFault(wanted, cell, "Write a finite number.") from e


def read_doubt(cell: str, unit: str, coverage_factor: float | None, *, decimal: str = ".") -> Uncertainty | None:
    """Read the uncertainty of another cell, in that one's unit. Raises CellFault."""
    from kiban.quantity.uncertainty import Kind

    text = unicodedata.normalize("NFKC", cell).strip().removeprefix("±").removeprefix("+/-").strip()
    # For temperatures in degC it is a difference, which has no zero point.
    given = read_quantity(text, "", decimal=decimal) if _unit_of(text) is None else _difference(text, unit, decimal)
    if given is None:
        return None
    if given.value <= 0.0:
        raise CellFault("an uncertainty above 0", cell, "Leave it empty where it is not known.")
    kind = Kind.STANDARD if coverage_factor is None else Kind.EXPANDED
    return Uncertainty(value=given.value, kind=kind, origin=Origin.FILE, coverage_factor=coverage_factor)


def _difference(text: str, unit: str, decimal: str) -> Measured | None:
    from kiban.quantity.unit import conversion

    own = _unit_of(text) or ""
    bare = text[: len(text) - len(text.lstrip("+-.,0123456789eE( )"))]
    given = read_quantity(bare, "", decimal=decimal)
    try:
        return None if given is None else Measured(abs(conversion(own, unit).factor) * given.value, unit)
    except KibanError as e:
        raise CellFault(f"an uncertainty in {unit}" if unit else "a plain number", text, e.mend) from e


def read_share(cell: str, unit: str, *, decimal: str = ".") -> Measured | Literal["balance"] | None:
    """Read the amount of a component: a number, or the word for the rest. Raises CellFault."""
    if unicodedata.normalize("NFKC", cell).strip().casefold() in _BALANCE:
        return BALANCE
    found = read_quantity(cell, unit, decimal=decimal)
    if found is not None and found.value < 0.0:
        raise CellFault("a fraction, not negative", cell, "Write 0, or leave it empty, where there is none.")
    return found


def read_day(cell: str) -> str | None:
    """Read a day or a moment as ISO 8601. Raises CellFault."""
    if is_nothing(cell):
        return None
    text = _of_our_era(unicodedata.normalize("NFKC", cell).strip())
    # A workbook has days as moments of midnight.
    found = read_date(re.sub(r"[ T]00:00:00$", "", text))
    if found is None:
        raise CellFault("a date", cell, "Write it like 2026-11-26: day and month of 1/2/2026 can be exchanged.")
    return found.date().isoformat() if (found.hour, found.minute, found.second) == (0, 0, 0) else found.isoformat()


def _of_our_era(text: str) -> str:
    """A day of a Japanese era by the year that it was elsewhere: 令和5年4月1日, R5.4.1, 平成元年1月8日."""
    match = _ERA.fullmatch(text)
    if match is None:
        return text
    year = _YEAR_BEFORE[match["era"]] + (1 if match["year"] == "元" else int(match["year"]))
    return f"{year}-{match['month']}-{match['day']}"


def unit_of(cell: str) -> str | None:
    """The unit that stands behind the number of a cell, in our spelling; `None` where none does."""
    return _unit_of(_plain(cell))


def _unit_of(text: str) -> str | None:
    match = _UNIT_BEHIND.fullmatch(text)
    return read_unit(match["unit"]) if match is not None else None


def _plain(cell: str) -> str:
    """One width, one minus, powers of ten as programs write them."""
    powers = re.sub(r"(?<=10)[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda found: found[0].translate(_SUPERSCRIPT), cell)
    text = unicodedata.normalize("NFKC", powers).replace("−", "-").replace("–", "-").replace("＋", "+").strip()
    text = re.sub(r"\s+", " ", text)
    text = _TIMES_TEN.sub(lambda found: f"e{found['power']}", text, count=1)
    # The unit as we spell it, where the text behind the number is one: ℃, °C, hr.
    match = _UNIT_BEHIND.fullmatch(text)
    unit = read_unit(match["unit"]) if match is not None else None
    return f"{text[: match.start('unit')].rstrip()} {unit}" if match is not None and unit else text


def _with_points(text: str, cell: str, decimal: str, wanted: str) -> str:
    """Without commas between thousands, and with points for decimal commas."""
    if "," not in text:
        return text
    if decimal == ",":
        return _COMMA.sub(".", text.replace(".", "") if re.match(r"[+-]?\d{1,3}(?:\.\d{3})+,", text) else text)
    if decimal == "?" and _PERHAPS.match(text):
        raise CellFault(
            wanted, cell, "A thousand and more, or three decimals? Say which sign is the decimal mark of the table."
        )
    return _THOUSANDS.sub(lambda found: found[1].replace(",", ""), text)


def _in_unit(given: Measured, unit: str) -> Measured:
    converted = given.in_unit(unit)
    # A factor like 1e-3 leaves 0.30000000000000004 of what was written as 300.
    rounded = float(f"{converted.value:.14g}")
    return replace(converted, value=rounded if math.isfinite(rounded) else converted.value)
