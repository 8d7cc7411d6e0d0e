"""Chemical formulas as people write them, to amounts of elements."""

from __future__ import annotations

import re

from kiban.errors import InvalidValue

_SYMBOLS = (
    "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn "
    "Ga Ge As Se Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd "
    "Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th "
    "Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og "
)
ELEMENTS = tuple(_SYMBOLS.split())
"""Symbols in order of atomic number."""

_KNOWN = frozenset(ELEMENTS) | {"D", "T"}
_TOKEN = re.compile(r"(?P<element>[A-Z][a-z]?)|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<amount>\d+\.?\d*|\.\d+)")
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_MAX_LENGTH = 500


def parse_formula(text: str) -> dict[str, float]:
    """Count the atoms of a chemical formula.

    Parameters
    ----------
    text : str
        `LiNi0.8Co0.1Mn0.1O2`, `Ca(OH)2`, `CuSO4·5H2O`, `C3 H6 O`. Deuterium and tritium count as hydrogen.

    Returns
    -------
    dict of element symbol to amount
        In the formula's own scale, in order of first appearance.

    Raises
    ------
    InvalidValue
        If it holds anything else than elements, amounts and brackets.
    """
    compact = re.sub(r"\s+", "", text.translate(_SUBSCRIPTS))
    if not compact or len(compact) > _MAX_LENGTH:
        raise _not_a_formula(text)
    total: dict[str, float] = {}
    for part in re.split(r"[·•*⋅]", compact):
        leading = re.match(r"\d+\.?\d*", part)
        factor = float(leading.group()) if leading else 1.0
        for element, amount in _count(part[leading.end() :] if leading else part, text).items():
            total[element] = total.get(element, 0.0) + factor * amount
    return total


def _count(part: str, text: str) -> dict[str, float]:
    levels: list[dict[str, float]] = [{}]
    pending: dict[str, float] = {}  # the element or bracket just read: an amount may follow
    position = 0
    while position < len(part):
        token = _TOKEN.match(part, position)
        if token is None or (token["amount"] and not pending):
            raise _not_a_formula(text)
        position = token.end()
        _add(levels[-1], pending, float(token["amount"] or 1.0))
        pending = {}
        if token["open"]:
            levels.append({})
        elif token["close"]:
            pending = _close(levels, text)
        elif token["element"]:
            pending = {_element(token["element"], text): 1.0}
    _add(levels[-1], pending, 1.0)
    if len(levels) != 1 or not levels[0]:
        raise _not_a_formula(text)
    return levels[0]


def _add(level: dict[str, float], amounts: dict[str, float], factor: float) -> None:
    for element, amount in amounts.items():
        level[element] = level.get(element, 0.0) + factor * amount


def _close(levels: list[dict[str, float]], text: str) -> dict[str, float]:
    if len(levels) < 2:
        raise _not_a_formula(text)
    return levels.pop()


def _element(symbol: str, text: str) -> str:
    if symbol not in _KNOWN:
        raise _not_a_formula(text)
    return "H" if symbol in {"D", "T"} else symbol


def amount_fractions(text: str) -> dict[str, float]:
    """Amount fractions of the atoms of a formula; they add up to 1. Raises as `parse_formula`."""
    amounts = {element: amount for element, amount in parse_formula(text).items() if amount > 0}
    total = sum(amounts.values())
    if total <= 0:
        raise _not_a_formula(text)
    return {element: amount / total for element, amount in amounts.items()}


def _not_a_formula(text: str) -> InvalidValue:
    return InvalidValue(
        f"'{text[:60]}' is not a chemical formula.", mend="Write it like LiCoO2, Ca(OH)2 or CuSO4·5H2O."
    )
