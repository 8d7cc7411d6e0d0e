"""Quantities as people type them: `900 degC`, `1.50 ± 0.02 nm`, `1.50(2) nm`, `5.0 ± 0.4 (k=2) MPa`."""

from __future__ import annotations

import re
import unicodedata

from kiban.errors import InvalidValue
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Kind, Origin, Uncertainty

_MANTISSA = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
_EXPONENT = r"[eE][+-]?\d+"
_QUANTITY = re.compile(
    rf"\(?\s*(?P<mantissa>{_MANTISSA})(?:\((?P<last>\d+)\))?(?P<exponent>{_EXPONENT})?"
    rf"(?:\s*(?:±|\+/-|\+-)\s*(?P<doubt>{_MANTISSA}(?:{_EXPONENT})?))?\s*\)?"
    r"(?:\s*\(\s*k\s*=\s*(?P<k>\d+(?:\.\d*)?)\s*\))?"
    r"\s*(?P<unit>[^\d\s(,].*?|1/.+?)?"
    r"(?:\s*\(\s*k\s*=\s*(?P<k_after>\d+(?:\.\d*)?)\s*\))?"
)
_COMMA = re.compile(r"[+-]?\d+,\d+")
_LONGEST = 200


def quantity_of(text: str, unit: str = "") -> Measured:
    """Read a quantity.

    Parameters
    ----------
    text : str
        Number, uncertainty if there is one, unit. `±` and digits in brackets give a standard uncertainty, with
        `(k=2)` an expanded one; its origin is an estimate. Full-width digits are read as others.
    unit : str
        What the number is in where the text names no unit.

    Raises
    ------
    InvalidValue
        If it is no number, or has a decimal comma: `1,500` may be 1.5 or 1500.
    UnknownUnit
        If nothing here can read its unit.
    """
    from kiban.quantity.unit import is_compatible

    folded = unicodedata.normalize("NFKC", text).replace("−", "-").strip()
    match = _QUANTITY.fullmatch(folded) if len(folded) <= _LONGEST else None
    if match is None or (match["last"] and match["doubt"]):
        if _COMMA.match(folded):
            raise InvalidValue(f"'{text[:60]}' has a comma in its number.", mend="Write 1.5, or 1500, without commas.")
        raise InvalidValue(
            f"'{text[:60]}' is not a quantity.", mend="Write a number and a unit, like 900 degC or 1.50 ± 0.02 nm."
        )
    given = match["unit"] or unit
    is_compatible(given, given)  # raises for a unit that is not known
    return Measured(float(match["mantissa"] + (match["exponent"] or "")), given, _doubt(match))


def _doubt(match: re.Match[str]) -> Uncertainty | None:
    if match["last"]:
        n_decimals = len(match["mantissa"].partition(".")[2])
        width = float(f"{match['last']}e{int((match['exponent'] or 'e0')[1:]) - n_decimals}")
    elif match["doubt"]:
        width = abs(float(match["doubt"]))
    else:
        return None
    if width == 0:
        raise InvalidValue(
            f"'{match[0][:60]}' has an uncertainty of 0.", mend="Leave the uncertainty out where it is not known."
        )
    if k := match["k"] or match["k_after"]:
        return Uncertainty(value=width, kind=Kind.EXPANDED, coverage_factor=float(k), origin=Origin.ESTIMATE)
    return Uncertainty(value=width, origin=Origin.ESTIMATE)
