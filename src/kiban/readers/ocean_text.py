"""Ocean Optics and Ocean Insight text: spectra that OOIBase32, SpectraSuite, Jaz and OceanView save as ASCII.

Instrument
----------
Fibre spectrometers of Ocean Optics, now Ocean Insight (USB2000, USB4000, HR, QE, Maya, Flame, NIRQuest, Jaz, ...).

What is read
------------
One Reading, of technique `uv_vis` where the file tells that light was absorbed or reflected, `raman` where its axis is
a Raman shift, else `spectrum`:

- the axis, shape (n_pixels,): `wavelength` in nm (also where the file names no axis: these spectrometers count in it),
  `raman_shift` or `wavenumber` in 1/cm, or `pixel`, as the line XAxis mode says;
- `intensity` in arbitrary units, same shape. OceanView puts the kind of the spectrum into the name of its files, which
  stands in the first line: then it is `absorbance`, `reflectance` or `transmittance`, with a doubt;
- of Jaz: `dark_intensity` (D), `reference_intensity` (R), `intensity` (S), `processed` or `irradiance` (P);
- of series in time: `time` (s since the first spectrum), and the signal with shape (n_spectra, n_pixels).

Uncertainties
-------------
None: spectra were averaged and smoothed, and a dark signal may have been taken away.

What is left out
----------------
Nothing. Abbreviations of time zones that mean more than one zone leave the time without a zone.

File structure
--------------
Text with lines `key: value` down to `>>>>>Begin Spectral Data<<<<<` (or `Begin Processed Spectral Data`, with blanks or
a hash in some), then rows of two numbers between tabs, with decimal commas in some countries; SpectraSuite ends with
`>>>>>End ...<<<<<`. SpectraSuite writes keys in the language of the computer, in Japan in half-width kana. Jaz has a
line of letters above its columns. Series begin with a row of wavelengths; each spectrum has date, milliseconds and
intensities. Worked out from 1 real file and the headers and rows that 12 open programs quote.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.number_list import rows
from kiban.readers.ocean.header import Fields, fields
from kiban.readers.source import Source
from kiban.readers.text import decode
from kiban.records.reading import Reading, Role, Variable

_MEND = "Save the spectrum again from the spectrometer's program; the file is kept as it came."
_BEGIN = re.compile(r"#?\s*>{5}\s*Begin (?:Processed )?Spectral Data\s*<{5}\s*")
_END = re.compile(r"#?\s*>{5}\s*End .*")
_OWN = re.compile(rb">{5}\s?Begin (?:Processed )?Spectral Data\s?<{5}")
_JAZ = {"W": "wavelength", "D": "dark_intensity", "R": "reference_intensity", "S": "intensity", "P": "processed"}
_AXES = {
    "wavelengths": ("wavelength", "nm"),
    "wavelength (nm)": ("wavelength", "nm"),
    "raman shifts": ("raman_shift", "1/cm"),
    "raman shift": ("raman_shift", "1/cm"),
    "wavenumbers": ("wavenumber", "1/cm"),
    "pixels": ("pixel", ""),
    "": ("wavelength", "nm"),
}
_KINDS = {
    "absorbance": ("absorbance", "absorbance"),
    "reflection": ("reflectance", "arbitrary_unit"),
    "reflectance": ("reflectance", "arbitrary_unit"),
    "transmission": ("transmittance", "arbitrary_unit"),
    "transmittance": ("transmittance", "arbitrary_unit"),
}
_KIND = re.compile(rf"(?:^|_)(?P<kind>{'|'.join(_KINDS)})\d*_", re.IGNORECASE)
_DATED = re.compile(r"\d{4}-\d{2}-\d{2} \d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?")


class OceanText:
    """Reads text of Ocean Optics' programs."""

    name = "ocean_text"
    version = 1
    title = "Ocean Optics / Ocean Insight text"
    makers = ("Ocean Insight",)
    techniques = ("uv_vis", "raman", "spectrum")
    suffixes = (".txt", ".jaz", ".Absorbance", ".Scope")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text with the line that begins the numbers in all programs of Ocean Optics."""
        if _OWN.search(source.head[:8192].replace(b"\0", b"")):
            return Recognition(Confidence.CERTAIN, "it has the line '>>>>>Begin Spectral Data<<<<<' of Ocean Optics")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the spectrum or the series of spectra. Raises as the contract says."""
        text, _ = decode(source.read())
        lines = text.lstrip("\ufeff").splitlines()
        at = next((n for n, line in enumerate(lines) if _BEGIN.fullmatch(line.strip())), None)
        if at is None:
            raise DamagedFile(f"{source.name}: a line '>>>>>Begin Spectral Data<<<<<' was expected.", mend=_MEND)
        end = next((n for n in range(at + 1, len(lines)) if _END.fullmatch(lines[n].strip())), len(lines))
        found = fields(lines[:at])
        mode = found.text("XAxis mode").lower()
        if mode not in _AXES:
            raise DamagedFile(f"{source.name}: the XAxis mode '{mode[:40]}' is not known.", mend=_MEND)
        variables = _variables(lines[at + 1 : end], at + 2, found, _AXES[mode], source.name)
        names = {variable.name for variable in variables}
        is_absorption = bool(names & {"absorbance", "reflectance", "transmittance"})
        technique = "raman" if "raman_shift" in names else "uv_vis" if is_absorption else "spectrum"
        return [
            Reading(
                technique=technique,
                title=found.title or source.name or "Spectrum",
                variables=variables,
                header=found.header,
                metadata=found.metadata,
                operator=found.operator,
                instrument=found.instrument,
                started_at=found.started_at,
                doubts=_doubts(found, names),
            )
        ]


