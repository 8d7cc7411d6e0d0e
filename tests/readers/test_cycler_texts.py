"""Text of Maccor's, PEC's, Novonix', BaSyTec's and LAND's cyclers, and Neware's newest layers: small files after public
ones and the names that other programs cite."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

import pytest

from kiban.analysis.galvanostatic_cycling import ANALYSIS as CYCLING
from kiban.errors import DamagedFile, NothingMeasured
from kiban.readers import basytec_text, landt_text, maccor_text, neware_csv, novonix_csv, pec_csv
from kiban.readers.battery.clock import clock_seconds
from kiban.readers.source import Source
from kiban.testing.reader_suite import ReaderSuite

MACCOR_NAMES = (
    "Rec#\tCyc#\tStep\tTestTime\tStepTime\tAmp-hr\tWatt-hr\tAmps\tVolts\tState\tES\tDPt Time\tACImp/Ohms\tDCIR/Ohms"
    "\tAux #1\t Units\tAux #2\t Units\tVAR1\t\n"
)
MACCOR_TOP = (
    "Today's Date:\t14 December 2020\tDate of Test:\t11 December 2020, 12:22:12 PM\n"
    "Filename:\tcell_01\tTester Channel:\t7\nProcedure:\tformation.000\tDescription:\tfirst of three\n"
)


def maccor_row(n: int, seconds: float, volts: float, amps: float, state: str) -> str:
    clock = f"  0d 00:{int(seconds // 60):02d}:{seconds % 60!r}"
    return (
        f"{n}\t0\t{n}\t{clock}\t{clock}\t0.00060\t0.00203\t{amps:.5f}\t{volts:.5f}\t{state}\t0\t12/11/2020 12:22:12"
        "\t0.00000\t0.01500\t-2501.71411\t C  \t25.10000\t C  \t0.00000\t\n"
    )


MACCOR = (
    MACCOR_TOP
    + MACCOR_NAMES
    + maccor_row(1, 0, 3.4625, 0, "R")
    + maccor_row(2, 5.05000019073486, 3.41627, 0.50401, "D")
    + maccor_row(3, 65.5, 3.52, 0.25, "C")
)
MACCOR_CSV = (
    "Cyc#,Step,TestTime(s),StepTime(s),Capacity(Ah),Watt-hr,Current(A),Voltage(V),DPt Time,Temp 1,EV Temp\n"
    '869,11,"5,577,644.47",  0d 00:22:05.05,552.0699,"2,082.06","1,499.8856",3.9200,1,30.08,0.0\n'
    '869,11,"5,577,649.47",  0d 00:22:10.05,554.1531,"2,090.23","1,499.8856",3.9209,1,30.13,0.0\n'
)
MIMS = (
    "Rec\tCycle P\tCycle C\tStep\tTest Time (s)\tStep Time (s)\tCapacity (Ah)\tEnergy (Wh)\tCurrent (A)\tVoltage (V)"
    "\tDCIR (Ohms)\tMD\tES\tDPT Time\n"
    "1\t1\t0\t1\t0.0\t0.0\t0.0\t0.0\t0.1\t3.1\t0\tC\t0\t2021-03-04 10:00:00\n"
    "2\t1\t1\t2\t1.0\t0.0\t0.1\t0.3\t0.1\t3.0\t0\tD\t0\t2021-03-04 10:00:01\n"
)
PEC_NAMES = (
    "Test,Cell,Rack,Shelf,Position,Cell ID,Step,Instruction Name,Cycle,Total Time (Hours in hh:mm:ss.xxx),"
    "Step Time (Seconds),Real Time,Voltage (V),Current (A),Charge Capacity (mAh),Discharge Capacity (mAh),"
    "50% DoD vs CRate (mV),Temp (°C),\n"
)
PEC = (
    "Test:,25205\nTestRegime Name:,OCV long\nTestRegime CellSize:,1500 mAh\nProduct ID:,pouch 3\nRequestor:,vie\n"
    "Parameter values:,64000,1.161,500\n"
    + PEC_NAMES
    + "25205,1,A4,014,1,33_6,0,Idle,0,00:00:00.002,0.002,01/18/2026 17:45:08,3.6824952,0,0,0,,19.26,\n"
    + "25205,2,A4,014,2,33_7,0,Idle,0,00:00:00.003,0.003,01/18/2026 17:45:08,3.5,0,0,0,,19.30,\n"
    + "25205,1,A4,014,1,33_6,1,Charge,0,01:00:01.500,1,01/18/2026 18:45:09,3.70,1.5,2.5,0,,19.26,\n"
)
NOVONIX = (
    "[Summary]\nCell: X12\nProtocol: Formation\nStarted: 2023-06-14 5:22:45 PM\n[End Summary]\n[Data]\n"
    "Date and Time,Cycle Number,Step Type,Run Time (h),Step Time (h),Current (A),Potential (V),Capacity (Ah),"
    "Temperature (°C),Energy (Wh),dVdt (V/h),Step Number\n"
    "2023-06-14 5:22:45 PM,0,0,0.0000000,0.0000000,0.0000000,3.0,0.0,25.0,0,0,0\n"
    "2023-06-14 5:22:55 PM,0,1,0.0027778,0.0027778,0.1000000,3.1,0.0002,25.0,0,0,1\n"
)
BASYTEC = (
    "~Resultfile from Basytec Battery Test System\n~Date and Time of Data Converting: 19.05.2025 14:36:50\n"
    "~Name of Test: KM 721\n~Battery: KM-721(16) 50mAh\n~Testchannel: 12\n~Operator (Test): Sato\n~\n"
    "~Time[h]\tDataSet\tDateTime\tt-Step[h]\tLine\tCommand\tU[V]\tI[A]\tAh[Ah]\tWh[Wh]\tT1[°C]\tCyc-Count\tCount\tState\n"
    "0.000000\t1\t05.05.2025 14:36:06\t0.000000\t2\tPause\t2.875\t0\t0\t0\t25.1\t0\t1\t0\n"
    "0.001000\t2\t05.05.2025 14:36:09\t0.001000\t3\tCharge\t2.876\t0.005\t1e-6\t0\t25.2\t0\t1\t0\n"
)
LANDT = (
    "Record\tCycle-Index\tStepNo\tTestTime/h\tStepTime/h\tVoltage/V\tCurrent/mA\tCapacity/mAh\tSpeCap/mAh/g\tSysTime\tState\n"
    "1\t1\t1\t0\t0\t3.1\t0\t0\t0\t2024-01-15 10:00:00\tR\n"
    "2\t1\t2\t0.01\t0.0\t3.2\t1.5\t0.1\t10\t2024-01-15 10:00:36\tRateC\n"
)
LAYERS = (
    "Cycle Index,Chg. Cap.(Ah),DChg. Cap.(Ah)\n"
    ",Step Index,Step Number,Step Type,Step Time,Capacity(Ah)\n"
    ",,DataPoint,Time,Total Time,Current(A),Voltage(V),Capacity(Ah),Date,T1(?),Aux. ?T(?)\n"
    "1,0.02256,0.33067,1,1,Rest,00:00:20,0.00000\n"
    ",,1,00:00:00,00:00:00,0.00000,4.3185,0.0,2026-03-06 12:37:25,26.61,1.25\n"
    ",,2,00:00:02,00:00:02,0.00000,4.3186,0.0,2026-03-06 12:37:27,26.61,1.44\n"
    ",2,2,CC Chg,00:02:51,0.02256\n"
    ",,3,00:00:00,00:00:20,0.50000,4.3734,0.0,2026-03-06 12:37:45,26.70,1.44\n"
)


class TestMaccor(ReaderSuite):
    reader = maccor_text.READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "with states": MACCOR.encode(),
        "CSV with thousands": MACCOR_CSV.encode(),
        "MIMS, CRLF": MIMS.replace("\n", "\r\n").encode(),
        "names alone above": (MACCOR_NAMES + maccor_row(1, 0, 3.4, 0, "R") + maccor_row(2, 1, 3.4, 0, "R")).encode(),
    }


class TestPec(ReaderSuite):
    reader = pec_csv.READER
    examples: ClassVar[Mapping[str, bytes]] = {"two cells": PEC.encode(), "CP1252": PEC.encode("cp1252")}


class TestNovonix(ReaderSuite):
    reader = novonix_csv.READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "summary": NOVONIX.encode("utf-8-sig"),
        "data alone": NOVONIX.split("[Data]\n")[1].encode(),
    }


class TestBasytec(ReaderSuite):
    reader = basytec_text.READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "UTF-8": BASYTEC.encode(),
        "CP1252, CRLF": BASYTEC.replace("\n", "\r\n").encode("cp1252"),
        "names alone": BASYTEC[BASYTEC.index("~Time[") :].encode(),
    }


class TestLandt(ReaderSuite):
    reader = landt_text.READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "tabs": LANDT.encode(),
        "CSV": LANDT.replace("\t", ",").encode(),
    }


class TestNewareLayers(ReaderSuite):
    reader = neware_csv.READER
    examples: ClassVar[Mapping[str, bytes]] = {"first step behind its cycle": LAYERS.encode()}


def one(module, text: str, name: str = "cell.txt"):
    [reading] = module.READER.read(Source(text.encode(), name=name))
    return reading


def test_maccor_has_the_sign_that_its_state_says():
    reading = one(maccor_text, MACCOR)
    assert reading.technique == "galvanostatic_cycling"
    assert reading.axis.name == "time"
    assert reading["time"].values.tolist() == [0, 5.05000019073486, 65.5]
    assert reading["current"].values.tolist() == [0, -0.50401, 0.25]
    assert reading["current_magnitude"].values.tolist() == [0, 0.50401, 0.25]
    assert reading["potential"].in_unit("V")[1] == 3.41627
    assert reading["capacity"].unit == "A*h"
    assert reading["direct_current_resistance"].in_unit("mohm").tolist() == pytest.approx([15, 15, 15])
    assert reading.started_at == datetime(2020, 12, 11, 12, 22, 12)
    assert reading.title == "cell_01"
    assert reading.metadata["method"] == "formation.000"
    assert reading.metadata["channel"] == 7
    assert reading.metadata["comment"] == "first of three"
    assert CYCLING.applies(reading)


def test_maccor_sensors_have_the_unit_beside_them_or_are_not_there():
    reading = one(maccor_text, MACCOR)
    assert reading["auxiliary_temperature_2"].in_unit("K")[0] == pytest.approx(298.25)
    assert "Aux #1" in reading.header["empty_columns"]
    assert "auxiliary_temperature_1" not in reading


def test_maccor_without_states_has_no_signed_current():
    reading = one(maccor_text, MACCOR_CSV)
    assert "current" not in reading
    assert reading["current_magnitude"].values[0] == 1499.8856
    assert reading["time"].in_unit("s").tolist() == [5577644.47, 5577649.47]
    assert reading["energy"].values[1] == 2090.23
    assert any("without a sign" in doubt for doubt in reading.doubts)


def test_maccor_current_in_an_unknown_state_is_not_guessed_at():
    reading = one(maccor_text, MACCOR.replace("\tD\t", "\tZ\t"))
    assert "current" not in reading
    assert any("state Z" in doubt for doubt in reading.doubts)


def test_mims_is_maccor_too():
    reading = one(maccor_text, MIMS)
    assert reading["current"].values.tolist() == [0.1, -0.1]
    assert reading.started_at == datetime(2021, 3, 4, 10)


def test_pec_gives_a_reading_for_each_cell():
    first, second = pec_csv.READER.read(Source(PEC.encode(), name="t.csv"))
    assert (first.sample_name, second.sample_name) == ("33_6", "33_7")
    assert first["time"].in_unit("s").tolist() == pytest.approx([0.002, 3601.5])
    assert first["step_time"].values.tolist() == [0.002, 1]
    assert first["current"].values.tolist() == [0, 1.5]
    assert second["potential"].values.tolist() == [3.5]
    assert first["charge_capacity"].in_unit("A*h")[1] == pytest.approx(0.0025)
    assert first["temperature"].unit == "degC"
    assert first.started_at == datetime(2026, 1, 18, 17, 45, 8)
    assert first.metadata["battery_capacity"].in_unit("A*h").value == 1.5
    assert "reference_electrode" not in first.metadata
    assert first.header["fields"]["Parameter values"] == ["64000", "1.161", "500"]


def test_novonix_runs_along_its_run_time():
    reading = one(novonix_csv, NOVONIX)
    assert reading["time"].in_unit("s").tolist() == pytest.approx([0, 10.00008])
    assert reading.sample_name == "X12"
    assert reading.metadata["method"] == "Formation"
    assert reading.started_at == datetime(2023, 6, 14, 17, 22, 45)


def test_basytec_commands_are_steps():
    reading = one(basytec_text, BASYTEC)
    assert reading["time"].in_unit("s").tolist() == pytest.approx([0, 3.6])
    assert reading["current"].in_unit("mA").tolist() == pytest.approx([0, 5])
    assert reading.header["categories"]["Command"] == ["Pause", "Charge"]
    assert reading.sample_name == "KM-721(16) 50mAh"
    assert reading.operator == "Sato"
    assert reading.started_at == datetime(2025, 5, 5, 14, 36, 6)


def test_landt_has_the_units_of_its_names():
    reading = one(landt_text, LANDT)
    assert reading["time"].in_unit("s").tolist() == pytest.approx([0, 36])
    assert reading["current"].in_unit("A").tolist() == pytest.approx([0, 1.5e-3])
    assert reading["specific_capacity"].unit == "mA*h/g"
    assert reading["cycle_number"].values.tolist() == [1, 1]


def test_neware_writes_the_first_step_behind_its_cycle():
    reading = one(neware_csv, LAYERS, "n.csv")
    assert reading["step_index"].values.tolist() == [1, 1, 2]
    assert reading["cycle_number"].values.tolist() == [1, 1, 1]
    assert reading["current"].values.tolist() == [0, 0, 0.5]
    assert reading.header["steps"][1][2] == "Rest"
    assert reading.header["cycles"][1] == ["1", "0.02256", "0.33067"]


def test_a_temperature_whose_degree_sign_was_lost_is_in_degrees_but_a_difference_is_not():
    reading = one(neware_csv, LAYERS, "n.csv")
    assert reading["auxiliary_temperature_1"].unit == "degC"
    assert next(v for v in reading.variables if v.label == "Aux. ?T(?)").series.unit == ""


def test_seconds_with_fifteen_decimals_are_a_clock():
    assert clock_seconds("  0d 00:00:0.0500000007450581") == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("module", "text", "error", "words"),
    [
        (maccor_text, MACCOR.replace("\t3.41627", ""), DamagedFile, "cells were expected"),
        (maccor_text, MACCOR_TOP + MACCOR_NAMES, NothingMeasured, "no rows"),
        (pec_csv, PEC.replace("3.70,1.5", "3.70,x"), DamagedFile, "a number was expected in column 'Current"),
        (basytec_text, BASYTEC.replace("0.001000\t2", "\t2"), DamagedFile, "the time is missing in row 2"),
        (neware_csv, LAYERS.replace("1,0.02256,0.33067,1,1,", "1,0.02256,0.33067,x,1,"), DamagedFile, "3 cells"),
    ],
)
def test_damage_is_named(module, text, error, words):
    with pytest.raises(error, match=words):
        module.READER.read(Source(text.encode(), name="cell.txt"))
