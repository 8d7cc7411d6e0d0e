"""The direction in which thumbnails are drawn."""

from __future__ import annotations

import re

import pytest

from kiban.web.sparkline import sparkline

RISING = [(100.0, 0.0), (200.0, 1.0)]


@pytest.mark.parametrize(
    ("points", "technique", "axis", "peak_is_right"),
    [
        (RISING, "raman", "raman_shift", True),
        (RISING, "ir", "wavenumber", False),
        (RISING[::-1], "ir", "wavenumber", False),
        (RISING, "ir", "retardation", True),
        (RISING, "xps", "kinetic_energy", True),
        (RISING, "xps", "binding_energy", False),
        (RISING[::-1], "xps", "binding_energy", False),
        (RISING, "nmr", "chemical_shift", False),
        (RISING, "nmr", "frequency", False),
        # A decay runs from left to right though a spectrum of the same technique does not.
        (RISING, "nmr", "time", True),
        (RISING[::-1], "raman", "raman_shift", True),
        (RISING, None, None, True),
    ],
)
def test_axes_run_as_their_fields_draw_them(
    points: list[tuple[float, float]], technique: str | None, axis: str | None, peak_is_right: bool
) -> None:
    found = re.search(r'points="([^"]*)"', str(sparkline(points, technique, axis)))
    assert found is not None
    placed = [tuple(float(number) for number in pair.split(",")) for pair in found[1].split()]
    peak, foot = min(placed, key=lambda point: point[1]), max(placed, key=lambda point: point[1])
    assert (peak[0] > foot[0]) is peak_is_right
