"""One person for each role, one of a partner company, a guest from abroad, and an instrument: each sees something else.

What that is, `sharing_story` decides. Nobody has a password: the links that are given at each start let in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from kiban.operations.first_operator import FIRST_OPERATOR
from kiban.operations.login_links import make_link
from kiban.operations.projects import FIRST_AGREEMENT, FIRST_ORGANISATION, FIRST_PROJECT
from kiban.operations.resources import Resources
from kiban.operations.tokens import list_tokens, make_token
from kiban.records.identity import new_uuid
from kiban.records.parties.directory import Entry
from kiban.records.parties.export_control import Residency
from kiban.records.parties.people import Organisation, PartyKind, Person
from kiban.records.parties.right import READING, Role
from kiban.records.parties.terms import Participant, RoleGrant
from kiban.records.party import Act, Asker

LINKS_GOOD_FOR = timedelta(hours=12)
_ROLES = (
    ("reader", "鈴木 一郎 (reader)", Role.READER),
    ("contributor", "佐藤 花 (contributor)", Role.CONTRIBUTOR),
    ("steward", "高橋 葵 (steward)", Role.STEWARD),
    ("owner", "田中 実 (owner)", Role.OWNER),
)
_PARTNER, GUEST, _INSTRUMENT = "partner", "guest", "xrd-1"
_LOGINS = (*(login for login, _, _ in _ROLES), _PARTNER, GUEST)
_OUR_NAME, _OUR_NAME_JA = "Simulated Materials Institute", "模擬材料研究所"


@dataclass(frozen=True, slots=True, kw_only=True)
class Logins:
    """How to log in as whom."""

    links: dict[str, str]
    """The codes of links by login names."""
    token: str | None
    """Of the instrument, when it was made; it is shown once."""


def make_people(asker: Asker, resources: Resources) -> None:
    """Make them, once."""
    directory = resources.directory.load()
    if directory.person_called(_INSTRUMENT) is not None:
        return
    # Called by its name only where nobody has given it another one yet.
    ours = directory.organisations[FIRST_ORGANISATION]
    ours = ours if ours.name_ja else replace(ours, name=_OUR_NAME, name_ja=_OUR_NAME_JA, country="JP")
    university = Organisation(
        id=new_uuid(), name="Partner University Abroad", name_ja="海外パートナー大学", country="DE"
    )
    company = Organisation(id=new_uuid(), name="Partner Materials Co.", name_ja="パートナー素材株式会社", country="JP")
    people = [_person(login, name, FIRST_ORGANISATION) for login, name, _ in _ROLES]
    partner = _person(_PARTNER, "山本 健 (partner company)", company.id)
    guest = replace(
        _person(GUEST, "Anna Weber (guest from abroad)", university.id),
        country="DE",
        residency=Residency.NON_RESIDENT,
    )
    # Export control keeps listed records from whoever is not known to be a resident, the operator too.
    operator = directory.people[FIRST_OPERATOR]
    if operator.residency is Residency.UNKNOWN:
        operator = replace(operator, country="JP", residency=Residency.RESIDENT)
    # The data steward passes export control as well, as in many companies.
    people[2] = replace(people[2], is_export_officer=True)
    instrument = replace(
        _person(_INSTRUMENT, "X-ray diffractometer 1", FIRST_ORGANISATION),
        kind=PartyKind.INSTRUMENT,
        responsible=people[1].id,
    )
    grants = [_grant(person.id, role, asker) for person, (_, _, role) in zip(people, _ROLES, strict=True)]
    grants.append(_grant(instrument.id, Role.CONTRIBUTOR, asker))
    project = directory.project(FIRST_PROJECT)
    agreement = directory.agreements[FIRST_AGREEMENT]
    entries: list[Entry] = [
        operator,
        ours,
        company,
        university,
        *people,
        partner,
        guest,
        instrument,
        replace(project, grants=(*project.grants, *grants)),
        agreement.with_participant(
            Participant(
                party=company.id,
                rights=READING,
                since=agreement.starts,
                accepted_at=max(asker.at, agreement.starts),
                accepted_by=str(partner.id),
            )
        ),
    ]
    resources.directory.change(entries, by=asker.party, expected=directory.revision)


def logins(asker: Asker, resources: Resources) -> Logins:
    """New links for all of them, and the operator."""
    directory = resources.directory.load()
    people = [directory.people[FIRST_OPERATOR]]
    people += [person for login in _LOGINS if (person := directory.person_called(login))]
    links = {
        person.login: make_link(asker, resources, person, good_for=LINKS_GOOD_FOR)
        for person in people
        if person.acts_at(asker.at)
    }
    instrument = directory.person_called(_INSTRUMENT)
    token = None
    if instrument is not None and not list_tokens(asker, resources, instrument):
        _, token = make_token(asker, resources, instrument, "demo", acts=[Act.DEPOSIT], days=30, project=FIRST_PROJECT)
    return Logins(links=links, token=token)


def _person(login: str, name: str, organisation: UUID) -> Person:
    return Person(
        id=new_uuid(), login=login, name=name, organisation=organisation, country="JP", residency=Residency.RESIDENT
    )


def _grant(party: UUID, role: Role, asker: Asker) -> RoleGrant:
    return RoleGrant(party=party, role=role, since=asker.at, by=asker.party)
