"""The versions 1 (`RAW `) and 2 (`RAW2`) of RAW, by DIFFRAC-AT of Siemens."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.bruker.fields import MEND, Field, number, read_fields, whole, words
from kiban.readers.diffraction.dates import started
from kiban.readers.diffraction.points import evenly_stepped, intensities
from kiban.readers.diffraction.scan import Scan, Track
from kiban.records.reading import Json, MetadataValue

_V1_RANGE: tuple[Field, ...] = (
    ("n_points", "I", 0),
    ("time_per_step", "f", 4),
    ("step", "f", 8),
    ("scan_mode", "I", 12),
    ("2theta_start", "f", 20),
    ("theta_start", "f", 24),
    ("chi_start", "f", 28),
    ("phi_start", "f", 32),
    ("sample", "32s", 36),
    ("alpha1", "f", 68),
    ("alpha2", "f", 72),
    ("has_next", "I", 148),
)
_V1_HEADER = 152
_V1_MARK = b"RAW "
_UNKNOWN = -1e6

_V2_FILE: tuple[Field, ...] = (
    ("version", "4s", 0),
    ("n_ranges", "H", 4),
    ("date", "20s", 168),
    ("anode", "2s", 188),
    ("alpha1", "f", 190),
    ("alpha2", "f", 194),
    ("alpha2_to_alpha1", "f", 198),
    ("total_time", "f", 210),
)
_V2_HEADER = 256
_V2_RANGE: tuple[Field, ...] = (
    ("header_length", "H", 0),
    ("n_points", "H", 2),
    ("time_per_step", "f", 8),
    ("step", "f", 12),
    ("2theta_start", "f", 16),
    ("temperature", "H", 46),
)
_V2_LEAST = 48

_AXIS_DOUBT = "This version of RAW does not say which axis was scanned; the points are placed along 2θ."
_UNIT_DOUBT = "The file does not state the unit of the intensity."


def v1_scans(content: bytes, *, file: str) -> list[Scan]:
    """Read all ranges of a version 1 file, in order.

    Raises
    ------
    DamagedFile
        If the file ends before the points that a header promises.
    NothingMeasured
        If no range holds points.
    """
    headers: list[tuple[dict[str, Json], int]] = []
    offset, has_next = len(_V1_MARK), True
    while has_next:
        # The mark is repeated before each range, but not by the earliest programs.
        if headers and content.startswith(_V1_MARK, offset):
            offset += len(_V1_MARK)
        fields = read_fields(content, offset, _V1_RANGE, what="a range header", file=file)
        data = offset + _V1_HEADER
        offset = _end(content, data, whole(fields, "n_points"), place=f"{file}, range {len(headers) + 1}")
        headers.append((fields, data))
        has_next = whole(fields, "has_next") > 0
    doubts = _left_over(content, offset)
    return _filled(
        [
            _scan(content, data, fields, {"range": fields}, place=f"{file}, range {n}", doubts=doubts)
            for n, (fields, data) in enumerate(headers, 1)
            if whole(fields, "n_points")
        ],
        file=file,
    )


def v2_scans(content: bytes, *, file: str) -> list[Scan]:
    """Read all ranges of a version 2 file, in order. Raises as `v1_scans`."""
    header = read_fields(content, 0, _V2_FILE, what="the file header", file=file)
    found: list[tuple[dict[str, Json], int]] = []
    offset = _V2_HEADER
    for n in range(1, whole(header, "n_ranges") + 1):
        fields = read_fields(content, offset, _V2_RANGE, what="a range header", file=file)
        length = whole(fields, "header_length")
        if length < _V2_LEAST:
            raise DamagedFile(
                f"{file}, range {n}: a header of at least {_V2_LEAST} bytes was expected; one of {length} was found.",
                mend=MEND,
            )
        found.append((fields, offset + length))
        offset = _end(content, offset + length, whole(fields, "n_points"), place=f"{file}, range {n}")
    doubts = _left_over(content, offset)
    return _filled(
        [
            _scan(content, data, fields, {"file": header, "range": fields}, place=f"{file}, range {n}", doubts=doubts)
            for n, (fields, data) in enumerate(found, 1)
            if whole(fields, "n_points")
        ],
        file=file,
    )


def _end(content: bytes, data: int, n_points: int, *, place: str) -> int:
    end = data + 4 * n_points
    if end > len(content):
        raise DamagedFile(
            f"{place}: {n_points} points of 4 bytes were promised from byte {data}; the file has {len(content)} bytes.",
            mend=MEND,
        )
    return end


def _left_over(content: bytes, offset: int) -> tuple[str, ...]:
    if not content[offset:].strip(b"\0\x1a"):
        return ()
    return (f"{len(content) - offset} bytes follow the last range that the header promises; they are not read.",)


def _filled(scans: list[Scan], *, file: str) -> list[Scan]:
    if not scans:
        raise NothingMeasured(f"{file}: no range holds points.", mend=MEND)
    return scans


def _scan(
    content: bytes,
    data: int,
    fields: dict[str, Json],
    header: dict[str, Json],
    *,
    place: str,
    doubts: tuple[str, ...],
) -> Scan:
    n_points = whole(fields, "n_points")
    values, missing = intensities(_stored(content, data, n_points), place=place)
    positions = evenly_stepped(number(fields, "2theta_start"), number(fields, "step"), n_points, place=place)
    if positions is None:
        raise DamagedFile(f"{place}: a step along the axis was expected; 0 was found.", mend=MEND)
    both = {**_of_file(header), **fields}
    time, time_doubts = started(words(both, "date"))
    return Scan(
        axis="two_theta",
        intensity=Track(name="intensity", label="", values=values, unit=""),
        tracks=(
            Track(name="two_theta", label="2theta", values=positions, unit="deg"),
            *_fixed(fields),
        ),
        sort="X-ray scan",
        header=header,
        metadata=_metadata(both),
        sample_name=words(fields, "sample") or None,
        started_at=time,
        doubts=(_AXIS_DOUBT, _UNIT_DOUBT, *missing, *time_doubts, *doubts),
    )


def _of_file(header: dict[str, Json]) -> dict[str, Json]:
    """The fields of the file header, where the version has one."""
    file = header.get("file")
    return file if isinstance(file, dict) else {}


def _stored(content: bytes, data: int, n_points: int) -> NDArray[np.float32]:
    return np.frombuffer(content, "<f4", count=n_points, offset=data)


def _fixed(fields: dict[str, Json]) -> Iterator[Track]:
    for name in ("chi", "phi"):
        start = number(fields, f"{name}_start")
        if start > _UNKNOWN:
            yield Track(name=name, label=name, values=np.asarray(start), unit="deg")
    time = number(fields, "time_per_step")
    if time > 0:
        name = "count_time"
        yield Track(name=name, label="time_per_step", values=np.asarray(time), unit="s", metadata_name=name)
    temperature = number(fields, "temperature")
    if temperature > 0:
        name = "temperature"
        yield Track(name=name, label=name, values=np.asarray(temperature), unit="K", metadata_name=name)


def _metadata(fields: dict[str, Json]) -> dict[str, MetadataValue]:
    metadata: dict[str, MetadataValue] = {"maker": "Siemens"}
    if anode := words(fields, "anode"):
        metadata["anode"] = anode
    metadata["step"] = Measured(number(fields, "step"), "deg")
    for name, key in (("wavelength", "alpha1"), ("wavelength_kalpha2", "alpha2")):
        if number(fields, key) > 0:
            metadata[name] = Measured(number(fields, key), "angstrom")
    if number(fields, "alpha2_to_alpha1") > 0:
        metadata["kalpha2_to_kalpha1"] = number(fields, "alpha2_to_alpha1")
    return metadata
