"""TDMS: groups, waveforms, time stamps and damages, in files that npTDMS writes."""

from __future__ import annotations

import io
import struct
from datetime import UTC, datetime
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from nptdms import ChannelObject, GroupObject, RootObject, TdmsWriter
from numpy.typing import NDArray

from kiban.errors import DamagedFile, LimitExceeded, NothingMeasured
from kiban.readers.recognise import choose
from kiban.readers.source import Limits, Source
from kiban.readers.tdms import READER
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

START = np.datetime64("2024-01-31T12:00:00")
WAVEFORM = {"wf_increment": 0.5, "wf_start_time": START, "wf_start_offset": 0.0, "unit_string": "degC"}
VALUES = np.array([20.0, 21.5, 23.0])


def made(*segments: list[Any]) -> bytes:
    content = io.BytesIO()
    with TdmsWriter(content) as writer:
        for segment in segments:
            writer.write_segment(segment)
    return content.getvalue()


def furnace(**more: Any) -> list[Any]:
    return [
        RootObject({"name": "run 7", "Author": "A. Person", "description": "first heat"}),
        GroupObject("furnace", {"zone": 3}),
        ChannelObject("furnace", "Temperature 1", VALUES, WAVEFORM | more),
        ChannelObject("furnace", "Power", np.array([1, 2, 3], np.int16), WAVEFORM | {"unit_string": "W"}),
    ]


STAMPS = START + np.array([0, 1000, 3000], "timedelta64[ms]")


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "waveforms": made(furnace()),
        "time stamps": made([ChannelObject("g", "stamp", STAMPS), ChannelObject("g", "U", VALUES)]),
        "two segments": made(furnace(), furnace()),
    }


def of(content: bytes, limits: Limits | None = None) -> list[Reading]:
    return READER.read(Source(content, name="a.tdms", limits=limits))


def only(content: bytes) -> Reading:
    (reading,) = of(content)
    return reading


def test_waveforms_with_all_that_is_stated() -> None:
    reading = only(made(furnace(wf_samples=3)))
    assert reading.technique == "sensor_log"
    assert reading.title == "run 7"
    assert [(v.name, v.role, v.dimensions) for v in reading.variables] == [
        ("time", Role.AXIS, ("time",)),
        ("temperature_1", Role.SIGNAL, ("time",)),
        ("power", Role.SIGNAL, ("time",)),
    ]
    assert reading["time"].unit == "s"
    assert reading["time"].values.tolist() == [0, 0.5, 1]
    assert reading["temperature_1"].unit == "degC"
    assert reading["temperature_1"].values.tolist() == VALUES.tolist()
    assert reading["power"].values.dtype == np.int16
    assert reading.variables[1].label == "Temperature 1"
    assert reading.operator == "A. Person"
    assert reading.started_at == datetime(2024, 1, 31, 12, tzinfo=UTC)
    assert reading.metadata["comment"] == "first heat"
    assert reading.doubts == ()
    header: Any = reading.header
    assert header["channels"]["Power"]["unit_string"] == "W"
    assert header["group"] == {"name": "furnace", "properties": {"zone": 3}}


def test_segments_follow_one_another() -> None:
    reading = only(made(furnace(), furnace()))
    assert reading["temperature_1"].values.tolist() == [*VALUES, *VALUES]
    assert reading["time"].values.tolist() == [0, 0.5, 1, 1.5, 2, 2.5]


def test_channels_sampled_at_other_times_are_readings_of_their_own() -> None:
    fast = ChannelObject("furnace", "Strain", np.arange(6.0), {"wf_increment": 0.25, "wf_start_offset": 1.0})
    slow, other = of(made([*furnace(), fast]))
    assert [r.title for r in (slow, other)] == ["run 7 1 of 2", "run 7 2 of 2"]
    assert other["time"].values.tolist() == [1, 1.25, 1.5, 1.75, 2, 2.25]
    assert other.started_at is None


def test_a_step_that_leads_beyond_all_numbers_is_no_step() -> None:
    endless = ChannelObject("g", "U", np.arange(6.0), {"wf_increment": 1e308})
    [reading] = of(made([endless]))
    assert "time" not in reading
    assert reading.axis is None


