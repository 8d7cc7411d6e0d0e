"""Avantes AvaSoft text: spectra that AvaSoft 7 and 8 export (`.txt`, `.Raw8.txt`, `.TRM`, `.ABS`, `.IRR8` as text).

Instrument
----------
Fibre spectrometers of Avantes (AvaSpec) driven by AvaSoft.

What is read
------------
One Reading, of technique `uv_vis` where a column is an absorbance, transmittance or reflectance, else `spectrum`:

- `wavelength` (nm; `wavenumber` in 1/cm), shape (n_pixels,);
- one signal for each column, same shape: `intensity` (counts of the sample), `dark_intensity`, `reference_intensity`,
  `absorbance`, `transmittance` (percent), `reflectance` (percent), `irradiance`, ... in the unit of the second line.

Uncertainties
-------------
None: scans were averaged and pixels smoothed, and a dark signal may have been taken away.

What is left out
----------------
The last name where it stands over no column: it is the mode of measuring (Scope), kept in the header.

File structure
--------------
Text. A line for a comment, then `Integration time [ms]:`, `Averaging Nr. [scans]:`, `Smoothing Nr. [pixels]:`, `Data
measured with spectrometer [name]:`, names and units of the columns between semicolons, an empty line, and rows between
semicolons, in some countries with decimal commas. Worked out from 2 files and the headers that other programs quote.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.number_list import optional_number, rows
from kiban.readers.optical.words import axis
from kiban.readers.optical.words import signal as signal_of
from kiban.readers.source import Source
from kiban.readers.tables.column_headers import slug
from kiban.readers.text import decode
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable

_MEND = "Export the spectrum again from AvaSoft; the file is kept as it came."
_OWN = re.compile(rb"Data measured with spectrometer (?:\[name\]|name)\s*:")
# Possessive: a line of blanks must not be shared out in every way.
_FIELD = re.compile(r"(?P<key>[A-Za-z][^:;\[]*+)(?:\[(?P<unit>[^\]]*+)\])?\s*+:\s*+(?P<value>.*)")
_NAMES = {
    "sample": "intensity",
    "dark": "dark_intensity",
    "reference": "reference_intensity",
    "scope": "scope_intensity",
    "absolute irradiance": "irradiance",
}


class AvantesText:
    """Reads AvaSoft text."""

    name = "avantes_text"
    version = 1
    title = "Avantes AvaSoft text"
    makers = ("Avantes",)
    techniques = ("uv_vis", "spectrum")
    suffixes = (".txt",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text with AvaSoft's line that names the spectrometer."""
        if _OWN.search(source.head[:4096]):
            return Recognition(Confidence.CERTAIN, "its header says 'Data measured with spectrometer' as AvaSoft does")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the spectrum. Raises as the contract says."""
        text, _ = decode(source.read())
        lines = text.lstrip("\ufeff").splitlines()
        names_at = next((n for n, line in enumerate(lines) if _cells(line)[0].lower() == "wave"), None)
        if names_at is None or names_at + 1 >= len(lines) or not lines[names_at + 1].lstrip().startswith("["):
            raise DamagedFile(f"{source.name}: a line 'Wave;Sample;...' and one of units were expected.", mend=_MEND)
        names, units = _cells(lines[names_at]), [cell.strip("[]") for cell in _cells(lines[names_at + 1])]
        first = names_at + 2
        # Semicolons part the columns, so that a decimal comma stays with its number.
        body = [line.replace(";", " ") for line in lines[first:]]
        table = rows(body, what="data", file=source.name, first_line=first + 1)
        _check(table, names, source.name)
        header, metadata, comment = _header(lines[:names_at])
        header["columns"], header["units"] = list(names), list(units)
        variables = _variables(table, names, units)
        measured = {variable.name for variable in variables}
        is_absorption = bool(measured & {"absorbance", "transmittance", "reflectance"})
        return [
            Reading(
                technique="uv_vis" if is_absorption else "spectrum",
                title=comment or source.name or "Spectrum",
                variables=variables,
                header=header,
                metadata=metadata,
                instrument=f"Avantes {metadata['serial_number']}" if "serial_number" in metadata else None,
            )
        ]


def _cells(line: str) -> list[str]:
    cells = [cell.strip() for cell in line.split(";")]
    while len(cells) > 1 and not cells[-1]:
        cells.pop()
    return cells


def _check(table: NDArray[np.float64], names: list[str], file: str) -> None:
    if len(table) == 0:
        raise NothingMeasured(f"{file} has no row of numbers.", mend=_MEND)
    # The mode of measuring may stand behind the last column.
    n_columns = table.shape[1]
    if n_columns < 2 or n_columns < len(names) - 1:
        raise DamagedFile(f"{file}: {len(names)} columns were expected, rows have {n_columns} numbers.", mend=_MEND)
    if n_columns > len(names):
        raise UnsupportedVariant(
            f"{file}: {len(names)} columns are named, rows have {n_columns} numbers: it is perhaps a series.",
            mend="Export the spectra of the series one by one from AvaSoft. The file is kept as it came.",
        )
    if np.any(np.diff(table[:, 0]) <= 0):
        raise DamagedFile(f"{file}: wavelengths were expected to ascend; they do not.", mend=_MEND)


def _header(lines: list[str]) -> tuple[dict[str, Json], dict[str, MetadataValue], str]:
    header: dict[str, Json] = {}
    comments = []
    metadata: dict[str, MetadataValue] = {"maker": "Avantes"}
    for line in lines:
        match = _FIELD.fullmatch(line.strip())
        if match is None:
            comments += [line.strip()] if line.strip() else []
            continue
        header[line.partition(":")[0].strip()] = match["value"].strip()
        key, number = (
            match["key"].rstrip().lower(),
            optional_number(match["value"].split(" ")[0] if match["value"] else ""),
        )
        if key == "integration time" and number is not None:
            metadata["exposure_time"] = Measured(number, "ms")
        elif key.startswith("averag") and number is not None and number >= 1:
            metadata["n_scans"] = int(number)
        elif key.startswith("data measured with spectrometer") and match["value"].strip():
            metadata["serial_number"] = match["value"].strip()
    if comments:
        header["comment"] = list(comments)
    return header, metadata, comments[0] if comments else ""


def _variables(table: NDArray[np.float64], names: list[str], units: list[str]) -> tuple[Variable, ...]:
    found = axis(units[0])
    along = found.name
    made = [
        Variable(
            name=along,
            series=Series(table[:, 0], found.unit),
            dimensions=(along,),
            role=Role.AXIS,
            label=names[0],
            unit_as_written=units[0],
        )
    ]
    taken = {along}
    for column in range(1, table.shape[1]):
        label = names[column]
        written = units[column] if column < len(units) else ""
        ours = _signal(label, written)
        name, n = ours[0], 2
        while name in taken:
            name, n = f"{ours[0]}_{n}", n + 1
        taken.add(name)
        made.append(
            Variable(
                name=name,
                series=Series(table[:, column], ours[1]),
                dimensions=(along,),
                label=label,
                unit_as_written=written,
            )
        )
    return tuple(made)


def _signal(label: str, written: str) -> tuple[str, str]:
    """Name a column by its word; its unit is the file's, and percent of a ratio stays percent."""
    known = signal_of(label)
    unit = read_unit(written) if written else ""
    if known.name in {"absorbance", "transmittance", "reflectance"}:
        percent = "percent_transmittance" if known.name == "transmittance" else "percent"
        return known.name, percent if written == "%" else ("absorbance" if known.name == "absorbance" else known.unit)
    name = _NAMES.get(label.lower()) or slug(label) or "intensity"
    return name, unit if unit else (written or "arbitrary_unit")


READER = AvantesText()
