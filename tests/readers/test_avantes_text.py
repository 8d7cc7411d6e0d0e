"""AvaSoft: the real files with the figures of the table, and each variant of the format in small."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar

import pytest

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.readers.avantes_text import READER
from kiban.readers.contract import Confidence
from kiban.readers.recognise import read
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

HEAD = (
    "{comment}\nIntegration time [ms]:   1.500\nAveraging Nr. [scans]: 100\nSmoothing Nr. [pixels]: 3\n"
    "Data measured with spectrometer [name]: 1908047U1\n"
)
RAW = (
    "Wave   ;Sample   ;Dark     ;Reference;Scope\n[nm]   ;[counts] ;[counts] ;[counts] \n\n"
    "128.909;  483.977;   -0.956;   81.480\n129.461;  494.976;   -2.716;   68.201\n"
)
REFLECTANCE = (
    "Wave   ;Sample   ;Dark     ;Reference;Reflectance\n[nm]   ;[counts] ;[counts] ;[counts] ;[%]\n\n"
    "893,59; 1603,000; 1570,444; 1610,444; 42,5;\n894,10; 1604,000; 1570,444; 1610,444; 43,1;\n"
)
IRRADIANCE = (
    "Wave;Sample;Dark;Reference;Absolute irradiance;Photon counts\n"
    "[nm];[counts];[counts];[counts];[uW/cm2/nm];[counts]\n\n500.0;10;2;0;8;4\n501.0;20;3;0;17;9\n"
)


def of(body: str, comment: str = "") -> Reading:
    [reading] = READER.read(Source((HEAD.format(comment=comment) + body).encode("cp1252"), name="x.txt"))
    return reading


class TestAvantesText(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "raw, CRLF": (HEAD.format(comment="") + RAW).replace("\n", "\r\n").encode(),
        "reflectance, decimal commas": (HEAD.format(comment="red dye") + REFLECTANCE).encode(),
        "irradiance": (HEAD.format(comment="") + IRRADIANCE).encode(),
        "absorbance, version 7": (
            b"glass\nIntegration time: 100.00 ms\nAverage: 3 scans\n"
            b"Data measured with spectrometer name: 0604119U1\n"
            b"Wave   ;Dark ;Reference;Sample;Absorbance\n[nm];[counts];[counts];[counts];\n\n500.1;1;2;3;0.1\n"
        ),
        "comment in CP932": (HEAD.format(comment="標準試料") + RAW).encode("cp932"),
    }


def test_raw_counts_keep_their_columns() -> None:
    reading = of(RAW)
    assert reading.technique == "spectrum"
    assert [(v.name, v.series.unit, v.series.values.tolist()) for v in reading.variables] == [
        ("wavelength", "nm", [128.909, 129.461]),
        ("intensity", "count", [483.977, 494.976]),
        ("dark_intensity", "count", [-0.956, -2.716]),
        ("reference_intensity", "count", [81.48, 68.201]),
    ]
    assert reading.metadata == {
        "maker": "Avantes",
        "exposure_time": Measured(1.5, "ms"),
        "n_scans": 100,
        "serial_number": "1908047U1",
    }
    assert reading.header["columns"] == ["Wave", "Sample", "Dark", "Reference", "Scope"]
    assert reading.header["Smoothing Nr. [pixels]"] == "3"


def test_a_reflectance_stays_in_percent_and_commas_are_points() -> None:
    reading = of(REFLECTANCE, "red dye")
    assert (reading.technique, reading.title) == ("uv_vis", "red dye")
    assert reading["wavelength"].values.tolist() == [893.59, 894.10]
    assert reading["reflectance"].values.tolist() == [42.5, 43.1]
    assert reading["reflectance"].unit == "percent"


def test_an_irradiance_has_its_unit() -> None:
    reading = of(IRRADIANCE)
    assert [v.name for v in reading.variables][-2:] == ["irradiance", "photon_counts"]
    assert reading["irradiance"].to("W/m**3").values.tolist() == pytest.approx([8e7, 17e7])


def test_version_7_and_comments_in_japanese() -> None:
    [reading] = READER.read(Source(TestAvantesText.examples["absorbance, version 7"], name="x.txt"))
    assert reading["absorbance"].unit == "absorbance"
    assert reading.metadata["exposure_time"] == Measured(100.0, "ms")
    assert reading.metadata["n_scans"] == 3
    [reading] = READER.read(Source(TestAvantesText.examples["comment in CP932"], name="x.txt"))
    assert reading.title == "標準試料"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (RAW.replace("129.461", "127.461"), "expected to ascend"),
        (RAW.replace("-2.716", "x"), "'x' was found"),
        (RAW.replace(";   68.201", ""), "4 data columns were expected, 3 were found"),
        (RAW.replace(";   81.480", "").replace(";   68.201", ""), "5 columns were expected, rows have 3 numbers"),
        (RAW.replace("Wave ", "Waves "), "a line 'Wave;Sample;...'"),
        (RAW.replace("[nm] ", "128.0"), "one of units were expected"),
    ],
)
def test_damage_is_named(body: str, words: str) -> None:
    with pytest.raises(DamagedFile) as caught:
        of(body)
    assert words in caught.value.fault


def test_a_series_is_refused_and_no_rows_are_nothing_measured() -> None:
    with pytest.raises(UnsupportedVariant, match="perhaps a series"):
        of("Wave;Dark;Reference;Samples\n[nm]\n\n500;1;2;3;4;5\n")
    with pytest.raises(NothingMeasured):
        of(RAW.partition("128.909")[0])


def test_other_text_is_not_claimed() -> None:
    assert READER.recognise(Source(b"Wave;Sample\n[nm];[counts]\n1;2\n")) is None
    claim = READER.recognise(Source((HEAD.format(comment="") + RAW).encode()))
    assert claim is not None
    assert claim.confidence is Confidence.CERTAIN


@pytest.mark.parametrize(("name", "first"), [("0000.Raw8.TXT", 483.977), ("0060.Raw8.txt", 154.311)])
def test_the_real_files(shared: Callable[[str], Path], name: str, first: float) -> None:
    choice, [reading] = read(Source(shared(f"uvvis/1908047U1_{name}")))
    assert choice.reader is READER
    assert reading["wavelength"].shape == (1921,)
    assert (reading["wavelength"].values[0], reading["wavelength"].values[-1]) == (128.909, 1160.368)
    assert reading["intensity"].values[0] == first
    assert reading["reference_intensity"].values[-1] == 768.124
    assert reading.metadata["exposure_time"] == Measured(1.5, "ms")
