"""Axes of surface analysis: which energy is meant, by the words that files use for it. Nothing is converted."""

from __future__ import annotations

import re
from functools import lru_cache

from kiban.readers.tables.column_headers import read_label, slug
from kiban.readers.words.unit_words import read_unit

_WORDS = {
    "kinetic_energy": ("kinetic energy", "electron kinetic energy", "ke", "k.e.", "kin. energy", "kinetic", "ek"),
    "binding_energy": ("binding energy", "electron binding energy", "be", "b.e.", "bind. energy", "binding", "eb"),
    "energy_loss": ("energy loss", "loss energy", "electron energy loss", "energy-loss"),
    "photon_energy": ("photon energy", "excitation energy", "x-ray energy", "hv", "hν"),
    "mass_to_charge": ("m/z", "mass/charge", "mass to charge", "mass-to-charge ratio", "mass / charge"),
}
_NAMES = {word: name for name, words in _WORDS.items() for word in words}
_UNIT = re.compile(r"\s*[\[(][^\[\]()]*[\])]\s*$")


_BRACKET = re.compile(r"\s*[\[(]\s*(?P<unit>[^\[\]()]*)[\])]\s*$")


def axis_name(label: str, *, otherwise: str = "axis") -> str:
    """Name a variable after the words of a file.

    Parameters
    ----------
    label : str
        `Kinetic Energy`, `Binding energy [eV]`, `Etch Time`.
    otherwise : str
        The name where the words cannot be written with Latin letters.

    Returns
    -------
    str
        `kinetic_energy`, `binding_energy`, `etch_time`.
    """
    return _name_of(label) or otherwise


@lru_cache(maxsize=1024)
def _name_of(label: str) -> str:
    plain = re.sub(r"[\s_]+", " ", _UNIT.sub("", label)).strip().lower()
    return _NAMES.get(plain) or slug(plain)


def unit_and_words(text: str) -> tuple[str, str]:
    """Take apart what stands as a unit: `eV` is one, `Binding Energy [eV]` has words before it.

    Returns
    -------
    (str, str)
        The unit in our spelling, empty where there is none that is known, and the words.
    """
    unit = read_unit(text)
    if unit is not None:
        return unit, ""
    bracket = _BRACKET.search(text)
    if bracket is not None:
        return read_unit(bracket["unit"]) or "", text[: bracket.start()].strip()
    label = read_label(text)
    return label.unit, text.strip()
