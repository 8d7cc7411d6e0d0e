"""The entries of a record's metadata, one by one, whatever their nesting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of the metadata with its unit as given; empty for a bare number."""

    value: float
    unit: str


Entry: TypeAlias = "str | Quantity"


def metadata_entries(document: Mapping[str, Any]) -> Iterator[tuple[str, Entry]]:
    """Walk through `document["metadata"]`.

    Yields
    ------
    name : str
        Names of nested entries are joined by points: `scan.step`.
    entry : str or Quantity
        A list gives one entry for each of its members, a truth value the word `true` or `false`. What holds no value
        (null, an empty list) is passed over.
    """
    metadata = document.get("metadata")
    waiting: list[tuple[str, Any]] = [("", metadata)] if isinstance(metadata, Mapping) else []
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, str):
            yield name, value
        elif isinstance(value, bool):
            yield name, "true" if value else "false"
        elif isinstance(value, int | float):
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
