"""Fusion's tables of results: small files in the layout of a public one, and that one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import ClassVar

import pytest

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.readers.inficon_fusion_csv import READER
from kiban.readers.recognise import choose
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

Shared = Callable[[str], Path]

TABLE = (
    " ,WARNING: CSV format is subject to change without notice.\n ,Software programs should use JSON.\n\n"
    "Cal_1,SampleName,Concentration, , ,NormalizedConcentration, , ,Area, , ,RT(s), , \n"
    'Detectors,,"A:tcd"," ","B:tcd","A:tcd"," ","B:tcd","A:tcd"," ","B:tcd","A:tcd"," ","B:tcd"\n'
    'Time (GMT 120 mins),,"H2","CO2","CO2","H2","CO2","CO2","H2","CO2","CO2","H2","CO2","CO2"\n'
    "2022-06-08 16:23:13,Gas,0.5,0.25,0.25,50,25,25,1000,500,-20,52.08,60.16,31.98\n"
    "2022-06-08 16:17:06,Gas,0.4,0.3,0.3,40,30,30,900,600,610,52.14,60.16,31.98\n"
    "% RSD, ,15.7,12.8 ,12.8,15.7,12.8,12.8,7.4,12.8,0,0.08,0,0"
)
EAST = TABLE.replace("120 mins", "-300 mins").replace(",Gas,0.4", ",Other,0.4").split("% RSD")[0]


class TestFusionCsv(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "one sample": TABLE.replace("\n", "\r\n").encode(),
        "two samples": EAST.encode(),
    }


def one(text: str) -> Reading:
    (reading,) = READER.read(Source(text.encode(), name="a.csv"))
    return reading


def test_gases_have_quantities_units_and_times() -> None:
    reading = one(TABLE)
    assert reading.technique == "gas_analysis"
    assert reading.title == "Gas: Cal_1"
    assert reading.sample_name == "Gas"
    assert reading.metadata["method"] == "Cal_1"
    assert reading.started_at == datetime(2022, 6, 8, 16, 17, 6, tzinfo=timezone(timedelta(hours=2)))
    assert reading["time"].values.tolist() == [367.0, 0.0]
    assert reading["concentration_h2"].values.tolist() == [0.5, 0.4]
    assert reading["normalised_concentration_co2_a_tcd"].values.tolist() == [25, 30]
    assert reading["normalised_concentration_h2"].unit == "percent"
    assert reading["peak_area_co2_b_tcd"].values.tolist() == [-20, 610]
    assert reading["retention_time_co2_b_tcd"].values.tolist() == [31.98, 31.98]
    assert reading["retention_time_h2"].unit == "s"
    assert len(reading.variables) == 13
    assert reading.header["relative_standard_deviation_percent"][1] == "12.8"  # type: ignore[call-overload, index]


def test_samples_that_differ_stand_in_the_header() -> None:
    reading = one(EAST)
    assert reading.sample_name is None
    assert reading.header["samples"] == ["Gas", "Other"]
    assert reading.started_at == datetime(2022, 6, 8, 16, 17, 6, tzinfo=timezone(timedelta(hours=-5)))


@pytest.mark.parametrize(
    ("text", "fault", "match"),
    [
        (TABLE.replace(",610,", ",", 1), DamagedFile, "line 8: 14 cells were expected, 13 found"),
        (TABLE.replace(",610,", ",x,"), DamagedFile, "'x' stands where a number"),
        (TABLE.replace("2022-06-08 16:17:06", "soon"), DamagedFile, "'soon' stands where a date"),
        (TABLE.replace("Area", "Height"), UnsupportedVariant, "the quantity 'Height' is not known"),
        (TABLE.replace('"H2","CO2"', '"H2",""', 1), DamagedFile, "every gas was expected to have a name"),
        (TABLE.split("Time (")[0] + "\n", DamagedFile, "rows of quantities, detectors and gases"),
        (TABLE.split("2022-06")[0], NothingMeasured, "no injections"),
    ],
)
def test_faults_are_named(text: str, fault: type[Exception], match: str) -> None:
    with pytest.raises(fault, match=match):
        one(text)


def test_the_public_file(shared: Shared) -> None:
    source = Source(shared("chromatography/20220608-porosity-study-15p-Cu-10mA-GC.csv"))
    assert choose(source).reader is READER
    (reading,) = READER.read(source)
    assert len(reading.variables) == 1 + 4 * 16
    assert reading["concentration_1_propanol"].values[13] == 0.00011803
    assert reading["normalised_concentration_co"].values[1] == 55.93423210
    assert reading["retention_time_h2"].values[14] == 50.12
    assert reading.started_at == datetime(2022, 6, 8, 14, 57, 40, tzinfo=timezone(timedelta(hours=2)))
