"""Hitachi FL Solutions and UV Solutions text: spectra of Hitachi's fluorescence and absorption spectrometers.

Instrument
----------
Spectrophotometers of Hitachi: F-2700 to F-7100 with FL Solutions, U-2900 to U-4100 with UV Solutions.

What is read
------------
One Reading, of technique `photoluminescence` where the data mode is fluorescence, luminescence or phosphorescence,
`uv_vis` where it is absorbance, transmittance or reflectance, else `spectrum`:

- the axis, shape (n,): `wavelength` (nm), `excitation_wavelength` (nm) for scans of the excitation, `time` (s);
- the signal, same shape: `intensity` in arbitrary units, `absorbance`, `transmittance`, `reflectance`.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Scans in three dimensions are refused: which axis lies along the rows is not written in them. Lists of peaks are in the
header.

File structure
--------------
Text. Lines `Key:<tab>value`, under headings without a colon (Instrument, Instrument Parameters, ...); `Data Points`, a
line with the names of the columns (`nm<tab>Data`) and rows of two numbers between tabs. Worked out from what 5 open
programs read.
"""

from __future__ import annotations

import re
from datetime import datetime

import numpy as np

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.number_list import optional_number, rows
from kiban.readers.optical.words import signal
from kiban.readers.source import Source
from kiban.readers.tables.date_columns import read_date
from kiban.readers.text import decode, is_wide
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable

_MEND = "Export the spectrum again from the spectrophotometer's program; the file is kept as it came."
_LUMINESCENCE = ("fluorescence", "luminescence", "phosphorescence")
_ABSORPTION = {"absorbance", "transmittance", "reflectance"}
_DATE = re.compile(r"(?P<time>\d{1,2}:\d{2}:\d{2}),?\s+(?P<date>\S+)")
_TEXTS = (
    ("model", "model"),
    ("serial_number", "serial number"),
    ("comment", "comment"),
    ("technique_name", "measurement type"),
)
_NUMBERS = (
    ("scan_speed", "scan speed"),
    ("wavelength", "ex wl"),
    ("detection_wavelength", "em wl"),
)


class HitachiText:
    """Reads text of FL Solutions and UV Solutions."""

    name = "hitachi_text"
    version = 1
    title = "Hitachi FL / UV Solutions text"
    makers = ("Hitachi",)
    techniques = ("photoluminescence", "uv_vis", "spectrum")
    suffixes = (".txt",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text with the headings Instrument Parameters and Data Points and a spectrophotometer as model."""
        head = source.head
        if b"\0" in head[:1024] and not is_wide(head):
            return None
        head = head.replace(b"\0", b"")
        if b"Instrument Parameters" in head and re.search(rb"Model:\t[^\r\n]{0,60}Spectrophotometer", head):
            return Recognition(Confidence.CERTAIN, "it has 'Instrument Parameters' of a Hitachi spectrophotometer")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the spectrum. Raises as the contract says."""
        lines = decode(source.read())[0].lstrip("\ufeff").splitlines()
        at = next((n for n, line in enumerate(lines) if line.strip().lower() == "data points"), None)
        if at is None:
            raise DamagedFile(f"{source.name}: a line 'Data Points' was expected; there is none.", mend=_MEND)
        header, fields = _fields(lines[:at])
        if "3-d" in fields.get("measurement type", "").lower():
            raise UnsupportedVariant(
                f"{source.name} is a scan in three dimensions, whose axes the file does not name.",
                mend="Export its spectra one by one. The file is kept as it came.",
            )
        body = [(n, line) for n, line in enumerate(lines[at + 1 :], at + 2) if line.strip()]
        if len(body) < 2:
            raise NothingMeasured(f"{source.name} has no row of numbers after Data Points.", mend=_MEND)
        labels = [cell.strip() for cell in body[0][1].split("\t")]
        table = rows([line for _, line in body[1:]], what="data", file=source.name, first_line=body[1][0])
        if table.shape[1] != 2 or len(labels) < 2:
            raise DamagedFile(
                f"{source.name}: two columns were expected; {len(labels)} are named, rows have {table.shape[1]}.",
                mend=_MEND,
            )
        mode = fields.get("data mode", "")
        along, unit = _axis(labels[0], fields, source.name)
        measured = signal(labels[1] if labels[1].lower() != "data" else mode)
        is_light = mode.lower().startswith(_LUMINESCENCE)
        technique = "photoluminescence" if is_light else "uv_vis" if measured.name in _ABSORPTION else "spectrum"
        sample = fields.get("sample", "")
        return [
            Reading(
                technique=technique,
                title=sample or source.name or "Spectrum",
                variables=(
                    Variable(
                        name=along,
                        series=Series(table[:, 0], unit),
                        dimensions=(along,),
                        role=Role.AXIS,
                        label=labels[0],
                        unit_as_written=labels[0],
                    ),
                    Variable(
                        name=measured.name,
                        series=Series(np.ascontiguousarray(table[:, 1]), measured.unit),
                        dimensions=(along,),
                        label=labels[1],
                    ),
                ),
                header=header,
                metadata=_metadata(fields),
                sample_name=sample or None,
                operator=fields.get("operator") or None,
                instrument=fields.get("model") or None,
                started_at=_time(fields.get("run date", "")),
            )
        ]


def _fields(lines: list[str]) -> tuple[dict[str, Json], dict[str, str]]:
    """The header by its headings, and the first of each key in lower case."""
    header: dict[str, Json] = {}
    fields: dict[str, str] = {}
    heading: dict[str, Json] = header
    for line in lines:
        key, mark, value = line.partition(":")
        if mark and "\t" not in key:
            name = " ".join(key.split())
            heading[name] = value.strip()
            fields.setdefault(name.lower(), value.strip())
        elif line.strip():
            # A heading, or a line of the list of peaks.
            heading = {}
            header[line.strip()] = heading
    return header, fields


def _axis(label: str, fields: dict[str, str], file: str) -> tuple[str, str]:
    unit = read_unit(label) or ""
    if unit in {"s", "min"}:
        return "time", unit
    if unit != "nm":
        raise DamagedFile(f"{file}: nm or s was expected above the first column; '{label[:40]}' was found.", mend=_MEND)
    return ("excitation_wavelength" if fields.get("scan mode", "").lower() == "excitation" else "wavelength"), "nm"


def _metadata(fields: dict[str, str]) -> dict[str, MetadataValue]:
    metadata: dict[str, MetadataValue] = {"maker": "Hitachi"}
    metadata |= {name: text for name, key in _TEXTS if (text := fields.get(key, ""))}
    for name, key in _NUMBERS:
        number, _, unit = fields.get(key, "").partition(" ")
        value, ours = optional_number(number), read_unit(unit.strip())
        if value is not None and ours:
            metadata[name] = Measured(value, ours)
    return metadata


def _time(text: str) -> datetime | None:
    """`16:23:11, 05/23/2014`; a date that can be read in two ways stays in the header."""
    match = _DATE.fullmatch(text[:60].strip())
    return read_date(f"{match['date']} {match['time']}") if match else read_date(text[:60].strip())


READER = HitachiText()
