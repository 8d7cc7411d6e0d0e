"""INFICON Fusion CSV: what a Micro GC found in each injection, as a table.

Instrument
----------
Micro GC Fusion of INFICON, the table of results that its web page saves as CSV.

What is read
------------
One Reading of technique `gas_analysis` with `time`, shape (n,), s since the first injection, the axis, and for every
gas `concentration_h2`, `normalised_concentration_h2` (percent), `peak_area_h2` and `retention_time_h2` (s), shape (n,),
in the order of the file, which has the newest injection first. Gases that two detectors measure have the detector's
name behind. The method and, where all injections have the same, the sample come as metadata.

Uncertainties
-------------
None: the file states none for a single injection.

What is left out
----------------
The last row, the relative standard deviation over all injections, is kept in the header. The unit of the concentration
is not stated. Samples that differ stand in the header, row by row.

File structure
--------------
Text between commas: a warning that the layout may change, a row of the method and the quantities, each above its first
gas, a row of detectors, likewise, a row `Time (GMT n mins)` with the gases, then one row for each injection. The times
are local, n minutes ahead of UTC. The program asks to use its JSON instead, which holds the chromatograms. Worked out
from 1 file.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

import numpy as np

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.source import Source
from kiban.readers.tables.column_headers import ColumnHeader, slug, unique
from kiban.readers.tables.date_columns import read_date
from kiban.readers.tables.number_columns import read_numbers
from kiban.readers.tables.text_rows import with_plain_line_ends
from kiban.readers.text import decode
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable

_WARNING = b"WARNING: CSV format is subject to change without notice"
_TIME = re.compile(r"Time \(GMT (?P<minutes>[+-]?\d{1,4}) mins\)")
_QUANTITIES = {
    "Concentration": ("concentration", "arbitrary_unit"),
    "NormalizedConcentration": ("normalised_concentration", "percent"),
    "Area": ("peak_area", "arbitrary_unit"),
    "RT(s)": ("retention_time", "s"),
}
_MEND = "Save the table again from the instrument, or its JSON files; the file is kept as it came."


class InficonFusionCsv:
    """Reads tables of results of the Micro GC Fusion."""

    name = "inficon_fusion_csv"
    version = 1
    title = "INFICON Fusion results (CSV)"
    makers = ("INFICON",)
    techniques = ("gas_analysis",)
    suffixes = (".csv",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text with the warning of the program and its rows of detectors and times."""
        head = source.head[:16384]
        if _WARNING in head[:256] and b"\nDetectors," in head and b"\nTime (GMT " in head:
            return Recognition(Confidence.CERTAIN, "it has the warning and the three rows of names of Fusion's tables")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the one table. Raises as the contract says."""
        text = with_plain_line_ends(decode(source.read())[0])
        return [_reading(_parse(text, source.name), source.name)]


@dataclass(slots=True)
class _Document:
    method: str = ""
    quantities: list[str] = field(default_factory=list)
    detectors: list[str] = field(default_factory=list)
    gases: list[str] = field(default_factory=list)
    zone: timezone = UTC
    times: list[datetime] = field(default_factory=list)
    samples: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    deviation: list[str] = field(default_factory=list)


def _parse(text: str, file: str) -> _Document:
    document = _Document()
    for number, line in enumerate(text.split("\n"), 1):
        try:
            cells = [cell.strip() for cell in next(csv.reader([line]), [])]
        except csv.Error as error:
            raise DamagedFile(f"{file}, line {number} cannot be taken apart: {error}.", mend=_MEND) from error
        if not any(cells) or not cells[0]:
            continue
        match = _TIME.fullmatch(cells[0])
        if document.gases:
            if cells[0] == "% RSD":
                document.deviation = cells[2:]
            else:
                _add(document, cells, f"{file}, line {number}")
        elif cells[1:2] == ["SampleName"]:
            document.method, document.quantities = cells[0], _filled(cells[2:])
        elif cells[0] == "Detectors":
            document.detectors = _filled(cells[2:])
        elif match is not None:
            _set_gases(document, cells[2:], int(match["minutes"]), f"{file}, line {number}")
    if not document.gases or not document.quantities:
        raise DamagedFile(f"{file}: rows of quantities, detectors and gases were expected above the table.", mend=_MEND)
    return document


def _filled(cells: list[str]) -> list[str]:
    """Names that stand above their first column only, put above each."""
    found: list[str] = []
    for cell in cells:
        found.append(cell or (found[-1] if found else ""))
    return found


def _set_gases(document: _Document, gases: list[str], minutes: int, place: str) -> None:
    if len(document.quantities) < len(gases) or len(document.detectors) < len(gases) or not all(gases):
        raise DamagedFile(f"{place}: every gas was expected to have a name, a quantity and a detector.", mend=_MEND)
    unknown = next((name for name in document.quantities[: len(gases)] if name not in _QUANTITIES), None)
    if unknown is not None:
        raise UnsupportedVariant(
            f"{place}: the quantity '{unknown[:40]}' is not known; {', '.join(_QUANTITIES)} are.",
            mend="Save the results as JSON files instead. The file is kept as it came.",
        )
    if abs(minutes) >= 24 * 60:
        raise DamagedFile(f"{place}: a time zone of {minutes} minutes is none.", mend=_MEND)
    document.gases, document.zone = gases, timezone(timedelta(minutes=minutes))


def _add(document: _Document, cells: list[str], place: str) -> None:
    if len(cells) != len(document.gases) + 2:
        raise DamagedFile(f"{place}: {len(document.gases) + 2} cells were expected, {len(cells)} found.", mend=_MEND)
    time = read_date(cells[0])
    if time is None or time.tzinfo is not None:
        raise DamagedFile(f"{place}: '{cells[0][:30]}' stands where a date and time was expected.", mend=_MEND)
    document.times.append(time)
    document.samples.append(cells[1])
    document.rows.append(cells[2:])


def _headers(document: _Document) -> list[ColumnHeader]:
    keys = list(zip(document.quantities, document.gases, strict=False))
    counts = Counter(keys)
    headers = []
    for (quantity, gas), detector in zip(keys, document.detectors, strict=False):
        name, unit = _QUANTITIES[quantity]
        # "1-propanol" begins with a digit, which a name behind another word may.
        word = re.sub(r"[^a-z0-9]+", "_", gas.lower()).strip("_") or "unnamed"
        behind = f"_{slug(detector)}" if counts[quantity, gas] > 1 else ""
        headers.append(ColumnHeader(name=f"{name}_{word}{behind}", label=f"{quantity} {detector} {gas}", unit=unit))
    return unique(headers)


def _reading(document: _Document, file: str) -> Reading:
    if not document.rows:
        raise NothingMeasured(f"{file} has no injections.", mend="If gas was injected, save the table again.")
    first = min(document.times)
    seconds = np.array([(time - first).total_seconds() for time in document.times])
    variables = [
        Variable(
            name="time",
            series=Series(seconds, "s"),
            dimensions=("time",),
            role=Role.AXIS,
            label="Time of the injection",
        )
    ]
    for n, header in enumerate(_headers(document)):
        column = read_numbers([row[n] for row in document.rows])
        if column.texts:
            raise DamagedFile(
                f"{file}: '{next(iter(column.texts))[:30]}' stands where a number was expected.", mend=_MEND
            )
        role = Role.SIGNAL if "concentration" in header.name else Role.AUXILIARY
        variables.append(
            Variable(
                name=header.name,
                series=Series(column.values, header.unit),
                dimensions=("time",),
                role=role,
                label=header.label,
            )
        )
    samples = list(dict.fromkeys(filter(None, document.samples)))
    about: dict[str, Json] = {"method": document.method}
    if len(samples) > 1:
        about["samples"] = list(document.samples)
    if document.deviation:
        about["relative_standard_deviation_percent"] = list(document.deviation)
    metadata: dict[str, MetadataValue] = {"maker": "INFICON"}
    if document.method:
        metadata["method"] = document.method
    sample = samples[0] if len(samples) == 1 else None
    return Reading(
        technique="gas_analysis",
        title=": ".join(text for text in (sample, document.method) if text) or file,
        variables=tuple(variables),
        header=about,
        metadata=metadata,
        sample_name=sample,
        instrument="INFICON Micro GC Fusion",
        started_at=first.replace(tzinfo=document.zone),
    )


READER = InficonFusionCsv()
