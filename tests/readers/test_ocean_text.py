"""Ocean Optics text: each variant of the format in small."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar

import pytest

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.ocean_text import READER
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

SUITE = (
    "SpectraSuite Data File\n++++++++++++++++++++++++++++++++++++\nDate: Wed May 16 14:30:04 EET 2012\nUser: Maya\n"
    "Dark Spectrum Present: Yes\nReference Spectrum Present: No\nNumber of Sampled Component Spectra: 1\n"
    "Spectrometers: MAYP11278\nIntegration Time (usec): 70000 (MAYP11278)\nSpectra Averaged: 4 (MAYP11278)\n"
    "Boxcar Smoothing: 5 (MAYP11278)\nNumber of Pixels in Processed Spectrum: 3\n"
    ">>>>>Begin Processed Spectral Data<<<<<\n178,23\t401,471\n178,61\t-1746,154\n178,99\t2711,905\n"
    ">>>>>End Processed Spectral Data<<<<<\n"
)
JAPANESE = (
    "SpectraSuiteﾃﾞｰﾀﾌｧｲﾙ\n++++++++++++++++++++++++++++++++++++\n日時: Mon Jun 11 14:59:44 JST 2018\nﾕｰｻﾞ: 山田\n"
    "ﾀﾞｰｸｽﾍﾟｸﾄﾙ: はい\n分光器: USB4F06998\nIntegration Time (usec): 60000 (USB4F06998)\nｽﾍﾟｸﾄﾙ平均: 5 (USB4F06998)\n"
    "平滑化: 5 (USB4F06998)\n処理済みｽﾍﾟｸﾄﾙﾋﾟｸｾﾙ数: 2\n>>>>>Begin Processed Spectral Data<<<<<\n"
    "176.72\t-0.000\n176.95\t0.125\n>>>>>End Processed Spectral Data<<<<<\n"
)
VIEW = (
    "Data from film_{kind}__0__0001.txt Node\r\n\nDate: Wed Feb 18 15:33:16 CST 2026\nUser: lab\n"
    "Spectrometer: FLMS02693\nTrigger mode: 0\nIntegration Time (sec): 1.000000E-1\nScans to average: 25\n"
    "Boxcar width: 1\nXAxis mode: {mode}\nNumber of Pixels in Spectrum: 3\n>>>>>Begin Spectral Data<<<<<\n"
    "900.0\t1.0\r\n950.0\t1.1\r\n1000.0\t1.2\r\n"
)
BASE32 = (
    "OOIBase32 Version 2.0.0.5 Data File\n++++++++++++++++++++++++++++++++++++\nDate: 03-04-2014, 15:00:04\n"
    "User: Valued Customer\nSpectrometer Serial Number: USB2E7196\nSpectrometer Channel: Master\n"
    "Integration Time (msec): 5000\nSpectra Averaged: 1\nTime Normalized: Disabled\nSpectrometer Type: S2000\n"
    "Number of Pixels in File: 2\nGraph Title: leaf\n>>>>>Begin Spectral Data<<<<<\n340.1\t12\n340.5\t13\n"
    ">>>>>End Spectral Data<<<<<\n"
)
JAZ = (
    "Jaz Absolute Irradiance File\n++++++++++++++++++++++++++++++++++++\nDate: Tue Aug 02 10:11:12 UTC 2011\n"
    "User: jaz\nSpectrometer: JAZA1234\nIntegration Time (usec): 2000\nNumber of Pixels in Spectrum: 2\n"
    ">>>>>Begin Processed Spectral Data<<<<<\nW\tD\tS\tP\n188.3\t1500\t1600\t0.25\n188.7\t1501\t1650\t0.5\n"
    ">>>>>End Processed Spectral Data<<<<<\n"
)
SERIES = (
    "Data from run__0__12-00-00-000.txt Node\n\nDate: Tue Mar 05 12:33:11 CET 2019\nUser: lab\n"
    "Spectrometer: QEP01234\nXAxis mode: Wavelengths\nNumber of Pixels in Spectrum: 3\n"
    ">>>>>Begin Spectral Data<<<<<\n\t\t200.1\t200.5\t200.9\n"
    "2019-03-05 12:33:11.100\t1551785591100\t1\t2\t3\n2019-03-05 12:33:12.350\t1551785592350\t4\t5\t6\n"
)


def of(text: str, encoding: str = "cp932") -> Reading:
    [reading] = READER.read(Source(text.encode(encoding), name="x.txt"))
    return reading


def view(kind: str = "spectrum", mode: str = "Wavelengths") -> str:
    return VIEW.format(kind=kind, mode=mode)


class TestOceanText(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "SpectraSuite, decimal commas": SUITE.encode(),
        "SpectraSuite, Japanese": JAPANESE.replace("\n", "\r\n").encode("cp932"),
        "OceanView, mixed line ends": view().encode(),
        "OceanView, Raman, hash and blanks": view(mode="Raman Shifts")
        .replace(">>>>>Begin Spectral Data<<<<<", "# >>>>> Begin Spectral Data <<<<<")
        .encode(),
        "OOIBase32": BASE32.encode(),
        "Jaz": JAZ.encode(),
        "series in time": SERIES.encode(),
    }


def test_spectrasuite_with_decimal_commas() -> None:
    reading = of(SUITE)
    assert reading.technique == "spectrum"
    assert reading["wavelength"].unit == "nm"
    assert reading["wavelength"].values.tolist() == [178.23, 178.61, 178.99]
    assert reading["intensity"].values.tolist() == [401.471, -1746.154, 2711.905]
    assert reading.metadata["exposure_time"] == Measured(70000.0, "us")
    assert reading.metadata["n_scans"] == 4
    assert reading.metadata["software"] == "SpectraSuite"
    assert reading.metadata["serial_number"] == "MAYP11278"
    assert reading.started_at is not None
    assert reading.started_at.utcoffset() == timedelta(hours=2)


def test_keys_in_half_width_kana_are_understood() -> None:
    reading = of(JAPANESE)
    assert reading.operator == "山田"
    assert reading.instrument == "USB4F06998"
    assert reading.metadata["n_scans"] == 5
    assert reading.started_at is not None
    assert reading.started_at.isoformat() == "2018-06-11T14:59:44+09:00"
    assert reading.header["ﾀﾞｰｸｽﾍﾟｸﾄﾙ"] == "はい"
    with pytest.raises(DamagedFile, match="promises 3 pixels, 2"):
        of(JAPANESE.replace("ﾋﾟｸｾﾙ数: 2", "ﾋﾟｸｾﾙ数: 3"))


@pytest.mark.parametrize(
    ("kind", "name", "unit"),
    [
        ("Absorbance", "absorbance", "absorbance"),
        ("Reflection", "reflectance", "arbitrary_unit"),
        ("Transmission", "transmittance", "arbitrary_unit"),
    ],
)
def test_oceanview_notes_the_kind_in_the_name(kind: str, name: str, unit: str) -> None:
    reading = of(view(kind))
    assert reading.technique == "uv_vis"
    assert reading[name].unit == unit
    assert kind in reading.doubts[0]


def test_other_names_say_nothing_of_the_kind() -> None:
    reading = of(view("sunreflections"))
    assert reading.technique == "spectrum"
    assert reading["intensity"].values.tolist() == [1.0, 1.1, 1.2]
    assert reading.doubts == ()


def test_an_abbreviation_of_several_zones_gives_a_time_without_one() -> None:
    at = of(view()).started_at
    assert at is not None
    assert at.isoformat() == "2026-02-18T15:33:16"


def test_raman_shifts() -> None:
    reading = of(view(mode="Raman Shifts"))
    assert reading.technique == "raman"
    assert reading["raman_shift"].unit == "1/cm"


def test_ooibase32_has_milliseconds_and_a_date_that_cannot_be_told() -> None:
    reading = of(BASE32)
    assert reading.title == "leaf"
    assert reading.metadata["exposure_time"] == Measured(5000.0, "ms")
    assert reading.metadata["software"] == "OOIBase32 Version 2.0.0.5"
    assert reading.started_at is None
    assert reading.header["Date"] == "03-04-2014, 15:00:04"


def test_jaz_has_columns_by_letters() -> None:
    reading = of(JAZ)
    assert [(v.name, v.series.unit, v.series.values[0]) for v in reading.variables] == [
        ("wavelength", "nm", 188.3),
        ("irradiance", "uW/cm**2/nm", 0.25),
        ("intensity", "count", 1600.0),
        ("dark_intensity", "count", 1500.0),
    ]


def test_a_series_is_a_map_over_time() -> None:
    reading = of(SERIES)
    assert reading["time"].values == pytest.approx([0.0, 1.25])
    assert reading["wavelength"].values.tolist() == [200.1, 200.5, 200.9]
    assert reading["intensity"].values.tolist() == [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]


@pytest.mark.parametrize(
    ("text", "old", "new", "fault"),
    [
        (SUITE, "178,61\t-1746,154\n", "", "promises 3 pixels, 2 follow"),
        (SUITE, "-1746,154", "-17x", "'-17x' was found"),
        (SERIES, "\t5\t6", "\t5", "3 intensities were expected"),
        (JAZ, "\t0.25", "", "4 data columns were expected, 3|3 data columns"),
        (view(), "Wavelengths", "Furlongs", "XAxis mode 'furlongs'"),
    ],
)
def test_what_contradicts_itself_is_refused(text: str, old: str, new: str, fault: str) -> None:
    assert old in text
    with pytest.raises(DamagedFile, match=fault):
        of(text.replace(old, new))


def test_no_row_is_nothing_measured() -> None:
    with pytest.raises(NothingMeasured):
        of(view().split("900.0")[0])
