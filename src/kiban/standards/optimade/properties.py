"""The properties of OPTIMADE's structures and references: what they are, and how filters ask for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kiban.query.optimade_filter import Field, Kind
from kiban.records.property_term import PROPERTY_TERMS
from kiban.records.term import PropertyTerm

PREFIX = "_kiban_"
"""What our own properties begin with."""
API_VERSION = "1.2.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One property of an entry.

    Parameters
    ----------
    type : str
        As OPTIMADE has it: `string`, `integer`, `float`, `timestamp`, `list`, `dictionary`.
    """

    type: str
    about: str
    field: Field
    unit: str = ""


def _path(name: str, kind: Kind, *, length: str = "") -> Field:
    return Field(kind=kind, path=f"structure.{name}", length=f"structure.{length}" if length else "")


_UNASKED = Field(kind=Kind.UNASKED)
_MODIFIED = Property(type="timestamp", about="When this version was kept.", field=Field(kind=Kind.TIME, path="created"))
_ID = Property(type="string", about="The permanent short identifier of the record.", field=_path("id", Kind.TEXT))

STRUCTURES: Mapping[str, Property] = {
    "id": _ID,
    "type": Property(type="string", about="`structures`.", field=Field(kind=Kind.CONSTANT, path="structures")),
    "last_modified": _MODIFIED,
    "elements": Property(
        type="list", about="Symbols of the elements, by the alphabet.",
        field=_path("elements", Kind.TEXTS, length="nelements"),
    ),
    "nelements": Property(type="integer", about="How many elements.", field=_path("nelements", Kind.NUMBER)),
    "elements_ratios": Property(
        type="list", about="Amount fraction of each of `elements`.",
        field=_path("elements_ratios", Kind.NUMBERS, length="nelements"),
    ),
    "chemical_formula_descriptive": Property(
        type="string", about="The formula as people stated it, or else in Hill's order.",
        field=_path("chemical_formula_descriptive", Kind.TEXT),
    ),
    "chemical_formula_reduced": Property(
        type="string", about="Whole numbers without common divisor, elements by the alphabet.",
        field=_path("chemical_formula_reduced", Kind.TEXT),
    ),
    "chemical_formula_hill": Property(
        type="string", about="Whole numbers, in Hill's order.", field=_path("chemical_formula_hill", Kind.TEXT)
    ),
    "chemical_formula_anonymous": Property(
        type="string", about="The reduced formula with letters in place of elements, largest amount first.",
        field=_path("chemical_formula_anonymous", Kind.TEXT),
    ),
    "dimension_types": Property(
        type="list", about="Along which of the three directions it repeats: 1 or 0.", field=_UNASKED
    ),
    "nperiodic_dimensions": Property(
        type="integer", about="Along how many directions it repeats.", field=_path("nperiodic_dimensions", Kind.NUMBER)
    ),
    "lattice_vectors": Property(
        type="list", about="Edges of the unit cell in Cartesian coordinates.", unit="angstrom", field=_UNASKED
    ),
    "cartesian_site_positions": Property(
        type="list", about="Cartesian coordinates of each site in the cell.", unit="angstrom", field=_UNASKED
    ),
    "nsites": Property(type="integer", about="How many sites are in the cell.", field=_path("nsites", Kind.NUMBER)),
    "species": Property(
        type="list", about="What sits on the sites: elements with their occupancies.", field=_UNASKED
    ),
    "species_at_sites": Property(type="list", about="Name of the species on each site.", field=_UNASKED),
    "structure_features": Property(
        type="list", about="What to look out for: `disorder`, `implicit_atoms`.",
        field=_path("structure_features", Kind.TEXTS, length="n_structure_features"),
    ),
    "space_group_symbol_hermann_mauguin": Property(
        type="string", about="As the file states it.", field=Field(kind=Kind.TEXT, path="metadata.space_group")
    ),
    "space_group_symbol_hall": Property(
        type="string", about="As the file states it.", field=Field(kind=Kind.TEXT, path="metadata.space_group_hall")
    ),
    "space_group_it_number": Property(
        type="integer", about="Number in International Tables.",
        field=Field(kind=Kind.NUMBER, path="metadata.space_group_number"),
    ),
    **{
        name: Property(type=kind, about="It is not known here.", field=_UNASKED)
        for name, kind in (
            ("immutable_id", "string"), ("assemblies", "list"), ("space_group_symmetry_operations_xyz", "list"),
            ("space_group_symbol_hermann_mauguin_extended", "string"),
        )
    },
    f"{PREFIX}title": Property(
        type="string", about="What the record is called.", field=Field(kind=Kind.TEXT, path="title")
    ),
    f"{PREFIX}kind": Property(
        type="string",
        about="`measurement` of a crystal structure, or `sample` with a composition and without sites.",
        field=Field(kind=Kind.TEXT, path="kind"),
    ),
    f"{PREFIX}licence": Property(
        type="string",
        about="SPDX expression of the licence, where rights are stated.",
        field=Field(kind=Kind.TEXT, path="licence"),
    ),
    f"{PREFIX}values": Property(
        type="list",
        about="All values that rest on the record, or are claimed for the sample: dictionaries with `term`, `value`, "
        "`unit`, `standard_uncertainty` (null where it is not known), `method` and `evidence` (identifier of the "
        "measurement).",
        field=_UNASKED,
    ),
}  # fmt: skip

REFERENCES: Mapping[str, Property] = {
    "id": Property(type="string", about="Identifier of the structure that cites it.", field=_path("id", Kind.TEXT)),
    "type": Property(type="string", about="`references`.", field=Field(kind=Kind.CONSTANT, path="references")),
    "last_modified": _MODIFIED,
    "doi": Property(type="string", about="DOI.", field=Field(kind=Kind.TEXT, path="metadata.publication_doi")),
    "title": Property(type="string", about="Title.", field=Field(kind=Kind.TEXT, path="metadata.publication_title")),
    "journal": Property(
        type="string", about="Journal.", field=Field(kind=Kind.TEXT, path="metadata.publication_journal")
    ),
    "year": Property(
        type="string", about="Year of publication.", field=Field(kind=Kind.TEXT, path="metadata.publication_year")
    ),
    "authors": Property(type="list", about="Persons, each with a `name`.", field=_UNASKED),
    "editors": Property(type="list", about="It is not known here.", field=_UNASKED),
    **{
        name: Property(type="string", about="It is not known here.", field=_UNASKED)
        for name in (
            *("address", "annote", "bib_type", "booktitle", "chapter", "crossref", "edition", "howpublished"),
            *("immutable_id", "institution", "key", "month", "note", "number", "organization", "pages", "publisher"),
            *("school", "series", "url", "volume"),
        )
    },
}


def of_term(term: PropertyTerm) -> Property:
    """One of our property terms: of several values of a record the first of the latest measurement."""
    return Property(
        type="float",
        about=f"{term.en} ({term.ja}). Of several, the first of the latest measurement; `{PREFIX}values` has all.",
        field=Field(kind=Kind.NUMBER, path=term.key, unit=term.unit),
        unit=term.unit or "dimensionless",
    )


def structure_properties() -> dict[str, Property]:
    """Those of OPTIMADE, ours, and one for each property term that comes with Kiban."""
    return {**STRUCTURES, **{f"{PREFIX}{key}": of_term(term) for key, term in PROPERTY_TERMS.items()}}
