"""What a block says of the crystal, the radiation and the conditions, under our standard names."""

from __future__ import annotations

import math
import re

from kiban.quantity.measured import Measured
from kiban.readers.cif_parts.block import Block
from kiban.readers.cif_parts.numbers import read_measured
from kiban.records.matter.crystal import cell_volume
from kiban.records.reading import MetadataValue

# The units are those that the core dictionary fixes for each tag; a CIF states none itself.
_QUANTITIES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("a", "angstrom", ("_cell_length_a",)),
    ("b", "angstrom", ("_cell_length_b",)),
    ("c", "angstrom", ("_cell_length_c",)),
    ("alpha", "deg", ("_cell_angle_alpha",)),
    ("beta", "deg", ("_cell_angle_beta",)),
    ("gamma", "deg", ("_cell_angle_gamma",)),
    ("volume", "angstrom**3", ("_cell_volume",)),
    ("density", "g/cm**3", ("_exptl_crystal_density_diffrn", "_exptl_crystal_density_meas")),
    ("temperature", "K", ("_diffrn_ambient_temperature", "_diffrn_ambient_temp", "_cell_measurement_temperature")),
    ("pressure", "kPa", ("_diffrn_ambient_pressure", "_cell_measurement_pressure")),
    (
        "wavelength",
        "angstrom",
        (
            "_diffrn_radiation_wavelength",
            "_diffrn_radiation_wavelength_value",
            "_diffrn_radiation_wavelength_wavelength",
        ),
    ),
)
_TEXTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("chemical_formula", ("_chemical_formula_sum", "_chemical_formula_iupac", "_chemical_formula_moiety")),
    ("chemical_name", ("_chemical_name_mineral", "_chemical_name_common", "_chemical_name_systematic")),
    (
        "space_group",
        ("_space_group_name_h-m_alt", "_symmetry_space_group_name_h-m", "_space_group_name_h-m_ref"),
    ),
    ("space_group_hall", ("_space_group_name_hall", "_symmetry_space_group_name_hall")),
    ("publication_doi", ("_journal_paper_doi", "_citation_doi", "_citation.pdbx_database_id_doi")),
    ("publication_title", ("_publ_section_title", "_citation_title", "_citation.title")),
    ("publication_journal", ("_journal_name_full", "_citation_journal_full", "_citation.journal_abbrev")),
    ("publication_year", ("_journal_year", "_citation_year", "_citation.year")),
    ("model", ("_diffrn_measurement_device_type", "_pd_instr_location")),
    ("software", ("_computing_structure_refinement", "_computing_data_collection")),
)
_NUMBERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("space_group_number", ("_space_group_it_number", "_symmetry_int_tables_number")),
    ("formula_units", ("_cell_formula_units_z", "_cell_z_pdb")),
)
_ANODE = re.compile(r"\s*([A-Z][a-z]?)\s*[-,]?\s*K(?:\\?a|α|\b)")


def read_metadata(block: Block) -> dict[str, MetadataValue]:
    """Collect what the block gives; nothing is filled in that it leaves out."""
    metadata: dict[str, MetadataValue] = {}
    for name, unit, tags in _QUANTITIES:
        quantity = block.measured(unit, *tags)
        if quantity is not None:
            metadata[name] = quantity
    metadata |= _two_wavelengths(block)
    for name, tags in _TEXTS:
        text = block.text(*tags)
        if text is not None and text.strip() not in {"", "?", "."}:
            metadata[name] = " ".join(text.split()) if name.startswith("publication") else text
    if authors := [" ".join(each.split()) for each in block.texts("_publ_author_name") or () if each.strip("?. ")]:
        metadata["publication_authors"] = "; ".join(authors)
    for name, tags in _NUMBERS:
        number = block.measured("", *tags)
        if number is not None and number.value == int(number.value):
            metadata[name] = int(number.value)
    radiation = block.text("_diffrn_radiation_type")
    anode = _ANODE.match(radiation) if radiation else None
    if anode is not None:
        metadata["anode"] = anode[1]
    return metadata


def _two_wavelengths(block: Block) -> dict[str, MetadataValue]:
    """Kα1 and Kα2 in a loop of their own: the two wavelengths of a doublet lie within one percent."""
    for tag in ("_diffrn_radiation_wavelength", "_diffrn_radiation_wavelength_value"):
        found = [read_measured(text, "angstrom") for text in block.texts(tag) or ()]
        if len(found) == 2 and found[0] is not None and found[1] is not None:
            first, second = sorted((found[0], found[1]), key=lambda m: m.value)
            if 0 < first.value < second.value < 1.01 * first.value:
                return {"wavelength": first, "wavelength_kalpha2": second}
    return {}


def title(block: Block) -> str:
    """The crystal's name, its formula, or the name of the block."""
    name = block.text("_chemical_name_mineral", "_chemical_name_common", "_chemical_name_systematic")
    return name or block.text("_chemical_formula_sum") or block.name or "CIF"


def cell_doubts(metadata: dict[str, MetadataValue]) -> list[str]:
    """Compare what the block says twice: the volume with the cell."""
    cell = [metadata.get(key) for key in ("a", "b", "c", "alpha", "beta", "gamma", "volume")]
    if not all(isinstance(value, Measured) for value in cell):
        return []
    a, b, c, alpha, beta, gamma, volume = (value.value for value in cell if isinstance(value, Measured))
    stated = cell[-1]
    doubt = stated.uncertainty if isinstance(stated, Measured) else None
    if a == b == c == 1.0:
        return ["The cell is 1 Å by 1 Å by 1 Å, which stands for no cell in files of molecules."]
    follows = cell_volume((a, b, c), (alpha, beta, gamma))
    allowed = max(0.005 * abs(volume), 5.0 * (doubt.value if doubt else 0.0))
    if math.isfinite(follows) and abs(follows - volume) <= allowed:
        return []
    return [f"The stated cell volume, {volume:g} Å³, does not follow from the cell, which gives {follows:.6g} Å³."]
