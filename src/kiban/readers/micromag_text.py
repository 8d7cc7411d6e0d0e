"""MicroMag: hysteresis loops and reversal curves of Princeton Measurements and Lake Shore.

Instrument
----------
Alternating-gradient and vibrating-sample magnetometers MicroMag 2900 and 3900.

What is read
------------
One Reading of technique `magnetometry`, shape (n_points,), along `point`: `magnetic_field` and `magnetic_moment` in the
file's units (Oe and emu, or T and A·m²), further columns such as `temperature`, `adjusted_moment` or
`normalized_moment`, and `segment`, which counts the blocks of points from 1. The description is taken for the sample's
name.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
The table of segments and all settings are in the header only, also the mass, whose unit the file does not state.
Single points that calibrate the drift of reversal curves are blocks of their own. No correction is made; those that
the program made are named in the header.

File structure
--------------
Text. `MicroMag 2900/3900 Data File (Series n)`, the kind of measurement, and settings: in series 0016 under headings in
capitals, key and value apart by blanks, in series 0015 as `key : value` and `key = value` without headings. Then a
table of segments, names and units above the columns (series 0015 has none: field, moment and perhaps temperature, in
the system of units that the head names), and blocks of rows between commas, apart by empty lines. `MicroMag 2900/3900
Data File ends` is the last line; a file without it is cut and refused. The month stands first in dates. Worked out from
published heads of 4 files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.source import Source
from kiban.readers.tables.column_headers import ColumnHeader, read_label, unique
from kiban.readers.tables.number_columns import read_numbers
from kiban.readers.tables.text_rows import with_plain_line_ends
from kiban.readers.text import decode
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable

_FIRST = "MicroMag 2900/3900 Data File"
_ROW = re.compile(r"\s*[+-]?\s?\d[\d.]*(?:[eE][+-]?\d+)?\s*,.*")
_PAIR = re.compile(r"(?P<key>\S.*?)(?:\s*[:=]\s+|\s{2,}|\s+(?=[+-]\d))(?P<value>\S.*)")
_UNIT_LINE = re.compile(r"(?:\s*\([^()]*\))+\s*")
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})\s+(\d{1,2}):(\d\d)")
_NAMES = {"field": "magnetic_field", "moment": "magnetic_moment", "tmprtr": "temperature"}
_UNITS = {"am2": "A*m**2", "oe": "oersted"}
_SYSTEMS = {"cgs": ("oersted", "emu"), "mks": ("T", "A*m**2"), "si": ("T", "A*m**2"), "hybrid si": ("T", "A*m**2")}
_DEGREES = {"celsius": "degC", "kelvin": "K"}
_MEND = "Save the measurement again from the program, or copy the file again; it is kept as it came."


class MicroMagText:
    """Reads data files of MicroMag magnetometers."""

    name = "micromag_text"
    version = 1
    title = "MicroMag 2900/3900 data file"
    makers = ("Princeton Measurements", "Lake Shore")
    techniques = ("magnetometry",)
    suffixes = (".txt", ".frc", ".irm", ".hys")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text whose first line calls it a MicroMag data file."""
        if source.head.lstrip(b"\xef\xbb\xbf \r\n").startswith(_FIRST.encode()):
            return Recognition(Confidence.CERTAIN, "its first line calls it a data file of MicroMag")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all blocks as one. Raises as the contract says."""
        lines = with_plain_line_ends(decode(source.read())[0]).lstrip("\ufeff \n").split("\n")
        return [_reading(_parse(lines, source.name), source.name)]


@dataclass(slots=True)
class _Document:
    kind: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    loose: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    """The lines above the columns of points."""
    segments: list[list[str]] = field(default_factory=list)
    blocks: list[list[list[str]]] = field(default_factory=list)


def _parse(lines: list[str], file: str) -> _Document:
    document = _Document()
    top = lines[0].partition(")")
    rest = [top[2], *lines[1:]]
    document.kind = next((line.strip() for line in rest if line.strip()), "")
    end = next((n for n, line in enumerate(lines) if n and line.strip().startswith(_FIRST)), None)
    if end is None:
        raise DamagedFile(f"{file}: a last line '{_FIRST} ends' was expected; the file is cut.", mend=_MEND)
    paragraphs: list[list[str]] = [[]]
    for line in lines[1:end]:
        if line.strip():
            paragraphs[-1].append(line)
        elif paragraphs[-1]:
            paragraphs.append([])
    for paragraph in filter(None, paragraphs):
        rows = [line for line in paragraph if _ROW.fullmatch(line)]
        above = paragraph[: len(paragraph) - len(rows)]
        if rows and above + rows != paragraph:
            raise DamagedFile(f"{file}: words stand among the rows of numbers: '{paragraph[-1][:40]}'.", mend=_MEND)
        if not rows:
            if _UNIT_LINE.fullmatch(paragraph[-1]) and paragraph[0].split()[0] != "Segment":
                document.names = paragraph
            else:
                _settings(document, paragraph)
            continue
        cells = [[cell.strip().replace("+ ", "").replace("- ", "-") for cell in row.split(",")] for row in rows]
        if above and above[0].split()[:1] == ["Segment"]:
            document.segments = cells
            continue
        document.names = document.names or above
        document.blocks.append(cells)
    return document


def _settings(document: _Document, paragraph: list[str]) -> None:
    heading = f"{paragraph[0].strip()}: " if paragraph[0].strip().isupper() and len(paragraph) > 1 else ""
    for line in paragraph[1 if heading else 0 :]:
        match = None if _DATE.match(line.strip()) else _PAIR.fullmatch(line.strip())
        if line.strip() == document.kind:
            continue
        if match is None:
            document.loose.append(line.strip())
        else:
            document.fields.setdefault(heading.title() + match["key"].rstrip(" :="), match["value"].strip().strip('"'))


def _field(document: _Document, *words: str) -> str:
    """The value of the setting whose name ends so, under whatever heading."""
    for key, value in document.fields.items():
        if key.rpartition(": ")[2].lower() in words and value not in {"N/A", "None"}:
            return value
    return ""


def _reading(document: _Document, file: str) -> Reading:
    rows = [row for block in document.blocks for row in block]
    if not rows:
        raise NothingMeasured(f"{file} has no points.", mend="If points were measured, save the file again.")
    widths = {len(row) for row in rows}
    if len(widths) > 1:
        raise DamagedFile(
            f"{file}: its rows have {min(widths)} to {max(widths)} cells, as many were expected.", mend=_MEND
        )
    promised = _field(document, "number of data", "ndata")
    # Whether the points that calibrate the drift count too is not known.
    every_other = document.blocks[::2]
    n_single = len(every_other) if all(len(block) == 1 for block in every_other) else 0
    doubts: tuple[str, ...] = ()
    if promised.isdecimal() and int(promised[:9]) not in {len(rows), len(rows) - n_single}:
        doubts = (f"The file promises {promised} points; {len(rows)} follow.",)
    headers = unique(_headers(document, widths.pop(), file))
    variables = []
    for n, header in enumerate(headers):
        column = read_numbers([row[n] for row in rows])
        if column.texts:
            raise DamagedFile(
                f"{file}: '{next(iter(column.texts))[:30]}' stands where a number was expected.", mend=_MEND
            )
        variables.append(
            Variable(
                name=header.name,
                series=Series(column.values, header.unit),
                dimensions=("point",),
                role=Role.AUXILIARY if header.name == "temperature" else Role.SIGNAL,
                label=header.label,
                unit_as_written=header.unit_as_written,
            )
        )
    segment = np.repeat(np.arange(1, len(document.blocks) + 1), [len(block) for block in document.blocks])
    variables.append(
        Variable(
            name="segment", series=Series(segment, ""), dimensions=("point",), role=Role.AUXILIARY, label="segment"
        )
    )
    sample = _field(document, "description") or next(
        (line.strip('"') for line in document.loose if not _DATE.match(line)), ""
    )
    return Reading(
        technique="magnetometry",
        title=f"{sample}: {document.kind}" if sample else document.kind or file,
        variables=tuple(variables),
        header=_header(document),
        metadata=_metadata(document),
        sample_name=sample or None,
        instrument=f"MicroMag {_field(document, 'configuration')}".strip(),
        started_at=_date(document),
        doubts=doubts,
    )


def _headers(document: _Document, width: int, file: str) -> list[ColumnHeader]:
    if document.names:
        return [_named(column) for column in _columns(document.names, width, file)]
    system = _field(document, "units of measure").lower()
    if system not in _SYSTEMS:
        raise UnsupportedVariant(
            f"{file}: its columns have no names and its units of measure are '{system}'; cgs, mks and SI are known.",
            mend="Save the file in cgs units. It is kept as it came.",
        )
    degrees = _DEGREES.get(_field(document, "temperature in").lower(), "")
    known = [
        ("magnetic_field", _SYSTEMS[system][0]),
        ("magnetic_moment", _SYSTEMS[system][1]),
        ("temperature", degrees),
    ]
    if width > len(known):
        raise UnsupportedVariant(
            f"{file}: {width} columns without names; at most 3 are known.", mend="Save the file in a newer series."
        )
    return [ColumnHeader(name=name, label=name.replace("_", " "), unit=unit) for name, unit in known[:width]]


def _columns(lines: list[str], width: int, file: str) -> list[str]:
    """Put together the words that stand above each other: every column is as wide as the last line's brackets say."""
    units = list(re.finditer(r"\([^()]*\)", lines[-1]))
    if len(units) != width:
        raise DamagedFile(f"{file}: {width} columns have {len(units)} units above them.", mend=_MEND)
    centres = [(match.start() + match.end()) / 2 for match in units]
    words: list[list[str]] = [[] for _ in units]
    for line in lines[:-1]:
        for match in re.finditer(r"\S+(?: \S+)*", line):
            middle = (match.start() + match.end()) / 2
            words[min(range(width), key=lambda n: abs(centres[n] - middle))].append(match[0])
    return [f"{' '.join(parts)} {unit[0]}" for parts, unit in zip(words, units, strict=True)]


