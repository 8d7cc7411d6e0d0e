"""UDF: each variant of the format in small."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pytest

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.philips_udf import READER
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

OLD = (
    "SampleIdent,Sample5 ,/\nTitle1,Dat2rit program ,/\nTitle2,Sample5 ,/\nDiffrType,PW1710,/\nDiffrNumber,1,/\n"
    "Anode,Cu,/\nLabdaAlpha1, 1.54060,/\nLabdaAlpha2, 1.54439,/\nRatioAlpha21, 0.50000,/\n"
    "DivergenceSlit,Automatic, 12,/\nMonochromatorUsed,YES ,/\nGeneratorVoltage,  40,/\nTubeCurrent,  55,/\n"
    "FileDateTime,  1-nov-:0,  21:06,/\nDataAngleRange,   3.0100,   3.2300,/\nScanStepSize,   0.020,/\n"
    "ScanType,CONTINUOUS,/\nScanStepTime,    5.00,/\nRawScan\n"
    "      640,      625,      729,      635,      610,      666,      610,      666\n"
    "      640,      610,      620,        0,/\n"
)
NEW = (
    "SampleIdent,CeO2_8min,/\r\nTitle1,CeO2 Standard,/\r\nTitle2,,/\r\nDiffrType,?,/\r\nDiffrNumber,1,/\r\n"
    "Anode,Cu,/\r\n"
    "LabdaAlpha1, 1.540598,/\r\nLabdaAlpha2, 1.544426,/\r\nRatioAlpha21, 0.50000,/\r\nDivergenceSlit,Fixed, 1/2,/\r\n"
    "ReceivingSlit,UNDEFINED,/\r\nMonochromatorUsed,NO,/\r\nGeneratorVoltage,  40,/\r\nTubeCurrent,  15,/\r\n"
    "FileDateTime,03-jun-2025 15:55,/\r\nDataAngleRange,   3.00043,   3.03303,/\r\nScanStepSize, 0.01086644000,/\r\n"
    "ScanType,STEP,/\r\nScanStepTime, 18.87,/\r\nRawScan\r\n   43202,   43027,   42690,   41849/\r\n"
)


def of(text: str) -> Reading:
    [reading] = READER.read(Source(text.encode(), name="x.udf"))
    return reading


class TestPhilipsUdf(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {"PC-APD": OLD.encode(), "Aeris, CRLF": NEW.encode()}


def test_an_old_file_with_a_date_that_is_none() -> None:
    reading = of(OLD)
    assert reading.technique == "xrd"
    np.testing.assert_allclose(reading["two_theta"].values, 3.01 + 0.02 * np.arange(12))
    assert reading["two_theta"].unit == "deg"
    assert reading["intensity"].values.tolist() == [640, 625, 729, 635, 610, 666, 610, 666, 640, 610, 620, 0]
    assert reading["intensity"].uncertainty is not None
    assert reading["intensity"].uncertainty.standard[[1, 11]] == pytest.approx([25, 1])
    assert reading.sample_name == "Sample5"
    assert reading.instrument == "PW1710"
    assert reading.started_at is None
    assert "1-nov-:0" in reading.doubts[0]
    assert reading.header["DivergenceSlit"] == "Automatic, 12"
    assert reading.metadata["count_time"] == Measured(5.0, "s")
    assert reading.metadata["scan_mode"] == "continuous"


def test_a_file_of_today() -> None:
    reading = of(NEW)
    assert reading["two_theta"].values[-1] == pytest.approx(3.03303, abs=1e-4)
    assert reading.started_at is not None
    assert reading.started_at.isoformat() == "2025-06-03T15:55:00"
    assert reading.metadata["wavelength"] == Measured(1.540598, "angstrom")
    assert reading.metadata["comment"] == "CeO2 Standard"
    assert reading.header["DivergenceSlit"] == "Fixed, 1/2"
    assert reading.instrument is None


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("      640,      610,      620,        0,/\n", "      640/\n", "12.0 points; 9 follow"),
        ("        0,/\n", "        0", "a slash was expected"),
        ("610,      620", "61x,      620", "'61x' was found"),
        ("ScanStepSize,   0.020,/\n", "", "ScanStepSize; nothing was found"),
        ("3.0100,   3.2300", "3.0100", "end in DataAngleRange"),
        ("        0,/\n", "        0,/\nRawScan\n 1/\n", "nothing was expected after"),
        ("0.020", "0.0", "steps of 0"),
    ],
)
def test_what_contradicts_itself_is_refused(old: str, new: str, fault: str) -> None:
    assert old in OLD
    with pytest.raises(DamagedFile, match=fault):
        of(OLD.replace(old, new, 1))


def test_no_intensity_is_nothing_measured() -> None:
    with pytest.raises(NothingMeasured):
        of(OLD.partition("RawScan")[0] + "RawScan\n /\n")
