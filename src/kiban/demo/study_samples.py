"""The samples of the simulated study: what was done to them and what that made of them.

The numbers are invented. They follow what is known: titania from a sol-gel process crystallises as anatase, grows with
the temperature of annealing and turns into rutile between 600 and 900 °C; lithium cobalt oxide that is calcined hotter
is better ordered and keeps its capacity, until it grows too coarse for high currents.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Titania:
    """A titania film and the powder scratched off its twin."""

    name: str
    annealed_degc: int | None
    """`None` for the dried gel."""
    rutile_weight_fraction: float
    anatase_nm: float
    rutile_nm: float
    amorphous_counts: float
    """Height of the amorphous hump in the diffraction pattern."""
    hydroxyl: float
    gap_ev: float
    area_cm2: float
    """Electroactive area of the coated electrode."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cobaltate:
    """A lithium cobalt oxide powder and the cells made of it."""

    name: str
    calcined_degc: int
    crystallite_nm: float
    capacity_mah_per_g: float
    fade_per_cycle: float
    resistance_ohm: float
    active_mass_mg: float


TITANIA: tuple[Titania, ...] = tuple(
    Titania(
        name=f"TiO2-A{temperature}" if temperature else "TiO2-gel",
        annealed_degc=temperature,
        rutile_weight_fraction=rutile,
        anatase_nm=anatase_nm,
        rutile_nm=rutile_nm,
        amorphous_counts=amorphous,
        hydroxyl=hydroxyl,
        gap_ev=gap_ev,
        area_cm2=area_cm2,
    )
    for temperature, rutile, anatase_nm, rutile_nm, amorphous, hydroxyl, gap_ev, area_cm2 in (
        (None, 0.0, 5.0, 5.0, 420.0, 0.42, 3.30, 0.031),
        (400, 0.0, 9.0, 9.0, 140.0, 0.21, 3.25, 0.052),
        (500, 0.0, 14.0, 14.0, 60.0, 0.12, 3.22, 0.066),
        (600, 0.03, 24.0, 30.0, 30.0, 0.07, 3.20, 0.063),
        (700, 0.28, 45.0, 60.0, 15.0, 0.04, 3.15, 0.055),
        (800, 0.83, 70.0, 110.0, 10.0, 0.02, 3.05, 0.043),
        (900, 1.0, 80.0, 180.0, 10.0, 0.015, 3.01, 0.036),
    )
)

COBALTATES: tuple[Cobaltate, ...] = (
    Cobaltate(
        name="LCO-C750",
        calcined_degc=750,
        crystallite_nm=60.0,
        capacity_mah_per_g=148.0,
        fade_per_cycle=0.020,
        resistance_ohm=45.0,
        active_mass_mg=10.4,
    ),
    Cobaltate(
        name="LCO-C850",
        calcined_degc=850,
        crystallite_nm=120.0,
        capacity_mah_per_g=158.0,
        fade_per_cycle=0.006,
        resistance_ohm=28.0,
        active_mass_mg=10.1,
    ),
    Cobaltate(
        name="LCO-C950",
        calcined_degc=950,
        crystallite_nm=220.0,
        capacity_mah_per_g=156.0,
        fade_per_cycle=0.008,
        resistance_ohm=62.0,
        active_mass_mg=9.7,
    ),
)

STANDARD = "Si-standard"
"""Silicon powder that all three diffractometers measured."""
