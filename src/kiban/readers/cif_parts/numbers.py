"""CIF's numbers: `0.3335(2)` is 0.3335 with a standard uncertainty of 0.0002; `.` and `?` stand for none.

Source: CIF 1.1 syntax specification (International Tables for Crystallography, Volume G, section 2.2.7.3).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from kiban.quantity.measured import Measured
from kiban.quantity.series import Series, Uncertainties
from kiban.quantity.uncertainty import Origin, Uncertainty

_UNKNOWN = {"", ".", "?"}
_SIMPLE = b"0123456789+-.()?\n"
_MANY = 50
"""From so many texts on it is quicker to read them together than one by one."""
_LARGEST_EXACT, _MOST_DECIMALS = float(1 << 53), 22
_NUMBER = re.compile(r"([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,3}))?(?:\((\d+)\))?")


@dataclass(frozen=True, slots=True)
class CifNumber:
    """One number, with its standard uncertainty where the file gives one."""

    value: float
    uncertainty: float | None = None


def read_number(text: str) -> CifNumber | None:
    """Read one number; `None` for `.`, `?` and any other text.

    The digits in brackets count units of the last decimal that is written: 1.5(2)e3 does not occur, 1.5e3(2) is 200.
    """
    # Each number is asked for several times, and many occur often; a text as long as a file must not be remembered.
    return _remembered(text) if len(text) <= _LONGEST_REMEMBERED else _read_number(text)


def _read_number(text: str) -> CifNumber | None:
    match = _NUMBER.fullmatch(text.strip())
    if match is None or not (match[2] or match[3]):
        return None
    value = float(f"{match[1]}{match[2] or 0}.{match[3] or 0}e{match[4] or 0}")
    if not math.isfinite(value):
        return None
    if match[5] is None:
        return CifNumber(value)
    return CifNumber(value, float(f"{match[5]}e{int(match[4] or 0) - len(match[3])}"))


_LONGEST_REMEMBERED = 32
_remembered = lru_cache(maxsize=1 << 15)(_read_number)


def is_unknown(text: str) -> bool:
    """Say whether the value is not given (`?`), does not apply (`.`) or is blank."""
    return text.strip() in _UNKNOWN


def read_measured(text: str, unit: str, *, uncertainty: str = "") -> Measured | None:
    """Read one number with its unit; its uncertainty may stand in brackets or under a tag of its own."""
    number = read_number(text)
    if number is None:
        return None
    doubt = number.uncertainty
    if doubt is None and uncertainty:
        apart = read_number(uncertainty)
        doubt = apart.value if apart is not None and apart.value >= 0 else None
    return Measured(number.value, unit, None if doubt is None else Uncertainty(value=doubt, origin=Origin.FILE))


class Column(tuple[str, ...]):
    """The texts of one column, which remember the numbers that were read from them."""

    @cached_property
    def numbers(self) -> Numbers:
        """The numbers; read at the first call."""
        return read_numbers(self)


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of a column; NaN where a text is none."""

    values: NDArray[np.float64]
    uncertainties: NDArray[np.float64] | None
    """NaN where a number has none; `None` where none of them has one."""
    is_numeric: bool
    """All that is given are numbers, and at least one is."""


def read_numbers(texts: Sequence[str]) -> Numbers:
    """Read all numbers of a column, on the shortest way that its texts allow."""
    if (plain := _plain_numbers(texts)) is not None:
        return Numbers(plain, None, len(texts) > 0)
    if len(texts) >= _MANY and (simple := _simple_numbers(texts)) is not None:
        return simple
    numbers = [read_number(text) for text in texts]
    has_doubts = any(n is not None and n.uncertainty is not None for n in numbers)
    doubts = [math.nan if n is None or n.uncertainty is None else n.uncertainty for n in numbers] if has_doubts else []
    # What is no number must be unknown, and what is unknown is no number.
    is_numeric = any(n is not None for n in numbers) and all(
        is_unknown(text) for text, n in zip(texts, numbers, strict=True) if n is None
    )
    return Numbers(
        np.array([math.nan if n is None else n.value for n in numbers], dtype=np.float64),
        np.array(doubts, dtype=np.float64) if has_doubts else None,
        is_numeric,
    )


def _simple_numbers(texts: Sequence[str]) -> Numbers | None:
    """Read numbers without exponents among which some have an uncertainty and some are unknown; `None` where other
    things occur."""
    together = "\n".join([*texts, ""])
    if not together.isascii() or together.encode().translate(None, _SIMPLE):
        return None
    layout = _layout(np.frombuffer(together.encode(), np.uint8))
    if layout is None or len(layout.is_given) != len(texts):
        return None
    is_given, is_doubted = layout.is_given, layout.is_doubted
    n_given, n_doubted = int(np.count_nonzero(is_given)), int(np.count_nonzero(is_doubted))
    given = together if n_given == len(texts) else "\n".join(compress(texts, is_given.tolist()))
    # What the layout lets through NumPy's parser reads exactly as float() does.
    numbers = np.fromstring(given.replace("(", " ").replace(")", ""), sep=" ") if n_given else np.empty(0)
    if len(numbers) != n_given + n_doubted:
        return None
    is_doubt = np.zeros(len(numbers), np.bool_)
    # A number's doubt comes behind it: k doubts before the n-th number make it the part n + k.
    is_doubt[np.flatnonzero(is_doubted[is_given]) + np.arange(1, 1 + n_doubted)] = True
    found, steps = numbers[~is_doubt], numbers[is_doubt]
    # Up to here a quotient of two floats is the float that the written number is nearest to.
    if np.any(steps > _LARGEST_EXACT) or np.any(layout.n_decimals > _MOST_DECIMALS) or not np.all(np.isfinite(found)):
        return None
    values = np.full(len(texts), np.nan)
    values[is_given] = found
    if not len(steps):
        return Numbers(values, None, len(found) > 0)
    doubts = np.full(len(texts), np.nan)
    doubts[is_doubted] = steps / 10.0 ** layout.n_decimals[is_doubted]
    return Numbers(values, doubts, len(found) > 0)


