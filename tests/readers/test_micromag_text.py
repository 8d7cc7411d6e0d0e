"""MicroMag: small files after the heads of public ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

import pytest

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.readers.micromag_text import READER
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

LOOP = """MicroMag 2900/3900 Data File (Series 0016.002)
Direct moment vs. field; Multiple segments

INSTRUMENT
Configuration                   AGM
Software version                10/09/2010
Units of measure                cgs
Temperature in                  Celsius

SAMPLE
Mass                            0.123
Volume                          N/A

MEASUREMENT
Description                    "Film 7"
Temperature (measured)          N/A
Measured on                     01/15/2024  16:49
Elapsed time                   +95.42844E+00

CHARACTERIZATION
Coercivity                     +8.929474E+00
S* -61.70390E-03

SCRIPT
Number of segments              2
Number of data                  3

Segment   Averaging      Initial        Field         Final                    Final
 Number      Time         Field       Increment       Field         Pause      Index
             (s)           (Oe)          (Oe)          (Oe)          (s)
0000001,+100.0000E-03, 0.000000E+00,+999.9999E+00,+5.000000E+03,+1.000000E+00,0000000
0000002,+100.0000E-03,+5.000000E+03,+100.0000E+00,+500.0000E+00, 0.000000E+00,0000046

                              Normalized
    Field         Moment        Moment
     (Oe)         (emu)          (*)
+5.005130E+03,+333.3056E-06,+998.3703E-03
+4.906601E+03,-333.1881E-06,+998.0183E-03

 0.000000E+00,+333.6658E-06,+999.4493E-03

MicroMag 2900/3900 Data File ends
"""
FORC = """MicroMag 2900/3900 Data File (Series 0015)
First-order reversal curves
Configuration   :  VSM
Software version:  09/27/2005 D
Units of measure:  cgs
Temperature in  :  Kelvin
01/22/2015  17:35
"20 nm wires"

Averaging time = +2.000000E+00
Hb1            =  0.000000E+00
NCrv           = 2

Temperature    = N/A
NData          = 5

+6.808018E+03,+1.282651E-03

+1.140678E+03,+1.220527E-03
+1.174292E+03,+1.220600E-03

+6.808018E+03,+1.282650E-03

+1.100000E+03,+1.220500E-03

MicroMag 2900/3900 Data File ends
"""
SI = """MicroMag 2900/3900 Data File (Series 0016.002)
Direct moment vs. field; First-order reversal curves

INSTRUMENT
Units of measure                SI
Temperature in                  Kelvin

    Field         Moment      Temperature
     (T)          (Am²)          (K)

+100.0000E-03,+1.000000E-06,+294.7547E+00

+50.00000E-03,+0.900000E-06,+294.8000E+00

MicroMag 2900/3900 Data File ends
"""


class TestMicroMag(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "loop": LOOP.replace("\n", "\r\n").encode("cp1252"),
        "forc": FORC.encode(),
        "si": SI.encode("cp1252"),
    }


def one(text: str) -> Reading:
    (reading,) = READER.read(Source(text.encode("cp1252"), name="a.txt"))
    return reading


def test_a_loop_has_its_columns_and_segments() -> None:
    reading = one(LOOP)
    assert reading.technique == "magnetometry"
    assert reading.title == "Film 7: Direct moment vs. field; Multiple segments"
    assert reading.sample_name == "Film 7"
    assert reading.started_at == datetime(2024, 1, 15, 16, 49)
    assert reading.instrument == "MicroMag AGM"
    assert list(reading["magnetic_field"].values) == [5005.13, 4906.601, 0.0]
    assert reading["magnetic_field"].unit == "oersted"
    assert list(reading["magnetic_moment"].values) == [333.3056e-6, -333.1881e-6, 333.6658e-6]
    assert reading["magnetic_moment"].unit == "emu"
    assert reading["normalized_moment"].values[0] == 0.9983703
    assert reading["normalized_moment"].unit == ""
    assert list(reading["segment"].values) == [1, 1, 2]
    assert reading.header["Characterization: S*"] == "-61.70390E-03"
    assert reading.header["Sample: Mass"] == "0.123"
    assert [row[0] for row in reading.header["segments"]] == ["0000001", "0000002"]  # type: ignore[union-attr, index]
    assert not reading.doubts


def test_reversal_curves_without_names_take_the_units_of_the_system() -> None:
    reading = one(FORC)
    assert reading.title == "20 nm wires: First-order reversal curves"
    assert reading.started_at == datetime(2015, 1, 22, 17, 35)
    assert [(v.name, v.series.unit) for v in reading.variables] == [
        ("magnetic_field", "oersted"),
        ("magnetic_moment", "emu"),
        ("segment", ""),
    ]
    assert list(reading["segment"].values) == [1, 2, 2, 3, 4]
    joined = one(FORC.replace("(Series 0015)\n", "(Series 0015)"))
    assert joined.header["measurement"] == "First-order reversal curves"
    assert not reading.doubts
    assert not one(FORC.replace("= 5\n", "= 3\n")).doubts
    assert one(FORC.replace("= 5\n", "= 4\n")).doubts == ("The file promises 4 points; 5 follow.",)
    mks = one(FORC.replace(":  cgs", ":  mks"))
    assert (mks["magnetic_field"].unit, mks["magnetic_moment"].unit) == ("T", "A*m**2")


def test_names_apart_from_the_first_block() -> None:
    reading = one(SI)
    assert [(v.name, v.series.unit) for v in reading.variables][:3] == [
        ("magnetic_field", "T"),
        ("magnetic_moment", "A*m**2"),
        ("temperature", "K"),
    ]
    assert list(reading["temperature"].values) == [294.7547, 294.8]


@pytest.mark.parametrize(
    ("text", "fault", "match"),
    [
        (FORC.replace("MicroMag 2900/3900 Data File ends\n", ""), DamagedFile, "the file is cut"),
        (FORC.replace("+1.140678E+03,+1", "+1.140678E+03,2,+1"), DamagedFile, "2 to 3 cells"),
        (FORC.replace("+1.174292E+03,+1.220600E-03", "+1.174292E+03,x"), DamagedFile, "'x' stands where a number"),
        (FORC.replace("+1.174292E+03,", "oops\n+1.174292E+03,"), DamagedFile, "words stand among the rows"),
        (FORC.replace(":  cgs", ":  own"), UnsupportedVariant, "units of measure are 'own'"),
        (FORC.replace("E-03\n", "E-03,1,2\n"), UnsupportedVariant, "4 columns without names"),
        (LOOP.replace("          (*)\n", "\n"), DamagedFile, "3 columns have 2 units"),
        (
            FORC.split("+6.808018E+03,+1.282651")[0] + "MicroMag 2900/3900 Data File ends\n",
            NothingMeasured,
            "no points",
        ),
    ],
)
def test_faults_are_named(text: str, fault: type[Exception], match: str) -> None:
    with pytest.raises(fault, match=match):
        one(text)
