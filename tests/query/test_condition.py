"""Intervals: what lies in two of them lies in the one that they have in common."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kiban.query.condition import Interval

ENDS = st.one_of(st.none(), st.integers(-3, 3))
INTERVALS = st.builds(Interval, ENDS, ENDS, st.booleans(), st.booleans())


@given(one=INTERVALS, other=INTERVALS, value=st.integers(-4, 4))
def test_what_lies_in_both_lies_in_what_they_have_in_common(one, other, value):
    assert one.and_in(other).holds(value) == (one.holds(value) and other.holds(value))


def test_ends_that_are_nowhere_stay_so():
    assert Interval().and_in(Interval()) == Interval()
    assert Interval(1, None, True).and_in(Interval(None, 2)) == Interval(1, 2, True, False)
