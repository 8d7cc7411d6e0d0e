"""The techniques of BioLogic's EC-Lab: which code a `.mpr` file has for them, what a `.mpt` file calls them."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EcLabTechnique:
    """A technique of EC-Lab."""

    name: str
    """As EC-Lab writes it out at the head of a text export."""
    short: str
    key: str
    """The key in `kiban.records.technique`."""


CODES = {
    0x04: EcLabTechnique("Galvanostatic Cycling with Potential Limitation", "GCPL", "galvanostatic_cycling"),
    0x06: EcLabTechnique("Cyclic Voltammetry", "CV", "cyclic_voltammetry"),
    0x0B: EcLabTechnique("Open Circuit Voltage", "OCV", "open_circuit_voltage"),
    0x16: EcLabTechnique("Modular Potentio", "MP", "electrochemistry"),
    0x18: EcLabTechnique("Chronoamperometry / Chronocoulometry", "CA", "chronoamperometry"),
    0x19: EcLabTechnique("Chronopotentiometry", "CP", "chronopotentiometry"),
    0x1C: EcLabTechnique("Wait", "WAIT", "electrochemistry"),
    0x1D: EcLabTechnique("Potentio Electrochemical Impedance Spectroscopy", "PEIS", "impedance"),
    0x1E: EcLabTechnique("Galvano Electrochemical Impedance Spectroscopy", "GEIS", "impedance"),
    0x30: EcLabTechnique("Cyclic Voltammetry", "CV", "cyclic_voltammetry"),
    0x32: EcLabTechnique("IR compensation (PEIS)", "ZIR", "impedance"),
    0x33: EcLabTechnique("Cyclic Voltammetry Advanced", "CVA", "cyclic_voltammetry"),
    0x6C: EcLabTechnique("Linear Sweep Voltammetry", "LSV", "linear_sweep_voltammetry"),
    0x75: EcLabTechnique("Constant Voltage", "CstV", "chronoamperometry"),
    0x76: EcLabTechnique("Constant Current", "CstC", "chronopotentiometry"),
    0x77: EcLabTechnique("Galvanostatic Cycling with Potential Limitation", "GCPL", "galvanostatic_cycling"),
    0x7F: EcLabTechnique("Modulo Bat", "MB", "electrochemistry"),
}
"""By the first byte of the settings module. OCV, CA, CP, GCPL, PEIS, GEIS, WAIT, MB, LSV, CVA and CstC stand in files
at hand; the others are as other programs report them."""

# What the long names have in common, the more special before the more general ("Impedance" stands in names that also
# hold "Potentio", "Cyclic Voltammetry" in those of its variants).
_BY_NAME = (
    (r"impedance|\bIR compensation\b", "impedance"),
    (r"galvanostatic cycling", "galvanostatic_cycling"),
    (r"linear sweep|linear polari[sz]ation|\btafel\b", "linear_sweep_voltammetry"),
    (r"cyclic volta", "cyclic_voltammetry"),
    (r"chronoamperometry|chronocoulometry|constant voltage", "chronoamperometry"),
    (r"chronopotentiometry|constant current", "chronopotentiometry"),
    (r"open circuit", "open_circuit_voltage"),
)


def key_for(name: str, quantities: Collection[str]) -> str:
    """Find our key for a technique that EC-Lab calls by this name, or that recorded these quantities.

    Parameters
    ----------
    name : str
        EC-Lab's long name; empty where the file does not say.
    quantities : collection of str
        Labels of the columns without their units, for files that do not name the technique.
    """
    for pattern, key in _BY_NAME:
        if re.search(pattern, name, re.IGNORECASE):
            return key
    if name:
        return "electrochemistry"
    if "freq" in quantities and "Re(Z)" in quantities:
        return "impedance"
    driven = {"I", "<I>", "control", "dq", "dQ", "(Q-Qo)"}
    if {"Ewe", "<Ewe>"} & set(quantities) and not driven & set(quantities):
        return "open_circuit_voltage"
    return "electrochemistry"
