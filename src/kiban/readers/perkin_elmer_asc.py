"""PerkinElmer ASCII spectra (PEDS): the text files of UV WinLab, FL WinLab and Spectrum (`.asc`, `.sp`).

Instrument
----------
UV-Vis-NIR, fluorescence and infrared spectrometers of PerkinElmer (Lambda 2 to 1050, LS 55, Spectrum).

What is read
------------
One Reading, of technique `uv_vis`, `ir` or `photoluminescence` as the first line says (`PE UV`, `PE IR`, `PE FL`):

- the axis, shape (n_points,): `wavelength` (nm), `wavenumber` (1/cm) or `time`, in the order of the file;
- the signal, same shape: `transmittance`, `absorbance`, `reflectance` or `intensity`; percent stay percent.

The points, the first abscissa, the step and the extremes that the file states are compared with its numbers.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Nothing of the header; of its lines without names those that are known have names. Dates have years of two digits:
below 80 they are of this century.

File structure
--------------
Text. A first line `PE UV ... ASCII PEDS 4.00` in columns of 12 characters, then lines without names: 3 file name, 4 and
5 date (year/month/day) and time of measuring, 6 and 7 of the last change, 8 analyst, 9 sample, and in version 4.00 12
model, 13 serial number, 14 program, 15 comment (which may have more lines). `#HDR` and two lines; `#GR` and unit of x,
unit of y, two numbers, first x, step, points, digits, largest and least y; `#DATA` and rows of two numbers between
tabs, with decimal commas in some countries. Worked out from 2 files and the open programs of BEV, NOMAD and others.
"""

from __future__ import annotations

import re
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.number_list import optional_number, rows
from kiban.readers.optical.words import Quantity, axis, signal, technique
from kiban.readers.source import Source
from kiban.readers.text import decode
from kiban.records.reading import Json, MetadataValue, Reading, Role

_MEND = "Save it again as ASCII from the spectrometer's program; the file is kept as it came."
_SIGNATURE = re.compile(r"PE (?P<kind>[A-Z]{2,3})\b.*\bASCII\s+PEDS\s+(?P<version>\d+[.,]\d+)")
_KINDS = {"UV": "uv_vis", "IR": "ir", "NIR": "ir", "FL": "photoluminescence"}
_NAMES = {2: "file_name", 3: "date", 4: "time", 5: "changed_date", 6: "changed_time", 7: "analyst", 8: "sample"}
_NAMES_OF_4 = {11: "model", 12: "serial_number", 13: "software"}
_USUAL_HDR = 75
"""Where `#HDR` stands in version 4.00 when the comment has one line."""
_GR = ("x_unit", "y_unit", "factor", "offset", "first", "step", "points", "digits", "largest", "least")
_DATE = re.compile(r"(\d{2}|\d{4})/(\d{1,2})/(\d{1,2})[ T]+(\d{1,2}):(\d{2}):(\d{2})(?:[.,](\d{1,6}))?")
_THIS_CENTURY = 80


