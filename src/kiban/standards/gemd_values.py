"""Values as GEMD writes them: quantities with their uncertainty, numbers, words, compositions; and their attributes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from kiban.errors import KibanError
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Distribution, Kind, Uncertainty
from kiban.records.document import from_json
from kiban.records.matter.composition import Composition
from kiban.standards.gemd_units import for_gemd
from kiban.standards.graph_losses import Losses

Json = dict[str, Any]
_SHAPE = {
    Kind.STANDARD: Distribution.NORMAL,
    Kind.EXPANDED: Distribution.NORMAL,
    Kind.RESOLUTION: Distribution.RECTANGULAR,
}
"""The only distribution that GEMD has for each kind."""


def attribute(kind: str, name: str, value: Json, *, origin: str, notes: str | None = None) -> Json:
    """A property, condition or parameter."""
    return {
        "type": kind,
        "name": name,
        "value": value,
        "origin": origin,
        "notes": notes,
        "template": None,
        "file_links": [],
    }


def word(text: str) -> Json:
    """Anything that is no number."""
    return {"type": "nominal_categorical", "category": text}


def quantity(value: Measured, losses: Losses) -> tuple[Json, str | None]:
    """A quantity, with what its value cannot say as a note."""
    said = for_gemd(value)
    if said is None:
        losses.tell("Quantities in units that are not known are words ({n}).")
        return word(f"{value.value!r} {value.unit}"), None
    notes = []
    if said.is_converted:
        losses.tell("Quantities in units that GEMD does not know are in SI units ({n}).")
        notes.append(f"In Kiban: {value.value!r} {value.unit}.")
    if said.is_bare:
        losses.tell("Quantities in units that have no counterpart are bare numbers; the unit is told in notes ({n}).")
        notes.append(f"Unit: {value.unit}.")
    shown = _real(said.value, said.units)
    if (doubt := value.uncertainty) is not None:
        notes.append(_doubt(doubt))
        if doubt.kind is Kind.EXPANDED:
            losses.tell("Expanded uncertainties are divided by their coverage factors, which are told in notes ({n}).")
        if doubt.distribution is not _SHAPE[doubt.kind]:
            losses.tell("Distributions of uncertainties that GEMD cannot say are told in notes ({n}).")
    return shown, " ".join(notes) or None


def _real(value: Measured, units: str) -> Json:
    doubt = value.uncertainty
    if doubt is None:
        return {"type": "nominal_real", "nominal": value.value, "units": units}
    if doubt.kind is Kind.RESOLUTION:
        half = doubt.value / 2
        low, high = value.value - half, value.value + half
        return {"type": "uniform_real", "lower_bound": low, "upper_bound": high, "units": units}
    return {"type": "normal_real", "mean": value.value, "std": doubt.standard, "units": units}


def _doubt(doubt: Uncertainty) -> str:
    factor = f", coverage factor {doubt.coverage_factor!r}" if doubt.coverage_factor is not None else ""
    freedom = f", degrees of freedom {doubt.degrees_of_freedom!r}" if doubt.degrees_of_freedom is not None else ""
    return f"Uncertainty: {doubt.kind.value} ({doubt.origin.value}, {doubt.distribution.value}{factor}{freedom})."


def composition(stated: Composition) -> Json:
    """Fractions by component; the balance gets what the others leave."""
    amounts = {name: amount.in_unit("").value for name, amount in stated.amounts.items()}
    rest = 1.0 - sum(amounts.values())
    for component in stated.components:
        amounts.setdefault(component.what, max(rest, 0.0))
    return {"type": "nominal_composition", "quantities": amounts}


def attributes(
    kind: str, values: Mapping[str, Any], losses: Losses, *, origin: str, before: str = ""
) -> Iterator[Json]:
    """Values of a template or metadata, each under the path of its keys: `steps[2].temperature`."""
    for name, value in values.items():
        for path, leaf in _leaves(f"{before}{name}", value):
            shown, notes = _leaf(leaf, losses)
            yield attribute(kind, path, shown, origin=origin, notes=notes)


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list | tuple):
        for number, one in enumerate(value, start=1):
            yield from _leaves(f"{path}[{number}]", one)
    elif isinstance(value, Mapping) and not _is_leaf(value):
        for key, one in value.items():
            yield from _leaves(f"{path}.{key}", one)
    elif value is not None:
        yield path, value


def _is_leaf(value: Mapping[str, Any]) -> bool:
    keys = set(value)
    is_quantity = keys in ({"value", "unit"}, {"value", "unit", "uncertainty"})
    return is_quantity or keys in ({"iri"}, {"iri", "label"}, {"sha256"}, {"sha256", "name"})


def _leaf(value: Any, losses: Losses) -> tuple[Json, str | None]:
    if isinstance(value, Mapping) and "unit" in value:
        try:
            return quantity(from_json(dict(value), Measured), losses)
        except KibanError:  # a group of a template whose fields are called value and unit
            return word(f"{value['value']} {value['unit']}"), None
    if isinstance(value, Mapping):
        return word(str(value.get("iri") or value["sha256"])), value.get("label") or value.get("name")
    if isinstance(value, bool):
        return word("true" if value else "false"), None
    if isinstance(value, int):
        return {"type": "nominal_integer", "nominal": value}, None
    if isinstance(value, float):
        return {"type": "nominal_real", "nominal": value, "units": "dimensionless"}, None
    return word(str(value)), None


def distinct(given: list[Json]) -> list[Json]:
    """The same attributes under names that are all different, as GEMD wants them."""
    counts: Counter[str] = Counter()
    taken: set[str] = set()
    named = []
    for each in given:
        name = each["name"]
        while name in taken:
            counts[each["name"]] += 1
            name = f"{each['name']} #{counts[each['name']] + 1}"
        taken.add(name)
        named.append({**each, "name": name})
    return named
