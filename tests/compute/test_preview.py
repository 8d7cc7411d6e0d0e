"""Thumbnails: the extremes of a curve, the mean spectrum of a map, nothing of a picture."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from kiban.compute.preview import preview
from kiban.quantity.series import Series
from kiban.records.reading import Reading, Role, Variable


def reading(values: np.ndarray, axes: Mapping[str, tuple[np.ndarray, str]], dimensions: tuple[str, ...]) -> Reading:
    made = [
        Variable(name=name, series=Series(x, unit), dimensions=(name,), role=Role.AXIS)
        for name, (x, unit) in axes.items()
    ]
    signal = Variable(name="intensity", series=Series(values, ""), dimensions=dimensions)
    return Reading(technique="spectrum", title="x", variables=(*made, signal), header={})


SHIFT = (np.arange(100.0, 110.0), "1/cm")


def test_a_long_curve_keeps_its_highest_and_lowest_points() -> None:
    values = np.zeros(1000)
    values[512] = 7.0
    points = preview(reading(values, {"raman_shift": (np.arange(1000.0), "1/cm")}, ("raman_shift",)))
    assert len(points) == 60
    assert (512.0, 7.0) in points


def test_a_map_of_spectra_has_the_mean_of_what_is_known() -> None:
    values = np.arange(60.0).reshape(2, 3, 10)
    values[0, 0, 0] = np.nan
    values[:, :, 9] = np.nan
    axes = {"position_y": (np.arange(2.0), "um"), "position_x": (np.arange(3.0), "um"), "raman_shift": SHIFT}
    points = preview(reading(values, axes, ("position_y", "position_x", "raman_shift")))
    assert points[0] == (100.0, 30.0)
    assert points[1] == (101.0, 26.0)
    assert len(points) == 9


@pytest.mark.parametrize("unit", ["um", "pixel"])
def test_a_picture_has_none(unit: str) -> None:
    axes = {"y": (np.arange(10.0), unit), "x": (np.arange(10.0), unit)}
    assert preview(reading(np.ones((10, 10)), axes, ("y", "x"))) == ()


def test_complex_numbers_and_very_short_spectra_have_none() -> None:
    assert preview(reading(np.ones((2, 10), complex), {"raman_shift": SHIFT}, ("spectrum", "raman_shift"))) == ()
    short = (np.arange(3.0), "1/cm")
    assert preview(reading(np.ones((2, 3)), {"raman_shift": short}, ("spectrum", "raman_shift"))) == ()
