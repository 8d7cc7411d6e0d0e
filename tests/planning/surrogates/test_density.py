"""How dense points lie: what is found by short ways is what sorting finds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.planning.surrogates.density import least, log_density, log_density_of_list


@given(
    seed=st.integers(0, 2**32 - 1),
    n_rows=st.integers(1, 6),
    n=st.integers(1, 300),
    k=st.integers(1, 300),
    n_different=st.sampled_from([1, 3, 1000]),
)
def test_the_least_of_each_row_are_those_that_sorting_finds(seed, n_rows, n, k, n_different):
    k = min(k, n)
    numbers = np.random.default_rng(seed).integers(0, n_different, (n_rows, n)).astype(np.float64)
    expected = np.sort(numbers, axis=1)[:, :k]
    assert np.array_equal(least(numbers, k), expected)


@pytest.mark.parametrize("n", [9, 100, 700])
def test_the_density_of_a_list_is_that_of_its_points_without_themselves(n):
    points = np.random.default_rng(3).random((n, 3))
    k = max(3, round(n**0.5))
    squares = np.sort(((points[:, np.newaxis] - points) ** 2).sum(axis=2), axis=1)[:, 1 : 1 + k]
    expected = -np.log(np.sqrt(squares.mean(axis=1)) + 1e-3)
    assert log_density_of_list(points) == pytest.approx(expected, abs=1e-9)


def test_what_is_remembered_of_a_list_is_not_taken_for_another():
    points = np.random.default_rng(4).random((60, 3))
    first = log_density_of_list(points)
    assert np.array_equal(first, log_density_of_list(points.copy()))
    assert np.array_equal(first, log_density(points, points, itself=True))
    other = points.copy()
    other[0] += 0.5
    assert not np.array_equal(first, log_density_of_list(other))
    assert not np.array_equal(first, log_density_of_list(points.reshape(90, 2))[:60])
