"""CIF's numbers: `0.3335(2)` is 0.3335 with a standard uncertainty of 0.0002; `.` and `?` stand for none.

Source: CIF 1.1 syntax specification (International Tables for Crystallography, Volume G, section 2.2.7.3).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kiban.quantity.measured import Measured
from kiban.quantity.series import Series, Uncertainties
from kiban.quantity.uncertainty import Origin, Uncertainty

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
    return text.strip() in {"", ".", "?"}


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


def is_numeric(texts: Sequence[str]) -> bool:
    """Say whether all that is given are numbers, and at least one is."""
    if _plain_numbers(texts) is not None:
        return len(texts) > 0
    given = [text for text in texts if not is_unknown(text)]
    return bool(given) and all(read_number(text) is not None for text in given)


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
    plain = _plain_numbers(texts) if uncertainties is None else None
    if plain is not None:
        return Series(plain, unit)
    numbers = [read_number(text) for text in texts]
    values = np.array([math.nan if n is None else n.value for n in numbers], dtype=np.float64)
    if uncertainties is not None:
        apart = [read_number(text) for text in uncertainties]
        doubts = np.array([math.nan if n is None or n.value < 0 else n.value for n in apart], dtype=np.float64)
    else:
        doubts = np.array([math.nan if n is None or n.uncertainty is None else n.uncertainty for n in numbers])
    return Series(values, unit, None if _all_nan(doubts) else Uncertainties(values=doubts, origin=Origin.FILE))


def _plain_numbers(texts: Sequence[str]) -> NDArray[np.float64] | None:
    """A column without uncertainties and gaps, the short way; float() alone would take 1_0 and inf for numbers."""
    try:
        values = np.array(list(map(float, texts)), dtype=np.float64)
    except ValueError:
        return None
    return values if bool(np.all(np.isfinite(values))) and not any("_" in text for text in texts) else None


def _all_nan(values: NDArray[np.float64]) -> bool:
    return bool(np.all(np.isnan(values)))
