"""JCAMP-DX: the contract, each variant of the format, and real files with what they hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.demo.jcamp_files import jcamp_spectrum
from kiban.errors import DamagedFile, HostileFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Distribution, Kind, Origin
from kiban.readers.contract import Confidence
from kiban.readers.jcamp.labels import labels_in
from kiban.readers.jcamp_dx import READER
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

Shared = Callable[[str], Path]

IR = """##TITLE= polystyrene
##JCAMP-DX= 4.24 $$ test writer 1.0
##DATA TYPE= INFRARED SPECTRUM
##ORIGIN= here
##OWNER= public domain
##XUNITS= 1/CM
##YUNITS= ABSORBANCE
##XFACTOR= 1
##YFACTOR= 0.001
##FIRSTX= 400
##LASTX= 410
##NPOINTS= 6
##FIRSTY= 0.1
##XYDATA= (X++(Y..Y))
400 100 110 120
406 130 140 150
##END=
"""

MASS = """##TITLE= ethanol
##JCAMP-DX= 5.00
##DATA TYPE= MASS SPECTRUM
##DATA CLASS= PEAK TABLE
##XUNITS= M/Z
##YUNITS= RELATIVE ABUNDANCE
##NPOINTS= 4
##PEAK TABLE= (XY..XY)
27, 180 29,150
31 999; 45,440
##END=
"""

COMPLEX_NMR = """##TITLE= two parts
##JCAMP-DX= 5.01
##DATA TYPE= NMR SPECTRUM
##DATA CLASS= NTUPLES
##.OBSERVE FREQUENCY= 100.0
##.OBSERVE NUCLEUS= ^13C
##.SHIFT REFERENCE= INTERNAL, TMS, 4, 0.0
##NTUPLES= NMR SPECTRUM
##VAR_NAME= FREQUENCY, SPECTRUM/REAL, SPECTRUM/IMAG, PAGE NUMBER
##SYMBOL= X, R, I, N
##VAR_TYPE= INDEPENDENT, DEPENDENT, DEPENDENT, PAGE
##VAR_FORM= AFFN, ASDF, ASDF, AFFN
##VAR_DIM= 4, 4, 4, 2
##UNITS= HZ, ARBITRARY UNITS, ARBITRARY UNITS,
##FIRST= 300, 2, -10, 1
##LAST= 0, 8, -40, 2
##FACTOR= 100, 2, 10, 1
##PAGE= N=1
##DATA TABLE= (X++(R..R)), XYDATA $$ real
3A1
2B3
##PAGE= N=2
##DATA TABLE= (X++(I..I)), XYDATA $$ imaginary
3aj
1c0j
0d
##END NTUPLES= NMR SPECTRUM
##END=
""".replace("3A1\n2B3\n", "3AJJJ\n0D\n").replace("3aj\n1c0j\n0d\n", "3ajjj\n0d\n")

COMPOUND = f"""##TITLE= all together
##JCAMP-DX= 4.24
##DATA TYPE= LINK
##BLOCKS= 3
##OWNER= somebody
##TITLE= the structure
##JCAMP-CS= 3.7
##ATOMLIST=
$$ AN AS
1 C
2 O
##END= $$ of the structure
{IR}{MASS}##END= $$ of all
"""

ASSIGNED = """##TITLE= assigned
##JCAMP-DX= 5.01
##DATA TYPE= ION MOBILITY SPECTRUM
##XUNITS= MILLISECONDS
##YUNITS= PICOAMPERES
##XLABEL= Drift Time / ms
##XFACTOR= 0.5
##YFACTOR= 0.1
##FIRSTX= 0
##LASTX= 2
##PEAK ASSIGNMENT= (XYWA)
20.31, -1, 1.6, <acetone,
and more of it>
24.5,, 1.7, <pentane>
##NPOINTS= 5
##XYDATA= (X++(Y..Y))
0 1 2 3
3 4 5
##END=
"""


def read(text: str | bytes, name: str = "x.jdx") -> list[Reading]:
    return READER.read(Source(text.encode() if isinstance(text, str) else text, name=name))


def one(text: str | bytes) -> Reading:
    (reading,) = read(text)
    return reading


def spectrum(data: str, *, form: str = "(X++(Y..Y))", label: str = "XYDATA", **stated: object) -> str:
    said = {
        "TITLE": "t",
        "JCAMP-DX": "4.24",
        "DATA TYPE": "INFRARED SPECTRUM",
        "XUNITS": "1/CM",
        "YUNITS": "ABSORBANCE",
    }
    said |= {k.replace("_", " "): str(v) for k, v in stated.items()}
    return "".join(f"##{k}= {v}\n" for k, v in said.items()) + f"##{label}= {form}\n{data}\n##END=\n"


class TestJcampDx(ReaderSuite):
    reader = READER
    examples: ClassVar = {
        "fixed form": IR.encode(),
        "peak table": MASS.encode(),
        "real and imaginary": COMPLEX_NMR.encode(),
        "compound": COMPOUND.encode(),
        "assignments": ASSIGNED.encode(),
        "DIFDUP": jcamp_spectrum(
            np.linspace(4000, 400, 200),
            np.sin(np.arange(200.0) / 9) ** 2,
            kind="ir",
            title="t",
            sample_name="s",
            measured_at=datetime(2026, 1, 2),
        ),
        "CR only": IR.replace("\n", "\r").encode(),
        "UTF-16": IR.encode("utf-16"),
    }


# --- what comes out -------------------------------------------------------------------------------------------------


def test_a_spectrum_has_axis_signal_units_and_resolution() -> None:
    reading = one(IR)
    assert (reading.technique, reading.title) == ("ir", "polystyrene")
    axis, signal = reading.variables
    assert (axis.name, axis.role, axis.unit_as_written) == ("wavenumber", Role.AXIS, "1/CM")
    assert (axis.series.unit, axis.dimensions) == ("1/cm", ("wavenumber",))
    assert axis.series.values.tolist() == [400, 402, 404, 406, 408, 410]
    assert (signal.name, signal.role, signal.series.unit) == ("absorbance", Role.SIGNAL, "absorbance")
    assert signal.dimensions == ("wavenumber",)
    assert np.allclose(signal.series.values, [0.1, 0.11, 0.12, 0.13, 0.14, 0.15], rtol=1e-12)
    doubt = signal.series.uncertainty
    assert doubt is not None
    assert (doubt.kind, doubt.origin, doubt.distribution) == (Kind.RESOLUTION, Origin.FILE, Distribution.RECTANGULAR)
    assert doubt.values.tolist() == [0.001]
    assert reading.metadata["step"] == Measured(2.0, "1/cm")
    assert reading.metadata["software"] == "test writer 1.0"
    assert reading.header["OWNER"] == "public domain"
    assert reading.header["XYDATA"] == "(X++(Y..Y))"
    assert reading.doubts == ()


def test_ordinates_with_decimals_have_no_resolution() -> None:
    assert one(spectrum("400 1.5 2.5", FIRSTX=400, LASTX=401, NPOINTS=2, YFACTOR=1))["absorbance"].uncertainty is None
    assert one(spectrum("400 1 2", FIRSTX=400, LASTX=401, NPOINTS=2))["absorbance"].uncertainty is None


def test_a_peak_table_lists_its_peaks() -> None:
    reading = one(MASS)
    assert reading.technique == "mass_spectrometry"
    assert reading["mass_to_charge"].values.tolist() == [27, 29, 31, 45]
    assert reading["mass_to_charge"].unit == "dalton/elementary_charge"
    assert reading["intensity"].values.tolist() == [180, 150, 999, 440]


def test_real_and_imaginary_part_are_variables_of_one_reading() -> None:
    reading = one(COMPLEX_NMR)
    assert reading["frequency"].values.tolist() == [300, 200, 100, 0]
    assert reading["intensity_real"].values.tolist() == [2, 4, 6, 8]
    assert reading["intensity_imaginary"].values.tolist() == [-10, -20, -30, -40]
    assert reading["intensity_imaginary"].uncertainty.values.tolist() == [10]
    # Point 4 is at 0 ppm, and 100 Hz are 1 ppm of 100 MHz.
    assert np.allclose(reading["chemical_shift"].values, [3, 2, 1, 0])
    assert (reading.metadata["observe_frequency"], reading.metadata["nucleus"]) == (Measured(100.0, "MHz"), "13C")
    assert [page["PAGE"] for page in reading.header["pages"]] == ["N=1", "N=2"]
    assert reading.doubts == ()


def test_a_compound_file_gives_a_reading_for_each_block_and_loses_none() -> None:
    ir, mass = read(COMPOUND)
    assert (ir.title, mass.title) == ("polystyrene", "ethanol")
    for reading in (ir, mass):
        (link,) = reading.header["enclosing blocks"]
        assert link["TITLE"] == "all together"
        (structure,) = reading.header["blocks without data"]
        assert structure["TITLE"] == "the structure"
        assert structure["ATOMLIST"] == "$$ AN AS\n1 C\n2 O"


def test_spectra_may_follow_each_other_without_a_link_block() -> None:
    assert [r.title for r in read(IR + MASS + IR)] == ["polystyrene", "ethanol", "polystyrene"]


def test_assignments_stand_behind_their_spectrum_and_keep_out_of_its_statements() -> None:
    spectrum_, peaks = read(ASSIGNED)
    assert spectrum_.technique == peaks.technique == "ion_mobility"
    assert spectrum_["drift_time"].values.tolist() == [0, 0.5, 1, 1.5, 2]
    assert spectrum_.axis.label == "Drift Time / ms"
    assert np.allclose(spectrum_["current"].values, [0.1, 0.2, 0.3, 0.4, 0.5])
    assert spectrum_["current"].unit == "pA"
    # XFACTOR and YFACTOR are those of the spectrum; assignments are written out.
    assert peaks["drift_time"].values.tolist() == [20.31, 24.5]
    assert np.array_equal(peaks["current"].values, [-1, np.nan], equal_nan=True)
    assert peaks["width"].values.tolist() == [1.6, 1.7]
    assert "<acetone,\nand more of it>" in peaks.header["PEAK ASSIGNMENT"]


def test_assignments_in_brackets_with_multiplicity() -> None:
    text = spectrum(
        "( 27.00, 1.0,, < 7>)\n( 32.10, 2.5, D, <6 (5), C=O>)",
        form="(XYMA)",
        label="PEAK ASSIGNMENTS",
        DATA_TYPE="NMR PEAK ASSIGNMENTS",
        XUNITS="PPM",
        YUNITS="ARBITRARY UNITS",
        NPOINTS=2,
    )
    reading = one(text)
    assert reading["chemical_shift"].values.tolist() == [27.0, 32.1]
    assert reading["intensity"].values.tolist() == [1.0, 2.5]
    with pytest.raises(DamagedFile, match="promises 2 points, 1 follow"):
        one(text.replace("( 27.00, 1.0,, < 7>)\n", ""))


def test_an_interferogram_has_its_own_letters() -> None:
    text = (
        "##TITLE= i\n##JCAMP-DX= 4.24\n##DATA TYPE= INFRARED INTERFEROGRAM\n##RUNITS= MICROMETERS\n"
        "##AUNITS= ARBITRARY UNITS\n##FIRSTR= 0\n##LASTR= 2\n##RFACTOR= 1\n##AFACTOR= 0.5\n##NPOINTS= 3\n##FIRSTA= 5\n"
        "##RADATA= (R++(A..A))\n+0+10\n+1+11\n+2+12\n##END=\n"
    )
    reading = one(text)
    assert reading["retardation"].values.tolist() == [0, 1, 2]
    assert reading["retardation"].unit == "um"
    assert reading["intensity"].values.tolist() == [5, 5.5, 6]


def test_a_peak_table_rounded_more_than_its_header() -> None:
    stated = {"FIRSTX": "1.22457731", "LASTX": "1.80910754", "NPOINTS": "2"}
    text = spectrum("1.22458, 0.4931\n1.80911, 0.7216", form="(XY..XY)", label="PEAK TABLE", **stated)
    assert one(text).doubts == ()


def test_a_width_column_is_in_the_unit_of_the_axis() -> None:
    reading = one(spectrum("1700, 0.5, 12; 1600, 0.4, 8", form="(XYW..XYW)", label="PEAK TABLE"))
    assert reading["wavenumber"].values.tolist() == [1700, 1600]
    assert reading["absorbance"].values.tolist() == [0.5, 0.4]
    assert (reading["width"].values.tolist(), reading["width"].unit) == ([12, 8], "1/cm")


@pytest.mark.parametrize(
    ("stated", "technique", "axis", "signal"),
    [
        ({"DATA TYPE": "RAMAN SPECTRUM", "YUNITS": "COUNTS"}, "raman", "raman_shift", "intensity"),
        ({"DATA TYPE": "UV/VIS SPECTRUM", "XUNITS": "NANOMETERS", "YUNITS": "A"}, "uv_vis", "wavelength", "absorbance"),
        ({"DATA TYPE": "UV-VISIBLE SPECTRUM", "XUNITS": "Wavelength (nm)"}, "uv_vis", "wavelength", "absorbance"),
        ({"DATA TYPE": "EPR SPECTRUM", "XUNITS": "GAUSS", "YUNITS": "ARBITRARY"}, "epr", "magnetic_field", "intensity"),
        ({"DATA TYPE": "NMR FID", "XUNITS": "SECONDS", "YUNITS": "ARBITRARY UNITS"}, "nmr", "time", "intensity"),
        ({"DATA TYPE": "NMR SPECTRUM", "XUNITS": "PPM", "YUNITS": ""}, "nmr", "chemical_shift", "intensity"),
        ({"DATA TYPE": "MASS SPECTRUM", "XUNITS": "MASS UNITS"}, "mass_spectrometry", "mass_to_charge", "absorbance"),
        ({"DATA TYPE": "GAS CHROMATOGRAM", "XUNITS": "MINUTES"}, "chromatography", "retention_time", "absorbance"),
        ({"DATA TYPE": "pH TITRATION", "XUNITS": "VOLUME", "YUNITS": "pH"}, "table", "volume", "ph"),
        ({"DATA TYPE": "CONTINUOUS MASS SPECTRUM", "XUNITS": "SECONDS"}, "mass_spectrometry", "time", "absorbance"),
        (
            {"DATA TYPE": "CYCLIC VOLTAMMETRY", "XUNITS": "Voltage in V", "YUNITS": "Ampere"},
            "cyclic_voltammetry",
            "potential",
            "current",
        ),
        ({"DATA TYPE": "INFRARED SPECTRUM", "YUNITS": "%T"}, "ir", "wavenumber", "transmittance"),
        ({"DATA TYPE": "INFRARED SPECTRUM", "XUNITS": "MICROMETERS"}, "ir", "wavelength", "absorbance"),
        ({"DATA TYPE": "INFRARED SPECTRUM", "YUNITS": "KUBELKA-MUNK"}, "ir", "wavenumber", "kubelka_munk"),
        ({"DATA TYPE": "CIRCULAR DICHROISM SPECTRUM", "XUNITS": "NM"}, "spectrum", "wavelength", "absorbance"),
        ({"DATA TYPE": "INELASTIC NEUTRON SCATTERING"}, "spectrum", "wavenumber", "absorbance"),
        ({"DATA TYPE": "SORPTION MEASUREMENT", "XUNITS": "p/p0"}, "table", "p_p0", "absorbance"),
    ],
)
def test_technique_and_names_follow_data_type_and_units(
    stated: dict[str, str], technique: str, axis: str, signal: str
) -> None:
    reading = one(spectrum("400 0.1 0.2", FIRSTX=400, LASTX=401, NPOINTS=2, **stated))
    assert reading.technique == technique
    assert [v.name for v in reading.variables] == [axis, signal]


@pytest.mark.parametrize(
    ("stated", "technique"),
    [
        ({}, "ir"),
        ({"XUNITS": "NANOMETERS"}, "uv_vis"),
        ({"XUNITS": "M/Z", "YUNITS": "RELATIVE ABUNDANCE"}, "mass_spectrometry"),
        ({"XUNITS": "GAUSS", "YUNITS": ""}, "epr"),
        ({"XUNITS": "HZ", "YUNITS": "", ".OBSERVE NUCLEUS": "^1H"}, "nmr"),
        ({"YUNITS": "COUNTS"}, "spectrum"),
    ],
)
def test_an_unstated_technique_is_guessed_and_doubted(stated: dict[str, str], technique: str) -> None:
    reading = one(spectrum("400 0.1 0.2", FIRSTX=400, LASTX=401, NPOINTS=2, **{"DATA TYPE": ""} | stated))
    assert reading.technique == technique
    assert any("does not state its DATA TYPE" in doubt for doubt in reading.doubts)


# --- how files are written ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        IR.replace("\n", "\r\n"),
        IR.replace("\n", "\r"),
        IR.replace("##", " ##"),
        IR.replace("DATA TYPE", "Data_Type").replace("JCAMP-DX", "jcampdx").replace("XYDATA", "XY-Data"),
        IR.replace("(X++(Y..Y))\n400", "(X++(Y..Y)) 400"),
        IR.replace("(X++(Y..Y))", "(x++(y..y))"),
        IR.replace("(X++(Y..Y))", "(X++(Y..Y)"),
        IR.replace("(X++(Y..Y))", "( X++ (Y..Y) ) $$ evenly spaced"),
        IR.replace("##END=", "##END"),
        IR + "\x1a\x00\x00",
        IR.replace("##ORIGIN", "$$ ##NPOINTS= 999\n$$ two lines\n##ORIGIN"),
        IR.replace("400 100 110 120\n", "400 100 110 120 $$ 1 2 3\n$$ 402 7\n"),
        IR.replace(" 120\n", " 120 =\n"),
        IR.replace("\n400 100", "\n\n\n400\t100"),
        IR.replace("410\n", "410.0 1/cm\n"),
        "\n\n" + IR,
        "$$ made today\n" + IR,
    ],
)
def test_the_same_spectrum_written_otherwise(text: str) -> None:
    assert READER.recognise(Source(text.encode())) is not None
    reading = one(text)
    assert reading["wavenumber"].values.tolist() == [400, 402, 404, 406, 408, 410]
    assert np.allclose(reading["absorbance"].values, [0.1, 0.11, 0.12, 0.13, 0.14, 0.15])
    assert reading.doubts == ()


def test_texts_in_japanese_code_pages() -> None:
    reading = one(IR.replace("polystyrene", "ポリスチレン膜").encode("cp932"))
    assert reading.title == "ポリスチレン膜"
    assert one(IR.replace("polystyrene", "ポリスチレン膜").encode("utf-8-sig")).title == "ポリスチレン膜"


def test_long_texts_go_on_in_the_next_line() -> None:
    text = IR.replace("##OWNER= public domain", "##COMMENTS= one =\ntwo\nthree\n##OWNER= public domain")
    reading = one(text)
    assert reading.metadata["comment"] == "one two\nthree"
    assert reading.header["COMMENTS"] == "one =\ntwo\nthree"


def test_labels_that_come_several_times_keep_all_their_texts() -> None:
    assert one(IR.replace("##OWNER", "##$X= 1\n##$X= 2\n##OWNER")).header["$X"] == ["1", "2"]


def test_decimal_commas_beside_a_factor_with_a_point_are_recognised() -> None:
    reading = one(
        "##TITLE= s\n##JCAMP-DX= 5\n##DATA TYPE= UV/VIS SPECTRUM\n##XUNITS= NANOMETERS\n##YUNITS= Transmission (%)\n"
        "##XFACTOR= 1.0\n##YFACTOR= 1.0\n##FIRSTX= 176,36\n##LASTX= 176,80\n##FIRSTY= 32822,795\n##NPOINTS= 3\n"
        "##XYPOINTS= (XY..XY)\n176,36, 32822,795\n176,58, -2,5\n176,80, 1479,043\n##END=\n"
    )
    assert reading["wavelength"].values.tolist() == [176.36, 176.58, 176.8]
    assert reading.signals[0].series.values.tolist() == [32822.795, -2.5, 1479.043]


def test_decimal_commas_are_recognised_by_the_header() -> None:
    text = spectrum("400,5 0,1 0,2\n402,5 0,3", FIRSTX="400,5", LASTX="402,5", NPOINTS=3, YFACTOR="1,0")
    reading = one(text)
    assert reading["wavenumber"].values.tolist() == [400.5, 401.5, 402.5]
    assert reading["absorbance"].values.tolist() == [0.1, 0.2, 0.3]
    pairs = spectrum("400,5 0,1; 402,25 0,3", form="(XY..XY)", FIRSTX="400,5", LASTX="402,25", label="XYPOINTS")
    assert one(pairs)["wavenumber"].values.tolist() == [400.5, 402.25]
    # Commas that part the numbers stay what they are.
    assert one(spectrum("41,520 43,1000", form="(XY..XY)", label="XYPOINTS"))["wavenumber"].values.tolist() == [41, 43]


@pytest.mark.parametrize(
    "data", ["400 0.1\n402 0.2", "400,0.1 402,0.2", "400;0.1;402;0.2", "+400+0.1+402+0.2", "400,\t.1 4.02E2, 2e-1"]
)
def test_pairs_however_they_are_parted(data: str) -> None:
    for label in ("XYPOINTS", "XYDATA", "PEAK TABLE", "PEAKTABLE"):
        reading = one(spectrum(data, form="(XY..XY)", label=label, NPOINTS=2))
        assert reading["wavenumber"].values.tolist() == [400, 402]
        assert reading["absorbance"].values.tolist() == [0.1, 0.2]


def test_missing_ordinates_are_not_numbers() -> None:
    reading = one(spectrum("400 0.1 ? 0.3", FIRSTX=400, LASTX=402, NPOINTS=3))
    assert np.array_equal(reading["absorbance"].values, [0.1, np.nan, 0.3], equal_nan=True)
    with pytest.raises(DamagedFile, match="no abscissa"):
        one(spectrum("400 0.1 ? 0.3", form="(XY..XY)"))


def test_lacking_statements_are_made_up_for_by_the_others() -> None:
    assert one(spectrum("400 1 2\n404 3"))["wavenumber"].values.tolist() == [400, 402, 404]
    assert one(spectrum("400 1 2", FIRSTX=400, DELTAX=-0.5))["wavenumber"].values.tolist() == [400, 399.5]
    assert one(spectrum("400 1 2", FIRSTX=400, LASTX=410))["wavenumber"].values.tolist() == [400, 410]
    assert one(spectrum("400 1"))["wavenumber"].values.tolist() == [400]
    with pytest.raises(DamagedFile, match="how far the points are apart"):
        one(spectrum("400 1 2", FIRSTX=400))
    with pytest.raises(DamagedFile, match="where the points begin"):
        one(spectrum("A1B2", NPOINTS=2))


def test_a_form_that_is_not_stated_is_the_usual_one() -> None:
    reading = one(spectrum("400 1 2\n402 3 4", form="", FIRSTX=400, LASTX=403, NPOINTS=4))
    assert reading["absorbance"].values.tolist() == [1, 2, 3, 4]
    assert any("does not state its form" in doubt for doubt in reading.doubts)
    with pytest.raises(UnsupportedVariant, match="XYZ"):
        one(spectrum("400 1 2", form="XYZ"))


def test_two_plain_columns_after_the_statements() -> None:
    text = "##TITLE=No Description\r\n##DATA TYPE=INFRARED SPECTRUM\r\n##XUNITS=1/CM\r\n##YUNITS=%T\r\n"
    text += "399.2 \t81.7\r\n401.1 \t82.0"
    assert READER.recognise(Source(text.encode())) is not None
    reading = one(text)
    assert reading["wavenumber"].values.tolist() == [399.2, 401.1]
    assert reading["transmittance"].unit == "percent_transmittance"
    assert reading.header["YUNITS"] == "%T"
    assert any("table has no label" in doubt for doubt in reading.doubts)
    with pytest.raises(NothingMeasured):
        one(text.replace("401.1", "four hundred"))


# --- what is doubted ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("FIRSTY= 0.1", "FIRSTY= 0.20", "The first ordinate is stated as 0.2"),
        ("FIRSTY= 0.1", "MAXY= 150\n##MINY= 100", "The header has ordinates from 100 to 150"),
        ("FIRSTY= 0.1", "DELTAX= 3", "DELTAX is 3"),
        ("406 130", "408 130", "The abscissas of 1 of 2 lines disagree"),
        ("##END=\n", "", "no ##END="),
        ("##XUNITS= 1/CM\n", "", "XUNITS is not stated"),
    ],
)
def test_contradictions_that_lose_nothing_are_doubts(old: str, new: str, words: str) -> None:
    reading = one(IR.replace(old, new))
    assert any(words in doubt for doubt in reading.doubts), reading.doubts
    assert reading["absorbance"].values.size == 6


def test_rounded_abscissas_at_the_lines_are_no_contradiction() -> None:
    data = "400 1 2 3\n401 4 5 6\n402 7 8 9"
    assert one(spectrum(data, FIRSTX=400, LASTX=402.4, NPOINTS=9, YFACTOR=1)).doubts == ()


def test_abscissas_at_the_lines_may_lack_the_factor() -> None:
    reading = one(spectrum("400 1 2\n404 3 4", FIRSTX=400, LASTX=406, NPOINTS=4, XFACTOR=2))
    assert reading["wavenumber"].values.tolist() == [400, 402, 404, 406]
    assert any("without being divided by XFACTOR" in doubt for doubt in reading.doubts)
    pairs = one(spectrum("400 1 404 3", form="(XY..XY)", FIRSTX=400, LASTX=404, XFACTOR=2))
    assert pairs["wavenumber"].values.tolist() == [400, 404]


def test_lines_that_run_the_other_way_are_believed() -> None:
    reading = one(spectrum("410 1 2 3\n404 4 5 6", FIRSTX=400, LASTX=410, NPOINTS=6))
    assert reading["wavenumber"].values.tolist() == [410, 408, 406, 404, 402, 400]
    assert any("wrong way round" in doubt for doubt in reading.doubts)
    assert reading.metadata["step"] == Measured(-2.0, "1/cm")


def test_uneven_pairs_under_the_form_of_even_ones() -> None:
    reading = one(spectrum("400 1\n401 2\n410 3", FIRSTX=400, LASTX=410, NPOINTS=3))
    assert reading["wavenumber"].values.tolist() == [400, 401, 410]
    assert any("each line's own X" in doubt for doubt in reading.doubts)


def test_percent_under_the_name_of_a_fraction() -> None:
    reading = one(spectrum("400 80 85", FIRSTX=400, LASTX=401, NPOINTS=2, YUNITS="TRANSMITTANCE"))
    assert reading["transmittance"].unit == "transmittance"
    assert any("looks like percent" in doubt for doubt in reading.doubts)


def test_a_number_of_points_that_three_other_statements_contradict() -> None:
    reading = one(IR.replace("NPOINTS= 6", "NPOINTS= 7\n##DELTAX= 2"))
    assert reading["absorbance"].values.size == 6
    assert any("promises 7 points, 6 follow" in doubt for doubt in reading.doubts)


def test_a_check_that_is_off_by_one_unit() -> None:
    reading = one(spectrum("400A0JJ\n402A3JJ\n404A5", FIRSTX=400, LASTX=404, NPOINTS=5))
    assert reading["absorbance"].values.tolist() == [10, 11, 12, 14, 15]
    assert any("line 11 repeats the ordinate before it as 13" in doubt for doubt in reading.doubts)


def test_a_last_check_that_was_not_filled_in() -> None:
    reading = one(spectrum("400A0JJ\n402@", FIRSTX=400, LASTX=402, NPOINTS=3))
    assert reading["absorbance"].values.tolist() == [10, 11, 12]
    assert any("ends with 0 where its last ordinate, 12" in doubt for doubt in reading.doubts)


# --- what is refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (IR.replace("NPOINTS= 6", "NPOINTS= 7"), "promises 7 points, 6 follow"),
        (IR.replace("406 130 140 150\n", ""), "promises 6 points, 3 follow"),
        (IR.replace("406 130", "7733 130 1").replace("140", "140 1"), "line 16 begins with X 7733 where 406 was due"),
        (IR.replace("140", "1x40"), "'x' stands among the numbers"),
        (IR.replace("YFACTOR= 0.001", "YFACTOR= 0"), "factor of 0"),
        (IR.replace("YFACTOR= 0.001", "YFACTOR= 1e299").replace("100", "1E+20"), "too large"),
        (IR[: IR.index("140") + 2], "breaks off within a line"),
        (IR.replace("##NPOINTS= 6\n", "").replace("##END=\n", ""), "nothing says how many points"),
        (spectrum("400A0JJ\n402A7JJ\n404A9", FIRSTX=400, LASTX=404, NPOINTS=5), "repeats the ordinate before it as 17"),
        (spectrum("400 1 2\n408 3 4\n410 5 6", FIRSTX=400, DELTAX=1), "points seem to be missing"),
        (spectrum("400 1 2 3", FIRSTX=400, LASTX=410, DELTAX=1), "promise 11 points, 3 follow"),
        (MASS.replace("NPOINTS= 4", "NPOINTS= 5"), "promises 5 points, 4 follow"),
        (MASS.replace("45,440", "45"), "not groups of 2"),
    ],
)
def test_files_that_lost_something_are_refused(text: str, words: str) -> None:
    with pytest.raises(DamagedFile, match=words) as caught:
        read(text)
    assert caught.value.mend


def test_files_without_numbers() -> None:
    with pytest.raises(NothingMeasured):
        read(COMPOUND[: COMPOUND.index(IR)] + "##END=\n")
    with pytest.raises(NothingMeasured):
        read(spectrum("", NPOINTS=0))
    with pytest.raises(NothingMeasured):
        read(spectrum("", form="(XY..XY)"))


def test_blocks_nested_without_end_are_hostile() -> None:
    with pytest.raises(HostileFile):
        read("##TITLE= a\n" * 100 + IR)


def test_bruker_parameter_files_are_not_claimed() -> None:
    text = b"##TITLE= Parameter file, TopSpin 3.5\n##JCAMPDX= 5.0\n##DATATYPE= Parameter Values\n##$TD= 1024\n##END=\n"
    assert READER.recognise(Source(text)) is None


# --- dates, samples, shifts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "due"),
    [
        (
            {"LONG DATE": "1997/08/29  16:47:44.00  +0500"},
            datetime(1997, 8, 29, 16, 47, 44, tzinfo=timezone(timedelta(hours=5))),
        ),
        ({"LONG DATE": "2009/01/25 09:16:38+0000"}, datetime(2009, 1, 25, 9, 16, 38, tzinfo=UTC)),
        ({"LONG DATE": "2026-03-04T05:06:07Z"}, datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)),
        ({"LONGDATE": "2020/06/16", "TIME": "10:11:29"}, datetime(2020, 6, 16, 10, 11, 29)),
        ({"DATE": "96/11/04", "TIME": "18:07:10.00"}, datetime(1996, 11, 4, 18, 7, 10)),
        ({"DATE": "05/11/04", "TIME": "1:07 pm"}, datetime(2005, 11, 4, 13, 7)),
        ({"DATE": "13/2/1997", "TIME": "14:55:12"}, datetime(1997, 2, 13, 14, 55, 12)),
        ({"DATE": "03/30/90", "TIME": "10:47:11"}, datetime(1990, 3, 30, 10, 47, 11)),
        ({"DATE": "2/13/1997", "TIME": "14:55"}, datetime(1997, 2, 13, 14, 55)),
        ({"DATE": "Mon Mar 08 11:01:12 1993"}, datetime(1993, 3, 8, 11, 1, 12)),
        ({"DATE": "12-JAN-1998", "TIME": "09:08:07"}, datetime(1998, 1, 12, 9, 8, 7)),
        ({"DATE": "1964"}, None),
        ({}, None),
    ],
)
def test_dates(stated: dict[str, str], due: datetime | None) -> None:
    reading = one(spectrum("400 1 2", FIRSTX=400, LASTX=401, NPOINTS=2, **stated))
    assert reading.started_at == due
    assert reading.doubts == ()


@pytest.mark.parametrize(
    ("stated", "due", "words"),
    [
        ({"DATE": "98/10/1"}, datetime(1998, 10, 1), "no time of day"),
        ({"DATE": "05/06/2009"}, None, "several ways"),
        ({"DATE": "98/02/31", "TIME": "10:00:00"}, None, "is none"),
    ],
)
def test_doubtful_dates(stated: dict[str, str], due: datetime | None, words: str) -> None:
    reading = one(spectrum("400 1 2", FIRSTX=400, LASTX=401, NPOINTS=2, **stated))
    assert reading.started_at == due
    (doubt,) = reading.doubts
    assert words in doubt


def test_what_the_header_says_of_sample_and_conditions() -> None:
    reading = one(
        spectrum(
            "400 1 2",
            FIRSTX=400,
            LASTX=401,
            NPOINTS=2,
            **{
                "NAMES": "Acetone\nPentane",
                "CAS REGISTRY NO": "67-64-1\n109-66-0",
                "MOLFORM": "C3 H6 O",
                "STATE": "gas",
                "TEMPERATURE": "23 C",
                "PRESSURE": "101.3 kPa",
                "RESOLUTION": "0.482",
                ".AVERAGES": "32",
                "SPECTROMETER/DATA SYSTEM": "IFS66V (Bruker)",
            },
        )
    )
    assert (reading.sample_name, reading.instrument) == ("Acetone", "IFS66V (Bruker)")
    assert reading.metadata["cas_number"] == "67-64-1"
    assert reading.metadata["molecular_formula"] == "C3 H6 O"
    assert reading.metadata["state"] == "gas"
    assert reading.metadata["temperature"] == Measured(23.0, "degC")
    assert reading.metadata["pressure"] == Measured(101.3, "kPa")
    assert reading.metadata["resolution"] == Measured(0.482, "1/cm")
    assert reading.metadata["n_scans"] == 32


NMR = {"DATA TYPE": "NMR SPECTRUM", "XUNITS": "HZ", "YUNITS": "ARBITRARY UNITS", ".OBSERVE FREQUENCY": "100.001"}


@pytest.mark.parametrize(
    ("stated", "shifts"),
    [
        ({"$OFFSET": "10", "$SF": "100"}, [10, 9]),
        ({".SHIFT REFERENCE": "INTERNAL, TMS, 2, 0", "$SF": "100"}, [1, 0]),
        ({"$OFFSET": "10", "$SF": "100", ".SHIFT REFERENCE": "INTERNAL, CDCl3, 1, 10"}, [10, 9]),
        ({".SHIFT REFERENCE": "INTERNAL, TMS, 1, 5"}, [5, 5 - 100 / 100.001]),
        ({".SHIFT REFERENCE": "INTERNAL, TMS, 0, 0"}, None),
        ({"$OFFSET": "10"}, None),
        ({}, None),
    ],
)
def test_chemical_shifts_where_they_are_fixed(stated: dict[str, str], shifts: list[float] | None) -> None:
    reading = one(spectrum("500 1 2", FIRSTX=500, LASTX=400, NPOINTS=2, **NMR | stated))
    assert ("chemical_shift" in reading) == (shifts is not None)
    if shifts is not None:
        assert np.allclose(reading["chemical_shift"].values, shifts, rtol=1e-12)
    assert reading.doubts == ()


def test_contradicting_references_give_no_chemical_shift() -> None:
    stated = {"$OFFSET": "10", "$SF": "100", ".SHIFT REFERENCE": "INTERNAL, TMS, 1, 0"}
    reading = one(spectrum("500 1 2", FIRSTX=500, LASTX=400, NPOINTS=2, **NMR | stated))
    assert "chemical_shift" not in reading
    assert any("contradict" in doubt for doubt in reading.doubts)


_LINES = (
    "##TITLE= a",
    "##JCAMP-DX= 5",
    " ##Data Type= b",
    "\t##TIT_LE=",
    "##END",
    "##no end",
    "a ##TITLE= c",
    "## = ##X=",
    "1 2",
)


@given(
    st.lists(st.sampled_from(_LINES), max_size=9),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
)
def test_labels_stand_at_the_beginning_of_a_line_whatever_ends_it(lines: list[str], end: str, encoding: str) -> None:
    labels = [
        re.sub(r"[\s\-/_]", "", line.strip()[2:].partition("=")[0]).upper()
        for line in lines
        if line.strip().startswith("##") and "=" in line
    ]
    text = end.join(lines)
    assert list(labels_in(text)) == labels
    claim = READER.recognise(Source(f"{text}{end}".encode(encoding)))
    is_certain = "TITLE" in labels[:3] and "JCAMPDX" in labels
    assert (claim is not None and claim.confidence is Confidence.CERTAIN) == is_certain
    is_likely = labels[:1] == ["TITLE"] and "DATATYPE" in labels
    assert (claim is not None) == (is_certain or is_likely)