class PerkinElmerAsc:
    """Reads PEDS ASCII."""

    name = "perkin_elmer_asc"
    version = 1
    title = "PerkinElmer ASCII (PEDS)"
    makers = ("PerkinElmer",)
    techniques = ("uv_vis", "ir", "photoluminescence", "spectrum")
    suffixes = (".asc", ".sp", ".txt")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text whose first line says that it is ASCII in PEDS."""
        if not source.head.lstrip(b"\xef\xbb\xbf\xff\xfe").startswith((b"PE ", b"P\0E\0")):
            return None
        text, _ = decode(source.head[:512])
        found = _SIGNATURE.match(text.lstrip("\ufeff"))
        return Recognition(Confidence.CERTAIN, f"it begins with 'PE {found['kind']} ... ASCII PEDS'") if found else None

    def read(self, source: Source) -> list[Reading]:
        """Read the spectrum. Raises as the contract says."""
        text, _ = decode(source.read())
        lines = text.lstrip("\ufeff").splitlines()
        signature = _SIGNATURE.match(lines[0]) if lines else None
        if signature is None:
            raise DamagedFile(f"{source.name} does not begin with a line of PEDS.", mend=_MEND)
        places = {mark: _find(lines, mark, source.name) for mark in ("#HDR", "#GR", "#DATA")}
        if not places["#HDR"] < places["#GR"] < places["#DATA"]:
            raise DamagedFile(f"{source.name}: #HDR, #GR and #DATA were expected in this order.", mend=_MEND)
        graph = [line.strip() for line in lines[places["#GR"] + 1 : places["#DATA"]]]
        if len(graph) < 7:
            raise DamagedFile(f"{source.name}: 10 lines were expected after #GR; there are {len(graph)}.", mend=_MEND)
        stated = dict(zip(_GR, graph, strict=False))
        first_line = places["#DATA"] + 2
        table = rows(lines[first_line - 1 :], what="data", file=source.name, first_line=first_line)
        doubts = _check(table, stated, source.name)
        along, measured = axis(stated["x_unit"]), signal(stated["y_unit"])
        named = _named(lines, places["#HDR"], signature["version"])
        known = _KINDS.get(signature["kind"]) or technique(along, measured, table[:, 0])
        metadata, started_at = _metadata(named, stated, along)
        return [
            Reading(
                technique=known,
                title=named["sample"] or named["file_name"] or source.name or "Spectrum",
                variables=(
                    along.variable(table[:, 0], along.name, Role.AXIS),
                    measured.variable(table[:, 1], along.name, Role.SIGNAL),
                ),
                header=_header(lines, places, named, stated),
                metadata=metadata,
                sample_name=named["sample"] or None,
                operator=named["analyst"] or None,
                instrument=named.get("model") or None,
                started_at=started_at,
                doubts=doubts,
            )
        ]


def _find(lines: list[str], mark: str, file: str) -> int:
    for place, line in enumerate(lines):
        if line.strip() == mark:
            return place
    raise DamagedFile(f"{file}: a line {mark} was expected; there is none.", mend=_MEND)


def _check(table: NDArray[np.float64], stated: dict[str, str], file: str) -> tuple[str, ...]:
    """Refuse other points than promised, doubt what else differs."""
    if len(table) == 0:
        raise NothingMeasured(f"{file} has no row after #DATA.", mend=_MEND)
    if table.shape[1] != 2:
        raise DamagedFile(f"{file}: rows of 2 numbers were expected; they have {table.shape[1]}.", mend=_MEND)
    promised = optional_number(stated["points"])
    if promised is None or promised != len(table):
        raise DamagedFile(f"{file}: #GR promises {stated['points']} points, {len(table)} follow.", mend=_MEND)
    x, y = table.T
    steps = np.diff(x)
    if not (np.all(steps > 0) or np.all(steps < 0)):
        raise DamagedFile(f"{file}: the abscissas neither ascend nor descend throughout.", mend=_MEND)
    first, step = optional_number(stated["first"]), optional_number(stated["step"])
    doubts = []
    if first is not None and abs(first - x[0]) > 1e-4 + 0.01 * abs(step or 0.0):
        raise DamagedFile(f"{file}: #GR promises {first:g} as first abscissa; it is {x[0]:g}.", mend=_MEND)
    if step and np.any(np.abs(steps - step) > 1e-4 + 0.01 * abs(step)):
        doubts.append(f"#GR promises steps of {step:g}; they run from {steps.min():g} to {steps.max():g}.")
    largest, least = optional_number(stated.get("largest")), optional_number(stated.get("least"))
    if largest is not None and least is not None:
        allowed = 1e-5 + 1e-5 * max(abs(largest), abs(least))
        if abs(largest - y.max()) > allowed or abs(least - y.min()) > allowed:
            doubts.append(
                f"#GR promises values from {least:g} to {largest:g}; they run from {y.min():g} to {y.max():g}."
            )
    return tuple(doubts)


def _named(lines: list[str], hdr: int, version: str) -> dict[str, str]:
    """Lines that are known under names; the comment has as many lines as push `#HDR` down."""
    names = _NAMES | (_NAMES_OF_4 if version.startswith("4") else {})
    named = {name: lines[place].strip() if place < hdr else "" for place, name in names.items()}
    if version.startswith("4") and hdr >= _USUAL_HDR:
        comment = [line.strip() for line in lines[14 : 15 + hdr - _USUAL_HDR]]
        named["comment"] = "\n".join(line for line in comment if line)
    return named


def _header(lines: list[str], places: dict[str, int], named: dict[str, str], stated: dict[str, str]) -> dict[str, Json]:
    before: list[Json] = [line.strip() for line in lines[: places["#HDR"]]]
    after: list[Json] = [line.strip() for line in lines[places["#HDR"] + 1 : places["#GR"]]]
    known: dict[str, Json] = dict(named)
    graph: dict[str, Json] = dict(stated)
    return {"lines": before, "known": known, "#HDR": after, "#GR": graph}


def _metadata(
    named: dict[str, str], stated: dict[str, str], along: Quantity
) -> tuple[dict[str, MetadataValue], datetime | None]:
    metadata: dict[str, MetadataValue] = {"maker": "PerkinElmer"}
    metadata |= {name: named[name] for name in ("model", "serial_number", "software", "comment") if named.get(name)}
    step = optional_number(stated["step"])
    if step:
        metadata["step"] = Measured(abs(step), along.unit)
    return metadata, _time(f"{named['date']} {named['time']}")


def _time(text: str) -> datetime | None:
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    if len(match[1]) == 2:
        year += 2000 if year < _THIS_CENTURY else 1900
    try:
        return datetime(year, month, day, hour, minute, second, int((match[7] or "0").ljust(6, "0")))
    except ValueError:
        return None


READER = PerkinElmerAsc()
