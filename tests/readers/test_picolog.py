"""PicoLog captures: one real file of a TC-08, the variants in small."""

from __future__ import annotations

import gzip
import io
import json
import struct
import tarfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from kiban.errors import DamagedFile, NothingMeasured
from kiban.readers.picolog import READER
from kiban.readers.recognise import read
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

NAN = float("nan")
START_MS = 1_694_958_472_992
Block = tuple[str, Sequence[float]]


def _channel(identifier: str, *, interval: int = 1000, kind: str = "thermocouple", **more: Any) -> dict[str, Any]:
    return {
        "channelIdentifier": identifier,
        "channelType": kind,
        "captureConfig": {"interval": interval, "mode": "average"},
        "deviceSerial": "AO1/8",
        **more,
    }


def _settings(*channels: dict[str, Any], device: str = "TC08Device") -> dict[str, Any]:
    item: dict[str, Any] = {"__type": device, "serialInternal": "AO1/8"}
    item |= {f"thermocouple{n}": channel for n, channel in enumerate(channels, 1)}
    return {"appVersion": "6.2.7", "devices": {"items": [item]}, "startDate": "2023-09-17T13:47:52.992Z"}


def _packed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def _tar(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


def _file(settings: dict[str, Any], *blocks: Block, device: str = "tc-08") -> bytes:
    """Put blocks, each under its channel, division and first time, in one member."""
    content, entries = b"", []
    for tag, values in blocks:
        packed = struct.pack(f">{len(values)}f", *values)
        entries.append([f"{device}.AO1|8.{tag}", ["1.0.gz", len(content), len(packed)]])
        content += packed
    return _tar(
        {
            "metadata.json": json.dumps(settings).encode(),
            "thumb.png": b"\x89PNG",
            "data-map.json.gz": _packed(json.dumps(entries).encode()),
            "1.0.gz": _packed(content),
        }
    )


U1 = _channel("ch1", description="U1")
U2 = _channel("ch2")
PLAIN = (("ch1/1/1694958472000", [NAN, 24.0, 24.5, NAN]), ("ch2/1/1694958472000", [NAN, NAN, 25.5, 26.0]))


def _read(content: bytes) -> list[Reading]:
    return READER.read(Source(content, name="a.picolog"))


class TestPicoLog(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "two channels": _file(_settings(U1, U2), *PLAIN),
        "two blocks": _file(
            _settings(U1), ("ch1/1/1694958474000", [2.0]), ("ch1/1/1694958472000", [0.0, 1.0]), ("ch1/10/0", [9.0, 9.5])
        ),
        "two intervals": _file(_settings(U1, _channel("ch2", interval=500)), *PLAIN),
        "another logger": _file(_settings(U1, device="ADC20Device"), PLAIN[0], device="adc-20"),
    }


def test_channels_share_the_places() -> None:
    (reading,) = _read(TestPicoLog.examples["two channels"])
    assert reading.technique == "sensor_log"
    assert reading["time"].values == pytest.approx([0.008, 1.008, 2.008])
    assert reading["time"].unit == "s"
    assert reading.variables[0].role is Role.AXIS
    assert np.array_equal(reading["temperature"].values, [24.0, 24.5, NAN], equal_nan=True)
    assert np.array_equal(reading["temperature_2"].values, [NAN, 25.5, 26.0], equal_nan=True)
    assert reading["temperature"].unit == "degC"
    assert [variable.label for variable in reading.variables] == ["", "U1", "ch2"]
    assert reading.title == "U1, ch2"
    assert reading.started_at == datetime(2023, 9, 17, 13, 47, 52, 992_000, tzinfo=UTC)
    assert reading.metadata["model"] == "TC08"
    assert reading.metadata["serial_number"] == "AO1/8"
    assert reading.metadata["software"] == "PicoLog 6.2.7"
    assert reading.header["appVersion"] == "6.2.7"
    assert reading.doubts == ()


def test_blocks_are_joined_in_order_and_overviews_left_out() -> None:
    (reading,) = _read(TestPicoLog.examples["two blocks"])
    assert reading["temperature"].values.tolist() == [0.0, 1.0, 2.0]
    assert reading["time"].values == pytest.approx([-0.992, 0.008, 1.008])
    assert "before the time" in reading.doubts[0]


def test_each_interval_has_its_reading() -> None:
    fast, slow = _read(TestPicoLog.examples["two intervals"])
    assert (fast.title, slow.title) == ("ch2", "U1")
    assert np.diff(fast["time"].values) == pytest.approx([0.5])


def test_the_unit_of_other_loggers_is_not_known() -> None:
    (reading,) = _read(TestPicoLog.examples["another logger"])
    assert reading["signal"].unit == ""
    assert "unit of U1 is not known" in reading.doubts[0]


@pytest.mark.parametrize(
    ("blocks", "fault"),
    [
        ([("ch1/1/1000", [1.0, 2.0]), ("ch1/1/2000", [3.0])], "overlap at 2000 ms"),
        ([("ch9/1/1000", [1.0])], r"names AO1\|8.ch9"),
        ([("ch1/1", [1.0])], "entry of the map"),
        ([("ch1/1/x", [1.0])], "entry of the map"),
    ],
)
def test_maps_that_cannot_be(blocks: list[Block], fault: str) -> None:
    with pytest.raises(DamagedFile, match=fault):
        _read(_file(_settings(U1), *blocks))


@pytest.mark.parametrize(
    ("entries", "fault"),
    [
        ([["tc-08.AO1|8.ch1/1/1000", ["1.0.gz", 0, 12]]], "has 8 bytes, fewer"),
        ([["tc-08.AO1|8.ch1/1/1000", ["1.0.gz", 0, 8]], ["tc-08.AO1|8.ch1/1/9000", ["1.0.gz", 0, 8]]], "fewer"),
        ([["tc-08.AO1|8.ch1/1/1000", ["2.0.gz", 0, 8]]], "has no 2.0.gz"),
        ([["tc-08.AO1|8.ch1/1/1000", ["1.0.gz", 0, 7]]], "entry of the map"),
        ({"a": 1}, "entry of the map"),
    ],
)
def test_places_that_are_not_there(entries: object, fault: str) -> None:
    members = {
        "metadata.json": json.dumps(_settings(U1)).encode(),
        "data-map.json.gz": _packed(json.dumps(entries).encode()),
        "1.0.gz": _packed(b"\x41\xc0\0\0" * 2),
    }
    with pytest.raises(DamagedFile, match=fault):
        _read(_tar(members))


def test_archives_that_are_damaged() -> None:
    whole = TestPicoLog.examples["two channels"]
    with pytest.raises(DamagedFile, match="ends within a member"):
        _read(whole[:600])
    with pytest.raises(DamagedFile, match="has no end"):
        _read(whole.rstrip(b"\0") + b"\0" * (-len(whole.rstrip(b"\0")) % 512))
    with pytest.raises(DamagedFile, match="header of a member"):
        _read(whole.replace(b"metadata.json", b"metadatX.json", 1))
    with pytest.raises(DamagedFile, match="is no sound JSON"):
        _read(_tar({"metadata.json": b'{"appVersion": 1e999}'}))
    with pytest.raises(DamagedFile, match="should be an object"):
        _read(_tar({"metadata.json": b'["appVersion"]'}))
    with pytest.raises(DamagedFile, match="startDate"):
        _read(_file(_settings(U1) | {"startDate": "2023-09-17T13:47:52"}, *PLAIN[:1]))
    with pytest.raises(NothingMeasured):
        _read(_file(_settings(U1), ("ch1/1/1000", [NAN, NAN])))


def test_the_real_file(shared: Callable[[str], Path]) -> None:
    choice, (reading,) = read(Source(shared("transport/20230917-16-S07-temperature.picolog")))
    assert choice.reader.name == "picolog"
    assert [variable.label for variable in reading.variables] == ["", "U1", "RT-external"]
    for name, first in (("temperature", 24.111797), ("temperature_2", 24.578806)):
        values = reading[name].values[np.isfinite(reading[name].values)]
        assert (values.size, reading[name].unit) == (1405, "degC")
        assert values[0] == pytest.approx(first, abs=5e-7)
    assert reading["time"].values[[0, -1]] == pytest.approx([7.008, 14067.008])


def test_a_member_whose_packing_is_damaged() -> None:
    content = bytearray(_packed(b"\x41\xc0\0\0" * 2))
    content[10] ^= 0x06  # another kind of packing than the one that follows
    members = {
        "metadata.json": json.dumps(_settings(U1)).encode(),
        "data-map.json.gz": _packed(b'[["tc-08.AO1|8.ch1/1/1000", ["1.0.gz", 0, 8]]]'),
        "1.0.gz": bytes(content),
    }
    with pytest.raises(DamagedFile, match="cannot be unpacked"):
        _read(_tar(members))
