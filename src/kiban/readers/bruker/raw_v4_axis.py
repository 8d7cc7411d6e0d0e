"""Which drive a range of RAW4.00 was scanned along, and where the others stood."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from kiban.readers.bruker.drives import candidates, drive, folded, is_detector_fixed, is_known, moves_together
from kiban.readers.bruker.fields import number, whole, words
from kiban.readers.bruker.raw_v4_fields import DRIVE, HIGH_RESOLUTION
from kiban.readers.diffraction.points import evenly_stepped, point_numbers
from kiban.readers.diffraction.scan import Track
from kiban.records.reading import Json

_SAME = 1e-6
"""Degrees or millimetres; starts of drives and of ranges are stored with 64 bits."""


class Drives:
    """The drives that a range lists, with the scan's type, start and step.

    A range names its type; what type moves which drive is known for the usual ones. The list of drives then has to
    agree: the drive that is scanned starts where the range does.
    """

    def __init__(self, segments: Sequence[dict[str, Json]], scan_type: str, start: float, step: float) -> None:
        self._scan_type, self._start, self._step = scan_type, start, step
        self._starts: dict[str, float] = {}
        self._flagged: set[str] = set()
        self._is_high_resolution = any(segment["type"] == HIGH_RESOLUTION for segment in segments)
        for segment in segments:
            if segment["type"] == DRIVE:
                label = words(segment, "drive")
                self._starts.setdefault(label, number(segment, "start"))
                if whole(segment, "flag"):
                    self._flagged.add(label)

    def axis(self, n_points: int, *, place: str) -> tuple[Track, list[str]]:
        """The axis of the points, and what is to be doubted of it. Raises DamagedFile where it runs off."""
        label, doubts = self._scanned()
        if not label:
            return point_numbers(n_points), doubts
        values = evenly_stepped(self._start, self._step, n_points, place=place)
        if values is None:
            return point_numbers(n_points), [f"The step of the {self._scan_type} is 0, so the points are numbered."]
        known = drive(label)
        return Track(name=known.name, label=label, values=values, unit=known.unit), doubts

    def _scanned(self) -> tuple[str, list[str]]:
        names = candidates(self._scan_type) or ((self._scan_type,) if is_known(self._scan_type) else ())
        if not names:
            return self._by_start()
        doubts = []
        if self._is_high_resolution and len(names) > 1:
            doubts.append("The scan is a coupled high-resolution scan; its points are placed by its start and step.")
        listed = [label for name in names for label in self._starts if folded(label) == folded(name)]
        label = next((label for label in listed if self._starts_there(label)), "")
        if label or is_detector_fixed(self._scan_type):
            return label or names[0], doubts
        if listed:
            stands = self._starts[listed[0]]
            doubts.append(f"The {self._scan_type} starts at {self._start:g}, its drive {listed[0]} at {stands:g}.")
        return (listed or names)[0], doubts

    def _by_start(self) -> tuple[str, list[str]]:
        there = [label for label in self._starts if is_known(label) and self._starts_there(label)]
        flagged = [label for label in there if label in self._flagged]
        label = (flagged if len(flagged) == 1 else there if len(there) == 1 else [""])[0]
        what = f"The scan is of the type '{self._scan_type}', which is not known"
        if label:
            return label, [f"{what}; it is drawn against {label}, which started where the scan did."]
        return "", [f"{what}, nor which drive it moved; the points are numbered. Start and step are in the header."]

    def _starts_there(self, label: str) -> bool:
        return abs(self._starts[label] - self._start) <= _SAME

    def positions(self, axis: Track) -> Iterator[Track]:
        """Where drives stood that did not move; none where it is not known which one did."""
        moving = moves_together(self._scan_type, axis.name)
        seen = set(moving)
        for label, start in self._starts.items():
            known = drive(label)
            name = known.name
            if is_detector_fixed(self._scan_type) and name == "two_theta":
                name = "two_theta_arm"
            if axis.unit and known.unit and name not in seen and math.isfinite(start):
                seen.add(name)
                yield Track(name=name, label=label, values=np.asarray(start), unit=known.unit)

    def starts(self) -> Iterator[Track]:
        """Where θ stood at the start of an unlocked coupled scan: maps step it."""
        if folded(self._scan_type) == "unlockedcoupled":
            for label, start in self._starts.items():
                if drive(label).name == "omega" and math.isfinite(start):
                    yield Track(name="omega_start", label=label, values=np.asarray(start), unit="deg")
                    return
