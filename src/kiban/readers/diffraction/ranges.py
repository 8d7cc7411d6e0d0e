"""Ranges of one file as Readings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kiban.readers.diffraction.map import readings
from kiban.readers.diffraction.scan import Scan
from kiban.records.reading import Reading


def range_readings(scans: Sequence[Scan]) -> list[Reading]:
    """Make Readings of the ranges of one measurement, in order: one map, or one for each range.

    Coupled scans record where θ stood at their start, and a map may step that. Ranges that follow each other along 2θ
    shift θ from one to the next, too, but make no map: then the starts do not count.
    """
    if len({float(scan.track(scan.axis).values[0]) for scan in scans}) > 1:
        scans = [replace(scan, starts=()) for scan in scans]
    return readings(scans)
