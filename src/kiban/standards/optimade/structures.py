"""The attributes of a structure, from the record that holds it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kiban.errors import IncompatibleUnit, UnknownUnit
from kiban.quantity.measured import Measured
from kiban.query.structure_answers import PREFIX as ANSWERS
from kiban.query.structure_answers import structure_answers
from kiban.records.matter.crystal import AtomSite, Crystal
from kiban.records.matter.crystal_rows import crystal_in
from kiban.records.property import Fact
from kiban.records.property_term import PROPERTY_TERMS
from kiban.records.record import Record, RecordKind
from kiban.standards.optimade.properties import PREFIX, STRUCTURES
from kiban.standards.optimade.times import timestamp

_WHOLE = ("nelements", "nsites", "nperiodic_dimensions")
_TEXTS = tuple(f"chemical_formula_{kind}" for kind in ("descriptive", "reduced", "hill", "anonymous"))
_GROUP = {
    "space_group_symbol_hermann_mauguin": "space_group",
    "space_group_symbol_hall": "space_group_hall",
    "space_group_it_number": "space_group_number",
}
_FULL = 1e-3


def structure_attributes(
    record: Record, facts: Iterable[Fact], evidence: Mapping[Any, str], *, licence: str | None
) -> dict[str, Any]:
    """All attributes; `None` where a value is not known.

    Parameters
    ----------
    facts : iterable of Fact
        That rest on the record or are claimed for it, the one that stands for a term first.
    evidence : mapping of UUID to str
        Short identifiers of the measurements that facts rest on.
    licence : str, optional
        SPDX expression.
    """
    said = {path.removeprefix(ANSWERS): values for path, values in structure_answers(record).items()}
    found: dict[str, Any] = dict.fromkeys(name for name in STRUCTURES if name not in {"id", "type"})
    found["last_modified"] = timestamp(record.created_at)
    found |= {name: int(said[name][0]) for name in _WHOLE if name in said}
    found |= {name: said[name][0] for name in _TEXTS if name in said}
    found |= {name: list(said[name]) for name in ("elements", "elements_ratios") if name in said}
    found["structure_features"] = list(said.get("structure_features", ()))
    metadata = record.document.get("metadata", {})
    found |= {name: metadata[entry] for name, entry in _GROUP.items() if entry in metadata}
    crystal = crystal_in(record.document) if record.kind is RecordKind.MEASUREMENT else None
    if crystal is not None:
        found |= _places(crystal)
    found[f"{PREFIX}title"], found[f"{PREFIX}kind"], found[f"{PREFIX}licence"] = (
        record.title,
        record.kind.value,
        licence,
    )
    return found | _values(facts, evidence)


def _places(crystal: Crystal) -> dict[str, Any]:
    names = [_name(site) for site in crystal.sites]
    species = {name: _species(name, site) for name, site in zip(names, crystal.sites, strict=True)}
    return {
        "dimension_types": [1, 1, 1],
        "lattice_vectors": [list(vector) for vector in crystal.cell.vectors],
        "cartesian_site_positions": [list(crystal.cell.cartesian(site.fraction)) for site in crystal.sites],
        "species_at_sites": names,
        "species": list(species.values()),
    }


def _name(site: AtomSite) -> str:
    """An element where it fills the site; else what is on it: two sites with the same on them are one species."""
    if len(site.occupancy) == 1 and sum(site.occupancy.values()) >= 1 - _FULL:
        return next(iter(site.occupancy))
    return "".join(f"{element}{occupancy:.6g}" for element, occupancy in sorted(site.occupancy.items()))


def _species(name: str, site: AtomSite) -> dict[str, Any]:
    symbols, amounts = list(site.occupancy), list(site.occupancy.values())
    empty = 1.0 - sum(amounts)
    if empty > _FULL:
        symbols, amounts = [*symbols, "vacancy"], [*amounts, empty]
    elif len(symbols) == 1:
        amounts = [1.0]
    return {"name": name, "chemical_symbols": symbols, "concentration": amounts, "original_name": site.label}


def _values(facts: Iterable[Fact], evidence: Mapping[Any, str]) -> dict[str, Any]:
    listed: list[dict[str, Any]] = []
    first: dict[str, float] = {}
    for fact in facts:
        claim = fact.property
        doubt = claim.value.uncertainty
        listed.append(
            {
                "term": claim.term,
                "value": claim.value.value,
                "unit": claim.value.unit,
                "standard_uncertainty": doubt.standard if doubt is not None else None,
                "method": claim.method,
                "evidence": evidence.get(fact.evidence),
            }
        )
        usual = PROPERTY_TERMS.get(claim.term)
        if usual is not None and claim.term not in first and (value := _in_unit(claim.value, usual.unit)) is not None:
            first[claim.term] = value
    return {f"{PREFIX}values": listed} | {f"{PREFIX}{term}": value for term, value in first.items()}


def _in_unit(value: Measured, unit: str) -> float | None:
    try:
        return value.in_unit(unit).value
    except (IncompatibleUnit, UnknownUnit):
        return None
