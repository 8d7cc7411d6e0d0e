"""Tables of battery cyclers: BDF, Arbin, Neware. One real file, the others in small."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.analysis.galvanostatic_cycling import ANALYSIS
from kiban.errors import DamagedFile, NothingMeasured
from kiban.readers import arbin_csv, bdf_csv, neware_csv
from kiban.readers.battery.clock import clock_seconds
from kiban.readers.battery.columns import name_of, read_columns
from kiban.readers.contract import Confidence, Reader
from kiban.readers.recognise import choose, read
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

STEPS = [(1, "CC Chg", 0.001), (2, "CC DChg", -0.001)]


def records() -> list[dict[str, float | str]]:
    """Two cycles of an hour of charging and an hour of discharging at 1 mA, a point each 10 minutes."""
    rows: list[dict[str, float | str]] = []
    charged = discharged = 0.0
    for n in range(24):
        cycle, in_cycle = divmod(n, 12)
        step, kind, current = STEPS[in_cycle // 6]
        charged += 0.001 / 6 if current > 0 else 0.0
        discharged += 0.001 / 6 if current < 0 else 0.0
        rows.append(
            {
                "record": n + 1, "cycle": cycle + 1, "step": step, "kind": kind, "time": 600.0 * (n + 1),
                "step_time": 600.0 * (in_cycle % 6 + 1), "current": current, "voltage": 3.5 + 0.1 * (current > 0),
                "charge": charged, "discharge": discharged,
            }
        )  # fmt: skip
    return rows


def clock(seconds: float) -> str:
    return f"{int(seconds) // 3600}:{int(seconds) // 60 % 60:02d}:{seconds % 60:06.3f}"


BDF = (
    "Test Time / s,Voltage / V,Current / A,Unix Time / s,Cycle Count / 1,Step Index / 1,Charging Capacity / Ah,\
Discharging Capacity / Ah,Surface Temperature T1 / degC,Internal Resistance / Ohm,Step Type\n"
    + "".join(
        f"{r['time']},{r['voltage']},{r['current']},{1.7e9 + float(r['time'])},{r['cycle']},{r['step']},{r['charge']},"
        f"{r['discharge']},25.1,,{r['kind']}\n"
        for r in records()
    )
)
MACHINE = (
    "test_time_second,voltage_volt,current_ampere,cycle_count,charging_capacity_ah,\
temperature_t1_celsius\n"
    + "".join(f"{r['time']},{r['voltage']},{r['current']},{r['cycle']},{r['charge']},25\n" for r in records())
)
ARBIN = (
    "Data_Point,Test_Time(s),Date_Time,Step_Time(s),Step_Index,Cycle_Index,Current(A),Voltage(V),\
Charge_Capacity(Ah),\
Discharge_Capacity(Ah),Charge_Energy(Wh),Internal_Resistance(Ohm),Is_FC_Data,ACI_Phase_Angle(Deg),\
Aux_Temperature(C)_1\n"
    + "".join(
        f"{r['record']},{r['time']},2010-09-27 {clock(float(r['time']))[:-4].rjust(8, '0')},{r['step_time']},"
        f"{r['step']},{r['cycle']},{r['current']},{r['voltage']},{r['charge']},{r['discharge']},0,0.05,0,0,24.5\n"
        for r in records()
    )
)
ARBIN_NEW = (
    "Data Point,Date Time,Test Time (s),Step Time (s),Cycle Index,Step Index,TC_Counter1,Current (A),\
Voltage (V),\
Power (W),Charge Capacity (Ah),Discharge Capacity (Ah),mAh/g,ACR (Ohm),dV/dt (V/s),Aux_Temperature_1 (C)\n"
    + "".join(
        f"{r['record']},\t10/10/2023 {clock(float(r['time'])).rjust(12, '0')},{r['time']},{r['step_time']},"
        f"{r['cycle']},{r['step']},0,{r['current']},{r['voltage']},0.1,{r['charge']},{r['discharge']},0,0.02,0,24.5\n"
        for r in records()
    )
)
NEWARE = (
    "DataPoint,Cycle Index,Step Index,Step Type,Time,Total Time,Current(mA),Voltage(V),Capacity(mAh),\
Spec. Cap.(mAh/g),Chg. Cap.(mAh),DChg. Cap.(mAh),Energy(Wh),Date,Power(W),dQ/dV(mAh/V),\
Contact resistance(mΩ)\n"
    + "".join(
        f"{r['record']},{r['cycle']},{r['step']},{r['kind']},{clock(float(r['step_time']))},{clock(float(r['time']))},"
        f"{1000 * float(r['current'])},{r['voltage']},0.1,12,{1000 * float(r['charge'])},"
        f"{1000 * float(r['discharge'])},0,2024-03-01 {clock(float(r['time']))[:-4].rjust(8, '0')},0.01,0,0\n"
        for r in records()
    )
)
NEWARE_OLD = (
    "Record ID,Cycle ID,Step ID,Status,Time(h:min:s.ms),Voltage(V),Current(mA),Temperature(?),CapaCity(mAh),\
CmpEng(mWh/g),Realtime,DCIR(O),\n"
    + "".join(
        f"{r['record']},{r['cycle']},{r['step']},{r['kind']},{clock(float(r['step_time']))},{r['voltage']},"
        f"{abs(1000 * float(r['current']))},25.0,0.1,3,2024-03-01 {clock(float(r['time']))[:-4].rjust(8, '0')},0.3,\n"
        for r in records()
    )
)
CHINESE = "循环号\t工步号\t工步类型\t时间\t总时间\t电流(mA)\t电压(V)\t充电容量(mAh)\t放电容量(mAh)\n" + "".join(
    f"{r['cycle']}\t{r['step']}\t{'恒流充电' if r['step'] == 1 else '恒流放电'}\t{clock(float(r['step_time']))}\t"
    f"{clock(float(r['time']))}\t{1000 * float(r['current'])}\t{r['voltage']}\t{1000 * float(r['charge'])}\t"
    f"{1000 * float(r['discharge'])}\n"
    for r in records()
)


def layered(mark: str = "\t", indents: tuple[str, str] = ("\t\t", "\t\t\t\t")) -> str:
    step_indent, record_indent = (indent.replace("\t", mark) for indent in indents)
    lines = [
        mark.join(["CycleID", "Cap_Chg(mAh)", "Cap_DChg(mAh)", ""]),
        step_indent + mark.join(["Step ID", "Step Type", "Step Time(h:m:s:ms:us)", "Cap(mAh)", ""]),
        record_indent
        + mark.join(["Record ID", "Time(h:m:s:ms:us)", "Voltage(V)", "Current(mA)", "Cap(mAh)", "Realtime"]),
    ]
    last = (0, 0)
    for r in records():
        if r["cycle"] != last[0]:
            lines.append(mark.join([str(r["cycle"]), "1.0", "1.0", ""]))
        if (r["cycle"], r["step"]) != last:
            lines.append(step_indent + mark.join([str(r["step"]), str(r["kind"]), "1:00:00:000:000", "1.0", ""]))
        last = (int(r["cycle"]), int(r["step"]))
        time = f"{clock(float(r['step_time']))[:-4]}:250:500"
        date = f"2024-03-01 {clock(float(r['time']))[:-4].rjust(8, '0')}"
        lines.append(
            record_indent
            + mark.join([str(r["record"]), time, str(r["voltage"]), str(1000 * float(r["current"])), "0.1", date])
        )
    return "\n".join(lines) + "\n"


LAYERED = layered()


class TestBdf(ReaderSuite):
    reader = bdf_csv.READER
    examples: ClassVar[dict[str, bytes]] = {
        "labels": BDF.encode(),
        "CRLF, byte-order mark": BDF.replace("\n", "\r\n").encode("utf-8-sig"),
        "machine-readable": MACHINE.encode(),
        "semicolons, decimal commas": MACHINE.replace(",", ";").replace(".", ",").encode(),
    }


class TestArbin(ReaderSuite):
    reader = arbin_csv.READER
    examples: ClassVar[dict[str, bytes]] = {
        "underscores": ARBIN.encode(),
        "blanks": ARBIN_NEW.encode(),
        "tabs": ARBIN.replace(",", "\t").encode(),
        "lines above": ("Test Name,cell 5\nChannel,12\n" + ARBIN).encode(),
    }


class TestNeware(ReaderSuite):
    reader = neware_csv.READER
    examples: ClassVar[dict[str, bytes]] = {
        "BTS 8": NEWARE.encode(),
        "BTS 7, CRLF": NEWARE_OLD.replace("\n", "\r\n").encode(),
        "Chinese, GB 18030": CHINESE.encode("gb18030"),
        "Chinese, UTF-8": CHINESE.encode(),
        "layered, tabs": LAYERED.encode(),
        "layered, commas": layered(",", ("\t", "\t\t")).encode(),
    }


def of(reader: Reader, text: str, name: str = "cell 5.csv", encoding: str = "utf-8") -> Reading:
    (reading,) = reader.read(Source(text.encode(encoding), name=name))
    return reading


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (bdf_csv.READER, BDF),
        (bdf_csv.READER, MACHINE),
        (arbin_csv.READER, ARBIN),
        (arbin_csv.READER, ARBIN_NEW),
        (neware_csv.READER, NEWARE),
        (neware_csv.READER, CHINESE),
        (neware_csv.READER, LAYERED),
    ],
)
def test_the_analysis_of_cycling_works_on_all(reader: Reader, text: str) -> None:
    reading = of(reader, text)
    assert reading.technique == "galvanostatic_cycling"
    assert reading.title == "cell 5"
    assert [v.name for v in reading.variables[:3]] == ["time", "potential", "current"]
    assert reading.variables[0].role is Role.AXIS
    assert reading["potential"].unit == "V"
    found = ANALYSIS.analyse(reading, options={})
    kinds = [row[2] for row in found.rows]
    capacities = [row[6] for row in found.rows]
    assert kinds == ["charge", "discharge"] * 2
    assert capacities[1:] == pytest.approx([1.0] * 3, rel=0.2)
    assert choose(Source(text.encode(), name="x.txt")).reader is reader


def test_bdf_has_its_own_units_counters_and_start() -> None:
    reading = of(bdf_csv.READER, BDF)
    units = {v.name: v.series.unit for v in reading.variables}
    assert units == {
        "time": "s", "potential": "V", "current": "A", "charge_capacity": "A*h", "discharge_capacity": "A*h",
        "unix_time": "s", "cycle_number": "", "step_index": "", "surface_temperature_1": "degC", "step_type": "",
    }  # fmt: skip
    assert reading.started_at == datetime(2023, 11, 14, 22, 23, 20, tzinfo=UTC)
    assert reading.header["categories"] == {"Step Type": ["CC Chg", "CC DChg"]}
    assert reading.header["empty_columns"] == ["Internal Resistance / Ohm"]
    assert reading["charge_capacity"].values[-1] == pytest.approx(0.002)
    assert reading.doubts == ()


def test_arbin_dates_give_the_start_where_they_can_be_read() -> None:
    reading = of(arbin_csv.READER, ARBIN)
    assert reading.started_at == datetime(2010, 9, 27, 0, 10)
    assert reading["auxiliary_temperature_1"].unit == "degC"
    assert reading["step_time"].values.tolist()[:7] == [600.0, 1200.0, 1800.0, 2400.0, 3000.0, 3600.0, 600.0]
    newer = of(arbin_csv.READER, ARBIN_NEW)
    assert newer.started_at is None
    assert "day and month" in newer.doubts[0]
    assert of(arbin_csv.READER, ARBIN_NEW.replace("10/10/", "10/30/")).started_at == datetime(2023, 10, 30, 0, 10)


def test_neware_times_are_those_of_the_step_and_of_the_test() -> None:
    reading = of(neware_csv.READER, NEWARE)
    assert reading["time"].values[-1] == 14400.0
    assert reading["step_time"].values[6] == 600.0
    assert reading["contact_resistance"].unit == "mohm"
    assert reading["specific_capacity"].unit == "mA*h/g"
    assert reading["charge_capacity"].unit == "mA*h"
    assert reading.started_at == datetime(2024, 3, 1, 0, 10)
    hours = of(neware_csv.READER, "Cycle Index,Total Time(h),Voltage(V),Current(mA)\n1,0.5,3.1,1\n1,1.5,3.2,1\n")
    assert (hours["time"].unit, hours["time"].values.tolist()) == ("h", [0.5, 1.5])


def test_a_current_without_its_sign_is_not_called_the_current() -> None:
    reading = of(neware_csv.READER, NEWARE_OLD)
    assert "current" not in reading
    assert reading["current_magnitude"].values.tolist() == [1.0] * 24
    assert "without its sign" in reading.doubts[0]
    assert not ANALYSIS.applies(reading)
    # The clock gives the time, as the file has no total one.
    assert reading["time"].values[-1] == 23 * 600.0
    assert reading["direct_current_resistance"].unit == "ohm"


def test_a_layered_report_gives_each_record_its_cycle_and_step() -> None:
    reading = of(neware_csv.READER, LAYERED)
    assert reading["cycle_number"].values.tolist() == [1] * 12 + [2] * 12
    assert reading["step_index"].values.tolist() == ([1] * 6 + [2] * 6) * 2
    assert reading["step_time"].values[0] == 600.2505
    assert reading.header["cycles"] == [
        ["CycleID", "Cap_Chg(mAh)", "Cap_DChg(mAh)"], ["1", "1.0", "1.0"], ["2", "1.0", "1.0"],
    ]  # fmt: skip
    steps = reading.header["steps"]
    assert isinstance(steps, list)
    assert len(steps) == 5


def test_steps_of_two_days_are_not_taken_for_midnights() -> None:
    text = NEWARE_OLD.replace("0:10:00.000", "20:00:00.000").replace("1:00:00.000", "49:00:00.000")
    assert of(neware_csv.READER, text)["step_time"].values.max() == 49 * 3600.0


def test_columns_that_differ_by_a_factor_are_doubted() -> None:
    lines = BDF.split("\n")
    text = "\n".join([lines[0] + ",Current", *(f"{x},{1000 * float(x.split(',')[2])}" for x in lines[1:-1])]) + "\n"
    reading = of(bdf_csv.READER, text)
    assert "differ by a factor of 1000" in reading.doubts[0]
    assert reading["current"].unit == "A"


@pytest.mark.parametrize(
    ("cell", "seconds"),
    [
        ("0:00:10", 10.0), ("1:02:03.456", 3723.456), ("1:02:03,456", 3723.456), ("100:00:00", 360000.0),
        ("2d 01:02:03", 176523.0), ("1-00:00:01", 86401.0), ("1:02:03:456", 3723.456), ("1:02:03:456:789", 3723.456789),
        ("1:02", None), ("12.5", None), ("2024-01-01 00:00:00", None), ("", None),
    ],
)  # fmt: skip
def test_clocks(cell: str, seconds: float | None) -> None:
    assert clock_seconds(cell) == (pytest.approx(seconds, abs=1e-9) if seconds is not None else None)


@pytest.mark.parametrize(
    ("label", "name", "unit"),
    [
        ("Charge_Capacity(Ah)", "charge_capacity", "A*h"),
        ("CapaCity-DChg(mAh)", "discharge_capacity", "mA*h"),
        ("DChg. Spec. Cap.(mAh/g)", "specific_discharge_capacity", "mA*h/g"),
        ("Engy_Chg(mWh)", "charge_energy", "mW*h"),
        ("Cumulative Capacity / Ah", "cumulative_capacity", "A*h"),
        ("Aux_Temperature(°C)_2", "auxiliary_temperature_2", "degC"),
        ("T1(℃)", "auxiliary_temperature_1", "degC"),
        ("dV/dt(V/s)", "dv_dt", "V/s"),
        ("dQ/dV(mAh/V)", "dq_dv", "mA*h/V"),
        ("Total Time(h)", "time", "h"),
        ("Cycle Count / 1", "cycle_number", ""),
        ("Cur(mA)", "current", "mA"),
        ("Jump", "", ""),
    ],
)
def test_names_of_columns(label: str, name: str, unit: str) -> None:
    assert name_of(label) == name
    if name:
        assert read_columns([label])[0].unit == unit


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        (BDF.replace("1200.0,3.6", "x,3.6"), DamagedFile, "column 'Test Time / s', row 2; 'x' was found"),
        (BDF.replace("1200.0,3.6", ",3.6"), DamagedFile, "the time is missing in row 2 of 24"),
        (BDF.replace("1200.0,3.6,", "1200.0,"), DamagedFile, "line 3: 11 cells were expected, 10 were found"),
        (BDF.split("\n")[0] + "\n", NothingMeasured, "no rows"),
        ("a,b\n1,2\n", DamagedFile, "a row of names with voltage and current"),
    ],
)
def test_damage_is_named(text: str, error: type[DamagedFile], words: str) -> None:
    with pytest.raises(error) as caught:
        of(bdf_csv.READER, text)
    assert words in caught.value.fault
    assert caught.value.mend


def test_damage_in_layers_is_named() -> None:
    with pytest.raises(DamagedFile, match="is indented by 3"):
        of(neware_csv.READER, LAYERED.replace("\t\t\t\t2\t", "\t\t\t2\t", 1))
    with pytest.raises(DamagedFile, match="stands before its cycle"):
        of(neware_csv.READER, LAYERED.replace("\n1\t1.0\t1.0\t\n", "\n", 1))
    with pytest.raises(DamagedFile, match="6 cells were expected, 7"):
        of(neware_csv.READER, LAYERED.replace("\t0.1\t", "\t0.1\t0.2\t", 1))
    with pytest.raises(NothingMeasured):
        of(neware_csv.READER, "\n".join(LAYERED.split("\n")[:5]))


def test_other_tables_are_not_claimed() -> None:
    voltammogram = b"Time (s),Voltage (V),Current (A)\n0,1,2\n1,1,2\n"
    summary = b"Cycle_Index,Test_Time(s),Charge_Capacity(Ah),Discharge_Capacity(Ah)\n1,2,3,4\n"
    for reader in (bdf_csv.READER, arbin_csv.READER, neware_csv.READER):
        for text in (voltammogram, summary, b"a\tb\n", b"\0\1\2"):
            assert reader.recognise(Source(text)) is None
    claim = bdf_csv.READER.recognise(Source(BDF.encode()))
    assert claim is not None
    assert claim.confidence is Confidence.CERTAIN


@given(st.lists(st.tuples(*[st.floats(-1e9, 1e9)] * 3), min_size=1, max_size=20))
def test_every_number_comes_back(rows: list[tuple[float, float, float]]) -> None:
    text = "Test Time / s,Voltage / V,Current / A\n" + "".join(f"{a!r},{b!r},{c!r}\n" for a, b, c in rows)
    reading = of(bdf_csv.READER, text)
    for name, column in zip(("time", "potential", "current"), zip(*rows, strict=True), strict=True):
        assert reading[name].values.tolist() == list(column)


def test_the_real_file(shared: Callable[[str], Path]) -> None:
    choice, (reading,) = read(Source(shared("echem/arbin_example.bdf.csv")))
    assert choice.reader is bdf_csv.READER
    assert len(reading.variables) == 31
    assert len(reading["time"]) == 2150
    assert (reading["potential"].values[0], reading["potential"].values[-1]) == (3.8591957, 3.872108)
    assert reading["potential"].unit == "V"
    assert reading["current"].unit == "A"
    assert reading["charge_capacity"].unit == "A*h"
    assert reading.started_at == datetime(2023, 7, 24, 18, 50)
    assert reading["cycle_number"].values.max() == 4
    # Its maker took amperes for milliamperes when he added the columns of BDF.
    assert [d.partition(" differ")[0] for d in reading.doubts] == [
        "Columns 'Current / A' and 'Current'",
        "Columns 'Charging Capacity / Ah' and 'Charge_Capacity'",
        "Columns 'Discharging Capacity / Ah' and 'Discharge_Capacity'",
    ]
    found = ANALYSIS.analyse(reading, options={})
    assert [row[2] for row in found.rows[:2]] == ["charge", "discharge"]
    assert np.median([row[10] for row in found.rows if row[10] is not None]) == pytest.approx(99.5, abs=0.1)
