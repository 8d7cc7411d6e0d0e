"""RAW4.00, which Bruker calls version 4 of RAW: segments that say their type and length, then ranges, each with a
header of 160 bytes, segments of its own and the points."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.bruker import raw_v4_fields as layout
from kiban.readers.bruker.drives import called
from kiban.readers.bruker.fields import MEND, number, read_fields, text, whole, words
from kiban.readers.bruker.raw_v4_axis import Drives
from kiban.readers.diffraction.dates import started
from kiban.readers.diffraction.points import intensities
from kiban.readers.diffraction.scan import Scan, Track
from kiban.records.reading import Json, MetadataValue

Segment = dict[str, Json]


def scans(content: bytes, *, file: str) -> list[Scan]:
    """Read all ranges, in order.

    Raises
    ------
    DamagedFile
        If the file ends before the points that its headers promise, or a header contradicts itself.
    NothingMeasured
        If no range holds points.
    """
    head = read_fields(content, 0, layout.FILE_FIELDS, what="the file header", file=file)
    segments, offset = _segments_before_range(content, layout.FIRST_SEGMENT, file=file)
    doubts = _length_doubts(whole(head, "segments_length"), offset, n_bytes=len(content), file=file)
    header: dict[str, Json] = {**head, "variables": _variables(segments), "segments": _others(segments)}
    found: list[Scan] = []
    n_ranges = 0
    while not _is_end(content, offset):
        n_ranges += 1
        one = _Range(content, offset, file=file, place=f"{file}, range {n_ranges}")
        if one.n_points:
            found.append(one.scan(header, segments))
        # More segments may stand between ranges; nobody has seen any, so they are passed over with their lengths.
        between, offset = _segments_before_range(content, one.end, file=file)
        if between:
            doubts.append(f"{len(between)} segments after range {n_ranges} are not read.")
    if not found:
        raise NothingMeasured(f"{file}: none of its {n_ranges} ranges holds points.", mend=MEND)
    if len(found) < n_ranges:
        doubts.append(f"{n_ranges - len(found)} of the file's {n_ranges} ranges hold no points.")
    return [replace(scan, doubts=(*doubts, *scan.doubts)) for scan in found]


def _length_doubts(stated: int, end: int, *, n_bytes: int, file: str) -> list[str]:
    """Compare the length of all segments that the header states with where they end; some programs state 0."""
    length = end - layout.FIRST_SEGMENT
    if stated in {0, length}:
        return []
    if end >= n_bytes:
        raise DamagedFile(
            f"{file}: {stated} bytes of segments were promised from byte {layout.FIRST_SEGMENT}; {length} follow.",
            mend=MEND,
        )
    return [f"The header promises {stated} bytes of segments; they have {length} bytes."]


def _is_end(content: bytes, offset: int) -> bool:
    """Nothing follows, or nothing but zeros."""
    return not content[offset : offset + layout.RANGE_HEADER].strip(b"\0") and not content[offset:].strip(b"\0")


def _segments_before_range(content: bytes, offset: int, *, file: str) -> tuple[list[Segment], int]:
    """Read segments up to the mark of a range or the end of the file."""
    found: list[Segment] = []
    while offset + 4 <= len(content):
        (kind,) = struct.unpack_from("<I", content, offset)
        if kind in layout.RANGE_MARKS:
            return found, offset
        segment, offset = _segment(content, offset, len(content), place=file)
        found.append(segment)
    if offset < len(content):
        raise DamagedFile(f"{file}: a segment or a range was expected at byte {offset}; the file ends.", mend=MEND)
    return found, offset


def _segment(content: bytes, offset: int, end: int, *, place: str) -> tuple[Segment, int]:
    """Read one segment and say where the next begins."""
    if offset + 8 > end:
        raise DamagedFile(
            f"{place}: a segment was expected at byte {offset}; {end - offset} bytes are left.", mend=MEND
        )
    kind, length = struct.unpack_from("<II", content, offset)
    name, least, table = layout.SEGMENTS.get(kind, ("", 8, ()))
    if not least <= length <= end - offset:
        raise DamagedFile(
            f"{place}: a segment of at least {least} and at most {end - offset} bytes was expected at byte {offset}; "
            f"one of type {kind} with {length} bytes was found.",
            mend=MEND,
        )
    segment: Segment = {"type": kind, "length": length}
    if name:
        segment["name"] = name
    if table:
        segment |= read_fields(content, offset, table, what=f"a {name} segment", file=place)
    if kind == layout.VARIABLE:
        segment["value"] = text(content[offset + least : offset + length])
    return segment, offset + length


def _variables(segments: list[Segment]) -> dict[str, Json]:
    """The variables by name; one that comes again keeps all its values."""
    found: dict[str, Json] = {}
    for segment in segments:
        if segment["type"] == layout.VARIABLE:
            name, value = words(segment, "variable"), segment["value"]
            if name in found:
                before = found[name]
                found[name] = [*before, value] if isinstance(before, list) else [before, value]
            else:
                found[name] = value
    return found


def _others(segments: list[Segment]) -> list[Json]:
    return [segment for segment in segments if segment["type"] != layout.VARIABLE]


class _Range:
    """One range: its header, its segments and where its points lie. Raises DamagedFile where they do not fit."""

    def __init__(self, content: bytes, offset: int, *, file: str, place: str) -> None:
        self._content, self._place = content, place
        if offset + layout.RANGE_HEADER > len(content):
            raise DamagedFile(
                f"{file}: a range header of {layout.RANGE_HEADER} bytes was expected at byte {offset}; the file has "
                f"{len(content)} bytes.",
                mend=MEND,
            )
        self.fields = read_fields(content, offset, layout.RANGE_FIELDS, what="a range header", file=file)
        self.data = offset + layout.RANGE_HEADER + whole(self.fields, "segments_length")
        if self.data > len(content):
            raise DamagedFile(
                f"{place}: {whole(self.fields, 'segments_length')} bytes of segments were promised at byte "
                f"{offset + layout.RANGE_HEADER}; the file has {len(content)} bytes.",
                mend=MEND,
            )
        self.segments: list[Segment] = []
        at = offset + layout.RANGE_HEADER
        while at < self.data:
            segment, at = _segment(content, at, self.data, place=place)
            self.segments.append(segment)
        self.doubts: list[str] = []
        self.record_length = whole(self.fields, "record_length")
        self.n_points = self._n_points()
        self.end = self.data + self.n_points * self.record_length

    def _n_points(self) -> int:
        planned, measured = whole(self.fields, "n_points"), whole(self.fields, "n_measured")
        if planned == 0 and measured == 0:
            return 0
        if self.record_length < 4 or self.record_length % 4:
            raise DamagedFile(
                f"{self._place}: records of 4 bytes or a multiple were expected; {self.record_length} were found.",
                mend=MEND,
            )
        if planned == measured or not measured:
            return self._fitting(planned)
        # One of both numbers is that of an aborted scan; only one of them leads to the next range or the end.
        counts = [n for n in (planned, measured) if self._leads_on(self.data + n * self.record_length)]
        if len(counts) != 1:
            raise DamagedFile(
                f"{self._place}: the header promises {planned} points in one place and {measured} in another, and the "
                "length of the file does not tell which are there.",
                mend=MEND,
            )
        self.doubts.append(f"The header promises {planned} points and {measured} points; {counts[0]} are there.")
        return counts[0]

    def _fitting(self, n_points: int) -> int:
        if self.data + n_points * self.record_length > len(self._content):
            raise DamagedFile(
                f"{self._place}: {n_points} points of {self.record_length} bytes were promised from byte {self.data}; "
                f"the file has {len(self._content)} bytes.",
                mend=MEND,
            )
        return n_points

    def _leads_on(self, end: int) -> bool:
        """A range header, or the end of the file, follows there."""
        rest = len(self._content) - end
        if rest < layout.RANGE_HEADER:
            return rest >= 0 and not self._content[end:].strip(b"\0")
        (kind,) = struct.unpack_from("<I", self._content, end)
        record, segments = struct.unpack_from("<II", self._content, end + 136)
        return kind in layout.RANGE_MARKS and record % 4 == 0 and 0 < record < 1024 and segments <= rest

    def scan(self, header: dict[str, Json], segments: list[Segment]) -> Scan:
        """Put header and points together."""
        record = np.dtype([("intensity", "<f4"), ("rest", f"V{self.record_length - 4}")])
        stored = np.frombuffer(self._content, record, count=self.n_points, offset=self.data)["intensity"]
        values, doubts = intensities(np.ascontiguousarray(stored), place=self._place)
        if self.record_length > 4:
            self.doubts.append(
                f"Each point has {self.record_length - 4} bytes after its intensity, whose meaning is not known; they "
                "are not read."
            )
        scan_type = words(self.fields, "scan_type")
        drives = Drives(self.segments, scan_type, number(self.fields, "start"), number(self.fields, "step"))
        axis, axis_doubts = drives.axis(self.n_points, place=self._place)
        variables = {**_variables(segments), **_variables(self.segments)}
        time, time_doubts = started(f"{words(header, 'date')} {words(header, 'time')}".strip())
        metadata = _metadata(segments, self.fields, variables)
        if axis.unit:
            metadata["step"] = Measured(number(self.fields, "step"), axis.unit)
        return Scan(
            axis=axis.name,
            intensity=Track(name="intensity", label="", values=values, unit="counts"),
            tracks=(axis, *drives.positions(axis), *_count_time(self.fields)),
            starts=tuple(drives.starts()),
            sort=called(scan_type),
            header={
                "file": header,
                "range": {**self.fields, "variables": _variables(self.segments), "segments": _others(self.segments)},
            },
            metadata=metadata,
            sample_name=words(variables, "SAMPLEID") or None,
            operator=words(variables, "USER") or None,
            started_at=time,
            doubts=(*axis_doubts, *doubts, *time_doubts, *self.doubts),
        )


def _count_time(fields: dict[str, Json]) -> Iterator[Track]:
    time = number(fields, "time_per_step")
    if time > 0:
        yield Track(
            name="count_time", label="time_per_step", values=np.asarray(time), unit="s", metadata_name="count_time"
        )


def _metadata(segments: list[Segment], fields: dict[str, Json], variables: dict[str, Json]) -> dict[str, MetadataValue]:
    metadata: dict[str, MetadataValue] = {"maker": "Bruker"}
    creator = f"{words(variables, 'CREATOR')} {words(variables, 'CREATOR_VERSION')}".strip()
    source: Segment = next((s for s in segments if s["type"] == layout.SOURCE), {})
    for name, value in (
        ("software", creator),
        ("comment", words(variables, "COMMENT")),
        ("scan_axis", words(fields, "scan_type")),
        ("anode", words(source, "anode")),
    ):
        if value:
            metadata[name] = value
    has_alpha1 = number(source, "alpha1") > 0
    for name, holder, key, unit in (
        ("wavelength", source if has_alpha1 else fields, "alpha1" if has_alpha1 else "used_wavelength", "angstrom"),
        ("wavelength_kalpha2", source, "alpha2", "angstrom"),
        ("wavelength_kbeta", source, "beta", "angstrom"),
        ("tube_voltage", fields, "generator_voltage", "kV"),
        ("tube_current", fields, "generator_current", "mA"),
    ):
        found = number(holder, key)
        if 0 < found < 9999:
            metadata[name] = Measured(found, unit)
    if (ratio := number(source, "alpha2_to_alpha1")) > 0:
        metadata["kalpha2_to_kalpha1"] = ratio
    return metadata
