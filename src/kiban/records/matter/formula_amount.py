"""Amounts behind the symbols of a formula: numbers, and sums with variables such as `1-x` or `3-δ`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kiban.errors import InvalidValue
from kiban.records.matter.elements import ATOMIC_NUMBERS

_VARIABLE = r"[a-zα-ω]"
_TERM = rf"(?:(?:\d+\.?\d*|\.\d+){_VARIABLE}?|{_VARIABLE})(?:/\d+)?"
AMOUNT = rf"{_TERM}(?:[+-]{_TERM})*"
"""Pattern of an amount."""
_SIGNED_TERM = re.compile(
    rf"(?P<sign>[+-]?)(?P<number>\d+\.?\d*|\.\d+)?(?P<variable>{_VARIABLE})?(?:/(?P<divisor>\d+))?"
)


def variables_in(formula: str) -> set[str]:
    """Variables of a formula, or of an amount alone."""
    return set(re.findall(_VARIABLE, without_symbols(formula)))


def without_symbols(formula: str) -> str:
    """Put spaces for the symbols: what small letters remain are variables."""
    return re.sub(r"[A-Z][a-z]?", lambda s: " " if s[0] in ATOMIC_NUMBERS else f" {s[0][1:]}", formula)


def amount_of(amount: str, variables: Mapping[str, float], text: str) -> float:
    """Work an amount out.

    Parameters
    ----------
    amount : str
        Of the pattern `AMOUNT`.
    variables : mapping of one letter to its value
    text : str
        The whole formula, for errors.

    Raises
    ------
    InvalidValue
        If a variable has no value, a sum has no variable (`O3-0.1`: a sum, or a list of alloying elements?),
        something is divided by 0, or the amount is negative.
    """
    total, n_terms = 0.0, 0
    for term in _SIGNED_TERM.finditer(amount):
        if not term[0]:
            continue
        value = float(term["number"] or 1.0)
        if (name := term["variable"]) is not None:
            value *= _value(name, variables, text)
        divisor = float(term["divisor"] or 1.0)
        if divisor == 0.0:
            raise InvalidValue(f"'{text[:60]}' is not a chemical formula: it divides by 0.", mend="Correct the amount.")
        total += (-value if term["sign"] == "-" else value) / divisor
        n_terms += 1
    if n_terms > 1 and not variables_in(amount):
        raise InvalidValue(
            f"'{text[:60]}' is not a chemical formula: '{amount}' may be a sum, or the next item of a list.",
            mend="Write the sum worked out, or a list with its basis, like Ti-6Al-4V (mass%).",
        )
    # Sums such as 1 - 0.1 - 0.9 end a rounding error away from 0.
    total = 0.0 if abs(total) < 1e-12 else total
    if total < 0.0:
        raise InvalidValue(
            f"'{text[:60]}' is not a chemical formula: '{amount}' comes to {total:.6g}.",
            mend="Give values that leave every amount at 0 or above.",
        )
    return total


def _value(name: str, variables: Mapping[str, float], text: str) -> float:
    if name not in variables:
        raise InvalidValue(
            f"'{text[:60]}' is not a chemical formula as long as {name} has no value.",
            mend=f"Give the value of {name}, or write the number in its place.",
        )
    return variables[name]
