"""Points that were tried are found among others, whatever the others look like."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kiban.planning.pool import is_among
from kiban.planning.space.coded import Coded
from kiban.planning.space.parameter import Categorical, Continuous

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
