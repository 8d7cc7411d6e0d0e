"""Points that were tried are found among others, whatever the others look like."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kiban.planning.pool import around, is_among, pool
from kiban.planning.space.coded import Coded
from kiban.planning.space.parameter import Categorical, Continuous, Integer
from kiban.planning.space.search_space import SearchSpace

MIXED = (
    Categorical(name="atmosphere", levels=("Ar", "N2")),
    Continuous(name="x", low=0.0, high=4.0),
    Continuous(name="y", low=0.0, high=4.0),
)


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(0, 200), n_others=st.integers(0, 40))
def test_points_are_among_others_if_all_their_values_are_the_same(seed, n, n_others):
    rng = np.random.default_rng(seed)
    rows, others = (rng.integers(0, (2, 5, 5), (size, 3)).astype(np.float64) for size in (n, n_others))
    expected = [any(np.array_equal(row, other) for other in others) for row in rows]
    # Rounding does not make another point, but a thousandth of the range does.
    assert is_among(Coded(MIXED, rows + np.array([0.0, 1e-10, -1e-10])), others).tolist() == expected
    assert not is_among(Coded(MIXED, rows + np.array([0.0, 0.0, 4e-3])), others).any()


def test_many_others_are_compared_with_many_points():
    rows = np.random.default_rng(0).random((5000, 3)) * (0.0, 4.0, 4.0)
    assert is_among(Coded(MIXED, rows), rows[::7]).nonzero()[0].tolist() == list(range(0, 5000, 7))


FURNACE = SearchSpace(
    parameters=(
        Continuous(name="temperature", low=600.0, high=1000.0, unit="degC"),
        Continuous(name="time", low=1.0, high=9.0, unit="h", resolution=0.01),
        Integer(name="layers", low=1, high=3),
    )
)


def test_what_is_nearly_a_point_that_was_tried_is_not_chosen_from():
    # A fifth of a percent of 400 degC are 0.8 degC. Times with a resolution, and whole numbers, are told apart anyhow.
    rng = np.random.default_rng(0)
    tried = np.array([[990.0, 5.0, 2.0], [700.0, 1.0, 1.0]])
    rows = np.array([[990.7, 5.0, 2.0], [990.9, 5.0, 2.0], [990.0, 5.01, 2.0], [990.0, 5.0, 3.0], [700.0, 1.0, 1.0]])
    near = is_among(Coded(FURNACE.parameters, rows), tried, share=0.002)
    assert near.tolist() == [True, False, False, False, True]
    drawn = around(FURNACE, tried, tried, 400, rng)
    assert len(drawn) > 100
    assert not is_among(drawn, tried, share=0.002).any()
    chosen = pool(FURNACE, tried, rng)
    taken = chosen.points.rows[chosen.free[0]]
    left = chosen.without(taken)
    assert not is_among(Coded(FURNACE.parameters, left.points.rows[left.free]), taken[np.newaxis], share=0.002).any()


def test_where_all_is_near_what_was_tried_other_points_are_left_to_choose_from():
    narrow = SearchSpace(parameters=(Continuous(name="x", low=0.0, high=1.0),))
    tried = np.arange(0.0, 1.0001, 0.002)[:, np.newaxis]
    chosen = pool(narrow, tried, np.random.default_rng(1))
    assert len(chosen.free) > 0
    assert not is_among(Coded(narrow.parameters, chosen.points.rows[chosen.free]), tried).any()
