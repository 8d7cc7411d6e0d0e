"""Chromeleon: small files in the layout that others describe."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

import numpy as np
import pytest

from kiban.errors import DamagedFile, NothingMeasured
from kiban.readers.chromeleon_text import READER
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

ENGLISH = (
    "URL\tchrom://host/x.seq/1.smp/UV_VIS_1.channel\n\nChromatogram Data Information:\nRaw Data:\n"
    "Injection Information:\nData Vault\tVault\nInjection\tStd 1\nInjection Number\t3\nComment\t\n"
    "Processing Method\tpm\nInstrument Method\tmethod A\nInjection Date\t25/03/2021\nInjection Time\t14:05:11\n"
    "Injection Volume (µl)\t5.000\n\nRaw Data Information:\nTime Min. (min)\t0.000000\nData Points\t4\nDetector\tUV\n"
    "Generating Data System\tChromeleon 7.2.10.23925\nOperator\tjd\nSignal Quantity\tAbsorbance\nSignal Unit\tmAU\n"
    "Channel\tUV_VIS_1\n\nSignal Parameter Information:\nSignal Info\tWVL:280 nm\n\nChromatogram Data:\n"
    "Time (min)\tStep (s)\tValue (mAU)\n0.000000\tn.a.\t-0.000060\n0.003333\t0.20\t1,250.000120\n"
    "0.006667\t0.20\tn.a.\n0.010000\t0.20\t0.000250\n"
)
GERMAN = (
    ENGLISH.replace("1,250.000120", "1250.000120")
    .replace("25/03/2021", "25.03.2021x")
    .replace(".000", ",000")
    .replace("0.00", "0,00")
    .replace("0.01", "0,01")
    .replace("0.20", "0,20")
    .replace("2021x", "2021")
)
OLD = "Sample Name\tA\nRaw Data:\nTime (min)\tValue (µS)\n0.0\t1.5\n0.1\t2.5\n"


class TestChromeleon(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "english": ENGLISH.replace("\n", "\r\n").encode("utf-8"),
        "german": GERMAN.encode("cp1252"),
        "without steps": OLD.encode("cp1252"),
    }


def one(text: str) -> Reading:
    (reading,) = READER.read(Source(text.encode("utf-8"), name="a.txt"))
    return reading


@pytest.mark.parametrize("text", [ENGLISH, GERMAN])
def test_decimal_points_and_commas_give_the_same(text: str) -> None:
    reading = one(text)
    assert reading.technique == "chromatography"
    assert reading.title == "Std 1: UV_VIS_1"
    assert reading.sample_name == "Std 1"
    assert reading.operator == "jd"
    assert reading.started_at == datetime(2021, 3, 25, 14, 5, 11)
    assert reading["time"].values.tolist() == [0.0, 0.003333, 0.006667, 0.01]
    assert reading["time"].unit == "min"
    values = reading["detector_signal"].values
    assert values[[0, 1, 3]].tolist() == [-0.00006, 1250.00012, 0.00025]
    assert np.isnan(values[2])
    assert reading["detector_signal"].unit == "mAU"
    assert reading.metadata == {"method": "method A", "detector": "UV", "software": "Chromeleon 7.2.10.23925"}
    assert reading.header["Signal Info"] == "WVL:280 nm"
    assert not reading.doubts


def test_an_older_export_has_no_steps() -> None:
    reading = one(OLD)
    assert reading["detector_signal"].values.tolist() == [1.5, 2.5]
    assert reading["detector_signal"].unit == "usiemens"
    assert reading.started_at is None


def test_days_and_months_are_not_guessed() -> None:
    reading = one(ENGLISH.replace("25/03/2021", "4/3/2021"))
    assert reading.started_at is None
    assert reading.doubts == ("The injection was at '4/3/2021 14:05:11', which cannot be read as one date.",)


@pytest.mark.parametrize(
    ("text", "fault", "match"),
    [
        (ENGLISH[: ENGLISH.rindex("0.010000")], DamagedFile, "4 points are promised, 3 follow"),
        (ENGLISH.replace("0.20\t0.000250", "0.000250"), DamagedFile, "line 34: 3 cells were expected, 2 found"),
        (ENGLISH.replace("\t0.000250", "\tx"), DamagedFile, "'x' stands where a value was expected"),
        (ENGLISH.replace("0.003333", "n.a."), DamagedFile, "a point has no time"),
        (ENGLISH.split("0.000000\tn.a.")[0], NothingMeasured, "no points"),
        (ENGLISH.replace("Value (mAU)", "Wert"), DamagedFile, "a row 'Time"),
    ],
)
def test_faults_are_named(text: str, fault: type[Exception], match: str) -> None:
    with pytest.raises(fault, match=match):
        one(text)


def test_other_tables_are_not_claimed() -> None:
    assert READER.recognise(Source(b"Raw Data:\nTime (min)\tPower (W)\n1\t2\n", name="a.txt")) is None
    assert READER.recognise(Source(b"Time (min)\tValue (mAU)\n1\t2\n", name="a.txt")) is None
