"""NETZSCH Proteus text: curves of thermobalances, calorimeters and STA exported as text or CSV.

Instrument
----------
Thermobalances, DSC, simultaneous thermal analysers (STA), with or without a mass spectrometer, and dilatometers of
NETZSCH with Proteus as program.

What is read
------------
One Reading with one variable for each column, shape (n_points,), along `time` (min) or, where it was not exported,
along `temperature` (degC): `mass` (percent or mg), `mass_rate`, `heat_flow` (mW/mg, uV/mg), `specific_heat_capacity`,
`relative_length_change`, `gas_flow_purge2` (mL/min), `sensitivity` (uV/mW), `ion_current_18` (A, of the mass
spectrometer at m/z 18), `segment` and so on. The technique is `thermogravimetry` where a mass was recorded, else
`differential_scanning_calorimetry`, else `table`. The header is kept whole.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Nothing. `#EXO:` says whether exothermic heat flow counts as positive (1) or negative (-1); it goes into the metadata as
written, the numbers are not turned. Dates in which day and month cannot be told apart give no start.

File structure
--------------
Text in CP1252, UTF-8 or UTF-16, any line ends. Lines `#KEY:value`, among them `#DECIMAL:POINT` or `COMMA` and
`#SEPARATOR:SEMICOLON`, `TAB`, `COMMA` or `SPACE`; then one line `##name/unit;name/unit;...` and rows of numbers. The
degree sign comes in several code pages. Worked out from 2 published files and the names of columns that other programs
cite.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.number_list import optional_number
from kiban.readers.source import Source
from kiban.readers.tables.column_headers import ColumnHeader
from kiban.readers.tables.date_columns import read_date
from kiban.readers.tables.number_columns import read_numbers
from kiban.readers.tables.text_rows import BLANKS, split, with_plain_line_ends
from kiban.readers.text import decode
from kiban.readers.thermal.curves import Run, column, reading
from kiban.records.reading import Json, MetadataValue, Reading

_KEY = re.compile(r"#(?P<key>[^#:][^:]*):(?P<value>.*)")
_OWN = re.compile(
    r"^#(?:EXPORTTYPE|FORMAT|FTYPE|INSTRUMENT|SEPARATOR|SEGMENT|RANGE|EXO|SAMPLE MASS[^:]*|MTYPE) *:", re.MULTILINE
)
_COLUMN = re.compile(r"(?P<words>.+?)/(?P<unit>\(.*\)|[^/]+)")
_SEPARATORS = {"SEMICOLON": ";", "TAB": "\t", "TABULATOR": "\t", "COMMA": ",", "SPACE": BLANKS, "BLANK": BLANKS}
_ZONE = re.compile(r"\s*\(?UTC\s*(?P<sign>[+-])(?P<h>\d{1,2})(?::?(?P<m>\d\d))?\)?\s*$")
_MEND = "Export the measurement again from Proteus, or copy the file again; it is kept as it came."


class NetzschProteus:
    """Reads text exports of Proteus."""

    name = "netzsch_proteus"
    version = 2
    title = "NETZSCH Proteus text"
    makers = ("NETZSCH",)
    techniques = ("thermogravimetry", "differential_scanning_calorimetry", "table")
    suffixes = (".txt", ".csv", ".asc")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text with two of Proteus's keys after `#`, and a line that begins with `##` and names columns."""
        head = source.head[:32768]
        if b"#" not in head[:256]:
            return None
        text = with_plain_line_ends(decode(head)[0]).lstrip("\ufeff\n ")
        if not text.startswith(("#", '"#')):
            return None
        names = re.search(r'^"?##[^#\n]*[/;,\t]', text, re.MULTILINE)
        if names is not None and len(set(_OWN.findall(text.replace('"', "")))) >= 2:
            return Recognition(Confidence.CERTAIN, "it has the keys of Proteus and a line ## that names its columns")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the one table. Raises as the contract says."""
        lines = with_plain_line_ends(decode(source.read())[0]).split("\n")
        start = next((n for n, line in enumerate(lines) if line.lstrip('" ').startswith("##")), None)
        if start is None:
            raise DamagedFile(f"{source.name}: a line ## with the names of the columns was expected.", mend=_MEND)
        fields = _fields(lines[:start])
        separator = _separator(fields, lines[start])
        columns = [_column(label) for label in _labels(lines[start], separator)]
        values = _rows(lines[start + 1 :], columns, separator, fields, first_line=start + 2, file=source.name)
        return [reading(_run(fields, lines[: start + 1], columns, values), place=source.name)]


def _fields(lines: Sequence[str]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in lines:
        match = _KEY.match(line.strip().strip('"'))
        if match is not None:
            fields.setdefault(match["key"].strip(), match["value"].strip(' \t,;"'))
    return fields


def _separator(fields: dict[str, str], names: str) -> str:
    """The sign between cells: the one that the header names if the line of names has it, else one that it has."""
    stated = _SEPARATORS.get(fields.get("SEPARATOR", "").upper())
    if stated is not None and (stated == BLANKS or stated in names):
        return stated
    return next((sign for sign in (";", "\t", ",") if sign in names), BLANKS)


def _labels(line: str, separator: str) -> list[str]:
    labels = [label.strip() for label in split(line.strip().lstrip('"').removeprefix("##"), separator)]
    while labels and not labels[-1]:
        labels.pop()
    return labels


def _column(label: str) -> ColumnHeader:
    match = _COLUMN.fullmatch(label)
    if match is not None:
        found = column(match["words"], match["unit"], label)
        if found.unit_as_written:
            return found
    return column(label, "", label)


def _rows(
    lines: Sequence[str],
    columns: Sequence[ColumnHeader],
    separator: str,
    fields: dict[str, str],
    *,
    first_line: int,
    file: str,
) -> NDArray[np.float64]:
    rows: list[list[str]] = []
    for number, line in enumerate(lines, first_line):
        if not line.strip(" \t;,"):
            continue
        cells = split(line, separator)
        while len(cells) > len(columns) and not cells[-1].strip():
            cells.pop()
        if len(cells) != len(columns):
            raise DamagedFile(
                f"{file}, line {number}: {len(columns)} cells were expected, {len(cells)} were found.", mend=_MEND
            )
        rows.append(cells)
    if not rows:
        raise NothingMeasured(f"{file} has names of columns but no rows.", mend=_MEND)
    decimal = "," if fields.get("DECIMAL", "").upper() == "COMMA" else "."
    return np.column_stack([_numbers(cells, decimal, file) for cells in zip(*rows, strict=True)])


def _numbers(cells: Sequence[str], decimal: str, file: str) -> NDArray[np.float64]:
    found = read_numbers([cell.strip() for cell in cells], decimal)
    if found.texts:
        row = next(n for n, cell in enumerate(cells, 1) if cell.strip() in found.texts)
        text = cells[row - 1].strip()[:40]
        raise DamagedFile(f"{file}: a number was expected in row {row}; '{text}' was found.", mend=_MEND)
    return found.values


def _run(
    fields: dict[str, str], lines: Sequence[str], columns: Sequence[ColumnHeader], values: NDArray[np.float64]
) -> Run:
    sample = fields.get("SAMPLE") or fields.get("IDENTITY") or ""
    instrument = fields.get("INSTRUMENT", "")
    started_at, doubts = _started(fields.get("DATE/TIME", ""))
    header: dict[str, Json] = {"lines": [line for line in lines if line.strip()], "fields": dict(fields)}
    kind = fields.get("MTYPE", "") or "thermal analysis"
    return Run(
        columns=columns,
        values=values,
        title=f"{sample}: {kind}" if sample else f"NETZSCH {kind}",
        header=header,
        metadata=_metadata(fields),
        sample_name=sample or None,
        operator=fields.get("OPERATOR") or None,
        instrument=instrument or "NETZSCH thermal analyser",
        started_at=started_at,
        doubts=doubts,
    )


def _started(text: str) -> tuple[datetime | None, tuple[str, ...]]:
    if not text:
        return None, ()
    zone = _ZONE.search(text)
    found = read_date(text[: zone.start()] if zone else text)
    if found is None:
        return None, (f"The start '{text[:40]}' cannot be read as one date.",)
    if zone is not None and found.tzinfo is None:
        offset = timedelta(hours=int(zone["h"]), minutes=int(zone["m"] or 0))
        if offset < timedelta(hours=24):
            found = found.replace(tzinfo=timezone(-offset if zone["sign"] == "-" else offset))
    return found, ()


def _metadata(fields: dict[str, str]) -> dict[str, MetadataValue]:
    found: dict[str, MetadataValue] = {"maker": "NETZSCH"}
    texts = {
        "model": fields.get("INSTRUMENT", "").removeprefix("NETZSCH").strip(),
        "technique_name": fields.get("MTYPE", ""),
        "comment": fields.get("REMARK", ""),
        "sample_id": fields.get("IDENTITY", ""),
        "crucible": fields.get("TYPE OF CRUCIBLE", ""),
        "temperature_program": fields.get("RANGE", ""),
        "exothermic_direction": fields.get("EXO", ""),
        "atmosphere": " / ".join(
            gas
            for key in ("ATMOSPHERE", "PURGE GAS 1", "PURGE GAS 2", "PROTECTIVE GAS")
            if (gas := fields.get(key, ""))
        ),
    }
    found |= {name: value for name, value in texts.items() if value and value != "---"}
    mass = optional_number(fields.get("SAMPLE MASS /mg"))
    if mass is not None and mass > 0:
        found["sample_mass"] = Measured(mass, "mg")
    length = optional_number(fields.get("SAMPLE LENGTH /mm"))
    if length is not None and length > 0:
        found["sample_length"] = Measured(length, "mm")
    return found


READER = NetzschProteus()
