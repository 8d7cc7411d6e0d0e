"""Mettler-Toledo STARe text: curves of thermobalances and calorimeters exported as text.

Instrument
----------
TGA, DSC and TGA/DSC of Mettler-Toledo with STARe as program.

What is read
------------
Each curve gives a Reading along `time` (s), shape (n_points,), with `temperature` (degC, of the sample),
`reference_temperature` (degC) and the curve's values by their unit: `mass` (mg or percent), `heat_flow` (mW, W/g), else
under the name that the curve has. The technique is `thermogravimetry` for a mass and
`differential_scanning_calorimetry` for a heat flow. The sample's name and mass, the start and the version of the
program come as metadata where the export has them; all lines outside of the values are kept in the header.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Nothing. Evaluations (steps, peaks) that were exported below a curve are kept as text.

File structure
--------------
Text in CP1252 or UTF-8, any line ends. Headings that end in a colon with indented lines below them, which depend on
what was chosen for the export and on the language; then, for each curve, a line `Index t Ts Tr Value`, a line of units
`[s] [°C] [°C] [mg]`, and rows that are numbered from 0. Worked out from 1 file and the head of another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

import numpy as np

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.number_list import rows
from kiban.readers.source import Source
from kiban.readers.tables.column_headers import ColumnHeader
from kiban.readers.tables.date_columns import read_date
from kiban.readers.tables.text_rows import with_plain_line_ends
from kiban.readers.text import decode
from kiban.readers.thermal.curves import Run, column, reading
from kiban.readers.words.quantity_words import kind_of
from kiban.records.reading import Json, MetadataValue, Reading

_NAMES = re.compile(r"\s*Index\s+(?P<names>(?:t|Ts|Tr|Value|Heat ?flow|\S+)(?:\s+\S+)*)\s*")
_UNITS = re.compile(r"\s*(?:\[[^\[\]]*\]\s*)+")
_ROW = re.compile(r"\s*\d+\s+[-+.,\d]")
_DATE = re.compile(r"(\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{4}-\d{2}-\d{2})\s+(\d{1,2}:\d{2}(?::\d{2})?(?:\s*[AP]M)?)")
_SAMPLE = re.compile(r"(?P<name>.+?),\s*(?P<mass>\d+(?:[.,]\d+)?)\s*(?P<unit>mg|g|µg|ug)\b")
_PROGRAM = re.compile(r"STARe\s+SW\s+[\d.]+\w*")
_MEND = "Export the curve again from STARe, or copy the file again; it is kept as it came."


@dataclass(slots=True)
class _Curve:
    """One curve: the lines above it since the curve before, its names, units and rows."""

    above: list[str]
    names: list[str]
    units: list[str]
    lines: list[str]
    first_line: int


class MettlerStare:
    """Reads text exports of STARe."""

    name = "mettler_stare"
    version = 1
    title = "Mettler-Toledo STARe text"
    makers = ("Mettler-Toledo",)
    techniques = ("thermogravimetry", "differential_scanning_calorimetry", "table")
    suffixes = (".txt",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text with a line `Index t ...` and below it one of units in square brackets that begins with `[s]`."""
        head = source.head[:32768]
        if b"Index" not in head or (b"[s]" not in head and b"[min]" not in head):
            return None
        lines = with_plain_line_ends(decode(head)[0]).split("\n")
        for n in range(len(lines) - 1):
            if _starts(lines, n) and re.match(r"\s*\[(?:s|min|h)\]", lines[n + 1]):
                return Recognition(Confidence.LIKELY, "it numbers its rows and names their units as STARe does")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all curves, in order. Raises as the contract says."""
        lines = with_plain_line_ends(decode(source.read())[0]).split("\n")
        curves, below = _curves(lines)
        if not curves:
            raise DamagedFile(f"{source.name}: a line 'Index t Ts Tr Value' was expected; there is none.", mend=_MEND)
        readings = []
        for n, curve in enumerate(curves, 1):
            place = source.name if len(curves) == 1 else f"{source.name}, curve {n}"
            # What stands below the last curve (sample, signature) is said of all.
            readings.append(reading(_run(curve, below, curves[0].above, place), place=place))
        return readings


def _starts(lines: Sequence[str], n: int) -> bool:
    return n + 1 < len(lines) and _NAMES.fullmatch(lines[n]) is not None and bool(_UNITS.fullmatch(lines[n + 1]))


def _curves(lines: Sequence[str]) -> tuple[list[_Curve], list[str]]:
    """Cut the file into curves and what stands below the last."""
    curves: list[_Curve] = []
    above: list[str] = []
    n = 0
    while n < len(lines):
        if not _starts(lines, n):
            if lines[n].strip():
                above.append(lines[n].rstrip())
            n += 1
            continue
        end = n + 2
        while end < len(lines) and _ROW.match(lines[end]):
            end += 1
        names = lines[n].split()
        units = re.findall(r"\[([^\[\]]*)\]", lines[n + 1])
        curves.append(_Curve(above, names, units, list(lines[n + 2 : end]), n + 3))
        above, n = [], end
    return curves, above


def _run(curve: _Curve, below: Sequence[str], first_above: Sequence[str], place: str) -> Run:
    table = rows(curve.lines, what="curve", file=place, first_line=curve.first_line)
    if not table.size:
        raise NothingMeasured(f"{place} has names of columns but no rows.", mend=_MEND)
    if table.shape[1] != len(curve.names) or len(curve.units) != len(curve.names) - 1:
        raise DamagedFile(
            f"{place}: {len(curve.names)} columns are named, {len(curve.units)} have units, the rows have "
            f"{table.shape[1]} numbers.",
            mend=_MEND,
        )
    doubts: tuple[str, ...] = ()
    if not bool(np.all(np.diff(table[:, 0]) == 1)):
        doubts = ("The rows are not numbered one by one: some may be missing.",)
    said = [*first_above, *curve.above, *below]
    name = _curve_name(curve.above)
    columns = [_column(n, u, name) for n, u in zip(curve.names[1:], curve.units, strict=True)]
    sample, metadata = _about(said)
    header: dict[str, Json] = {
        "lines_above": list(curve.above),
        "lines_below": list(below),
        "columns": list(curve.names),
    }
    return Run(
        columns=columns,
        values=table[:, 1:],
        title=f"{sample}: {name}" if sample and name else sample or name or "STARe curve",
        header=header,
        metadata=metadata,
        sample_name=sample or None,
        instrument="Mettler-Toledo thermal analyser",
        started_at=_started(said),
        doubts=doubts,
    )


def _column(words: str, unit: str, curve: str) -> ColumnHeader:
    """Name a column; `Value` is what its unit measures."""
    if words != "Value":
        return column(words, unit, f"{words} [{unit}]")
    header = column(curve or "value", unit, curve or words)
    kind = kind_of(header.unit)
    if kind == "mass" or (header.unit == "percent" and re.search(r"weight|mass|gewicht|TGA", curve, re.IGNORECASE)):
        return replace(header, name="mass")
    if kind == "power" or header.unit in {"W/g", "mW/mg", "W/kg"}:
        return replace(header, name="heat_flow")
    return header if header.name else replace(header, name="value")


def _curve_name(above: Sequence[str]) -> str:
    """The last line of what stands below `Curve Name:` or `FileName:`: what the curve shows."""
    start = next((n for n, line in enumerate(above) if re.match(r"(?:Curve ?Name|File ?Name)\s*:", line)), None)
    if start is None:
        return ""
    said = []
    for line in above[start + 1 :]:
        if not line.startswith((" ", "\t")):
            break
        said.append(line.strip())
    return said[-1] if len(said) > 1 else ""


def _about(said: Sequence[str]) -> tuple[str, dict[str, MetadataValue]]:
    metadata: dict[str, MetadataValue] = {"maker": "Mettler-Toledo"}
    program = _PROGRAM.search("\n".join(said))
    if program is not None:
        metadata["software"] = program.group()
    for heading, line in pairwise(said):
        match = _SAMPLE.fullmatch(line.strip()) if re.match(r"(?:Sample|Probe)\w*\s*:", heading) else None
        if match is not None:
            mass = float(match["mass"].replace(",", "."))
            if mass > 0:
                metadata["sample_mass"] = Measured(mass, match["unit"].replace("µ", "u"))
            return match["name"].strip(), metadata
    return "", metadata


def _started(said: Sequence[str]) -> datetime | None:
    """When the curve was measured, else of when its file is; the date in the first line is that of the export."""
    dated = [(line, match) for line in said if (match := _DATE.search(line)) and line.startswith((" ", "\t"))]
    dated.sort(key=lambda pair: "Performed" not in pair[0])
    return read_date(f"{dated[0][1][1]} {dated[0][1][2]}") if dated else None


READER = MettlerStare()
