"""EC-Lab's column labels: the quantity, the unit, and what we call it."""

from __future__ import annotations

import re

from kiban.quantity.spelling import respell
from kiban.records.reading import Role

_UNITS = {
    "Ohm-1": "1/ohm",
    "Ohm": "ohm",
    "Ohm.cm": "ohm*cm",
    "C": "coulomb",
    "F": "farad",
    "µF-2": "1/uF**2",
    "S.cm-1": "siemens/cm",
    "mS/cm": "mS/cm",
    "mA/cm²": "mA/cm**2",
    "mA/cm2": "mA/cm**2",
    "A/cm2": "A/cm**2",
    "C/cm2": "coulomb/cm**2",
    "C/cm²": "coulomb/cm**2",
    "mA/s": "mA/s",
    "V/s": "V/s",
    "mm/yr": "mm/year",
    "mA.h/g": "mA*h/g",
    "µA.h": "uA*h",
    "nA.h": "nA*h",
    "mW.h": "mW*h",
    "min": "min",
}
"""Units as EC-Lab writes them after the slash of a label, and how we spell them."""

_SPELT_BY_ALL = (
    *("s", "Hz", "kHz", "V", "mV", "µV", "A", "mA", "µA", "nA", "A.h", "mA.h", "W", "mW", "W.h", "µF", "nF", "mF"),
    *("deg", "rad", "%", "°C", "K", "rpm", "g", "nm"),
)
"""Units whose spellings are not EC-Lab's own."""
_UNITS |= {unit: respell(unit) for unit in _SPELT_BY_ALL}
_UNITS |= {"cm2": "cm**2", "cm3": "cm**3"}
# Systems whose character set has no µ (Japanese ones) get a u.
_UNITS |= {unit.replace("µ", "u"): ours for unit, ours in _UNITS.items()}

CONTROL = "control/V/mA"
"""Set potential and set current in one column; the mode of each point says which."""

_NAMES = {
    "time": "time",
    "step time": "step_time",
    "cycle time": "cycle_time",
    "freq": "frequency",
    "Ewe": "potential",
    "<Ewe>": "potential_average",
    "Ecell": "cell_potential",
    "<Ecell>": "cell_potential_average",
    "Ewe-Ece": "cell_potential",
    "Ece": "counter_potential",
    "<Ece>": "counter_potential_average",
    "I": "current",
    "<I>": "current_average",
    "|Ewe|": "potential_amplitude",
    "|Ece|": "counter_potential_amplitude",
    "|I|": "current_amplitude",
    "dq": "charge_increment",
    "dQ": "charge_of_step",
    "(Q-Qo)": "charge",
    "Q charge/discharge": "half_cycle_charge",
    "Q charge": "charge_capacity",
    "Q discharge": "discharge_capacity",
    "Capacity": "capacity",
    "Efficiency": "coulombic_efficiency",
    "x": "intercalated_fraction",
    "P": "power",
    "R": "resistance",
    "|Energy|": "energy",
    "Energy charge": "charge_energy",
    "Energy discharge": "discharge_energy",
    "Capacitance charge": "charge_capacitance",
    "Capacitance discharge": "discharge_capacitance",
    "Cs": "series_capacitance",
    "Cp": "parallel_capacitance",
    "Cs-2": "series_capacitance_to_minus_2",
    "Cp-2": "parallel_capacitance_to_minus_2",
    "Rcmp": "compensated_resistance",
    "Temperature": "temperature",
    "T": "temperature",
    "rotation rate": "rotation_rate",
    "Analog OUT": "analog_output",
    "Ns": "step_index",
    "I Range": "current_range",
    "half cycle": "half_cycle",
    "cycle number": "cycle_number",
    "z cycle": "impedance_cycle",
    "loop": "loop_index",
    "mode": "mode",
    "ox/red": "oxidation",
    "error": "error",
    "control changes": "control_changes",
    "Ns changes": "step_changes",
    "counter inc.": "counter_increments",
}

_PARTS = {"Re": "real", "-Re": "real_negative", "Im": "imaginary", "-Im": "imaginary_negative", "Phase": "phase"}
_WHOLES = {"Z": "impedance", "Y": "admittance", "C": "capacitance", "M": "electric_modulus"}
_ELECTRODES = {"Ewe": "potential", "Ece": "counter_potential", "I": "current"}

