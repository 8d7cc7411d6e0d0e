"""CasaXPS text: spectra that CasaXPS saves as ASCII, one below the other, with backgrounds and components of a fit.

Instrument
----------
Any photoelectron spectrometer; what CasaXPS made of its VAMAS file.

What is read
------------
Each spectrum gives a Reading of technique `xps` with

- `kinetic_energy`, shape (n,), eV, as axis, and `binding_energy`, same shape, as CasaXPS calibrated it;
- `intensity` in counts, `intensity_rate` in count/s, and what was fitted, same shape: `background`, `envelope` and the
  components under their names, those in count/s with `_rate` behind their names.

Positions, widths, areas and line shapes of the components are in the header.

Uncertainties
-------------
`intensity`: standard uncertainty √n of the Poisson distribution, origin estimate, where the counts are whole.

What is left out
----------------
Nothing. The layout "rows of tables", in which spectra stand beside each other, is not claimed.

File structure
--------------
Text between tabs or commas. `Cycle 0:file.vms:region`, `Characteristic Energy eV` and `Acquisition Time s` with their
numbers, lines Name, Position, FWHM, Area and Lineshape of the components, names of columns from `K.E.` on, an empty
column before `B.E.`, rows of numbers; then the next spectrum. Worked out from what 5 open programs read.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field

import numpy as np

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.diffraction.scan import counting_uncertainty
from kiban.readers.number_list import optional_number
from kiban.readers.source import Source
from kiban.readers.tables.column_headers import slug
from kiban.readers.text import decode
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable

_MEND = "Save the spectra again from CasaXPS; the file is kept as it came."
_FIRST = re.compile(rb"(?:\xef\xbb\xbf)?\"?Cycle \d+:")
_TITLE = re.compile(r'"?Cycle (?P<cycle>\d+):(?P<name>[^"]*)"?')
_ENERGIES = {"K.E.": "kinetic_energy", "B.E.": "binding_energy"}


@dataclass(slots=True, kw_only=True)
class _Spectrum:
    title: str
    header: dict[str, Json] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)
    rows: list[list[float]] = field(default_factory=list)


class CasaxpsText:
    """Reads text of CasaXPS."""

    name = "casaxps_text"
    version = 1
    title = "CasaXPS text"
    makers = ("CasaXPS",)
    techniques = ("xps",)
    suffixes = (".txt", ".csv")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text that begins with 'Cycle 0:' and has the characteristic energy in its second line."""
        lines = source.head[:4096].split(b"\n", 2)
        if _FIRST.match(source.head) and len(lines) > 1 and b"Characteristic Energy eV" in lines[1]:
            return Recognition(Confidence.CERTAIN, "it begins with 'Cycle' and 'Characteristic Energy eV'")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all spectra, in order. Raises as the contract says."""
        text, _ = decode(source.read())
        spectra = _spectra(text.lstrip("\ufeff"), source.name)
        if not spectra:
            raise NothingMeasured(f"{source.name} holds no spectrum.", mend=_MEND)
        return [_reading(spectrum, source.name) for spectrum in spectra]


def _spectra(text: str, file: str) -> list[_Spectrum]:
    found: list[_Spectrum] = []
    mark = ""
    for place, line in enumerate(text.splitlines(), 1):
        if not line.strip(" \t,"):
            continue
        if (title := _TITLE.fullmatch(line.rstrip(" \t,"))) is not None:
            found.append(_Spectrum(title=title["name"].strip(), header={"Cycle": title["cycle"]}))
            mark = ""
            continue
        mark = mark or ("\t" if "\t" in line else ",")
        cells = [cell.strip() for cell in next(csv.reader([line], delimiter=mark))]
        if not found:
            raise DamagedFile(f"{file}, line {place}: 'Cycle 0:' was expected; '{line[:40]}' was found.", mend=_MEND)
        _line(found[-1], cells, f"{file}, line {place}")
    return found


def _line(spectrum: _Spectrum, cells: list[str], where: str) -> None:
    if spectrum.labels:
        numbers = [optional_number(cell) for cell, label in zip(cells, spectrum.labels, strict=False) if label]
        values = [value for value in numbers if value is not None]
        n_expected = sum(map(bool, spectrum.labels))
        if len(values) != n_expected:
            raise DamagedFile(f"{where}: {n_expected} numbers were expected; {len(values)} were found.", mend=_MEND)
        spectrum.rows.append(values)
    elif cells[0] in _ENERGIES:
        spectrum.labels = cells
    elif "Characteristic Energy eV" in cells:
        given = [cell for cell in cells if cell]
        spectrum.header |= dict(zip(given[::2], given[1::2], strict=False))
    else:
        spectrum.header[cells[0] or "#text"] = [cell for cell in cells[1:] if cell]


def _reading(spectrum: _Spectrum, file: str) -> Reading:
    place = f"{file}, {spectrum.title}"
    labels = [label for label in spectrum.labels if label]
    if "K.E." not in labels or not {"Counts", "CPS"} & set(labels):
        raise DamagedFile(f"{place}: columns K.E. and Counts or CPS were expected; they are {labels[:8]}.", mend=_MEND)
    if not spectrum.rows:
        raise NothingMeasured(f"{place} holds no point.", mend=_MEND)
    table = np.array(spectrum.rows, dtype=np.float64)
    variables: list[Variable] = []
    is_rate = False
    for label, values in zip(labels, table.T, strict=True):
        # Behind the binding energies everything is in counts per second.
        is_rate = is_rate or label == "B.E."
        name, unit, role = _column(label, is_rate=is_rate)
        taken = {variable.name for variable in variables}
        name = next(each for each in (name, *(f"{name}_{i}" for i in range(2, len(labels) + 2))) if each not in taken)
        known = counting_uncertainty(values) if name == "intensity" else None
        variables.append(
            Variable(
                name=name,
                series=Series(np.ascontiguousarray(values), unit, known),
                dimensions=("kinetic_energy",),
                role=role,
                label=label,
            )
        )
    return Reading(
        technique="xps",
        title=spectrum.title.rpartition(":")[2].strip() or spectrum.title or file,
        variables=tuple(variables),
        header=spectrum.header,
        metadata=_metadata(spectrum.header),
    )


def _column(label: str, *, is_rate: bool) -> tuple[str, str, Role]:
    if label in _ENERGIES:
        return _ENERGIES[label], "eV", Role.AXIS if label == "K.E." else Role.AUXILIARY
    plain = {"Counts": "intensity", "CPS": "intensity_rate"}.get(label)
    unit = "count/s" if is_rate else "count"
    if plain is not None:
        return plain, unit, Role.SIGNAL
    name = slug(label[:80].removesuffix("CPS")) or "component"
    name = name if name[:1].isalpha() else f"component_{name}"
    return f"{name}_rate" if is_rate else name, unit, Role.SIGNAL


def _metadata(header: dict[str, Json]) -> dict[str, MetadataValue]:
    metadata: dict[str, MetadataValue] = {"software": "CasaXPS"}
    for name, key, unit in (
        ("incident_energy", "Characteristic Energy eV", "eV"),
        ("count_time", "Acquisition Time s", "s"),
    ):
        text = header.get(key)
        value = optional_number(text) if isinstance(text, str) else None
        if value is not None and value > 0:
            metadata[name] = Measured(value, unit)
    return metadata


READER = CasaxpsText()
