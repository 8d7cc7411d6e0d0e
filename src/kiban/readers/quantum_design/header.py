"""The header of a Quantum Design data file: what measured, what was measured and since when."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kiban.quantity.measured import Measured
from kiban.readers.number_list import optional_number
from kiban.readers.tables.date_columns import read_date
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import MetadataValue

_DATE_ORIGIN = datetime(1899, 12, 30)
"""Newer programs count the seconds of their time stamps from the origin of Windows' automation dates, in local time;
older ones from when the instrument was switched on."""
_EARLIEST_S, _LATEST_S = 3.0e9, 5.0e9
_CLOCKS_AGREE = timedelta(minutes=2)
"""Beyond that the time stamps count another clock than that of the date, such as one without daylight saving."""
_KEYS_BEFORE = frozenset(
    ["NAME", "WEIGHT", "AREA", "LENGTH", "SHAPE", "COMMENT", "APPNAME", "HARMONICS", "SEQUENCE FILE", "SEQUENCE"]
)
_KEY_BEHIND = re.compile(r"APPNAME|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[A-Z][A-Z0-9_]*:.*|Sample ?\d+ .*")
_STATED_UNIT = re.compile(r".*\(([^()]+)\)\s*")
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})\s+(\d{1,2}):(\d\d)(?::(\d\d))?\s*([ap])\.?m\.?", re.IGNORECASE)
_SAMPLES = ("SAMPLE_MATERIAL", "NAME", "Sample1 Name", "SAMPLE1_MATERIAL", "SAMPLE")
_SECOND_SAMPLES = ("Sample2 Name", "SAMPLE2_MATERIAL")


@dataclass(slots=True)
class Header:
    """The lines between `[Header]` and `[Data]`, sorted."""

    lines: list[str]
    fields: dict[str, list[str]] = field(default_factory=dict)
    """What stands behind a keyword (`TITLE`, `BYAPP`, ...), by keyword; `INFO` apart."""
    info: dict[str, str] = field(default_factory=dict)
    """Lines `INFO,value,KEY` and `INFO,KEY,value` by their key."""

    def first(self, keyword: str) -> str:
        """What stands behind the first line of a keyword; empty where there is none."""
        return next(iter(self.fields.get(keyword, ())), "")

    def about(self, *keys: str) -> str:
        """The first of these entries of `INFO` that is not empty; a key may have words behind a colon."""
        for key in keys:
            for found, value in self.info.items():
                if value and (found == key or found.partition(":")[0] == key):
                    return value
        return ""

    @property
    def program(self) -> str:
        """The measuring option that wrote the file: `MPMS3`, `ACMS`, `Resistivity`, `HeatCapacity`."""
        return self.first("BYAPP").split(",")[0].strip()


def parse(lines: Sequence[str]) -> Header:
    """Sort the lines of a header."""
    header = Header([line.rstrip() for line in lines if line.strip()])
    for line in header.lines:
        keyword, comma, rest = line.partition(",")
        if line.startswith(";") or not comma:
            continue
        if keyword.strip().upper() == "INFO":
            key, value = _info(rest)
            if key:
                header.info[key] = value
        else:
            header.fields.setdefault(keyword.strip().upper(), []).append(rest.strip())
    return header


def _info(text: str) -> tuple[str, str]:
    """Tell key and value apart: the options of the PPMS put the key behind, the MPMS before; users enter pairs."""
    first, _, rest = text.partition(",")
    before, _, last = text.rpartition(",")
    if first.strip().rstrip(":").upper() not in _KEYS_BEFORE and _KEY_BEHIND.fullmatch(last.strip()):
        return last.strip(), before.strip()
    return first.strip().rstrip(":"), rest.strip()


def opened_at(header: Header) -> tuple[datetime | None, tuple[str, ...]]:
    """Say when the file was opened, in local time; `None` with a doubt where day and month cannot be told apart.

    A time stamp that counts from 1899 settles it; else the fixed form `MM/DD/YYYY,hh:mm am` has the month first.
    """
    text = header.first("FILEOPENTIME")
    # The older MPMS parts stamp and date by a blank: `1164777384.812000 11/28/2006, 9:16:24 PM`.
    stamp, _, rest = re.sub(r"^([\d.]+)\s+(?=\d)", r"\1,", text).partition(",")
    seconds = optional_number(stamp)
    words = " ".join(rest.replace(",", " ").split())
    american = _AMERICAN.fullmatch(words)
    found = _american(american) if american else read_date(words)
    if seconds is not None and _EARLIEST_S < seconds < _LATEST_S:
        counted = _DATE_ORIGIN + timedelta(seconds=round(seconds, 6))
        apart = abs(counted - found.replace(tzinfo=None)) if found is not None else timedelta(0)
        if apart <= _CLOCKS_AGREE:
            return counted, ()
        if apart < timedelta(days=1):
            return found, (f"The file was opened at {found:%H:%M}; its time stamps count from {counted:%H:%M} on.",)
    if words and found is None:
        return None, (f"The file was opened at '{words[:40]}', which cannot be read as one date.",)
    return found, ()


def counted_start(first_time_s: float) -> datetime | None:
    """When the first point was taken, where its time stamp counts from 1899; `None` where it does not."""
    if not _EARLIEST_S < first_time_s < _LATEST_S:
        return None
    return _DATE_ORIGIN + timedelta(seconds=round(first_time_s, 6))


def _american(match: re.Match[str]) -> datetime | None:
    month, day, year, hour, minute = (int(part) for part in match.groups()[:5])
    if month > 12:
        month, day = day, month
    try:
        return datetime(year, month, day, hour % 12 + (12 if match[7] in "pP" else 0), minute, int(match[6] or 0))
    except ValueError:
        return None


def sample_name(header: Header) -> str | None:
    """The sample's name; `None` where two channels name two different ones."""
    first, second = header.about(*_SAMPLES), header.about(*_SECOND_SAMPLES)
    return None if first and second and first != second else (first or second or None)


