"""Text exports of thermal analysers: one real file of Mettler-Toledo's, the others in small."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers import mettler_stare, netzsch_proteus, ta_instruments_text
from kiban.readers.contract import Reader
from kiban.readers.recognise import choose, read
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

NETZSCH = """#EXPORTTYPE:DATA ALL
#FILE:ash.ngb-ds3
#FORMAT:NETZSCH5
#IDENTITY:CF-A
#DECIMAL:POINT
#SEPARATOR:SEMICOLON
#MTYPE:TG
#INSTRUMENT:NETZSCH STA 449F3
#DATE/TIME:08.10.2024 15:04
#SENSITIVITY:---
#OPERATOR:TS
#REMARK:
#SAMPLE:CF-A ash
#SAMPLE MASS /mg:4.28
#TYPE OF CRUCIBLE:DTA/TG crucible Al2O3
#EXO:-1
#RANGE:37°C/15,0(K/min)/1000°C/00:00/1000°C/
#SEGMENT:S1-2/2

##Temp./°C;Time/min;DSC/(mW/mg);Mass/%;Gas Flow(purge2)/(ml/min);Sensit./(uV/mW);QMID(s:1|m:18)/A;Segment
  31.06100; 0.00000;-8.719357e-02;100.00000;50.00000;3.42446;1.2e-10;1
  31.04500; 0.01000;-8.719000e-02;100.10000;50.00000;3.42446;1.3e-10;1
  31.07300; 0.02000;-8.718000e-02; 99.95327;50.00000;3.42446;1.1e-10;2
"""
NETZSCH_COMMA = """#EXPORTTYPE:                 ,DATA ALL      ,,
#INSTRUMENT:,NETZSCH DSC 204F1 Phoenix,,
#DATE/TIME:,6/21/2021 2:04:05 PM (UTC+2),,
#EXO:,1,,
##Temp./C,Time/min,DSC/(uV/mg),Sensit./(uV/mW)
25.243,0,-3.73E-04,1
26.243,0.5,-3.83E-04,1
"""
NETZSCH_TABS = """#FORMAT:NETZSCH5
#DECIMAL:COMMA
#SEPARATOR:TAB
#INSTRUMENT:NETZSCH DIL 402C
#SAMPLE LENGTH /mm:24,948
##Temp./°C\tdL/Lo
25,5\t0,001
26,5\t0,002
"""
TA = """CLOSED
Version\t2.0
Run\t1
Instrument\tDSC Q2000 V24.11 Build 124
Module\tDSC Standard Cell RC
Operator
InstSerial\t2000-2514
Sample\tZeolite
Size\t28.0000\tmg
Comment\tfirst
Xcomment\tPan: None
Xcomment\tGas1: Air 50.0 ml/min
Exotherm\tUP
Nsig\t5
Sig1\tTime (min)
Sig2\tTemperature (°C)
Sig3\tHeat Flow (mW)
Sig4\tHeat Capacity (mJ/°C)
Sig5\tSample Purge Flow (mL/min)
Date\t2026-03-09
Time\t10:48:37
OrgMethod\t1: Ramp 5.00 °C/min to 550.00 °C
OrgMethod\t2: Isothermal for 180.00 min
StartOfData
4.99994E-4\t69.41475\t-5.384774\t0.0000000\t49.99391
-2.000000\t1.000000\t0.000000\t0.000000\t0.000000
0.01216666\t69.41914\t-5.344699\t225.8698\t50.00804
0.03050000\t69.42689\t-5.270264\t212.6972\t50.00088
"""
TA_TGA = """Instrument\tTGA Q500 V20.13 Build 39
Nsig\t3
Sig1\tTime (min)
Sig2\tTemperature (°C)
Sig3\tWeight (mg)
Date\t02-Mar-2015
Time\t10:02:03
StartOfData
0.0\t25.1\t10.5
0.1\t25.6\t10.4
"""
METTLER = """Title                                                           28.11.2022 15:28
________________________________________________________________________________

Title

Curve Name:
  LNO, 28.11.2022 14:59:27
  Performed 28.11.2022 14:59:26
  Sample Weight
