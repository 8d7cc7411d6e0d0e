"""What made measurements say of their samples: some values of each technique, with conditions and uncertainties."""

from __future__ import annotations

import random
from collections.abc import Iterator

from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Origin, Uncertainty
from kiban.records.property import Property

_SAID = {
    "xrd": (("d_spacing", "angstrom", 0.8, 6.0), ("crystallite_size", "nm", 5.0, 200.0)),
    "mechanical_test": (("hardness", "GPa", 0.0, 1.0), ("youngs_modulus", "GPa", 40.0, 600.0)),
    "raman": (("raman_shift", "1/cm", 80.0, 3200.0),),
    "uv_vis": (("absorption_wavelength", "nm", 200.0, 1100.0), ("optical_band_gap", "eV", 0.5, 6.5)),
    "thermogravimetry": (("mass_loss", "percent", 0.0, 60.0),),
    "electrical_transport": (
        ("electrical_resistivity", "ohm*cm", 1e-5, 10.0),
        ("seebeck_coefficient", "uV/K", -300.0, 300.0),
    ),
}
"""For each technique its terms, with unit and bounds."""


def facts_of(chance: random.Random, technique: str, n: int, hardness_gpa: float) -> Iterator[Property]:
    """Draw so many values.

    Parameters
    ----------
    hardness_gpa : float
        About which the hardness of the sample lies.
    """
    said = _SAID[technique]
    for i in range(n):
        term, unit, low, high = said[i % len(said)]
        value = chance.uniform(low, high)
        if term == "hardness":
            value = max(0.05, chance.gauss(hardness_gpa, 0.4))
        doubt = None
        if chance.random() < 0.7:
            doubt = Uncertainty(value=abs(value) * chance.uniform(0.005, 0.08) + 1e-9, origin=Origin.REPEAT)
        yield Property(
            term=term,
            value=Measured(value, unit, doubt),
            condition={"point": i // len(said)},
            method=f"{technique}/1",
        )