_AUXILIARY = {
    "oxidation",
    "mode",
    "error",
    "control",
    "control_changes",
    "control_current",
    "control_potential",
    "step_changes",
    "counter_increments",
    "loop_index",
    "step_index",
    "step_time",
    "cycle_time",
    "cycle_number",
    "current_range",
    "half_cycle",
    "impedance_cycle",
    "compensated_resistance",
    "temperature",
    "rotation_rate",
    "analog_output",
}


def spell(unit: str) -> str:
    """Turn EC-Lab's spelling of a unit into ours."""
    unit = unit.replace("μ", "µ").strip()
    return _UNITS.get(unit) or respell(unit.replace("²", "**2").replace("³", "**3"))


def split(label: str) -> tuple[str, str, str]:
    """Take a label apart.

    Returns
    -------
    (str, str, str)
        The quantity, the unit in our spelling and the unit as written: `("Q charge/discharge", "mA*h", "mA.h")`.
        Quantities have slashes of their own, so only what is known as a unit counts as one.
    """
    label = label.replace("μ", "µ").strip()
    if label == CONTROL:
        return label, "", ""
    # One public file closes the bracket of a mean behind the unit: `<Ewe/V>`.
    label = re.sub(r"^<([^<>/]+)(/[^<>]+)>$", r"<\1>\2", label)
    bracketed = re.fullmatch(r"(.+) \((.+)\)", label)
    if bracketed and bracketed[2] in _UNITS:
        return bracketed[1], _UNITS[bracketed[2]], bracketed[2]
    for slash in (i for i, letter in enumerate(label) if letter == "/"):
        unit = label[slash + 1 :].strip()
        if unit in _UNITS and slash:
            return label[:slash].strip(), _UNITS[unit], unit
    return label, "", ""


def name_for(quantity: str, unit: str) -> str:
    """Find our name for a quantity.

    Parameters
    ----------
    quantity, unit : str
        As `split` gives them.
    """
    if quantity == "control":
        return "control_potential" if unit in {"V", "mV"} else "control_current"
    if quantity == CONTROL:
        return "control"
    return _NAMES.get(quantity) or _composed(quantity) or _slug(quantity)


def role_of(name: str) -> Role:
    """Tell signals from what only came along."""
    if name in _AUXILIARY or name.startswith("analog_input"):
        return Role.AUXILIARY
    return Role.SIGNAL


def _composed(quantity: str) -> str | None:
    """Names of impedances and the like at the electrode, counter electrode, cell or stack element; harmonics."""
    part = re.fullmatch(r"(-?Re|-?Im|Phase)\(([ZYCM])(ce|we-ce|stack|\d+)?\)", quantity)
    if part:
        of, which = _WHOLES[part[2]], _where(part[3])
        # The phase of the impedance is the one that everybody means by "phase".
        return which + ("phase" if (part[1], part[2]) == ("Phase", "Z") else f"{of}_{_PARTS[part[1]]}")
    modulus = re.fullmatch(r"\|([ZYCM])(ce|we-ce|stack|\d+)?\|", quantity)
    if modulus:
        return f"{_where(modulus[2])}{_WHOLES[modulus[1]]}_modulus"
    harmonic = re.fullmatch(r"\|(Ewe|Ece|I) h(\d)\|", quantity)
    if harmonic:
        return f"{_ELECTRODES[harmonic[1]]}_harmonic_{harmonic[2]}"
    quality = re.fullmatch(r"(THD|NSD|NSR) (Ewe|Ece|I)", quantity)
    if quality:
        return f"{quality[1].lower()}_{_ELECTRODES[quality[2]]}"
    analog = re.fullmatch(r"Analog IN (\d)", quantity)
    return f"analog_input_{analog[1]}" if analog else None


def _where(suffix: str | None) -> str:
    return {None: "", "ce": "counter_", "we-ce": "cell_", "stack": "stack_"}.get(suffix, f"element_{suffix}_")


def _slug(quantity: str) -> str:
    words = re.sub(r"<(.+?)>", r"\1 average", quantity)
    words = re.sub(r"\|(.+?)\|", r"\1 modulus", words)
    slug = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")
    return slug if slug[:1].isalpha() else f"column_{slug}".rstrip("_")
