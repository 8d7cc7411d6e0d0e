"""JCAMP-DX files of the NTUPLES class: complex, two-dimensional and listed pages."""

from __future__ import annotations

import numpy as np
import pytest

from kiban.errors import DamagedFile, KibanError, NothingMeasured, UnsupportedVariant
from kiban.readers.jcamp_dx import READER
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role

HEAD = "##TITLE= pages\n##JCAMP-DX= 5.01\n##DATA TYPE= {0}\n##DATA CLASS= NTUPLES\n##NTUPLES= {0}\n"
TAIL = "##END NTUPLES= x\n##END=\n"

GC_MS = (
    HEAD.format("MASS SPECTRUM")
    + """##VAR_NAME= MASS, INTENSITY, RETENTION TIME,
##SYMBOL= X, Y, T
##VAR_TYPE= INDEPENDENT, DEPENDENT, INDEPENDENT
##VAR_FORM= AFFN, AFFN, AFFN
##VAR_DIM= , , 3
##UNITS= M/Z, RELATIVE ABUNDANCE, SECONDS
##FIRST= , , 272
##LAST= , , 333
##PAGE= T= 272
##NPOINTS= 3
##DATA TABLE= (XY..XY), PEAKS
50, 2; 51, 9; 52, 7
##PAGE= T= 301
##NPOINTS= 2
##DATA TABLE= (XY..XY), PEAKS
50, 5
51, 95
##PAGE= T= 333
##NPOINTS= 0
##DATA TABLE= (XY..XY), PEAKS
"""
    + TAIL
)

PLANE = (
    HEAD.format("nD NMR SPECTRUM")
    + """##NUM DIM= 2
##.OBSERVE FREQUENCY= 100.0, 400.0
##VAR_NAME= FREQUENCY1, FREQUENCY2, SPECTRUM
##SYMBOL= F1, F2, Y
##.NUCLEUS= 13C, 1H
##VAR_TYPE= INDEPENDENT, INDEPENDENT, DEPENDENT
##VAR_FORM= AFFN, AFFN, ASDF
##VAR_DIM= 2, 3, 6
##UNITS= HZ, HZ, ARBITRARY UNITS
##FACTOR= 1000, 400, 10
##FIRST= 4000, 1200, 100
##LAST= 2000, 400, 600
##PAGE= F1=4000
##FIRST= 4000, 1200, 100
##DATA TABLE= (F2++(Y..Y)), PROFILE
3A0J0J0
1C0
##PAGE= F1=2000
##FIRST= 2000, 1200, 400
##DATA TABLE= (F2++(Y..Y)), PROFILE
3D0J0J0
1F0
"""
    + TAIL
)

COMPLEX_PLANE = (
    HEAD.format("nD NMR FID")
    + """##VAR_NAME= TIME1, TIME2, FID/REAL, FID/IMAG
##SYMBOL= T1, T2, R, I
##VAR_TYPE= INDEPENDENT, INDEPENDENT, DEPENDENT, DEPENDENT
##VAR_DIM= 2, 4, 4, 4
##UNITS= SECONDS, SECONDS, ARBITRARY UNITS, ARBITRARY UNITS
##FIRST= 0.0, 1.0, , $$ the others are in the pages
##LAST= 0.1, 2.5, ,
##FACTOR= 1.0, 1.0, 1.0, 1.0
##PAGE= T1=0.0
##FIRST= 0, 1.0, 10.0, 30.0
##DATA TABLE= (T2++(R..R)), PROFILE $$ real
1.0 +10+11
2.0 +20+21
##PAGE= T1=0.0
##DATA TABLE= (T2++(I..I)), PROFILE $$ imaginary
1.0 +30+31
2.0 +40+41
##PAGE= T1=0.1
##DATA TABLE= (T2++(R..R)), PROFILE
1.0 +12+13
2.0 +22+23
##PAGE= T1=0.1
##DATA TABLE= (T2++(I..I)), PROFILE
1.0 +32+33
2.0 +42+43
"""
    + TAIL
)


