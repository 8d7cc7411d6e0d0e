"""Columns of Quantum Design's data files: what we call them and in what unit they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kiban.readers.tables.column_headers import ColumnHeader, read_label, slug, unique
from kiban.readers.words.unit_words import read_unit

COMMENT = "comment"

_UNITS = {
    "sec": "s",
    "seconds": "s",
    "grams": "g",
    "amps": "A",
    "watts": "W",
    "ohm": "ohm",
    "ohms": "ohm",
    "ohm-m": "ohm*m",
    "ohm-cm": "ohm*cm",
    "ohm-cm-rad": "ohm*cm*rad",
    "cm^3/coul": "cm**3/coulomb",
    "oersted": "oersted",
    "kelvin": "K",
    "c": "degC",
    "db": "dB",
    "percent": "percent",
    "volts": "V",
    "k^2": "K**2",
    "w/k-m": "W/K/m",
    "v/w": "V/W",
    "uv/k": "uV/K",
}
_NO_UNITS = frozenset({"", "code", "factor", "chisquare", "count", "index"})
_MOLE = re.compile(r"\bmole\b")

_NAMES = {
    "time": "time",
    "time stamp": "time",
    "timestamp": "time",
    "temperature": "temperature",
    "sample temp": "temperature",
    "sample temp.": "temperature",
    "field": "magnetic_field",
    "magnetic field": "magnetic_field",
    "moment": "magnetic_moment",
    "long moment": "magnetic_moment",
    "trans moment": "transverse_moment",
    "m. std. err.": "magnetic_moment_error",
    "long scan std dev": "magnetic_moment_deviation",
    "m-dc": "dc_moment",
    "m-std.dev.": "magnetic_moment_deviation",
    "m'": "ac_moment_real",
    "m''": "ac_moment_imaginary",
    "ac moment": "ac_moment",
    "ac x'": "ac_susceptibility_real",
    "ac x''": "ac_susceptibility_imaginary",
    "ac x' ": "ac_susceptibility_real",
    "frequency": "frequency",
    "wave frequency": "frequency",
    "phase": "phase",
    "samp hc": "heat_capacity",
    "samp hc err": "heat_capacity_error",
    "addenda hc": "addenda_heat_capacity",
    "addenda hc err": "addenda_heat_capacity_error",
    "total hc": "total_heat_capacity",
    "total hc err": "total_heat_capacity_error",
    "samp hc/temp": "heat_capacity_over_temperature",
    "puck temp": "puck_temperature",
    "system temp": "system_temperature",
    "temp rise": "temperature_rise",
    "conductivity": "thermal_conductivity",
    "conductivity err.": "thermal_conductivity_error",
    "conductivity std err": "thermal_conductivity_error",
    "seebeck coef.": "seebeck_coefficient",
    "seebeck std err": "seebeck_coefficient_error",
    "resistivity": "resistivity",
    "resistivity std err": "resistivity_error",
    "figure of merit": "figure_of_merit",
}
_PATTERNS = (
    (re.compile(r"bridge (\d+) (resistivity|resistance|excitation)"), r"bridge_\1_\2"),
    (re.compile(r"bridge (\d+) std\. dev\."), r"bridge_\1_deviation"),
    (re.compile(r"(?:ac )?resistance ch(?:annel )?(\d+)"), r"resistance_\1"),
    (re.compile(r"(?:ac )?resistivity ch(?:annel )?(\d+)"), r"resistivity_\1"),
    (re.compile(r"resistance std\. dev\. ch(\d+)"), r"resistance_\1_deviation"),
    (re.compile(r"res\. ch(\d+)"), r"resistivity_\1"),
    (re.compile(r"res\. std\.dev\. ch(\d+)"), r"resistivity_\1_deviation"),
    (re.compile(r"hall ch(\d+)"), r"hall_coefficient_\1"),
    (re.compile(r"hall std\.dev\. ch(\d+)"), r"hall_coefficient_\1_deviation"),
    (re.compile(r"volts ch(\d+)"), r"voltage_\1"),
    (re.compile(r"crit\.cur\. ch(\d+)"), r"critical_current_\1"),
)
_BRACKET = re.compile(r"(?P<words>.*?)\s*\((?P<unit>[^()]*)\)\s*")
_ERROR = re.compile(r"(?:std\.? ?err\.?|\berr\.?)", re.IGNORECASE)


def read_columns(labels: Sequence[str]) -> list[ColumnHeader]:
    """Name the columns; each name is there once."""
    return unique([_read(label) for label in labels])


def _read(text: str) -> ColumnHeader:
    label = re.sub(r"\s+", " ", text).strip()
    match = _BRACKET.fullmatch(label)
    if match is None:
        # MultiVu of the older MPMS counts its `Time` in seconds without saying so.
        seconds = "s" if label.lower() == "time" else ""
        header = replace(read_label(label), unit=seconds, unit_as_written="")
        return replace(header, name=_name(label) or slug(label))
    words, written = match["words"], match["unit"].strip()
    unit = _unit(written)
    if unit is None:
        return ColumnHeader(name=_name(words) or slug(label), label=label)
    written = "" if written.lower() in _NO_UNITS else written
    return ColumnHeader(name=_name(words) or slug(words), label=label, unit=unit, unit_as_written=written)


def _unit(written: str) -> str | None:
    """The unit in our spelling; empty where the brackets hold none, `None` where they hold words of some other kind."""
    lowered = written.lower()
    if lowered in _NO_UNITS:
        return ""
    if lowered in _UNITS:
        return _UNITS[lowered]
    # A micro sign that lost its code page on the way comes as a question mark; what else stands there cannot be known.
    spelled = _MOLE.sub("mol", written).replace("\ufffd", "µ")
    return read_unit(spelled.replace("-K", "/K") if "/" in spelled else spelled)


def _name(words: str) -> str:
    lowered = words.strip().lower()
    if lowered in _NAMES:
        return _NAMES[lowered]
    for pattern, name in _PATTERNS:
        match = pattern.fullmatch(lowered)
        if match is not None:
            return match.expand(name)
    return COMMENT if lowered == COMMENT else ""


def is_error_of(one: ColumnHeader, other: ColumnHeader) -> bool:
    """Say whether the first column holds the standard errors of the second: same words but `Err`, same unit."""
    if one.unit != other.unit or not _ERROR.search(one.label):
        return False
    if one.name == f"{other.name}_error":
        return True
    bare = " ".join(_ERROR.sub(" ", one.label).split())
    return bare == " ".join(other.label.split())
