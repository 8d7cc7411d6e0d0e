"""JASCO text: spectra that Spectra Manager exports as `.txt` and `.csv`.

Instrument
----------
Spectrometers of JASCO: FT/IR, NRS (Raman), V (UV, visible, near infrared), FP (fluorescence), J (circular dichroism).

What is read
------------
One Reading, its technique by DATA TYPE, else by the model, else by axis and signal (`ir`, `raman`, `uv_vis`,
`photoluminescence`, `spectrum`):

- the axis, shape (n_points,), in the order of the file: `wavenumber` or `raman_shift` (1/cm), `wavelength` (nm),
  `temperature`, `time`;
- one signal for each of YUNITS, Y2UNITS, Y3UNITS, same shape: `absorbance`, `transmittance`, `reflectance`,
  `intensity`, `circular_dichroism`, `high_tension_voltage`, ...;
- of interval scans and temperature series the same signals with shape (n_steps, n_points), along `temperature`,
  `time` or, where the file does not say what was stepped, `step`.

Number of points and both ends of the axis are compared with what the header promises.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Nothing: what stands behind the numbers has a standard name where there is one, and is in the header in any case.

File structure
--------------
Text in CP932, CP1252 or UTF-8. Lines `KEY<mark>VALUE`, the mark being a tab, a comma or a semicolon: TITLE, DATA TYPE
(empty on V and J), ORIGIN, DATE (year first, also with two digits), TIME, SPECTROMETER/DATA SYSTEM, XUNITS, YUNITS,
FIRSTX, LASTX, NPOINTS; then XYDATA and rows of numbers, with decimal commas in some countries. Interval scans have a
row of times with an empty first cell above them; temperature series have the temperatures after `XYDATA1`, and a block
for each signal. After an empty line fields follow, in English or Japanese, often in sections `[Measurement
Information]`. Worked out from 4 real files and the layouts that 6 open programs read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.jasco import words
from kiban.readers.jasco.lines import MEND, Block, Lines, header_of, split
from kiban.readers.number_list import optional_number
from kiban.readers.optical.words import Quantity
from kiban.readers.optical.words import technique as optical_technique
from kiban.readers.source import Source
from kiban.readers.tables.date_columns import read_date
from kiban.readers.text import decode
from kiban.records.reading import Reading, Role, Variable

_DATE = re.compile(r"(\d{2}|\d{4})/(\d{1,2})/(\d{1,2}) (\d{1,2}):(\d{2})(?::(\d{2}))?")
_ABSORPTION = {"absorbance", "transmittance", "reflectance", "kubelka_munk"}
_CENTURY_ENDS = 80
_INVALID = float(-np.finfo(np.float32).tiny)
"""What JASCO's programs write where a point is not valid."""


