"""Names, units and techniques in the words of other programs' MaiML."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kiban.readers.maiml_parts.values import Value
from kiban.readers.tables.column_headers import slug
from kiban.readers.words import quantity_words
from kiban.readers.words.unit_words import read_unit

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
TECHNIQUE_WORDS = (
    ("x_ray_fluorescence", r"x-?ray fluorescence|\bxrf\b|\bedxrf\b|\bwdxrf\b|蛍光\s*x線|蛍光エックス線"),
    ("xrd", r"x-?ray diffract|\bxrd\b|x線回折"),
    ("xps", r"photoelectron|\bxps\b|\besca\b|光電子"),
    ("chromatography", r"chromatograph|\bh?plc\b|\bgc\b|gc-?ms|クロマトグラフ"),
    ("mass_spectrometry", r"mass spectromet|\bms\b|質量分析"),
    ("raman", r"\braman\b|ラマン"),
    ("ir", r"\bft-?ir\b|infra-?red|赤外"),
    ("uv_vis", r"\buv-?vis|紫外可視"),
    ("nmr", r"\bnmr\b|nuclear magnetic|核磁気共鳴"),
    ("energy_dispersive_x_ray", r"energy[- ]dispersive x-?ray|\bed[xs]\b"),
    ("thermogravimetry", r"thermogravi|\btga?\b|熱重量"),
    ("differential_scanning_calorimetry", r"scanning calorimet|\bdsc\b|示差走査"),
    ("scanning_probe_microscopy", r"scanning probe|atomic force|\bafm\b|\bspm\b|プローブ顕微鏡"),
    ("electron_microscopy", r"electron microscop|\b[st]em\b|電子顕微鏡"),
)
"""The first whose words occur is it: an energy-dispersive X-ray fluorescence spectrometer is one of fluorescence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """How a value is called here."""

    name: str
    label: str
    unit: str
    unit_as_written: str
    doubt: str = ""


def spoken(key: str) -> str:
    """A key as words: `retentionTime` becomes `retention Time`."""
    return _HUMP.sub(" ", key.rpartition(":")[2]).replace("_", " ").strip()


def name_of(value: Value, *, above: Iterable[str] = ()) -> Named:
    """Name a value by its key, its axis or its description, and spell its unit.

    Parameters
    ----------
    above : iterable of str
        Keys of the groups that it stands in, outermost first.
    """
    written = (value.units or "").strip()
    unit = read_unit(written) if written else ""
    words = " ".join([*map(spoken, above), spoken(value.key)])
    by_words = slug(words) or slug(value.axis or "") or slug(value.description)
    name = by_words or quantity_words.by_unit(unit or "") or "value"
    doubt = f"The unit '{written[:40]}' of {value.key} is not known; its numbers are given without one."
    return Named(
        name=name,
        label=value.axis or value.description.strip() or value.key,
        unit=unit or "",
        unit_as_written=written,
        doubt=doubt if unit is None else "",
    )


def scale_doubt(value: Value) -> str:
    """What to say where a value has a scale factor that is not one."""
    text = (value.scale or "").strip()
    try:
        is_one = not text or float(text) == 1.0
    except ValueError:
        is_one = False
    if is_one:
        return ""
    return (
        f"{value.key} states the scale factor {text[:40]}. Its numbers are given as written: the file does not say "
        "whether they are multiplied by it already."
    )


def technique_of(words: str) -> str | None:
    """The technique that the words of a protocol speak of; `None` where they do not tell."""
    lowered = words.lower()
    return next((key for key, pattern in TECHNIQUE_WORDS if re.search(pattern, lowered)), None)


def free_name(wanted: str, taken: set[str]) -> str:
    """The name, numbered where another has it already; it is taken from then on."""
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}_{number}", number + 1
    taken.add(name)
    return name
