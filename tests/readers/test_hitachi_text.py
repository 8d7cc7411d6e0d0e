"""Text of FL Solutions and UV Solutions: each variant in small."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import pytest

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.readers.hitachi_text import READER
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

EMISSION = (
    "Sample:\tdye 3\nFile name:\tC:\\data\\dye3.FDS\nRun Date:\t16:23:11, 05/23/2014\nOperator:\tSato\n"
    "Comment:\tin water\n"
    "Instrument\nModel:\tF-7000 FL Spectrophotometer\nSerial Number:\t2118-009\nROM Version:\t5J14000 04\n\n"
    "Instrument Parameters\nMeasurement type:\tWavelength scan\nScan mode:\tEmission\nData mode:\tFluorescence\n"
    "EX WL:\t350.0 nm\nEM  Start WL:\t370.0 nm\nEM  End WL:\t371.0 nm\nScan speed:\t1200 nm/min\nEX Slit:\t5.0 nm\n"
    "PMT Voltage:\t700 V\n\nData Processing Information\nThreshold:\t0.010\n\nPeaks\nPeak #\tStart (nm)\tApex (nm)\n\n"
    "Data Points\nnm\tData\n370.0\t1.234\n370.5\t2.5\n371.0\t-0.1\n"
)
EXCITATION = (
    EMISSION.replace("Scan mode:\tEmission", "Scan mode:\tExcitation")
    .replace("EX WL:\t350.0", "EM WL:\t450.0")
    .replace("EM  ", "EX  ")
)
ABSORPTION = (
    EMISSION.replace("F-7000 FL", "U-3900")
    .replace("Data mode:\tFluorescence", "Data mode:\tAbs")
    .replace("nm\tData", "nm\tAbs")
    .replace("05/23/2014", "05/06/2014")
)
TIME = EMISSION.replace("Wavelength scan", "Time scan").replace("nm\tData", "s\tData")


def of(text: str) -> Reading:
    [reading] = READER.read(Source(text.encode("cp932"), name="x.txt"))
    return reading


class TestHitachiText(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "emission, CRLF": EMISSION.replace("\n", "\r\n").encode(),
        "excitation": EXCITATION.encode(),
        "absorption": ABSORPTION.encode(),
        "time": TIME.encode(),
        "name in CP932": EMISSION.replace("dye 3", "色素").encode("cp932"),
    }


def test_emission() -> None:
    reading = of(EMISSION)
    assert reading.technique == "photoluminescence"
    assert reading.sample_name == "dye 3"
    assert reading.operator == "Sato"
    assert reading["wavelength"].values.tolist() == [370.0, 370.5, 371.0]
    assert reading["wavelength"].unit == "nm"
    assert reading["intensity"].values.tolist() == [1.234, 2.5, -0.1]
    assert reading["intensity"].unit == "arbitrary_unit"
    assert reading.metadata["wavelength"] == Measured(350.0, "nm")
    assert reading.metadata["scan_speed"] == Measured(1200.0, "nm/min")
    assert reading.started_at is not None
    assert reading.started_at.isoformat() == "2014-05-23T16:23:11"
    parameters = reading.header["Instrument Parameters"]
    assert isinstance(parameters, dict)
    assert parameters["PMT Voltage"] == "700 V"


def test_excitation_and_time_have_axes_of_their_own() -> None:
    reading = of(EXCITATION)
    assert reading["excitation_wavelength"].unit == "nm"
    assert reading.metadata["detection_wavelength"] == Measured(450.0, "nm")
    assert of(TIME)["time"].unit == "s"


def test_absorption_with_a_date_that_can_be_read_in_two_ways() -> None:
    reading = of(ABSORPTION)
    assert reading.technique == "uv_vis"
    assert reading["absorbance"].unit == "absorbance"
    assert reading.started_at is None
    assert reading.header["Run Date"] == "16:23:11, 05/06/2014"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("370.5\t2.5", "370.5\t2.5x", "'2.5x' was found"),
        ("370.5\t2.5", "370.5\t2.5\t1", "2 data columns were expected, 3"),
        ("nm\tData", "furlong\tData", "nm or s was expected"),
        ("Data Points", "Data Pints", "a line 'Data Points'"),
    ],
)
def test_damage_is_refused(old: str, new: str, fault: str) -> None:
    assert old in EMISSION
    with pytest.raises(DamagedFile, match=fault):
        of(EMISSION.replace(old, new))


def test_scans_in_three_dimensions_are_refused_by_name() -> None:
    with pytest.raises(UnsupportedVariant, match="three dimensions"):
        of(EMISSION.replace("Wavelength scan", "3-D Scan"))


def test_no_row_is_nothing_measured() -> None:
    with pytest.raises(NothingMeasured):
        of(EMISSION.partition("370.0\t1.234")[0])
