"""What a sample consists of, as somebody stated it: components, how much of each, and on which basis.

This is the statement; `fractions` reckons with it, `composition_text` reads it from what people write.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from kiban.errors import InvalidValue, OutOfRange
from kiban.quantity.measured import Measured
from kiban.records.matter.composition_sum import checked_missing
from kiban.records.matter.elements import ATOMIC_NUMBERS
from kiban.records.matter.formula import Formula, formula_of
from kiban.records.matter.formula_spelling import spelled_plainly


class Basis(StrEnum):
    """What the fractions are fractions of."""

    AMOUNT = "amount"
    """Moles of the components as they are named: of atoms for elements, of formula units for compounds."""
    MASS = "mass"
    VOLUME = "volume"


class Stated(StrEnum):
    """How the composition is known."""

    NOMINAL = "nominal"
    """As meant: weighed in, or from the name of a grade."""
    MEASURED = "measured"
    """As found by an analysis."""


class Constituent(StrEnum):
    """What sort of thing a component is."""

    ELEMENT = "element"
    COMPOUND = "compound"
    """Anything with a formula, which is also its name."""
    MATERIAL = "material"
    """Something with a name of its own (`PVDF`, `anatase`), and a formula where one is known."""


BALANCE: Literal["balance"] = "balance"
"""The amount of the component that gets what the others leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One part of a composition.

    Parameters
    ----------
    what : str
        Symbol, formula without variables, or name, as `kind` says.
    amount : Measured, or "balance"
        A fraction, in any unit of the number one: `Measured(6.0, "%")`. Not negative.
    kind : Constituent
    formula : str
        Of a material, where one is known: of the repeat unit for a polymer.
    """

    what: str
    amount: Measured | Literal["balance"]
    kind: Constituent
    formula: str = ""

    def __post_init__(self) -> None:
        if not self.what.strip():
            raise InvalidValue("A component has no name.", mend="Give its symbol, formula or name.")
        if isinstance(self.amount, Measured):
            self.amount.require("")
            if self.amount.value < 0.0:
                raise OutOfRange(
                    f"The fraction of {self.what} is {self.amount}: it must not be negative.",
                    mend="Leave out a component that was not found, or state 0 with its uncertainty.",
                )
        if self.kind is Constituent.ELEMENT and self.what not in ATOMIC_NUMBERS:
            raise InvalidValue(
                f"'{self.what[:60]}' is not the symbol of an element.", mend="Name it as a compound or a material."
            )
        if self.kind is not Constituent.MATERIAL and self.formula:
            raise InvalidValue(
                f"{self.what} is its own formula, and '{self.formula[:60]}' was given besides.",
                mend="Leave the formula out, or name the component as a material.",
            )
        self.read_formula()  # raises where there is none to be read

    @property
    def is_balance(self) -> bool:
        """Whether it gets what the others leave."""
        return not isinstance(self.amount, Measured)

    def read_formula(self) -> Formula | None:
        """Its formula; `None` for a material of which none is known."""
        if self.kind is Constituent.MATERIAL:
            return formula_of(self.formula) if self.formula else None
        return formula_of(self.what)


def component(what: str, amount: Measured | Literal["balance"]) -> Component:
    """Make a component of what has a formula: an element where it is a symbol, else a compound.

    Raises
    ------
    InvalidValue
        If it is neither; a named material needs to be called one.
    """
    kind = Constituent.ELEMENT if what in ATOMIC_NUMBERS else Constituent.COMPOUND
    return Component(what=what, amount=amount, kind=kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """A composition as stated.

    Parameters
    ----------
    components : tuple of Component
        Each once. Their fractions add up to 1 within twice the stated standard uncertainties and the rounding of the
        digits given, or one of them is the balance. A measured composition may add up to less: see `missing`.
    basis : Basis
    stated : Stated
    method : str
        How it was found, for example `ICP-OES`; empty where not known.
    note : str
    """

    components: tuple[Component, ...]
    basis: Basis
    stated: Stated
    method: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if not self.components:
            raise InvalidValue("A composition has no components.", mend="Name one component at least.")
        _refuse_repeats(self.components)
        balances = [c.what for c in self.components if c.is_balance]
        if len(balances) > 1:
            raise InvalidValue(
                f"{' and '.join(balances)} are both the balance.", mend="State how much there is of all but one."
            )
        checked_missing(self.amounts, has_balance=bool(balances), may_be_incomplete=self.stated is Stated.MEASURED)

    @property
    def amounts(self) -> dict[str, Measured]:
        """Stated fractions by component, without the balance."""
        return {c.what: c.amount for c in self.components if isinstance(c.amount, Measured)}

    @property
    def has_balance(self) -> bool:
        """Whether one component gets what the others leave."""
        return any(c.is_balance for c in self.components)

    @property
    def missing(self) -> float:
        """Fraction that no component accounts for; 0 where the composition is complete."""
        return checked_missing(self.amounts, has_balance=self.has_balance, may_be_incomplete=True)

    @property
    def is_complete(self) -> bool:
        """Whether the components account for all of it."""
        return self.missing == 0.0


def _refuse_repeats(components: tuple[Component, ...]) -> None:
    seen: dict[object, str] = {}
    for one in components:
        formula = None if one.kind is Constituent.MATERIAL else one.read_formula()
        # The same compound however it is spelt: TiO2, TiO₂ and O2Ti. Phases are told apart by naming them as materials.
        key: object = spelled_plainly(one.what).casefold()
        if formula is not None:
            key = (frozenset((str(a), n) for a, n in formula.atoms.items()), formula.charge)
        if key in seen:
            raise InvalidValue(
                f"{one.what} is there twice" + (f", once as {seen[key]}." if seen[key] != one.what else "."),
                mend="Add the two up, or name phases of one formula as materials, like anatase and rutile.",
            )
        seen[key] = one.what
