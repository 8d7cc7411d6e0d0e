"""Shimadzu UVProbe text: spectra that UVProbe exports (`.txt`, `.csv`).

Instrument
----------
UV-Vis-NIR spectrophotometers of Shimadzu (UV-1800, UV-2600, UV-3600, ...) driven by UVProbe, and its fluorimeters.

What is read
------------
One Reading, of technique `uv_vis` (`ir` for scans beyond 1100 nm, `spectrum` where no absorption was measured):

- the axis, shape (n_points,): `wavelength` (nm), `wavenumber` (1/cm) or `time`, in the order of the file;
- one signal for each further column, same shape: `absorbance`, `transmittance` or `reflectance` in percent, or
  `intensity`; numbered from the second of a kind on. A blank cell is a missing value.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Nothing. The file has neither date nor instrument.

File structure
--------------
Text in CP1252, CP932 or UTF-8. The data set's name between quotes (`"glass - RawData"`), the columns' names between
quotes (`"Wavelength nm."`, `"Abs."`, `"T%"`, `"R%"`), then rows, all between commas, tabs or semicolons; with decimal
commas where the country has them. After the headers that open programs quote; no real file was at hand.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.optical.words import Quantity, axis, signal, technique
from kiban.readers.source import Source
from kiban.readers.text import decode
from kiban.records.reading import Json, Reading, Role, Variable

_MEND = "Export the spectrum again from UVProbe; the file is kept as it came."
_QUOTED = r'"[^"\r\n]*"'
_HEADER = re.compile(
    rf"(?P<title>{_QUOTED})[ \t,;]*\r?\n"
    rf"(?P<columns>{_QUOTED}(?:[ ]*(?P<delimiter>[,;\t])[ ]*{_QUOTED})+)[ \t,;]*(?:\r?\n|\Z)"
)
_AXES = frozenset({"wavelength", "wavenumber", "time"})
_RAW = re.compile(r"\s+-\s+(?:RawData|Raw Data|生データ)$")


class ShimadzuUvprobe:
    """Reads UVProbe text."""

    name = "shimadzu_uvprobe"
    version = 1
    title = "Shimadzu UVProbe text"
    makers = ("Shimadzu",)
    techniques = ("uv_vis", "ir", "spectrum")
    suffixes = (".txt", ".csv")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text that begins with a quoted name and a line of quoted columns, the first of which is an axis."""
        if not source.head.lstrip(b"\xef\xbb\xbf\xff\xfe").startswith((b'"', b"'\0")):
            return None
        text, _ = decode(source.head[:4096])
        found = _HEADER.match(text.lstrip("\ufeff"))
        if found is None or _quantities(found["columns"])[0].name not in _AXES:
            return None
        return Recognition(
            Confidence.LIKELY, f"it begins with a name and the columns {found['columns'][:60]} in quotes"
        )

    def read(self, source: Source) -> list[Reading]:
        """Read the spectrum or spectra. Raises as the contract says."""
        text, _ = decode(source.read())
        text = text.lstrip("\ufeff")
        found = _HEADER.match(text)
        if found is None:
            raise DamagedFile(f"{source.name}: a quoted name and a line of quoted columns were expected.", mend=_MEND)
        along, *measured = _quantities(found["columns"])
        table = _table(text[found.end() :], found["delimiter"], 1 + len(measured), source.name)
        x = table[:, 0]
        if not bool(np.isfinite(x).all()):
            raise DamagedFile(f"{source.name}: a row has no number as {along.written}.", mend=_MEND)
        steps = np.diff(x)
        if not (np.all(steps > 0) or np.all(steps < 0)):
            raise DamagedFile(f"{source.name}: {along.written} neither ascends nor descends throughout.", mend=_MEND)
        if not bool(np.isfinite(table[:, 1:]).any()):
            raise NothingMeasured(f"{source.name} holds no value beside {along.written}.", mend=_MEND)
        n_missing = int(np.isnan(table[:, 1:]).sum())
        title = found["title"].strip('"')
        header: dict[str, Json] = {"title": title, "columns": [along.written, *(each.written for each in measured)]}
        return [
            Reading(
                technique=technique(along, measured[0], x),
                title=_RAW.sub("", title) or source.name or "Spectrum",
                variables=(along.variable(x, along.name, Role.AXIS), *_signals(measured, table[:, 1:], along.name)),
                header=header,
                metadata={"maker": "Shimadzu"},
                doubts=(f"{n_missing} cells are blank.",) if n_missing else (),
            )
        ]


def _quantities(columns: str) -> list[Quantity]:
    first, *others = [cell.strip('"') for cell in re.findall(_QUOTED, columns)]
    return [axis(first), *(signal(cell) for cell in others)]


def _signals(measured: list[Quantity], values: NDArray[np.float64], along: str) -> list[Variable]:
    made = []
    counts: dict[str, int] = {}
    for quantity, column in zip(measured, values.T, strict=True):
        counts[quantity.name] = n = counts.get(quantity.name, 0) + 1
        name = quantity.name if n == 1 else f"{quantity.name}_{n}"
        numbered = Quantity(name=name, unit=quantity.unit, written=quantity.written)
        made.append(numbered.variable(column, along, Role.SIGNAL))
    return made


def _table(body: str, delimiter: str, n_columns: int, file: str) -> NDArray[np.float64]:
    """Read the rows; a blank cell is NaN. Raises DamagedFile, NothingMeasured."""
    found = []
    for place, line in enumerate(body.splitlines(), 3):
        if not line.strip(f" \t{delimiter}"):
            continue
        cells = line.split(delimiter)
        while len(cells) > n_columns and not cells[-1].strip():
            cells.pop()
        if len(cells) != n_columns:
            raise DamagedFile(
                f"{file}, line {place}: {n_columns} columns were expected, {len(cells)} were found.", mend=_MEND
            )
        try:
            found.append([_number(cell) for cell in cells])
        except ValueError:
            raise DamagedFile(
                f"{file}, line {place}: numbers were expected; '{line[:60]}' was found.", mend=_MEND
            ) from None
    if not found:
        raise NothingMeasured(f"{file} has no row of numbers.", mend=_MEND)
    return np.array(found, dtype=np.float64)


def _number(cell: str) -> float:
    text = cell.strip()
    if not text:
        return float("nan")
    # A comma that parts no columns is a decimal comma; `float` also takes words and underscores, which no file has.
    if not re.fullmatch(r"[-+]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][-+]?\d{1,3})?", text):
        raise ValueError(text)
    value = float(text.replace(",", "."))
    if value in {float("inf"), float("-inf")}:
        raise ValueError(text)
    return value


READER = ShimadzuUvprobe()
