"""One route of BRML's raw data as scans: the columns with the axes and drives that the file describes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.bruker.brml_archive import MEND
from kiban.readers.bruker.brml_channels import Axis, Channels, channels
from kiban.readers.bruker.brml_views import Column, Columns
from kiban.readers.bruker.drives import called, drive, is_known
from kiban.readers.diffraction.points import check_positions, evenly_stepped, point_numbers
from kiban.readers.diffraction.scan import Scan, Track, distinct
from kiban.readers.xml_header import children, descend
from kiban.records.reading import Json, MetadataValue

if TYPE_CHECKING:
    from lxml.etree import _Element

_FIXED = {"MeasuredTime": "count_time", "AbsorptionFactor": "attenuation"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What all routes of one raw data member share."""

    header: Mapping[str, Json]
    metadata: Mapping[str, MetadataValue]
    drives: tuple[Track, ...]
    """Where drives stood that did not move."""
    sample_name: str | None
    operator: str | None
    instrument: str | None
    started_at: datetime | None
    doubts: tuple[str, ...] = field(default=())


def scans(common: Common, information: _Element | None, columns: Columns, *, n_steps: int, place: str) -> list[Scan]:
    """Put a route together.

    Returns
    -------
    list of Scan
        One; of a line detector that was moved, one for each of its positions.

    Raises
    ------
    DamagedFile
        If positions or counts are not finite.
    NothingMeasured
        If nothing was counted.
    """
    counter = columns.counters[0]
    if bool(np.any(np.isinf(counter.values))) or bool(np.any(np.abs(counter.values) > 1e15)):
        raise DamagedFile(
            f"{place}: counts were expected in the column '{counter.label}'; infinite ones were found.", mend=MEND
        )
    if bool(np.all(np.isnan(counter.values))):
        raise NothingMeasured(f"{place}: no point was measured.", mend=MEND)
    beside = (*columns.fixed.values(), *columns.others, *columns.counters[1:])
    for column in (*columns.axes, *(c for c in beside if is_known(c.name) or is_known(c.label))):
        check_positions(column.values, what=column.label, place=place)
    builder = _Builder(common, information, columns, place=place)
    if counter.values.ndim == 1:
        return [builder.point_scan(n_steps)]
    return builder.line_scans(n_steps)


