"""RAW1.01, which Bruker calls version 3 of RAW: a header of 712 bytes, then for each range a header of 304 bytes,
supplementary records and the points."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.bruker.drives import called, drive, moves_together
from kiban.readers.bruker.fields import MEND, number, read_fields, whole, words
from kiban.readers.bruker.raw_v3_fields import FILE_FIELDS, POSITIONS, RANGE_FIELDS, SCAN_TYPES, SUPPLEMENTS, VARYING
from kiban.readers.diffraction.dates import started
from kiban.readers.diffraction.points import check_positions, evenly_stepped, intensities, point_numbers
from kiban.readers.diffraction.scan import Scan, Track
from kiban.records.reading import Json, MetadataValue

_FILE_HEADER = 712
_RANGE_HEADER = 304
_UNSET = 9999.0
_STATUS = {2: "was still running", 3: "was aborted", 4: "was interrupted"}
_STEP, _CONTINUOUS = 0, 1
_REMOVED_DATA = 150
_HIGH_RESOLUTION = 20
_UNLOCKED = (1, _HIGH_RESOLUTION)


def scans(content: bytes, *, file: str) -> list[Scan]:
    """Read all ranges, in order.

    Raises
    ------
    DamagedFile
        If the file ends before the points that its headers promise, or a header contradicts itself.
    NothingMeasured
        If no range holds points.
    """
    header = read_fields(content, 0, FILE_FIELDS, what="the file header", file=file)
    n_ranges = whole(header, "n_ranges")
    if not 0 <= n_ranges <= (len(content) - _FILE_HEADER) // _RANGE_HEADER:
        raise DamagedFile(
            f"{file}: the header promises {n_ranges} ranges; {len(content)} bytes cannot hold them.", mend=MEND
        )
    found: list[Scan] = []
    doubts = list(_file_doubts(header))
    offset = _FILE_HEADER
    for n in range(1, n_ranges + 1):
        one = _Range(content, offset, file=file, place=f"{file}, range {n}")
        offset = one.end
        if one.n_points:
            found.append(one.scan(header))
    if not found:
        raise NothingMeasured(f"{file}: none of its {n_ranges} ranges holds points.", mend=MEND)
    if len(found) < n_ranges:
        doubts.append(f"{n_ranges - len(found)} of the file's {n_ranges} ranges hold no points.")
    if content[offset:].strip(b"\0"):
        doubts.append(
            f"{len(content) - offset} bytes follow the last range that the header promises; they are not read."
        )
    return [_doubted(scan, doubts) for scan in found]


def _doubted(scan: Scan, doubts: list[str]) -> Scan:
    return replace(scan, doubts=(*doubts, *scan.doubts)) if doubts else scan


def _file_doubts(header: dict[str, Json]) -> Iterator[str]:
    status = _STATUS.get(whole(header, "status"))
    if status:
        yield f"The file says that the measurement {status}."


class _Range:
    """One range: its header, its supplementary records and where its points lie.

    Raises
    ------
    DamagedFile
        If the file ends before the points do, or the length of a record is not that of what varies.
    """

    def __init__(self, content: bytes, offset: int, *, file: str, place: str) -> None:
        self._content, self._place = content, place
        self.fields = read_fields(content, offset, RANGE_FIELDS, what="a range header", file=file)
        self.n_points = whole(self.fields, "n_points")
        length = whole(self.fields, "header_length")
        size = whole(self.fields, "supplement_length")
        if length < _RANGE_HEADER or size < 0 or self.n_points < 0:
            raise DamagedFile(
                f"{place}: a header of {_RANGE_HEADER} bytes was expected; one of {length} bytes with {self.n_points} "
                f"points and {size} bytes of supplementary records was found.",
                mend=MEND,
            )
        self.varying = tuple(name for bit, name in VARYING if whole(self.fields, "varying") & bit)
        self._check_record_length()
        self._supplements = offset + length
        self.data = offset + length + size
        self.end = self.data + self.n_points * self.record_length
        if self.end > len(content):
            raise DamagedFile(
                f"{place}: {self.n_points} points of {self.record_length} bytes were promised from byte {self.data}; "
                f"the file has {len(content)} bytes.",
                mend=MEND,
            )
        self.doubts: list[str] = []
        self.step: float | None = None
        """Distance of the points, where they are placed by it."""

    def _check_record_length(self) -> None:
        expected = 4 + 8 * len(self.varying)
        # Some programs that convert to RAW leave the length 0 where there is nothing but the intensity.
        self.record_length = whole(self.fields, "record_length") or 4
        if self.record_length != expected or whole(self.fields, "varying") >> len(VARYING):
            raise DamagedFile(
                f"{self._place}: records of {expected} bytes were expected, for the intensity and "
                f"{', '.join(self.varying) or 'nothing else'}; records of {self.record_length} bytes were found.",
                mend=MEND,
            )

    def scan(self, header: dict[str, Json]) -> Scan:
        """Put header and points together."""
        stored, recorded = self._points()
        values, doubts = intensities(stored, place=self._place)
        code = whole(self.fields, "scan_type")
        scan_type, _ = SCAN_TYPES.get(code, (f"type {code}", ""))
        axis, axis_doubts = self._axis(recorded)
        tracks = [axis, *self._positions(axis, scan_type, recorded), *_conditions(self.fields)]
        tracks += [track for name, track in recorded.items() if name not in POSITIONS and track is not axis]
        supplements = list(self._supplementary())
        time, time_doubts = started(f"{words(header, 'date')} {words(header, 'time')}".strip())
        return Scan(
            axis=axis.name,
            intensity=Track(name="intensity", label="", values=values, unit="counts"),
            tracks=tuple(tracks),
            starts=tuple(self._starts(code)),
            sort=called(scan_type),
            header={"file": header, "range": {**self.fields, "supplements": supplements}},
            metadata=self._metadata(header, scan_type, axis),
            sample_name=words(header, "sample_id") or None,
            operator=words(header, "user") or None,
            started_at=time,
            doubts=(*axis_doubts, *doubts, *time_doubts, *self.doubts),
        )

    def _points(self) -> tuple[NDArray[np.float32], dict[str, Track]]:
        """The intensities, and what was recorded beside each, by the name of its bit."""
        record = np.dtype([("intensity", "<f4"), ("recorded", "<f8", (len(self.varying),))])
        table = np.frombuffer(self._content, record, count=self.n_points, offset=self.data)
        recorded: dict[str, Track] = {}
        for column, name in enumerate(self.varying):
            values = np.ascontiguousarray(table["recorded"][:, column])
            check_positions(values, what=name, place=self._place)
            if name in POSITIONS:
                known = drive(name)
                recorded[name] = Track(name=known.name, label=name, values=values, unit=known.unit)
            elif name == "time":
                recorded[name] = Track(name="time", label=name, values=values, unit="s")
            else:
                unit = "K" if name == "temperature" else ""
                recorded[name] = Track(name=name, label=name, values=values, unit=unit)
        return np.ascontiguousarray(table["intensity"]), recorded

    def _axis(self, recorded: dict[str, Track]) -> tuple[Track, list[str]]:
        code = whole(self.fields, "scan_type")
        scan_type, label = SCAN_TYPES.get(code, (f"type {code}", ""))
        drives = [name for name in recorded if name in POSITIONS]
        if label in recorded or (not label and len(drives) == 1):
            return recorded[label or drives[0]], []
        if not label:
            return point_numbers(self.n_points), [
                f"The scan is of the type {code} ({scan_type}); which drive it moved is not known, so the points are "
                "numbered. Start and step are in the header."
            ]
        self.step = number(self.fields, "step")
        values = evenly_stepped(number(self.fields, f"{label}_start"), self.step, self.n_points, place=self._place)
        if values is None:
            return point_numbers(self.n_points), [f"The step of the {scan_type} is 0, so the points are numbered."]
        known = drive(label)
        doubts = []
        if code == _HIGH_RESOLUTION:
            doubts.append("The scan is a coupled high-resolution scan; its points are placed by start and step of 2θ.")
        return Track(name=known.name, label=label, values=values, unit=known.unit), doubts

    def _positions(self, axis: Track, scan_type: str, recorded: dict[str, Track]) -> Iterator[Track]:
        """Where the drives stood that did not move, and where those were that were recorded."""
        moving = moves_together(scan_type, axis.name) if axis.unit else frozenset[str]()
        for label in POSITIONS:
            known = drive(label)
            if label in recorded:
                if recorded[label] is not axis:
                    yield recorded[label]
            elif known.name not in moving and abs(number(self.fields, f"{label}_start")) < _UNSET and axis.unit:
                values = np.asarray(number(self.fields, f"{label}_start"))
                yield Track(name=known.name, label=label, values=values, unit=known.unit)

    def _starts(self, code: int) -> Iterator[Track]:
        """Where θ stood at the start of an unlocked coupled scan: maps step it."""
        if code in _UNLOCKED and "theta" not in self.varying and abs(number(self.fields, "theta_start")) < _UNSET:
            yield Track(
                name="omega_start", label="theta", values=np.asarray(number(self.fields, "theta_start")), unit="deg"
            )

    def _supplementary(self) -> Iterator[Json]:
        offset = self._supplements
        while offset + 8 <= self.data:
            kind, length = struct.unpack_from("<II", self._content, offset)
            if not 8 <= length <= self.data - offset:
                break
            name, table = SUPPLEMENTS.get(kind, ("", ()))
            fields: dict[str, Json] = {"type": kind, "length": length}
            if name:
                fields["name"] = name
                inside = tuple(field for field in table if field[2] + struct.calcsize(f"<{field[1]}") <= length)
                if inside:
                    fields |= read_fields(self._content, offset, inside, what=f"the {name} record", file=self._place)
            if kind == _REMOVED_DATA:
                self.doubts.append(
                    f"Data between {fields.get('first_2theta')} and {fields.get('last_2theta')}° 2θ were removed."
                )
            yield fields
            offset += length
        if self._content[offset : self.data].strip(b"\0"):
            self.doubts.append("The lengths of the supplementary records do not add up; not all of them are read.")

    def _metadata(self, header: dict[str, Json], scan_type: str, axis: Track) -> dict[str, MetadataValue]:
        metadata = _metadata(header, self.fields, scan_type)
        if self.step and axis.unit:
            metadata["step"] = Measured(self.step, axis.unit)
        return metadata


def _conditions(fields: dict[str, Json]) -> Iterator[Track]:
    time = number(fields, "time_per_step")
    if time > 0:
        yield Track(
            name="count_time", label="time_per_step", values=np.asarray(time), unit="s", metadata_name="count_time"
        )
    temperature = number(fields, "temperature")
    if temperature > 0 and "temperature" not in {name for bit, name in VARYING if whole(fields, "varying") & bit}:
        values = np.asarray(temperature)
        yield Track(name="temperature", label="temperature", values=values, unit="K", metadata_name="temperature")


def _metadata(header: dict[str, Json], fields: dict[str, Json], scan_type: str) -> dict[str, MetadataValue]:
    metadata: dict[str, MetadataValue] = {"maker": "Bruker", "scan_axis": scan_type}
    for name, key in (("anode", "anode"), ("comment", "comment")):
        if found := words(header, key):
            metadata[name] = found
    mode = whole(fields, "scan_mode")
    if mode in {_STEP, _CONTINUOUS}:
        metadata["scan_mode"] = "continuous" if mode == _CONTINUOUS else "step"
    alpha = "alpha1" if number(header, "alpha1") > 0 else "used_wavelength"
    for name, source, key, unit in (
        ("wavelength", {**fields, **header}, alpha, "angstrom"),
        ("wavelength_kalpha2", header, "alpha2", "angstrom"),
        ("wavelength_kbeta", header, "beta", "angstrom"),
        ("tube_voltage", fields, "generator_voltage", "kV"),
        ("tube_current", fields, "generator_current", "mA"),
        ("goniometer_radius", header, "goniometer_radius", "mm"),
    ):
        value = number(source, key)
        if 0 < value < _UNSET:
            metadata[name] = Measured(value, unit)
    if number(header, "alpha2_to_alpha1") > 0:
        metadata["kalpha2_to_kalpha1"] = number(header, "alpha2_to_alpha1")
    return metadata
