"""The entries of a document one by one, whatever their nesting: metadata, and what stands in fields of templates."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of the metadata with its unit as given; empty for a bare number."""

    value: float
    unit: str


Entry: TypeAlias = "str | Quantity"


METADATA = "metadata."
"""How the paths of metadata begin."""
PARTS = {"metadata": "metadata", "values": "field", "meant": "meant", "done": "done"}
"""Parts of a document that hold entries, with the word that their paths begin with in questions."""


OF_TEMPLATE = tuple(f"{word}." for part, word in PARTS.items() if part != "metadata")
"""How the paths of entries begin whose names only the record's template knows."""


def entries(document: Mapping[str, Any]) -> Iterator[tuple[str, Entry]]:
    """Walk through a document.

    Yields
    ------
    path : str
        As questions ask for it: `metadata.scan.step`, `field.particle_size`, `meant.steps.temperature`. What stands in
        a field that has been renamed comes under the name that it had first as well.
    entry : str or Quantity
        A list gives one entry for each of its members, a truth value the word `true` or `false`. What holds no value
        (null, an empty list) is passed over.
    """
    renamed = _renamed(document)
    for part, word in PARTS.items():
        for name, entry in _entries(document.get(part)):
            yield f"{word}.{name}", entry
            if part != "metadata" and name in renamed:
                yield f"{word}.{renamed[name]}", entry


def _renamed(document: Mapping[str, Any]) -> Mapping[str, str]:
    use = document.get("template")
    renamed = use.get("renamed") if isinstance(use, Mapping) else None
    return renamed if isinstance(renamed, Mapping) else {}


def _entries(tree: Any) -> Iterator[tuple[str, Entry]]:
    waiting: list[tuple[str, Any]] = [("", tree)] if isinstance(tree, Mapping) else []
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, str):
            yield name, value
        elif isinstance(value, bool):
            yield name, "true" if value else "false"
        elif isinstance(value, int | float):
            # Of infinity, and of what is no number, JSON has nothing to keep.
            if isinstance(value, int) or math.isfinite(value):
                yield name, _bare(value)
        elif isinstance(value, Mapping):
            if _is_quantity(value):
                yield name, Quantity(float(value["value"]), value["unit"])
            else:
                prefix = f"{name}." if name else ""
                waiting.extend((f"{prefix}{key}", part) for key, part in reversed(list(value.items())))
        elif isinstance(value, list | tuple):
            waiting.extend((name, part) for part in reversed(value))


def _bare(number: float) -> Entry:
    try:
        return Quantity(float(number), "")
    except OverflowError:  # an integer beyond 1e308: an identifier rather than an amount
        return str(number)


def _is_quantity(value: Mapping[str, Any]) -> bool:
    number = value.get("value")
    if not isinstance(number, int | float) or isinstance(number, bool) or not isinstance(value.get("unit"), str):
        return False
    return abs(number) < 1e300