def _variables(
    body: list[str], first_line: int, found: Fields, axis: tuple[str, str], file: str
) -> tuple[Variable, ...]:
    filled = [(place, line) for place, line in enumerate(body, first_line) if line.strip()]
    if not filled:
        raise NothingMeasured(f"{file} has no row of numbers.", mend=_MEND)
    letters = filled[0][1].split()
    if set(letters) <= _JAZ.keys():
        return _jaz(body, first_line, found, letters, filled[0][0], file)
    if len(filled) > 1 and _DATED.match(filled[1][1].split("\t")[0].strip()):
        return _series(filled, found, axis, file)
    table = rows(body, what="data", file=file, first_line=first_line)
    if table.shape[1] != 2:
        raise DamagedFile(f"{file}: rows of 2 numbers were expected; they have {table.shape[1]}.", mend=_MEND)
    _check_length(found.n_pixels, len(table), file)
    name, unit = _kind(found)
    return (
        _variable(axis[0], axis[1], table[:, 0], axis[0], role=Role.AXIS),
        _variable(name, unit, table[:, 1], axis[0]),
    )


def _variable(
    name: str, unit: str, values: NDArray[np.float64], *dimensions: str, role: Role = Role.SIGNAL, label: str = ""
) -> Variable:
    return Variable(name=name, series=Series(values, unit), dimensions=dimensions, role=role, label=label)


def _check_length(promised: float | None, found: int, file: str) -> None:
    if promised is not None and promised != found:
        raise DamagedFile(f"{file}: the header promises {promised:g} pixels, {found} follow.", mend=_MEND)


def _kind(found: Fields) -> tuple[str, str]:
    match = _KIND.search(found.title)
    return _KINDS[match["kind"].lower()] if match else ("intensity", "arbitrary_unit")


def _jaz(
    body: list[str], first_line: int, found: Fields, letters: list[str], place: int, file: str
) -> tuple[Variable, ...]:
    table = rows(body[place - first_line + 1 :], what="data", file=file, first_line=place + 1)
    if len(table) == 0:
        raise NothingMeasured(f"{file} has no row of numbers.", mend=_MEND)
    if letters[0] != "W" or len(set(letters)) < len(letters) or table.shape[1] != len(letters) or len(letters) < 2:
        raise DamagedFile(
            f"{file}: columns {' '.join(letters)} were expected; rows have {table.shape[1]} numbers.", mend=_MEND
        )
    _check_length(found.n_pixels, len(table), file)
    made = []
    for letter, values in zip(letters, table.T, strict=True):
        name, unit = _JAZ[letter], "nm" if letter == "W" else "arbitrary_unit" if letter == "P" else "count"
        if letter == "P" and found.is_irradiance:
            name, unit = "irradiance", "uW/cm**2/nm"
        role = Role.AXIS if letter == "W" else Role.SIGNAL if letter in "PS" else Role.AUXILIARY
        made.append(_variable(name, unit, values, "wavelength", role=role, label=letter))
    # What the program worked out comes first among the signals.
    made.sort(key=lambda variable: {"W": 0, "P": 1, "S": 2}.get(variable.label, 3))
    return tuple(made)


def _series(filled: list[tuple[int, str]], found: Fields, axis: tuple[str, str], file: str) -> tuple[Variable, ...]:
    x = rows([filled[0][1]], what="axis", file=file, first_line=filled[0][0]).ravel()
    _check_length(found.n_pixels, x.size, file)
    cells = [line.rstrip().split("\t") for _, line in filled[1:]]
    for (place, _), row in zip(filled[1:], cells, strict=True):
        if len(row) != x.size + 2 or not _DATED.fullmatch(row[0].strip()):
            raise DamagedFile(
                f"{file}, line {place}: date, milliseconds and {x.size} intensities were expected; "
                f"{len(row)} cells were found.",
                mend=_MEND,
            )
    table = rows([" ".join(row[1:]) for row in cells], what="data", file=file, first_line=filled[1][0])
    time_s = (table[:, 0] - table[0, 0]) / 1000.0
    name, unit = _kind(found)
    return (
        _variable(axis[0], axis[1], x, axis[0], role=Role.AXIS),
        _variable("time", "s", time_s, "time", role=Role.AXIS),
        _variable(name, unit, np.ascontiguousarray(table[:, 1:]), "time", axis[0]),
    )


def _doubts(found: Fields, names: set[str]) -> tuple[str, ...]:
    match = _KIND.search(found.title)
    if match is None or not names & {"absorbance", "reflectance", "transmittance"}:
        return ()
    return (f"What was measured ({match['kind']}) was told from the name of the file that the program noted.",)


READER = OceanText()
