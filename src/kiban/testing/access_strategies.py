"""Hypothesis strategies for askers and scopes: few projects, agreements and invitations, so that they often meet.

Needs hypothesis, which Kiban itself does not.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st

from kiban.records.parties.export_control import ExportClass, Residency
from kiban.records.parties.right import Membership, Right, Role, with_implied
from kiban.records.party import EVERY_ACT, Act, Asker
from kiban.records.scope import Scope, Tier

PROJECTS = tuple(UUID(int=n) for n in range(1, 4))
AGREEMENTS = tuple(UUID(int=n) for n in range(11, 14))
INVITATIONS = tuple(UUID(int=n) for n in range(21, 23))
MOMENTS = tuple(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(4))
"""Embargoes end, and askers ask, at one of these."""
_NUMBERS = 8


def memberships() -> st.SearchStrategy[Membership]:
    """What somebody has by an agreement or an invitation; it has not ended."""
    given = st.frozensets(st.sampled_from((Right.EXISTS, Right.METADATA, Right.DATA, Right.USE, Right.JOINT)))
    return st.builds(
        Membership,
        rights=given.map(with_implied),
        through=st.just("an agreement"),
        until=st.sampled_from((None, MOMENTS[-1] + timedelta(days=1))),
    )


def askers() -> st.SearchStrategy[Asker]:
    """Members, parties, guests, strangers, with and without a token."""
    acts = st.one_of(st.just(EVERY_ACT), st.frozensets(st.sampled_from(Act), min_size=1))
    return st.builds(
        Asker,
        party=st.sampled_from(("anonymous", "somebody")),
        at=st.sampled_from(MOMENTS),
        roles=st.dictionaries(st.sampled_from(PROJECTS), st.sampled_from(Role)),
        agreements=st.dictionaries(st.sampled_from(AGREEMENTS), memberships()),
        invitations=st.dictionaries(st.sampled_from(INVITATIONS), memberships()),
        residency=st.sampled_from(Residency),
        country=st.sampled_from((None, "JP", "DE")),
        decided=st.frozensets(st.integers(0, _NUMBERS - 1)),
        acts=acts,
        is_operator=st.booleans(),
    )


def scopes(number: int | None = None) -> st.SearchStrategy[Scope]:
    """Scopes of every tier, with and without an embargo, guests, and judgements of export control."""

    def made(tier: Tier, agreement: UUID, listed: ExportClass, n: int, **others: object) -> Scope:
        return Scope(
            number=n,
            tier=tier,
            agreement=agreement if tier is Tier.SHARED else None,
            export_class=listed,
            export_item="EAR 3A001" if listed is ExportClass.LISTED else None,
            **others,  # type: ignore[arg-type]
        )

    return st.builds(
        made,
        tier=st.sampled_from(Tier),
        agreement=st.sampled_from(AGREEMENTS),
        listed=st.sampled_from(ExportClass),
        n=st.integers(0, _NUMBERS - 1) if number is None else st.just(number),
        project=st.sampled_from(PROJECTS),
        follows=st.booleans(),
        closed_until=st.sampled_from((None, *MOMENTS)),
        invitation=st.sampled_from((None, *INVITATIONS)),
    )


def many_scopes() -> st.SearchStrategy[list[Scope]]:
    """Scopes as a catalog has them: numbered from 0."""
    return st.lists(scopes(0), max_size=_NUMBERS).map(_numbered)


def _numbered(found: list[Scope]) -> list[Scope]:
    from dataclasses import replace

    return [replace(scope, number=n) for n, scope in enumerate(found)]
