"""How parties stand to an agreement, and what they must accept again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from kiban.records.parties.right import READING
from kiban.records.parties.standing import Standing, standing, to_accept_again, without_acceptances
from kiban.records.parties.terms import Agreement, Obligation, Participant

NOW = datetime(2026, 4, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def _agreement(**given: Any) -> Agreement:
    base = {"id": uuid4(), "name": "Steel", "keeper": uuid4(), "starts": NOW - 10 * DAY}
    return Agreement(**{**base, **given})


def _party(**given: Any) -> Participant:
    return Participant(party=uuid4(), rights=READING, since=NOW - 10 * DAY, **given)


@pytest.mark.parametrize(
    ("party", "terms", "expected"),
    [
        ({}, {}, Standing.INVITED),
        ({"left_at": NOW}, {}, Standing.DECLINED),
        ({"accepted_at": NOW}, {}, Standing.IN_FORCE),
        ({"accepted_at": NOW - DAY, "left_at": NOW}, {}, Standing.LEFT),
        ({"accepted_at": NOW - DAY, "left_at": NOW + DAY}, {}, Standing.IN_FORCE),
        ({"accepted_at": NOW - DAY}, {"starts": NOW + DAY}, Standing.AGREED),
        ({"accepted_at": NOW - DAY}, {"ends": NOW}, Standing.ENDED),
        ({}, {"ends": NOW}, Standing.ENDED),
    ],
)
def test_standing_follows_from_the_dates(party: dict[str, Any], terms: dict[str, Any], expected: Standing) -> None:
    assert standing(_party(**party), _agreement(**terms), NOW) is expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {"name": "Other"}, ()),
        ({}, {"text": "New wording"}, ("text",)),
        ({"purposes": ("a", "b")}, {"purposes": ("b", "a")}, ()),
        ({"purposes": ("a", "b")}, {"purposes": ("a",)}, ("purposes",)),
        ({}, {"obligations": frozenset({Obligation.CITE})}, ("obligations",)),
        ({"obligations": frozenset({Obligation.CITE})}, {}, ()),
        ({}, {"ends": NOW}, ()),
        ({"ends": NOW}, {"ends": NOW - DAY}, ()),
        ({"ends": NOW}, {"ends": NOW + DAY}, ("end",)),
        ({"ends": NOW}, {"ends": None}, ("end",)),
    ],
)
def test_more_to_owe_must_be_accepted_again(
    before: dict[str, Any], after: dict[str, Any], expected: tuple[str, ...]
) -> None:
    old = _agreement(**before)
    assert to_accept_again(old, replace(old, **{name: getattr(_agreement(), name) for name in before} | after)) == (
        expected
    )


def test_without_acceptances_nobody_who_was_in_is_in_and_who_left_stays_out() -> None:
    inside, invited = _party(accepted_at=NOW - DAY, accepted_by="x"), _party()
    left, declined = _party(accepted_at=NOW - DAY, left_at=NOW), _party(left_at=NOW)
    opened = without_acceptances(_agreement(participants=(inside, invited, left, declined)), NOW)
    states = [standing(each, opened, NOW) for each in opened.participants]
    assert states == [Standing.INVITED, Standing.INVITED, Standing.LEFT, Standing.DECLINED]
    assert not any(each.holds_at(NOW) for each in opened.participants)
