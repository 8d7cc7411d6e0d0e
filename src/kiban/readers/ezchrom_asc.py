"""EZChrom text exports (`.dat.asc`): all channels of a chromatogram, one under another.

Instrument
----------
Gas and liquid chromatographs run by EZChrom Elite (Agilent, before it Scientific Software) and OpenLab EZChrom.

What is read
------------
For each channel a Reading of technique `chromatography` with `time`, shape (n,), the axis: the number of the point over
the sampling rate, from 0, times the multiplier of the x axis, in the unit that its title says (min); and
`detector_signal`, shape (n,): the stored number times the multiplier of the y axis, in the unit that its title says
(pA, mV, mAU, ...). `25 µV` counts in steps of 25 µV: the signal is multiplied and a doubt says so. Sample, operator,
start and method come as metadata.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Nothing. Channels have no names in the file; they are numbered.

File structure
--------------
Lines of a key with a colon and, after tabs, one value for the file or one for each channel, the last of them a unit at
`Sampling Rate` and `Total Data Points`; then all points, one in a line, channel after channel. The multiplier 0.016667
is a rounded 1/60, and the exact one is taken. Decimal commas occur. Worked out from 1 file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.series import Series
from kiban.readers.agilent.signal_units import signal_in_unit
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.number_list import numbers
from kiban.readers.source import Source
from kiban.readers.tables.date_columns import read_date
from kiban.readers.text import decode
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable

_MEND = "Export the chromatogram again; the file is kept as it came."
_RATE, _COUNT = "Sampling Rate", "Total Data Points"
_TITLES = ("X Axis Title", "Y Axis Title")
_MULTIPLIERS = ("X Axis Multiplier", "Y Axis Multiplier")
_OF_CHANNELS = (_RATE, _COUNT, *_TITLES, *_MULTIPLIERS)
_MOST_CHANNELS = 1000
_METADATA = {"Method": "method", "Version": "format_version"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Channel:
    """What the header says of one channel."""

    number: int
    n: int
    per_second: float
    x_title: str
    x_factor: float
    y_title: str
    y_factor: float


class EzChromAsc:
    """Reads the text exports of EZChrom."""

    name = "ezchrom_asc"
    version = 1
    title = "EZChrom text export (dat.asc)"
    makers = ("Agilent", "Scientific Software")
    techniques = ("chromatography",)
    suffixes = (".asc",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim texts whose first lines state channels, points and multipliers as EZChrom does."""
        head = source.head[:8192]
        if all(f"{key}:".encode() in head for key in ("Maxchannels", *_OF_CHANNELS)):
            return Recognition(Confidence.CERTAIN, "its header states channels, points and multipliers as EZChrom does")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all channels. Raises as the contract says."""
        text, _ = decode(source.read())
        lines = text.splitlines()
        fields, n_above = _header(lines)
        channels = _channels(fields, source.name)
        values = numbers("\n".join(lines[n_above:]).replace(",", "."), what="points", file=source.name)
        promised = sum(channel.n for channel in channels)
        if values.size != promised:
            raise DamagedFile(f"{source.name}: {promised} points are promised, {values.size} follow.", mend=_MEND)
        if not promised:
            raise NothingMeasured(f"{source.name}: no channel has points.", mend=_MEND)
        if not np.isfinite(values).all():
            raise DamagedFile(f"{source.name}: a point is not a finite number.", mend=_MEND)
        ends = np.cumsum([channel.n for channel in channels])
        parts = zip(channels, np.split(values.astype(np.float64), ends[:-1]), strict=True)
        return [_reading(fields, channel, part, source.name) for channel, part in parts if channel.n]


def _header(lines: Sequence[str]) -> tuple[dict[str, list[str]], int]:
    """Collect the keys with their values, and count their lines."""
    fields: dict[str, list[str]] = {}
    for n, line in enumerate(lines):
        key, colon, rest = line.partition(":")
        if not colon:
            return fields, n
        values = [value.strip() for value in rest.strip("\r\n").split("\t")]
        fields[key.strip()] = values[1:] if not values[0] else values
    return fields, len(lines)


def _channels(fields: dict[str, list[str]], file: str) -> list[_Channel]:
    """Put together what is said of each channel. Raises DamagedFile where keys speak of different numbers of them."""
    stated = {key: fields.get(key, []) for key in _OF_CHANNELS}
    for key in (_RATE, _COUNT):
        stated[key] = stated[key][:-1] if len(stated[key]) > 1 else stated[key]
    sizes = {key: len(values) for key, values in stated.items()}
    if len(set(sizes.values())) > 1 or not 0 < sizes[_COUNT] <= _MOST_CHANNELS:
        found = ", ".join(f"{key} {size}" for key, size in sizes.items())
        raise DamagedFile(f"{file}: one value for each channel was expected in these lines: {found}.", mend=_MEND)
    columns = zip(*stated.values(), strict=True)
    return [
        _Channel(
            number=number,
            n=int(_number(n, _COUNT, file, whole=True)),
            per_second=_number(rate, _RATE, file),
            x_title=x_title,
            y_title=y_title,
            x_factor=_number(x_factor, _MULTIPLIERS[0], file),
            y_factor=_number(y_factor, _MULTIPLIERS[1], file),
        )
        for number, (rate, n, x_title, y_title, x_factor, y_factor) in enumerate(columns, start=1)
    ]


def _number(text: str, key: str, file: str, *, whole: bool = False) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = float("nan")
    sound = (value.is_integer() and 0 <= value < 1e12) if whole else 1e-12 < abs(value) < 1e12
    if not sound or (key != _MULTIPLIERS[1] and value < 0):
        raise DamagedFile(f"{file}: {key} should be a positive number; '{text[:40]}' was found.", mend=_MEND)
    return value


def _reading(fields: dict[str, list[str]], channel: _Channel, points: NDArray[np.float64], file: str) -> Reading:
    signal, doubts = signal_in_unit(points * channel.y_factor, channel.y_title)
    if not np.isfinite(signal.series.values).all():
        raise DamagedFile(f"{file}: the signal times {channel.y_factor:g} is not finite.", mend=_MEND)
    time = _time(channel)
    if not time.unit:
        doubts = (*doubts, f"The title of the x axis, {channel.x_title or 'which is empty'}, is no unit of time.")
    name = _first(fields, "Sample ID")
    header: dict[str, Json] = {key: "\t".join(values) for key, values in fields.items()}
    return Reading(
        technique="chromatography",
        variables=(
            Variable(name="time", series=time, dimensions=("time",), role=Role.AXIS, unit_as_written=channel.x_title),
            signal,
        ),
        title=f"{name} channel {channel.number}".strip(),
        sample_name=name or None,
        operator=_first(fields, "User Name") or None,
        started_at=read_date(_first(fields, "Acquisition Date and Time")),
        metadata=_metadata(fields, channel),
        header=header,
        doubts=doubts,
    )


def _time(channel: _Channel) -> Series:
    """Count points in the unit that the title of the axis says."""
    unit = read_unit(channel.x_title) or ""
    if unit not in {"s", "min", "h", "ms"}:
        unit = ""
    factor = channel.x_factor
    exact = {"min": 1 / 60, "h": 1 / 3600}.get(unit, factor)
    if abs(factor - exact) < 1e-3 * exact:
        factor = exact
    return Series(np.arange(channel.n) / channel.per_second * factor, unit)


def _metadata(fields: dict[str, list[str]], channel: _Channel) -> dict[str, MetadataValue]:
    found: dict[str, MetadataValue] = {"software": "EZChrom", "channel": channel.number}
    return found | {name: _first(fields, key) for key, name in _METADATA.items() if _first(fields, key)}


def _first(fields: dict[str, list[str]], key: str) -> str:
    return "\t".join(fields.get(key, [])).strip()


READER = EzChromAsc()
