"""Bruker RAW: the real files with the figures read off them, and each version and variant in small."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.readers.bruker.raw_v3_fields import VARYING
from kiban.readers.bruker_raw import READER
from kiban.readers.contract import Confidence
from kiban.readers.diffraction.dates import read_time
from kiban.readers.recognise import read
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

Values = tuple[float, ...]
COUNTS: Values = (10, 0, 144, 7)


def packed(size: int, **fields: tuple[int, str, object]) -> bytearray:
    content = bytearray(size)
    for offset, kind, value in fields.values():
        struct.pack_into(f"<{kind}", content, offset, value)
    return content


# --- version 3


def v3_file(*ranges: bytes, n_ranges: int | None = None, status: int = 1, date: bytes = b"03/04/10") -> bytes:
    head = packed(
        712,
        version=(0, "8s", b"RAW1.01"),
        status=(8, "i", status),
        n_ranges=(12, "i", len(ranges) if n_ranges is None else n_ranges),
        date=(16, "10s", date),
        time=(26, "10s", b"20:59:14"),
        user=(36, "72s", b"A. Person"),
        sample=(326, "60s", "試料A".encode("cp932")),
        comment=(386, "160s", b"first try"),
        radius=(564, "f", 217.5),
        anode=(608, "4s", b"Cu"),
        average=(616, "d", 1.54184),
        alpha1=(624, "d", 1.5406),
        alpha2=(632, "d", 1.54439),
        beta=(640, "d", 1.39222),
        ratio=(648, "d", 0.5),
    )
    return bytes(head) + b"".join(ranges)


def v3_range(
    values: Values = COUNTS,
    *,
    scan_type: int = 0,
    step: float = 0.1,
    starts: dict[str, float] | None = None,
    recorded: dict[str, Values] | None = None,
    supplements: bytes = b"",
    temperature: float = -1.0,
    n_points: int | None = None,
    record_length: int | None = None,
    varying: int | None = None,
    header_length: int = 304,
) -> bytes:
    starts = {"theta": 5.0, "2theta": 10.0, "chi": 0.5, "phi": 12.0, "x": 0.0, "y": 0.0, "z": -1.25} | (starts or {})
    recorded = recorded or {}
    bits = [(bit, name) for bit, name in VARYING if name in recorded]
    head = packed(
        header_length,
        header_length=(0, "i", header_length),
        n_points=(4, "i", len(values) if n_points is None else n_points),
        **{name: (8 + 8 * i, "d", start) for i, (name, start) in enumerate(starts.items())},
        scan_mode=(168, "i", 1),
        step=(176, "d", step),
        time=(192, "f", 0.1),
        scan_type=(196, "i", scan_type),
        temperature=(212, "f", temperature),
        kv=(224, "i", 40),
        ma=(228, "i", 30),
        wavelength=(240, "d", 1.5406),
        varying=(248, "I", sum(bit for bit, _ in bits) if varying is None else varying),
        record_length=(252, "i", 4 + 8 * len(bits) if record_length is None else record_length),
        supplement_length=(256, "i", len(supplements)),
    )
    columns = [recorded[name] for _, name in bits]
    data = b"".join(
        struct.pack(f"<f{len(columns)}d", value, *(column[i] for column in columns)) for i, value in enumerate(values)
    )
    return bytes(head) + supplements + data


def supplement(kind: int, body: bytes) -> bytes:
    return struct.pack("<II", kind, 8 + len(body)) + body


# --- version 4


def v4_file(*ranges: bytes, segments: bytes | None = None, stated: int | None = None) -> bytes:
    if segments is None:
        segments = variable("SAMPLEID", "試料 A") + variable("USER", "A. Person") + variable("CREATOR", "X") + source()
    head = packed(
        61,
        version=(0, "8s", b"RAW4.00"),
        date=(12, "12s", b"07/11/2018"),
        time=(24, "10s", b"15:55:31"),
        length=(56, "I", len(segments) if stated is None else stated),
    )
    return bytes(head) + segments + b"".join(ranges)


def variable(name: str, value: str) -> bytes:
    text = value.encode()
    return struct.pack("<III24s", 10, 36 + len(text), 0, name.encode()) + text


def source() -> bytes:
    return bytes(
        packed(
            136,
            type=(0, "I", 30),
            length=(4, "I", 136),
            average=(72, "d", 1.54184),
            alpha1=(80, "d", 1.5406),
            alpha2=(88, "d", 1.54439),
            beta=(96, "d", 1.39222),
            ratio=(104, "d", 0.5),
            anode=(116, "4s", b"Cu"),
        )
    )


def drive(name: str, start: float, flag: int = 0) -> bytes:
    fields = {"type": (0, "I", 50), "length": (4, "I", 92), "flag": (8, "I", flag)}
    return bytes(packed(92, **fields, name=(12, "24s", name.encode()), start=(56, "d", start)))


COUPLED = drive("2Theta", 10.0, 2) + drive("Theta", 5.0, 1) + drive("Phi", 12.0) + drive("Divergence Slit", 0.6)


def v4_range(
    values: Values = COUNTS,
    *,
    scan_type: str = "Locked Coupled",
    start: float = 10.0,
    step: float = 0.1,
    segments: bytes = COUPLED,
    record_length: int = 4,
    n_points: int | None = None,
    n_measured: int | None = None,
    mark: int = 0,
) -> bytes:
    n_points = len(values) if n_points is None else n_points
    head = packed(
        160,
        mark=(0, "I", mark),
        n_measured=(4, "I", n_points if n_measured is None else n_measured),
        scan_type=(32, "24s", scan_type.encode()),
        start=(72, "d", start),
        step=(80, "d", step),
        n_points=(88, "I", n_points),
        time=(92, "f", 77.9),
        kv=(100, "f", 30.0),
        ma=(104, "f", 10.0),
        wavelength=(112, "d", 1.5406),
        record_length=(136, "I", record_length),
        segments=(140, "I", len(segments)),
    )
    rest = struct.pack("<I", 1) * (record_length // 4 - 1)
    return bytes(head) + segments + b"".join(struct.pack("<f", value) + rest for value in values)


# --- versions 1 and 2


def v1_range(values: Values = COUNTS, *, more: bool = False, mark: bool = True, step: float = 0.02) -> bytes:
    head = packed(
        152,
        n_points=(0, "I", len(values)),
        time=(4, "f", 1.5),
        step=(8, "f", step),
        start=(20, "f", 10.0),
        theta=(24, "f", 5.0),
        chi=(28, "f", -1e6),
        phi=(32, "f", 12.0),
        sample=(36, "32s", b"quartz"),
        alpha1=(68, "f", 1.5406),
        alpha2=(72, "f", 1.5444),
        has_next=(148, "I", int(more)),
    )
    return (b"RAW " if mark else b"") + bytes(head) + struct.pack(f"<{len(values)}f", *values)


def v2_file(*ranges: bytes, n_ranges: int | None = None) -> bytes:
    head = packed(
        256,
        version=(0, "4s", b"RAW2"),
        n_ranges=(4, "H", len(ranges) if n_ranges is None else n_ranges),
        date=(168, "20s", b"26-MAR-1994 10:27:58"),
        anode=(188, "2s", b"Cu"),
        alpha1=(190, "f", 1.5406),
        alpha2=(194, "f", 1.54439),
        ratio=(198, "f", 0.5),
    )
    return bytes(head) + b"".join(ranges)


def v2_range(values: Values = COUNTS, *, length: int = 64) -> bytes:
    head = packed(
        max(length, 48),
        length=(0, "H", length),
        n_points=(2, "H", len(values)),
        time=(8, "f", 2.0),
        step=(12, "f", 0.05),
        start=(16, "f", 20.0),
        temperature=(46, "H", 298),
    )
    return bytes(head) + struct.pack(f"<{len(values)}f", *values)


def of(content: bytes) -> list[Reading]:
    return READER.read(Source(content, name="a.raw"))


def only(content: bytes) -> Reading:
    (reading,) = of(content)
    return reading


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "version 3": v3_file(v3_range()),
        "version 3, three ranges": v3_file(v3_range(), v3_range((1, 2)), v3_range((3, 4, 5), scan_type=3)),
        "version 3, recorded positions": v3_file(
            v3_range(recorded={"2theta": (10, 10.1, 10.2, 10.3), "time": (0, 1, 2, 3)})
        ),
        "version 3, supplementary records": v3_file(
            v3_range(supplements=supplement(110, bytes(32)) + supplement(190, bytes(24)))
        ),
        "version 4, 4 bytes": v4_file(v4_range()),
        "version 4, 8 bytes, two ranges": v4_file(
            v4_range(record_length=8), v4_range(scan_type="Rocking Curve", start=5.0, mark=160)
        ),
        "version 2": v2_file(v2_range(), v2_range((1, 2))),
        "version 1": v1_range(more=True) + v1_range(mark=False),
    }


def test_a_range_of_version_3_with_all_that_is_stated() -> None:
    reading = only(v3_file(v3_range()))
    assert reading.technique == "xrd"
    assert reading.title == "試料A: locked coupled scan"
    assert reading["two_theta"].unit == "deg"
    np.testing.assert_allclose(reading["two_theta"].values, [10.0, 10.1, 10.2, 10.3], rtol=1e-15)
    assert reading["intensity"].unit == "count"
    assert reading["intensity"].values.tolist() == [10, 0, 144, 7]
    doubt = reading["intensity"].uncertainty
    assert doubt is not None
    np.testing.assert_allclose(doubt.values, [10**0.5, 1, 12, 7**0.5])
    assert reading.sample_name == "試料A"
    assert reading.operator == "A. Person"
    assert reading.started_at == datetime(2010, 3, 4, 20, 59, 14)
    assert reading.doubts == ()
    assert dict(reading.metadata) == {
        "maker": "Bruker",
        "scan_axis": "locked coupled",
        "anode": "Cu",
        "comment": "first try",
        "scan_mode": "continuous",
        "wavelength": Measured(1.5406, "angstrom"),
        "wavelength_kalpha2": Measured(1.54439, "angstrom"),
        "wavelength_kbeta": Measured(1.39222, "angstrom"),
        "kalpha2_to_kalpha1": 0.5,
        "tube_voltage": Measured(40.0, "kV"),
        "tube_current": Measured(30.0, "mA"),
        "goniometer_radius": Measured(217.5, "mm"),
        "step": Measured(0.1, "deg"),
        "count_time": Measured(0.1, "s"),
        # θ and 2θ move in this scan.
        "position_chi": Measured(0.5, "deg"),
        "position_phi": Measured(12.0, "deg"),
        "position_x": Measured(0.0, "mm"),
        "position_y": Measured(0.0, "mm"),
        "position_z": Measured(-1.25, "mm"),
    }


@pytest.mark.parametrize(
    ("scan_type", "axis", "start", "unit"),
    [
        (0, "two_theta", 10.0, "deg"),
        (1, "two_theta", 10.0, "deg"),
        (2, "two_theta", 10.0, "deg"),
        (3, "omega", 5.0, "deg"),
        (4, "chi", 0.5, "deg"),
        (5, "phi", 12.0, "deg"),
        (6, "x", 0.0, "mm"),
        (8, "z", -1.25, "mm"),
        (129, "two_theta", 10.0, "deg"),
        (130, "two_theta", 10.0, "deg"),
    ],
)
def test_the_type_of_scan_says_which_drive_moved(scan_type: int, axis: str, start: float, unit: str) -> None:
    reading = only(v3_file(v3_range(scan_type=scan_type)))
    assert reading.axis is not None
    assert reading.axis.name == axis
    assert reading[axis].unit == unit
    np.testing.assert_allclose(reading[axis].values, start + 0.1 * np.arange(4))
    assert reading.doubts == ()


def test_positions_of_a_detector_scan_include_theta() -> None:
    metadata = only(v3_file(v3_range(scan_type=2))).metadata
    assert metadata["position_omega"] == Measured(5.0, "deg")
    assert "position_two_theta" not in metadata


@pytest.mark.parametrize("scan_type", [9, 12, 13, 14, 9999, 77])
def test_a_type_that_is_not_known_is_not_placed_along_an_angle(scan_type: int) -> None:
    reading = only(v3_file(v3_range(scan_type=scan_type)))
    assert reading["point_number"].values.tolist() == [1, 2, 3, 4]
    assert f"type {scan_type}" in reading.doubts[0]
    assert "step" not in reading.metadata
    assert "position_chi" not in reading.metadata


def test_recorded_positions_are_the_axis() -> None:
    positions = (10.0, 10.11, 10.19, 10.31)
    reading = only(v3_file(v3_range(recorded={"2theta": positions, "phi": (0, 90, 180, 270), "time": (0, 1, 2, 3)})))
    assert reading["two_theta"].values.tolist() == list(positions)
    assert reading["intensity"].values.tolist() == [10, 0, 144, 7]
    assert reading["phi"].values.tolist() == [0, 90, 180, 270]
    assert reading["time"].unit == "s"
    assert "step" not in reading.metadata
    assert "position_phi" not in reading.metadata


def test_the_one_drive_that_was_recorded_is_the_axis_of_an_unknown_scan() -> None:
    reading = only(v3_file(v3_range(scan_type=12, recorded={"2theta": (10, 11, 12, 13)})))
    assert reading["two_theta"].values.tolist() == [10, 11, 12, 13]
    assert reading.doubts == ()


def test_supplementary_records_are_passed_over_and_kept() -> None:
    detector = supplement(110, struct.pack("<di20x", 10.25, 3))
    removed = supplement(150, struct.pack("<ff16x", 11.5, 12.5))
    reading = only(v3_file(v3_range(supplements=detector + removed + supplement(4711, b"12345678"))))
    assert reading["intensity"].values.tolist() == [10, 0, 144, 7]
    kept = reading.header["range"]
    assert isinstance(kept, dict)
    assert kept["supplements"] == [
        {
            "type": 110,
            "length": 40,
            "name": "position-sensitive detector",
            "actual_2theta": 10.25,
            "first_unused_channel": 3,
        },
        {"type": 150, "length": 32, "name": "removed data", "first_2theta": 11.5, "last_2theta": 12.5},
        {"type": 4711, "length": 16},
    ]
    assert reading.doubts == ("Data between 11.5 and 12.5° 2θ were removed.",)


def test_supplementary_records_that_do_not_add_up_are_doubted() -> None:
    reading = only(v3_file(v3_range(supplements=struct.pack("<II", 110, 4000) + bytes(32))))
    assert "do not add up" in reading.doubts[0]
    assert reading["intensity"].values.tolist() == [10, 0, 144, 7]


def test_ranges_are_readings_and_empty_ones_are_doubted() -> None:
    readings = of(v3_file(v3_range(), v3_range(()), v3_range((1, 2), scan_type=3)))
    assert [reading.title for reading in readings] == [
        "試料A: locked coupled scan 1 of 2",
        "試料A: rocking curve scan 2 of 2",
    ]
    assert "1 of the file's 3 ranges hold no points" in readings[0].doubts[0]


def test_ranges_that_follow_each_other_make_no_map() -> None:
    ranges = [v3_range(starts={"theta": 5 + 0.2 * n, "2theta": 10 + 0.4 * n}, scan_type=1) for n in range(3)]
    assert len(of(v3_file(*ranges))) == 3


def test_rocking_curves_at_stepped_angles_make_a_map() -> None:
    ranges = [v3_range((n, 1, 2, 3), scan_type=3, starts={"2theta": 30 + 0.2 * n}) for n in range(3)]
    reading = only(v3_file(*ranges))
    assert reading.technique == "xrd_map"
    assert reading["intensity"].shape == (3, 4)
    np.testing.assert_allclose(reading["two_theta"].values, [30, 30.2, 30.4])
    assert reading["intensity"].values[:, 0].tolist() == [0, 1, 2]


def test_unlocked_coupled_scans_with_stepped_theta_make_a_map() -> None:
    ranges = [v3_range(scan_type=1, starts={"theta": 5 + 0.2 * n}) for n in range(3)]
    reading = only(v3_file(*ranges))
    assert reading.technique == "xrd_map"
    np.testing.assert_allclose(reading["omega_start"].values, [5, 5.2, 5.4])


def test_fractions_get_no_uncertainty() -> None:
    reading = only(v3_file(v3_range((1.5, 2, 3, 4))))
    assert reading["intensity"].uncertainty is None
    assert "not whole positive numbers" in reading.doubts[0]


@pytest.mark.parametrize(("status", "words"), [(2, "still running"), (3, "aborted"), (4, "interrupted")])
def test_a_measurement_that_did_not_end_is_doubted(status: int, words: str) -> None:
    assert words in only(v3_file(v3_range(), status=status)).doubts[0]


def test_the_temperature_is_stated_or_not() -> None:
    assert only(v3_file(v3_range(temperature=423.5))).metadata["temperature"] == Measured(423.5, "K")
    assert "temperature" not in only(v3_file(v3_range())).metadata


def test_a_step_of_0_places_no_points() -> None:
    reading = only(v3_file(v3_range(step=0.0)))
    assert reading["point_number"].values.tolist() == [1, 2, 3, 4]
    assert "step of the locked coupled is 0" in reading.doubts[0]


def test_scans_may_run_backwards() -> None:
    np.testing.assert_allclose(only(v3_file(v3_range(step=-0.1)))["two_theta"].values, [10, 9.9, 9.8, 9.7])


@given(
    st.lists(st.integers(0, 2**24), min_size=1, max_size=50),
    st.floats(-180, 180),
    st.floats(0.001, 5),
    st.integers(0, 2**12 - 1),
)
def test_whatever_is_recorded_comes_back(counts: list[int], start: float, step: float, varying: int) -> None:
    names = [name for bit, name in VARYING if varying & bit]
    recorded = {name: tuple(100.0 * i + n for n in range(len(counts))) for i, name in enumerate(names)}
    reading = only(v3_file(v3_range(tuple(counts), step=step, starts={"2theta": start}, recorded=recorded)))
    assert reading["intensity"].values.tolist() == counts
    expected = recorded.get("2theta", start + step * np.arange(len(counts)))
    np.testing.assert_allclose(reading["two_theta"].values, expected, rtol=1e-12)
    ours = {"2theta": "two_theta", "theta": "omega"}
    for name, values in recorded.items():
        assert reading[ours.get(name, name)].values.tolist() == list(values)


def test_a_range_of_version_4_with_all_that_is_stated() -> None:
    reading = only(v4_file(v4_range()))
    assert reading.title == "試料 A: Locked Coupled scan"
    np.testing.assert_allclose(reading["two_theta"].values, [10.0, 10.1, 10.2, 10.3])
    assert reading["intensity"].values.tolist() == [10, 0, 144, 7]
    assert reading["intensity"].uncertainty is not None
    assert reading.operator == "A. Person"
    assert reading.started_at == datetime(2018, 7, 11, 15, 55, 31)
    assert reading.doubts == ()
    assert dict(reading.metadata) == {
        "maker": "Bruker",
        "software": "X",
        "scan_axis": "Locked Coupled",
        "anode": "Cu",
        "wavelength": Measured(1.5406, "angstrom"),
        "wavelength_kalpha2": Measured(1.54439, "angstrom"),
        "wavelength_kbeta": Measured(1.39222, "angstrom"),
        "kalpha2_to_kalpha1": 0.5,
        "tube_voltage": Measured(30.0, "kV"),
        "tube_current": Measured(10.0, "mA"),
        "step": Measured(0.1, "deg"),
        "count_time": Measured(77.9, "s"),
        "position_phi": Measured(12.0, "deg"),
    }


@pytest.mark.parametrize("record_length", [4, 8, 12])
def test_only_the_first_number_of_a_record_is_an_intensity(record_length: int) -> None:
    reading = only(v4_file(v4_range(record_length=record_length)))
    assert reading["intensity"].values.tolist() == [10, 0, 144, 7]
    assert len(reading.doubts) == (record_length > 4)


@pytest.mark.parametrize(
    ("scan_type", "start", "axis"),
    [
        ("Locked Coupled", 10.0, "two_theta"),
        ("Unlocked Coupled", 10.0, "two_theta"),
        ("Unlocked Coupled", 5.0, "omega"),
        ("Coupled TwoTheta/Theta", 10.0, "two_theta"),
        ("Detector Scan", 10.0, "two_theta"),
        ("Rocking Curve", 5.0, "omega"),
        ("Phi Scan", 12.0, "phi"),
        ("Phi", 12.0, "phi"),
        ("PSD Fast-Scan", 10.0, "two_theta"),
    ],
)
def test_the_drives_agree_with_the_type_of_scan(scan_type: str, start: float, axis: str) -> None:
    reading = only(v4_file(v4_range(scan_type=scan_type, start=start)))
    assert reading.axis is not None
    assert reading.axis.name == axis
    assert reading[axis].values[0] == start
    assert reading.doubts == ()


def test_a_fixed_line_detector_gives_angles_that_no_drive_moved_through() -> None:
    reading = only(v4_file(v4_range(scan_type="PSD Fix Scan", start=8.5)))
    assert reading["two_theta"].values[0] == 8.5
    assert reading.metadata["position_two_theta_arm"] == Measured(10.0, "deg")
    assert reading.metadata["position_omega"] == Measured(5.0, "deg")
    assert reading.doubts == ()


def test_fixed_line_detectors_at_stepped_omega_make_a_map() -> None:
    ranges = [
        v4_range(
            scan_type="PSD Fix Scan",
            start=8.5 + 0.1 * n,
            segments=drive("2Theta", 10 + 0.1 * n) + drive("Theta", 5 + 0.05 * n),
        )
        for n in range(3)
    ]
    reading = only(v4_file(*ranges))
    assert reading.technique == "xrd_map"
    np.testing.assert_allclose(reading["omega"].values, [5, 5.05, 5.1])
    np.testing.assert_allclose(reading["two_theta"].values[:, 0], [8.5, 8.6, 8.7])


def test_a_drive_that_starts_elsewhere_is_doubted() -> None:
    reading = only(v4_file(v4_range(scan_type="Detector Scan", start=20.0)))
    assert reading["two_theta"].values[0] == 20.0
    assert "starts at 20, its drive 2Theta at 10" in reading.doubts[0]


def test_an_unknown_type_is_drawn_against_the_drive_that_started_there() -> None:
    reading = only(v4_file(v4_range(scan_type="Something New", start=12.0)))
    assert reading["phi"].values[0] == 12.0
    assert "'Something New', which is not known" in reading.doubts[0]
    reading = only(v4_file(v4_range(scan_type="Something New", start=99.0)))
    assert reading["point_number"].values.tolist() == [1, 2, 3, 4]


def test_the_flag_decides_between_drives_that_started_at_the_same_place() -> None:
    drives = drive("Chi", 0.0) + drive("Phi", 0.0, 1) + drive("X-Drive", 0.0)
    assert "phi" in only(v4_file(v4_range(scan_type="Odd", start=0.0, segments=drives)))
    drives = drive("Chi", 0.0, 1) + drive("Phi", 0.0, 1)
    assert "point_number" in only(v4_file(v4_range(scan_type="Odd", start=0.0, segments=drives)))


def test_points_that_were_not_measured_are_missing() -> None:
    reading = only(v4_file(v4_range((4, -9999, 9, -9999))))
    np.testing.assert_array_equal(reading["intensity"].values, [4, np.nan, 9, np.nan])
    assert reading["intensity"].uncertainty is not None
    np.testing.assert_array_equal(reading["intensity"].uncertainty.values, [2, np.nan, 3, np.nan])
    assert "2 of the 4 points were not measured" in reading.doubts[0]


@pytest.mark.parametrize(("n_points", "n_measured"), [(100, 4), (4, 100)])
def test_of_two_numbers_of_points_the_one_that_is_there_counts(n_points: int, n_measured: int) -> None:
    ranges = [v4_range(n_points=n_points, n_measured=n_measured), v4_range()]
    readings = of(v4_file(*ranges))
    assert [len(reading["intensity"]) for reading in readings] == [4, 4]
    assert f"promises {n_points} points and {n_measured} points; 4 are there" in readings[0].doubts[0]


def test_variables_of_a_range_and_unknown_segments_are_kept() -> None:
    odd = struct.pack("<II", 4711, 16) + b"12345678"
    reading = only(v4_file(v4_range(segments=odd + variable("OPTICS", "x") + variable("OPTICS", "y") + COUPLED)))
    kept = reading.header["range"]
    assert isinstance(kept, dict)
    assert kept["variables"] == {"OPTICS": ["x", "y"]}
    assert isinstance(kept["segments"], list)
    assert kept["segments"][0] == {"type": 4711, "length": 16}


def test_ranges_of_version_4_and_zeros_at_the_end() -> None:
    readings = of(v4_file(v4_range(mark=160), v4_range((1, 2))) + bytes(500))
    assert [len(reading["intensity"]) for reading in readings] == [4, 2]


def test_a_length_of_segments_that_disagrees_is_doubted() -> None:
    assert "promises 7 bytes of segments" in only(v4_file(v4_range(), stated=7)).doubts[0]
    assert only(v4_file(v4_range(), stated=0)).doubts == ()


def test_segments_between_ranges_are_passed_over() -> None:
    first, second = of(v4_file(v4_range(), variable("A", "b"), v4_range()))
    assert "1 segments after range 1 are not read" in first.doubts[0]
    assert len(second["intensity"]) == 4


def test_version_2() -> None:
    first, second = of(v2_file(v2_range(), v2_range((1, 2))))
    np.testing.assert_allclose(first["two_theta"].values, [20, 20.05, 20.1, 20.15])
    assert first["intensity"].values.tolist() == [10, 0, 144, 7]
    assert first["intensity"].unit == ""
    assert first["intensity"].uncertainty is None
    assert first.started_at == datetime(1994, 3, 26, 10, 27, 58)
    assert first.metadata["temperature"] == Measured(298.0, "K")
    assert first.metadata["wavelength"] == Measured(1.5406, "angstrom")
    assert first.metadata["step"] == Measured(0.05, "deg")
    assert "does not say which axis" in first.doubts[0]
    assert len(second["intensity"]) == 2


@pytest.mark.parametrize("mark", [True, False])
def test_version_1(mark: bool) -> None:
    first, second = of(v1_range(more=True) + v1_range((1, 2), mark=mark))
    np.testing.assert_allclose(first["two_theta"].values, [10, 10.02, 10.04, 10.06])
    assert first.sample_name == "quartz"
    assert first.metadata["position_phi"] == Measured(12.0, "deg")
    assert "position_chi" not in first.metadata
    assert first.metadata["count_time"] == Measured(1.5, "s")
    assert second["intensity"].values.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (v3_file(v3_range(n_points=5)), "5 points of 4 bytes were promised from byte 1016; the file has 1032 bytes"),
        (v3_file(v3_range(n_points=2**31 - 1)), "2147483647 points"),
        (v3_file(v3_range(n_points=-1)), "with -1 points"),
        (v3_file(v3_range())[:700], "712 bytes were expected for the file header"),
        (v3_file(v3_range(), n_ranges=2), "the header promises 2 ranges"),
        (v3_file(v3_range(), n_ranges=2**31 - 1), "the header promises 2147483647 ranges"),
        (v3_file(v3_range(), bytes(305), n_ranges=2), "one of 0 bytes"),
        (v3_file(v3_range(record_length=12)), "records of 4 bytes were expected"),
        (v3_file(v3_range(varying=1)), "records of 12 bytes were expected, for the intensity and 2theta"),
        (v3_file(v3_range(varying=1 << 12)), "nothing else"),
        (v3_file(v3_range(step=float("nan"))), "an axis within"),
        (v3_file(v3_range(step=1e9)), "an axis within"),
        (v3_file(v3_range((1, float("inf"), 3, 4))), "as point 2; inf was found"),
        (v3_file(v3_range((1, 2, 8.6e-43, 4))), "as point 3"),
        (v3_file(v3_range((3e35, 2, 3, 4))), "as point 1"),
        (v3_file(v3_range(recorded={"2theta": (1, 2, float("nan"), 4)})), "finite positions of 2theta"),
        (v4_file(v4_range(n_points=5)), "5 points of 4 bytes were promised"),
        (v4_file(v4_range(n_points=2**32 - 1)), "4294967295 points"),
        (v4_file(v4_range(record_length=6)), "records of 4 bytes or a multiple"),
        (v4_file(v4_range(n_points=50, n_measured=60)), "promises 50 points in one place and 60 in another"),
        (v4_file(v4_range())[:150], "bytes of segments were promised from byte 61; 89 follow"),
        (v4_file(v4_range())[:130], "a segment of at least 36"),
        (v4_file(v4_range())[:-3], "4 points of 4 bytes were promised"),
        (v4_file(v4_range(), segments=struct.pack("<II", 10, 0) + bytes(40)), "one of type 10 with 0 bytes"),
        (v4_file(v4_range(segments=drive("Phi", 0)[:60])), "one of type 50 with 92 bytes"),
        (v4_file(v4_range(start=float("inf"))), "an axis within"),
        (v2_file(v2_range(), n_ranges=2), "were expected for a range header"),
        (v2_file(v2_range(length=40)), "a header of at least 48 bytes"),
        (v2_file(v2_range())[:-4], "4 points of 4 bytes were promised"),
        (v1_range()[:-4], "4 points of 4 bytes were promised"),
        (v1_range(more=True), "were expected for a range header"),
        (v1_range(step=0.0), "a step along the axis was expected"),
        (b"RAX1.01", "does not begin with RAW"),
    ],
)
def test_damage_is_named(content: bytes, words: str) -> None:
    with pytest.raises(DamagedFile) as caught:
        of(content)
    assert words in caught.value.fault
    assert caught.value.mend


@pytest.mark.parametrize(
    "content", [v3_file(), v3_file(v3_range(())), v4_file(), v4_file(v4_range(())), v2_file(), v1_range(())]
)
def test_no_points_are_nothing_measured(content: bytes) -> None:
    with pytest.raises(NothingMeasured):
        of(content)


@pytest.mark.parametrize("version", ["1.02", "3.00", "4.01"])
def test_other_versions_are_refused_by_name(version: str) -> None:
    content = f"RAW{version}".encode() + bytes(2000)
    claim = READER.recognise(Source(content))
    assert claim is not None
    assert claim.confidence is Confidence.CERTAIN
    with pytest.raises(UnsupportedVariant) as caught:
        of(content)
    assert version in caught.value.fault
    assert "RAW4.00" in caught.value.mend


def test_other_files_that_begin_with_raw_are_not_claimed() -> None:
    for content in (
        b"RAW data of today\n1 2\n" * 20,
        b"RAW2",
        b"RAW " + bytes(400),
        b"RAW_" + bytes(400),
        b"RAW2" * 99,
    ):
        assert READER.recognise(Source(content)) is None


def test_bytes_after_the_last_range_are_doubted() -> None:
    assert "8 bytes follow the last range" in only(v3_file(v3_range()) + b"12345678").doubts[0]
    assert only(v3_file(v3_range()) + bytes(8)).doubts == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("07/11/2018 15:55:31", datetime(2018, 7, 11, 15, 55, 31)),
        ("03/04/10 20:59", datetime(2010, 3, 4, 20, 59)),
        ("21/11/2017 08:32:31", datetime(2017, 11, 21, 8, 32, 31)),
        ("26-Mar-1994 10:27:58", datetime(1994, 3, 26, 10, 27, 58)),
        ("2018-07-11", datetime(2018, 7, 11)),
        ("21/11/17 08:32:31", None),
        ("26-Foo-1994", None),
        ("soon", None),
        ("13/13/2017", None),
    ],
)
def test_dates(text: str, expected: datetime | None) -> None:
    assert read_time(text) == expected


def test_a_date_that_cannot_be_told_is_doubted() -> None:
    reading = only(v3_file(v3_range(), date=b"21/11/17"))
    assert reading.started_at is None
    assert "cannot be told" in reading.doubts[0]


def test_the_real_file_of_one_range(shared: Callable[[str], Path]) -> None:
    choice, (reading,) = read(Source(shared("xrd/BT86.raw")))
    assert choice.reader is READER
    assert reading["two_theta"].shape == (2374,)
    np.testing.assert_allclose(reading["two_theta"].values, 3 + 0.0155922 * np.arange(2374))
    assert reading["intensity"].values[:3].tolist() == [187, 183, 178]
    assert reading["intensity"].values.max() == 5774
    assert reading.sample_name == "BT86"
    assert reading.metadata["count_time"] == Measured(0.5, "s")
    assert reading.doubts == ()


def test_the_real_file_of_three_ranges(shared: Callable[[str], Path]) -> None:
    _, readings = read(Source(shared("xrd/format1.raw")))
    assert [r["intensity"].shape for r in readings] == [(101,), (26,), (51,)]
    assert [r["two_theta"].values[0] for r in readings] == [10, 30, 40]
    assert [r.metadata["step"] for r in readings] == [Measured(s, "deg") for s in (0.1, 0.2, 0.1)]
    assert [r["intensity"].values[0] for r in readings] == [10, 6, 4]
    assert [r["intensity"].values.max() for r in readings] == [20, 18, 58]


def test_the_real_file_of_version_4(shared: Callable[[str], Path]) -> None:
    _, (reading,) = read(Source(shared("xrd/TiO2.raw")))
    assert reading["two_theta"].shape == (1647,)
    assert reading["two_theta"].values[0] == 10
    assert reading["two_theta"].values[-1] == pytest.approx(70.0411, abs=1e-4)
    assert reading["intensity"].values[:3].tolist() == [557, 602, 625]
    assert reading["intensity"].values[-1] == 328
    assert reading.metadata["wavelength"] == Measured(1.5406, "angstrom")
    assert reading.metadata["software"] == "V5Converter 1.1.0.7"
    assert reading.sample_name == "TiO2"
    assert reading.doubts == ()
