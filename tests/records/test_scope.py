"""Scopes and the string of bits that row-level security tests."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import InvalidValue
from kiban.records.scope import MAX_SCOPES, Scope, Tier, Visible, having_numbers


@given(st.frozensets(st.integers(0, 300)))
def test_bit_n_says_whether_scope_n_is_visible(numbers: frozenset[int]) -> None:
    bits = Visible(numbers).bits()
    assert {n for n, bit in enumerate(bits) if bit == "1"} == numbers
    assert bits


def test_the_shared_tier_has_an_agreement_and_no_other_has() -> None:
    with pytest.raises(InvalidValue, match="agreement"):
        Scope(number=1, project=uuid4(), tier=Tier.SHARED)
    with pytest.raises(InvalidValue, match="agreement"):
        Scope(number=1, project=uuid4(), tier=Tier.OPEN, agreement=uuid4())
    with pytest.raises(InvalidValue, match="room"):
        Scope(number=MAX_SCOPES, project=uuid4(), tier=Tier.OPEN)


@given(st.frozensets(st.integers(0, 40)), st.frozensets(st.integers(0, 50)))
def test_scopes_are_found_by_their_numbers_also_where_some_are_missing(
    there: frozenset[int], wanted: frozenset[int]
) -> None:
    project = uuid4()
    scopes = tuple(Scope(number=number, project=project, tier=Tier.OPEN) for number in sorted(there))
    assert [scope.number for scope in having_numbers(scopes, wanted)] == sorted(there & wanted)
