"""Which element sits on a site, by the type symbol or the label that a CIF gives it."""

from __future__ import annotations

import re
from collections.abc import Collection

from kiban.errors import InvalidValue
from kiban.records.matter.elements import ATOMIC_NUMBERS

_LETTERS = re.compile(r"[A-Za-z]+")
_HYDROGEN = {"D", "T"}


def element_of(symbol: str, *, expected: Collection[str] = ()) -> str:
    """Read `Ba`, `Fe3+`, `CL1`, `Ow`, `H12A`. Deuterium and tritium count as hydrogen.

    Parameters
    ----------
    expected : collection of str
        Elements of the formula: they decide where a label can mean two (`CA1` is carbon in a molecule).

    Raises
    ------
    InvalidValue
        If no element has such a symbol.
    """
    letters = match[0] if (match := _LETTERS.match(symbol.strip())) else ""
    if letters[:1] in _HYDROGEN and letters[:2].capitalize() not in {*ATOMIC_NUMBERS} & set(expected):
        return "H"
    two, one = letters[:2].capitalize(), letters[:1].upper()
    known = [each for each in dict.fromkeys((two, one)) if each in ATOMIC_NUMBERS]
    # Written as it should be, `Co` is cobalt; `CO` may be carbon.
    is_certain = letters[:2] == two and len(letters) == 2
    told = [each for each in known if each in expected]
    if told:
        if is_certain or len(told) == 1:
            return told[0]
        raise _two_meanings(symbol, told)
    if not known or (expected and not is_certain and len(known) > 1):
        raise InvalidValue(
            f"The site '{symbol[:20]}' names no element{' of the formula' if expected else ''}.",
            mend="Give the type symbol of each atom in the file.",
        )
    return known[0] if is_certain or letters[:2] == two else known[-1]


def _two_meanings(symbol: str, told: list[str]) -> InvalidValue:
    return InvalidValue(
        f"The site '{symbol[:20]}' can be {told[0]} or {told[1]}; the formula has both.",
        mend="Give the type symbol of each atom in the file.",
    )
