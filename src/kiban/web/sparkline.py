"""Thumbnails of measurements, drawn on the server."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

_WIDTH, _HEIGHT, _MARGIN = 160.0, 56.0, 3.0
_REVERSED = {"ir": ("wavenumber",), "nmr": ("frequency",)}
_ALWAYS_REVERSED = ("binding_energy", "chemical_shift")
"""Axes that their fields draw from right to left, as the plot of a measurement does (`plot.js`)."""


def sparkline(preview: Sequence[Sequence[float]], technique: str | None = None, axis: str | None = None) -> Markup:
    """A line through the points of a preview as an SVG picture; a plain sign where there are too few.

    It shows what the page says in words beside it, so programs that read pages aloud pass over it.
    """
    if technique == "crystal_structure":
        return _cube()  # coordinates over the number of the site say nothing
    points = [(float(x), float(y)) for x, y in preview if math.isfinite(x) and math.isfinite(y)]
    if len(points) < 2:
        return _without_line()
    xs, ys = [x for x, _ in points], [y for _, y in points]
    left, right, bottom, top = min(xs), max(xs), min(ys), max(ys)
    is_reversed = _is_reversed(technique, axis)
    placed = []
    for x, y in points:
        across = (x - left) / (right - left) if right > left else 0.5
        up = (y - bottom) / (top - bottom) if top > bottom else 0.5
        across = 1.0 - across if is_reversed else across
        placed.append(
            f"{_MARGIN + across * (_WIDTH - 2 * _MARGIN):.1f},{_HEIGHT - _MARGIN - up * (_HEIGHT - 2 * _MARGIN):.1f}"
        )
    return _picture(f'<polyline points="{" ".join(placed)}" vector-effect="non-scaling-stroke"/>')


def _is_reversed(technique: str | None, axis: str | None) -> bool:
    usual = _REVERSED.get(technique or "", ())
    return bool(usual) if axis is None else axis.startswith(_ALWAYS_REVERSED) or axis in usual


def _cube() -> Markup:
    front, back = (62, 16), (76, 8)
    squares = "".join(f'<rect x="{x}" y="{y}" width="26" height="32"/>' for x, y in (front, back))
    edges = "".join(
        f'<line x1="{front[0] + dx}" y1="{front[1] + dy}" x2="{back[0] + dx}" y2="{back[1] + dy}"/>'
        for dx in (0, 26)
        for dy in (0, 32)
    )
    return _picture(f'<g class="cube">{squares}{edges}</g>')


def _without_line() -> Markup:
    cells = "".join(
        f'<rect x="{52 + 20 * column}" y="{10 + 13 * row}" width="16" height="9" rx="1.5"/>'
        for row in range(3)
        for column in range(3)
    )
    return _picture(f'<g class="no-line">{cells}</g>')


def _picture(inside: str) -> Markup:
    # Nothing but numbers made here goes into it.
    return Markup(  # noqa: S704
        f'<svg class="sparkline" viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" preserveAspectRatio="none" '
        f'aria-hidden="true" focusable="false">{inside}</svg>'
    )
