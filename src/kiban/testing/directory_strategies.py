"""Hypothesis strategies for entries of the directory.

Needs hypothesis, which Kiban itself does not.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

from hypothesis import strategies as st

from kiban.records.parties.directory import Decision
from kiban.records.parties.export_control import ExportClass, Relation, Release, ReleaseRow, ReleaseTable, Residency
from kiban.records.parties.people import Group, Organisation, PartyKind, Person
from kiban.records.parties.right import Right, Role
from kiban.records.parties.terms import (
    ALL_TIERS,
    Agreement,
    Guest,
    Invitation,
    Obligation,
    Participant,
    Project,
    RoleGrant,
)
from kiban.records.scope import Tier
from kiban.store.directory_store import Changed

_IDS = [UUID(int=0x0190A2D0_0000_7000_8000_00000000AB00 + n) for n in range(4)]
_MOMENTS = [
    datetime(2026, 4, 1, 9, tzinfo=timezone(timedelta(hours=9))),
    datetime(2026, 4, 1, 0, 0, 0, 1, tzinfo=UTC),
    datetime(2030, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
]
ids = st.sampled_from(_IDS)
moments = st.sampled_from(_MOMENTS)
ends = st.one_of(st.none(), moments)
names = st.one_of(
    st.sampled_from(("東北大学 金属材料研究所", "Zero \x00 and half \ud83d", 'O\'Neil "x" \\ %s')),
    st.text(min_size=1, max_size=20).filter(str.strip),
)
texts = st.one_of(st.sampled_from(("", "試料", "\x00\ud83d")), st.text(max_size=20))
countries = st.sampled_from(("JP", "DE", None))
reading = st.frozensets(st.sampled_from((Right.EXISTS, Right.METADATA, Right.DATA, Right.USE, Right.JOINT)))


def organisations() -> st.SearchStrategy[Organisation]:
    """Organisations."""
    return st.builds(
        Organisation,
        id=ids,
        name=names,
        name_ja=texts,
        ror=st.one_of(st.none(), texts),
        country=countries,
        stewards=st.frozensets(ids),
    )


def people() -> st.SearchStrategy[Person]:
    """People and instruments."""
    return st.builds(
        Person,
        id=ids,
        login=st.text("abcxyz0189.-_@", min_size=1, max_size=12),
        name=names,
        kind=st.sampled_from(PartyKind),
        email=texts,
        orcid=st.one_of(st.none(), texts),
        organisation=st.one_of(st.none(), ids),
        country=countries,
        residency=st.sampled_from(Residency),
        is_operator=st.booleans(),
        is_export_officer=st.booleans(),
        is_active=st.booleans(),
        until=ends,
        responsible=st.one_of(st.none(), ids),
        identities=st.frozensets(st.tuples(texts, texts), max_size=2),
    )


def groups() -> st.SearchStrategy[Group]:
    """Groups."""
    return st.builds(Group, id=ids, name=names, organisation=st.one_of(st.none(), ids), members=st.frozensets(ids))


@st.composite
def projects(draw: st.DrawFn) -> Project:
    """Projects of every tier, with grants."""
    tier, export_class = draw(st.sampled_from(Tier)), draw(st.sampled_from(ExportClass))
    grants = st.builds(RoleGrant, party=ids, role=st.sampled_from(Role), since=moments, until=ends, by=texts)
    return Project(
        id=draw(ids),
        name=draw(names),
        organisation=draw(st.one_of(st.none(), ids)),
        tier=tier,
        agreement=draw(ids) if tier is Tier.SHARED else None,
        allowed=draw(st.sampled_from((ALL_TIERS, frozenset({tier})))),
        embargo_days=draw(st.sampled_from((None, 1, 730))),
        export_class=export_class,
        export_item="外為令別表 5" if export_class is ExportClass.LISTED else None,
        grants=tuple(draw(st.lists(grants, max_size=3))),
    )


def agreements() -> st.SearchStrategy[Agreement]:
    """Agreements with participants who have accepted or not, and left or not."""
    participants = st.builds(
        Participant, party=ids, rights=reading, since=moments, accepted_at=ends, accepted_by=texts, left_at=ends
    )
    return st.builds(
        Agreement,
        id=ids,
        name=names,
        keeper=ids,
        purposes=st.lists(texts, max_size=2).map(tuple),
        text=texts,
        obligations=st.frozensets(st.sampled_from(Obligation)),
        starts=st.just(_MOMENTS[0]),
        ends=st.sampled_from((None, _MOMENTS[2])),
        participants=st.lists(participants, max_size=3).map(tuple),
    )


def invitations() -> st.SearchStrategy[Invitation]:
    """Invitations with their guests."""
    guests = st.builds(Guest, party=ids, rights=reading, since=moments, until=ends, by=texts)
    return st.builds(Invitation, id=ids, project=ids, guests=st.lists(guests, max_size=2).map(tuple))


def decisions() -> st.SearchStrategy[Decision]:
    """Decisions about releases."""
    return st.builds(
        Decision, id=ids, scope=st.integers(0, 65535), party=ids, allowed=st.booleans(), ground=texts, by=texts
    )


def release_tables() -> st.SearchStrategy[ReleaseTable]:
    """Tables of a few rows."""
    rows = st.builds(
        ReleaseRow,
        classes=st.just(frozenset({ExportClass.LISTED})),
        items=st.frozensets(st.sampled_from(("EAR 3A", "外為令別表 5"))),
        relations=st.frozensets(st.sampled_from(Relation)),
        residencies=st.frozensets(st.sampled_from(Residency)),
        countries=st.frozensets(st.sampled_from(("JP", "US"))),
        says=st.sampled_from(Release),
        reason=names,
    )
    return st.builds(ReleaseTable, st.lists(rows, max_size=3).map(tuple))


def entries() -> st.SearchStrategy[Changed]:
    """An entry of any kind, with one of a few ids, so that some are versions of others."""
    return st.one_of(
        organisations(),
        people(),
        groups(),
        projects(),
        agreements(),
        invitations(),
        decisions(),
        release_tables(),
    )
