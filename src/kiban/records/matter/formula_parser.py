"""One formula unit, character by character: symbols, isotopes, brackets, amounts."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from kiban.errors import InvalidValue
from kiban.records.matter.elements import ATOMIC_NUMBERS, Atom
from kiban.records.matter.formula_amount import AMOUNT, amount_of

_TOKEN = re.compile(
    r"\[(?P<isotope>\d{1,3})(?P<of>[A-Z][a-z]?)\]"
    r"|\^\{(?P<raised>\d{1,3})\}(?P<raised_of>[A-Z][a-z]?)"
    r"|(?P<symbol>[A-Z][a-z]?)"
    r"|(?P<open>[(\[{])|(?P<close>[)\]}])"
    rf"|(?P<amount>{AMOUNT})"
)
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_HYDROGEN = {"D": Atom("H", 2), "T": Atom("H", 3)}
_LEADING = re.compile(rf"(?:\((?P<bracketed>{AMOUNT})\)|(?P<bare>{AMOUNT}))(?=[A-Z(\[{{^])")


def count_atoms(part: str, variables: Mapping[str, float], text: str) -> dict[Atom, float]:
    """Count the atoms of a formula without spaces, charge and dots; a leading amount multiplies all of it.

    Raises
    ------
    InvalidValue
        If it holds anything else than symbols, amounts and brackets.
    """
    factor = 1.0
    if leading := _LEADING.match(part):
        factor = amount_of(leading["bracketed"] or leading["bare"], variables, text)
        part = part[leading.end() :]
    return {atom: factor * amount for atom, amount in _count(part, variables, text).items()}


def _count(part: str, variables: Mapping[str, float], text: str) -> dict[Atom, float]:
    levels: list[dict[Atom, float]] = [{}]
    opened: list[str] = []
    pending: dict[Atom, float] = {}  # the atom or bracket just read: an amount may follow
    position = 0
    while position < len(part):
        token = _TOKEN.match(part, position)
        if token is None or (token["amount"] and not pending):
            raise unreadable(text, part[position:], is_after_atom=bool(pending))
        if token["symbol"]:
            atom, position = _atom(token["symbol"], position, text)
            _add(levels[-1], pending, 1.0)
            pending = {atom: 1.0}
            continue
        position = token.end()
        _add(levels[-1], pending, amount_of(token["amount"], variables, text) if token["amount"] else 1.0)
        pending = {}
        if token["open"]:
            levels.append({})
            opened.append(token["open"])
        elif token["close"]:
            if not opened or _CLOSING[opened.pop()] != token["close"]:
                raise not_a_formula(text, "its brackets do not match")
            pending = levels.pop()
            if not pending:
                raise not_a_formula(text, "it has an empty bracket")
        elif number := token["isotope"] or token["raised"]:
            pending = {Atom(token["of"] or token["raised_of"], int(number)): 1.0}
    _add(levels[-1], pending, 1.0)
    if opened:
        raise not_a_formula(text, "its brackets do not match")
    if not levels[0] or not all(math.isfinite(amount) for amount in levels[0].values()):
        raise not_a_formula(text, "it counts no atoms")
    return levels[0]


def _atom(symbol: str, position: int, text: str) -> tuple[Atom, int]:
    """Two letters where they are an element; else the first one, and the second is a variable (`Ox`, not `Os`)."""
    for letters in (symbol, symbol[0]):
        if letters in ATOMIC_NUMBERS or letters in _HYDROGEN:
            return _HYDROGEN.get(letters) or Atom(letters), position + len(letters)
    raise not_a_formula(text, f"'{symbol}' is no element")


def _add(level: dict[Atom, float], amounts: dict[Atom, float], factor: float) -> None:
    for atom, amount in amounts.items():
        level[atom] = level.get(atom, 0.0) + factor * amount


def unreadable(text: str, rest: str, *, is_after_atom: bool) -> InvalidValue:
    """Say what stands where no formula can go on, with the mend that fits."""
    if rest[:1] in {"-", "+"} and is_after_atom:
        return InvalidValue(
            f"'{text[:60]}' is not a chemical formula but a list joined by '{rest[0]}'.",
            mend="Read it as a composition; an alloy needs its basis, like Fe-0.2C-1.5Mn (mass%).",
        )
    if rest[:1] in {",", ";", "/"}:
        return InvalidValue(
            f"'{text[:60]}' is not a chemical formula: it does not say how much of each is there.",
            mend="Write the amounts, like (Mg0.9Fe0.1)2SiO4 instead of (Mg,Fe)2SiO4.",
        )
    return not_a_formula(text, f"'{rest[:10]}' cannot stand there" if rest else "it is empty")


def not_a_formula(text: str, why: str) -> InvalidValue:
    """Make the error for what is no formula at all."""
    return InvalidValue(
        f"'{text[:60]}' is not a chemical formula: {why}.", mend="Write it like LiCoO2, Ca(OH)2 or CuSO4·5H2O."
    )
