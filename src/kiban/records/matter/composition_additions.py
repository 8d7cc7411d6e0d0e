"""Additions to a main component: `Al2O3 + 5 wt% ZrO2 (of total)`, or `(on top)` of 100 (内割, 外割)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kiban.errors import InvalidValue
from kiban.quantity.measured import Measured
from kiban.records.matter.basis_words import ANY_BASIS, PERCENT, basis_of
from kiban.records.matter.composition import BALANCE, Basis, Component, component
from kiban.records.matter.formula_writing import with_values

_ADDED = re.compile(rf"\s*\+\s*(?P<n>\d+\.?\d*|\.\d+)\s*(?P<basis>{ANY_BASIS}){PERCENT}\s*(?P<what>[^+]+?)(?=\s*\+|$)")
_OF_WHAT = re.compile(r"\s*[(（]?(?P<words>of total|on top|内割|外割)\s*[)）]?$")
_HUNDRED = 100.0


def additions_in(plain: str, values: Mapping[str, float], text: str) -> tuple[list[Component], Basis] | None:
    """Components of a text with additions, and their basis; `None` for another text.

    Raises
    ------
    InvalidValue
        If it does not say what the percents refer to, or mixes bases.
    """
    ending = _OF_WHAT.search(plain)
    body = plain[: ending.start()] if ending else plain
    first = _ADDED.search(body)
    if first is None:
        return None
    host, added = body[: first.start()].strip(), list(_ADDED.finditer(body))
    bases = {basis_of(one["basis"]) for one in added}
    if len(bases) > 1 or "".join(one[0] for one in added) != body[first.start() :]:
        raise InvalidValue(
            f"'{text[:60]}' mixes additions with something else.",
            mend="Give all additions on one basis, like Al2O3 + 5 wt% ZrO2 + 1 wt% MgO (of total).",
        )
    names = [with_values(what, values) for what in (host, *(one["what"] for one in added))]
    if ending is None:
        raise InvalidValue(
            f"'{text[:60]}' does not say whether the additions are percents of the whole or on top of 100.",
            mend=f"Write '{text[:40].strip()} (of total)' or '{text[:40].strip()} (on top)'.",
        )
    host = names[0]
    shares = [(what, float(one["n"])) for what, one in zip(names[1:], added, strict=True)]
    (basis,) = bases
    if ending["words"] in {"of total", "内割"}:
        return [component(host, BALANCE), *(component(w, Measured(n, "%")) for w, n in shares)], basis
    whole = _HUNDRED + sum(n for _, n in shares)
    parts = [(host, _HUNDRED), *shares]
    return [component(what, Measured(n / whole)) for what, n in parts], basis