class JascoText:
    """Reads JASCO text."""

    name = "jasco_text"
    version = 1
    title = "JASCO Spectra Manager text"
    makers = ("JASCO",)
    techniques = ("ir", "raman", "uv_vis", "photoluminescence", "spectrum")
    suffixes = (".txt", ".csv")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text that begins with TITLE and has the other keys of JASCO down to XYDATA."""
        if not source.head.lstrip(b"\xef\xbb\xbf\xff\xfe").startswith((b"TITLE", b"T\0I\0", b"DATA TYPE")):
            return None
        lines = decode(source.head[:8192])[0].lstrip("\ufeff").splitlines()[:60]
        keys = {re.split(r"[\t,;]", line, maxsplit=1)[0].strip() for line in lines}
        if not keys & {"XYDATA", "XYDATA1"} or not {"TITLE", "XUNITS", "YUNITS"} <= keys:
            return None
        if any(line.startswith("ORIGIN") and "JASCO" in line for line in lines):
            return Recognition(Confidence.CERTAIN, "it has the keys from TITLE to XYDATA, and JASCO as ORIGIN")
        return Recognition(Confidence.LIKELY, "it has the keys from TITLE to XYDATA as JASCO's programs write them")

    def read(self, source: Source) -> list[Reading]:
        """Read the spectrum or the series of spectra. Raises as the contract says."""
        text, _ = decode(source.read())
        found = split(text.lstrip("\ufeff"), file=source.name)
        header = found.header
        model = words.first(found.fields, ("Model Name", "機種名")) or header.get("SPECTROMETER/DATA SYSTEM", "")
        known = words.technique(header.get("DATA TYPE", ""), model)
        along = words.abscissa(header.get("XUNITS", ""), is_raman=known == "raman")
        signals = list(_signals(found))
        x = found.blocks[0].table[:, 0]
        _check_ends(found, source.name)
        variables = _variables(found.blocks, along, signals, _outer(found), source.name)
        started_at, doubts = _time(found)
        sample = words.first(found.fields, words.SAMPLE)
        return [
            Reading(
                technique=known or _technique(along, signals[0], x),
                title=header.get("TITLE") or sample or source.name or "Spectrum",
                variables=tuple(variables),
                header=header_of(found),
                metadata=words.metadata(found.fields),
                sample_name=sample or None,
                operator=words.first(found.fields, words.OPERATOR) or None,
                instrument=model or None,
                started_at=started_at,
                doubts=(*doubts, *_doubts(found, variables)),
            )
        ]


def _technique(along: Quantity, measured: Quantity, x: NDArray[np.float64]) -> str:
    return optical_technique(along, measured, x) if measured.name in _ABSORPTION else "spectrum"


def _signals(found: Lines) -> Iterator[Quantity]:
    vertical = words.first(found.fields, words.VERTICAL)
    written = [
        found.header.get("YUNITS", ""),
        *(found.header.get(key) or found.header.get(other) for key, other in (("Y2UNITS", "YUNITS2"),)),
        *(found.header.get(key) or found.header.get(other) for key, other in (("Y3UNITS", "YUNITS3"),)),
    ]
    for n, each in enumerate(written):
        if each or n == 0:
            yield words.ordinate(each or "", vertical if n == 0 else "")


def _outer(found: Lines) -> Quantity:
    written = found.header.get("TUNITS", "")
    if written:
        return words.abscissa(written, is_raman=False)
    return Quantity(name="step", unit="arbitrary_unit", written="")


def _variables(
    blocks: list[Block], along: Quantity, signals: list[Quantity], outer: Quantity, file: str
) -> list[Variable]:
    x, steps = blocks[0].table[:, 0], blocks[0].outer
    for block in blocks[1:]:
        is_same = (
            block.table.shape == blocks[0].table.shape
            and steps is not None
            and block.outer is not None
            and bool(np.array_equal(block.outer, steps) and np.array_equal(block.table[:, 0], x))
        )
        if not is_same:
            raise DamagedFile(f"{file}: blocks of the same points were expected; they differ.", mend=MEND)
    n_found = blocks[0].table.shape[1] - 1 if steps is None else len(blocks)
    if n_found != len(signals):
        raise DamagedFile(f"{file}: {len(signals)} signals are named, the data have {n_found}.", mend=MEND)
    made = [along.variable(x, along.name, Role.AXIS)]
    if steps is None:
        columns = [blocks[0].table[:, 1 + n] for n in range(n_found)]
        dimensions: tuple[str, ...] = (along.name,)
    else:
        if outer.name == along.name:
            raise DamagedFile(f"{file}: two axes were expected; both are {along.name}.", mend=MEND)
        made.append(outer.variable(steps, outer.name, Role.AXIS))
        columns = [np.ascontiguousarray(block.table[:, 1:].T) for block in blocks]
        dimensions = (outer.name, along.name)
    taken = {variable.name for variable in made}
    for each, values in zip(signals, columns, strict=True):
        name = next(n for n in (each.name, *(f"{each.name}_{i}" for i in range(2, 9))) if n not in taken)
        taken.add(name)
        made.append(
            Variable(
                name=name,
                series=Series(values, each.unit),
                dimensions=dimensions,
                role=Role.AUXILIARY if name == "high_tension_voltage" else Role.SIGNAL,
                label=each.written,
                unit_as_written=each.written,
            )
        )
    return made


def _check_ends(found: Lines, file: str) -> None:
    """Refuse an axis that begins or ends elsewhere than the header promises."""
    x = found.blocks[0].table[:, 0]
    step = float(np.max(np.abs(np.diff(x)))) if len(x) > 1 else 0.0
    for key, at in (("FIRSTX", x[0]), ("LASTX", x[-1])):
        promised = optional_number(found.header.get(key))
        if promised is not None and abs(promised - at) > max(step, 1e-3):
            raise DamagedFile(f"{file}: {key} promises {promised:g}; it is {at:g}.", mend=MEND)


def _doubts(found: Lines, variables: list[Variable]) -> Iterator[str]:
    y = found.blocks[0].table[:, 1:] if found.blocks[0].outer is not None else found.blocks[0].table[:, 1]
    n_invalid = int(np.count_nonzero(np.isclose(y, _INVALID, rtol=0.01, atol=0.0)))
    if n_invalid:
        yield f"{n_invalid} values are -1.18e-38: JASCO's programs write that where a point is not valid."
    largest, least = optional_number(found.header.get("MAXY")), optional_number(found.header.get("MINY"))
    if largest is not None and least is not None:
        allowed = 1e-4 * max(abs(largest), abs(least)) + 1e-6
        if abs(largest - y.max()) > allowed or abs(least - y.min()) > allowed:
            yield f"The header promises values from {least:g} to {largest:g}; they run from {y.min():g} to {y.max():g}."
    if any(variable.name == "step" for variable in variables):
        yield (
            "The file does not say what was stepped from one spectrum to the next; in interval scans of V "
            "spectrometers the numbers are minutes."
        )


def _time(found: Lines) -> tuple[datetime | None, list[str]]:
    """When it was measured, unless header and footer name different days."""
    written = " ".join((found.header.get("DATE", ""), found.header.get("TIME", "") or "00:00")).strip()
    match = _DATE.fullmatch(written)
    behind = read_date(words.first(found.fields, words.MEASURED_AT))
    if match is None:
        return behind, []
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    if len(match[1]) == 2:
        year += 2000 if year < _CENTURY_ENDS else 1900
    try:
        at = datetime(year, month, day, hour, minute, second)
    except ValueError:
        return behind, []
    if behind is not None and abs((behind - at).total_seconds()) > 2 * 86400:
        return None, [f"The header says that it was measured at {at}, the fields behind the numbers at {behind}."]
    return at, []


READER = JascoText()
