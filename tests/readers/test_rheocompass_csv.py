"""RheoCompass: small files in the layout that others describe."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from kiban.errors import DamagedFile, NothingMeasured
from kiban.readers.recognise import read as read_file
from kiban.readers.rheocompass_csv import READER
from kiban.readers.source import Source
from kiban.testing.reader_suite import ReaderSuite

ROTATION = (
    "Interval data:\tPoint No.\tTime\tShear Rate\tShear Stress\tViscosity\tStatus\n\t\t\t\t\t\t\n"
    "\t\t[s]\t[1/s]\t[Pa]\t[mPa·s]\t\n"
)
THIXOTROPY = (
    "Project:\tSlurry\n\nTest:\tS1, 25 °C\n\nResult:\t3ITT 1\n\nInterval and data points:\t1\t2\n"
    "Interval data:\tPoint No.\tTime\tShear Strain\tStorage Modulus\tLoss Modulus\tTorque\tStatus\n\t\t\t\t\t\t\t\n"
    "\t\t[s]\t[%]\t[Pa]\t[Pa]\t[µN·m]\t\n\t1\t1\t0.1\t100\t20\t1.2\tDy_auto\n\t2\t2\t0.1\t101\t21\t1.25\tDy_auto\n\n"
    "Interval and data points:\t2\t2\n" + ROTATION + "\t1\t3\t100\t50\t500\tDy_auto\n\t2\t4\t100\t49\t490\t\n\n"
    "Result:\tFlow 2\n\nInterval and data points:\t1\t1\n" + ROTATION + "\t1\t3\t0.1\t5\t50000\tM-\n"
    "Interval and data points:\t2\t2\n" + ROTATION + "\t1\t4\t1\t10\t10000\t\n\t2\t5\t10\t50\t5000\t\n"
)
PORTUGUESE = (
    "Projeto:\tVisc\n\nTeste:\tAmostra A - 0,1 mm\n\nResultado:\tViscosity curve 1\n\n"
    "Intervalo e ponto de dados:\t1\t3\nDados do intervalo:\tNo. do Ponto\tTaxa de Cisalhamento\t"
    "Tensão de Cisalhamento\tViscosidade\tTemperatura\tTorque\tStatus\n\t\t\t\t\t\t\t\n"
    "\t\t[1/s]\t[Pa]\t[mPa·s]\t[°C]\t[mN·m]\t\n\t1\t0,1\t12,5\t125000\t25\t0,408\tWMa\n"
    "\t2\t1\t15,5\t15500\t25\t0,5\tWMa\n\t3\t10\t30,5\t3050\t25,01\t9,9E-01\tM-\n\n"
)
CREEP = (
    "Result:,0.112Pa Forward 1\nInterval and data points:,1,2\n"
    "Interval data:,Point No.,Time,Interval Time,Shear Stress,Shear Strain\n,,,,,\n,,[s],[s],[Pa],[1]\n"
    ",1,0.1,0.1,0.112,0.001\n,2,0.2,0.2,0.112,0.002\n"
    "Interval and data points:,2,1\nInterval data:,Point No.,Time,Interval Time,Shear Stress,Shear Strain\n,,,,,\n"
    ",,[s],[s],[Pa],[1]\n,1,0.3,0.1,0.2,0.004\n"
)
SWEEP = (
    "Test:\tA\nResult:\tFS\nInterval and data points:\t1\t2\n"
    "Interval data:\tPoint No.\tTemperature\tAngular Frequency\tG'\tShear Strain\tStatus\tIm(Complex Viscosity)\n\n"
    "\t\t[°C]\t[rad/s]\t[Pa]\t[%]\t\t[mPa·s]\n\t1\t210.2\t100\t500\t1\tWMa,TruStrain™\t5000\n"
    "\t2\t210.3\t10\t50\t1.001\tWMa,TruStrain™\t5100\n"
)


def wide(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode("utf-16")


class TestRheocompass(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "3itt.csv": wide(THIXOTROPY),
        "visco.csv": wide(PORTUGUESE),
        "creep.csv": CREEP.encode(),
        "sweep.csv": wide(SWEEP),
    }


def test_results_and_changes_of_columns_begin_readings(tmp_path: Path) -> None:
    path = tmp_path / "3itt.csv"
    path.write_bytes(wide(THIXOTROPY))
    choice, readings = read_file(Source(path))
    assert choice.reader.name == "rheocompass_csv"
    oscillation, rotation, flow = readings
    assert [reading.title for reading in readings] == [
        "S1, 25 °C: 3ITT 1",
        "S1, 25 °C: 3ITT 1, interval 2",
        "S1, 25 °C: Flow 2",
    ]
    assert {reading.technique for reading in readings} == {"rheometry"}
    assert [(v.name, v.series.unit) for v in oscillation.variables][:4] == [
        ("time", "s"),
        ("storage_modulus", "Pa"),
        ("loss_modulus", "Pa"),
        ("shear_strain", "percent"),
    ]
    assert oscillation["torque"].unit == "uN*m"
    assert list(oscillation["loss_modulus"].values) == [20, 21]
    assert rotation["viscosity"].unit == "mPa*s"
    assert list(flow["viscosity"].values) == [50000, 10000, 5000]
    assert list(flow["interval"].values) == [1, 2, 2]
    assert flow.header == {"project": "Slurry", "test": "S1, 25 °C", "result": "Flow 2", "words": {"Status": ["M-"]}}
    assert flow.metadata["technique_name"] == "Flow 2"
    assert not flow.doubts


def test_portuguese_with_decimal_commas() -> None:
    (reading,) = READER.read(Source(wide(PORTUGUESE), name="v.csv"))
    assert reading.title == "Amostra A - 0,1 mm: Viscosity curve 1"
    assert reading.variables[0].name == "shear_rate"
    assert reading.variables[0].series.unit == "1/s"
    assert list(reading["shear_stress"].values) == [12.5, 15.5, 30.5]
    assert reading["torque"].values[2] == 0.99
    assert reading["temperature"].values[2] == 25.01


def test_commas_between_cells() -> None:
    (reading,) = READER.read(Source(CREEP.encode(), name="c.csv"))
    assert reading.title == "0.112Pa Forward 1"
    assert reading.variables[0].name == "time"
    assert list(reading["shear_strain"].values) == [0.001, 0.002, 0.004]
    assert reading["shear_strain"].unit == ""
    assert list(reading["data_point"].values) == [1, 2, 1]


def test_what_was_held_is_no_axis() -> None:
    (reading,) = READER.read(Source(wide(SWEEP), name="f.csv"))
    assert reading.variables[0].name == "angular_frequency"
    assert reading["complex_viscosity_imaginary"].unit == "mPa*s"
    amplitude = SWEEP.replace("\t100\t", "\t10\t").replace("\t1.001\t", "\t100\t")
    (reading,) = READER.read(Source(wide(amplitude), name="f.csv"))
    assert reading.variables[0].name == "shear_strain"


def test_invalid_and_missing_points_are_told() -> None:
    text = PORTUGUESE.replace("\t2\t1\t15,5", "\tinvalid\t1\t15,5").replace("\t1\t3\n", "\t1\t4\n")
    (reading,) = READER.read(Source(wide(text), name="v.csv"))
    assert list(reading["shear_stress"].values) == [12.5, 30.5]
    assert reading.doubts == (
        "Interval 1 promises 4 points; 3 follow.",
        "1 points are marked as invalid in the file and are left out.",
    )


def test_empty_cells_are_gaps() -> None:
    (reading,) = READER.read(Source(wide(PORTUGUESE.replace("\t15500\t", "\t\t")), name="v.csv"))
    assert np.isnan(reading["viscosity"].values[1])
    (reading,) = READER.read(Source(wide(PORTUGUESE.replace("\t15500\t", "\tover\t")), name="v.csv"))
    assert reading.doubts == ("Viscosidade has 1 cells that are no numbers, the first 'over'.",)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (PORTUGUESE.replace("\t0,5\tWMa", ""), r"line 12: 7 cells were expected, 5 found"),
        (PORTUGUESE.replace("\tM-\n", "\tM-\t8\n"), r"line 13: 7 cells were expected, 8 found"),
        (THIXOTROPY.replace("Interval data:\tPoint No.\tTime\tShear Rate", "x\ty", 1), r"line 14: a line of names"),
        (THIXOTROPY.replace("Interval and data points:\t2\t2\n", "", 1), r"line 16: units without the line of an int"),
        (PORTUGUESE.replace("\t2\t1\t15,5", "2\t1\t15,5"), r"line 12: a point with an empty first cell was expected"),
    ],
)
def test_damage_is_named(text: str, match: str) -> None:
    with pytest.raises(DamagedFile, match=match):
        READER.read(Source(wide(text), name="v.csv"))


def test_no_points() -> None:
    text = PORTUGUESE.split("\t1\t0,1")[0].replace("\t1\t3\n", "\t1\t0\n")
    with pytest.raises(NothingMeasured, match="no points"):
        READER.read(Source(wide(text), name="v.csv"))


def test_other_tables_are_not_claimed() -> None:
    for text in ("Test:\tA\nNote:\t1\t2\nx\ty\n1\t2\n", "Samples:\t1\t2\nNames:\ta\tb\n1\t2\t3\n"):
        assert READER.recognise(Source(text.encode(), name="t.csv")) is None
