"""Names of materials that look like chemical formulas: `SUS304` is a steel, not S U S304."""

from __future__ import annotations

import re

_ABBREVIATIONS = frozenset({"PC", "PI", "PP", "PS", "PU", "P3HT", "F8BT"})
"""Polymers whose letters are elements; three capitals and more are caught without a list."""
_COMPOUNDS = frozenset(
    {"KOH", "HCN", "KCN", "HNC", "HOF", "HIO", "COS", "OCS", "SCN", "OCN", "NCO", "CNO", "HNO", "HCO"}
    | {"KOCN", "KCNO", "KSCN", "HSCN", "HNCS", "HNCO", "HOCN", "HCNO"}
)
"""What chemists do write with three capitals or more and no number."""
_ALLOYS = frozenset({"Ti6Al4V", "Ti6Al7Nb", "Ti5Al2.5Sn", "Ti3Al2.5V", "Ti15V3Cr3Sn3Al"})
"""Mass percents written without hyphens."""

_FAMILIES = frozenset(
    {
        "AlGaAs",
        "AlGaN",
        "AlInN",
        "AlGaInP",
        "AlInGaN",
        "InGaAs",
        "InGaN",
        "InGaP",
        "InGaAsP",
        "InGaSb",
        "GaAsP",
        "GaInP",
    }
    | {"HgCdTe", "CdHgTe", "CdZnTe", "CuInGaSe", "CuZnSnS", "InGaZnO", "NdFeB", "SmCo", "CoFeB", "CoCrMo", "CoCrFeNiMn"}
)
"""Names that list the elements without their amounts."""

_GRADE = re.compile(r"[A-Z]{2,}\d{3,}[A-Z]?\d?|(?!C\d\d[02468]$)[A-Z]\d{3,}")  # SUS304L, S355; but C240, a fullerene
_CARBON_STEEL = re.compile(r"S\d\dCK?")  # JIS G 4051: S45C
_CAPITALS = re.compile(r"[A-Z]{3,}")


def reason_for_a_name(text: str) -> str | None:
    """Say why a text that could be read as a formula is taken for a name; `None` where it is not."""
    if text in _FAMILIES:
        return "it names a family of alloys, without the amounts"
    if text in _ALLOYS:
        return "it is used for an alloy in mass percent"
    if _GRADE.fullmatch(text) or _CARBON_STEEL.fullmatch(text):
        return "it looks like the designation of a grade"
    if text in _ABBREVIATIONS or (_CAPITALS.fullmatch(text) and text not in _COMPOUNDS):
        return "it looks like an abbreviation of a name"
    return None
