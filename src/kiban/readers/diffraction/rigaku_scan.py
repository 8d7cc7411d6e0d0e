"""What Rigaku's files say of a scan, in the words of the RAS header; RASX says the same in XML.

Coupled scans: TwoThetaTheta and TwoThetaOmega are drawn over 2θ, OmegaTwoTheta over ω; the files record one axis and
leave the others where they stood before the scan, so those are no positions during it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.quantity.spelling import respell
from kiban.readers.diffraction.scan import Scan, Track, axis_name, drawn_against
from kiban.readers.number_list import optional_number
from kiban.records.reading import Json, MetadataValue

_MEND = "Export the measurement again; the file is kept as it came."
_FARTHEST = 1e9
"""No axis stands beyond that, in any unit."""
_STAGE = ("two_theta", "omega", "two_theta_chi", "chi", "phi", "alpha", "beta", "x", "y", "z", "rx", "ry")
_TWO_THETA_AND_OMEGA = frozenset({"two_theta", "omega"})
_MOVED_TOGETHER = {
    "two_theta_theta": _TWO_THETA_AND_OMEGA,
    "theta_two_theta": _TWO_THETA_AND_OMEGA,
    "two_theta_omega": _TWO_THETA_AND_OMEGA,
    "omega_two_theta": _TWO_THETA_AND_OMEGA,
    "two_theta_chi_phi": frozenset({"two_theta_chi", "phi", "beta"}),
    # Alpha and beta are the pole-figure angles of chi and phi.
    "chi": frozenset({"chi", "alpha"}),
    "alpha": frozenset({"chi", "alpha"}),
    "phi": frozenset({"phi", "beta"}),
    "beta": frozenset({"phi", "beta"}),
}
_TEMPERATURE_AXES = {"temp", "temperature", "sample_temperature"}
_DEGREES_CELSIUS = {"C", "c", "deg", "degree", "degC", "℃", "°C", ""}
_DATE = re.compile(r"(\d{1,4})/(\d{1,2})/(\d{1,4})[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp][Mm])?\s*")
_WORDS = (
    ("anode", "HW_XG_TARGET_NAME"),
    ("model", "FILE_SYSTEM_NAME"),
    ("serial_number", "HW_USERINFO_SERIAL_NO"),
    ("software", "HW_VER_RCD_APP"),
    ("scan_axis", "MEAS_SCAN_AXIS_X"),
    ("detector", "HW_COUNTER_SELECT_NAME"),
)
_WAVELENGTHS = (
    ("wavelength", "HW_XG_WAVE_LENGTH_ALPHA1"),
    ("wavelength_kalpha2", "HW_XG_WAVE_LENGTH_ALPHA2"),
    ("wavelength_kbeta", "HW_XG_WAVE_LENGTH_BETA"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One axis of the diffractometer as the header lists it."""

    label: str
    unit: str
    position: str
    state: str = ""

    @property
    def name(self) -> str:
        """Our name of it."""
        return axis_name(self.label)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """The header of one scan.

    Parameters
    ----------
    values : mapping of str to str
        Texts by their key in RAS (`MEAS_SCAN_START`), without the asterisk.
    header : mapping
        The header as written, for the Reading.
    """

    values: Mapping[str, str]
    axes: tuple[Axis, ...]
    header: Mapping[str, Json]
    doubts: tuple[str, ...] = ()

    def text(self, *keys: str) -> str:
        """The first of the keys that is not empty."""
        return next((text for key in keys if (text := self.values.get(key, "").strip())), "")

    def number(self, key: str) -> float | None:
        """The number under a key, where there is one."""
        return optional_number(self.values.get(key))

    @property
    def scan_axis(self) -> str:
        """The scanned axis, by its internal name where the header has one: that is in no local language."""
        return self.text("MEAS_SCAN_AXIS_X_INTERNAL", "MEAS_SCAN_AXIS_X")

    @property
    def is_map(self) -> bool:
        """The scan is part of a reciprocal-space map or pole figure."""
        return self.text("FILE_DATA_TYPE").startswith("RAS_3DE") or any(k.startswith("MEAS_3DE_") for k in self.values)

    @property
    def step_axis(self) -> str:
        """Our name of the axis that was stepped between the scans of a map, where the header names it."""
        label = self.text("MEAS_3DE_STEP_AXIS_INTERNAL", "MEAS_3DE_STEP_AXIS")
        return axis_name(label) if label else ""


