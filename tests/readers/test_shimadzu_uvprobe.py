"""UVProbe: each variant of the format in small; no real file is at hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import DamagedFile, NothingMeasured
from kiban.readers.recognise import choose
from kiban.readers.shimadzu_uvprobe import READER
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

TABS = '"glass - RawData"\r\n"Wavelength nm."\t"Abs."\r\n300,00\t0,322\r\n301,00\t-0,310\r\n'
COMMAS = '"glass - RawData"\n"Wavelength nm.","T%"\n800.0,12.5\n799.5,13.0\n'
SEVERAL = '"all"\n"Wavelength nm.","Abs.","Abs.","R%"\n800.0,0.1,0.2,50\n799.5,0.3, ,60\n'


def of(text: str, encoding: str = "cp1252") -> Reading:
    [reading] = READER.read(Source(text.encode(encoding), name="x.txt"))
    return reading


class TestShimadzuUvprobe(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "tabs and decimal commas": TABS.encode(),
        "commas": COMMAS.encode(),
        "semicolons": TABS.replace("\t", ";").encode(),
        "Japanese, CP932": TABS.replace("glass", "硝子").replace("Wavelength nm.", "波長 nm.").encode("cp932"),
        "several spectra": SEVERAL.encode(),
        "UTF-8 with byte-order mark": COMMAS.encode("utf-8-sig"),
        "UTF-16": COMMAS.encode("utf-16"),
        "kinetics": COMMAS.replace("Wavelength nm.", "Time (min)").encode(),
    }


def test_a_spectrum_with_tabs_and_decimal_commas() -> None:
    reading = of(TABS)
    assert (reading.technique, reading.title) == ("uv_vis", "glass")
    assert [(v.name, v.role, v.series.unit, v.series.values.tolist()) for v in reading.variables] == [
        ("wavelength", Role.AXIS, "nm", [300.0, 301.0]),
        ("absorbance", Role.SIGNAL, "absorbance", [0.322, -0.31]),
    ]
    assert reading.header == {"title": "glass - RawData", "columns": ["Wavelength nm.", "Abs."]}
    assert reading.doubts == ()
    assert choose(Source(TABS.encode(), name="x.txt")).reader is READER


@pytest.mark.parametrize(
    ("written", "name", "unit"),
    [
        ("Abs.", "absorbance", "absorbance"),
        ("T%", "transmittance", "percent_transmittance"),
        ("R%", "reflectance", "percent"),
        ("Intensity", "intensity", "arbitrary_unit"),
        ("K/M", "kubelka_munk", "kubelka_munk"),
    ],
)
def test_signals_are_named_after_their_column(written: str, name: str, unit: str) -> None:
    reading = of(COMMAS.replace("T%", written))
    assert reading[name].unit == unit
    assert reading.technique == ("spectrum" if name == "intensity" else "uv_vis")


def test_axes_and_techniques() -> None:
    assert of(COMMAS.replace("800.0", "2500.0").replace("799.5", "2499.5")).technique == "ir"
    kinetics = of(COMMAS.replace("Wavelength nm.", "Time (min)").replace("T%", "Abs."))
    assert (kinetics.technique, kinetics["time"].unit) == ("spectrum", "min")
    assert of(COMMAS.replace("Wavelength nm.", "波長(nm)"), "cp932")["wavelength"].unit == "nm"


def test_several_spectra_and_blank_cells() -> None:
    reading = of(SEVERAL)
    assert [v.name for v in reading.variables] == ["wavelength", "absorbance", "absorbance_2", "reflectance"]
    assert np.isnan(reading["absorbance_2"].values[1])
    assert reading.doubts == ("1 cells are blank.",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (COMMAS.replace("799.5,13.0", "799.5"), "line 4: 2 columns were expected, 1 were found"),
        (COMMAS.replace("13.0", "13.0,1"), "line 4: 2 columns were expected, 3 were found"),
        (COMMAS.replace("13.0", "x"), "line 4: numbers were expected"),
        (COMMAS.replace("13.0", "nan"), "line 4: numbers were expected"),
        (COMMAS.replace("13.0", "1e999"), "line 4: numbers were expected"),
        (COMMAS.replace("799.5", " "), "has no number as Wavelength nm."),
        (COMMAS.replace("799.5", "800.0"), "neither ascends nor descends"),
        ("800.0,12.5\n", "a quoted name and a line of quoted columns"),
    ],
)
def test_damage_is_named(text: str, words: str) -> None:
    with pytest.raises(DamagedFile) as caught:
        of(text)
    assert words in caught.value.fault


def test_no_values_are_nothing_measured() -> None:
    for text in (COMMAS.partition("800")[0], COMMAS.replace("12.5", " ").replace("13.0", " ")):
        with pytest.raises(NothingMeasured):
            of(text)


def test_other_quoted_tables_are_not_claimed() -> None:
    for text in ('"a"\n"b","c"\n1,2\n', '"Wavelength nm.","Abs."\n1,2\n', '"a"\n"Wavelength nm."\n1\n', '"a'):
        assert READER.recognise(Source(text.encode())) is None


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=30), st.sampled_from(",;\t"))
def test_what_is_written_is_read(values: list[float], delimiter: str) -> None:
    body = "".join(f"{300 + n:.1f}{delimiter}{value:.4f}\n" for n, value in enumerate(values))
    reading = of(f'"a"\n"Wavelength nm."{delimiter}"Abs."\n{body if delimiter == "," else body.replace(".", ",")}')
    np.testing.assert_allclose(reading["absorbance"].values, values, atol=1e-4)
