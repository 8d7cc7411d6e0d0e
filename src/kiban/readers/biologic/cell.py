"""What EC-Lab's users enter about the cell, alike for the binary file and its text export."""

from __future__ import annotations

import re

from kiban.quantity.measured import Measured
from kiban.records.reading import MetadataValue

_DEFAULTS = {0.0, 0.001}
"""EC-Lab shows a mass or an area of 0.001 (or 0) until somebody enters one. As a divisor it would turn out capacities
and current densities that look real, so it does not count as stated. The header keeps it."""

_EXAMPLE_MG = 7000.0
"""Mass of active material in the example cell (LiCoO2, 18650) that EC-Lab offers for battery techniques."""


def cell_metadata(
    *,
    comment: str,
    active_mass: Measured | None,
    characteristic_mass: Measured | None,
    electrode_area: Measured | None,
    battery_capacity: Measured | None,
    reference_electrode: str,
    electrode_material: str,
    electrolyte: str,
) -> dict[str, MetadataValue]:
    """Put the entries under their standard names and drop those that nobody made.

    Parameters
    ----------
    active_mass : Measured, mass
        Of the electrode's active material.
    characteristic_mass : Measured, mass
        By which EC-Lab divides where it shows specific quantities; what it is the mass of is the user's choice.
    """
    texts = {
        "comment": "\n".join(line.rstrip() for line in comment.splitlines()).strip(),
        "reference_electrode": reference_electrode,
        "electrode_material": electrode_material,
        "electrolyte": electrolyte,
    }
    values = {
        "active_mass": active_mass,
        "characteristic_mass": characteristic_mass,
        "electrode_area": electrode_area,
        "battery_capacity": battery_capacity,
    }
    if active_mass is not None and active_mass.unit == "mg" and active_mass.value == _EXAMPLE_MG:
        del values["active_mass"]
    metadata: dict[str, MetadataValue] = {name: text for name, text in texts.items() if text}
    metadata |= {name: value for name, value in values.items() if value is not None and value.value not in _DEFAULTS}
    return metadata


def sample_in(comment: str) -> str | None:
    """Find the sample's name in a comment line "Sample: name"; EC-Lab has no field of its own for it."""
    for line in comment.splitlines():
        match = re.match(r"\s*(?:sample|試料)\s*[:=：]\s*(\S.*)", line, re.IGNORECASE)
        if match:
            return match[1].strip()
    return None
