from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from kiban.errors import DamagedFile, NothingMeasured
from kiban.readers.inficon_fusion import READER
from kiban.readers.recognise import read
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "chromatography"
PEAKS = [
    {"top": 0.04, "start": 0.02, "end": 0.08, "height": 9, "area": 1.5, "label": "H2", "concentration": 0.25},
    {"top": 0.1, "start": 0.08, "end": 0.14, "height": 4, "area": 0.5},
]


def run(**changes: Any) -> dict[str, Any]:
    detector = {"nValuesPerSecond": 50, "nValuesExpected": 8, "carrierGas": "argon", "values": [0, 3, 9, 3, 0, 4, 1, 0]}
    detector["analysis"] = {"peaks": PEAKS}
    return {
        "methodName": "CO2 reduction",
        "detectors": {"moduleA:tcd": detector | changes.pop("detector", {})},
        "runTimeStamp": "2022-06-08T14:10:58.301Z",
        "annotations": {"name": "15p-Cu"},
        "systemConfiguration": {"systemInfo": {"systemSerialNumber": "70174445"}},
    } | changes


def content(**changes: Any) -> bytes:
    return json.dumps(run(**changes)).encode()


def readings(document: bytes) -> list[Reading]:
    return READER.read(Source(document, name="x.fusion-data"))


class TestInficonFusion(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "with peaks": content(),
        "without peaks": content(detector={"analysis": {"peaks": []}}),
        "byte-order mark and fractions": b"\xef\xbb\xbf" + content(detector={"values": [0.5] * 8}),
        "two detectors": json.dumps(
            run() | {"detectors": {n: run()["detectors"]["moduleA:tcd"] for n in ("moduleA:tcd", "moduleB:tcd")}}
        ).encode(),
    }


def test_points_are_timed_and_peaks_are_rows() -> None:
    trace, peaks = readings(content())
    assert trace["time"].values.tolist() == [0.0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.12, 0.14]
    assert trace["detector_signal"].values.tolist() == [0, 3, 9, 3, 0, 4, 1, 0]
    assert peaks["retention_time"].values.tolist() == [0.04, 0.1]
    assert peaks["peak_area"].values.tolist() == [1.5, 0.5]
    assert peaks["concentration"].values[0] == 0.25
    assert np.isnan(peaks["concentration"].values[1])
    assert "tailing" not in peaks
    assert trace.sample_name == "15p-Cu"
    assert trace.metadata["carrier_gas"] == "argon"
    assert trace.started_at == datetime(2022, 6, 8, 14, 10, 58, 301000, tzinfo=UTC)


@pytest.mark.parametrize(
    "detector",
    [
        {"nValuesExpected": 9},
        {"nValuesExpected": None},
        {"nValuesPerSecond": 0},
        {"nValuesPerSecond": True},
        {"nValuesPerSecond": float("nan")},
        {"values": [0, 3, 9, 3, 0, 4, 1, None]},
        {"values": [0, 3, 9, 3, 0, 4, 1, float("inf")]},
        {"values": [0, 3, 9, 3, 0, 4, 1, 10**30]},
        {"values": "none"},
        {"analysis": {"peaks": [1]}},
        {"analysis": {"peaks": [{"top": "x"}]}},
    ],
)
def test_what_contradicts_itself_is_refused(detector: dict[str, Any]) -> None:
    with pytest.raises(DamagedFile):
        readings(content(detector=detector))


def test_a_run_without_values_measured_nothing() -> None:
    with pytest.raises(NothingMeasured):
        readings(content(detector={"values": [], "nValuesExpected": 0}))


def test_a_time_that_is_none_is_a_doubt() -> None:
    trace, _ = readings(content(runTimeStamp="yesterday"))
    assert trace.started_at is None
    assert trace.doubts == ("The time of the run, 'yesterday', is no date.",)


@pytest.mark.skipif(not DATA.is_dir(), reason="waits for ../shared/data")
def test_real_runs_have_the_points_and_peaks_of_the_table() -> None:
    choice, found = read(Source(DATA / "15p-Cu-10mA-01_-_Jun_08_2022,_16;10.fusion-data"))
    assert choice.reader.name == "inficon_fusion"
    a, a_peaks, b, b_peaks = found
    assert (a["time"].values.size, b["time"].values.size) == (8000, 8500)
    assert (a_peaks["retention_time"].values.size, b_peaks["retention_time"].values.size) == (5, 13)
    # Of hydrogen, labelled H2: top at 52.16 s, where the trace has its maximum close by.
    assert a_peaks["retention_time"].values[0] == 52.16
    near = np.abs(a["time"].values - 52.16) < 1.5
    assert a["time"].values[near][np.argmax(a["detector_signal"].values[near])] == 52.16
    _, small = read(Source(DATA / "issue_249.fusion-data"))
    assert [reading["time"].values.size for reading in small] == [500, 500]
    assert small[0].metadata["serial_number"] == "70264220"
