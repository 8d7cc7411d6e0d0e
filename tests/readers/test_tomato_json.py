"""Files of tomato: one real file, the variants in small; and JSON that is not sound."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from kiban.errors import DamagedFile, NothingMeasured
from kiban.readers.json_text import load_json
from kiban.readers.recognise import read
from kiban.readers.source import Source
from kiban.readers.tomato_json import READER
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

POINTS: list[dict[str, Any]] = [
    {"Ewe": 4.19, "I": 0.0045, "cycle": 0, "time": 10.0},
    {"Ewe": 4.2, "I": 0.004, "cycle": 1, "time": 30},
]


def _file(points: object = None, *, name: str = "CPLIMIT", **technique: object) -> bytes:
    points = POINTS if points is None else points
    stated = {"index": 2, "name": name, "start_time": 3600.5, "loop_number": 0} | technique
    stated.setdefault("data_rows", len(points) if isinstance(points, list) else 0)
    state = {"status": "RUN", "elapsed_time": 33304.5, "I_range": "10 mA"}
    return json.dumps({"technique": stated, "current": state, "data": points}).encode()


def _read(content: bytes) -> Reading:
    (reading,) = READER.read(Source(content, name="a_data.json"))
    return reading


class TestTomatoJson(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "constant current": _file(),
        "at rest, with the time of the start": _file(
            [{"Ewe": 3.1, "Ece": 0.1, "time": 1.0}], name="OCV", uts=1650000000.5
        ),
        "indented": json.dumps(json.loads(_file()), indent=2).encode(),
    }


def test_points() -> None:
    reading = _read(_file())
    assert reading.technique == "chronopotentiometry"
    assert (reading["time"].values.tolist(), reading["time"].unit) == ([3610.5, 3630.5], "s")
    assert reading.variables[0].role is Role.AXIS
    assert (reading["potential"].values.tolist(), reading["potential"].unit) == ([4.19, 4.2], "V")
    assert (reading["current"].values.tolist(), reading["current"].unit) == ([0.0045, 0.004], "A")
    assert reading["cycle_number"].values.tolist() == [0, 1]
    assert reading.metadata["technique_name"] == "CPLIMIT"
    assert "data" not in reading.header
    assert reading.started_at is None
    assert reading.doubts == ()


def test_points_that_lack_something_and_things_without_a_unit() -> None:
    reading = _read(_file([{"Ewe": 1.0, "time": 0}, {"I": 2.0, "freq": 3, "time": 1}], name="PEIS"))
    assert reading.technique == "electrochemistry"
    assert np.array_equal(reading["potential"].values, [1.0, np.nan], equal_nan=True)
    assert "freq" in reading.doubts[0]


def test_the_time_of_the_start() -> None:
    reading = _read(TestTomatoJson.examples["at rest, with the time of the start"])
    assert reading.technique == "open_circuit_voltage"
    assert reading.started_at == datetime(2022, 4, 15, 5, 20, 0, 500_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (_file(data_rows=3), "3 points are promised, 2 follow"),
        (_file([{"Ewe": 1.0}]), "`time` of a point should be a number; None"),
        (_file([{"Ewe": "x", "time": 1}]), "`Ewe` of a point"),
        (_file(start_time=True), "`start_time` should be a number"),
        (_file([1]), "should be an object"),
        (_file("no"), "a list `data`"),
        (b"[1]", "a list `data`"),
        (_file() + b"}", "no sound JSON"),
    ],
)
def test_what_does_not_fit_is_refused(content: bytes, fault: str) -> None:
    with pytest.raises(DamagedFile, match=fault):
        _read(content)


def test_nothing_measured() -> None:
    for points in ([], [{"time": 1}]):
        with pytest.raises(NothingMeasured):
            _read(_file(points))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (b"[NaN]", "not a finite number"),
        (b"[1e999]", "not a finite number"),
        (b"[" * 200 + b"]" * 200, "nested deeper"),
        (b"[" * 100_000 + b"]" * 100_000, "no sound JSON"),
        (b'"\xff"', "no sound JSON"),
    ],
)
def test_json_that_is_not_sound(text: bytes, fault: str) -> None:
    with pytest.raises(DamagedFile, match=fault):
        load_json(text, what="a.json", mend="Copy it again.")


def test_json_as_deep_as_instruments_write_it() -> None:
    assert load_json(b"\xef\xbb\xbf" + b"[" * 100 + b"1.5" + b"]" * 100, what="a", mend="b") is not None


def test_the_real_file(shared: Callable[[str], Path]) -> None:
    choice, (reading,) = read(Source(shared("echem/MPG2_2022-04-20T213025.275348+0000_data.json")))
    assert choice.reader.name == "tomato_json"
    assert reading.technique == "chronopotentiometry"
    assert reading["time"].values == pytest.approx([33260.11225, 33280.11225, 33300.11225], abs=1e-4)
    assert reading["potential"].values[0] == 4.194954872131348
    assert reading["current"].values[-1] == 0.004499098286032677
