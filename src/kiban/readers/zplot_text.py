"""ZPlot and ZView: impedance spectra of Scribner's programs (Z).

Instrument
----------
Frequency-response analysers and potentiostats under ZPlot (Scribner Associates), and spectra that ZView or other
programs saved in its format.

What is read
------------
One Reading of technique `impedance` with `impedance_real`, `impedance_imaginary` (ohm) along `frequency` (Hz), shape
(n_points,); `amplitude`, `bias`, `time` (s) beside them where they are not zero throughout.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
The columns `GD`, `Err` and `Range`, and amplitude and bias, have no unit in the file (they are V or A depending on
what was controlled). Fewer points than the header promises are a doubt only, because programs keep the number when
they cut.

File structure
--------------
Text. Either `ZPLOT2 ASCII`, lines `Key: value` indented by blanks, a row of names, `End Comments`, rows between tabs;
or the older `"ZPlotW Data File: Version ..."` or `"Z60W Data File: Version ..."`, six or seven lines of comments, a
line of settings, the number of points, a quoted row of names, rows between commas. Worked out from 4 files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.electrochemistry.measured_columns import MEND, measured_columns
from kiban.readers.source import Source
from kiban.readers.tables.column_headers import ColumnHeader
from kiban.readers.tables.date_columns import read_date
from kiban.readers.tables.number_columns import to_number
from kiban.readers.tables.text_rows import with_plain_line_ends
from kiban.readers.text import decode
from kiban.records.reading import MetadataValue, Reading

_SIGNATURE = re.compile(rb'"?(?:ZPLOT2 ASCII|(?:ZPlotW?|Z60W) Data File: Version )')
_NAMES = (
    ("Freq(Hz)", "frequency", "Hz", "Hz"),
    ("Ampl", "amplitude", "", ""),
    ("Bias", "bias", "", ""),
    ("Time(Sec)", "time", "s", "Sec"),
    ("Z'(a)", "impedance_real", "ohm", ""),
    ("Z''(b)", "impedance_imaginary", "ohm", ""),
    ("GD", "gd", "", ""),
    ("Err", "err", "", ""),
    ("Range", "range", "", ""),
)
_SIGNALS = ("impedance_real", "impedance_imaginary")


class ZPlotText:
    """Reads spectra of ZPlot."""

    name = "zplot_text"
    version = 1
    title = "ZPlot and ZView (Z)"
    makers = ("Scribner",)
    techniques = ("impedance",)
    suffixes = (".z", ".txt")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text that begins as ZPlot's files do."""
        if _SIGNATURE.match(source.head[:64]):
            return Recognition(Confidence.CERTAIN, "it begins as ZPlot's files do")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the one spectrum. Raises as the contract says."""
        document = _parse(with_plain_line_ends(decode(source.read())[0]).split("\n"), file=source.name)
        headers = [
            ColumnHeader(name=name, label=label, unit=unit, unit_as_written=written)
            for label, name, unit, written in _NAMES
        ]
        columns = list(zip(*document.rows, strict=True))
        zero = [h.label for h, c in zip(headers, columns, strict=True) if not any(map(to_number, c))]
        used = [(h, c) for h, c in zip(headers, columns, strict=True) if h.name in _SIGNALS or h.label not in zero]
        table = measured_columns(
            [header for header, _ in used],
            [column for _, column in used],
            place=source.name,
            axes=("frequency",),
            auxiliary=[header.name for header, _ in used if header.name not in _SIGNALS],
            first=_SIGNALS,
        )
        written = f"{document.fields.get('Date', '')} {document.fields.get('Time', '')}".strip()
        doubts = []
        if document.promised not in {None, len(document.rows)}:
            doubts.append(f"The header promises {document.promised} points, {len(document.rows)} follow.")
        started = read_date(written.replace("-", "/"))
        if started is None and written:
            doubts.append(
                f"In the date '{written[:40]}' day and month cannot be told apart, so it is not taken as the start."
            )
        comment = "\n".join(document.comments)
        unused = [label for label in zero if label not in {"Z'(a)", "Z''(b)"}]
        return [
            Reading(
                technique="impedance",
                title=(document.comments or [source.name or "Impedance"])[0],
                variables=table.variables,
                header={
                    "lines": list(document.lines),
                    "columns": [label for label, _, _, _ in _NAMES],
                    **({"unused_columns": list(unused)} if unused else {}),
                },
                metadata=_metadata(document, comment),
                started_at=started,
                doubts=tuple(doubts),
            )
        ]


@dataclass(slots=True)
class _Document:
    lines: list[str] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    comments: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    promised: int | None = None


def _parse(lines: list[str], *, file: str) -> _Document:
    place = next((n for n, line in enumerate(lines) if "Freq" in line and "Z''" in line), None)
    if place is None:
        raise DamagedFile(f"{file}: a row of names with Freq and Z'' was expected; there is none.", mend=MEND)
    is_new = lines[0].lstrip('"').startswith("ZPLOT2")
    document = _Document(lines=[line.rstrip() for line in lines[: place + 1] if line.strip('" ')])
    (_read_new if is_new else _read_old)(document, lines[1:place])
    start = place + 1
    if is_new:
        start = next((n for n, line in enumerate(lines) if line.strip() == "End Comments"), place) + 1
    for number, line in enumerate(lines[start:], start + 1):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in re.split(r"\t|,", line.strip().rstrip(","))]
        cells = line.split() if len(cells) == 1 else cells
        if len(cells) != len(_NAMES):
            raise DamagedFile(
                f"{file}, line {number}: {len(_NAMES)} numbers were expected, {len(cells)} found.", mend=MEND
            )
        document.rows.append(cells)
    if not document.rows:
        raise NothingMeasured(f"{file} has a row of names but no points.", mend="Save the measurement again.")
    return document


def _read_new(document: _Document, lines: list[str]) -> None:
    in_comments = False
    for line in lines:
        key, colon, value = line.partition(":")
        key, value = key.strip(), value.strip()
        if key == "Begin User Comments":
            in_comments = True
        elif key == "End User Comments":
            in_comments = False
        elif in_comments:
            document.comments.extend([line.strip()] if line.strip() else [])
        elif colon:
            document.fields.setdefault(key, value)
    number = document.fields.get("Data Points", "")
    document.promised = int(number[:9]) if number.isdecimal() else None


def _read_old(document: _Document, lines: list[str]) -> None:
    """Comments, then a line of settings and the number of points; date and time stand in one line."""
    number = lines[-1].strip() if lines else ""
    document.promised = int(number[:9]) if number.isdecimal() else None
    for line in lines[:-2]:
        text = line.strip().strip('"').strip()
        dated = re.fullmatch(r"Date:\s*(\S+)\s+Time:\s*(\S+)", text)
        if dated is not None:
            document.fields |= {"Date": dated[1], "Time": dated[2]}
        elif text.startswith("Open Circuit"):
            document.fields["Open Circuit Potential (V)"] = text.partition(":")[2].strip()
        elif text and text not in {"Raw Data", "Frequency"} and not text.startswith("Sweep "):
            document.comments.append(text)


def _metadata(document: _Document, comment: str) -> dict[str, MetadataValue]:
    metadata: dict[str, MetadataValue] = {}
    area = to_number(document.fields.get("Surface Area", ""))
    if area is not None and np.isfinite(area) and area > 0 and area != 1:
        metadata["electrode_area"] = Measured(area, "cm**2")
    software = document.fields.get("Measured Data, ZPlot")
    if software:
        metadata["software"] = f"ZPlot {software}"
    if document.fields.get("Experiment Type"):
        metadata["technique_name"] = document.fields["Experiment Type"]
    return metadata | ({"comment": comment} if comment else {})


READER = ZPlotText()
