"""Units as the registry of GEMD reads them: full names, and the coherent SI unit where it does not know a name.

GEMD's registry (`citrine_en.txt` of gemd 2.3.2) shares most names with ours, but not the symbol `h`, nor the units of
textile and surveying, nor those that laboratories use for numbers with a name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kiban.errors import UnknownUnit
from kiban.quantity.measured import Measured
from kiban.quantity.unit import si_unit, spelled_out

_NAME = re.compile(r"[^\W\d]\w*")
_PPM = re.compile(r"\bppm\b")
"""The only name that GEMD reads and writes differently."""
_FOREIGN = (
    "LMH", "RKM", "aberdeen", "acre", "acre_foot", "cables_length", "chain", "decitex", "delta_degree_Reaumur",
    "denier", "dtex", "fathom", "foot_Hg", "furlong", "jute", "laboratory_emu", "laboratory_gauss",
    "laboratory_oersted", "laboratory_maxwell", "laboratory_energy_product", "parts_per_billion",
    "league", "link", "meter_Hg", "meter_per_second_squared", "number_english",
    "number_meter", "percent_transmittance", "quarter", "rod", "strain", "survey_foot", "survey_mile", "tex",
    "atomic_unit_of_electric_field_gradient", "absorbance", "absorbance_unit", "arbitrary_unit", "kubelka_munk",
    "log10_molar_absorptivity", "reflectance", "transmittance", "conventional_mercury_density",
    "conventional_water_density",
)  # fmt: skip
"""Names that GEMD does not know or has another size for, compared with gemd 2.3.2; prefixes may stand before them."""
_NUMBERS = frozenset(
    {
        "absorbance", "absorbance_unit", "arbitrary_unit", "kubelka_munk", "log10_molar_absorptivity", "reflectance",
        "transmittance",
    }
)  # fmt: skip
"""Units of our own that are left in products of base units; for GEMD they are numbers."""


@dataclass(frozen=True, slots=True)
class InUnits:
    """A quantity in a unit that GEMD reads."""

    value: Measured
    units: str
    is_converted: bool
    """The number is another than in Kiban."""
    is_bare: bool
    """The unit has no counterpart in GEMD and is only told."""


def for_gemd(value: Measured) -> InUnits | None:
    """Say a quantity in a unit of GEMD; `None` where its unit is not known to Kiban either."""
    try:
        names = spelled_out(value.unit)
    except UnknownUnit:
        return None
    if not any(name.endswith(_FOREIGN) for name in _NAME.findall(names)):
        return InUnits(value, _PPM.sub("parts_per_million", names), is_converted=False, is_bare=False)
    coherent = value.in_unit(si_unit(value.unit))
    kept, bare = _without_own(coherent.unit)
    return InUnits(coherent, kept, is_converted=coherent.value != value.value, is_bare=bare)


def _without_own(coherent: str) -> tuple[str, bool]:
    """Leave our own units out of a product of base units."""
    factors = coherent.split("*") if "**" not in coherent else re.split(r"(?<!\*)\*(?!\*)", coherent)
    kept = [factor for factor in factors if factor.partition("**")[0] not in _NUMBERS]
    # A unit like absorbance is a number for SI as well: then its name is all that is lost.
    return spelled_out("*".join(kept)), len(kept) < len(factors) or coherent == ""
