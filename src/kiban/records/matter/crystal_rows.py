"""A crystal as the table that an analysis keeps, and back.

The record of a measurement keeps what an analysis found as a table of features. The features of a structure are its
sites: one row for each element on each site.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kiban.errors import InvalidValue
from kiban.records.matter.crystal import AtomSite, Crystal, UnitCell, Vector

ANALYSIS = "crystal_structure"
"""The analysis whose table it is."""
COLUMNS = ("site", "label", "element", "occupancy", "x", "y", "z")
_EDGES = ("a", "b", "c")
_ANGLES = ("alpha", "beta", "gamma")
UNPLACED = "unplaced"
"""Label of the row that says that the formula has atoms without a place."""


def rows_of(crystal: Crystal) -> tuple[tuple[int | str | float | None, ...], ...]:
    """One row for each element on each site; a last one without coordinates where atoms have no place."""
    rows: list[tuple[int | str | float | None, ...]] = [
        (number, site.label, element, occupancy, *site.fraction)
        for number, site in enumerate(crystal.sites, start=1)
        for element, occupancy in site.occupancy.items()
    ]
    if crystal.has_unplaced_atoms:
        rows.append((None, UNPLACED, None, None, None, None, None))
    return tuple(rows)


def crystal_in(document: Mapping[str, Any]) -> Crystal | None:
    """The crystal of a measurement, from its document; `None` where there is none, or not all of it is known."""
    table = next((each for each in document.get("analyses", ()) if each.get("name") == ANALYSIS), None)
    cell = _cell(document.get("metadata", {}))
    if table is None or cell is None or not table.get("rows") or tuple(table.get("columns", ())) != COLUMNS:
        return None
    occupied: dict[int, dict[str, float]] = {}
    labels: dict[int, str] = {}
    places: dict[int, Vector] = {}
    is_whole = True
    for number, label, element, occupancy, x, y, z in table["rows"]:
        if number is None:
            is_whole = False
            continue
        occupied.setdefault(number, {})[element] = float(occupancy)
        labels[number], places[number] = label, (float(x), float(y), float(z))
    formula = document.get("metadata", {}).get("chemical_formula")
    try:
        sites = (AtomSite(label=labels[i], occupancy=occupied[i], fraction=places[i]) for i in sorted(occupied))
        return Crystal(
            cell=cell,
            sites=tuple(sites),
            formula=formula if isinstance(formula, str) else "",
            has_unplaced_atoms=not is_whole,
        )
    except InvalidValue:
        return None


def _cell(metadata: Mapping[str, Any]) -> UnitCell | None:
    lengths, angles = (_three(metadata, names, unit) for names, unit in ((_EDGES, "angstrom"), (_ANGLES, "deg")))
    if lengths is None or angles is None:
        return None
    try:
        return UnitCell(lengths=lengths, angles=angles)
    except InvalidValue:
        return None


def _three(metadata: Mapping[str, Any], names: tuple[str, str, str], unit: str) -> Vector | None:
    entries = [metadata.get(name) for name in names]
    values = [e["value"] for e in entries if isinstance(e, Mapping) and e.get("unit") == unit and "value" in e]
    return (values[0], values[1], values[2]) if len(values) == len(entries) else None
