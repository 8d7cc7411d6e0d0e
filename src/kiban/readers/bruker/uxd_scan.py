"""One range of UXD as a scan: its keys, with those of the file behind them, and its numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.quantity.measured import Measured
from kiban.readers.bruker.drives import called, candidates, drive, is_known
from kiban.readers.bruker.uxd_file import MEND, UxdFile, UxdRange
from kiban.readers.diffraction.dates import started
from kiban.readers.diffraction.points import check_positions, evenly_stepped, point_numbers
from kiban.readers.diffraction.scan import Scan, Track
from kiban.readers.number_list import optional_number
from kiban.records.reading import Json, MetadataValue

_POSITIONS = ("THETA", "2THETA", "KHI", "CHI", "PHI", "X", "Y", "Z")
_COUPLED = re.compile(r"(?:UN)?(?:LOCKED\s*)?COUPLED", re.IGNORECASE)
_AUXILIARY = re.compile(r"AUX\d", re.IGNORECASE)
_BRIGHTEST = 1e15
_NUMBERS = (
    ("wavelength", "WL1", "angstrom"),
    ("wavelength_kalpha2", "WL2", "angstrom"),
    ("wavelength_kbeta", "WL3", "angstrom"),
    ("goniometer_radius", "GONIOMETER_RADIUS", "mm"),
    ("tube_voltage", "KV", "kV"),
    ("tube_current", "MA", "mA"),
)


class _Keys:
    """The keys of a range, and those of the file where the range has none."""

    def __init__(self, file: UxdFile, one: UxdRange) -> None:
        self.own = {key.upper(): value for key, value in one.fields.items()}
        self._all = {**{key.upper(): value for key, value in file.fields.items()}, **self.own}

    def text(self, key: str) -> str:
        """The text of a key, the first where it comes again; empty where there is none."""
        value = self._all.get(key)
        if isinstance(value, list):
            value = value[0] if value else ""
        return value.strip() if isinstance(value, str) else ""

    def number(self, key: str) -> float | None:
        """The number of a key, where there is one."""
        return optional_number(self.text(key))

    def continued(self, key: str) -> str:
        """A text that goes on in keys with a plus sign before their name."""
        return " ".join(part for part in (self.text(key), self.text(f"+{key}")) if part)


def scan(file: UxdFile, one: UxdRange, numbers: NDArray[np.float64], *, place: str) -> Scan:
    """Put keys and numbers together.

    Raises
    ------
    DamagedFile
        If positions run off, or the range promises another number of points.
    """
    keys = _Keys(file, one)
    _check_length(keys, len(numbers), place=place)
    intensity = numbers[:, 1 if one.axis else 0]
    if bool(np.any(np.abs(intensity) > _BRIGHTEST)):
        raise DamagedFile(
            f"{place}: intensities were expected; {float(np.max(np.abs(intensity))):g} was found.", mend=MEND
        )
    doubts: list[str] = []
    axis = _axis(keys, one, numbers, doubts, place=place)
    drive_name = keys.text("DRIVE")
    moving = {axis.name} | ({"two_theta", "omega"} if _COUPLED.fullmatch(drive_name) or not drive_name else set())
    time, time_doubts = started(keys.text("DATEMEASURED"))
    if file.n_peak_lists:
        doubts.append(f"{file.n_peak_lists} lists of peaks in the file are not read.")
    return Scan(
        axis=axis.name,
        intensity=Track(
            name="intensity",
            label="CPS" if one.is_rate else "COUNTS",
            values=intensity,
            unit="cps" if one.is_rate else "counts",
        ),
        tracks=(axis, *_positions(keys, moving if axis.unit else None), *_count_time(keys, one, numbers)),
        starts=tuple(_starts(keys, drive_name)),
        sort=called(drive_name),
        header={"comments": list[Json](file.comments), "file": file.fields, "range": one.fields},
        metadata=_metadata(keys, axis),
        sample_name=keys.continued("SAMPLE") or None,
        operator=keys.continued("USER") or None,
        started_at=time,
        doubts=(*doubts, *time_doubts, *_step_doubts(keys, one, axis)),
    )


def _check_length(keys: _Keys, n_points: int, *, place: str) -> None:
    promised = keys.number("STEPCOUNT")
    # Whether points or the steps between them are counted is not known.
    if promised is not None and promised not in {n_points, n_points - 1}:
        raise DamagedFile(f"{place}: _STEPCOUNT promises {promised:g} points, {n_points} follow.", mend=MEND)


def _axis(keys: _Keys, one: UxdRange, numbers: NDArray[np.float64], doubts: list[str], *, place: str) -> Track:
    if one.axis:
        label = _written(keys.text("DRIVE"), one.axis, doubts)
        known = drive(label)
        check_positions(numbers[:, 0], what=label, place=place)
        return Track(name=known.name, label=label, values=numbers[:, 0], unit=known.unit)
    n_points = len(numbers)
    label = _scanned(keys.text("DRIVE"))
    if not label:
        doubts.append(f"Which drive was moved is not known ('{keys.text('DRIVE')[:40]}'); the points are numbered.")
        return point_numbers(n_points)
    if not keys.text("DRIVE"):
        doubts.append("The file does not say which drive was moved; it is taken for 2θ.")
    known = drive(label)
    start = keys.number("START")
    if start is None:
        start = keys.number(label)
    step = keys.number("STEPSIZE")
    if start is None or step is None:
        raise DamagedFile(
            f"{place}: _START (or _{label}) and _STEPSIZE were expected above the intensities; "
            f"{'_STEPSIZE' if step is None else '_START'} is missing.",
            mend=MEND,
        )
    values = evenly_stepped(start, step, n_points, place=place)
    if values is None:
        doubts.append("The step of the scan is 0, so the points are numbered.")
        return point_numbers(n_points)
    return Track(name=known.name, label=label, values=values, unit=known.unit)


def _scanned(name: str) -> str:
    """The drive against which a scan of that drive is drawn; empty where it is not known."""
    if not name or _COUPLED.fullmatch(name):
        return "2THETA"
    if is_known(name) or _AUXILIARY.fullmatch(name):
        return name.upper()
    return next((found.upper() for found in candidates(name)), "")


def _written(drive_name: str, above: str, doubts: list[str]) -> str:
    """The drive whose positions stand beside the intensities.

    The word above them is _2THETACOUNTS in rocking curves and pole figures as well: the drive that was moved counts.
    """
    if above != "2THETA":
        return above
    label = _scanned(drive_name)
    if not label:
        doubts.append(f"Which drive was moved is not known ('{drive_name[:40]}'); the positions are taken for 2θ.")
    return label or above


def _positions(keys: _Keys, moving: set[str] | None) -> Iterator[Track]:
    """Where drives stood that did not move; none where it is not known which one did."""
    seen = set(moving or ())
    for label in _POSITIONS if moving is not None else ():
        value = keys.number(label) if label in keys.own else None
        known = drive(label)
        if value is not None and known.name not in seen:
            seen.add(known.name)
            yield Track(name=known.name, label=label, values=np.asarray(value), unit=known.unit)


def _count_time(keys: _Keys, one: UxdRange, numbers: NDArray[np.float64]) -> Iterator[Track]:
    time = keys.number("STEPTIME")
    values = numbers[:, -1] if one.has_times else np.asarray(time or 0.0)
    if one.has_times and bool(np.all(values == values[0])):
        values = np.asarray(values[0])
    if one.has_times or (time or 0.0) > 0:
        yield Track(name="count_time", label="STEPTIME", values=values, unit="s", metadata_name="count_time")


def _starts(keys: _Keys, drive_name: str) -> Iterator[Track]:
    """Where θ stood at the start of a coupled scan: maps step it."""
    theta = keys.number("THETA") if "THETA" in keys.own else None
    if theta is not None and _COUPLED.fullmatch(drive_name):
        yield Track(name="omega_start", label="THETA", values=np.asarray(theta), unit="deg")


def _step_doubts(keys: _Keys, one: UxdRange, axis: Track) -> Iterator[str]:
    """Compare written positions with the start and step that the keys promise."""
    if not one.axis:
        return
    start, step = keys.number("START"), keys.number("STEPSIZE")
    values = axis.values
    if start is not None and abs(float(values[0]) - start) > max(abs(step or 0.0), 1e-3):
        yield f"The range promises that the scan starts at {start:g}; the points start at {float(values[0]):g}."
    if step and len(values) > 1:
        mean = float(values[-1] - values[0]) / (len(values) - 1)
        if abs(abs(mean) - abs(step)) > 0.01 * abs(step):
            yield f"The range promises steps of {step:g}; the points are {abs(mean):g} apart."


def _metadata(keys: _Keys, axis: Track) -> dict[str, MetadataValue]:
    metadata: dict[str, MetadataValue] = {"maker": "Bruker"}
    mode = {"C": "continuous", "S": "step"}.get(keys.text("STEPMODE").upper(), "")
    for name, text in (
        ("anode", keys.text("ANODE")),
        ("comment", keys.continued("COMMENT")),
        ("scan_axis", keys.text("DRIVE")),
        ("scan_mode", mode),
    ):
        if text:
            metadata[name] = text
    for name, key, unit in _NUMBERS:
        value = keys.number(key)
        if value is not None and value > 0:
            metadata[name] = Measured(value, unit)
    if (ratio := keys.number("WLRATIO")) is not None and ratio > 0:
        metadata["kalpha2_to_kalpha1"] = ratio
    step = keys.number("STEPSIZE")
    if step is not None and axis.unit:
        metadata["step"] = Measured(step, axis.unit)
    return metadata