@dataclass(frozen=True, slots=True)
class _Layout:
    """What each line of a column holds."""

    is_given: NDArray[np.bool_]
    """A number; the others hold a point, a question mark or nothing."""
    is_doubted: NDArray[np.bool_]
    """A number with digits in brackets."""
    n_decimals: NDArray[np.int64]


def _layout(codes: NDArray[np.uint8]) -> _Layout | None:
    """Look at the lines of a text; `None` unless each is unknown or a number: a sign or none, digits with a point or
    none, and digits in brackets or none."""
    ends = np.flatnonzero(codes == ord("\n"))
    if not len(ends):
        return None
    begins = np.concatenate([[0], ends[:-1] + 1])
    opened, closed = np.flatnonzero(codes == ord("(")), np.flatnonzero(codes == ord(")"))
    points = np.flatnonzero(codes == ord("."))
    signs = np.flatnonzero((codes == ord("+")) | (codes == ord("-")))
    doubted, pointed, signed = (np.searchsorted(ends, found) for found in (opened, points, signs))
    is_in_order = (
        len(opened) == len(closed)
        and np.array_equal(closed + 1, ends[doubted])
        and np.all(doubted[1:] > doubted[:-1])
        and np.all(pointed[1:] > pointed[:-1])
        and np.array_equal(signs, begins[signed])
        and np.all(closed > opened + 1)
    )
    if not is_in_order:
        return None
    stops = ends.copy()
    stops[doubted] = opened
    n_decimals = np.zeros(len(ends), np.int64)
    n_decimals[pointed] = stops[pointed] - points - 1
    n_digits = stops - begins
    n_digits[pointed] -= 1
    n_digits[signed] -= 1
    lengths, firsts = ends - begins, codes[begins]
    is_asked = (lengths == 1) & (firsts == ord("?"))
    is_given = ~(is_asked | (lengths == 0) | ((lengths == 1) & (firsts == ord("."))))
    if np.count_nonzero(codes == ord("?")) != np.count_nonzero(is_asked):
        return None
    if np.any(n_decimals < 0) or np.any(n_digits[is_given] < 1):
        return None
    is_doubted = np.zeros(len(ends), np.bool_)
    is_doubted[doubted] = True
    return _Layout(is_given, is_doubted, n_decimals)


def is_numeric(texts: Sequence[str]) -> bool:
    """Say whether all that is given are numbers, and at least one is."""
    return _numbers_of(texts).is_numeric


def _numbers_of(texts: Sequence[str]) -> Numbers:
    return texts.numbers if isinstance(texts, Column) else read_numbers(texts)


def read_series(texts: Sequence[str], unit: str = "", *, uncertainties: Sequence[str] | None = None) -> Series:
    """Read a column.

    Parameters
    ----------
    texts : sequence of str
        As the file has them; what is no number becomes NaN.
    unit : str
        Of the numbers.
    uncertainties : sequence of str, optional
        A column of standard uncertainties, where the file keeps them apart.

    Returns
    -------
    Series, shape (len(texts),)
        With standard uncertainties (origin file) where any number has one; NaN for the others.
    """
    if uncertainties is None:
        found = _numbers_of(texts)
        doubts = found.uncertainties
        return Series(found.values, unit, None if doubts is None else Uncertainties(values=doubts, origin=Origin.FILE))
    numbers = [read_number(text) for text in texts]
    apart = [read_number(text) for text in uncertainties]
    values = np.array([math.nan if n is None else n.value for n in numbers], dtype=np.float64)
    stated = np.array([math.nan if n is None or n.value < 0 else n.value for n in apart], dtype=np.float64)
    return Series(values, unit, None if _all_nan(stated) else Uncertainties(values=stated, origin=Origin.FILE))


def _plain_numbers(texts: Sequence[str]) -> NDArray[np.float64] | None:
    """A column without uncertainties and gaps, the short way; float() alone would take 1_0 and inf for numbers."""
    try:
        values = list(map(float, texts))
    except ValueError:
        return None
    return np.array(values, dtype=np.float64) if all(map(math.isfinite, values)) and "_" not in "".join(texts) else None


def _all_nan(values: NDArray[np.float64]) -> bool:
    return bool(np.isnan(values).all())
