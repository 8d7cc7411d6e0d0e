"""Formulas written in the orders that databases compare: Hill, reduced and anonymous."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

from kiban.errors import InvalidValue
from kiban.records.matter.elements import Atom
from kiban.records.matter.formula import Formula, formula_of
from kiban.records.matter.formula_amount import variables_in
from kiban.records.matter.material_names import reason_for_a_name

_LARGEST_DENOMINATOR = 1000
_LARGEST_SCALE = 100_000
_AGREEMENT = 1e-9
"""Amounts that were added up differ from the number that was meant by rounding of floats."""


def plain_formula(formula: Formula) -> str:
    """Write it atom by atom in the order it was read, with numbers for variables; `formula_of` reads it back."""
    written = "".join(f"{atom}{_number(amount)}" for atom, amount in formula.atoms.items())
    if reason_for_a_name(written):
        written = "".join(f"{atom}{_number(amount) or 1}" for atom, amount in formula.atoms.items())
    return written + _charge(formula)


def with_values(text: str, variables: Mapping[str, float]) -> str:
    """Put values in place of the variables that stand in a formula; without any it stays as it is written.

    Raises
    ------
    InvalidValue
        If it is no formula, or a variable has no value.
    """
    used = {name: value for name, value in variables.items() if name in variables_in(text)}
    formula = formula_of(text, used)
    return plain_formula(formula) if used else text


def hill_formula(formula: Formula) -> str:
    """Write it in Hill's order: carbon and hydrogen first where there is carbon, the rest by the alphabet.

    Isotopes stand as `[13C]` behind their element, a charge as `^2-`; `formula_of` reads it back where it does
    not look like a name (`KNO`).

    References
    ----------
    E. A. Hill, J. Am. Chem. Soc. 22, 478 (1900).
    """
    first = ("C", "H") if "C" in formula.elements else ()

    def order(atom: Atom) -> tuple[int, str, int]:
        place = first.index(atom.element) if atom.element in first else len(first)
        return place, atom.element, atom.mass_number or 0

    atoms = sorted(formula.atoms, key=order)
    return "".join(f"{atom}{_number(formula.atoms[atom])}" for atom in atoms) + _charge(formula)


def whole_amounts(formula: Formula) -> dict[str, int]:
    """Amounts of the elements as the smallest whole numbers with the same ratios, by the alphabet.

    Raises
    ------
    InvalidValue
        If there are none that are reasonably small: for `Fe0.12345678O`.
    """
    ratios = {}
    for element, amount in sorted(formula.elements.items()):
        ratio = Fraction(amount).limit_denominator(_LARGEST_DENOMINATOR)
        if abs(float(ratio) - amount) > _AGREEMENT * max(1.0, amount) or ratio == 0:
            raise _not_whole(formula)
        ratios[element] = ratio
    scale = math.lcm(*(ratio.denominator for ratio in ratios.values()))
    if scale > _LARGEST_SCALE:
        raise _not_whole(formula)
    whole = {element: int(ratio * scale) for element, ratio in ratios.items()}
    divisor = math.gcd(*whole.values())
    return {element: number // divisor for element, number in whole.items()}


def reduced_formula(formula: Formula) -> str:
    """Write it as OPTIMADE's `chemical_formula_reduced`: whole numbers without common divisor, by the alphabet.

    Raises as `whole_amounts`.
    """
    return "".join(f"{element}{n if n > 1 else ''}" for element, n in whole_amounts(formula).items())


def anonymous_formula(formula: Formula) -> str:
    """Write it as OPTIMADE's `chemical_formula_anonymous`: `A3B2C`, largest amount first. Raises as `whole_amounts`."""
    amounts = sorted(whole_amounts(formula).values(), reverse=True)
    return "".join(f"{_letter(i)}{n if n > 1 else ''}" for i, n in enumerate(amounts))


def _letter(i: int) -> str:
    """A to Z, then Aa to Za, Ab to Zb and so on."""
    return chr(ord("A") + i % 26) + ("" if i < 26 else chr(ord("a") + i // 26 - 1))


def _charge(formula: Formula) -> str:
    if not formula.charge:
        return ""
    size = abs(formula.charge)
    return f"^{size if size > 1 else ''}{'+' if formula.charge > 0 else '-'}"


def _number(amount: float) -> str:
    if amount == 1.0:
        return ""
    # Never with an exponent: that would read as an element.
    return f"{amount:.12f}".rstrip("0").rstrip(".")


def _not_whole(formula: Formula) -> InvalidValue:
    return InvalidValue(
        f"The amounts of '{formula.text[:60]}' have no small whole numbers as ratios.",
        mend="Round the amounts to two or three decimals.",
    )
