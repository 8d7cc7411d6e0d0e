"""Axes as BRML describes them, and where the channels of a line detector lie along 2θ."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kiban.readers.bruker.brml_views import unit_of
from kiban.readers.bruker.drives import drive
from kiban.readers.diffraction.points import evenly_stepped, point_numbers
from kiban.readers.diffraction.scan import Track
from kiban.readers.number_list import optional_number
from kiban.readers.xml_header import children, descend, text_at

if TYPE_CHECKING:
    from lxml.etree import _Element

_RELATIVE = "_Relative"


class Axis:
    """A `ScanAxisInfo` or `ScaleAxisInfo`: name, unit, start, end and step, NaN where they are not there."""

    def __init__(self, element: _Element) -> None:
        self.name = element.get("AxisId") or element.get("AxisName") or ""
        self.label = element.get("VisibleName") or self.name
        self.unit = unit_of(element)
        # Starts and ends of scans around a reflection are counted from a reference.
        reference = optional_number(text_at(element, "Reference")) or 0.0
        self.start = reference + _number(text_at(element, "Start"))
        self.stop = reference + _number(text_at(element, "Stop"))
        self.increment = _number(text_at(element, "Increment"))

    @property
    def is_usable(self) -> bool:
        """Start and step are numbers."""
        return math.isfinite(self.start) and math.isfinite(self.stop) and math.isfinite(self.increment)

    def has_points(self, n_points: int) -> bool:
        """Start, end and step make that many points, or that many intervals."""
        if not self.is_usable or self.increment == 0:
            return False
        intervals = (self.stop - self.start) / self.increment
        return abs(intervals - n_points) < 0.1 or abs(intervals - (n_points - 1)) < 0.1


def _number(text: str) -> float:
    found = optional_number(text)
    return math.nan if found is None else found


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """Where the channels lie."""

    positions: Track
    relative_to: str = ""
    """Our name of the drive from whose position they are counted."""
    doubts: list[str] = field(default_factory=list)


def channels(
    information: _Element | None, axes: Iterable[Axis], n_channels: int, *, n_steps: int, place: str
) -> Channels:
    """Find the angles of a line detector's channels. Raises DamagedFile where they run off."""
    listed = descend(information, "ScaleAxes")
    scales = [Axis(element) for element in children(listed, "ScaleAxisInfo")] if listed is not None else []
    fitting = [scale for scale in scales if scale.has_points(n_channels)]
    if len(fitting) == 1 and (along := _along(fitting[0], n_channels, place=place)) is not None:
        name = fitting[0].name
        is_relative = name.endswith(_RELATIVE)
        return Channels(positions=along, relative_to=drive(name.removesuffix(_RELATIVE)).name if is_relative else "")
    if n_steps == 1:
        # A fixed detector is described as if its channels had been scanned.
        for axis in axes:
            if axis.has_points(n_channels) and (along := _along(axis, n_channels, place=place)) is not None:
                return Channels(positions=along)
    doubt = "The file does not say at which angles the channels of the detector lie; they are numbered."
    return Channels(positions=point_numbers(n_channels), doubts=[doubt])


def _along(axis: Axis, n_channels: int, *, place: str) -> Track | None:
    values = evenly_stepped(axis.start, axis.increment, n_channels, place=place)
    if values is None:
        return None
    known = drive(axis.name.removesuffix(_RELATIVE))
    return Track(name=known.name, label=axis.label, values=values, unit=axis.unit or known.unit)