def scan(conditions: Conditions, table: NDArray[np.float64], *, place: str) -> Scan:
    """Put header and rows together.

    Parameters
    ----------
    table : array, shape (n, 2) or (n, 3)
        Axis, intensity and, in the third column, the attenuator's factor.
    place : str
        File and scan, for messages.

    Raises
    ------
    NothingMeasured
        If there is no row.
    DamagedFile
        If there are other columns, or another number of points than the header promises.
    """
    _check_table(conditions, table, place)
    name = drawn_against(conditions.scan_axis or "TwoTheta")
    unit = conditions.text("MEAS_SCAN_UNIT_X") or "deg"
    axis = Track(name=name, label=conditions.scan_axis, values=table[:, 0], unit=unit)
    attenuation = table[:, 2] if table.shape[1] == 3 else np.ones(1)
    is_attenuated = bool(np.any(attenuation != 1))
    stage = list(_stage(conditions))
    tracks = [axis, *_fixed(conditions, stage, name), *_count_time(conditions), *_temperature(conditions)]
    if table.shape[1] == 3:
        values = attenuation if bool(np.any(attenuation != attenuation[0])) else attenuation[0]
        tracks.append(Track(name="attenuation", label="", values=values, unit="", metadata_name="attenuation"))
    started_at, started_doubts = _time(conditions, "MEAS_SCAN_START_TIME")
    return Scan(
        axis=name,
        intensity=Track(name="intensity", label="", values=table[:, 1], unit=conditions.text("MEAS_SCAN_UNIT_Y")),
        tracks=tuple(tracks),
        starts=tuple(_starts(conditions, stage)),
        is_raw=not is_attenuated,
        sort=f"{conditions.text('MEAS_SCAN_AXIS_X') or 'X-ray'} scan",
        header=conditions.header,
        metadata=_metadata(conditions),
        sample_name=conditions.text("FILE_SAMPLE") or None,
        operator=conditions.text("FILE_OPERATOR") or None,
        instrument=_instrument(conditions),
        started_at=started_at,
        doubts=(*conditions.doubts, *started_doubts, *_doubts(conditions, table[:, 0], is_attenuated=is_attenuated)),
    )


def _check_table(conditions: Conditions, table: NDArray[np.float64], place: str) -> None:
    if len(table) == 0:
        raise NothingMeasured(f"{place} holds no data points.", mend=_MEND)
    if table.shape[1] not in {2, 3}:
        raise DamagedFile(f"{place}: rows of 2 or 3 numbers were expected; they have {table.shape[1]}.", mend=_MEND)
    if bool(np.any(np.abs(table[:, 0]) > _FARTHEST)):
        raise DamagedFile(f"{place}: positions of an axis were expected in the first column; they run off.", mend=_MEND)
    promised = conditions.number("MEAS_DATA_COUNT")
    if promised is not None and promised != len(table):
        raise DamagedFile(f"{place}: the header promises {promised:g} points, {len(table)} follow.", mend=_MEND)


def _moving(conditions: Conditions) -> frozenset[str]:
    name = axis_name(conditions.scan_axis or "TwoTheta")
    return _MOVED_TOGETHER.get(name, frozenset({name}))


def _stage(conditions: Conditions) -> Iterator[tuple[str, Axis, float]]:
    """Axes of goniometer and stage that stand at a number, each name once."""
    seen = set()
    for axis in conditions.axes:
        name = axis.name
        if name not in _STAGE or name in seen or axis.state == "Oscillation":
            continue
        if (value := optional_number(axis.position)) is not None:
            seen.add(name)
            yield name, axis, value


def _fixed(conditions: Conditions, stage: Iterable[tuple[str, Axis, float]], drawn: str) -> Iterator[Track]:
    moving = _moving(conditions) | {drawn}
    for name, axis, value in stage:
        if name not in moving:
            yield Track(name=name, label=axis.label, values=np.asarray(value), unit=axis.unit)


def _starts(conditions: Conditions, stage: Iterable[tuple[str, Axis, float]]) -> Iterator[Track]:
    moving = _moving(conditions)
    for name, axis, value in stage:
        if name in moving:
            yield Track(name=f"{name}_start", label=axis.label, values=np.asarray(value), unit=axis.unit)


def _count_time(conditions: Conditions) -> Iterator[Track]:
    """In step scans the speed is given as the time for one point."""
    unit = conditions.text("MEAS_SCAN_SPEED_UNIT")
    value = conditions.number("MEAS_SCAN_SPEED")
    if value is not None and respell(unit) in {"s", "min"}:
        name = "count_time"
        yield Track(name=name, label="MEAS_SCAN_SPEED", values=np.asarray(value), unit=unit, metadata_name=name)


def _temperature(conditions: Conditions) -> Iterator[Track]:
    for axis in conditions.axes:
        if axis.name in _TEMPERATURE_AXES and (value := optional_number(axis.position)) is not None:
            unit = "degC" if axis.unit in _DEGREES_CELSIUS else axis.unit
            name = "temperature"
            yield Track(name=name, label=axis.label, values=np.asarray(value), unit=unit, metadata_name=name)
            return


