"""Quantachrome: raw analysis data of adsorption isotherms, as text.

Instrument
----------
Volumetric adsorption instruments of Quantachrome (NOVA, QuadraSorb, Autosorb), with NovaWin, QuadraWin or ASiQwin.

What is read
------------
One Reading of technique `gas_adsorption`, shape (n_points,), along `pressure` or, where the file has no pressure,
`relative_pressure`: `adsorbed_volume_total_stp` (cm³ at standard conditions, of the whole sample),
`saturation_pressure` and other columns in the units of the file. `branch` is 0 for adsorption and 1 for desorption:
the file does not part them, so that desorption is what comes after the highest pressure, with a doubt that says so.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Nothing: the lines above the table stand in the header. The volume is not divided by the mass of the sample, which is in
the metadata.

File structure
--------------
Text with blanks: the program's name, version, lines of several `Key: value`, a row of names (`P/Po` or `Press`, `Po`,
`Volume @ STP`, ...) and a row of units, each with empty lines around it, and rows of numbers. Worked out from 2 files.
"""

from __future__ import annotations

import re
from dataclasses import replace

from kiban.errors import DamagedFile
from kiban.quantity.measured import Measured
from kiban.readers.adsorption.isotherm import BRANCHES, MEND, Branch, variables_of, with_branches_told_apart
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.source import Source
from kiban.readers.tables.column_headers import ColumnHeader, slug, unique
from kiban.readers.tables.date_columns import read_date
from kiban.readers.tables.number_columns import to_number
from kiban.readers.tables.text_rows import with_plain_line_ends
from kiban.readers.text import decode
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import MetadataValue, Reading, Role

_TITLE = re.compile(rb"\s*Quantachrome[^\r\n]{0,80}Data Acquisition and Reduction", re.IGNORECASE)
_NAMES = {
    "p/po": "relative_pressure",
    "p/p0": "relative_pressure",
    "press": "pressure",
    "pressure": "pressure",
    "po": "saturation_pressure",
    "p0": "saturation_pressure",
    "volume @ stp": "adsorbed_volume_total_stp",
}
_UNITS = {"cc": "cm**3", "mmhg": "mmHg"}
_KEYS = (
    "Operator", "Date", "Sample ID", "Filename", "Sample Desc", "Comment", "Sample weight", "Sample Volume",
    "Outgas Time", "OutgasTemp", "Analysis gas", "Bath Temp", "Press. Tolerance", "Equil time", "Equil timeout",
    "Analysis Time", "End of run", "Instrument version", "Instrument", "Cell ID", "Void Vol.", "Run mode",
)  # fmt: skip
_FIELD = re.compile(rf"(?P<key>{'|'.join(re.escape(key) for key in _KEYS)}):")


