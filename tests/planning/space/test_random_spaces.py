"""Hundreds of random spaces, or as many as KIBAN_TEST_SPACES says: nothing drawn or moved ever breaks a constraint."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest

from kiban.errors import NothingAllowed, SpaceTooLarge
from kiban.planning.space.block import blocks
from kiban.planning.space.coded import Coded
from kiban.planning.space.constraint import AtMost, Mixture
from kiban.planning.space.document import space_from_json, space_to_json
from kiban.planning.space.grid import all_points, grid
from kiban.planning.space.moving import Moves
from kiban.planning.space.parameter import Categorical, Continuous, holds
from kiban.planning.space.rounding import as_it_can_be_set, rounded, step_of
from kiban.planning.space.sampling import sample
from kiban.planning.space.search_space import SearchSpace
from kiban.testing.space_examples import random_space, with_candidates, with_resolutions

N_SPACES = int(os.environ.get("KIBAN_TEST_SPACES", "300"))
PER_TEST = 50


def check(space: SearchSpace, points: Coded) -> None:
    """Test the constraints again, in another way than the code does."""
    assert space.allowed(points).all()
    for point in points.points():
        for constraint in space.constraints:
            if isinstance(constraint, Mixture):
                assert sum(float(point[name]) for name in constraint.names) == pytest.approx(constraint.total, rel=2e-9)
            elif isinstance(constraint, AtMost):
                assert sum(point[name] != 0 for name in constraint.names) <= constraint.n
    for column, parameter in zip(points.rows.T, space.parameters, strict=True):
        assert holds(parameter, column).all()


@pytest.mark.parametrize("first", range(0, N_SPACES, PER_TEST))
def test_what_is_drawn_and_moved_keeps_to_every_constraint(first: int) -> None:
    n_empty = 0
    for number in range(first, first + PER_TEST):
        space = random_space(number)
        rng = np.random.default_rng(number)
        try:
            drawn = sample(space, 12, rng)
        except NothingAllowed:
            n_empty += 1
            continue
        assert len(drawn) == 12
        check(space, drawn)
        check(space, Coded(space.parameters, Moves(space).walk(drawn.rows, 6, rng)))
        assert space_from_json(json.loads(json.dumps(space_to_json(space)))) == space
    assert n_empty <= PER_TEST // 4


@pytest.mark.parametrize("first", range(0, N_SPACES, PER_TEST))
def test_what_is_rounded_keeps_to_every_constraint_and_to_the_resolution(first: int) -> None:
    n_rounded = n_all = 0
    for number in range(first, first + PER_TEST):
        space = random_space(number)
        try:
            drawn = sample(space, 20, np.random.default_rng(number))
        except NothingAllowed:
            continue
        rows = rounded(space, drawn.rows, np.random.default_rng(number))
        assert len(rows) == len(drawn), "without a resolution every point is kept"
        check(space, Coded(space.parameters, rows))
        for column, parameter in enumerate(space.parameters):
            if isinstance(parameter, Continuous):
                n_all += len(rows)
                n_rounded += int(is_multiple(rows[:, column], step_of(parameter)).sum())
        resolved = with_resolutions(space, number)
        stepped = as_it_can_be_set(resolved)
        try:
            rows = rounded(stepped, sample(stepped, 20, np.random.default_rng(number)).rows, np.random.default_rng(1))
        except NothingAllowed:
            continue
        check(space, Coded(space.parameters, rows))
        for column, parameter in enumerate(resolved.parameters):
            if isinstance(parameter, Continuous) and parameter.resolution is not None:
                assert is_multiple(rows[:, column], parameter.resolution).all()
    assert n_rounded > 0.8 * n_all, "mixtures whose components have ranges of different sizes take finer steps"


def is_multiple(values: np.ndarray, step: float) -> np.ndarray:
    return np.abs(values / step - np.round(values / step)) < 1e-6


def test_where_more_components_must_be_there_than_may_be_nothing_is_allowed() -> None:
    names = ("a", "b", "c")
    parameters = tuple(Continuous(name=name, low=0.1, high=1.0) for name in names)
    space = SearchSpace(parameters=parameters, constraints=(AtMost(names=names, n=2),))
    with pytest.raises(NothingAllowed):
        sample(space, 5, np.random.default_rng(1))


@pytest.mark.parametrize("number", range(60))
def test_a_countable_space_has_as_many_points_as_a_list_made_in_the_plain_way(number: int) -> None:
    space = random_space(number)
    try:
        numbered = grid(space)
    except SpaceTooLarge:
        pytest.skip("too many sums to be counted")
    if numbered is None or numbered.n > 5000:
        return
    options = [parameter.options for parameter in space.parameters]
    if np.prod([len(each) for each in options if each is not None]) > 300_000:
        return
    product = np.stack(np.meshgrid(*options, indexing="ij"), axis=-1).reshape(-1, len(options))
    plain = product[space.allowed(Coded(space.parameters, product))]
    listed = all_points(space).rows
    assert len(np.unique(np.round(listed, 9), axis=0)) == len(listed) == len(plain)
    if numbered.is_exact:
        assert numbered.n == len(plain)
    order = np.lexsort(np.round(listed, 9).T), np.lexsort(np.round(plain, 9).T)
    assert np.allclose(listed[order[0]], plain[order[1]], atol=1e-9)


def test_every_part_of_a_mixture_in_steps_is_drawn_as_often() -> None:
    space = SearchSpace(
        parameters=tuple(_tenths(name) for name in "abc"), constraints=(Mixture(names=("a", "b", "c")),)
    )
    drawn = sample(space, 6600, np.random.default_rng(1))
    _, counts = np.unique(np.round(drawn.rows, 9), axis=0, return_counts=True)
    assert len(counts) == 66  # (12 over 2) settings of three amounts in tenths
    assert ((counts - 100.0) ** 2 / 100.0).sum() < 110.0  # chi squared of 65 degrees of freedom: 1 in 2500


def test_a_product_of_ten_to_the_thirty_points_is_counted_and_drawn_from_at_once() -> None:
    space = SearchSpace(
        parameters=tuple(Categorical(name=f"p{i}", levels=tuple(str(j) for j in range(1000))) for i in range(10))
    )
    numbered = grid(space)
    assert numbered is not None
    assert numbered.n == 10**30
    assert numbered.points([10**30 - 1]).rows.tolist() == [[999.0] * 10]
    assert len(np.unique(sample(space, 50, np.random.default_rng(0)).rows, axis=0)) == 50
    with pytest.raises(SpaceTooLarge, match="MiB are allowed"):
        all_points(space)


def test_candidates_that_break_a_constraint_are_never_drawn() -> None:
    for number in range(40):
        space = random_space(number)
        try:
            listed = with_candidates(space, 30, number)
        except NothingAllowed:
            continue
        assert listed.candidates is not None
        drawn = sample(listed, 20, np.random.default_rng(number)).rows
        assert {tuple(row) for row in drawn} <= {tuple(row) for row in listed.candidates.rows}
        assert space_from_json(json.loads(json.dumps(space_to_json(listed)))) == listed


def test_blocks_cover_every_parameter_once() -> None:
    for number in range(200):
        space = random_space(number)
        columns = sorted(column for block in blocks(space) for column in block.columns)
        assert columns == list(range(len(space.parameters)))


def _tenths(name: str):
    from kiban.planning.space.parameter import Discrete

    return Discrete(name=name, values=tuple(i / 10 for i in range(11)))
