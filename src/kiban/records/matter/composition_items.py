"""Lists joined by hyphens, split in every way that leaves formulas: a hyphen may also stand inside one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from kiban.errors import InvalidValue
from kiban.records.matter.formula import Formula, formula_of
from kiban.records.matter.formula_amount import AMOUNT, amount_of
from kiban.records.matter.formula_writing import with_values

_MOST_HYPHENS = 12
_SHARE = re.compile(rf"(?:\((?P<bracketed>{AMOUNT})\)|(?P<bare>\d+\.?\d*|\.\d+|[a-zα-ω]))?(?P<formula>[A-Z(\[{{^].*)")


@dataclass(frozen=True, slots=True)
class JoinedItem:
    """One item of a list: how much of what."""

    share: float | None
    """As written; `None` where no number stands before the formula."""
    name: str
    """The formula, with values in place of its variables."""
    formula: Formula


def ways_to_split(plain: str, variables: Mapping[str, float]) -> Iterator[list[JoinedItem]]:
    """Yield every reading of the text as two items or more.

    Raises
    ------
    InvalidValue
        If it has too many hyphens to try.
    """
    compact = re.sub(r"\s+", "", plain)
    hyphens = [i for i, sign in enumerate(compact) if sign in "-+" and _depth(compact, i) == 0 and i]
    if len(hyphens) > _MOST_HYPHENS:
        raise InvalidValue(
            f"'{plain[:60]}' has {len(hyphens)} items, more than {_MOST_HYPHENS}.",
            mend="Write the components with commas, like Cr 18.0, Ni 8.0, Fe bal. (mass%).",
        )
    # Every part is read once, however many ways of splitting it belongs to.
    parts: dict[str, JoinedItem | None] = {}
    for n in range(1, len(hyphens) + 1):
        for chosen in combinations(hyphens, n):
            ends = [*chosen, len(compact)]
            starts = [0, *(i + 1 for i in chosen)]
            texts = [compact[a:b] for a, b in zip(starts, ends, strict=True)]
            for text in texts:
                if text not in parts:
                    parts[text] = _item(text, variables)
            items = [item for text in texts if (item := parts[text]) is not None]
            if len(items) == len(texts):
                yield items


def _depth(text: str, position: int) -> int:
    before = text[:position]
    return sum(before.count(sign) for sign in "([{") - sum(before.count(sign) for sign in ")]}")


def _item(text: str, variables: Mapping[str, float]) -> JoinedItem | None:
    found = _SHARE.fullmatch(text)
    if found is None:
        return None
    written = found["bracketed"] or found["bare"]
    try:
        share = None if written is None else amount_of(written, variables, text)
        name = with_values(found["formula"], variables)
        return JoinedItem(share, name, formula_of(name))
    except InvalidValue:
        return None  # not a way to split it
