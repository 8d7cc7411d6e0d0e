"""Channels of a PicoLog file: what was set for them, and their samples, each with the time of its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.readers.picolog_parts.archive import MEND, Archive

_LONGEST_MS = 10**9
_LATEST_MS = 10**14


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """What was set for a channel."""

    device: str
    serial_number: str
    identifier: str
    kind: str
    description: str
    interval_ms: int


@dataclass(slots=True)
class Samples:
    """The samples of one channel, empty places left out."""

    channel: Channel
    times_ms: list[NDArray[np.int64]] = field(default_factory=list)
    values: list[NDArray[np.float64]] = field(default_factory=list)
    end_ms: int = 0
    """Where its last block ends."""


def read_samples(archive: Archive, settings: dict[str, Any], file: str) -> list[Samples]:
    """Read the samples of all channels that have any, in the order of the map. Raises DamagedFile."""
    channels = dict(_channels(settings))
    found: dict[str, Samples] = {}
    n_bytes: dict[str, int] = {}
    for key, start, (member, offset, length) in sorted(_blocks(archive, file), key=lambda block: block[1]):
        channel = channels.get(key)
        if channel is None:
            raise DamagedFile(f"{file}: the map of the data names {key[:60]}, the settings do not.", mend=MEND)
        content = archive.content(member)
        n_bytes[member] = n_bytes.get(member, 0) + length
        if offset + length > len(content) or n_bytes[member] > len(content):
            raise DamagedFile(f"{file}: {member} has {len(content)} bytes, fewer than the map says.", mend=MEND)
        samples = found.setdefault(key, Samples(channel))
        if start < samples.end_ms:
            raise DamagedFile(f"{file}: blocks of {key[:60]} overlap at {start} ms.", mend=MEND)
        values = np.frombuffer(content, dtype=">f4", count=length // 4, offset=offset)
        samples.end_ms = start + values.size * channel.interval_ms
        places = np.flatnonzero(~np.isnan(values))
        samples.times_ms.append(start + places * channel.interval_ms)
        samples.values.append(values[places].astype(np.float64))
    order = {key: n for n, key in enumerate(channels)}
    return [
        found[key] for key in sorted(found, key=order.__getitem__) if any(times.size for times in found[key].times_ms)
    ]


def _channels(settings: dict[str, Any]) -> Iterator[tuple[str, Channel]]:
    """Give the channels of all devices by serial number and identifier, as the map of the data writes them."""
    devices = settings.get("devices")
    items = devices.get("items") if isinstance(devices, dict) else None
    for device in items if isinstance(items, list) else []:
        for entry in device.values() if isinstance(device, dict) else []:
            channel = _channel(device, entry) if isinstance(entry, dict) else None
            if channel is not None:
                yield f"{channel.serial_number.replace('/', '|')}.{channel.identifier}", channel


def _channel(device: dict[str, Any], entry: dict[str, Any]) -> Channel | None:
    capture = entry.get("captureConfig")
    interval = capture.get("interval") if isinstance(capture, dict) else None
    if not isinstance(interval, int) or not 0 < interval <= _LONGEST_MS or "channelIdentifier" not in entry:
        return None
    return Channel(
        device=str(device.get("__type", "")),
        serial_number=str(entry.get("deviceSerial", "")),
        identifier=str(entry["channelIdentifier"]),
        kind=str(entry.get("channelType", "")),
        description=str(entry.get("description") or entry["channelIdentifier"]),
        interval_ms=interval,
    )


def _blocks(archive: Archive, file: str) -> Iterator[tuple[str, int, tuple[str, int, int]]]:
    """Give key of the channel, first time in ms, and place, of the blocks that are not averaged for an overview."""
    entries = archive.json("data-map.json.gz")
    for entry in entries if isinstance(entries, list) else [entries]:
        match entry:
            case [str(tag), [str(member), int(offset), int(length)]] if offset >= 0 and length >= 0 and length % 4 == 0:
                parts = tag.rsplit("/", 2)
                device, _, key = parts[0].partition(".")
                if len(parts) == 3 and device and key and parts[1].isdecimal() and parts[2].isdecimal():
                    start = int(parts[2][:20])
                    if int(parts[1][:20]) == 1 and start < _LATEST_MS:
                        yield key, start, (member, offset, length)
                    continue
        raise DamagedFile(f"{file}: an entry of the map of the data cannot be read: {str(entry)[:80]}.", mend=MEND)