def metadata_of(header: Header) -> dict[str, MetadataValue]:
    """Put entries of the header under their standard names."""
    found: dict[str, MetadataValue] = {"maker": "Quantum Design"}
    texts = {
        "model": header.program if header.program.upper().startswith("MPMS") else "",
        "technique_name": header.program,
        "software": header.about("APPNAME"),
        "comment": header.about("SAMPLE_COMMENT", "COMMENT", "SAMPLE1_COMMENT"),
        "sample_shape": header.about("SAMPLE_SHAPE", "SHAPE").removeprefix("0"),
        "sample_holder": header.about("SAMPLE_HOLDER"),
        "sample_1": header.about("Sample1 Name", "SAMPLE1_MATERIAL"),
        "sample_2": header.about("Sample2 Name", "SAMPLE2_MATERIAL"),
    }
    found |= {name: value for name, value in texts.items() if value}
    for name, keys, unit in (("sample_mass", ("SAMPLE_MASS", "MASS"), "mg"), ("molar_mass", ("MOLWGHT",), "g/mol")):
        number = _with_unit(header, keys, unit)
        if number is not None:
            found[name] = number
    atoms = optional_number(header.about("ATOMS"))
    if atoms is not None and atoms > 0:
        found["atoms_per_formula_unit"] = atoms
    return found


def _with_unit(header: Header, keys: Sequence[str], usual: str) -> Measured | None:
    """A number in the unit that its key states behind a colon, else in the one that the program's form asks for."""
    for key, text in header.info.items():
        number = optional_number(text)
        if key.partition(":")[0] in keys and number is not None and number > 0:
            stated = _STATED_UNIT.fullmatch(key)
            unit = read_unit(stated[1].replace("mole", "mol")) if stated else usual
            return Measured(number, unit) if unit else None
    return None
