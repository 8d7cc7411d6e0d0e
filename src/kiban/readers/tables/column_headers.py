"""The text above a column: its name, its unit, and what was written.

Understood are `Temperature (K)`, `I [mA]`, `T/K`, `Test Time / s`, `Conductivity (measured) (S/cm)`, `time_s`,
`Pressure mbar`, `温度(℃)`, `Potential (V vs. Ag/AgCl)` and a unit by itself. Where a text could be a unit or a name
(`N/P` is a ratio of elements, `F/N` a force in newtons), it is taken for a name: a missing unit can be added later, a
wrong one is believed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from kiban.readers.words import quantity_words
from kiban.readers.words.japanese_words import translated
from kiban.readers.words.unit_words import QUANTITY_WORDS, read_unit

_MAX_NAME = 60
_BRACKETED = re.compile(
    r"^(?P<words>.*?)(?P<gap>[\s_]*)[(\[{<](?P<unit>[^()\[\]{}<>]*(?:\([^()]*\)[^()\[\]{}<>]*)?)[)\]}>]\s*$"
)
_REFERENCE = re.compile(r"^(?P<unit>\S+)\s+(?:vs\.?|against|対)\s*(?P<reference>.+)$", re.IGNORECASE)
_AGAINST = re.compile(r"^(?P<words>.+?)\s+(?:vs\.?|against)\s+(?P<reference>.+)$", re.IGNORECASE)
_TWO_THETA = re.compile(r"2\s*-?\s*(?:θ|th)", re.IGNORECASE)
# Units by which something is divided: after "Flow smL/" a "min" is not the unit of a flow called "smL".
_DIVISORS = frozenset({"time", "mass", "temperature", "length"})
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau",
    "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "%": "percent", "°": "", "±": "plus_minus",
}  # fmt: skip
_SIGNS = (
    (re.compile(r"(?:''|\"|″)(?!\w)"), " double prime "),
    (re.compile(r"(?<=\w)['′’](?!\w)"), " prime "),
    (re.compile(r"(?<=\w)['’](?=\w)"), ""),
    (re.compile(r"^\s*[-−](?=[^\W\d])"), " minus "),
)
# A letter in brackets after one of these tells which, not in what unit: "Detector (A)", "Sample (S)".
_COUNTED = frozenset(
    [
        "sample",
        "detector",
        "channel",
        "group",
        "series",
        "type",
        "phase",
        "site",
        "film",
        "run",
        "cell",
        "column",
        "row",
        "set",
        "batch",
    ]
)
_RATIO = re.compile(r"[A-Z][a-z]?/[A-Z][a-z]?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnHeader:
    """What the text above a column says."""

    name: str
    """Ours: lower case, digits, underscores; empty where the text has no words that can be written so."""
    label: str
    """As written, line ends and runs of blanks made one blank."""
    unit: str = ""
    """In our spelling; empty where none is stated."""
    unit_as_written: str = ""
    reference: str = ""
    """The reference electrode, of a potential that is stated against one."""


def read_label(text: str, *, unit_text: str = "") -> ColumnHeader:
    """Take a column's label apart.

    Parameters
    ----------
    text : str
        The label as it stands above the column; may be empty.
    unit_text : str
        What stands in a row of units below it; that goes before any unit in the label.
    """
    # The same few labels come again in every file; a text as long as a file must not be remembered.
    if len(text) <= _LONGEST_REMEMBERED and len(unit_text) <= _LONGEST_REMEMBERED:
        return _remembered_label(text, unit_text)
    return _read_label(text, unit_text)


def _read_label(text: str, unit_text: str) -> ColumnHeader:
    label = re.sub(r"\s+", " ", text).strip()
    plain = unicodedata.normalize("NFKC", label)
    if unit_text.strip():
        written = re.sub(r"^[(\[{<]\s*|\s*[)\]}>]$", "", unit_text.strip())
        words = _without_same_unit(plain, written)
    else:
        words, written = _split_unit(plain) or (plain, "")
    unit, reference = _unit_and_reference(written)
    unit = _of_temperature(words.strip(), unit)
    against = _AGAINST.match(words)
    if against is not None and unit is not None and quantity_words.kind_of(unit) == "voltage":
        words, reference = against["words"], against["reference"].strip()
    return ColumnHeader(
        name=_name(words, unit, written),
        label=label,
        unit=unit or "",
        unit_as_written=written if unit is not None else "",
        reference=reference,
    )


def is_unit(written: str) -> bool:
    """Say whether the text is a unit, with or without a reference electrode."""
    return _unit_and_reference(re.sub(r"^[(\[{<]\s*|\s*[)\]}>]$", "", written.strip()))[0] is not None


def _unit_and_reference(written: str) -> tuple[str | None, str]:
    unit = read_unit(written) if written else None
    against = _REFERENCE.match(written) if unit is None else None
    if against is not None:
        unit = read_unit(against["unit"])
        return unit, against["reference"].strip() if unit is not None else ""
    return unit, ""


def _without_same_unit(plain: str, written: str) -> str:
    found = _split_unit(plain)
    return found[0] if found is not None and read_unit(found[1]) == read_unit(written) else plain


def _split_unit(label: str) -> tuple[str, str] | None:
    """Split words and unit; the words are empty where the whole label is a unit. `None` where no unit is stated."""
    for split in (_bracket, _whole, _last_word, _solidus, _comma, _underscore, _blank, _before_reference):
        found = split(label)
        if found is not None:
            return found
    return None


def _bracket(label: str) -> tuple[str, str] | None:
    match = _BRACKETED.match(label)
    if match is None:
        return None
    words, written = match["words"], match["unit"].strip()
    unit, _ = _unit_and_reference(written)
    if unit is None:
        return None
    if len(written) == 1 and written.isalpha():
        last = re.split(r"[\s_]+", words.strip().lower())[-1]
        if last in _COUNTED or (written == "s" and _is_plural(words, match["gap"])):
            return None
    return words, written


def _is_plural(words: str, gap: str) -> bool:
    """`Sample(s)` is one or several samples, `Time(s)` is a time in seconds."""
    return not gap and words[-1:].islower() and not quantity_words.names_kind(words, "time")


def _last_word(label: str) -> tuple[str, str] | None:
    """`Scan rate mV/s`: a quotient of units at the end."""
    words, blank, written = label.rpartition(" ")
    if not blank or "/" not in written.strip("/") or written.startswith("/") or _RATIO.fullmatch(written):
        return None
    return (words, written) if words.strip(" /") and read_unit(written) is not None else None


def _solidus(label: str) -> tuple[str, str] | None:
    for match in re.finditer(r"\s*/\s*", label):
        words, written = label[: match.start()], label[match.end() :]
        unit, _ = _unit_and_reference(written)
        if not words.strip() or unit is None or written.lower() in QUANTITY_WORDS - {"1"}:
            continue
        if re.fullmatch(r"\s+/\s*", match.group()) or not _is_quotient(words, written, unit):
            return words, written
    return None


def _is_quotient(words: str, written: str, unit: str) -> bool:
    """Say whether a solidus without blanks divides two things (`dV/dt`, `Si/Al`, `N/P`, `smL/min`)."""
    kind = quantity_words.kind_of(unit)
    if kind is not None and quantity_words.names_kind(words, kind):
        return False
    last = words.strip().rpartition(" ")[2]
    return _is_ratio(last, written, unit) or (last != words.strip() and kind in _DIVISORS)


def _is_ratio(words: str, written: str, unit: str) -> bool:
    if written != "C" or not quantity_words.names_kind(words, "temperature"):
        kind = quantity_words.kind_of(unit)
        spoken = kind is not None and quantity_words.names_kind(words, kind)
        return len(written) == 1 and written.isalpha() and len(words) <= 2 and not spoken
    return False


def _whole(label: str) -> tuple[str, str] | None:
    """A label that is nothing but a unit, and not also a word or a ratio of elements."""
    if _RATIO.fullmatch(label) or re.fullmatch(r"[A-Za-zλνρσκθ]\s*/.+", label):
        return None
    if label.upper() == "%T":
        return "", label
    if label.lower() in QUANTITY_WORDS or len(label) < 2 or quantity_words.by_word(label) is not None:
        return None
    return None if read_unit(label) is None or _is_name(label) else ("", label)


def _is_name(label: str) -> bool:
    return label.isalpha() and (label.istitle() or label.lower() in {"min", "time", "day", "days", "u", "count"})


def _comma(label: str) -> tuple[str, str] | None:
    words, comma, written = label.rpartition(",")
    written = written.strip()
    if not comma or not words.strip() or len(written) == 1 or written.lower() in QUANTITY_WORDS:
        known = bool(comma) and _spoken(words, written)
        return (words, written) if known else None
    return None if _unit_and_reference(written)[0] is None else (words, written)


def _underscore(label: str) -> tuple[str, str] | None:
    """`time_s`, `wavelength_nm`: the unit at the end of a name as programs write it."""
    words, mark, written = label.rpartition("_")
    return (words, written) if mark and _spoken(words, written) else None


def _blank(label: str) -> tuple[str, str] | None:
    """`Pressure mbar`, `Temp. Deg C`: believed only where the words speak of what the unit measures."""
    for length in (2, 1):
        parts = label.rsplit(maxsplit=length)
        if len(parts) == length + 1:
            written = " ".join(parts[1:])
            if _spoken(parts[0], written):
                return parts[0], written
    return None


def _before_reference(label: str) -> tuple[str, str] | None:
    """`Voltage (V) vs Li/Li+`: the reference electrode goes with the words."""
    against = _AGAINST.match(label)
    found = None if against is None else _bracket(against["words"])
    if found is None or against is None or quantity_words.kind_of(read_unit(found[1]) or "") != "voltage":
        return None
    return f"{found[0].strip()} vs {against['reference']}", found[1]


def _spoken(words: str, written: str) -> bool:
    """Say whether the unit measures what the last of the words names."""
    unit = read_unit(written) if words.strip() and written.lower() not in QUANTITY_WORDS else None
    if unit is None:
        return False
    kind = quantity_words.kind_of(_of_temperature(words, unit) or "")
    if written == "min" and len(words.strip(" _")) == 1:
        return False  # the least T or t
    return kind is not None and quantity_words.names_kind(words, kind)


def _of_temperature(words: str, unit: str | None) -> str | None:
    """A bare C or F after the word temperature is a degree, not a coulomb or farad."""
    degrees = {"coulomb": "degC", "farad": "degF"}
    if unit in degrees and (
        quantity_words.names_kind(words, "temperature") or "temp" in words.lower() or "温" in words or words == "T"
    ):
        return degrees[unit]
    return unit


def _name(words: str, unit: str | None, written: str) -> str:
    words = words.strip(" :,;_")
    if unit == "deg" and (_TWO_THETA.search(written) or _TWO_THETA.search(words)):
        return "two_theta"
    if not words:
        return quantity_words.by_unit(unit or "") or slug(written)
    known = quantity_words.by_word(words)
    if known is None and unit:
        known = quantity_words.by_symbol(words, unit)
    return known or slug(words)


def slug(text: str) -> str:
    """Write text as a variable's name: lower case, digits and underscores; empty where nothing of it can be.

    Greek letters are spelled out, common Japanese words translated; a text of which half would be lost gives nothing,
    for a name of what is left over would say something else.
    """
    # The same few words come again in every file; a text as long as a file must not be remembered.
    return _remembered_slug(text) if len(text) <= _LONGEST_REMEMBERED else _slug(text)


def _slug(text: str) -> str:
    folded = translated(unicodedata.normalize("NFKC", text)).casefold()
    for sign, word in _SIGNS:
        folded = sign.sub(word, folded)
    spelled = "".join(f" {_GREEK[c]} " if c in _GREEK else c for c in folded)
    bare = "".join(c for c in unicodedata.normalize("NFKD", spelled) if not unicodedata.combining(c))
    if any(c.isalpha() and not c.isascii() for c in bare):
        return ""
    bare = re.sub(r"(?<![a-z0-9.])2[\s_-]*theta(?![a-z])", " two_theta ", bare)
    name = re.sub(r"[^a-z0-9]+", "_", bare).strip("_")[:_MAX_NAME].strip("_")
    if not name:
        return ""
    return name if name[0].isalpha() else f"column_{name}"


_LONGEST_REMEMBERED = 100
_remembered_slug = lru_cache(maxsize=1 << 12)(_slug)
_remembered_label = lru_cache(maxsize=1 << 12)(_read_label)


def unique(headers: Sequence[ColumnHeader]) -> list[ColumnHeader]:
    """Give each header a name that no other has: nameless ones are `column_1`, repeated ones are numbered."""
    taken: set[str] = {h.name for h in headers if h.name}
    used: set[str] = set()
    named: list[ColumnHeader] = []
    for i, header in enumerate(headers, start=1):
        wanted = header.name or f"column_{i}"
        name, n = wanted, 1
        while name in used or (n > 1 and name in taken) or (not header.name and name in taken):
            n += 1
            name = f"{wanted}_{n}"
        used.add(name)
        named.append(replace(header, name=name))
    return named
