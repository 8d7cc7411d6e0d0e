"""BioLogic's binary files: real ones, each beside its text export where there is one, and small ones written here."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.quantity.unit import is_known
from kiban.readers import biologic_mpt
from kiban.readers.biologic_mpr import READER
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

Shared = Callable[[str], Path]

START = datetime(2024, 3, 5, 9, 30, 15, 250_000)


def module(name: str, data: bytes, *, version: int, long_form: bool, date: str = "03/05/24") -> bytes:
    head = b"MODULE" + name.encode().ljust(10) + name.encode().ljust(25)
    if long_form:
        head += struct.pack("<IQI", 0xFFFFFFFF, len(data), version)
    else:
        head += struct.pack("<II", len(data), version)
    return head + date.encode() + data


def settings(technique: int, *, comment: str = "", area: float = 0.001, layout: int = 8) -> bytes:
    data = bytearray(0x600)
    data[0], data[2] = technique, layout
    text = comment.encode("cp1252")
    data[7 : 8 + len(text)] = bytes([len(text)]) + text
    struct.pack_into("<f", data, 0x107, 12.5)
    data[0x1C0:0x1C5] = b"\x04LP30"
    struct.pack_into("<f", data, 0x211, area)
    data[0x215:0x222] = b"\x0cAg/AgCl (KCl"
    struct.pack_into("<ff", data, 0x248, 0.197, 2.5)
    data[0x250], data[0x251] = 2, 2
    return bytes(data)


def log(*, offset: int = 585, start: datetime = START, version: bytes = b"\x0511.50") -> bytes:
    data = bytearray(0x500)
    data[9] = 4
    struct.pack_into("<d", data, offset, (start - datetime(1899, 12, 30)) / timedelta(days=1))
    data[0x3B7 : 0x3B7 + len(version)] = version
    data[0x3CF:0x3D4] = b"\x041234"
    return bytes(data)


def records(numbers: list[int], rows: list[bytes], *, version: int) -> bytes:
    count, number, start = {0: ("B", "B", 100), 2: ("B", "H", 405), 3: ("B", "H", 406), 11: ("H", "H", 1007)}[version]
    head = struct.pack(f"<I{count}{len(numbers)}{number}", len(rows), len(numbers), *numbers)
    return head.ljust(start, b"\0") + b"".join(rows)


def mpr(
    numbers: list[int],
    rows: list[bytes],
    *,
    version: int = 11,
    technique: int = 0x0B,
    extra: tuple[tuple[str, bytes], ...] = (),
    log_data: bytes | None = None,
    comment: str = "",
) -> bytes:
    long_form = version == 11
    parts = [
        b"BIO-LOGIC MODULAR FILE\x1a".ljust(48) + b"\0\0\0\0",
        module("VMP Set", settings(technique, comment=comment), version=10 if long_form else 0, long_form=long_form),
        module("VMP data", records(numbers, rows, version=version), version=version, long_form=long_form),
    ]
    parts += [module(name, data, version=10 if long_form else 0, long_form=long_form) for name, data in extra]
    if log_data is not None:
        parts.append(module("VMP LOG", log_data, version=10 if long_form else 0, long_form=long_form))
    return b"".join(parts)


def rest_rows(n: int) -> list[bytes]:
    """Flags (mode 3, oxidation, stop at the end), time in s, potential in V."""
    return [struct.pack("<Bdf", 0x07 | (0x40 if i == n - 1 else 0), 0.5 * i, 3.25 + 0.125 * i) for i in range(n)]


def cycling_rows() -> list[bytes]:
    """Flags, Ns, time/s, dq/mA.h, control/V/mA, Ewe/V: rest, 2 mA for an hour in two steps, then 4.0 V."""
    points = [
        (3, 0, 0.0, 0.0, 0.0, 3.0),
        (3, 0, 10.0, 0.0, 0.0, 3.0),
        (1, 1, 1810.0, 1.0, 2.0, 3.5),
        (1, 1, 3610.0, 1.0, 2.0, 4.0),
        (2, 2, 5410.0, 0.25, 4.0, 4.0),
    ]
    return [struct.pack("<BHddff", *point) for point in points]


CYCLING = [1, 21, 131, 4, 7, 5, 6]


def read(content: bytes) -> Reading:
    (reading,) = READER.read(Source(content, name="small.mpr"))
    return reading


class TestBiologicMpr(ReaderSuite):
    reader = READER
    examples = {  # noqa: RUF012
        "long header, version 11": mpr([1, 2, 4, 6], rest_rows(9), log_data=log()),
        "short header, version 3": mpr([1, 2, 4, 6], rest_rows(9), version=3, log_data=log()),
        "short header, version 2": mpr([1, 2, 4, 6], rest_rows(9), version=2, log_data=log(offset=469)),
        "8-bit column numbers, version 0": mpr([1, 2, 4, 6], rest_rows(9), version=0, log_data=log(offset=465)),
        "galvanostatic, with loops": mpr(
            CYCLING, cycling_rows(), technique=4, extra=(("VMP loop", struct.pack("<4I", 3, 0, 2, 5)),)
        ),
        "no log, unknown column": mpr([4, 6, 600], [struct.pack("<dff", i, 3.0, 7.0 + i) for i in range(4)]),
    }


@pytest.mark.parametrize("version", [0, 2, 3, 11])
def test_every_version_of_the_data_module_gives_the_same_points(version: int) -> None:
    reading = read(mpr([1, 2, 4, 6], rest_rows(3), version=version, log_data=log()))
    assert reading["time"].values.tolist() == [0.0, 0.5, 1.0]
    assert reading["potential"].values.tolist() == [3.25, 3.375, 3.5]
    assert reading["mode"].values.tolist() == [3, 3, 3]
    assert reading["oxidation"].values.tolist() == [1, 1, 1]
    assert reading.technique == "open_circuit_voltage"


@pytest.mark.parametrize("offset", [585, 993, 465, 469, 473])
def test_the_start_is_found_where_any_version_puts_it(offset: int) -> None:
    reading = read(mpr([4, 6], [struct.pack("<df", 0, 1)], log_data=log(offset=offset)))
    assert reading.started_at == START


def test_a_number_that_is_no_start_of_that_day_is_not_taken_for_one() -> None:
    reading = read(mpr([4, 6], [struct.pack("<df", 0, 1)], log_data=log(start=datetime(2019, 3, 5))))
    assert reading.started_at is None
    assert reading.doubts == ("The file does not say when the measurement began, only the date: 2024-03-05.",)


def test_settings_and_log_become_metadata() -> None:
    reading = read(
        mpr([4, 6], [struct.pack("<df", 0, 1)], log_data=log(), comment="dry cell\r\nSample: LMO-7 \r\n25°C")
    )
    assert reading.metadata == {
        "maker": "BioLogic",
        "software": "EC-Lab 11.50",
        "serial_number": "1234",
        "channel": 5,
        "technique_name": "Open Circuit Voltage",
        "comment": "dry cell\nSample: LMO-7\n25°C",
        "electrolyte": "LP30",
        "reference_electrode": "Ag/AgCl (KCl (0.197 V)",
        "active_mass": Measured(12.5, "mg"),
        "characteristic_mass": Measured(2.5, "mg"),
    }
    assert reading.sample_name == "LMO-7"
    assert reading.instrument == "BioLogic (SN 1234)"


def test_set_potential_and_set_current_are_told_apart_by_the_mode() -> None:
    reading = read(mpr(CYCLING, cycling_rows(), technique=4))
    assert reading["control"].values.tolist() == [0, 0, 2, 2, 4]
    assert np.array_equal(reading["control_current"].values, [np.nan, np.nan, 2, 2, np.nan], equal_nan=True)
    assert np.array_equal(reading["control_potential"].values, [np.nan] * 4 + [4.0], equal_nan=True)
    assert (reading["control_current"].unit, reading["control_potential"].unit) == ("mA", "V")


def test_current_is_the_charge_of_a_step_over_its_duration() -> None:
    reading = read(mpr(CYCLING, cycling_rows(), technique=4))
    assert reading["current"].values.tolist() == [0, 0, 2, 2, 0.5]
    assert reading["current"].unit == "mA"


def test_a_first_point_with_charge_has_no_current() -> None:
    reading = read(mpr([4, 7, 6], [struct.pack("<ddf", i, 1e-3, 3) for i in range(2)], technique=4))
    assert np.array_equal(reading["current"].values, [np.nan, 3.6], equal_nan=True)


def test_loops_number_their_points() -> None:
    reading = read(mpr(CYCLING, cycling_rows(), technique=4, extra=(("VMP loop", struct.pack("<4I", 3, 0, 2, 5)),)))
    assert reading["loop_index"].values.tolist() == [0, 0, 1, 1, 1]


def test_loops_that_do_not_fit_are_a_doubt() -> None:
    reading = read(mpr(CYCLING, cycling_rows(), technique=4, extra=(("VMP loop", struct.pack("<4I", 3, 0, 2, 9)),)))
    assert "loop_index" not in reading
    assert any("list of loops does not fit the 5 points" in doubt for doubt in reading.doubts)


@pytest.mark.parametrize(("code", "width"), [("f", 4), ("d", 8)])
def test_one_column_of_unknown_width_is_worked_out_from_the_size_of_a_point(code: str, width: int) -> None:
    reading = read(mpr([4, 600, 6], [struct.pack(f"<d{code}f", i, 7.5, 3.0) for i in range(3)], log_data=log()))
    assert reading["unknown_column_600"].values.tolist() == [7.5] * 3
    assert reading["potential"].values.tolist() == [3.0] * 3
    assert reading.doubts == (
        f"Column 2 (number 600) is of a type that Kiban does not know: its {width} bytes are read as a number with a "
        "fractional part.",
    )


def test_a_column_whose_name_alone_is_known_keeps_it() -> None:
    reading = read(mpr([4, 175, 6], [struct.pack("<dff", i, 99.5, 3.0) for i in range(3)]))
    assert reading["coulombic_efficiency"].values.tolist() == [99.5] * 3
    assert reading["coulombic_efficiency"].unit == "percent"


def test_two_columns_of_unknown_width_are_refused_by_name() -> None:
    with pytest.raises(UnsupportedVariant) as caught:
        read(mpr([4, 600, 6, 601], [struct.pack("<dfff", i, 1, 2, 3) for i in range(3)]))
    assert "number 600 at place 2, number 601 at place 4" in caught.value.fault
    assert ".mpt" in caught.value.mend


def test_an_unknown_column_of_an_odd_width_is_refused() -> None:
    with pytest.raises(UnsupportedVariant, match="3 bytes of each point are left for it"):
        read(mpr([4, 600], [struct.pack("<d3x", i) for i in range(3)]))


def test_an_unknown_version_is_refused() -> None:
    content = mpr([4, 6], [struct.pack("<df", 0, 1)], version=3).replace(
        struct.pack("<II", 406 + 12, 3), struct.pack("<II", 406 + 12, 5)
    )
    with pytest.raises(UnsupportedVariant, match="version 5"):
        read(content)


def test_more_points_than_promised_are_damage() -> None:
    content = mpr([4, 6], [struct.pack("<df", i, 1) for i in range(3)])
    promised = struct.pack("<IHHH", 3, 2, 4, 6)
    with pytest.raises(DamagedFile, match="promises 2 points of 12 bytes, 36 bytes follow"):
        read(content.replace(promised, struct.pack("<IHHH", 2, 2, 4, 6)))


def test_a_cut_file_says_how_much_is_missing() -> None:
    with pytest.raises(DamagedFile, match="promises 1031 bytes, 1021 follow"):
        read(mpr([4, 6], [struct.pack("<df", i, 1) for i in range(2)])[:-10])


def test_a_file_without_data_module_says_what_it_has() -> None:
    content = mpr([4, 6], [struct.pack("<df", 0, 1)])
    with pytest.raises(DamagedFile, match="no data module; it has: VMP Set"):
        read(content[: content.index(b"MODULEVMP data")])


def test_analog_inputs_take_the_quantity_of_the_external_device() -> None:
    device = bytearray(0x100)
    device[0x36:0x3E] = b"\x07Force/N"
    reading = read(
        mpr([4, 6, 16], [struct.pack("<dff", i, 1, 150) for i in range(2)], extra=(("VMP ExtDev", bytes(device)),))
    )
    assert reading["analog_input_1"].unit == "N"
    assert "Analog IN 1/V is not in volts" in reading.doubts[0]
    assert "Force/N" in reading.doubts[0]


def test_an_analog_input_beyond_its_range_is_a_doubt() -> None:
    reading = read(mpr([4, 6, 16], [struct.pack("<dff", i, 1, 150) for i in range(2)], log_data=log()))
    assert reading["analog_input_1"].unit == "V"
    assert "Analog IN 1/V reaches 150" in reading.doubts[0]


def test_flags_share_the_byte_at_the_place_of_the_first_of_them() -> None:
    reading = read(mpr([4, 65, 6, 3], [struct.pack("<dBf", i, 0x88, 3) for i in range(2)]))
    assert reading["counter_increments"].values.tolist() == [1, 1]
    assert reading["error"].values.tolist() == [1, 1]
    assert reading["potential"].values.tolist() == [3, 3]


def test_an_unknown_technique_is_told_by_its_columns() -> None:
    reading = read(mpr([32, 37, 38], [struct.pack("<fff", 10.0 ** (3 - i), 1, 2) for i in range(4)], technique=0xEE))
    assert reading.technique == "impedance"
    assert reading.axis is not None
    assert reading.axis.name == "frequency"


def test_two_columns_of_one_kind_are_numbered() -> None:
    reading = read(mpr([4, 7, 77, 174], [struct.pack("<ddff", i, 0, 1, 2) for i in range(2)]))
    assert reading["potential"].values.tolist() == [1, 1]
    assert reading["potential_average"].values.tolist() == [2, 2]


PAIRS = ("ca.issue_149", "cp", "gcpl.issue_149", "mb.issue_95", "ocv", "peis", "vsp_ocv_with")


@pytest.mark.parametrize("pair", PAIRS)
def test_every_column_agrees_with_the_text_export(shared: Shared, pair: str) -> None:
    (binary,) = READER.read(Source(shared(f"echem/{pair}.mpr")))
    (text,) = biologic_mpt.READER.read(Source(shared(f"echem/{pair}.mpt")))
    assert [v.name for v in binary.variables if v.name not in text] == []
    for variable in binary.variables:
        expected, found = text[variable.name], variable.series
        # The text has 8 digits of single-precision numbers and 16 of double-precision ones; set values are 0 in the
        # text where the other quantity is set, and the analog inputs of one file say in binary what they are scaled to.
        ours = np.nan_to_num(found.values, nan=0.0) if variable.name.startswith("control_") else found.values
        # EC-Lab works the half-cycle charge of the text out anew, from a charge in single precision.
        tolerance = 1e-7 if ours.dtype == np.float32 or variable.name == "half_cycle_charge" else 1e-11
        assert np.allclose(ours, expected.values, rtol=tolerance, atol=1e-300), variable.name
        assert expected.unit == found.unit or variable.name.startswith("analog_input"), variable.name
        assert is_known(found.unit), variable.name
    assert binary.technique == text.technique
    assert binary.started_at == text.started_at


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if pair != "vsp_ocv_with"])
def test_metadata_agree_with_the_text_export(shared: Shared, pair: str) -> None:
    (binary,) = READER.read(Source(shared(f"echem/{pair}.mpr")))
    (text,) = biologic_mpt.READER.read(Source(shared(f"echem/{pair}.mpt")))
    for name, value in binary.metadata.items():
        other = text.metadata[name]
        if isinstance(value, Measured):
            assert isinstance(other, Measured)
            assert other.in_unit(value.unit).value == pytest.approx(value.value, rel=1e-6), name
        else:
            assert other == value, name
    assert set(text.metadata) - set(binary.metadata) == {"model"}


# name, technique, points, start, {variable: (smallest, largest, unit)}: what galvani and yadg give
FIGURES = [
    (
        "ca.issue_149",
        "chronoamperometry",
        80,
        datetime(2024, 1, 10, 11, 2, 29, 886_000),
        {
            "time": (20.6506, 629.935, "s"),
            "control_potential": (3.42368, 3.44248, "V"),
            "potential": (3.42419, 3.44313, "V"),
            "current": (0.00938641, 0.0133234, "mA"),
        },
    ),
    (
        "coc.issue_185",
        "chronopotentiometry",
        24,
        datetime(2024, 10, 9, 13, 36, 20, 501_000),
        {
            "time": (70.05, 140.05, "s"),
            "control_current": (0.0, 0.01, "mA"),
            "potential": (4.75533e-06, 0.06137, "V"),
            "step_time": (0.0, 140.05, "s"),
        },
    ),
    (
        "cp",
        "chronopotentiometry",
        121,
        datetime(2021, 3, 2, 16, 17, 59),
        {
            "time": (328.364, 447.365, "s"),
            "control_current": (-100, -100, "mA"),
            "potential": (-3.59443, -3.24632, "V"),
        },
    ),
    (
        "cva.issue_202",
        "cyclic_voltammetry",
        455,
        datetime(2024, 12, 31, 17, 44, 1, 191_000),
        {
            "time": (3.3484, 3.516, "s"),
            "control_potential": (-1.25457, 2.86529, "V"),
            "potential": (-5.01227, 2.86636, "V"),
            "current": (-2.50503, 2.50107, "mA"),
        },
    ),
    (
        "gcpl.issue_149",
        "galvanostatic_cycling",
        132,
        datetime(2024, 1, 10, 11, 2, 29, 886_000),
        {"time": (30.153, 659.986, "s"), "potential": (3.41378, 3.44664, "V"), "control_current": (-0.03, 0.03, "mA")},
    ),
    (
        "geis.issue_149",
        "impedance",
        84,
        datetime(2024, 1, 10, 11, 2, 29, 886_000),
        {
            "frequency": (99.9682, 199998, "Hz"),
            "time": (61.5152, 676.644, "s"),
            "potential": (3.4202, 3.43861, "V"),
            "current": (2.40965e-05, 3.67081e-05, "mA"),
        },
    ),
    (
        "jdb11-1_e1_s3_squidTest_data_C15",
        "galvanostatic_cycling",
        32917,
        datetime(2020, 12, 8, 12, 48, 1),
        {"time": (0, 323834, "s"), "potential": (1.99983, 3.80011, "V"), "control_current": (-0.01, 0.01, "mA")},
    ),
    (
        "lsv",
        "linear_sweep_voltammetry",
        1186,
        datetime(2021, 3, 2, 15, 46, 3),
        {
            "time": (0.048, 197.207, "s"),
            "control_potential": (-4, -0.0568566, "V"),
            "potential": (-4.00081, -0.0616875, "V"),
            "current": (-133.29, 1.26852, "mA"),
        },
    ),
    (
        "mb.issue_95",
        "electrochemistry",
        33,
        datetime(2022, 12, 8, 14, 36, 53, 355_000),
        {"time": (0, 30.0002, "s"), "control_current": (-65, 100, "mA"), "potential": (2.32608, 2.33274, "V")},
    ),
    (
        "ocv",
        "open_circuit_voltage",
        602,
        datetime(2020, 1, 16, 14, 13, 34),
        {"time": (0, 36000, "s"), "potential": (0.255945, 0.466683, "V")},
    ),
    (
        "peis",
        "impedance",
        32,
        datetime(2021, 3, 2, 16, 17, 59),
        {
            "frequency": (1.00006, 199998, "Hz"),
            "time": (448.157, 464.257, "s"),
            "potential": (-3.59143, -3.59128, "V"),
            "current": (-110.216, -108.804, "mA"),
        },
    ),
    (
        "vsp_ocv_with",
        "open_circuit_voltage",
        13,
        None,
        {"time": (53876.9, 53996.9, "s"), "potential": (-0.00173412, 0.000220498, "V")},
    ),
]


@pytest.mark.parametrize(
    ("name", "technique", "n_points", "started_at", "ranges"), FIGURES, ids=[figure[0] for figure in FIGURES]
)
def test_real_files_give_the_known_figures(
    shared: Shared,
    name: str,
    technique: str,
    n_points: int,
    started_at: datetime | None,
    ranges: dict[str, tuple[float, float, str]],
) -> None:
    (reading,) = READER.read(Source(shared(f"echem/{name}.mpr")))
    assert reading.technique == technique
    assert reading.started_at == started_at
    assert {len(variable.series) for variable in reading.variables} == {n_points}
    for variable, (smallest, largest, unit) in ranges.items():
        series = reading[variable]
        assert np.nanmin(series.values) == pytest.approx(smallest, rel=5e-6)
        assert np.nanmax(series.values) == pytest.approx(largest, rel=5e-6)
        assert series.unit == unit
    assert reading.axis is not None
    assert reading.axis.name == ("frequency" if technique == "impedance" else "time")


def test_a_wait_measured_nothing(shared: Shared) -> None:
    with pytest.raises(NothingMeasured):
        READER.read(Source(shared("echem/wait.mpr")))


def test_galvanostatic_rest_has_no_set_potential(shared: Shared) -> None:
    (reading,) = READER.read(Source(shared("echem/gcpl.issue_149.mpr")))
    assert "control_potential" not in reading
    assert reading["loop_index"].values.max() == 3
    (control,) = (v for v in reading.variables if v.name == "control_current")
    assert control.role is Role.AUXILIARY
    assert control.label == "control/V/mA where mode is 1"


def test_cell_data_of_a_real_file(shared: Shared) -> None:
    (reading,) = READER.read(Source(shared("echem/ocv.mpr")))
    assert reading.metadata["comment"] == "25°C\nAl bot, SS top,\n1 C\n1.25 times oversized cathode"
    assert reading.metadata["electrode_area"] == Measured(1.13, "cm**2")
    assert reading.metadata["channel"] == 13
    assert "active_mass" not in reading.metadata


def test_an_external_device_of_a_real_file(shared: Shared) -> None:
    (reading,) = READER.read(Source(shared("echem/vsp_ocv_with.mpr")))
    assert (reading["analog_input_1"].unit, reading["analog_input_2"].unit) == ("N", "degC")
    assert reading["analog_input_2"].values[0] == pytest.approx(27.625528)
    assert len(reading.doubts) == 3
