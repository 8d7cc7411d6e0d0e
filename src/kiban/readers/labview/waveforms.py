"""Channels of a TDMS group put together: those that were sampled at the same times are one Reading."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.quantity.series import Series
from kiban.quantity.spelling import respell
from kiban.readers.hdf5.naming import variable_name
from kiban.readers.sampled_axes import Kind, kind_of
from kiban.records.reading import Role, Variable

_TIME = re.compile(r"(?:elapsed[ _]?|relative[ _]?)?(?:time|zeit|temps|時間|時刻)(?:[ _]?stamp)?\b.*", re.IGNORECASE)
_UNITS = ("unit_string", "NI_UnitDescription", "Unit", "unit")
_NEVER = np.datetime64("1970-01-01")
"""LabVIEW writes 1904 where no start was set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One channel with its numbers."""

    name: str
    values: NDArray[Any]
    """Numbers, or moments (datetime64)."""
    properties: Mapping[str, Any]

    @property
    def unit(self) -> str:
        """As the file spells it."""
        found = (self.properties.get(key) for key in _UNITS)
        return next((each.strip() for each in found if isinstance(each, str) and each.strip()), "")

    def number(self, key: str) -> float | None:
        """A property that is a finite number."""
        found = self.properties.get(key)
        is_number = isinstance(found, int | float | np.integer | np.floating) and not isinstance(found, bool)
        return float(found) if is_number and math.isfinite(found) else None  # type: ignore[arg-type]

    @property
    def timing(self) -> tuple[Any, ...]:
        """Channels that agree in this were sampled at the same times."""
        return (
            len(self.values),
            self.number("wf_increment"),
            self.number("wf_start_offset") or 0.0,
            str(self.properties.get("wf_start_time", "")),
        )

    @property
    def started_at(self) -> datetime | None:
        """The time of the first sample, in UTC as TDMS has it."""
        return moment(self.properties.get("wf_start_time"))


def moment(value: Any) -> datetime | None:
    """A time stamp of TDMS, which is in UTC; `None` where it is none or was never set."""
    if not isinstance(value, np.datetime64) or np.isnat(value) or value <= _NEVER:
        return None
    found = value.astype("datetime64[us]").astype(object)
    return found.replace(tzinfo=UTC) if isinstance(found, datetime) else None


def together(channels: list[Channel]) -> list[list[Channel]]:
    """Put channels together that were sampled at the same times, in the order of the file."""
    groups: dict[tuple[Any, ...], list[Channel]] = {}
    for channel in channels:
        groups.setdefault(channel.timing, []).append(channel)
    return list(groups.values())


def variables_of(channels: list[Channel]) -> tuple[tuple[Variable, ...], datetime | None]:
    """The variables of channels that belong together, the times first, and when they began."""
    first = channels[0]
    increment = first.number("wf_increment")
    stamped = next((each for each in channels if each.values.dtype.kind == "M"), None)
    stated = next((each for each in channels if _is_time(each)), None)
    axis: Variable | None = None
    started_at = first.started_at
    rest = list(channels)
    start = first.number("wf_start_offset") or 0.0
    # A step of 1e308 s, as damage makes it, leads to no time.
    if increment and increment > 0 and math.isfinite(start + increment * len(first.values)):
        axis = _axis(_axis_name(first), start + increment * np.arange(len(first.values)), first.properties, "")
    elif stamped is not None:
        seconds = (stamped.values - stamped.values[0]) / np.timedelta64(1, "s")
        if bool(np.isfinite(seconds).all()):
            axis = _axis("time", seconds, {}, stamped.name)
            started_at = moment(stamped.values[0])
            rest.remove(stamped)
    elif stated is not None and bool(np.isfinite(stated.values).all()):
        axis = _stated(stated)
        rest.remove(stated)
    dimension = axis.name if axis is not None else "point"
    names = [axis.name] if axis is not None else []
    found = []
    for each in rest:
        if each.values.dtype.kind == "M":
            continue
        name = variable_name(each.name, [*names, dimension])
        names.append(name)
        found.append(
            Variable(
                name=name,
                series=Series(each.values, respell(each.unit)),
                dimensions=(dimension,),
                role=Role.SIGNAL,
                label=each.name,
                unit_as_written=each.unit,
            )
        )
    return (*([axis] if axis is not None else []), *found), started_at


def _is_time(channel: Channel) -> bool:
    """Its name says time and its numbers never go back."""
    is_number = channel.values.dtype.kind in "iuf" and len(channel.values) > 0
    return is_number and _TIME.fullmatch(channel.name) is not None and bool(np.all(np.diff(channel.values) >= 0))


def _axis_name(channel: Channel) -> str:
    """What a waveform runs along: time, unless its unit is none of time."""
    unit = channel.properties.get("wf_xunit_string")
    if not isinstance(unit, str) or not unit.strip() or kind_of(unit) is Kind.TIME:
        return "time"
    name = channel.properties.get("wf_xname")
    return variable_name(name) if isinstance(name, str) and name.strip() and name.strip().lower() != "time" else "x"


def _axis(name: str, values: NDArray[Any], properties: Mapping[str, Any], label: str) -> Variable:
    written = properties.get("wf_xunit_string")
    unit = written.strip() if isinstance(written, str) else ""
    return Variable(
        name=name,
        series=Series(values, respell(unit) or "s"),
        dimensions=(name,),
        role=Role.AXIS,
        label=label,
        unit_as_written=unit,
    )


def _stated(channel: Channel) -> Variable:
    return Variable(
        name="time",
        series=Series(channel.values, respell(channel.unit)),
        dimensions=("time",),
        role=Role.AXIS,
        label=channel.name,
        unit_as_written=channel.unit,
    )
