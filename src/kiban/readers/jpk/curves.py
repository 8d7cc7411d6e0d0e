"""Segments of force curves, single or in maps, as Readings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, LimitExceeded, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.quantity.series import Series
from kiban.readers.jpk.channels import MEND, Budget, Channel, ChannelReader
from kiban.readers.jpk.properties import Scoped, parse
from kiban.readers.number_list import optional_number
from kiban.readers.tables.date_columns import read_date
from kiban.readers.words.unit_words import read_unit
from kiban.readers.zipped import Zipped
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable

SEGMENT = re.compile(
    r"(?P<curve>(?:index/(?P<index>0|[1-9]\d{0,8})/)?)segments/(?P<number>0|[1-9]\d{0,8})/segment-header\.properties"
)
_MOST_READINGS = 2000
_PLACEHOLDERS = frozenset({"", "no comment entry", "no name entry", "no probe entry"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One segment: its properties and channels."""

    index: int | None
    """Number of the curve in a map."""
    number: int
    own: Mapping[str, str]
    header: Scoped
    deflection: Scoped
    """Properties of the channel vDeflection."""
    channels: tuple[Channel, ...]

    @property
    def n_points(self) -> int:
        """How many points each channel has."""
        return len(self.channels[0].values)

    @property
    def kind(self) -> tuple[object, ...]:
        """What segments of a map must have in common to be one array."""
        layout = tuple((channel.key, channel.unit) for channel in self.channels)
        return (self.number, self.n_points, self.duration_s, self.style, layout)

    @property
    def style(self) -> str:
        """`extend`, `retract`, `pause`, as written."""
        return self.header.text("settings.segment-settings.style", "settings.style") or ""

    @property
    def duration_s(self) -> float | None:
        """How long it took."""
        return self.header.number("duration")


def readings(archive: Zipped, *, file: str, most_bytes: int) -> list[Reading]:
    """Read all segments.

    Raises
    ------
    DamagedFile, UnsupportedVariant
        If channels lack numbers, or are of a kind that is not known.
    NothingMeasured
        If no segment has a channel.
    LimitExceeded
        If more Readings would come of it than can be kept.
    """
    names = {name.replace("\\", "/"): name for name in archive.names}
    general = _properties(archive, names, "header.properties")
    shared = _properties(archive, names, "shared-data/header.properties")
    found = sorted(
        (match for name in names if (match := SEGMENT.fullmatch(name)) is not None),
        key=lambda match: (int(match["index"] or 0), int(match["number"])),
    )
    budget = Budget(most_bytes)
    segments = [_segment(archive, names, shared, match, file, budget) for match in found]
    groups = list(_groups([segment for segment in segments if segment.channels and segment.n_points]))
    if not groups:
        raise NothingMeasured(f"{file}: no segment has a channel with points.", mend=MEND)
    if len(groups) > _MOST_READINGS:
        raise LimitExceeded(
            f"{file}: {len(groups)} segments of different lengths; at most {_MOST_READINGS} are read.",
            mend="Export fewer curves of the map; the file is kept as it came.",
        )
    missing = _missing(general, segments)
    return [_reading(group, general, shared, file, missing) for group in groups]


def _properties(archive: Zipped, names: Mapping[str, str], name: str) -> dict[str, str]:
    return parse(archive.read(names[name])) if name in names else {}


def _segment(
    archive: Zipped,
    names: Mapping[str, str],
    shared: Mapping[str, str],
    match: re.Match[str],
    file: str,
    budget: Budget,
) -> Segment:
    own = parse(archive.read(names[match.string]))
    header = Scoped(own, shared, prefix="force-segment-header", kind="force-segment-header-info")
    promised = header.number("num-points")
    folder = match.string.rpartition("/")[0]
    place = f"{file}!/{folder}"
    channels = tuple(
        ChannelReader(
            Scoped(own, shared, prefix=f"channel.{key}", kind="lcd-info"),
            key,
            n_points=None if promised is None else int(promised),
            place=place,
            load=lambda name: archive.read(names[f"{folder}/{name}"]),
            budget=budget,
        ).read()
        for key in dict.fromkeys(own.get("channels.list", "").split())
    )
    if promised and not channels:
        raise DamagedFile(f"{place}: {promised:g} points are promised, but no channels are listed.", mend=MEND)
    lengths = {len(channel.values) for channel in channels}
    if len(lengths) > 1:
        raise DamagedFile(f"{place}: channels have different lengths: {sorted(lengths)}.", mend=MEND)
    index = None if match["index"] is None else int(match["index"])
    return Segment(
        index=index,
        number=int(match["number"]),
        own=own,
        header=header,
        deflection=Scoped(own, shared, prefix="channel.vDeflection", kind="lcd-info"),
        channels=channels,
    )


def _groups(segments: Sequence[Segment]) -> Iterator[list[Segment]]:
    """Segments of a map that are alike make one array, those of a single curve and odd ones a Reading each."""
    alike: dict[tuple[object, ...], list[Segment]] = {}
    for segment in segments:
        key = segment.kind if segment.index is not None else (segment.number,)
        alike.setdefault(key, []).append(segment)
    yield from alike.values()


def _missing(general: Mapping[str, str], segments: Sequence[Segment]) -> tuple[str, ...]:
    """Pauses of no length are counted by the header but not written."""
    promised = optional_number(_ending(general, ".force-segments.count"))
    if promised is None or any(segment.index is not None for segment in segments) or promised == len(segments):
        return ()
    endings = (".pause-before-first.num-points", ".extended-pause-k-length", ".retracted-pause-k-length")
    empty = sum(optional_number(_ending(general, ending)) == 0 for ending in endings)
    if 0 < promised - len(segments) <= empty:
        return ()
    return (f"The header counts {promised:g} segments; {len(segments)} are in the file.",)


