"""Outlines of letters as grey dots, and grey dots as PNG (ISO/IEC 15948).

How much of a dot is covered is exact from left to right, and sampled on lines from top to bottom.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Contours: TypeAlias = list[NDArray[np.float64]]
"""Closed lines, each of shape (n_points, 2)."""

_LINES_PER_DOT = 4
_STEPS_PER_CURVE = 8


def flattened(outline: Sequence[tuple[str, Sequence[tuple[float, float] | None]]]) -> Contours:
    """Turn an outline, as the pens of fontTools record it, into closed lines."""
    contours: Contours = []
    points: list[NDArray[np.float64]] = []
    for operator, arguments in outline:
        places = [np.asarray(place, dtype=np.float64) for place in arguments if place is not None]
        if operator == "moveTo":
            points = [places[0]]
        elif operator == "lineTo":
            points.append(places[0])
        elif operator == "curveTo":
            points += _curve([points[-1], *places])
        elif operator == "qCurveTo":
            if arguments[-1] is None:  # a round of controls alone: it begins between the last and the first
                places.append((places[-1] + places[0]) / 2)
                points = [places[-1]]
            for control, end in _quadratic(places):
                points += _curve([points[-1], control, end])
        elif len(points) > 2:
            contours.append(np.array(points))
    return contours


def coverage(contours: Sequence[NDArray[np.float64]], shape: tuple[int, int]) -> NDArray[np.float64]:
    """How much of each dot is inside the outlines (where they wind around it at all), from 0 to 1.

    Parameters
    ----------
    contours
        In dots from the upper left corner; what lies outside of the picture is left out.
    shape
        Rows and columns.
    """
    # Each edge adds what it covers to the right of where it meets a line; the sum along the row is the coverage.
    steps = np.zeros((shape[0], shape[1] + 2))
    if contours:
        start = np.concatenate(contours)
        end = np.concatenate([np.roll(contour, -1, axis=0) for contour in contours])
        for line in range(shape[0] * _LINES_PER_DOT):
            _add_line(steps[line // _LINES_PER_DOT], start, end, (line + 0.5) / _LINES_PER_DOT)
    covered: NDArray[np.float64] = np.clip(np.cumsum(steps, axis=1)[:, : shape[1]] / _LINES_PER_DOT, 0, 1)
    return covered


def png(grey: NDArray[np.uint8], dots_per_inch: int) -> bytes:
    """Write a grey picture with its resolution."""
    height, width = grey.shape
    per_metre = round(dots_per_inch / 0.0254)
    rows = np.zeros((height, width + 1), dtype=np.uint8)  # each row begins with its filter, 0 for none
    rows[:, 1:] = grey
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
            _chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)),
            _chunk(b"IDAT", zlib.compress(rows.tobytes(), 9)),
            _chunk(b"IEND", b""),
        )
    )


def _add_line(row: NDArray[np.float64], start: NDArray[np.float64], end: NDArray[np.float64], y: float) -> None:
    above = start[:, 1] <= y
    crossing = above != (end[:, 1] <= y)
    if not crossing.any():
        return
    a, b = start[crossing], end[crossing]
    x = a[:, 0] + (y - a[:, 1]) / (b[:, 1] - a[:, 1]) * (b[:, 0] - a[:, 0])
    order = np.argsort(x, kind="stable")
    winding = np.cumsum(np.where(above[crossing], 1, -1)[order])
    inside = winding != 0
    # +1 where the line enters a letter, -1 where it leaves, 0 in between.
    change = np.diff(inside.astype(np.int64), prepend=0)
    x = np.clip(x[order], 0, row.size - 2)
    column = x.astype(np.int64)
    part = x - column
    np.add.at(row, column, change * (1 - part))
    np.add.at(row, column + 1, change * part)


def _curve(controls: Sequence[NDArray[np.float64]]) -> list[NDArray[np.float64]]:
    """Points of a Bézier curve after its first, by de Casteljau's construction."""
    points = []
    for step in range(1, _STEPS_PER_CURVE + 1):
        t = step / _STEPS_PER_CURVE
        level = list(controls)
        while len(level) > 1:
            level = [(1 - t) * p + t * q for p, q in pairwise(level)]
        points.append(level[0])
    return points


def _quadratic(places: Sequence[NDArray[np.float64]]) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Split a TrueType curve: between two controls lies a point that is not written."""
    *controls, last = places
    ends = [(p + q) / 2 for p, q in pairwise(controls)]
    return list(zip(controls, [*ends, last], strict=True))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
