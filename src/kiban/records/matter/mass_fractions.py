"""What part of the mass each element is, of amounts of atoms."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from kiban.records.matter.atomic_weights import standard_atomic_weights


@cache
def weights() -> Mapping[str, float]:
    """Standard atomic weights by element, in g/mol."""
    return {element: weight.value for element, weight in standard_atomic_weights().items()}


def mass_fractions(composition: Mapping[str, float]) -> dict[str, float]:
    """Mass fractions of the elements, from their amounts; adding up to 1.

    Empty where one of them has no standard atomic weight (technetium, most of what is heavier than bismuth): without
    its mass no other's part of the whole is known.
    """
    known = weights()
    if not composition.keys() <= known.keys():
        return {}
    masses = {element: composition[element] * known[element] for element in sorted(composition)}
    total = sum(masses.values())
    return {element: mass / total for element, mass in masses.items()} if total > 0.0 else {}