def _ending(properties: Mapping[str, str], ending: str) -> str | None:
    return next((value.strip() for key, value in properties.items() if key.endswith(ending)), None)


def _reading(
    group: Sequence[Segment],
    general: Mapping[str, str],
    shared: Mapping[str, str],
    file: str,
    missing: tuple[str, ...],
) -> Reading:
    first = group[0]
    is_map = first.index is not None
    name = _stated(general, ".description.name")
    header: dict[str, Json] = {"header": dict(general), "segment-header": dict(first.own)}
    if shared:
        header["shared-data"] = dict(shared)
    doubts = dict.fromkeys(doubt for segment in group for channel in segment.channels for doubt in channel.doubts)
    doubts |= dict.fromkeys(
        f"The unit '{channel.unit[:40]}' of {channel.key[:40]} is not known; it is given without."
        for channel in first.channels
        if channel.unit and read_unit(channel.unit) is None
    )
    return Reading(
        technique="force_spectroscopy",
        title=f"{name or file or 'Force curve'}, segment {first.number}" + (f": {first.style}" if first.style else ""),
        variables=(*_axes(group, is_map=is_map), *_signals(group, is_map=is_map)),
        header=header,
        metadata=_metadata(first, general, is_map=is_map),
        operator=_stated(general, ".description.user-name"),
        instrument=_stated(general, ".description.instrument"),
        started_at=read_date(first.header.text("time-stamp") or ""),
        doubts=(*missing, *list(doubts)[:20]),
    )


def _stated(general: Mapping[str, str], ending: str) -> str | None:
    # The settings have descriptions of their own, which are empty.
    found = (value.strip() for key, value in general.items() if key.endswith(ending))
    return next((value for value in found if value not in _PLACEHOLDERS), None)


def _axes(group: Sequence[Segment], *, is_map: bool) -> Iterator[Variable]:
    first = group[0]
    if is_map:
        numbers = np.array([segment.index for segment in group], dtype=np.int64)
        yield Variable(name="curve", series=Series(numbers), dimensions=("curve",), role=Role.AXIS, label="index")
        for letter in "xy":
            places = [segment.header.number(f"position.{letter}") for segment in group]
            if all(place is not None for place in places):
                values = np.array(places, dtype=np.float64)
                yield Variable(
                    name=f"position_{letter}", series=Series(values, "m"), dimensions=("curve",), role=Role.AUXILIARY
                )
    n, duration = first.n_points, first.duration_s
    if duration is not None and duration > 0:
        times: NDArray[np.float64] = np.arange(n, dtype=np.float64) * np.float64(duration / n)
        yield Variable(name="time", series=Series(times, "s"), dimensions=("time",), role=Role.AXIS)
    else:
        yield Variable(name="point", series=Series(np.arange(n)), dimensions=("point",), role=Role.AXIS)


def _signals(group: Sequence[Segment], *, is_map: bool) -> Iterator[Variable]:
    first = group[0]
    along = "time" if first.duration_s is not None and first.duration_s > 0 else "point"
    taken = {"curve", "position_x", "position_y", "time", "point"}
    # Force before heights: it is what was measured, they are where.
    order = sorted(range(len(first.channels)), key=lambda n: not first.channels[n].key.endswith("Deflection"))
    for place in order:
        channel = _distinct(first.channels[place], taken)
        taken.add(channel.name)
        values = np.stack([segment.channels[place].values for segment in group]) if is_map else channel.values
        yield Variable(
            name=channel.name,
            series=Series(values, read_unit(channel.unit) or ""),
            dimensions=("curve", along) if is_map else (along,),
            label=channel.label,
            unit_as_written=channel.unit,
        )


def _distinct(channel: Channel, taken: set[str]) -> Channel:
    number, name = 2, channel.name
    while name in taken:
        name, number = f"{channel.name}_{number}", number + 1
    return replace(channel, name=name)


def _metadata(first: Segment, general: Mapping[str, str], *, is_map: bool) -> dict[str, MetadataValue]:
    found: dict[str, MetadataValue] = {"maker": "JPK Instruments"}
    if version := _stated(general, ".description.source-software"):
        found["software"] = f"JPK {version}"
    if comment := _stated(general, ".description.comment"):
        found["comment"] = comment
    if version := general.get("file-format-version"):
        found["format_version"] = version.strip()
    if mode := first.header.text("settings.feedback-mode.name"):
        found["imaging_mode"] = mode
    found.update(_calibration(first))
    if not is_map:
        for letter in "xy":
            if (place := first.header.number(f"position.{letter}")) is not None:
                found[f"position_{letter}"] = Measured(place, "m")
    return found


def _calibration(segment: Segment) -> Iterator[tuple[str, Measured]]:
    """Sensitivity and spring constant, where the conversions of the deflection are those from volts to force."""
    for name, slot, base, unit in (
        ("deflection_sensitivity", "distance", "volts", "m/V"),
        ("spring_constant", "force", "distance", "N/m"),
    ):
        prefix = f"conversion-set.conversion.{slot}"
        deflection = segment.deflection
        factor = deflection.number(f"{prefix}.scaling.multiplier")
        is_defined = (deflection.text(f"{prefix}.defined") or "true") == "true"
        if factor is not None and is_defined and deflection.text(f"{prefix}.base-calibration-slot") == base:
            yield name, Measured(factor, unit)
