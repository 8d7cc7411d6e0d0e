"""TDMS, the files of LabVIEW, DIAdem and FlexLogger.

Instrument
----------
Data acquisition with hardware and programs of National Instruments.

What is read
------------
In each group, the channels that were sampled at the same times give a Reading of technique `sensor_log`: one variable
for each channel under its name, scaled as the file says, in the unit of `unit_string` (or `NI_UnitDescription`). They
run along `time`: `wf_start_offset` and `wf_increment` where these are given (in s, unless `wf_xunit_string` names
another unit), else a channel of time stamps (seconds since its first), else a channel called time whose numbers never
go back; without any of these along `point`. The start is `wf_start_time` or the first stamp, in UTC as TDMS defines it.
Title, author and comment from the properties.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Channels of text (in the header, where short), and images. Channels that were never written.

File structure
--------------
Segments, each with a lead-in, metadata and raw data, as National Instruments describes it in "TDMS File Format Internal
Structure". The lead-ins are checked here; metadata and data, DAQmx and scales among them, are decoded by npTDMS, whose
warnings are taken for damages.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from kiban.errors import DamagedFile, KibanError, LimitExceeded, NothingMeasured
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.labview.segments import MEND, SIGNATURE, is_interrupted
from kiban.readers.labview.waveforms import Channel, moment, together, variables_of
from kiban.readers.source import Source
from kiban.records.reading import Json, MetadataValue, Reading

_MOST_TEXTS = 1_000
_MOST_CHANNELS = 50_000


class Tdms:
    """Reads TDMS."""

    name = "tdms"
    version = 1
    title = "TDMS (LabVIEW, DIAdem)"
    makers = ("National Instruments",)
    techniques = ("sensor_log",)
    suffixes = (".tdms",)
    library = "nptdms"

    def recognise(self, source: Source) -> Recognition | None:
        """By the mark TDSm and a version of the format."""
        head = source.head
        if head.startswith(SIGNATURE) and {head[8:12], head[8:12][::-1]} & {b"\x68\x12\0\0", b"\x69\x12\0\0"}:
            return Recognition(Confidence.CERTAIN, "it begins as TDMS")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all groups. Raises as the contract says."""
        if not source.head.startswith(SIGNATURE):
            raise DamagedFile(f"{source.name} does not begin as TDMS.", mend=MEND)
        try:
            return _read(source)
        except KibanError:
            raise
        except MemoryError as e:
            raise LimitExceeded(
                f"{source.name}: reading it takes more memory than allowed.",
                mend="Export a part of the recording. The file is kept as it came.",
            ) from e
        # npTDMS raises whatever Python does over contents that are none.
        except Exception as e:
            raise DamagedFile(f"{source.name}: it cannot be decoded ({type(e).__name__}: {e}).", mend=MEND) from e


def _read(source: Source) -> list[Reading]:
    from nptdms import TdmsFile

    with source.open() as stream:
        is_open = is_interrupted(stream, source.size, file=source.name)
        stream.seek(0)
        with _warnings() as warned, TdmsFile.open(stream) as file:
            _check_size(file, source)
            common: dict[str, Json] = {"properties": _properties(file.properties)}
            readings = [
                reading for group in file.groups() for reading in _readings(file.properties, group, common, source)
            ]
        doubts = _judged(warned, is_open=is_open, file=source.name)
    if not readings:
        raise NothingMeasured(f"{source.name} holds no channel with values.", mend=MEND)
    if not doubts:
        return readings
    return [_doubted(reading, doubts) for reading in readings]


def _doubted(reading: Reading, doubts: tuple[str, ...]) -> Reading:
    from dataclasses import replace

    return replace(reading, doubts=(*reading.doubts, *doubts))


@contextmanager
def _warnings() -> Iterator[list[str]]:
    """Collect what npTDMS logs instead of raising, and keep it from being printed."""
    found: list[str] = []

    def collect(record: logging.LogRecord) -> bool:
        if record.levelno >= logging.WARNING:
            found.append(record.getMessage())
        return False

    loggers = [logging.getLogger(name) for name in list(logging.root.manager.loggerDict) if name.startswith("nptdms")]
    for logger in loggers:
        logger.addFilter(collect)
    try:
        yield found
    finally:
        for logger in loggers:
            logger.removeFilter(collect)


def _judged(warned: list[str], *, is_open: bool, file: str) -> tuple[str, ...]:
    """An open last segment explains that it has less than it promises; nothing explains the same of another."""
    others = [each for each in warned if not is_open or not each.startswith(("Last segment", "Data size", "Cropping"))]
    if others:
        raise DamagedFile(f"{file}: {others[0]}.", mend=MEND)
    return ("Recording was interrupted: the last segment was never closed.",) if is_open else ()


def _check_size(file: Any, source: Source) -> None:
    """What all channels take in memory, eight bytes for a number at least, since scales make floats of them."""
    n = total = 0
    for group in file.groups():
        for channel in group.channels():
            n += 1
            total += len(channel) * max(8, channel.dtype.itemsize)
    if total > 2 * source.limits.whole_bytes or n > _MOST_CHANNELS:
        raise LimitExceeded(
            f"{source.name}: its {n} channels take {total} bytes; at most {2 * source.limits.whole_bytes} are read.",
            mend="Export a part of the recording. The file is kept as it came.",
        )


def _readings(root: Any, group: Any, common: dict[str, Json], source: Source) -> Iterator[Reading]:
    channels: list[Channel] = []
    described: dict[str, Json] = {}
    for channel in group.channels():
        properties = _properties(channel.properties)
        described[channel.name] = properties
        if len(channel) == 0:
            continue
        if channel.dtype.kind == "O":
            if len(channel) <= _MOST_TEXTS:
                texts: list[Json] = [str(each) for each in channel[:]]
                described[channel.name] = {**properties, "#texts": texts}
            continue
        channels.append(Channel(name=channel.name, values=np.asarray(channel[:]), properties=channel.properties))
    header: dict[str, Json] = {**common, "group": {"name": group.name, "properties": _properties(group.properties)}}
    header["channels"] = described
    parts = together(channels)
    for n, part in enumerate(parts, 1):
        variables, started_at = variables_of(part)
        if not variables:
            continue
        place = f" {n} of {len(parts)}" if len(parts) > 1 else ""
        yield Reading(
            technique="sensor_log",
            title=f"{_word(root, 'name', 'title') or group.name or source.name}{place}",
            variables=variables,
            header=header,
            metadata=_metadata(root, group),
            operator=_word(root, "Author", "author", "Operator", "operator") or None,
            started_at=started_at or moment(root.get("datetime")),
        )


def _word(properties: Any, *keys: str) -> str:
    found = (properties.get(key) for key in keys)
    return next((each.strip() for each in found if isinstance(each, str) and each.strip()), "")


def _metadata(root: Any, group: Any) -> dict[str, MetadataValue]:
    comment = _word(group.properties, "description") or _word(root, "description")
    return {"comment": comment} if comment else {}


def _properties(properties: Any) -> dict[str, Json]:
    return {str(key): _plain(value) for key, value in properties.items()}


def _plain(value: Any) -> Json:
    if isinstance(value, np.generic) and value.dtype.kind in "iufb":
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return str(value)
    return value if isinstance(value, bool | int | float | str) else str(value)


READER = Tdms()
