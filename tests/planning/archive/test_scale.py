"""What sources expect together: their orders averaged, their shape kept."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.planning.archive.scale import combined, scale_of

numbers = st.lists(st.floats(-100, 100).map(lambda v: round(v, 3)), min_size=4, max_size=30)


@given(numbers.filter(lambda values: np.std(values) > 1e-3))
def test_of_one_source_its_standardised_values_remain(values: list[float]) -> None:
    expected = np.array(values)
    found = combined([scale_of(expected)], [1.0], [expected], len(expected))
    assert found == pytest.approx((expected - expected.mean()) / expected.std(), abs=1e-9)


@given(
    st.lists(st.integers(-100, 100), min_size=4, max_size=30).filter(lambda values: len(set(values)) > 1),
    st.sampled_from((0.25, 2.0, 8.0)),
    st.integers(-5, 5),
)
def test_the_unit_of_a_source_does_not_matter(values: list[int], factor: float, offset: int) -> None:
    expected, other = np.array(values, dtype=float), np.array(values[1:] + values[:1], dtype=float)
    plain, turned = (
        combined([scale_of(one), scale_of(other)], [0.5, 0.5], [one, other], len(one))
        for one in (expected, factor * expected + offset)
    )
    assert plain == pytest.approx(turned, abs=1e-9)


def test_no_source_decides_alone_by_a_point_that_stands_far_out() -> None:
    one = np.append(np.arange(19) / 100, 9.0)
    other = np.append(np.arange(19.0), 9.5)
    sources = [one, other, other]
    assert np.mean([scale_of(each).standardised(each) for each in sources], axis=0).argmax() == 19
    assert combined([scale_of(each) for each in sources], [1 / 3] * 3, sources, 20).argmax() == 18


def test_points_beyond_those_that_were_compared_go_on() -> None:
    over = np.array([0.0, 1.0, 2.0, 3.0])
    expected = np.concatenate([[5.0, -2.0], over])
    found = combined([scale_of(over)], [1.0], [expected], 4)
    assert found[0] > found[2:].max()
    assert found[1] < found[2:].min()
    assert found[:2] == pytest.approx((np.array([5.0, -2.0]) - 1.5) / over.std())


def test_sources_that_cancel_each_other_say_nothing() -> None:
    one = np.array([0.0, 1.0, 2.0])
    assert combined([scale_of(one), scale_of(-one)], [0.5, 0.5], [one, -one], 3) == pytest.approx([0, 0, 0])
