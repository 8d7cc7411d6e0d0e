"""A crystal structure as a Reading: the sites' coordinates, occupancies and displacements, and the unit cell."""

from __future__ import annotations

import numpy as np

from kiban.quantity.series import Series, Uncertainties
from kiban.quantity.uncertainty import Origin
from kiban.readers.cif_parts.block import Block
from kiban.readers.cif_parts.metadata import cell_doubts, read_metadata, title
from kiban.readers.cif_parts.numbers import is_numeric, is_unknown, read_number, read_series
from kiban.records.reading import Json, Reading, Role, Variable

_SITE_COLUMNS: tuple[tuple[str, str, str, Role], ...] = (
    ("fract_x", "fract_x", "", Role.SIGNAL),
    ("fract_y", "fract_y", "", Role.SIGNAL),
    ("fract_z", "fract_z", "", Role.SIGNAL),
    ("cartn_x", "cartn_x", "angstrom", Role.SIGNAL),
    ("cartn_y", "cartn_y", "angstrom", Role.SIGNAL),
    ("cartn_z", "cartn_z", "angstrom", Role.SIGNAL),
    ("occupancy", "occupancy", "", Role.SIGNAL),
    ("u_iso_or_equiv", "u_iso", "angstrom**2", Role.AUXILIARY),
    ("b_iso_or_equiv", "b_iso", "angstrom**2", Role.AUXILIARY),
    ("symmetry_multiplicity", "multiplicity", "", Role.AUXILIARY),
    ("site_symmetry_multiplicity", "multiplicity", "", Role.AUXILIARY),
)
_PAIRS = ("11", "22", "33", "12", "13", "23")
_LENGTHS = tuple(f"_cell_length_{axis}" for axis in "abc")
_ANGLES = tuple(f"_cell_angle_{angle}" for angle in ("alpha", "beta", "gamma"))


def has_sites(block: Block) -> bool:
    """Say whether the block lists atoms with coordinates."""
    return any(is_numeric(block.texts(f"_atom_site_{kind}_x") or ()) for kind in ("fract", "cartn"))


def has_cell(block: Block) -> bool:
    """Say whether the block gives the lengths of a unit cell."""
    return all((text := block.text(tag)) is not None and read_number(text) is not None for tag in _LENGTHS)


def read_structure(block: Block) -> Reading:
    """Make the Reading of a block that has sites or a cell."""
    header, doubts = block.header()
    if has_sites(block):
        header["sites"] = _names_of_sites(block)
    metadata = read_metadata(block)
    variables = [*_sites(block), *_displacements(block), *_cell(block)]
    doubts += cell_doubts(metadata) + _site_doubts(block)
    return Reading(
        technique="crystal_structure",
        title=title(block),
        variables=tuple(variables),
        header=header,
        metadata=metadata,
        doubts=tuple(doubts),
    )


def _sites(block: Block) -> list[Variable]:
    if not has_sites(block):
        return []
    found: dict[str, Variable] = {}
    for column, name, unit, role in _SITE_COLUMNS:
        tag = f"_atom_site_{column}"
        texts = block.texts(tag)
        if texts is None or name in found or not is_numeric(texts):
            continue
        series = read_series(texts, unit, uncertainties=block.uncertainties(tag))
        found[name] = Variable(name=name, series=series, dimensions=("site",), role=role, label=block.written(tag))
    return list(found.values())


def _names_of_sites(block: Block) -> dict[str, Json]:
    """The texts of the sites, one for each, in the order of the variables along `site`."""
    tags = {"label": "_atom_site_label", "element": "_atom_site_type_symbol"}
    if block.texts("_atom_site_label") is None:
        tags["label"] = "_atom_site_label_atom_id"
    return {name: list(texts) for name, tag in tags.items() if (texts := block.texts(tag)) is not None}


def _displacements(block: Block) -> list[Variable]:
    """The anisotropic displacements, which only some of the sites have: a dimension of their own."""
    variables = []
    for kind in "ub":
        for pair in _PAIRS:
            tag = f"_atom_site_aniso_{kind}_{pair}"
            texts = block.texts(tag) or ()
            if is_numeric(texts):
                series = read_series(texts, "angstrom**2", uncertainties=block.uncertainties(tag))
                variables.append(
                    Variable(
                        name=f"{kind}_{pair}",
                        series=series,
                        dimensions=("anisotropic_site",),
                        role=Role.AUXILIARY,
                        label=block.written(tag),
                    )
                )
    return variables


def _cell(block: Block) -> list[Variable]:
    role = Role.AUXILIARY if has_sites(block) else Role.SIGNAL
    variables = []
    for name, tags, unit in (("cell_length", _LENGTHS, "angstrom"), ("cell_angle", _ANGLES, "deg")):
        values = [block.measured(unit, tag) for tag in tags]
        known = [value for value in values if value is not None]
        if len(known) < len(tags):
            continue
        doubts = [value.uncertainty.value if value.uncertainty else np.nan for value in known]
        uncertainty = (
            None if bool(np.all(np.isnan(doubts))) else Uncertainties(values=np.array(doubts), origin=Origin.FILE)
        )
        series = Series([value.value for value in known], unit, uncertainty)
        variables.append(Variable(name=name, series=series, dimensions=("cell_axis",), role=role))
    return variables


def _site_doubts(block: Block) -> list[str]:
    """Coordinates that are text, occupancies that cannot be, and temperatures that disagree."""
    doubts = []
    for column in ("fract_x", "fract_y", "fract_z", "occupancy"):
        texts = block.texts(f"_atom_site_{column}") or ()
        odd = [text for text in texts if not is_unknown(text) and read_number(text) is None]
        if odd:
            doubts.append(f"_atom_site_{column} has '{odd[0][:30]}' where a number is expected.")
    numbers = [read_number(text) for text in block.texts("_atom_site_occupancy") or ()]
    n_odd = sum(n is not None and not -0.001 <= n.value <= 1.001 for n in numbers)
    if n_odd:
        doubts.append(f"{n_odd} occupanc{'ies lie' if n_odd > 1 else 'y lies'} outside 0 to 1.")
    cell = block.measured("K", "_cell_measurement_temperature")
    whole = block.measured("K", "_diffrn_ambient_temperature")
    if cell is not None and whole is not None and abs(cell.value - whole.value) > 1.0:
        doubts.append(f"The cell was measured at {cell.value:g} K, the intensities at {whole.value:g} K.")
    return doubts
