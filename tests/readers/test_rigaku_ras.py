"""RAS: the real file with the figures read off it, and each variant of the format in small."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence
from kiban.readers.diffraction.rigaku_scan import rigaku_time
from kiban.readers.recognise import choose, read
from kiban.readers.rigaku_ras import READER
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

HEADER = {
    "FILE_COMMENT": "first try",
    "FILE_MEMO": "",
    "FILE_OPERATOR": "A. Person",
    "FILE_SAMPLE": "Zirconia 3Y",
    "FILE_SYSTEM_NAME": "SmartLab",
    "FILE_TYPE": "RAS_RAW",
    "HW_COUNTER_SELECT_NAME": "HyPix3000(H)",
    "HW_VER_RCD_APP": "SmartLab Studio II ver.4.6.827.0",
    "HW_XG_CURRENT_UNIT": "mA",
    "HW_XG_TARGET_NAME": "Cu",
    "HW_XG_VOLTAGE_UNIT": "kV",
    "HW_XG_WAVE_LENGTH_ALPHA1": "1.540593",
    "HW_XG_WAVE_LENGTH_ALPHA2": "1.544414",
    "HW_XG_WAVE_LENGTH_BETA": "1.392246",
    "HW_XG_WAVE_LENGTH_UNIT": "Angstrom",
    "MEAS_COND_AXIS_NAME-0": "TwoTheta",
    "MEAS_COND_AXIS_NAME-1": "Omega",
    "MEAS_COND_AXIS_NAME-2": "Chi",
    "MEAS_COND_AXIS_NAME-3": "Phi",
    "MEAS_COND_AXIS_NAME-4": "CBO",
    "MEAS_COND_AXIS_POSITION-0": "20.0000",
    "MEAS_COND_AXIS_POSITION-1": "10.0000",
    "MEAS_COND_AXIS_POSITION-2": "0.500",
    "MEAS_COND_AXIS_POSITION-3": "12.0",
    "MEAS_COND_AXIS_POSITION-4": "DB",
    "MEAS_COND_AXIS_STATE-3": "Oscillation",
    "MEAS_COND_AXIS_UNIT-0": "deg",
    "MEAS_COND_AXIS_UNIT-1": "deg",
    "MEAS_COND_AXIS_UNIT-2": "deg",
    "MEAS_COND_AXIS_UNIT-3": "deg",
    "MEAS_COND_XG_CURRENT": "30",
    "MEAS_COND_XG_VOLTAGE": "40",
    "MEAS_DATA_COUNT": "4",
    "MEAS_SCAN_AXIS_X": "2θ/θ",
    "MEAS_SCAN_AXIS_X_INTERNAL": "TwoThetaTheta",
    "MEAS_SCAN_END_TIME": "11/21/2017 08:37:42",
    "MEAS_SCAN_MODE": "CONTINUOUS",
    "MEAS_SCAN_RESOLUTION_X": "0.0002",
    "MEAS_SCAN_SPEED": "8.0000",
    "MEAS_SCAN_SPEED_UNIT": "deg/min",
    "MEAS_SCAN_START": "25.0000",
    "MEAS_SCAN_START_TIME": "11/21/2017 08:32:31",
    "MEAS_SCAN_STEP": "0.0100",
    "MEAS_SCAN_STOP": "25.0300",
    "MEAS_SCAN_UNEQUALY_SPACED": "False",
    "MEAS_SCAN_UNIT_X": "deg",
    "MEAS_SCAN_UNIT_Y": "counts",
}
ROWS = ("25.0000 13.0000 1.0000", "25.0100 0.0000 1.0000", "25.0200 144.0000 1.0000", "25.0300 7.0000 1.0000")


def block(rows: tuple[str, ...] = ROWS, **changes: str | None) -> str:
    header = {key.replace("-", "_"): (key, value) for key, value in HEADER.items()}
    header |= {key: (header.get(key, (key,))[0], value) for key, value in changes.items()}
    lines = "\n".join(f'*{key} "{value}"' for key, value in header.values() if value is not None)
    return "\n".join(["*RAS_HEADER_START", lines, "*RAS_HEADER_END", "*RAS_INT_START", *rows, "*RAS_INT_END"])


def file(*blocks: str, end: str = "*RAS_DATA_END\n*DSC_DATA_END\n") -> str:
    return "\n".join(["*RAS_DATA_START", *blocks, end])


def of(text: str, encoding: str = "cp932") -> list[Reading]:
    return READER.read(Source(text.encode(encoding), name="a.ras"))


def only(text: str) -> Reading:
    (reading,) = of(text)
    return reading


def stepped(n: int, **changes: str | None) -> str:
    position = {"MEAS_COND_AXIS_POSITION_1": f"{10 + 0.1 * n:.4f}"}
    return block(MEAS_SCAN_AXIS_X="TwoTheta", MEAS_SCAN_AXIS_X_INTERNAL="TwoTheta", **(position | changes))


PLAIN = (
    '*FILE_SAMPLE "Zirconia 3Y"\n*HW_XG_TARGET_NAME "Cu"\n*MEAS_SCAN_AXIS_X "TwoThetaTheta"\n*MEAS_SCAN_UNIT_X "deg"\n'
    '*MEAS_SCAN_UNIT_Y "counts"\n#Intensity_unit=cps\n10.0000 100.5\n10.5000 150.2\n11.0000 300.8\n'
)
MAP_MARKS = {"FILE_DATA_TYPE": "RAS_3DE_RSM", "MEAS_3DE_STEP_AXIS_INTERNAL": "Omega"}


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "CP932, CRLF": file(block(FILE_COMMENT="標準試料の測定")).replace("\n", "\r\n").encode("cp932"),
        "UTF-8, LF": file(block()).encode(),
        "UTF-8 with byte-order mark": file(block()).encode("utf-8-sig"),
        "two scans": file(block(), block(rows=ROWS[:3], MEAS_DATA_COUNT="3")).encode("cp932"),
        "a map": file(*(stepped(n, **MAP_MARKS) for n in range(3))).encode("cp932"),
        "two columns, cps": file(
            block(tuple(row[:-7] for row in ROWS), MEAS_SCAN_UNIT_Y="cps").replace("2θ/θ", "Theta/2-Theta")
        ).encode(),
        "plain export": PLAIN.encode(),
    }


def test_a_powder_scan_is_read_with_all_that_is_stated() -> None:
    reading = only(file(block()))
    assert reading.technique == "xrd"
    assert reading.title == "Zirconia 3Y: 2θ/θ scan"
    assert [(v.name, v.role, v.dimensions) for v in reading.variables] == [
        ("two_theta", Role.AXIS, ("two_theta",)),
        ("intensity", Role.SIGNAL, ("two_theta",)),
    ]
    assert reading["two_theta"].unit == "deg"
    assert reading["two_theta"].values.tolist() == [25.0, 25.01, 25.02, 25.03]
    assert reading["intensity"].unit == "count"
    assert reading["intensity"].values.tolist() == [13, 0, 144, 7]
    doubt = reading["intensity"].uncertainty
    assert doubt is not None
    np.testing.assert_allclose(doubt.values, [13**0.5, 1, 12, 7**0.5])
    assert reading.sample_name == "Zirconia 3Y"
    assert reading.operator == "A. Person"
    assert reading.instrument == "SmartLab"
    assert reading.started_at == datetime(2017, 11, 21, 8, 32, 31)
    assert reading.doubts == ()
    assert dict(reading.metadata) == {
        "maker": "Rigaku",
        "model": "SmartLab",
        "software": "SmartLab Studio II ver.4.6.827.0",
        "detector": "HyPix3000(H)",
        "comment": "first try",
        "anode": "Cu",
        "wavelength": Measured(1.540593, "angstrom"),
        "wavelength_kalpha2": Measured(1.544414, "angstrom"),
        "wavelength_kbeta": Measured(1.392246, "angstrom"),
        "tube_voltage": Measured(40.0, "kV"),
        "tube_current": Measured(30.0, "mA"),
        "scan_axis": "2θ/θ",
        "scan_mode": "continuous",
        "scan_speed": Measured(8.0, "deg/min"),
        "step": Measured(0.01, "deg"),
        "resolution": Measured(0.0002, "deg"),
        "attenuation": Measured(1.0, ""),
        # Omega and 2θ move in this scan and φ swings, so only χ has a position.
        "position_chi": Measured(0.5, "deg"),
        "ended_at": datetime(2017, 11, 21, 8, 37, 42),
    }
    assert reading.header["MEAS_SCAN_START"] == "25.0000"
    assert reading.header["MEAS_COND_AXIS_POSITION-4"] == "DB"
    assert len(reading.header) == len(HEADER)


def test_japanese_is_decoded() -> None:
    reading = only(file(block(FILE_COMMENT="酸化チタン 標準試料", FILE_SAMPLE="試料Ａ")).replace("\n", "\r\n"))
    assert reading.metadata["comment"] == "酸化チタン 標準試料"
    assert reading.sample_name == "試料Ａ"


@pytest.mark.parametrize(
    ("written", "internal", "axis"),
    [
        ("TwoThetaTheta", None, "two_theta"),
        ("Theta/2-Theta", None, "two_theta"),
        ("2-Theta/Omega", None, "two_theta"),
        ("2-Theta", None, "two_theta"),
        ("2θ/θ", None, "two_theta"),
        ("Omega/2-Theta", None, "omega"),
        ("Omega", None, "omega"),
        ("ω", "Omega", "omega"),
        ("2θχ", "TwoThetaChi", "two_theta_chi"),
        ("2θχ/φ", "TwoThetaChiPhi", "two_theta_chi"),
        ("Phi", "Phi", "phi"),
        ("Z", "Z", "z"),
    ],
)
def test_the_scan_axis_says_what_it_is_drawn_against(written: str, internal: str | None, axis: str) -> None:
    reading = only(file(block(MEAS_SCAN_AXIS_X=written, MEAS_SCAN_AXIS_X_INTERNAL=internal)))
    assert reading.axis is not None
    assert reading.axis.name == axis


def test_an_axis_that_is_not_stated_is_doubted() -> None:
    reading = only(file(block(MEAS_SCAN_AXIS_X=None, MEAS_SCAN_AXIS_X_INTERNAL=None, MEAS_SCAN_UNIT_Y=None)))
    assert "two_theta" in reading
    assert "which axis was scanned" in reading.doubts[0]
    assert "unit of the intensity" in reading.doubts[1]
    assert reading["intensity"].uncertainty is None


def test_fixed_axes_of_a_two_theta_scan() -> None:
    metadata = only(file(stepped(0))).metadata
    assert metadata["position_omega"] == Measured(10.0, "deg")
    assert metadata["position_chi"] == Measured(0.5, "deg")
    assert "position_two_theta" not in metadata


def test_step_scans_state_the_time_for_each_point() -> None:
    metadata = only(file(block(MEAS_SCAN_MODE="STEP", MEAS_SCAN_SPEED="1.2", MEAS_SCAN_SPEED_UNIT="sec"))).metadata
    assert metadata["count_time"] == Measured(1.2, "s")
    assert metadata["scan_mode"] == "step"
    assert "scan_speed" not in metadata


def test_the_temperature_of_a_heating_stage() -> None:
    changes = {"MEAS_COND_AXIS_NAME-9": "Temp", "MEAS_COND_AXIS_POSITION-9": "350", "MEAS_COND_AXIS_UNIT-9": "C"}
    assert only(file(block(**changes))).metadata["temperature"] == Measured(350.0, "degC")


@pytest.mark.parametrize(
    ("rows", "unit", "words"),
    [
        (tuple(row.replace("144.0000", "84.3047") for row in ROWS), "counts", "not whole positive numbers"),
        (tuple(row.replace(" 1.0000", " 11.2300") if "144" in row else row for row in ROWS), "counts", "attenuator"),
        (tuple(row.replace(" 1.0000", " 0.0000") for row in ROWS), "counts", "attenuator"),
        (ROWS, "cps", ""),
    ],
)
def test_only_raw_counts_get_an_uncertainty(rows: tuple[str, ...], unit: str, words: str) -> None:
    reading = only(file(block(rows, MEAS_SCAN_UNIT_Y=unit)))
    assert reading["intensity"].uncertainty is None
    assert [words in doubt for doubt in reading.doubts] == ([True] if words else [])


def test_the_attenuator_stands_beside_the_counts_and_changes_nothing() -> None:
    rows = tuple(row.replace(" 1.0000", " 11.2300") if "144" in row else row for row in ROWS)
    reading = only(file(block(rows)))
    assert reading["intensity"].values.tolist() == [13, 0, 144, 7]
    assert reading["attenuation"].values.tolist() == [1, 1, 11.23, 1]


def test_two_columns_and_decimal_commas() -> None:
    rows = tuple(row[:-7].replace(".", ",") for row in ROWS)
    reading = only(file(block(rows, MEAS_SCAN_START="25,0000", MEAS_SCAN_STEP="0,0100")))
    assert reading["two_theta"].values.tolist() == [25.0, 25.01, 25.02, 25.03]
    assert reading.metadata["step"] == Measured(0.01, "deg")
    assert "attenuation" not in reading.metadata


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"MEAS_SCAN_START": "24.0"}, "promises that the scan starts at 24 deg; the points start at 25"),
        ({"MEAS_SCAN_STOP": "60.0"}, "promises that the scan ends at 60 deg; the points end at 25.03"),
        ({"MEAS_SCAN_STEP": "0.02"}, "promises steps of 0.02 deg; the points are 0.01 apart"),
        ({"MEAS_SCAN_START_TIME": "21/11/17 08:32:31"}, "'21/11/17 08:32:31' of MEAS_SCAN_START_TIME cannot be told"),
    ],
)
def test_a_header_that_disagrees_with_the_points_is_doubted(changes: dict[str, str], words: str) -> None:
    (doubt,) = only(file(block(**changes))).doubts
    assert words in doubt


def test_uneven_steps_may_be_declared() -> None:
    assert only(file(block(MEAS_SCAN_STEP="0.02", MEAS_SCAN_UNEQUALY_SPACED="True"))).doubts == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("11/21/2017 08:32:31", datetime(2017, 11, 21, 8, 32, 31)),
        ("11/01/12 12:55:51", datetime(2012, 11, 1, 12, 55, 51)),
        ("03/07/98 1:05:00", datetime(1998, 3, 7, 1, 5)),
        ("2017/11/21 08:32:31", datetime(2017, 11, 21, 8, 32, 31)),
        ("21/11/2017 08:32:31", datetime(2017, 11, 21, 8, 32, 31)),
        ("2/3/2018 11:05:09 PM", datetime(2018, 2, 3, 23, 5, 9)),
        ("2/3/2018 12:05 am", datetime(2018, 2, 3, 0, 5)),
        ("2025-03-07T13:28:15", datetime(2025, 3, 7, 13, 28, 15)),
        ("21/11/17 08:32:31", None),
        ("13/13/2017 08:32:31", None),
        ("soon", None),
    ],
)
def test_times(text: str, expected: datetime | None) -> None:
    assert rigaku_time(text) == expected


def test_scans_of_one_file_are_readings() -> None:
    readings = of(file(block(), block(rows=ROWS[:3], MEAS_DATA_COUNT="3.0000000000", FILE_SAMPLE="other")))
    assert [len(r["intensity"]) for r in readings] == [4, 3]
    assert [r.title for r in readings] == ["Zirconia 3Y: 2θ/θ scan 1 of 2", "other: 2θ/θ scan 2 of 2"]


def test_a_map_is_one_reading() -> None:
    blocks = [stepped(n, rows=ROWS, **MAP_MARKS) if n else stepped(n, **MAP_MARKS) for n in range(3)]
    reading = only(file(*(b.replace("13.0000", f"{n}.0000") for n, b in enumerate(blocks))))
    assert reading.technique == "xrd_map"
    assert reading.title == "Zirconia 3Y: TwoTheta map, 3 × 4 points"
    assert [(v.name, v.dimensions) for v in reading.variables] == [
        ("two_theta", ("two_theta",)),
        ("omega", ("omega",)),
        ("intensity", ("omega", "two_theta")),
    ]
    assert reading["omega"].values.tolist() == [10.0, 10.1, 10.2]
    assert reading["intensity"].values[:, 0].tolist() == [0, 1, 2]
    assert reading.doubts == ()
    assert reading.header["FILE_SAMPLE"] == "Zirconia 3Y"
    assert reading.header["MEAS_COND_AXIS_POSITION-1"] == {"#each": ["10.0000", "10.1000", "10.2000"]}


def test_a_map_of_coupled_scans_steps_where_they_start() -> None:
    blocks = [
        stepped(n, **MAP_MARKS).replace('"TwoTheta"\n*MEAS_SCAN_END', '"TwoThetaOmega"\n*MEAS_SCAN_END')
        for n in range(3)
    ]
    reading = only(file(*blocks))
    assert reading.technique == "xrd_map"
    assert reading["omega_start"].values.tolist() == [10.0, 10.1, 10.2]
    assert reading["intensity"].shape == (3, 4)


def test_evenly_stepped_scans_are_put_together_and_it_is_said() -> None:
    reading = only(file(*(stepped(n) for n in range(3))))
    assert reading.technique == "xrd_map"
    assert "omega was stepped evenly" in reading.doubts[0]
    uneven = [stepped(n) for n in (0, 1, 5)]
    assert len(of(file(*uneven))) == 3


def test_the_plain_export_states_the_unit_of_its_own_numbers() -> None:
    reading = only(PLAIN)
    assert reading["two_theta"].values.tolist() == [10.0, 10.5, 11.0]
    assert reading["intensity"].unit == "count/s"
    assert reading["intensity"].values.tolist() == [100.5, 150.2, 300.8]
    assert reading.header["#Intensity_unit"] == "cps"
    claim = READER.recognise(Source(PLAIN.encode()))
    assert claim is not None
    assert claim.confidence is Confidence.LIKELY
    assert choose(Source(PLAIN.encode(), name="a.txt")).reader is READER


def test_values_over_several_lines_and_repeated_keys() -> None:
    memo = '*FILE_MEMO "first line\nsecond line"\n*FILE_NOTE "a"\n*FILE_NOTE "b"\n*FILE_SIZE 5" wafer'
    reading = only(file(block()).replace('*FILE_MEMO ""', memo))
    assert reading.metadata["comment"] == "first try\nfirst line\nsecond line"
    assert reading.header["FILE_NOTE"] == ["a", "b"]
    assert reading.header["FILE_SIZE"] == '5" wafer'


def test_a_value_that_never_ends_takes_no_time() -> None:
    endless = '*FILE_SAMPLE "a\n*MEAS_SCAN_MODE "\n' + "1 2\n" * 200_000 + "#end=1\n"
    with pytest.raises(NothingMeasured):
        of(endless)


def test_names_in_two_languages() -> None:
    changes = {"FILE_SYSTEM_NAME": None, "HW_GONIOMETER_NAME": "試料水平型|SmartLab"}
    assert only(file(block(**changes))).instrument == "SmartLab"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (file(block(MEAS_DATA_COUNT="5")), "the header promises 5 points, 4 follow"),
        (file(block()).partition("*RAS_INT_END")[0], "*RAS_INT_END was expected"),
        (file(block()).partition("*RAS_HEADER_END")[0], "*RAS_HEADER_END was expected"),
        (file(block()).partition("*RAS_INT_START")[0], "*RAS_INT_START was expected"),
        (file(block()).replace("144.0000", "14x4"), "a data number was expected; '14x4' was found"),
        (file(block()).replace("144.0000", "nan"), "'nan' was found"),
        (file(block()).replace("144.0000 1.0000", "144.0000"), "3 data columns were expected, 2 were found"),
        (file(block(tuple(f"{row} 1 2" for row in ROWS))), "rows of 2 or 3 numbers were expected; they have 5"),
        (file(block(tuple(row.replace("25.", "9999999925.") for row in ROWS))), "they run off"),
    ],
)
def test_damage_is_named(text: str, words: str) -> None:
    with pytest.raises(DamagedFile) as caught:
        of(text)
    assert words in caught.value.fault
    assert caught.value.mend


def test_the_line_of_the_damage_is_right() -> None:
    text = file(block()).replace("144.0000", "14x4")
    line = next(n for n, row in enumerate(text.split("\n"), 1) if "14x4" in row)
    with pytest.raises(DamagedFile, match=f"line {line}:"):
        of(text)


def test_a_file_without_its_end_is_doubted() -> None:
    assert "ends without *RAS_DATA_END" in only(file(block(), end="")).doubts[0]


def test_no_rows_are_nothing_measured() -> None:
    with pytest.raises(NothingMeasured):
        of(file(block((), MEAS_DATA_COUNT="0")))
    with pytest.raises(NothingMeasured):
        of(PLAIN.partition("10.0000")[0])


def test_other_text_is_not_claimed() -> None:
    for text in (
        b"* a list\n* of things\n",
        b"*KEY value\n1 2\n",
        b"#Intensity_unit=cps\n1 2\n",
        b"see *RAS_DATA_START",
    ):
        assert READER.recognise(Source(text)) is None


def test_the_real_file(shared: Callable[[str], Path]) -> None:
    choice, (reading,) = read(Source(shared("xrd/XRD_RIGAKU.ras")))
    assert choice.reader is READER
    assert reading["two_theta"].shape == (3501,)
    assert (reading["two_theta"].values[0], reading["two_theta"].values[-1]) == (25.0, 60.0)
    assert reading["intensity"].unit == "count"
    assert reading["intensity"].values.max() == 4551
    assert reading["intensity"].values.sum() == 120695
    assert reading["intensity"].uncertainty is not None
    assert reading.sample_name == "Test Sample"
    assert reading.operator == "English"
    assert reading.started_at == datetime(2017, 11, 21, 8, 32, 31)
    assert reading.metadata["anode"] == "Cu"
    assert reading.metadata["wavelength"] == Measured(1.540593, "angstrom")
    assert reading.metadata["scan_axis"] == "TwoThetaTheta"
    assert reading.metadata["comment"] == "XRD example\nRigaku XRD memo"
    assert reading.doubts == ()
