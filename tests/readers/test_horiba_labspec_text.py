"""LabSpec text: the real file with the figures read off it, and each variant of the format in small."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence
from kiban.readers.horiba_labspec_text import READER
from kiban.readers.recognise import choose, read
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

HEADER = (
    "#Acq. time (s)=\t0.2\n#Accumulations=\t3\n#Range=\tOff\n#Detector temperature (°C)=\t-75.07\n"
    "#Instrument=\tLabRAM HR Evol\n#Detector=\tSynapse BIDD\n#Objective=\tx50\n#Grating=\t300 gr/mm\n"
    "#ND Filter=\t0.1%\n#Laser (nm)=\t405 \n#Range=\tVisible\n#Z (µm)=\t7.5\n#Project=\tA\n#Sample=\tGaN\n"
    "#Title=\tn1p\n#Remark=\t\n#Date=\t07.03.2022 14:49\n#Acquired=\t07.03.2022 14:49:59\n"
)


def axes(*pairs: tuple[str, str]) -> str:
    return "".join(f"#AxisType[{n}]={kind}\n#AxisUnit[{n}]={unit}\n" for n, (kind, unit) in enumerate(pairs))


COUNTS, SHIFT, NM = ("Intens", "Cnt"), ("Spectr", "1/cm"), ("Spectr", "nm")
X, Y = ("X", "µm"), ("Y", "µm")
SINGLE = HEADER + axes(COUNTS, SHIFT) + "300.5\t12.5\n200.25\t-3\n100\t7\n"
LINE = HEADER + axes(COUNTS, SHIFT, Y) + "\t300\t200\t100\n-1\t1\t2\t3\n1\t4\t5\t6\n"
MAP_ROWS = [f"{y}\t{x}\t{10 * i}\t{10 * i + 1}" for i, (y, x) in enumerate((y, x) for y in (5, 4) for x in (-1, 1, 3))]
MAP = HEADER + axes(COUNTS, NM, X, Y) + "\n".join(["\t\t500\t400", *MAP_ROWS]) + "\n"
SURVEY = HEADER.replace("#Range=\tOff", "#Range (nm)=\t400...600") + "\t400\t500\t600\n1\t7\t8\t9\n"


def of(text: str, encoding: str = "cp1252") -> Reading:
    [reading] = READER.read(Source(text.encode(encoding), name="x.txt"))
    return reading


class TestHoribaLabspecText(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "single, CP1252, CRLF": SINGLE.replace("\n", "\r\n").encode("cp1252"),
        "single, UTF-8 with byte-order mark": SINGLE.encode("utf-8-sig"),
        "single, CP932": SINGLE.replace("µ", "μ").replace("GaN", "窒化ガリウム").encode("cp932"),
        "decimal commas": SINGLE.replace(".5\t12.5", ",5\t12,5").replace("200.25", "200,25").encode(),
        "line": LINE.encode("cp1252"),
        "time series": LINE.replace("Y\n", "Time\n").replace("[2]=µm", "[2]=s").encode("cp1252"),
        "map": MAP.encode("cp1252"),
        "survey": SURVEY.encode("cp1252"),
        "picture": (HEADER + axes(("Intens", ""), X, Y) + "\t1\t2\n5\t7\t8\n6\t9\t10\n").encode("cp1252"),
    }


def test_a_spectrum_keeps_its_order_and_all_that_is_stated() -> None:
    reading = of(SINGLE)
    assert (reading.technique, reading.title, reading.sample_name) == ("raman", "n1p", "GaN")
    assert reading["raman_shift"].values.tolist() == [300.5, 200.25, 100.0]
    assert reading["intensity"].values.tolist() == [12.5, -3.0, 7.0]
    assert (reading["raman_shift"].unit, reading["intensity"].unit) == ("1/cm", "count")
    assert reading["intensity"].uncertainty is None
    assert reading.instrument == "LabRAM HR Evol"
    assert reading.started_at is None
    assert reading.metadata == {
        "maker": "HORIBA",
        "exposure_time": Measured(0.2, "s"),
        "detector_temperature": Measured(-75.07, "degC"),
        "position_z": Measured(7.5, "um"),
        "detector": "Synapse BIDD",
        "objective": "x50",
        "grating": "300 gr/mm",
        "neutral_density_filter": "0.1%",
        "project": "A",
        "n_scans": 3,
        "laser_wavelength": Measured(405.0, "nm"),
        "ended_at": datetime(2022, 3, 7, 14, 49, 59),
    }
    assert reading.header["Range"] == ["Off", "Visible"]
    assert reading.doubts == ()


@pytest.mark.parametrize("variant", ["single, UTF-8 with byte-order mark", "single, CP932", "decimal commas"])
def test_other_writings_give_the_same_numbers(variant: str) -> None:
    [reading] = READER.read(Source(TestHoribaLabspecText.examples[variant], name="x.txt"))
    assert reading["intensity"].values.tolist() == [12.5, -3.0, 7.0]
    assert reading.sample_name == ("窒化ガリウム" if variant == "single, CP932" else "GaN")
    assert reading.metadata["position_z"] == Measured(7.5, "um")


@pytest.mark.parametrize(
    ("unit", "name", "technique"),
    [
        ("nm", "wavelength", "spectrum"),
        ("eV", "photon_energy", "spectrum"),
        ("1/cm", "raman_shift", "raman"),
        ("Pixel", "spectral_axis", "spectrum"),
    ],
)
def test_the_axis_is_what_its_unit_says(unit: str, name: str, technique: str) -> None:
    reading = of(HEADER + axes(("Intens", "Cnt/sec"), ("Spectr", unit)) + "1\t2\n3\t4\n")
    assert reading.technique == technique
    assert reading[name].values.tolist() == [1.0, 3.0]
    assert reading["intensity"].unit == "count/s"


def test_older_files_state_the_unit_beside_the_range() -> None:
    old = HEADER.replace("#Range=\tOff", "#Range (cm-¹)=\t100...300")
    reading = of(old + "100\t7\n200\t8\n")
    assert reading.technique == "raman"
    assert reading["raman_shift"].unit == "1/cm"
    assert reading["intensity"].unit == "arbitrary_unit"


def test_a_survey_is_one_spectrum() -> None:
    reading = of(SURVEY)
    assert reading["wavelength"].values.tolist() == [400.0, 500.0, 600.0]
    assert reading["intensity"].values.tolist() == [7.0, 8.0, 9.0]


def test_a_line_runs_along_its_axis() -> None:
    reading = of(LINE)
    assert [(v.name, v.dimensions) for v in reading.variables] == [
        ("raman_shift", ("raman_shift",)),
        ("position_y", ("position_y",)),
        ("intensity", ("position_y", "raman_shift")),
    ]
    assert reading["intensity"].values.tolist() == [[1, 2, 3], [4, 5, 6]]
    assert reading["position_y"].unit == "um"


def test_a_series_runs_along_time() -> None:
    [reading] = READER.read(Source(TestHoribaLabspecText.examples["time series"], name="x.txt"))
    assert reading["time"].values.tolist() == [-1.0, 1.0]
    assert reading["time"].unit == "s"


def test_a_map_has_rows_and_columns() -> None:
    reading = of(MAP)
    assert reading["position_y"].values.tolist() == [5.0, 4.0]
    assert reading["position_x"].values.tolist() == [-1.0, 1.0, 3.0]
    assert reading["intensity"].shape == (2, 3, 2)
    assert reading["intensity"].values[1, 2].tolist() == [50.0, 51.0]
    assert reading.doubts == (
        "The first column is taken for Y, the second for X: LabSpec writes the outer axis first, which the file does "
        "not say.",
    )


@pytest.mark.parametrize("rows", [MAP_ROWS[:5], MAP_ROWS[::2], [*MAP_ROWS[:5], "4\t3.01\t1\t2"], MAP_ROWS[:1] * 2])
def test_places_that_form_no_grid_stay_with_their_spectra(rows: list[str]) -> None:
    reading = of(HEADER + axes(COUNTS, NM, X, Y) + "\n".join(["\t\t500\t400", *rows]) + "\n")
    assert reading["intensity"].shape == (len(rows), 2)
    assert reading["position_x"].shape == (len(rows),)


def test_spectra_of_zeros_are_doubted() -> None:
    reading = of(LINE.replace("1\t4\t5\t6", "1\t0\t0\t0"))
    assert "1 of 2 spectra hold nothing but zeros" in reading.doubts[0]


def test_axes_that_nobody_named_are_doubted() -> None:
    reading = of(HEADER + "\t\t500\t400\n" + "\n".join(MAP_ROWS) + "\n")
    assert {"axis_2", "axis_3"} <= {v.name for v in reading.variables}
    assert "does not say along which axes" in reading.doubts[0]


def test_a_remark_of_several_lines_is_kept() -> None:
    reading = of(SINGLE.replace("#Remark=\t", "#Remark=\tfirst line\nsecond line"))
    assert reading.metadata["comment"] == "first line\nsecond line"


def test_an_axis_that_turns_back_is_doubted() -> None:
    assert "neither ascends nor descends" in of(SINGLE + "150\t1\n").doubts[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SINGLE.replace("200.25\t-3", "200.25"), "2 data columns were expected, 1 were found"),
        (SINGLE.replace("-3", "x"), "a data number was expected; 'x' was found"),
        (SINGLE.replace("-3", "nan"), "'nan' was found"),
        (SINGLE.replace("\t12.5", "\t1\t2").replace("\t-3", "\t1\t2").replace("\t7\n", "\t1\t2\n"), "they have 3"),
        (LINE.replace("\t300", ""), "rows of 1 places and 2 intensities were expected; they have 4"),
        (LINE[:-3], "4 data columns were expected, 3 were found"),
        (HEADER + "\t" * 9 + "1\n", "at most 4 tabs were expected"),
        (HEADER + axes(COUNTS, NM, X, X) + "\t\t5\n1\t2\t3\n", "axes of different kinds were expected"),
    ],
)
def test_damage_is_named(text: str, words: str) -> None:
    with pytest.raises(DamagedFile) as caught:
        of(text)
    assert words in caught.value.fault


def test_no_numbers_are_nothing_measured_and_several_exports_are_refused() -> None:
    for text in (HEADER, HEADER + "\t\t\n", LINE.partition("\n-1\t")[0]):
        with pytest.raises(NothingMeasured):
            of(text)
    with pytest.raises(UnsupportedVariant, match="several exports"):
        of(SINGLE + SINGLE)


def test_other_text_is_not_claimed() -> None:
    for text in (b"#Wave\t\t#Intensity\n1\t2\n", b"#a=b\n1 2\n", b"see #Acq. time (s)=\n", b"# AxisType[0]=\n1 2\n"):
        assert READER.recognise(Source(text)) is None
    claim = READER.recognise(Source(SINGLE.encode("utf-16")))
    assert claim is not None
    assert claim.confidence is Confidence.CERTAIN


@given(
    values=st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), min_size=2, max_size=30),
    comma=st.booleans(),
)
def test_what_is_written_is_read(values: list[tuple[float, float]], comma: bool) -> None:
    body = "".join(f"{x:.6f}\t{y:.6f}\n" for x, y in values)
    reading = of(HEADER + axes(COUNTS, NM) + (body.replace(".", ",") if comma else body))
    np.testing.assert_allclose(reading["wavelength"].values, [x for x, _ in values], atol=1e-6)
    np.testing.assert_allclose(reading["intensity"].values, [y for _, y in values], atol=1e-6)


def test_the_real_file(shared: Callable[[str], Path]) -> None:
    choice, [reading] = read(Source(shared("raman/labspec_raman_example.txt")))
    assert choice.reader is READER
    assert reading["raman_shift"].shape == (341,)
    assert (reading["raman_shift"].values[0], reading["intensity"].values[0]) == (201.795, 45.0984)
    assert (reading["raman_shift"].values[-1], reading["intensity"].values[-1]) == (798.317, 286.154)
    assert reading["intensity"].unit == "count"
    assert reading.metadata["laser_wavelength"] == Measured(532.0, "nm")
    assert reading.metadata["ended_at"] == datetime(2023, 10, 23, 16, 11, 12)
    assert (reading.title, reading.sample_name, reading.doubts) == ("ZnF2_1", "B", ())
    assert choose(Source(shared("raman/raman_example.txt"))).reader is not READER
