"""Compositions as people write them: `Ti-6Al-4V (mass%)`, `Ni50Ti50 at%`, `0.7PbTiO3-0.3BiFeO3`.

What a text leaves open is refused, not guessed: percents of mass or of atoms, and whether `Al2O3 + 5 wt% ZrO2` is
5 % of the whole (内割) or 5 on top of 100 (外割).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from kiban.errors import InvalidValue
from kiban.quantity.measured import Measured
from kiban.records.matter.basis_words import needed_basis, refuse_atoms_of_compounds, without_basis
from kiban.records.matter.composition import BALANCE, Basis, Component, Composition, Stated, component
from kiban.records.matter.composition_additions import additions_in
from kiban.records.matter.composition_items import JoinedItem, ways_to_split
from kiban.records.matter.formula import formula_of
from kiban.records.matter.formula_amount import AMOUNT, variables_in
from kiban.records.matter.formula_spelling import spelled_plainly
from kiban.records.matter.formula_writing import with_values
from kiban.records.written_quantity import quantity_of

_LONGEST = 500
_BALANCE = r"(?:bal\.?|balance|残部|残)"
_ITEM = re.compile(rf"(?P<what>\S+)\s+(?:(?P<bal>{_BALANCE})|(?P<amount>.+))", re.IGNORECASE)
_STARTS_WITH_SHARE = re.compile(rf"\(?{AMOUNT}\)?\s*[A-Z(\[]")
_HUNDRED = 100.0
_SUM_AGREES = 1e-6


def composition_of(
    text: str,
    *,
    variables: Mapping[str, float] | None = None,
    basis: Basis | None = None,
    stated: Stated = Stated.NOMINAL,
) -> Composition:
    """Read a composition.

    Parameters
    ----------
    text : str
        - a formula: one compound;
        - a list joined by hyphens, with a basis: `Ti-6Al-4V (mass%)`, where the item without a number is the balance;
          `70TeO2-20ZnO-10Na2O (mol%)`;
        - a mix of compounds whose shares add up to 1, by amount: `0.7PbTiO3-0.3Bi(Mg0.5Ti0.5)O3`,
          `(1-x)PbTiO3-xBiFeO3`;
        - symbols with numbers that add up to 100, with a basis: `Ni50Ti50 at%`;
        - items with commas, with a basis: `Cr 18.0 ± 0.2, Ni 8.0, Fe bal. (mass%)`;
        - additions: `Al2O3 + 5 wt% ZrO2 (of total)`, or `(on top)`.
    variables : mapping of one letter to its value, optional
    basis : Basis, optional
        For texts that name none; where the numbers add up to 1 they are fractions, else percents.
    stated : Stated

    Raises
    ------
    InvalidValue
        If it cannot be read, or in two ways; if the numbers do not add up.
    """
    values = dict(variables or {})
    plain = spelled_plainly(text) if len(text) <= _LONGEST else ""
    if not plain:
        raise _unreadable(text)
    if additions := additions_in(plain, values, text):
        return _composition(*additions, stated)
    if unused := sorted(set(values) - variables_in(plain)):
        raise InvalidValue(
            f"'{text[:60]}' has no variable {', '.join(unused)}.", mend="Give values only for its own variables."
        )
    whole = plain
    plain, named = without_basis(whole)
    if named is not None and basis not in {None, named}:
        raise InvalidValue(f"'{text[:60]}' is by {named}, not by {basis}.", mend="Leave the basis to the text.")
    found = named or basis
    if re.search(r"[,;、]", plain):
        read = _composition(_listed(plain, values, text), needed_basis(found, text), stated)
    else:
        read = _joined(plain, values, text, found, stated, is_percent=named is not None)
    return refuse_atoms_of_compounds(read, whole, text)


def _composition(components: list[Component], basis: Basis, stated: Stated) -> Composition:
    return Composition(components=tuple(components), basis=basis, stated=stated)


def _joined(
    plain: str, values: Mapping[str, float], text: str, basis: Basis | None, stated: Stated, *, is_percent: bool
) -> Composition:
    if found := re.search(r"[\d.]\s+[\d.]", plain):
        raise InvalidValue(
            f"'{text[:60]}' has a space in the number '{found[0]}'.", mend="Write numbers without spaces."
        )
    if not is_percent and _is_formula(plain, values):
        return _one_formula(plain, values, text, basis, stated, is_percent=False)
    readings = [items for items in ways_to_split(plain, values) if _adds_up(items, is_percent=is_percent)]
    if len(readings) > 1:
        raise InvalidValue(
            f"'{text[:60]}' can be split in {len(readings)} ways that add up.", mend="Put each formula in brackets."
        )
    if not readings:
        if re.search(r"[-+]", plain):
            _explain(plain, values, text, is_percent=is_percent)
        return _one_formula(plain, values, text, basis, stated, is_percent=is_percent)
    items = readings[0]
    added = sum(item.share or 0.0 for item in items)
    is_fraction = abs(added - 1.0) <= _SUM_AGREES and all(item.share is not None for item in items)
    if basis is None and is_fraction and all(len(item.formula.atoms) > 1 for item in items):
        basis = Basis.AMOUNT  # solid solutions are written by moles: nobody weighs 0.7 of a compound
    unit = "" if is_fraction else "%"
    return _composition(
        [
            component(item.name, BALANCE if item.share is None else Measured(item.share, unit))
            for item in items
            if item.share != 0.0
        ],
        needed_basis(basis, text),
        stated,
    )


def _is_formula(plain: str, values: Mapping[str, float]) -> bool:
    if _STARTS_WITH_SHARE.match(plain):
        return False
    try:
        formula_of(plain, values)
    except InvalidValue:
        return False
    return True


def _adds_up(items: list[JoinedItem], *, is_percent: bool) -> bool:
    added = sum(item.share or 0.0 for item in items)
    n_balances = sum(item.share is None for item in items)
    if n_balances:
        return n_balances == 1 and 0.0 < added < _HUNDRED
    return abs(added - _HUNDRED) <= _SUM_AGREES * _HUNDRED or (not is_percent and abs(added - 1.0) <= _SUM_AGREES)


def _explain(plain: str, values: Mapping[str, float], text: str, *, is_percent: bool) -> None:
    """Say what is wrong with a list that can be split but does not add up; leave alone what is no list."""
    for items in ways_to_split(plain, values):
        added = sum(item.share or 0.0 for item in items)
        whole = "100 %" if is_percent else "1 or 100"
        raise InvalidValue(
            f"The shares in '{text[:60]}' add up to {added:.6g}, not to {whole}, and no one item is the balance.",
            mend="Correct the shares, or leave the number of the main item out: it gets the rest.",
        )


def _one_formula(
    plain: str, values: Mapping[str, float], text: str, basis: Basis | None, stated: Stated, *, is_percent: bool
) -> Composition:
    formula = formula_of(plain, values)
    if _STARTS_WITH_SHARE.match(plain):
        raise InvalidValue(
            f"'{text[:60]}' states the share of one component, and not what the rest is.",
            mend="Add the others, or write the formula without a number in front.",
        )
    if not is_percent:
        return _composition([component(with_values(plain, values), Measured(1.0))], basis or Basis.AMOUNT, stated)
    if abs(formula.n_atoms - _HUNDRED) > _SUM_AGREES * _HUNDRED:
        raise InvalidValue(
            f"The percents in '{text[:60]}' add up to {formula.n_atoms:.6g}.",
            mend="Correct them, or write a list with a balance, like Ti-6Al-4V (mass%).",
        )
    return _composition(
        [component(str(atom), Measured(n, "%")) for atom, n in formula.atoms.items()], needed_basis(basis, text), stated
    )


def _listed(plain: str, values: Mapping[str, float], text: str) -> list[Component]:
    components = []
    for item in re.split(r"\s*[,;、]\s*", plain):
        found = _ITEM.fullmatch(item)
        if found is None:
            raise InvalidValue(
                f"'{item[:40]}' in '{text[:60]}' is not a component with its amount.",
                mend="Write each like Cr 18.0, or Fe bal., with commas between.",
            )
        amount = BALANCE if found["bal"] else quantity_of(found["amount"], "%")
        components.append(component(with_values(found["what"], values), amount))
    return components


def _unreadable(text: str) -> InvalidValue:
    return InvalidValue(
        f"'{text[:60]}' is not a composition.", mend="Write it like Ti-6Al-4V (mass%), or 0.7PbTiO3-0.3BiFeO3."
    )
