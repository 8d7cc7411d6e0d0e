"""Gamry DTA. No real file is at hand that may be kept here; the small ones follow public files of seven versions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

import pytest

from kiban.errors import DamagedFile, NothingMeasured
from kiban.readers.gamry_dta import READER
from kiban.readers.source import Source
from kiban.testing.reader_suite import ReaderSuite

HEAD = """EXPLAIN
TAG\t{tag}
TITLE\tLABEL\t{title}\tTest &Identifier
DATE\tLABEL\t{date}\tDate
TIME\tLABEL\t{time}\tTime
NOTES\tNOTES\t2\t&Notes...
\tfilm 7, batch B
\t
PSTAT\tPSTAT\tREF600-01234\tPotentiostat
SCANRATE\tQUANT\t5.00000E+001\t&Scan Rate (mV/s)
AREA\tQUANT\t7.10000E-002\tElectrode &Area (cm^2)
CONDIT\tTWOPARAM\tF\t1.50000E+001\t0.00000E+000\tConditionin&g\tTime(s)\tE(V)
PSTATSERIALNO\tLABEL\t01234\tPstat Serial Number
FRAMEWORKVERSION\tLABEL\t7.8.2\tFramework Version
"""
COLUMNS = "\tPt\tT\tVf\tIm\tVu\tSig\tAch\tIERange\tOver\n\t#\ts\tV vs. Ref.\tA\tV\tV\tV\t#\tbits\n"


def head(tag: str, title: str = "A test", date: str = "3/18/2024", time: str = "16:54:44") -> str:
    return HEAD.format(tag=tag, title=title, date=date, time=time)


def rows(start: int, n: int = 3) -> str:
    return "".join(
        f"\t{i}\t{0.1 * (i + 1):.1f}\t{0.01 * i:.5E}\t{1e-6 * i:.5E}\t0\t{0.01 * i}\t-1.0E-003\t5\t{'.' * 11}\n"
        for i in range(start, start + n)
    )


CV = head("CV", "Cyclic Voltammetry") + f"CURVE1\tTABLE\n{COLUMNS}{rows(0)}CURVE2\tTABLE\n{COLUMNS}{rows(3)}"
EIS = (
    head("EISPOT", "Potentiostatic EIS")
    + "OCVCURVE\tTABLE\t2\n\tPt\tT\tVf\tVm\tAch\tOver\tTemp\n\t#\ts\tV vs. Ref.\tV\tV\tbits\tdeg C\n"
    + "\t0\t0.25\t5.9E-002\t5.9E-002\t1.0E-003\t..........a\t-327.63\n"
    + "\t1\t0.50\t5.8E-002\t5.9E-002\t1.0E-003\t...........\t-327.63\n"
    + "EOC\tQUANT\t0.0592\tOpen Circuit (V)\n"
    + "ZCURVE\tTABLE\n\tPt\tTime\tFreq\tZreal\tZimag\tZsig\tZmod\tZphz\tIdc\tVdc\tIERange\n"
    + "\t#\ts\tHz\tohm\tohm\tV\tohm\t°\tA\tV\t##\n"
    + "\t0\t1\t100000\t825.8584\t-1367.239\t1\t1597.306\t-58.86662\t-5.8E-006\t-0.3413\t9\n"
    + "\t1\t3\t10000\t1100.361\t-1502.195\t1\t1862.091\t-53.77713\t-3.6E-006\t-0.3415\t9\n"
)
CHARGE = (
    head("PWR800_CHARGE", "Cyclic Charge Discharge - Charge Step")
    + "CURVE\tTABLE\t2\n\tPt\tT\tVf\tIm\tPwr\tTemp\tOver\n\t#\ts\tV\tA\tW\tdeg C\tbits\n"
    + "\t0\t0.1\t-2.9E-001\t2.0E-002\t-5.8E-003\t2.5E+001\t...........\n"
    + "\t1\t0.2\t-2.8E-001\t2.0E-002\t-5.6E-003\t2.6E+001\t...........\n"
    + "STARTTIMEOFFSET\tQUANT\t16.83167\tStart Time Offset (s)\n"
)
SQUARE = (
    head("SQUARE_WAVE")
    + "CURVE\tTABLE\t1\n\tPt\tT\tVfwd\tVrev\tVstep\tIfwd\tIrev\tIdif\n\t#\ts\tV\tV\tV\tA\tA\tA\n"
    + "\t0\t0.01\t-2.5E-002\t3.7E-002\t6.0E-003\t1.9E-007\t-1.7E-006\t1.9E-006\n"
)
VFP = (
    "VFP600\nTAG\tVFP600\nFREQ\tQUANT\t1.5E+1\tAcquisition Frequency (Hz)\nVFPCURVE\tTABLE\n"
    "\tVoltage\tCurrent\n\tV\tA\n\t0.029996\t5.30E-11\n\t0.029981\t5.42E-11\n"
)


def german(text: str) -> bytes:
    """The same as Framework writes it where Windows has decimal commas."""
    return re.sub(r"(?<=\d)\.(?=\d)", ",", text).replace("3/18/2024", "18.3.2024").encode("cp1252")


class TestGamryDta(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "cyclic voltammetry": CV.encode(),
        "impedance, CP1252, CRLF": EIS.replace("\n", "\r\n").encode("cp1252"),
        "charging": CHARGE.encode(),
        "decimal commas": german(EIS),
        "square wave": SQUARE.encode(),
        "VFP600": VFP.encode(),
    }


def read(content: str | bytes):
    return READER.read(Source(content if isinstance(content, bytes) else content.encode(), name="a.DTA"))


def test_the_curves_of_a_cyclic_voltammetry_are_its_cycles():
    [reading] = read(CV)
    assert reading.technique == "cyclic_voltammetry"
    assert reading.axis.name == "time"
    assert reading["potential"].unit == "V"
    assert reading["potential"].values.tolist() == pytest.approx([0, 0.01, 0.02, 0.03, 0.04, 0.05])
    assert reading["current"].in_unit("uA").tolist() == pytest.approx([0, 1, 2, 3, 4, 5])
    assert reading["cycle_number"].values.tolist() == [1, 1, 1, 2, 2, 2]
    assert reading.started_at == datetime(2024, 3, 18, 16, 54, 44)
    assert reading.metadata["comment"] == "film 7, batch B"
    assert reading.metadata["scan_speed"].in_unit("V/s").value == pytest.approx(0.05)
    assert reading.metadata["electrode_area"].in_unit("mm**2").value == pytest.approx(7.1)
    assert reading.metadata["software"] == "Framework 7.8.2"
    assert reading.header["fields"]["CONDIT"][:2] == ["TWOPARAM", "F"]
    assert reading.header["text_columns"] == {"Over": "..........."}


def test_an_own_column_of_cycles_is_kept():
    numbered = CV.replace("\tOver\n", "\tCycle\n").replace("\tbits\n", "\t#\n").replace("\t...........\n", "\t7\n")
    [reading] = read(numbered)
    assert reading["cycle_number"].values.tolist() == [7] * 6


def test_an_impedance_file_has_its_open_circuit_first():
    rest, spectrum = read(EIS)
    assert (rest.technique, spectrum.technique) == ("open_circuit_voltage", "impedance")
    assert spectrum.axis.name == "frequency"
    assert spectrum["impedance_imaginary"].values.tolist() == [-1367.239, -1502.195]
    assert spectrum["phase"].unit == "deg"
    assert rest["potential"].values.tolist() == [0.059, 0.058]
    assert rest.header["text_columns"] == {"Over": [[0, "..........a"], [1, "..........."]]}


def test_a_temperature_below_absolute_zero_is_no_temperature():
    rest, _ = read(EIS)
    assert "temperature" not in rest
    assert rest.header["empty_columns"] == ["Temp"]
    assert read(CHARGE)[0]["temperature"].in_unit("K")[0] == pytest.approx(298.15)


def test_decimal_commas_and_dotted_dates_give_the_same():
    for one, other in zip(read(EIS), read(german(EIS)), strict=True):
        assert one.started_at == other.started_at
        assert [v.name for v in one.variables] == [v.name for v in other.variables]
        for v in one.variables:
            assert other[v.name].values.tolist() == v.series.values.tolist()


def test_a_lost_degree_sign_is_still_an_angle():
    assert read(EIS.replace("°", "\ufffd"))[1]["phase"].unit == "deg"


def test_charging_is_galvanostatic_cycling():
    [reading] = read(CHARGE)
    assert reading.technique == "galvanostatic_cycling"
    assert reading["power"].values.tolist() == [-5.8e-3, -5.6e-3]


def test_a_square_wave_has_the_difference_as_current():
    [reading] = read(SQUARE)
    assert reading.technique == "electrochemistry"
    assert reading["current"].values.tolist() == [1.9e-6]
    assert reading["current_forward"].values.tolist() == [1.9e-7]


def test_a_date_that_can_be_two_is_a_doubt_and_no_start():
    [reading] = read(CV.replace("3/18/2024", "3/6/2024"))
    assert reading.started_at is None
    assert any("day and month" in doubt for doubt in reading.doubts)


def test_the_default_area_is_not_one_that_was_entered():
    [reading] = read(CV.replace("7.10000E-002", "1.00000E+000"))
    assert "electrode_area" not in reading.metadata


def test_fewer_points_than_promised_are_refused_unless_it_was_aborted():
    short = CHARGE.replace("TABLE\t2", "TABLE\t5")
    with pytest.raises(DamagedFile, match="CURVE promises 5 points, 2 follow"):
        read(short)
    [reading] = read(short + "EXPERIMENTABORTED\tTOGGLE\tT\tExperiment Aborted\n")
    assert "The measurement was aborted." in reading.doubts


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("\t-2.8E-001\t", "\t", "7 cells were expected in CURVE, 6 found"),
        ("-2.8E-001", "x", "'x' was found"),
        ("\t1\t0.2\t", "\t1\t\t", "a number was expected in row 2 of column 'T'"),
    ],
)
def test_damage_is_refused(old, new, fault):
    with pytest.raises(DamagedFile, match=fault):
        read(CHARGE.replace(old, new))


def test_a_header_alone_is_nothing_measured():
    with pytest.raises(NothingMeasured):
        read(head("CV"))
