"""LabSolutions: each variant of the format in small, after excerpts that open programs quote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence
from kiban.readers.recognise import choose
from kiban.readers.shimadzu_labsolutions import READER
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

HEAD = (
    "[Header]\nApplication Name\tLabSolutions\nVersion\t5.97\nData File Name\tC:\\a.lcd\nOutput Date\t2021/08/23\n"
    "Output Time\t14:09:36\n\n[Sample Information]\nOperator Name\tA. Person\nSample Name\tDigest\nSample ID\tS1\n"
    "Acquired\t2021/08/22 10:11:12\n\n[Original Files]\nMethod File\tC:\\m.lcm\n\n"
)
ROWS = "0.00000\t-132\n0.00833\t-52\n0.01667\t3000\n"


def chromatogram(name: str = "LC Chromatogram(Detector A-Ch1)", rows: str = ROWS, **changes: Any) -> str:
    keys = {
        "Interval(msec)": "500",
        "# of Points": str(rows.count("\n")),
        "Start Time(min)": "0.000",
        "End Time(min)": "0.017",
        "Intensity Units": "mV",
        "Intensity Multiplier": "0.001",
        "Wavelength(nm)": "215",
    } | {key.replace("_", " "): value for key, value in changes.items()}
    lines = "".join(f"{key}\t{value}\n" for key, value in keys.items() if value is not None)
    return f"[{name}]\n{lines}R.Time (min)\tIntensity\n{rows}\n"


PEAKS = "[Peak Table(Detector A-Ch1)]\n# of Peaks\t1\nPeak#\tR.Time\tArea\n1\t0.017\t12345\n\n"
PDA = (
    "[PDA 3D]\nInterval(msec)\t640\nStart Time(min)\t0.000\nEnd Time(min)\t0.021\nStart Wavelength(nm)\t190\n"
    "End Wavelength(nm)\t192\n# of Wavelength Axis Points\t3\n# of Time Axis Points\t2\nR.Time (min)\n"
    "\t19000\t19100\t19200\n0.00000\t1\t2\t3\n0.01067\t4\t5\t6\n\n"
)
MS = (
    "[MS Spectrum]\n# of Peaks\t2\nRaw Spectrum\t5.123 (scan : 456)\nm/z\tAbsolute Intensity\tRelative Intensity\n"
    "57.05\t1000\t100.00\n71.10\t500\t50.00\n\n"
)
TIC = (
    "[MS Chromatogram]\nm/z\tTIC\n# of Points\t2\nStart Time(min)\t3.0\nInterval(msec)\t300\n"
    "Ret.Time\tAbsolute Intensity\tRelative Intensity\n3.000\t1000\t100.00\n3.005\t500\t50.00\n\n"
)
STATUS = chromatogram("LC Status Trace(Pump A Pressure)", Intensity_Units="MPa", **{"Wavelength(nm)": None})
FILE = HEAD + PEAKS + chromatogram()


def of(text: str, encoding: str = "cp1252") -> list[Reading]:
    return READER.read(Source(text.encode(encoding), name="x.txt"))


def one(text: str) -> Reading:
    [reading] = of(text)
    return reading


class TestShimadzuLabsolutions(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "one channel, CRLF": FILE.replace("\n", "\r\n").encode(),
        "commas": FILE.replace("\t", ",").encode(),
        "decimal commas": FILE.replace(".0", ",0").encode(),
        "semicolons and decimal commas": FILE.replace(".0", ",0").replace("\t", ";").encode(),
        "Japanese, CP932": FILE.replace("Digest", "標準").replace("Detector A", "検出器A").encode("cp932"),
        "gas chromatograph": (HEAD + chromatogram("Chromatogram (Ch1)", Intensity_Units="uV")).encode(),
        "diode array": (HEAD + PDA).encode(),
        "mass spectrometer": (HEAD.replace("LabSolutions", "GCMSsolution") + TIC + MS).encode(),
        "status": (HEAD + STATUS).encode(),
        "two runs": (FILE + FILE).encode(),
    }


def test_a_chromatogram_is_multiplied_as_stated() -> None:
    reading = one(FILE)
    assert (reading.technique, reading.title) == ("chromatography", "Digest: LC Chromatogram(Detector A-Ch1)")
    assert reading["time"].values.tolist() == [0.0, 0.00833, 0.01667]
    np.testing.assert_allclose(reading["detector_signal"].values, [-0.132, -0.052, 3.0])
    assert (reading["time"].unit, reading["detector_signal"].unit) == ("min", "mV")
    assert (reading.sample_name, reading.operator) == ("Digest", "A. Person")
    assert reading.started_at == datetime(2021, 8, 22, 10, 11, 12)
    assert reading.metadata == {
        "maker": "Shimadzu",
        "sample_id": "S1",
        "method": "C:\\m.lcm",
        "software": "LabSolutions",
        "detection_wavelength": Measured(215.0, "nm"),
    }
    assert reading.header["Peak Table(Detector A-Ch1)"] == [
        ["# of Peaks", "1"],
        ["Peak#", "R.Time", "Area"],
        ["1", "0.017", "12345"],
    ]
    assert reading.doubts == ()


@pytest.mark.parametrize("variant", ["commas", "decimal commas", "semicolons and decimal commas", "Japanese, CP932"])
def test_other_writings_give_the_same_numbers(variant: str) -> None:
    content = TestShimadzuLabsolutions.examples[variant]
    [reading] = READER.read(Source(content, name="x.txt"))
    np.testing.assert_allclose(reading["detector_signal"].values, [-0.132, -0.052, 3.0])
    assert reading["time"].values.tolist() == [0.0, 0.00833, 0.01667]
    assert reading.sample_name == ("標準" if "Japanese" in variant else "Digest")


def test_a_diode_array_has_times_and_wavelengths() -> None:
    reading = one(HEAD + PDA)
    assert reading["wavelength"].values.tolist() == [190.0, 191.0, 192.0]
    assert reading["time"].values.tolist() == [0.0, 0.01067]
    assert reading["detector_signal"].values.tolist() == [[1, 2, 3], [4, 5, 6]]
    assert reading["detector_signal"].unit == "arbitrary_unit"
    assert reading.doubts == ()
    whole = PDA.replace("19000\t19100\t19200", "190\t191\t192")
    assert one(HEAD + whole)["wavelength"].values.tolist() == [190.0, 191.0, 192.0]
    assert "ends of the wavelengths" in one(HEAD + PDA.replace("nm)\t190", "nm)\t200")).doubts[0]


def test_mass_spectra_and_status_traces() -> None:
    chromatogram_of_ions, spectrum = of(HEAD + TIC + MS)
    assert chromatogram_of_ions["detector_signal"].values.tolist() == [1000.0, 500.0]
    assert chromatogram_of_ions.doubts == ()
    assert spectrum.technique == "mass_spectrometry"
    assert spectrum["mass_to_charge"].values.tolist() == [57.05, 71.10]
    assert spectrum["intensity"].values.tolist() == [1000.0, 500.0]
    assert spectrum.header["MS Spectrum"] == {"# of Peaks": "2", "Raw Spectrum": "5.123 (scan : 456)"}
    status = one(HEAD + STATUS)
    assert status["status_trace"].unit == "MPa"


def test_several_channels_and_runs_are_several_readings() -> None:
    other = chromatogram("LC Chromatogram(Detector B-Ch1)", Intensity_Multiplier="1")
    first, second = of(FILE + other)
    assert second["detector_signal"].values.tolist() == [-132.0, -52.0, 3000.0]
    assert (first.title, second.title) == (
        "Digest: LC Chromatogram(Detector A-Ch1)",
        "Digest: LC Chromatogram(Detector B-Ch1)",
    )
    names = [reading.sample_name for reading in of(FILE + FILE.replace("Digest", "Blank"))]
    assert names == ["Digest", "Blank"]


def test_empty_channels_are_passed_over_and_no_points_are_nothing_measured() -> None:
    assert len(of(FILE + chromatogram("LC Chromatogram(AD2)", ""))) == 1
    for text in (HEAD, HEAD + PEAKS, HEAD + chromatogram(rows="")):
        with pytest.raises(NothingMeasured):
            of(text)


def test_other_intervals_than_stated_and_unclear_dates() -> None:
    reading = one(HEAD + chromatogram(**{"Interval(msec)": "1000"}))
    assert reading.doubts == ("An interval of 1000 ms is stated; the points are 500.1 ms apart.",)
    assert one(FILE.replace("2021/08/22 10:11:12", "5/6/2026 11:49:03 AM")).started_at is None
    assert one(FILE.replace("2021/08/22 10:11:12", "5/29/2026 11:49:03 PM")).started_at == datetime(
        2026, 5, 29, 23, 49, 3
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD + chromatogram(**{"# of Points": "4"}), "4 of points are promised, 3 rows follow"),
        (HEAD + chromatogram(**{"# of Points": "x"}), "no number of points are promised, 3 rows follow"),
        (HEAD + chromatogram(rows=ROWS.replace("0.01667", "0.00100")), "do not ascend"),
        (HEAD + chromatogram(rows=ROWS.replace("-52", "x")), "'x' was found"),
        (HEAD + chromatogram(rows=ROWS.replace("-52", "")), "2 data columns were expected, 1 were found"),
        (HEAD + PDA.replace("0.01067\t4\t5\t6\n", ""), "2 times and 3 wavelengths are promised; 1 and 3 follow"),
        (HEAD + PDA.replace("\t19200", ""), "2 times and 3 wavelengths are promised; 2 and 2 follow"),
        (HEAD + PDA.replace("\t19000\t19100\t19200\n", ""), "a line of wavelengths was expected"),
        (HEAD + PDA.replace("19100", "18000"), "were expected to ascend"),
        ("words\n" + FILE, "line 1: a section was expected"),
    ],
)
def test_damage_is_named(text: str, words: str) -> None:
    with pytest.raises(DamagedFile) as caught:
        of(text)
    assert words in caught.value.fault


def test_recognition() -> None:
    claim = READER.recognise(Source(FILE.encode()))
    assert claim is not None
    assert claim.confidence is Confidence.CERTAIN
    nameless = FILE.replace("Application Name\tLabSolutions\nVersion\t5.97\n", "")
    assert choose(Source(nameless.encode(), name="x.txt")).reader is READER
    for text in ("[Header]\nINFO,a,b\n[Data]\n1,2\n", "[Header]\nOutput Date\t1\n", "[header]\n", "x [Header]\n"):
        assert READER.recognise(Source(text.encode())) is None


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=40), st.sampled_from("\t,;"))
def test_what_is_written_is_read(values: Sequence[int], delimiter: str) -> None:
    rows = "".join(f"{0.01 * n:.5f}\t{value}\n" for n, value in enumerate(values))
    text = (HEAD + chromatogram(rows=rows, **{"Interval(msec)": "600"})).replace("\t", delimiter)
    reading = one(text)
    np.testing.assert_allclose(reading["detector_signal"].values, 0.001 * np.array(values))
    assert reading.doubts == ()
