"""Rigaku ASC: the text files of RINT, MiniFlex and of other diffractometers with Rigaku's older programs.

Instrument
----------
X-ray diffractometers of Rigaku: RINT 1000 to 2500, Ultima, MiniFlex; SmartLab Guidance exports it, too.

What is read
------------
Each group gives a Reading of technique `xrd` with

- the scanned axis, shape (n,), unit as stated (mostly deg): `two_theta` for 2 Theta / Theta scans and the like,
  `omega`, `chi`, `phi` or `beta` for others, from start and step;
- `intensity`, shape (n,), in the unit that the file states (counts or cps).

Three or more groups of equal length that step an axis evenly give one Reading of technique `xrd_map`.

Uncertainties
-------------
`intensity`: standard uncertainty √n of the Poisson distribution, origin estimate (1 where nothing was counted), where
the unit is counts and all numbers are whole. The file states none.

What is left out
----------------
Files of another type than raw data (*TYPE, for example peaks) are refused by name. The offset of the axis is not
applied; it stands in the header.

File structure
--------------
Text, CP932 or ASCII. Lines `*KEY = value`, first those of the file from *TYPE to *MEMO, then for each group *BEGIN, its
keys, *COUNT and that many numbers with commas between, *END; at the end *EOF. Worked out from files in public and from
what other programs say of the format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.quantity.spelling import respell
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.diffraction.dates import started
from kiban.readers.diffraction.points import evenly_stepped
from kiban.readers.diffraction.ranges import range_readings
from kiban.readers.diffraction.scan import Scan, Track, drawn_against
from kiban.readers.number_list import numbers, optional_number
from kiban.readers.source import Source
from kiban.readers.text import decode
from kiban.records.reading import Json, MetadataValue, Reading

_MEND = "Export the measurement again; the file is kept as it came."
_FIRST = re.compile(rb"(?:\xef\xbb\xbf)?\s*\*TYPE\s*=\s*")
_TELLING = re.compile(rb"^\*(?:CLASS|GROUP_COUNT|SCAN_AXIS|BEGIN)\b", re.MULTILINE)
_RAW = ("raw", "")
_ANODES = {24: "Cr", 26: "Fe", 27: "Co", 28: "Ni", 29: "Cu", 42: "Mo", 47: "Ag", 74: "W", 79: "Au"}
_BRIGHTEST = 1e15


@dataclass(slots=True)
class _Group:
    """The keys of one group, and its numbers as text."""

    keys: dict[str, Json] = field(default_factory=dict)
    rows: list[str] = field(default_factory=list)
    is_closed: bool = False

    def text(self, key: str) -> str:
        """The text of a key; empty where there is none."""
        value = self.keys.get(key)
        return value if isinstance(value, str) else ""

    def number(self, key: str) -> float | None:
        """The number of a key, where there is one."""
        return optional_number(self.text(key))


class RigakuAsc:
    """Reads ASC."""

    name = "rigaku_asc"
    version = 1
    title = "Rigaku ASC"
    makers = ("Rigaku",)
    techniques = ("xrd", "xrd_map")
    suffixes = (".asc", ".dat", ".txt")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text that begins with *TYPE = and has other keys of ASC."""
        if _FIRST.match(source.head) and _TELLING.search(source.head):
            return Recognition(Confidence.CERTAIN, "it begins with *TYPE and has the keys of Rigaku's ASC")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all groups, in order. Raises as the contract says."""
        text, _ = decode(source.read())
        file, groups, doubts = _split(text, name=source.name)
        if file.text("TYPE").lower() not in _RAW:
            raise UnsupportedVariant(
                f"{source.name} is ASC of the type '{file.text('TYPE')[:40]}'; raw data are read.",
                mend="Export the raw data. The file is kept as it came.",
            )
        scans = [
            scan
            for n, group in enumerate(groups, 1)
            if (scan := _scan(file, group, doubts, place=f"{source.name}, group {n}")) is not None
        ]
        if not scans:
            raise NothingMeasured(f"{source.name}: none of its {len(groups)} groups holds points.", mend=_MEND)
        return range_readings(scans)


def _split(text: str, *, name: str) -> tuple[_Group, list[_Group], tuple[str, ...]]:
    """The keys of the file, the groups, and doubts. Raises DamagedFile where a line is neither key nor numbers."""
    file, groups = _Group(), list[_Group]()
    current, has_ended = file, False
    for place, line in enumerate(text.splitlines(), 1):
        stripped = line.strip(" \t\0\x1a\ufeff")
        if not stripped or stripped.startswith("#") or has_ended:
            continue
        if not stripped.startswith("*"):
            if current is file and not groups and "COUNT" in file.keys:
                # Other programs leave *BEGIN out where there is one group: its keys are then those of the file.
                groups.append(current := _Group(keys=dict(file.keys)))
            if current is file or current.is_closed:
                raise DamagedFile(f"{name}, line {place}: a key was expected; '{stripped[:40]}' was found.", mend=_MEND)
            current.rows.append(stripped)
            continue
        key, _, value = (part.strip() for part in stripped[1:].partition("="))
        if key.upper() == "BEGIN":
            groups.append(current := _Group())
        elif key.upper() == "END":
            current.is_closed = True
        elif key.upper() == "EOF":
            has_ended = True
        else:
            _add(current.keys, key.upper(), value)
    return file, groups, tuple(_doubts(file, groups, has_ended=has_ended, name=name))


def _doubts(file: _Group, groups: list[_Group], *, has_ended: bool, name: str) -> Iterator[str]:
    promised = file.number("GROUP_COUNT")
    if promised is not None and promised != len(groups):
        raise DamagedFile(f"{name}: *GROUP_COUNT promises {promised:g} groups, {len(groups)} follow.", mend=_MEND)
    if not has_ended:
        yield "The file ends without *EOF."


def _add(keys: dict[str, Json], key: str, value: str) -> None:
    if key in keys:
        before = keys[key]
        keys[key] = [*before, value] if isinstance(before, list) else [before, value]
    else:
        keys[key] = value


def _scan(file: _Group, group: _Group, doubts: tuple[str, ...], *, place: str) -> Scan | None:
    """One group as a scan; `None` where it holds no points.

    Raises
    ------
    DamagedFile
        If there are more or fewer numbers than promised, or start and step are not there.
    """
    values = numbers(" ".join(group.rows).replace(",", " "), what="intensities", file=place)
    promised = group.number("COUNT")
    if promised is None or promised != len(values):
        shown = "nothing" if promised is None else f"{promised:g}"
        raise DamagedFile(f"{place}: *COUNT promises {shown} points, {len(values)} follow.", mend=_MEND)
    if not len(values):
        return None
    if not bool(np.all(np.abs(values) < _BRIGHTEST)):
        raise DamagedFile(f"{place}: intensities were expected; numbers run off.", mend=_MEND)
    axis = _axis(file, group, len(values), place=place)
    time, time_doubts = started(file.text("DATE"))
    unit = file.text("YUNIT")
    return Scan(
        axis=axis.name,
        intensity=Track(name="intensity", label="", values=values, unit=unit),
        tracks=(axis, *_count_time(file, group)),
        sort=f"{file.text('SCAN_AXIS') or 'X-ray'} scan",
        header={"file": file.keys, "group": group.keys},
        metadata=_metadata(file, group, axis),
        sample_name=file.text("SAMPLE") or None,
        operator=file.text("OPERATOR") or None,
        instrument=file.text("GONIO").partition(",")[0] or None,
        started_at=time,
        doubts=(*doubts, *time_doubts, *_scan_doubts(file, group, axis.values, values)),
    )


def _axis(file: _Group, group: _Group, n_points: int, *, place: str) -> Track:
    start, step = group.number("START"), group.number("STEP")
    if start is None or step is None:
        missing = "*START" if start is None else "*STEP"
        raise DamagedFile(f"{place}: *START and *STEP were expected; {missing} is missing.", mend=_MEND)
    positions = evenly_stepped(start, step, n_points, place=place)
    if positions is None:
        raise DamagedFile(f"{place}: a step along the axis was expected; 0 was found.", mend=_MEND)
    label = file.text("SCAN_AXIS") or file.text("SCAN_MODE")
    unit = (file.text("XUNIT") or "deg").rstrip(".")
    return Track(name=drawn_against(label or "2theta"), label=label, values=positions, unit=unit)


def _speed(file: _Group, group: _Group) -> tuple[float | None, str]:
    """The speed, and its unit: `s` for each step, `deg/min`, empty where it is neither."""
    written = file.text("SPEED_DIM").lower().replace(" ", "")
    unit = "s" if "sec" in written and "step" in written else "deg/min" if "deg" in written and "min" in written else ""
    return group.number("SPEED"), unit


def _count_time(file: _Group, group: _Group) -> Iterator[Track]:
    speed, unit = _speed(file, group)
    if speed is not None and speed > 0 and unit == "s":
        name = "count_time"
        yield Track(name=name, label="SPEED", values=np.asarray(speed), unit=unit, metadata_name=name)


def _metadata(file: _Group, group: _Group, axis: Track) -> dict[str, MetadataValue]:
    metadata: dict[str, MetadataValue] = {"maker": "Rigaku"}
    target = file.number("TARGET")
    mode = file.text("MEAS_MODE").lower()
    texts = (
        ("comment", "\n".join(t for key in ("COMMENT", "MEMO") if (t := file.text(key)) and t != file.text("SAMPLE"))),
        ("scan_axis", file.text("SCAN_AXIS")),
        ("detector", file.text("COUNTER").partition(",")[0]),
        ("anode", _ANODES.get(int(target), "") if target is not None and target == int(target) else ""),
        (
            "scan_mode",
            "continuous" if mode.startswith(("cont", "ct")) else "step" if mode.startswith(("ft", "step")) else "",
        ),
    )
    metadata |= {name: text for name, text in texts if text}
    speed, unit = _speed(file, group)
    for name, value, spelled in (
        ("wavelength", file.number("WAVE_LENGTH1"), "angstrom"),
        ("wavelength_kalpha2", file.number("WAVE_LENGTH2"), "angstrom"),
        ("tube_voltage", group.number("KV"), "kV"),
        ("tube_current", group.number("MA"), "mA"),
        ("scan_speed", speed if unit == "deg/min" else None, unit),
        ("step", group.number("STEP"), respell(axis.unit)),
    ):
        if value is not None and value > 0:
            metadata[name] = Measured(value, spelled)
    return metadata


def _scan_doubts(file: _Group, group: _Group, x: NDArray[np.float64], y: NDArray[np.float64]) -> Iterator[str]:
    if not file.text("SCAN_AXIS") and not file.text("SCAN_MODE"):
        yield "The file does not say which axis was scanned; it is taken for 2θ."
    if not file.text("YUNIT"):
        yield "The file does not state the unit of the intensity."
    if respell(file.text("YUNIT")) == "count/s" and y.dtype.kind == "i" and bool(np.any(y > 9)):
        yield "The file calls the intensities a rate, but all are whole numbers, as counts are."
    stop, step = group.number("STOP"), group.number("STEP") or 0.0
    if stop is not None and abs(float(x[-1]) - stop) > 1.01 * abs(step):
        yield f"The group promises that the scan ends at {stop:g}; the points end at {float(x[-1]):g}."
    if offset := group.number("OFFSET"):
        yield f"The file states an offset of {offset:g} of the axis; whether it is applied is not said."
    if not group.is_closed:
        yield "The group ends without *END."


READER = RigakuAsc()