def read(text: str) -> list[Reading]:
    return READER.read(Source(text.encode(), name="x.dx"))


def test_mass_spectra_at_several_times_follow_one_another() -> None:
    (reading,) = read(GC_MS)
    assert reading.technique == "mass_spectrometry"
    assert reading["mass_to_charge"].values.tolist() == [50, 51, 52, 50, 51]
    assert reading["intensity"].values.tolist() == [2, 9, 7, 5, 95]
    assert reading["retention_time"].values.tolist() == [272, 301, 333]
    assert reading["retention_time"].unit == "s"
    assert reading["page_number"].values.tolist() == [0, 0, 0, 1, 1]
    assert [p["NPOINTS"] for p in reading.header["pages"]] == ["3", "2", "0"]
    assert reading.axis.name == "mass_to_charge"
    assert reading.doubts == ()


def test_a_single_page_tells_its_time() -> None:
    (reading,) = read(GC_MS.split("##PAGE= T= 301")[0] + TAIL)
    assert reading["mass_to_charge"].values.tolist() == [50, 51, 52]
    assert reading["retention_time"].values.tolist() == [272]


def test_a_plane_of_nmr_is_a_two_dimensional_array() -> None:
    (reading,) = read(PLANE)
    assert reading.technique == "nmr"
    assert reading["frequency_1"].values.tolist() == [4000, 2000]
    assert reading["frequency_2"].values.tolist() == [1200, 800, 400]
    signal = next(v for v in reading.variables if v.role is Role.SIGNAL)
    assert (signal.name, signal.dimensions) == ("intensity", ("frequency_1", "frequency_2"))
    assert signal.series.values.tolist() == [[100, 200, 300], [400, 500, 600]]
    assert signal.series.uncertainty.values.tolist() == [10]
    assert "observe_frequency" not in reading.metadata
    assert reading.doubts == ()


@pytest.mark.parametrize("is_sorted", [False, True])
def test_real_and_imaginary_planes_in_any_order(is_sorted: bool) -> None:
    text = COMPLEX_PLANE
    if is_sorted:
        head, *pages = text.removesuffix(TAIL).split("##PAGE")
        text = "##PAGE".join([head, pages[0], pages[2], pages[1], pages[3]]) + TAIL
    (reading,) = read(text)
    assert reading["time_1"].values.tolist() == [0, 0.1]
    assert reading["time_2"].values.tolist() == [1, 1.5, 2, 2.5]
    assert reading["intensity_real"].values.tolist() == [[10, 11, 20, 21], [12, 13, 22, 23]]
    assert reading["intensity_imaginary"].values.tolist() == [[30, 31, 40, 41], [32, 33, 42, 43]]
    assert reading.doubts == ()


def test_pages_that_are_only_numbered_have_no_coordinate() -> None:
    text = COMPLEX_PLANE
    for i, value in enumerate(("T1=0.0", "T1=0.0", "T1=0.1", "T1=0.1"), start=1):
        text = text.replace(f"##PAGE= {value}\n", f"##PAGE= N={i}\n", 1)
    text = text.replace("T1, T2, R, I", "N, T2, R, I").replace("SECONDS, SECONDS", ", SECONDS")
    (reading,) = read(text)
    assert [v.name for v in reading.variables] == ["time", "intensity_real", "intensity_imaginary"]
    assert reading.variables[1].dimensions == ("page", "time")


def test_pages_without_a_symbol_belong_to_the_variable_left_over() -> None:
    (reading,) = read(PLANE.replace("PAGE= F1=", "PAGE= "))
    assert reading["frequency_1"].values.tolist() == [4000, 2000]


