"""Bruker TXT: the text export of RAW4.00 by DIFFRAC.SUITE.

Instrument
----------
X-ray diffractometers of Bruker with DIFFRAC.SUITE as software (D2 PHASER, D8 and others).

What is read
------------
Each range gives a Reading of technique `xrd` with

- the scanned axis, shape (n,), deg (mm for `x`, `y`, `z`), as written for each point: `two_theta` for locked and
  unlocked coupled scans and scans of the detector, `omega` for rocking curves, else the drive that the scan's type
  names; `angle` without unit where the type is not known;
- `intensity`, shape (n,), the second column, without unit: the file states none;
- further columns, shape (n,), under their own names.

Three or more ranges of equal length that step a drive evenly give one Reading of technique `xrd_map`.

Uncertainties
-------------
None: the file states none, nor whether its numbers are counts.

What is left out
----------------
Nothing; keys whose meaning is not known stand in the header.

File structure
--------------
Text. The line `;RAW4.00`, sections `[Name]` with lines `key = value`, a section `[Drive]` for each drive, and `[Data]`
with a row of names and rows of numbers with commas between and behind. The next range begins with its sections. As
other programs that read it say; the names of the keys are looked up whatever their section and case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.bruker.drives import called, candidates, drive, is_known, moves_together
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.diffraction.dates import started
from kiban.readers.diffraction.points import check_positions
from kiban.readers.diffraction.ranges import range_readings
from kiban.readers.diffraction.scan import Scan, Track, axis_name, distinct
from kiban.readers.number_list import optional_number
from kiban.readers.source import Source
from kiban.readers.text import decode
from kiban.records.reading import Json, MetadataValue, Reading

_MEND = "Export the measurement again; the file is kept as it came."
_FIRST = re.compile(rb"(?:\xef\xbb\xbf)?\s*;\s*RAW\d\.\d\d\s")
_SECTION = re.compile(r"\[([^\]]*)\]")
_DATA = "data"
_NOT_MEASURED = -9999.0
_BRIGHTEST = 1e15
_NUMBERS = (
    ("wavelength", ("Alpha1", "WaveLengthAlpha1", "WL1"), "angstrom"),
    ("wavelength_kalpha2", ("Alpha2", "WaveLengthAlpha2", "WL2"), "angstrom"),
    ("wavelength_kbeta", ("Beta", "WaveLengthBeta", "WL3"), "angstrom"),
    ("tube_voltage", ("GeneratorVoltage", "Voltage", "KV"), "kV"),
    ("tube_current", ("GeneratorCurrent", "Current", "MA"), "mA"),
)


@dataclass(slots=True)
class _Range:
    """The sections of one range in order, and the rows of its data, each with its place in the file."""

    sections: list[tuple[str, dict[str, Json]]] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)


class _Keys:
    """Keys of a range, and behind them those of the ranges before, whatever their case."""

    def __init__(self, before: dict[str, str], one: _Range) -> None:
        self.all = dict(before)
        for name, section in one.sections:
            if name.lower() != "drive":
                self.all |= {key.lower(): value for key, value in section.items() if isinstance(value, str)}

    def text(self, *keys: str) -> str:
        """The text of the first key that has one."""
        return next((text for key in keys if (text := self.all.get(key.lower(), ""))), "")

    def number(self, *keys: str) -> float | None:
        """The number of the first key that has a text."""
        return optional_number(self.text(*keys))


class BrukerTxt:
    """Reads the text export of RAW4.00."""

    name = "bruker_txt"
    version = 1
    title = "Bruker TXT (text of RAW4.00)"
    makers = ("Bruker",)
    techniques = ("xrd", "xrd_map")
    suffixes = (".txt",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text that begins with ;RAW and a version and has sections."""
        if _FIRST.match(source.head) and b"\n[" in source.head:
            return Recognition(Confidence.CERTAIN, "it begins with ;RAW4.00 and has sections")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all ranges, in order. Raises as the contract says."""
        text, _ = decode(source.read())
        ranges = _split(text, name=source.name)
        before: dict[str, str] = {}
        scans = []
        for n, one in enumerate(ranges, 1):
            keys = _Keys(before, one)
            before = keys.all
            if one.rows[1:]:
                scans.append(_scan(keys, one, place=f"{source.name}, range {n}"))
        if not scans:
            raise NothingMeasured(f"{source.name}: no range holds points.", mend=_MEND)
        return range_readings(scans)


def _split(text: str, *, name: str) -> list[_Range]:
    """The ranges. Raises DamagedFile where a line is none of section, key and row."""
    ranges = [_Range()]
    is_data = False
    for place, line in enumerate(text.splitlines(), 1):
        stripped = line.strip(" \t\0\x1a\ufeff")
        if not stripped or stripped.startswith(";"):
            continue
        section = _SECTION.fullmatch(stripped)
        if section is not None:
            if is_data:
                ranges.append(_Range())
            is_data = section[1].strip().lower() == _DATA
            if not is_data:
                ranges[-1].sections.append((section[1].strip(), {}))
        elif is_data:
            ranges[-1].rows.append((place, [cell.strip() for cell in stripped.rstrip(", \t").split(",")]))
        elif "=" in stripped and ranges[-1].sections:
            key, _, value = stripped.partition("=")
            ranges[-1].sections[-1][1][key.strip()] = value.strip()
        elif not ranges[-1].sections:
            raise DamagedFile(f"{name}, line {place}: a section was expected; '{stripped[:40]}' was found.", mend=_MEND)
    return ranges


def _table(one: _Range, *, place: str) -> tuple[list[str], NDArray[np.float64]]:
    """The names of the columns, and the numbers, shape (n_points, n_columns)."""
    (_, names), *rows = one.rows
    for where, row in rows:
        wrong = next((cell for cell in row if optional_number(cell) is None), None)
        if wrong is not None or len(row) != len(names) or len(row) < 2:
            shown = f"'{wrong[:40]}'" if wrong is not None else f"{len(row)} numbers"
            raise DamagedFile(
                f"{place}, line {where}: {len(names)} numbers were expected as there are names; {shown} was found.",
                mend=_MEND,
            )
    return names, np.array([[float(cell) for cell in row] for _, row in rows])


def _scan(keys: _Keys, one: _Range, *, place: str) -> Scan:
    names, table = _table(one, place=place)
    promised = keys.number("Steps")
    if promised is not None and promised != len(table):
        raise DamagedFile(f"{place}: Steps promises {promised:g} points, {len(table)} follow.", mend=_MEND)
    check_positions(table[:, 0], what=names[0], place=place)
    doubts = ["The file does not state the unit of the intensity."]
    axis = _axis(keys, one, names[0], table[:, 0], doubts)
    intensity, *others = (_measured(table[:, n], doubts, place=place) for n in range(1, len(names)))
    time, time_doubts = started(f"{keys.text('Date', 'MeasureDate')} {keys.text('Time', 'MeasureTime')}".strip())
    tracks = [axis, *_positions(keys, one, axis), *_count_time(keys)]
    tracks += [
        Track(name=axis_name(name), label=name, values=values, unit="")
        for name, values in zip(names[2:], others, strict=True)
    ]
    measured = Track(name="intensity", label=names[1], values=intensity, unit="")
    return Scan(
        axis=axis.name,
        intensity=measured,
        tracks=distinct([measured, *tracks])[1:],
        sort=called(keys.text("ScanType")),
        header={"sections": [{"section": name, **section} for name, section in one.sections]},
        metadata=_metadata(keys),
        sample_name=keys.text("SAMPLEID", "SampleName", "Sample") or None,
        operator=keys.text("USER") or None,
        started_at=time,
        doubts=(*doubts, *time_doubts),
    )


def _measured(values: NDArray[np.float64], doubts: list[str], *, place: str) -> NDArray[np.float64]:
    """Numbers of a detector, -9999 replaced by NaN."""
    if not bool(np.all(np.abs(values) < _BRIGHTEST)):
        raise DamagedFile(f"{place}: intensities were expected; numbers run off.", mend=_MEND)
    missing = values == _NOT_MEASURED
    if bool(np.any(missing)):
        doubts.append(f"{int(np.count_nonzero(missing))} of the {len(values)} points were not measured.")
    return np.where(missing, np.nan, values)


def _drives(one: _Range) -> Iterator[tuple[str, float]]:
    """The drives that the range lists, with their starts."""
    for name, section in one.sections:
        if name.lower() == "drive":
            lowered = {key.lower(): value for key, value in section.items()}
            label, start = lowered.get("drivename") or lowered.get("name"), lowered.get("startposition")
            value = optional_number(start) if isinstance(start, str) else None
            if isinstance(label, str) and label and value is not None:
                yield label, value


def _axis(keys: _Keys, one: _Range, column: str, values: NDArray[np.float64], doubts: list[str]) -> Track:
    scan_type = keys.text("ScanType")
    found = candidates(scan_type) or ((scan_type,) if is_known(scan_type) else ())
    starts = {drive(label).name: start for label, start in _drives(one)}
    there = [label for label in found if abs(starts.get(drive(label).name, np.inf) - float(values[0])) < 1e-3]
    if not found:
        doubts.append(f"The scan is of the type '{scan_type[:40]}'; which drive it moved is not known.")
        return Track(name="angle", label=column, values=values, unit="")
    known = drive((there or list(found))[0])
    return Track(name=known.name, label=column, values=values, unit=known.unit)


def _positions(keys: _Keys, one: _Range, axis: Track) -> Iterator[Track]:
    """Where drives stood that did not move; none where it is not known which one did."""
    seen = set(moves_together(keys.text("ScanType"), axis.name))
    for label, start in _drives(one):
        known = drive(label)
        if axis.unit and known.unit and known.name not in seen:
            seen.add(known.name)
            yield Track(name=known.name, label=label, values=np.asarray(start), unit=known.unit)


def _count_time(keys: _Keys) -> Iterator[Track]:
    time = keys.number("TimePerStep", "StepTime")
    if time is not None and time > 0:
        name = "count_time"
        yield Track(name=name, label="TimePerStep", values=np.asarray(time), unit="s", metadata_name=name)


def _metadata(keys: _Keys) -> dict[str, MetadataValue]:
    metadata: dict[str, MetadataValue] = {"maker": "Bruker"}
    for name, text in (
        ("anode", keys.text("Anode", "AnodeMaterial", "TubeMaterial")),
        ("comment", keys.text("COMMENT")),
        ("scan_axis", keys.text("ScanType")),
    ):
        if text:
            metadata[name] = text
    for name, words, unit in _NUMBERS:
        value = keys.number(*words)
        if value is not None and value > 0:
            metadata[name] = Measured(value, unit)
    return metadata


READER = BrukerTxt()