def _named(label: str) -> ColumnHeader:
    words, _, written = label.rpartition(" ")
    written = written.strip("()")
    found = read_label(words)
    plain = re.sub("[^a-z]", "", written.lower())
    unit = "" if written in {"*", ""} else _UNITS.get(plain if plain != "am" else "am2") or read_unit(written) or ""
    return ColumnHeader(
        name=_NAMES.get(words.strip().lower(), found.name),
        label=label,
        unit=unit,
        unit_as_written=written if unit else "",
    )


def _header(document: _Document) -> dict[str, Json]:
    header: dict[str, Json] = {"measurement": document.kind, **document.fields}
    if document.loose:
        header["lines"] = list(document.loose)
    if document.segments:
        header["segments"] = [list(row) for row in document.segments]
    return header


def _metadata(document: _Document) -> dict[str, MetadataValue]:
    found: dict[str, MetadataValue] = {"maker": "Princeton Measurements", "technique_name": document.kind}
    software = _field(document, "software version")
    if software:
        found["software"] = software
    return found


def _date(document: _Document) -> datetime | None:
    text = _field(document, "measured on") or next((line for line in document.loose if _DATE.match(line)), "")
    match = _DATE.match(text)
    if match is None:
        return None
    month, day, year, hour, minute = (int(part) for part in match.groups())
    try:
        return datetime(year, month, day, hour, minute)
    except ValueError:
        return None


READER = MicroMagText()
