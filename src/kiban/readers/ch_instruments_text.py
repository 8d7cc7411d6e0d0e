"""CH Instruments: measurements saved as text or CSV by the program of the CHI potentiostats.

Instrument
----------
Potentiostats of CH Instruments (CHI400, 600, 700, 800, 1000 series, ...), with their own program.

What is read
------------
One Reading, shape (n_points,); the technique is that of the second line: `cyclic_voltammetry`,
`linear_sweep_voltammetry`, `chronoamperometry`, `chronopotentiometry`, `open_circuit_voltage`, `impedance`, else
`electrochemistry`.

- `potential` (V), `current` (A), `charge` (coulomb), along `time` (s) where the file has it; further channels are
  `current_2` and so on; pulse techniques have `current` (the difference), `current_forward`, `current_reverse`;
- impedance: `impedance_real`, `impedance_imaginary`, `impedance_modulus` (ohm), `phase` (deg) along `frequency` (Hz);
- `segment` where the rows are parted by lines `Segment n:`.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Nothing. The lines above the table stand in the header, peaks that the program found under `results`. The program takes
cathodic currents for positive unless it is set otherwise, and the file does not say how it was set: that is a doubt.

File structure
--------------
Text: date (`Feb. 20, 2020   15:55:08`), technique, `File:`, `Data Source:`, `Instrument Model:`, `Header:`, `Note:`,
lines `Parameter (unit) = value`, perhaps `Results:` with segments, a row of names such as `Potential/V, Current/A`,
an empty line, rows between commas, tabs or blanks. Some versions scale: `Current/1e-6A`. Worked out from 1 file and the
parts of 7 others that programs cite.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.ch_instruments.columns import AUXILIARY, FIRST, is_known, read_columns
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.electrochemistry.english_dates import read_english_date
from kiban.readers.electrochemistry.measured_columns import MEND, along, numbers, variable
from kiban.readers.source import Source
from kiban.readers.tables.column_headers import ColumnHeader
from kiban.readers.tables.number_columns import to_number
from kiban.readers.tables.text_rows import with_plain_line_ends
from kiban.readers.text import decode
from kiban.records.reading import Json, MetadataValue, Reading, Role

_SEGMENT = re.compile(r"Segment\s+(\d{1,6})\s*:?")
_TECHNIQUES = (
    (re.compile(r"impedance", re.IGNORECASE), "impedance"),
    (re.compile(r"cyclic voltammetry", re.IGNORECASE), "cyclic_voltammetry"),
    (re.compile(r"linear sweep voltammetry|tafel", re.IGNORECASE), "linear_sweep_voltammetry"),
    (re.compile(r"amperometric i-?t|chronoamperometry|chronocoulometry|bulk electrolysis", re.IGNORECASE),
     "chronoamperometry"),
    (re.compile(r"chronopotentiometry", re.IGNORECASE), "chronopotentiometry"),
    (re.compile(r"open circuit", re.IGNORECASE), "open_circuit_voltage"),
)  # fmt: skip


class ChInstrumentsText:
    """Reads text of CH Instruments' program."""

    name = "ch_instruments_text"
    version = 1
    title = "CH Instruments text (CHI)"
    makers = ("CH Instruments",)
    techniques = (
        "cyclic_voltammetry",
        "linear_sweep_voltammetry",
        "chronoamperometry",
        "chronopotentiometry",
        "open_circuit_voltage",
        "impedance",
        "electrochemistry",
    )
    suffixes = (".txt", ".csv")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text that begins with a date and a technique and names a data source and an instrument."""
        head = source.head[:4096]
        if b"Data Source:" not in head or b"\0" in head:
            return None
        lines = with_plain_line_ends(decode(head)[0]).lstrip("\ufeff").split("\n")
        if read_english_date(lines[0]) is not None and any(line.startswith("Data Source:") for line in lines[2:8]):
            return Recognition(
                Confidence.CERTAIN, "it begins with date, technique and data source, as CHI's program writes it"
            )
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the one table. Raises as the contract says."""
        text = with_plain_line_ends(decode(source.read())[0]).lstrip("\ufeff")
        return [_reading(_parse(text.split("\n"), file=source.name), file=source.name)]


@dataclass(slots=True)
class _Document:
    lines: list[str]
    labels: list[str]
    rows: list[list[str]] = field(default_factory=list)
    segments: list[int] = field(default_factory=list)
    parameters: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    results: list[str] = field(default_factory=list)