def _time(conditions: Conditions, key: str) -> tuple[datetime | None, list[str]]:
    text = conditions.text(key)
    # .NET writes the first day of the first year where no time was set.
    if not text or text.startswith("0001-01-01"):
        return None, []
    found = rigaku_time(text)
    return found, [] if found else [f"The time '{text[:40]}' of {key} cannot be told: day, month or year are unclear."]


def rigaku_time(text: str) -> datetime | None:
    """Read `11/21/2017 08:32:31` (month first), `11/21/17 ...`, `2017/11/21 ...` or ISO 8601.

    A first number above 12 can only be a day; it is taken for one where the year has four digits. `None` where the
    text is no time.
    """
    match = _DATE.fullmatch(text.strip())
    try:
        if match is None:
            return datetime.fromisoformat(text.strip())
        first, second, third = match.group(1, 2, 3)
        year, month, day = (first, second, third) if len(first) == 4 else (third, first, second)
        if int(month) > 12 and len(year) == 4:
            month, day = day, month
        hour = int(match.group(4))
        if half := (match.group(7) or "").lower():
            hour = hour % 12 + (12 if half == "pm" else 0)
        return datetime(_four_digits(year), int(month), int(day), hour, int(match.group(5)), int(match.group(6) or 0))
    except ValueError:
        return None


def _four_digits(year: str) -> int:
    number = int(year)
    if len(year) > 2:
        return number
    return number + (1900 if number >= 90 else 2000)


def _metadata(conditions: Conditions) -> dict[str, MetadataValue]:
    metadata: dict[str, MetadataValue] = {"maker": "Rigaku"}
    for name, key in _WORDS:
        if text := conditions.text(key):
            metadata[name] = text
    if mode := conditions.text("MEAS_SCAN_MODE").lower():
        metadata["scan_mode"] = mode
    if comment := "\n".join(t for key in ("FILE_COMMENT", "FILE_MEMO") if (t := conditions.text(key))):
        metadata["comment"] = comment
    length = conditions.text("HW_XG_WAVE_LENGTH_UNIT") or "Angstrom"
    along = conditions.text("MEAS_SCAN_UNIT_X") or "deg"
    speed = conditions.text("MEAS_SCAN_SPEED_UNIT")
    numbers = [
        *((name, key, length) for name, key in _WAVELENGTHS),
        ("tube_voltage", "MEAS_COND_XG_VOLTAGE", conditions.text("HW_XG_VOLTAGE_UNIT") or "kV"),
        ("tube_current", "MEAS_COND_XG_CURRENT", conditions.text("HW_XG_CURRENT_UNIT") or "mA"),
        ("step", "MEAS_SCAN_STEP", along),
        ("resolution", "MEAS_SCAN_RESOLUTION_X", along),
        ("scan_speed", "MEAS_SCAN_SPEED", speed if "/" in speed else ""),
    ]
    for name, key, unit in numbers:
        value = conditions.number(key)
        if value is not None and unit:
            metadata[name] = Measured(value, respell(unit))
    ended_at, _ = _time(conditions, "MEAS_SCAN_END_TIME")
    if ended_at is not None:
        metadata["ended_at"] = ended_at
    return metadata


def _instrument(conditions: Conditions) -> str | None:
    """The system's name; older files only name the goniometer, in Japanese and English with a bar between."""
    name = conditions.text("FILE_SYSTEM_NAME", "HW_USERINFO_INSTRUMENT_NAME", "HW_USERINFO_MODEL", "HW_GONIOMETER_NAME")
    return name.rpartition("|")[2] or None


def _doubts(conditions: Conditions, x: NDArray[np.float64], *, is_attenuated: bool) -> Iterator[str]:
    if not conditions.scan_axis:
        yield "The file does not say which axis was scanned; it is taken for 2θ."
    if not conditions.text("MEAS_SCAN_UNIT_Y"):
        yield "The file does not state the unit of the intensity."
    if is_attenuated:
        yield (
            "The attenuator's factor is not 1 throughout, and the file does not say whether the intensities have been "
            "multiplied by it; they are given as written, the factor beside them."
        )
    step = abs(conditions.number("MEAS_SCAN_STEP") or 0.0)
    is_even = conditions.text("MEAS_SCAN_UNEQUALY_SPACED").lower() != "true"
    unit = conditions.text("MEAS_SCAN_UNIT_X") or "deg"
    for what, key, found, allowed in (("start", "MEAS_SCAN_START", x[0], 0.51), ("end", "MEAS_SCAN_STOP", x[-1], 1.01)):
        promised = conditions.number(key)
        if promised is not None and abs(found - promised) > max(allowed * step, 1e-6):
            yield f"The header promises that the scan {what}s at {promised:g} {unit}; the points {what} at {found:g}."
    if step and is_even and len(x) > 1:
        mean = abs(float(x[-1] - x[0])) / (len(x) - 1)
        if abs(mean - step) > 0.01 * step:
            yield f"The header promises steps of {step:g} {unit}; the points are {mean:g} apart."
