from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.web.token_buckets import TokenBuckets


class Clock:
    """Time that the test moves."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def test_a_minute_s_worth_may_come_at_once_and_then_as_they_come_back() -> None:
    clock = Clock()
    buckets = TokenBuckets(60, clock=clock)
    assert [buckets.take(b"a") for _ in range(60)] == [0.0] * 60
    assert buckets.take(b"a") == pytest.approx(1.0)
    assert buckets.take(b"b") == 0.0  # another one has a bucket of its own
    clock.now_s += 0.25
    assert buckets.take(b"a") == pytest.approx(0.75)
    clock.now_s += 0.75
    assert buckets.take(b"a") == 0.0
    assert buckets.take(b"a") > 0


def test_a_bucket_does_not_grow_while_nobody_comes() -> None:
    clock = Clock()
    buckets = TokenBuckets(10, clock=clock)
    clock.now_s += 3600
    assert sum(buckets.take(b"a") == 0.0 for _ in range(100)) == 10


def test_one_a_minute_is_the_smallest_bucket() -> None:
    clock = Clock()
    buckets = TokenBuckets(0.5, clock=clock)
    assert buckets.take(b"a") == 0.0
    assert buckets.take(b"a") == pytest.approx(120.0)


def test_memory_has_an_end_and_those_who_come_often_are_not_forgotten() -> None:
    clock = Clock()
    buckets = TokenBuckets(5, most_keys=100, clock=clock)
    for _ in range(5):
        buckets.take(b"often")
    for n in range(10_000):
        buckets.take(n.to_bytes(4))
        assert buckets.take(b"often") > 0
        assert len(buckets) <= 100


@given(
    st.lists(st.floats(0, 30, allow_nan=False), max_size=200),
    st.floats(1, 600, allow_nan=False),
)
def test_over_any_time_no_more_get_through_than_the_rate_allows(pauses_s: list[float], per_minute: float) -> None:
    clock = Clock()
    buckets = TokenBuckets(per_minute, clock=clock)
    began_s, n_through = clock.now_s, 0
    for pause_s in pauses_s:
        clock.now_s += pause_s
        n_through += buckets.take(b"a") == 0.0
    assert n_through <= per_minute * (1 + (clock.now_s - began_s) / 60) + 1e-6


@given(st.floats(1, 600, allow_nan=False))
def test_who_waits_as_long_as_told_gets_through(per_minute: float) -> None:
    clock = Clock()
    buckets = TokenBuckets(per_minute, clock=clock)
    while not (wait_s := buckets.take(b"a")):
        continue
    clock.now_s += wait_s + 1e-6
    assert buckets.take(b"a") == 0.0