Curve Values:
          Index              t             Ts             Tr          Value
                           [s]           [°C]           [°C]           [mg]
              0              0        21.0052             25        4.17537
              1              1        21.0037        25.1667        4.17538
              2              2        21.0039        25.3333        4.17535


Results:
Sample:
  LNO, 4.1752 mg

________________________________________________________________________________
Not signed                                                        STARe SW 13.00
"""
METTLER_TWO = """FileName:
  PP, 01.01.2024 18:00:00
  Heat Flow
SampleID:
  PP, 4,9292 mg
User:
  thermo
Curve:
 Index t Ts Tr Value
 [s] [°C] [°C] [mW]
 0 0 45,647 50,000 -1,5
 1 1 45,699 50,083 -1,6
FileName:
  PP, 01.01.2024 18:00:00
  SDTA
Curve:
 Index t Ts Value
 [s] [°C] [°C]
 0 0 45,647 0,1
 2 2 45,699 0,2
"""


class TestNetzsch(ReaderSuite):
    reader = netzsch_proteus.READER
    examples: ClassVar[dict[str, bytes]] = {
        "semicolons, CP1252, CRLF": NETZSCH.replace("\n", "\r\n").encode("cp1252"),
        "another code page": NETZSCH.encode("cp1252").replace(b"\xb0", b"\x9b"),
        "UTF-8": NETZSCH.encode(),
        "UTF-16": NETZSCH.encode("utf-16"),
        "commas": NETZSCH_COMMA.encode(),
        "tabs, decimal commas, no time": NETZSCH_TABS.encode(),
    }


class TestTaInstruments(ReaderSuite):
    reader = ta_instruments_text.READER
    examples: ClassVar[dict[str, bytes]] = {
        "DSC, UTF-8": TA.encode(),
        "DSC, UTF-16": TA.encode("utf-16"),
        "TGA, CP1252, CRLF": TA_TGA.replace("\n", "\r\n").encode("cp1252"),
    }


class TestMettler(ReaderSuite):
    reader = mettler_stare.READER
    examples: ClassVar[dict[str, bytes]] = {
        "CP1252, CRLF": METTLER.replace("\n", "\r\n").encode("cp1252"),
        "two curves, decimal commas": METTLER_TWO.encode(),
        "degree sign lost": METTLER_TWO.replace("°", "\ufffd").encode(),
    }


def of(reader: Reader, text: str, encoding: str = "utf-8") -> Reading:
    (reading,) = reader.read(Source(text.encode(encoding), name="a.txt"))
    return reading


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_a_netzsch_file_is_read_with_all_that_is_stated(encoding: str) -> None:
    reading = of(netzsch_proteus.READER, NETZSCH, encoding)
    assert reading.technique == "thermogravimetry"
    assert reading.title == "CF-A ash: TG"
    assert [(v.name, v.series.unit, v.role) for v in reading.variables] == [
        ("time", "min", Role.AXIS),
        ("mass", "percent", Role.SIGNAL),
        ("heat_flow", "mW/mg", Role.SIGNAL),
        ("temperature", "degC", Role.AUXILIARY),
        ("gas_flow_purge2", "mL/min", Role.AUXILIARY),
        ("sensitivity", "uV/mW", Role.AUXILIARY),
        ("ion_current_18", "A", Role.SIGNAL),
        ("segment", "", Role.AUXILIARY),
    ]
    assert reading["mass"].values.tolist() == [100.0, 100.1, 99.95327]
    assert reading["heat_flow"].values[0] == -8.719357e-02
    assert reading.started_at == datetime(2024, 10, 8, 15, 4)
    assert reading.operator == "TS"
    assert reading.sample_name == "CF-A ash"
    assert dict(reading.metadata) == {
        "maker": "NETZSCH",
        "model": "STA 449F3",
        "technique_name": "TG",
        "sample_id": "CF-A",
        "crucible": "DTA/TG crucible Al2O3",
        "temperature_program": "37°C/15,0(K/min)/1000°C/00:00/1000°C/",
        "exothermic_direction": "-1",
        "sample_mass": Measured(4.28, "mg"),
    }
    assert reading.doubts == ()


def test_netzsch_with_commas_and_a_zone() -> None:
    reading = of(netzsch_proteus.READER, NETZSCH_COMMA)
    assert reading.technique == "differential_scanning_calorimetry"
    assert reading["temperature"].unit == "degC"
    assert reading["heat_flow"].unit == "uV/mg"
    assert reading.started_at == datetime(2021, 6, 21, 14, 4, 5, tzinfo=timezone(timedelta(hours=2)))
    unclear = of(netzsch_proteus.READER, NETZSCH_COMMA.replace("6/21/", "6/2/"))
    assert unclear.started_at is None
    assert "cannot be read as one date" in unclear.doubts[0]


def test_netzsch_without_time_is_drawn_over_the_temperature() -> None:
    reading = of(netzsch_proteus.READER, NETZSCH_TABS)
    assert reading.technique == "table"
    assert reading.axis is not None
    assert reading.axis.name == "temperature"
    assert reading["temperature"].values.tolist() == [25.5, 26.5]
    assert reading["relative_length_change"].values.tolist() == [0.001, 0.002]
    assert reading.metadata["sample_length"] == Measured(24.948, "mm")


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_a_ta_file_is_read_with_all_that_is_stated(encoding: str) -> None:
    reading = of(ta_instruments_text.READER, TA, encoding)
    assert reading.technique == "differential_scanning_calorimetry"
    assert reading.title == "Zeolite: DSC Q2000"
    assert {v.name: v.series.unit for v in reading.variables} == {
        "time": "min",
        "heat_flow": "mW",
        "heat_capacity": "mJ/K",
        "temperature": "degC",
        "purge_flow": "mL/min",
    }
    assert reading["heat_flow"].values.tolist() == [-5.384774, -5.344699, -5.270264]
    assert reading.header["markers"] == [[-2.0, 1.0, 0.0, 0.0, 0.0]]
    assert reading.started_at == datetime(2026, 3, 9, 10, 48, 37)
    assert reading.metadata["sample_mass"] == Measured(28.0, "mg")
    assert reading.metadata["exothermic_direction"] == "UP"
    assert reading.metadata["temperature_program"] == "1: Ramp 5.00 °C/min to 550.00 °C; 2: Isothermal for 180.00 min"
    assert reading.metadata["serial_number"] == "2000-2514"
    assert reading.header["fields"]["Xcomment"] == ["Pan: None", "Gas1: Air 50.0 ml/min"]  # type: ignore[index,call-overload]
    balance = of(ta_instruments_text.READER, TA_TGA)
    assert balance.technique == "thermogravimetry"
    assert balance["mass"].values.tolist() == [10.5, 10.4]
    assert balance.started_at == datetime(2015, 3, 2, 10, 2, 3)


def test_a_mettler_file_is_read_with_all_that_is_stated() -> None:
    reading = of(mettler_stare.READER, METTLER)
    assert reading.technique == "thermogravimetry"
    assert reading.title == "LNO: Sample Weight"
    assert [(v.name, v.series.unit) for v in reading.variables] == [
        ("time", "s"),
        ("mass", "mg"),
        ("temperature", "degC"),
        ("reference_temperature", "degC"),
    ]
    assert reading["mass"].values.tolist() == [4.17537, 4.17538, 4.17535]
    assert reading.started_at == datetime(2022, 11, 28, 14, 59, 26)
    assert reading.metadata["sample_mass"] == Measured(4.1752, "mg")
    assert reading.metadata["software"] == "STARe SW 13.00"
    assert reading.doubts == ()


def test_two_curves_are_two_readings() -> None:
    flow, difference = mettler_stare.READER.read(Source(METTLER_TWO.encode(), name="a.txt"))
    assert flow.technique == "differential_scanning_calorimetry"
    assert flow["heat_flow"].values.tolist() == [-1.5, -1.6]
    assert flow.metadata["sample_mass"] == Measured(4.9292, "mg")
    assert flow.started_at == datetime(2024, 1, 1, 18, 0)
    assert difference.title == "PP: SDTA"
    assert difference["sdta"].unit == "degC"
    assert "not numbered one by one" in difference.doubts[0]


@pytest.mark.parametrize(
    ("reader", "text", "error", "words"),
    [
        (netzsch_proteus.READER, NETZSCH.replace("##", "#-"), DamagedFile, "a line ## with the names"),
        (
            netzsch_proteus.READER,
            NETZSCH.replace(";1.2e-10;1", ";1.2e-10"),
            DamagedFile,
            "line 21: 8 cells were expected",
        ),
        (netzsch_proteus.READER, NETZSCH.replace("1.2e-10", "x"), DamagedFile, "row 1; 'x' was found"),
        (netzsch_proteus.READER, NETZSCH.replace(" 0.01000", "---"), DamagedFile, "the time is missing in row 2 of 3"),
        (netzsch_proteus.READER, NETZSCH.partition("  31.06")[0], NothingMeasured, "no rows"),
        (ta_instruments_text.READER, TA.replace("StartOf", "Start"), DamagedFile, "a line StartOfData was expected"),
        (
            ta_instruments_text.READER,
            TA.replace("Nsig\t5", "Nsig\t6"),
            DamagedFile,
            "6 signals are promised, 5 are named",
        ),
        (ta_instruments_text.READER, TA.replace("Sig4", "Sig7"), DamagedFile, "[1, 2, 3, 5, 7] were found"),
        (ta_instruments_text.READER, TA.replace("\t49.99391", ""), DamagedFile, "4 signal columns were expected, 5"),
        (ta_instruments_text.READER, TA.partition("4.99994E-4")[0], NothingMeasured, "no points"),
        (mettler_stare.READER, METTLER.replace("Index", "Number"), DamagedFile, "was expected; there is none"),
        (mettler_stare.READER, METTLER.replace("[mg]", "    "), DamagedFile, "5 columns are named, 3 have units"),
        (mettler_stare.READER, METTLER.replace("4.17538", "4.1x"), DamagedFile, "line 14: a curve number was expected"),
    ],
)
def test_damage_is_named(reader: Reader, text: str, error: type[DamagedFile], words: str) -> None:
    with pytest.raises(error) as caught:
        of(reader, text)
    assert words in caught.value.fault
    assert caught.value.mend


def test_other_text_is_not_claimed() -> None:
    for text in (
        b"#a comment\n#another\n##heading\n1 2\n",
        b"## Results;\n#RANGE:1\n",
        b"Sig1\tTime\n1\t2\n",
        b"Index t x\n1 2 3\n",
        b"Index t\n[m] [s]\n0 1\n",
    ):
        for reader in (netzsch_proteus.READER, ta_instruments_text.READER, mettler_stare.READER):
            assert reader.recognise(Source(text)) is None


@given(st.lists(st.tuples(*[st.floats(0, 1e9)] * 3), min_size=1, max_size=20))
def test_every_number_comes_back(rows: list[tuple[float, float, float]]) -> None:
    text = "#FORMAT:NETZSCH5\n#EXO:1\n##Time/min;Temp./°C;Mass/%\n" + "".join(
        f"{a!r};{b!r};{c!r}\n" for a, b, c in rows
    )
    reading = of(netzsch_proteus.READER, text)
    for name, column in zip(("time", "temperature", "mass"), zip(*rows, strict=True), strict=True):
        assert reading[name].values.tolist() == list(column)


def test_the_real_file(shared: Callable[[str], Path]) -> None:
    source = Source(shared("tga/mp2028_281122_LNO+C.txt"))
    choice, (reading,) = read(source)
    assert choice.reader is mettler_stare.READER
    assert choose(source).reader is mettler_stare.READER
    assert len(reading["time"]) == 4051
    assert reading["temperature"].values[0] == 21.0052
    assert (reading["time"].values[-1], reading["temperature"].values[-1]) == (4050.0, 691.76)
    assert reading["mass"].unit == "mg"
    assert reading["mass"].values[-1] == 4.18524
    assert np.all(np.diff(reading["reference_temperature"].values) > 0)
    assert reading.sample_name == "mp2028_281122_LNO"
    assert reading.metadata["sample_mass"] == Measured(4.1752, "mg")
    assert reading.started_at == datetime(2022, 11, 28, 14, 59, 26)


def test_specific_heats_of_proteus_are_counted() -> None:
    text = NETZSCH_COMMA.replace("DSC/(uV/mg)", "Cp(5)/(J/(g*K))")
    reading = of(netzsch_proteus.READER, text)
    assert reading["specific_heat_capacity"].unit == "J/g/K"
    assert reading.technique == "differential_scanning_calorimetry"
