"""Chromeleon text exports: the chromatogram of one channel.

Instrument
----------
Liquid, ion and gas chromatographs run by Chromeleon 6 and 7 (Thermo Fisher Scientific, before it Dionex).

What is read
------------
One Reading of technique `chromatography` with `time`, shape (n,), the axis, in the unit above its column (min), and
`detector_signal`, shape (n,), in the unit above its column (mAU, µS, EU, nA, ...). The injection's name is the sample's
name; injection time, operator, method and detector come as metadata, the rest stands in the header.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
The column of steps, the time between neighbouring points. Tables of peaks are not part of this export. Where day and
month of the injection can be mixed up, no start is given, with a doubt.

File structure
--------------
Text between tabs: headings that end with a colon, lines of a key and a value, then `Chromatogram Data:` or `Raw Data:`
and a row `Time (min)`, `Step (s)`, `Value (unit)` above the points. Decimal commas and commas between thousands occur;
a point anywhere among the numbers tells that commas part thousands. `n.a.` stands for no value. `Data Points`, where
the file states it, is checked. Worked out from the descriptions of other programs; no file was at hand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.series import Series
from kiban.readers.agilent.signal_units import signal_in_unit
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.source import Source
from kiban.readers.tables.date_columns import read_date
from kiban.readers.tables.number_columns import read_numbers
from kiban.readers.tables.text_rows import with_plain_line_ends
from kiban.readers.text import decode, may_mention
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable

_TITLE = re.compile(r"^(?:Chromatogram|Raw) Data:\s*$", re.MULTILINE)
_COLUMNS = re.compile(
    r"^Time ?\((?P<time>[^()\t]+)\)\t(?:Step ?\([^()\t]+\)\t)?Value ?\((?P<value>[^\t]*)\)\s*$", re.MULTILINE
)
_METADATA = {
    "Instrument Method": "method",
    "Detector": "detector",
    "Comment": "comment",
}
_MEND = "Export the chromatogram again from Chromeleon, or copy the file again; it is kept as it came."


class ChromeleonText:
    """Reads text exports of Chromeleon."""

    name = "chromeleon_text"
    version = 1
    title = "Chromeleon text"
    makers = ("Thermo Fisher Scientific", "Dionex")
    techniques = ("chromatography",)
    suffixes = (".txt",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text with a line `Chromatogram Data:` or `Raw Data:` and the names of Chromeleon's columns."""
        if not may_mention(source.head, "Chromatogram Data:", "Raw Data:"):
            return None
        text = with_plain_line_ends(source.head_text)
        if _TITLE.search(text) is not None and _COLUMNS.search(text) is not None:
            return Recognition(Confidence.CERTAIN, "its heading and columns are those of Chromeleon's chromatograms")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the one chromatogram. Raises as the contract says."""
        lines = with_plain_line_ends(decode(source.read())[0]).lstrip("\ufeff").split("\n")
        return [_reading(_parse(lines, source.name), source.name)]


@dataclass(slots=True)
class _Document:
    fields: dict[str, str] = field(default_factory=dict)
    time_unit: str = ""
    value_unit: str = ""
    rows: list[list[str]] = field(default_factory=list)
    width: int = 0


def _parse(lines: list[str], file: str) -> _Document:
    document = _Document()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        match = _COLUMNS.match(line)
        if match is not None and not document.width:
            document.time_unit, document.value_unit = match["time"].strip(), match["value"].strip()
            document.width = line.count("\t") + 1
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        if not document.width:
            if len(cells) > 1:
                document.fields.setdefault(cells[0], " ".join(cell for cell in cells[1:] if cell))
            continue
        if len(cells) != document.width:
            raise DamagedFile(
                f"{file}, line {number}: {document.width} cells were expected, {len(cells)} found.", mend=_MEND
            )
        document.rows.append(cells)
    if not document.width:
        raise DamagedFile(f"{file}: a row 'Time (min)', 'Step (s)', 'Value (unit)' was expected.", mend=_MEND)
    return document


def _reading(document: _Document, file: str) -> Reading:
    if not document.rows:
        raise NothingMeasured(f"{file} has no points.", mend="If a signal was recorded, export it again.")
    promised = document.fields.get("Data Points", "").replace(",", "").replace(".", "")
    if promised.isdecimal() and int(promised[:9]) != len(document.rows):
        raise DamagedFile(f"{file}: {promised} points are promised, {len(document.rows)} follow.", mend=_MEND)
    has_points = any("." in cell.removesuffix(".") and cell[:1] not in "nN" for row in document.rows for cell in row)
    columns = []
    for n, what in ((0, "time"), (document.width - 1, "value")):
        read = read_numbers([row[n] for row in document.rows], "." if has_points else ",")
        if read.texts:
            raise DamagedFile(
                f"{file}: '{next(iter(read.texts))[:30]}' stands where a {what} was expected.", mend=_MEND
            )
        columns.append(read.values)
    time, values = columns
    if not bool(np.all(np.isfinite(time))):
        raise DamagedFile(f"{file}: a point has no time.", mend=_MEND)
    signal, doubts = signal_in_unit(values, document.value_unit, label=document.fields.get("Signal Quantity", ""))
    unit = read_unit(document.time_unit) or ""
    name = (
        document.fields.get("Injection") or document.fields.get("Injection Name") or document.fields.get("Sample") or ""
    )
    started = " ".join(document.fields.get(key, "") for key in ("Injection Date", "Injection Time")).strip()
    started_at = read_date(started) if started else None
    if started and started_at is None:
        doubts = (*doubts, f"The injection was at '{started[:40]}', which cannot be read as one date.")
    channel = document.fields.get("Channel", "")
    metadata: dict[str, MetadataValue] = {
        ours: document.fields[key] for key, ours in _METADATA.items() if document.fields.get(key)
    }
    software = document.fields.get("Generating Data System", "")
    header: dict[str, Json] = dict(document.fields)
    return Reading(
        technique="chromatography",
        title=": ".join(text for text in (name, channel) if text) or file,
        variables=(
            Variable(
                name="time",
                series=Series(time, unit),
                dimensions=("time",),
                role=Role.AXIS,
                label="Time",
                unit_as_written=document.time_unit if unit else "",
            ),
            signal,
        ),
        header=header,
        metadata=metadata | ({"software": software} if software else {}),
        sample_name=name or None,
        operator=document.fields.get("Operator") or None,
        started_at=started_at,
        doubts=doubts,
    )


READER = ChromeleonText()
