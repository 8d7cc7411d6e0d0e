"""How points are seen: what is worked out in pieces, or remembered, is what it is without that."""

import numpy as np
import pytest

from kiban.planning.space.coded import Coded
from kiban.planning.space.parameter import Categorical, Continuous
from kiban.planning.surrogates.features import Features, features

PLANE = tuple(Continuous(name=name, low=0.0, high=1.0) for name in "xy")


def seen(n: int) -> tuple[Features, np.ndarray]:
    rows = np.random.default_rng(1).random((n, 2)) ** 2
    found = features(Coded(PLANE, rows), is_list=True, rng=np.random.default_rng(2))
    return found, found.scale(rows)


@pytest.mark.parametrize("n", [8, 120, 700])
def test_the_density_of_a_list_is_0_on_average_and_1_one_standard_deviation_above(n):
    found, scaled = seen(n)
    density = found.density(scaled)
    assert np.abs(density).max() <= 2.5
    inside = np.abs(density) < 2.5
    logs = np.array([found.logs[point.tobytes()] for point in scaled])
    assert density[inside] == pytest.approx(((logs - logs.mean()) / logs.std())[inside])


def test_points_beside_a_list_are_measured_against_it_and_those_of_it_remembered():
    found, scaled = seen(400)
    nearby = scaled + 1e-12
    both = np.concatenate([nearby[:50], scaled[:50]])
    density = found.density(both)
    assert density[:50] == pytest.approx(density[50:], abs=1e-6)
    assert not {point.tobytes() for point in nearby} & set(found.logs)


def test_few_of_many_points_are_dense_where_most_points_are():
    found, scaled = seen(700)
    density = found.density(scaled)
    by_hand = np.sort(((scaled[:, np.newaxis] - scaled) ** 2).sum(axis=2), axis=1)[:, 1 : 1 + round(700**0.5)]
    logs = -np.log(np.sqrt(by_hand.mean(axis=1)) + 1e-3)
    assert density == pytest.approx(np.clip((logs - logs.mean()) / logs.std(), -2.5, 2.5), abs=1e-6)


@pytest.mark.parametrize("n", [2, 7, 40])
def test_levels_are_as_far_apart_as_their_places(n):
    rng = np.random.default_rng(n)
    plain = Categorical(name="solvent", levels=tuple(f"L{i}" for i in range(n)))
    described = Categorical(
        name="solvent",
        levels=plain.levels,
        descriptors={name: tuple(rng.random(n).tolist()) for name in ("polarity", "boiling point")},
    )
    for parameter in (plain, described):
        rows = np.arange(n, dtype=np.float64)[:, np.newaxis]
        [factor] = features(Coded((parameter,), rows), is_list=False, rng=rng).factors
        differences = factor.places[:, np.newaxis] - factor.places[np.newaxis]
        assert np.array_equal(factor.apart, (differences**2).sum(axis=2))


def test_thousands_of_levels_need_no_cube_of_them():
    # All differences of 3,000 levels at once would be 200 GB.
    many = Categorical(name="composition", levels=tuple(f"L{i}" for i in range(3000)))
    rows = np.arange(0.0, 3000.0, 100.0)[:, np.newaxis]
    [factor] = features(Coded((many,), rows), is_list=False, rng=np.random.default_rng(0)).factors
    assert factor.apart.shape == (3000, 3000)
    assert factor.apart[0, 1] == pytest.approx(1.0)
