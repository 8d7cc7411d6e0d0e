"""The head of an MSA file: lines `#KEYWORD -unit: value`, and where the numbers begin and end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from kiban.quantity.measured import Measured
from kiban.readers.number_list import optional_number
from kiban.readers.tables.date_columns import read_date
from kiban.records.reading import Json

_UNIT = re.compile(r"[A-Za-z]{1,2}")
_UNITS = {
    "KV": "kV",
    "UA": "uA",
    "NA": "nA",
    "NM": "nm",
    "UM": "um",
    "MM": "mm",
    "CM": "cm",
    "MR": "mrad",
    "DG": "deg",
    "SR": "sr",
    "MS": "ms",
    "S": "s",
    "EV": "eV",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The keywords of one spectrum.

    Parameters
    ----------
    values : mapping of str to list of str
        Values by keyword in capitals, without unit; a keyword that comes again has several.
    units : mapping of str to str
        The unit behind a keyword, in our spelling, where it has one.
    header : mapping
        All lines as written, keywords with their units.
    """

    values: Mapping[str, list[str]]
    units: Mapping[str, str]
    header: Mapping[str, Json]

    def text(self, key: str) -> str:
        """The last value of a keyword that is not empty; empty where there is none."""
        return next((value for value in reversed(self.values.get(key, [])) if value), "")

    def number(self, key: str) -> float | None:
        """The value as a number, where it is one; `2.0 E-06` is."""
        return optional_number(re.sub(r"\s+(?=[eE][-+]?\d)", "", self.text(key)))

    def measured(self, key: str, unit: str) -> Measured | None:
        """The value with the unit behind the keyword, or with the one that the standard prescribes."""
        value = self.number(key)
        unit = self.units.get(key, unit)
        return None if value is None or not unit else Measured(value, unit)

    @property
    def started_at(self) -> datetime | None:
        """Date and time, where they are in an order that is known."""
        date, time = self.text("DATE"), self.text("TIME")
        return read_date(f"{date} {time}") or read_date(date) if date else None


def read_head(lines: list[str]) -> Head:
    """Read the lines of one head; what is no keyword is kept under `#text`."""
    values: dict[str, list[str]] = {}
    units: dict[str, str] = {}
    header: dict[str, Json] = {}
    for line in lines:
        text = line.strip()
        name, colon, value = text.removeprefix("#").partition(":")
        if not text.startswith("#") or not colon:
            if text:
                _add(header, "#text", text)
            continue
        _add(header, name.strip(), value.strip())
        if name.startswith("#"):
            continue  # a keyword of the user's own; a hyphen in it is a part of its name
        key, unit = _key_and_unit(name.strip())
        if unit is not None:
            units[key] = unit
        values.setdefault(key, []).append(value.strip())
    return Head(values=values, units=units, header=header)


def _key_and_unit(name: str) -> tuple[str, str | None]:
    """`BEAMKV   -kV` is the keyword BEAMKV in kV."""
    before, hyphen, after = name.rpartition("-")
    if not hyphen or not _UNIT.fullmatch(after.strip()):
        return name.upper(), None
    return before.strip().upper(), _UNITS.get(after.strip().upper())


def _add(header: dict[str, Json], key: str, value: str) -> None:
    present = header.get(key)
    if present is None:
        header[key] = value
    else:
        header[key] = [*present, value] if isinstance(present, list) else [present, value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One spectrum's lines.

    Parameters
    ----------
    is_begun, is_ended : bool
        `#SPECTRUM` stands before them, `#ENDOFDATA` behind.
    """

    head: list[str]
    numbers: list[str]
    is_begun: bool
    is_ended: bool


def parts(lines: list[str]) -> Iterator[Part]:
    """Cut a file into its spectra: each begins with `#FORMAT`, its numbers stand behind `#SPECTRUM`."""
    starts = [n for n, line in enumerate(lines) if is_keyword(line, "FORMAT")]
    for start, stop in pairwise([*starts, len(lines)]):
        block = lines[start:stop]
        begin = next((n for n, line in enumerate(block, 1) if is_keyword(line, "SPECTRUM")), len(block))
        # Some instruments go on with keywords behind `#SPECTRUM`: the numbers begin where these end.
        last = begin
        while begin < len(block) and _goes_on(block[begin]):
            begin += 1
        is_begun = is_keyword(block[last - 1], "SPECTRUM")
        end = next((n for n, line in enumerate(block) if n >= begin and line.lstrip().startswith("#")), len(block))
        yield Part(
            head=[*block[:begin], *block[end:]],
            numbers=block[begin:end],
            is_begun=is_begun,
            is_ended=any(is_keyword(line, "ENDOFDATA") for line in block[end:]),
        )


def _goes_on(line: str) -> bool:
    bare = line.strip()
    return not bare or (bare.startswith("#") and not is_keyword(bare, "ENDOFDATA"))


def is_keyword(line: str, key: str) -> bool:
    """Say whether a line begins with that keyword."""
    bare = line.lstrip()
    return bare[:1] == "#" and bare[1:].lstrip()[: len(key)].upper() == key