def test_spectra_over_one_axis_in_time_are_a_plane() -> None:
    text = (
        HEAD.format("INFRARED SPECTRUM") + "##VAR_NAME= WAVENUMBER, ABSORBANCE, TIME\n##SYMBOL= X, Y, T\n"
        "##VAR_TYPE= INDEPENDENT, DEPENDENT, INDEPENDENT\n"
        "##UNITS= 1/CM, ABSORBANCE, MINUTES\n##FIRST= 400\n##LAST= 402\n##VAR_DIM= 3, 3, 2\n##FACTOR= 1, 0.1, 1\n"
        "##PAGE= T=0\n##DATA TABLE= (X++(Y..Y)), XYDATA\n400 1 2 3\n"
        "##PAGE= T=5\n##DATA TABLE= (X++(Y..Y)), XYDATA\n400 4 5 6\n" + TAIL
    )
    (reading,) = read(text)
    assert reading["time"].values.tolist() == [0, 5]
    assert np.allclose(reading["absorbance"].values, [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])


def test_variables_over_different_axes_are_readings_of_their_own() -> None:
    text = COMPLEX_PLANE.split("##PAGE= T1=0.1")[0] + TAIL
    assert len(read(text)) == 1
    shorter = text.replace("1.0 +30+31\n2.0 +40+41\n", "1.0 +30+31\n").replace(
        "##DATA TABLE= (T2++(I..I))", "##NPOINTS= 2\n##DATA TABLE= (T2++(I..I))"
    )
    real, imaginary = read(shorter)
    assert real["intensity_real"].values.size == 4
    assert imaginary["intensity_imaginary"].values.size == 2


def test_three_columns_in_one_list() -> None:
    text = (
        HEAD.format("TITRATION")
        + "##VAR_NAME= VOLUME, PH, TEMPERATURE\n##SYMBOL= X, Y, Z\n##VAR_TYPE= INDEPENDENT, DEPENDENT, DEPENDENT\n"
        "##UNITS= mL, , degC\n##PAGE= N=1\n##DATA TABLE= (XYZ..XYZ), PEAKS\n0 3.5 20\n1 4.5 21\n" + TAIL
    ).replace("##SYMBOL= X, Y, Z", "##SYMBOL= X, Y, Z, N")
    (reading,) = read(text)
    assert reading.technique == "table"
    assert [v.name for v in reading.variables] == ["volume", "ph", "temperature"]
    assert reading["temperature"].values.tolist() == [20, 21]


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        (GC_MS.replace("##SYMBOL= X, Y, T\n", ""), DamagedFile, "does not declare"),
        (GC_MS.replace("##NPOINTS= 2", "##NPOINTS= 3"), DamagedFile, "promises 3 points, 2 follow"),
        (GC_MS.replace("PAGE= T= 301", "PAGE= Q= 301"), DamagedFile, "is not declared"),
        (GC_MS.replace("PAGE= T= 301", "PAGE= T= soon"), DamagedFile, "is not declared"),
        (GC_MS.replace("(XY..XY)", "(XQ..XQ)"), UnsupportedVariant, "does not go with the declared"),
        (GC_MS.replace("(XY..XY)", "(X..X)"), UnsupportedVariant, "does not go with the declared"),
        (PLANE.replace("3D0J0J0\n1F0", "3D0J0\n2E0"), DamagedFile, "promises 3 points, 2 follow"),
        (PLANE.replace("1F0", "1F9"), DamagedFile, "repeats the ordinate"),
        (PLANE.replace("##END NTUPLES= x\n##END=\n", "").removesuffix("\n"), DamagedFile, "breaks off"),
        (
            HEAD.format("MASS SPECTRUM") + "##SYMBOL= X, Y\n##DATA TABLE= (XY..XY)\n" + TAIL,
            NothingMeasured,
            "no points",
        ),
    ],
)
def test_pages_that_contradict_their_declaration(text: str, error: type[KibanError], words: str) -> None:
    with pytest.raises(error, match=words):
        read(text)


def test_a_wrong_first_ordinate_is_doubted() -> None:
    (reading,) = read(PLANE.replace("##FIRST= 2000, 1200, 400", "##FIRST= 2000, 1200, 700"))
    assert any("stated as 700" in doubt for doubt in reading.doubts)