def _parse(lines: list[str], *, file: str) -> _Document:
    place, delimiter = _label_row(lines, file=file)
    document = _Document(lines[:place], _split(lines[place], delimiter))
    _read_header(document)
    segment = 0
    for number, line in enumerate(lines[place + 1 :], place + 2):
        if not line.strip():
            continue
        parted = _SEGMENT.fullmatch(line.strip())
        if parted is not None:
            segment = int(parted[1])
            continue
        cells = _split(line, delimiter)
        if len(cells) != len(document.labels):
            raise DamagedFile(
                f"{file}, line {number}: {len(document.labels)} numbers were expected, {len(cells)} cells found.",
                mend=MEND,
            )
        document.rows.append(cells)
        document.segments.append(segment)
    if not document.rows:
        raise NothingMeasured(f"{file} has a row of names but no points.", mend="Save the measurement as text again.")
    return document


def _label_row(lines: list[str], *, file: str) -> tuple[int, str]:
    for place, line in enumerate(lines):
        for delimiter in (",", "\t", " "):
            labels = _split(line, delimiter)
            if len(labels) > 1 and all("/" in label for label in labels) and any(map(is_known, labels)):
                return place, delimiter
    raise DamagedFile(
        f"{file}: a row of names such as 'Potential/V, Current/A' was expected; there is none.", mend=MEND
    )


def _split(line: str, delimiter: str) -> list[str]:
    if delimiter == " ":
        return line.split()
    cells = [cell.strip() for cell in line.split(delimiter)]
    while len(cells) > 1 and not cells[-1]:
        cells.pop()
    return cells


def _read_header(document: _Document) -> None:
    key = ""
    for line in document.lines[2:]:
        name, sign, value = line.partition(" = ")
        label = re.match(r"(File|Data Source|Instrument Model|Header|Note):\s*(.*)", line)
        if line.strip() == "Results:" or document.results:
            document.results.extend([line.strip()] if line.strip() else [])
        elif label is not None:
            key = label[1]
            document.texts[key] = label[2].strip()
        elif sign:
            key = ""
            document.parameters.setdefault(name.strip(), value.strip())
        elif key in {"Header", "Note"} and line.strip():
            document.texts[key] = f"{document.texts[key]}\n{line.strip()}".strip()
        elif not line.strip() and document.texts.get("Note") == "" and key == "Note":
            key = ""


def _reading(document: _Document, *, file: str) -> Reading:
    name = document.lines[1].strip() if len(document.lines) > 1 else ""
    key = next((key for pattern, key in _TECHNIQUES if pattern.search(name)), "electrochemistry")
    headers, factors = read_columns(document.labels)
    variables = []
    for header, factor, cells in zip(headers, factors, zip(*document.rows, strict=True), strict=True):
        values = numbers(cells, ".", label=header.label, place=file) * factor
        variables.append(variable(header, values, Role.AUXILIARY if header.name in AUXILIARY else Role.SIGNAL))
    if any(document.segments):
        header = ColumnHeader(name="segment", label="Segment", unit="", unit_as_written="")
        variables.append(variable(header, np.array(document.segments, dtype=np.float64), Role.AUXILIARY))
    axes = ("frequency",) if key == "impedance" else ("time",)
    sample = document.texts.get("Header") or ""
    doubts = []
    if any(v.name == "current" for v in variables):
        doubts.append(
            "The file does not say which currents count as positive; CHI's program takes cathodic ones unless it is "
            "set otherwise."
        )
    return Reading(
        technique=key,
        title=sample.split("\n")[0] or name or file or "CHI measurement",
        variables=tuple(along(variables, axes, FIRST, place=file)),
        header=_header(document),
        metadata=_metadata(document, name),
        instrument=" ".join(("CH Instruments", document.texts.get("Instrument Model", ""))).strip(),
        started_at=read_english_date(document.lines[0]) if document.lines else None,
        doubts=tuple(doubts),
    )


def _header(document: _Document) -> dict[str, Json]:
    found: dict[str, Json] = {
        "lines": [line for line in document.lines if line.strip()],
        "parameters": dict(document.parameters),
        "columns": list(document.labels),
    }
    return found | ({"results": list(document.results)} if document.results else {})


def _metadata(document: _Document, technique: str) -> dict[str, MetadataValue]:
    metadata: dict[str, MetadataValue] = {"maker": "CH Instruments"}
    texts = {
        "technique_name": technique,
        "model": document.texts.get("Instrument Model", ""),
        "comment": document.texts.get("Note", ""),
    }
    speed = to_number(document.parameters.get("Scan Rate (V/s)", ""))
    if speed is not None and np.isfinite(speed):
        metadata["scan_speed"] = Measured(speed, "V/s")
    return metadata | {key: text for key, text in texts.items() if text}


READER = ChInstrumentsText()