def test_channels_of_time_stamps_and_of_times() -> None:
    stamped = only(made([ChannelObject("g", "stamp", STAMPS), ChannelObject("g", "U", VALUES)]))
    assert stamped["time"].values.tolist() == [0, 1, 3]
    assert stamped.started_at == datetime(2024, 1, 31, 12, tzinfo=UTC)
    times = ChannelObject("g", "Elapsed Time (s)", np.array([0.0, 0.1, 0.3]), {"NI_UnitDescription": "s"})
    timed = only(made([ChannelObject("g", "U", VALUES), times]))
    assert [v.name for v in timed.variables] == ["time", "u"]
    assert timed["time"].values.tolist() == [0, 0.1, 0.3]
    back = ChannelObject("g", "Time", np.array([0.0, 0.3, 0.1]))
    plain = only(made([ChannelObject("g", "U", VALUES), back]))
    assert plain.variables[0].dimensions == ("point",)
    assert [v.role for v in plain.variables] == [Role.SIGNAL, Role.SIGNAL]


def test_a_start_that_was_never_set() -> None:
    unset = WAVEFORM | {"wf_start_time": np.datetime64("1904-01-01T00:00:00")}
    assert only(made([ChannelObject("g", "U", VALUES, unset)])).started_at is None


def test_another_unit_of_the_axis() -> None:
    reading = only(made([ChannelObject("g", "U", VALUES, WAVEFORM | {"wf_xunit_string": "mm"})]))
    assert reading["x"].unit == "mm"
    named = WAVEFORM | {"wf_xunit_string": "mm", "wf_xname": "Travel"}
    assert only(made([ChannelObject("g", "U", VALUES, named)]))["travel"].values.tolist() == [0, 0.5, 1]
    assert only(made([ChannelObject("g", "U", VALUES, WAVEFORM | {"wf_xunit_string": "ms"})]))["time"].unit == "ms"


def test_texts_stand_in_the_header() -> None:
    reading = only(made([ChannelObject("g", "note", ["on", "off", "µ"]), ChannelObject("g", "U", VALUES)]))
    header: Any = reading.header
    assert header["channels"]["note"]["#texts"] == ["on", "off", "µ"]
    with pytest.raises(NothingMeasured, match="no channel with values"):
        of(made([ChannelObject("g", "note", ["on"])]))
    with pytest.raises(NothingMeasured):
        of(made([GroupObject("g")]))


@given(
    values=npst.arrays(
        dtype=st.sampled_from([np.int8, np.uint16, np.int32, np.float32, np.float64]),
        shape=st.integers(1, 20),
        elements={"allow_nan": False},
    ),
)
def test_what_nptdms_writes_is_read(values: NDArray[Any]) -> None:
    reading = only(made([ChannelObject("g", "U", values)]))
    assert np.array_equal(reading["u"].values, values)
    assert reading["u"].values.dtype == values.dtype


def test_a_recording_that_was_interrupted_is_doubted() -> None:
    content = bytearray(made([ChannelObject("g", "U", np.arange(10.0))]))
    struct.pack_into("<Q", content, 12, 2**64 - 1)
    reading = only(bytes(content[:-24]))
    assert reading["u"].values.tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert reading.doubts == ("Recording was interrupted: the last segment was never closed.",)


def test_what_is_promised_and_not_found_is_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    content = made(furnace())
    with pytest.raises(DamagedFile, match="segment 1 was expected to end at byte"):
        of(content[:-8])
    with pytest.raises(DamagedFile, match="segment 2 was expected at byte"):
        of(content + b"more")
    promised = bytearray(content)
    place = content.index(struct.pack("<Q", 3))
    struct.pack_into("<Q", promised, place, 2**40)
    with pytest.raises(DamagedFile, match="not a multiple of the chunk size"):
        of(bytes(promised))
    with pytest.raises(DamagedFile, match="states the version 4714"):
        of(content[:8] + struct.pack("<I", 4714) + content[12:])
    with pytest.raises(LimitExceeded, match="at most 20"):
        of(content, Limits(whole_bytes=10))
    with pytest.raises(DamagedFile, match="does not begin as TDMS"):
        of(b"")
    # What npTDMS has to say comes as an error, not on the terminal.
    assert capfd.readouterr().err == ""


def test_it_is_recognised_by_its_mark_and_version() -> None:
    content = made(furnace())
    assert choose(Source(content, name="a.bin")).reader is READER
    assert READER.recognise(Source(b"TDSm" + bytes(60))) is None
