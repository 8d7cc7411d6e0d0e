"""Whether stated fractions add up to 1, as far as their digits and uncertainties let one tell."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal

from kiban.errors import OutOfRange
from kiban.quantity.measured import Measured

_COVERAGE = 2.0
"""The sum may be off by twice its standard uncertainty: about 95 %."""
_LARGEST_ROUNDING = 0.01
"""Three times 33 % is the worst that rounding to whole percents is taken to explain."""
_FLOATS = 1e-9


def checked_missing(amounts: Mapping[str, Measured], *, has_balance: bool, may_be_incomplete: bool) -> float:
    """Give the fraction that is missing to 1: 0 where the sum agrees with 1, or a balance takes the rest.

    Raises
    ------
    OutOfRange
        If the sum is above 1 by more than rounding and uncertainties explain, or below it where it may not be.
    """
    fractions = {what: amount.in_unit("") if amount.unit else amount for what, amount in amounts.items()}
    added = math.fsum(fraction.value for fraction in fractions.values())
    tolerance = _tolerance(amounts, fractions)
    if added > 1.0 + (_FLOATS if has_balance else tolerance):
        mend = (
            "Lower the others: the balance cannot be negative."
            if has_balance
            else "Correct them or state their uncertainties; or give them divided by their sum, and say so in the note."
        )
        raise OutOfRange(f"{_listed(amounts)} add up to {100 * added:.6g} %.", mend=mend)
    if has_balance or added >= 1.0 - tolerance:
        return 0.0
    if not may_be_incomplete:
        raise OutOfRange(
            f"{_listed(amounts)} add up to {100 * added:.6g} %; {100 * (1 - added):.6g} % are missing.",
            mend='Name the rest, or make one component the "balance".',
        )
    return 1.0 - added


def _tolerance(amounts: Mapping[str, Measured], fractions: Mapping[str, Measured]) -> float:
    variance, rounding = 0.0, 0.0
    steps = _steps([amount.value for amount in amounts.values()])
    for step, (what, amount) in zip(steps, amounts.items(), strict=True):
        if (doubt := fractions[what].uncertainty) is not None:
            variance += doubt.standard**2
        else:
            scale = Measured(1.0, amount.unit).in_unit("").value if amount.unit else 1.0
            rounding += 0.5 * step * scale
    return _COVERAGE * math.sqrt(variance) + min(rounding, _LARGEST_ROUNDING) + _FLOATS


def _steps(values: list[float]) -> list[float]:
    """One unit in the last place that was written.

    A float forgets zeros at the end (2.0 is 2, 0.50 is 0.5). Numbers of one list are written alike, so none is taken
    to be coarser than those at the lower quartile; the very finest, often a trace given apart, do not count.
    """
    exponents = [min(0, _exponent(value)) for value in values]
    common = sorted(exponents)[(len(exponents) - 1) // 4] if exponents else 0
    return [10.0 ** min(exponent, common) for exponent in exponents]


def _exponent(value: float) -> int:
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _listed(amounts: Mapping[str, Measured]) -> str:
    shown = [f"{what} {amount}" for what, amount in amounts.items()]
    return ", ".join(shown[:8]) + (f" and {len(shown) - 8} more" if len(shown) > 8 else "")
