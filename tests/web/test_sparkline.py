"""The direction in which thumbnails are drawn."""

from __future__ import annotations

import re

import pytest

from kiban.web.sparkline import sparkline

RISING = [(100.0, 0.0), (200.0, 1.0)]


@pytest.mark.parametrize(
    ("points", "technique", "peak_is_right"),
    [
        (RISING, "raman", True),
        (RISING, "ir", False),
        (RISING[::-1], "ir", False),
        (RISING, "xps", True),  # kinetic energies
        (RISING[::-1], "xps", False),  # binding energies, from high to low
        (RISING[::-1], "raman", True),
    ],
)
def test_axes_run_as_their_fields_draw_them(
    points: list[tuple[float, float]], technique: str, peak_is_right: bool
) -> None:
    found = re.search(r'points="([^"]*)"', str(sparkline(points, technique)))
    assert found is not None
    placed = [tuple(float(number) for number in pair.split(",")) for pair in found[1].split()]
    peak, foot = min(placed, key=lambda point: point[1]), max(placed, key=lambda point: point[1])
    assert (peak[0] > foot[0]) is peak_is_right