class _Builder:
    """Scans of one route."""

    def __init__(self, common: Common, information: _Element | None, columns: Columns, *, place: str) -> None:
        self._common, self._columns, self._place, self._information = common, columns, place, information
        listed = descend(information, "ScanAxes")
        self._axes = [Axis(element) for element in children(listed, "ScanAxisInfo")] if listed is not None else []
        name = information.get("ScanName") if information is not None else ""
        visible = information.get("VisibleName") if information is not None else ""
        self._scan_type = visible or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name or "")
        self._doubts = [*common.doubts, *columns.doubts]

    def point_scan(self, n_steps: int) -> Scan:
        """A scan whose detector counts one number at each step."""
        recorded = self._recorded()
        moving = [track for track in recorded if not track.is_fixed]
        if moving:
            axis = moving[0]
        elif recorded and n_steps == 1:
            axis = replace(recorded[0], values=recorded[0].values.reshape(1))
        elif recorded:
            axis = point_numbers(n_steps)
            self._doubts.append("No axis moved during the scan; the points are numbered.")
        else:
            axis = self._planned(n_steps)
        self._doubts += self._promised(axis)
        others = [track for track in (*recorded, *self._beside()) if track.name != axis.name]
        tracks = [axis, *others, *self._fixed_drives([axis, *others])]
        return self._scan(axis, tracks, self._columns.counters[0].values, self._starts(moving, axis))

    def line_scans(self, n_steps: int) -> list[Scan]:
        """A line detector: one scan along its channels for each step."""
        counts = self._columns.counters[0].values
        along = channels(self._information, self._axes, counts.shape[1], n_steps=n_steps, place=self._place)
        self._doubts += along.doubts
        recorded = [*self._recorded(), *self._beside()]
        fixed = list(self._fixed_drives(recorded))
        made = []
        for n in range(n_steps):
            tracks = [*(_at(track, n) for track in recorded), *fixed]
            placed = self._placed(along, tracks)
            arms = [replace(t, name=f"{t.name}_arm") if t.name == placed.name else t for t in tracks]
            made.append(self._scan(placed, [placed, *arms], counts[n], ()))
        return made

    def _placed(self, along: Channels, tracks: list[Track]) -> Track:
        """The channels' positions while the drives stand there."""
        if not along.relative_to:
            return along.positions
        base = next((track for track in tracks if track.name == along.relative_to), None)
        if base is None:
            self._doubts.append("The file does not say where the detector stood; its channels are numbered.")
            return point_numbers(len(along.positions.values))
        return replace(along.positions, values=along.positions.values + float(base.values))

    def _recorded(self) -> list[Track]:
        """What the rows record of the scanned axes, the one that leads the scan first."""
        order = {axis.name: n for n, axis in enumerate(self._axes)}
        columns = sorted(self._columns.axes, key=lambda column: order.get(column.name, len(order)))
        return list(distinct(_positions(column) for column in columns))

    def _planned(self, n_steps: int) -> Track:
        """The leading axis by its start and step, where the rows record no positions."""
        for axis in self._axes:
            if not axis.is_usable:
                continue
            values = evenly_stepped(axis.start, axis.increment, n_steps, place=self._place)
            if values is not None:
                known = drive(axis.name)
                self._doubts.append("Positions were not recorded; they follow from the start and the step of the scan.")
                return Track(name=known.name, label=axis.label, values=values, unit=axis.unit or known.unit)
        self._doubts.append("The file does not say which axis was scanned; the points are numbered.")
        return point_numbers(n_steps)

    def _beside(self) -> list[Track]:
        tracks = []
        for name, column in self._columns.fixed.items():
            ours = _FIXED.get(name)
            if ours is None:
                tracks.append(_sensor(column))
                continue
            unit = column.unit or ("s" if ours == "count_time" else "")
            tracks.append(Track(name=ours, label=name, values=_folded(column.values), unit=unit, metadata_name=ours))
        for column in (*self._columns.others, *self._columns.counters[1:]):
            if column.values.ndim == 1:
                tracks.append(_positions(column) if is_known(column.name) else _sensor(column))
            else:
                self._doubts.append(f"The channels of '{column.label[:60]}' are not read.")
        return tracks

    def _fixed_drives(self, others: list[Track]) -> Iterator[Track]:
        taken = {track.name for track in others}
        for track in self._common.drives:
            if track.name not in taken:
                taken.add(track.name)
                yield track

    def _starts(self, moving: list[Track], axis: Track) -> tuple[Track, ...]:
        """Where ω stood at the start of a scan along 2θ: maps step it."""
        return tuple(
            replace(track, name="omega_start", values=np.asarray(track.values[0]))
            for track in moving
            if track.name == "omega" and axis.name == "two_theta"
        )

    def _scan(self, axis: Track, tracks: list[Track], counts: NDArray[np.float64], starts: tuple[Track, ...]) -> Scan:
        counter = self._columns.counters[0]
        intensity = Track(name="intensity", label=counter.label, values=counts, unit=counter.unit)
        numbered = distinct([intensity, *tracks])[1:]
        attenuation = [track.values for track in numbered if track.name == "attenuation"]
        is_attenuated = any(bool(np.any(values != 1)) for values in attenuation)
        doubts = list(dict.fromkeys([*self._doubts, *_count_doubts(counts, is_attenuated=is_attenuated)]))
        metadata = dict(self._common.metadata)
        if self._scan_type:
            metadata["scan_axis"] = self._scan_type
        if (step := _step(axis)) is not None:
            metadata["step"] = Measured(step, axis.unit)
        return Scan(
            axis=axis.name,
            intensity=intensity,
            tracks=numbered,
            starts=starts,
            is_raw=not is_attenuated,
            sort=called(self._scan_type),
            header=self._common.header,
            metadata=metadata,
            sample_name=self._common.sample_name,
            operator=self._common.operator,
            instrument=self._common.instrument,
            started_at=self._common.started_at,
            doubts=tuple(doubts),
        )

    def _promised(self, drawn: Track) -> Iterator[str]:
        """Compare positions with the start and end that the scan's description promises."""
        for axis in self._axes:
            if drive(axis.name).name != drawn.name or not axis.is_usable:
                continue
            allowed = max(abs(axis.increment) * 1.01, 1e-6)
            for what, promised, found in (("start", axis.start, drawn.values[0]), ("end", axis.stop, drawn.values[-1])):
                if abs(float(found) - promised) > allowed:
                    is_at = f"{promised:g}; the points {what} at {float(found):g}"
                    yield f"The file promises that the scan {what}s at {is_at}."


def _positions(column: Column) -> Track:
    known = drive(column.name)
    return Track(name=known.name, label=column.label, values=_folded(column.values), unit=column.unit or known.unit)


def _sensor(column: Column) -> Track:
    known = drive(column.label)
    values = _folded(column.values)
    return Track(name=known.name, label=column.label, values=values, unit=column.unit, metadata_name=known.name)


def _folded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """One number where all are the same."""
    return np.asarray(values[0]) if bool(np.all(values == values[0])) else values


def _at(track: Track, step: int) -> Track:
    return track if track.is_fixed else replace(track, values=np.asarray(track.values[step]))


def _count_doubts(counts: NDArray[np.float64], *, is_attenuated: bool) -> Iterator[str]:
    n_missing = int(np.count_nonzero(np.isnan(counts)))
    if n_missing:
        yield f"{n_missing} of the {len(counts)} points were not measured."
    if is_attenuated:
        yield (
            "An absorber was in the beam; the intensities are given as written, which in files seen are already "
            "multiplied by its factor. The factor stands beside them."
        )


def _step(axis: Track) -> float | None:
    """The distance of the points where it is constant; positions are written with 9 decimals."""
    if len(axis.values) < 2 or not axis.unit:
        return None
    steps = np.diff(axis.values)
    mean = float(axis.values[-1] - axis.values[0]) / len(steps)
    return round(mean, 9) if bool(np.all(np.abs(steps - mean) <= 1e-3 * abs(mean))) else None