class QuantachromeText:
    """Reads raw analysis data of Quantachrome's programs."""

    name = "quantachrome_text"
    version = 1
    title = "Quantachrome raw analysis data (text)"
    makers = ("Quantachrome",)
    techniques = ("gas_adsorption",)
    suffixes = (".txt",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text whose first line names a program of Quantachrome, with a column Volume @ STP."""
        head = source.head[:8192]
        if _TITLE.match(head) and b"Volume @ STP" in head:
            return Recognition(Confidence.CERTAIN, "its first line names a program of Quantachrome")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the one table. Raises as the contract says."""
        lines = with_plain_line_ends(decode(source.read())[0]).split("\n")
        place = next((n for n, line in enumerate(lines) if "Volume @ STP" in line), None)
        if place is None:
            raise DamagedFile(f"{source.name}: a row of names with 'Volume @ STP' was expected.", mend=MEND)
        headers, start = _headers(lines, place)
        columns = _columns(lines, start, len(headers), file=source.name)
        axis = "pressure" if any(h.name == "pressure" for h in headers) else "relative_pressure"
        whole = Branch(BRANCHES[0], tuple(headers), columns)
        variables = with_branches_told_apart(variables_of([whole], axis=axis, place=source.name), axis)
        variables = tuple(
            replace(v, role=Role.SIGNAL) if v.name == "adsorbed_volume_total_stp" else v for v in variables
        )
        fields = _fields(lines[:place])
        return [
            Reading(
                technique="gas_adsorption",
                title=" ".join(p for p in (fields.get("Sample ID"), fields.get("Analysis gas")) if p) or "Isotherm",
                variables=variables,
                header={
                    "lines_above": [line.rstrip() for line in lines[:place] if line.strip()],
                    "fields": dict(fields),
                    "branches": list(BRANCHES),
                },
                metadata=_metadata(fields, lines),
                sample_name=fields.get("Sample ID"),
                operator=fields.get("Operator"),
                instrument=" ".join(("Quantachrome", fields.get("Instrument", ""))).strip(),
                started_at=read_date(fields.get("Date", "")),
                doubts=(
                    "The file does not part its branches: what comes after the highest pressure is taken for "
                    "desorption.",
                ),
            )
        ]


def _headers(lines: list[str], place: int) -> tuple[list[ColumnHeader], int]:
    """Names, and the units that stand below their columns: a column without one leaves its place empty."""
    labels = [(match.group(), match.start(), match.end()) for match in re.finditer(r"\S+(?: \S+)*", lines[place])]
    below = next((n for n in range(place + 1, min(place + 4, len(lines))) if lines[n].strip()), place)
    units: dict[int, str] = {}
    start = place + 1
    if below > place and re.search(r"[A-Za-z]", lines[below]):
        start = below + 1
        for match in re.finditer(r"\S+", lines[below]):
            middle = (match.start() + match.end()) / 2
            nearest = min(range(len(labels)), key=lambda n: abs((labels[n][1] + labels[n][2]) / 2 - middle))
            units.setdefault(nearest, match.group())
    headers = []
    for n, (label, _, _) in enumerate(labels):
        written = units.get(n, "")
        unit = _UNITS.get(written.lower()) or read_unit(written) or ""
        name = _NAMES.get(label.lower()) or slug(label) or "column"
        headers.append(ColumnHeader(name=name, label=label, unit=unit, unit_as_written=written))
    return unique(headers), start


def _columns(lines: list[str], start: int, width: int, *, file: str) -> tuple[tuple[str, ...], ...]:
    rows = []
    for number, line in enumerate(lines[start:], start + 1):
        cells = line.split()
        if not cells:
            continue
        if len(cells) != width:
            raise DamagedFile(f"{file}, line {number}: {width} numbers were expected, {len(cells)} found.", mend=MEND)
        rows.append(tuple(cells))
    return tuple(zip(*rows, strict=True)) or tuple(() for _ in range(width))


def _fields(lines: list[str]) -> dict[str, str]:
    """Several fields stand in one line; the first of a name counts: that of the analysis, not of the report."""
    found: dict[str, str] = {}
    for line in lines:
        matches = list(_FIELD.finditer(line))
        for n, match in enumerate(matches):
            value = line[match.end() : matches[n + 1].start() if n + 1 < len(matches) else None].strip()
            if value:
                found.setdefault(match["key"], re.sub(r"\s{2,}.*", "", value))
    return found


def _metadata(fields: dict[str, str], lines: list[str]) -> dict[str, MetadataValue]:
    metadata: dict[str, MetadataValue] = {"maker": "Quantachrome"}
    program = re.search(r"Quantachrome (\w+)", lines[0])
    version = re.search(r"version\s+([\d.]+)", "\n".join(lines[:8]))
    if program:
        metadata["software"] = f"{program[1]} {version[1]}" if version else program[1]
    texts = {
        "adsorptive": fields.get("Analysis gas"),
        "comment": fields.get("Comment") or fields.get("Sample Desc"),
    }
    metadata |= {name: text for name, text in texts.items() if text}
    for name, key in (("sample_mass", "Sample weight"), ("temperature", "Bath Temp")):
        number, _, written = fields.get(key, "").partition(" ")
        value, unit = to_number(number), read_unit(written.strip())
        if value is not None and 0 < value < float("inf") and unit:
            metadata[name] = Measured(value, unit)
    return metadata


READER = QuantachromeText()
