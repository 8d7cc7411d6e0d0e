"""A made country of laboratories: who is there, what they agreed on, and the scopes that their records lie in.

A thousand projects, four hundred agreements, five thousand scopes: a third open, a third shared, a third closed. One
person has fifty memberships: twenty-five roles and twenty-five agreements, some directly, some by its organisation or
its group.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kiban.records.identity import new_uuid
from kiban.records.parties.directory import Entry
from kiban.records.parties.export_control import ExportClass, Residency
from kiban.records.parties.people import Group, Organisation, Person
from kiban.records.parties.right import Right, Role
from kiban.records.parties.terms import Agreement, Participant, Project, RoleGrant
from kiban.records.scope import Scope, ScopeTerms, Tier
from kiban.store.catalog import Catalog

NOW = datetime(2026, 11, 1, tzinfo=UTC)
LOGIN = "asker"
"""Of the person with the memberships."""
_N_OTHERS = 200
_N_MEMBERSHIPS = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """All that the directory is to hold."""

    person: Person
    """Whoever asks."""
    entries: tuple[Entry, ...]
    projects: tuple[Project, ...]
    agreements: tuple[Agreement, ...]

    def terms(self) -> list[ScopeTerms]:
        """Five scopes for each project: closed, open twice (with an embargo that is over or not), shared twice."""
        found: list[ScopeTerms] = []
        for i, project in enumerate(self.projects):
            end = NOW + timedelta(days=4000 if i % 10 == 0 else -400)
            under = [self.agreements[(i + k * 7) % len(self.agreements)].id for k in range(2)]
            of: list[tuple[Tier, int | None, datetime | None]] = [
                (Tier.CLOSED, None, None),
                (Tier.OPEN, None, None),
                (Tier.SHARED, 0, None),
                (Tier.OPEN if i % 2 else Tier.CLOSED, None, end),
                (Tier.SHARED, 1, end),
            ]
            found += [
                ScopeTerms(
                    project=project.id,
                    tier=tier,
                    agreement=None if which is None else under[which],
                    closed_until=until,
                    export_class=ExportClass.NOT_LISTED,
                )
                for tier, which, until in of
            ]
        return found


def made_parties(chance: random.Random, *, n_projects: int = 1000, n_agreements: int = 400) -> Parties:
    """Draw them.

    Parameters
    ----------
    n_projects : int
        At least as many as there are agreements: each agreement is kept by a project of its own.
    """
    organisation = Organisation(id=new_uuid(), name="University", country="JP")
    person = Person(
        id=new_uuid(), login=LOGIN, name="Asker", organisation=organisation.id, residency=Residency.RESIDENT
    )
    group = Group(id=new_uuid(), name="Team", members=frozenset({person.id}))
    parties = (person.id, organisation.id, group.id)
    others = [Person(id=new_uuid(), login=f"person{i}", name=f"Person {i}") for i in range(_N_OTHERS)]
    projects = tuple(
        Project(
            id=new_uuid(),
            name=f"Project {i}",
            grants=(
                *(RoleGrant(party=chance.choice(others).id, role=Role.CONTRIBUTOR, since=NOW) for _ in range(8)),
                *((RoleGrant(party=parties[i % 3], role=Role.READER, since=NOW),) if i < _N_MEMBERSHIPS else ()),
            ),
        )
        for i in range(n_projects)
    )
    agreements = tuple(
        Agreement(
            id=new_uuid(),
            name=f"Agreement {i}",
            keeper=projects[i].id,
            starts=NOW,
            participants=tuple(
                Participant(party=party, rights=frozenset({Right.USE}), since=NOW, accepted_at=NOW)
                for party in (
                    *(chance.choice(others).id for _ in range(5)),
                    *((parties[i % 3],) if i < _N_MEMBERSHIPS else ()),
                )
            ),
        )
        for i in range(n_agreements)
    )
    entries: tuple[Entry, ...] = (organisation, person, group, *others, *projects, *agreements)
    return Parties(person=person, entries=entries, projects=projects, agreements=agreements)


def scopes_of(parties: Parties, catalog: Catalog) -> Sequence[Scope]:
    """The scopes in a catalog, made where they are missing."""
    return [catalog.ensure_scope(terms) for terms in parties.terms()]
