"""PicoLog 6 captures (`.picolog`): temperatures over time of the thermocouple logger TC-08.

Instrument
----------
Loggers of Pico Technology with the program PicoLog 6; the thermocouple logger TC-08 was seen.

What is read
------------
One Reading of technique `sensor_log` for each sampling interval that channels have, with

- `time`, s, shape (n,), the axis: since the start of the capture, the place on the grid of the interval at which a
  channel has a sample (the file does not say whether a mean stands where its interval begins or ends);
- `temperature`, `temperature_2`, ..., degree Celsius, shape (n,): one for each channel with samples, under its
  description; NaN where it has none at that place. The file states no unit; PicoLog stores degrees Celsius.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Blocks for the overview (highest and lowest of each 10, 100, ... samples) and the picture. Channels of other loggers are
given as `signal` without unit and with a doubt, for where their unit stands is not known.

File structure
--------------
A tar file: `metadata.json` (program, start, devices with their channels), `data-map.json.gz` (a list of blocks: device,
serial number, channel, division and first time in ms since 1970 as one text; member, offset, length) and members packed
with gzip that hold the blocks, big-endian float32. A block of division 1 has a place for each interval of the channel
from its first time on, NaN where there is no sample. Worked out from 1 file.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.picolog_parts.archive import MEND, Archive, is_tar
from kiban.readers.picolog_parts.channels import Samples, read_samples
from kiban.readers.source import Source
from kiban.records.reading import MetadataValue, Reading, Role, Variable

_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_TEMPERATURES = frozenset({"thermocouple", "cold-junction"})


class PicoLog:
    """Reads captures of PicoLog 6."""

    name = "picolog"
    version = 1
    title = "PicoLog capture (picolog)"
    makers = ("Pico Technology",)
    techniques = ("sensor_log",)
    suffixes = (".picolog",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim tar files with the members of a capture."""
        head = source.head
        if is_tar(head) and (b"data-map.json.gz\0" in head or (b"metadata.json\0" in head and b'"appVersion"' in head)):
            return Recognition(Confidence.CERTAIN, "it is an archive with the members of a PicoLog capture")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all channels. Raises as the contract says."""
        archive = Archive(source)
        settings = archive.json("metadata.json")
        if not isinstance(settings, dict):
            raise DamagedFile(f"{source.name}: metadata.json should be an object.", mend=MEND)
        started_at = _started_at(settings, source.name)
        groups: dict[int, list[Samples]] = {}
        for samples in read_samples(archive, settings, source.name):
            groups.setdefault(samples.channel.interval_ms, []).append(samples)
        if not groups:
            raise NothingMeasured(f"{source.name}: no channel has samples.", mend=MEND)
        return [_reading(group, settings, started_at) for _, group in sorted(groups.items())]


def _started_at(settings: dict[str, Any], file: str) -> datetime:
    text = settings.get("startDate")
    try:
        date = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        date = None
    if date is None or date.tzinfo is None:
        raise DamagedFile(f"{file}: startDate should be a time with its zone; {str(text)[:40]} was found.", mend=MEND)
    return date


def _reading(group: list[Samples], settings: dict[str, Any], started_at: datetime) -> Reading:
    places = np.unique(np.concatenate([times for samples in group for times in samples.times_ms]))
    start_ms = (started_at - _FIRST) // timedelta(milliseconds=1)
    time = Series((places - start_ms) / 1000, "s")
    variables = [Variable(name="time", series=time, dimensions=("time",), role=Role.AXIS)]
    taken: dict[str, int] = {}
    doubts = []
    for samples in group:
        is_temperature = samples.channel.device == "TC08Device" and samples.channel.kind in _TEMPERATURES
        name, unit = ("temperature", "degC") if is_temperature else ("signal", "")
        if not is_temperature:
            doubts.append(f"The unit of {samples.channel.description} is not known: numbers are given as stored.")
        taken[name] = taken.get(name, 0) + 1
        variables.append(
            Variable(
                name=name if taken[name] == 1 else f"{name}_{taken[name]}",
                series=Series(_on(places, samples), unit),
                dimensions=("time",),
                label=samples.channel.description,
            )
        )
    if places[0] < start_ms:
        doubts.append("There are samples from before the time that the file gives as start.")
    return Reading(
        technique="sensor_log",
        title=", ".join(samples.channel.description for samples in group)[:120],
        variables=tuple(variables),
        header=settings,
        metadata=_metadata(group, settings),
        started_at=started_at,
        doubts=tuple(doubts),
    )


def _on(places: NDArray[np.int64], samples: Samples) -> NDArray[np.float64]:
    values = np.full(places.size, np.nan)
    values[np.searchsorted(places, np.concatenate(samples.times_ms))] = np.concatenate(samples.values)
    return values


def _metadata(group: list[Samples], settings: dict[str, Any]) -> dict[str, MetadataValue]:
    channels = [samples.channel for samples in group]
    found: dict[str, MetadataValue] = {"maker": "Pico Technology"}
    if version := settings.get("appVersion"):
        found["software"] = f"PicoLog {version}"
    for name, values in (
        ("model", [channel.device.removesuffix("Device") for channel in channels]),
        ("serial_number", [channel.serial_number for channel in channels]),
    ):
        if text := ", ".join(dict.fromkeys(value for value in values if value)):
            found[name] = text
    return found


READER = PicoLog()
