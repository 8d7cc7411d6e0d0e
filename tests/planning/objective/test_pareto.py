"""Front and volume against brute force."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.planning.objective.pareto import default_reference, hypervolume, hypervolume_gains, is_on_front

POINTS = st.integers(1, 4).flatmap(
    lambda d: st.lists(st.lists(st.integers(-1, 6), min_size=d, max_size=d), min_size=1, max_size=9)
)


def volume_in_unit_cubes(points: np.ndarray) -> int:
    """Count the unit cubes above 0 that some point covers: exact for whole numbers."""
    cubes = itertools.product(range(6), repeat=points.shape[1])
    return sum(bool((points >= np.array(cube) + 1).all(axis=1).any()) for cube in cubes)


@given(POINTS)
def test_the_volume_is_that_of_the_cubes_it_covers(points: list[list[int]]) -> None:
    array = np.array(points, dtype=float)
    assert hypervolume(array, np.zeros(array.shape[1])) == pytest.approx(volume_in_unit_cubes(array))


@given(POINTS)
def test_nothing_on_the_front_is_beaten_and_all_else_is(points: list[list[int]]) -> None:
    array = np.array(points, dtype=float)
    for i, on_front in enumerate(is_on_front(array)):
        beaten = any((other >= array[i]).all() and (other > array[i]).any() for other in array)
        assert on_front == (not beaten)


@given(POINTS, st.data())
def test_what_a_point_adds_is_the_difference_of_two_volumes(points: list[list[int]], data: st.DataObject) -> None:
    array = np.array(points, dtype=float)
    d = array.shape[1]
    more = np.array([data.draw(st.lists(st.integers(-1, 6), min_size=d, max_size=d))], dtype=float)
    zero = np.zeros(d)
    expected = hypervolume(np.concatenate([array, more]), zero) - hypervolume(array, zero)
    assert hypervolume_gains(array, zero, more)[0] == pytest.approx(expected, abs=1e-9)


def test_what_was_not_measured_is_never_on_the_front() -> None:
    worths = np.array([[1.0, np.nan], [0.5, 0.5], [np.nan, np.nan]])
    assert is_on_front(worths).tolist() == [False, True, False]
    assert (default_reference(worths) < 0.5).all()
