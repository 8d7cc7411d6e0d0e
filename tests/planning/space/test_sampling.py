"""Points of spaces where hardly any, or none, keep to all constraints."""

from __future__ import annotations

import numpy as np
import pytest

from kiban.errors import NothingAllowed
from kiban.planning.space.constraint import Forbidden, Nonlinear, Where
from kiban.planning.space.parameter import Categorical, Continuous, Integer
from kiban.planning.space.sampling import sample
from kiban.planning.space.search_space import SearchSpace

LEVELS = tuple(f"level {i}" for i in range(10))
GASES = tuple(Categorical(name=name, levels=LEVELS) for name in ("first", "second", "third", "fourth"))
ONLY_THE_FIRST = tuple(Forbidden(combination=(Where(name=each.name, levels=LEVELS[1:]),)) for each in GASES)


@pytest.mark.parametrize("seed", range(5))
def test_the_one_allowed_point_of_ten_thousand_is_found_at_every_seed(seed: int) -> None:
    space = SearchSpace(parameters=GASES, constraints=ONLY_THE_FIRST)
    found = sample(space, 2, np.random.default_rng(seed)).points()
    assert found == [{gas.name: "level 0" for gas in GASES}] * 2


@pytest.mark.parametrize("seed", range(5))
def test_the_one_whole_number_that_a_formula_allows_is_found(seed: int) -> None:
    number = Integer(name="n", low=0, high=9_999)
    space = SearchSpace(parameters=(number,), constraints=(Nonlinear(formula="(n - 5370)**2", high=0.5),))
    assert sample(space, 1, np.random.default_rng(seed)).points() == [{"n": 5370}]


@pytest.mark.parametrize("others", [(), (Continuous(name="x", low=0, high=1),)])
def test_levels_that_are_all_forbidden_leave_nothing(others: tuple[Continuous, ...]) -> None:
    gas = GASES[0]
    forbidden = Forbidden(combination=(Where(name=gas.name, levels=LEVELS),))
    with pytest.raises(NothingAllowed, match="No point that keeps to all constraints"):
        sample(SearchSpace(parameters=(gas, *others), constraints=(forbidden,)), 3, np.random.default_rng(0))


def test_levels_beyond_counting_that_are_all_forbidden_leave_nothing() -> None:
    many = tuple(Categorical(name=f"c{i}", levels=LEVELS) for i in range(8))
    forbidden = Forbidden(combination=(Where(name="c0", levels=LEVELS),))
    with pytest.raises(NothingAllowed, match="No point that keeps to all constraints"):
        sample(SearchSpace(parameters=many, constraints=(forbidden,)), 3, np.random.default_rng(0))
