"""Random histories: people, projects and agreements that come, change and go."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from .plain_history import (
    Accepted,
    AgreementIs,
    Deed,
    GroupIs,
    GuestInvited,
    Left,
    Offered,
    OrganisationIs,
    PersonIs,
    Place,
    ProjectIs,
    ReleaseDecided,
    RoleGiven,
    RoleTaken,
    RowAdded,
)

MOMENTS = tuple(datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=30 * n) for n in range(12))
"""Everything begins and ends at one of these, so that things often meet at the same moment."""
_TICK = timedelta(microseconds=1)
_ROLES = ("reader", "contributor", "steward", "owner")
_RIGHTS = ("exists", "metadata", "data", "use", "joint", "reshare")
_GUEST_RIGHTS = ("exists", "metadata", "data", "use", "joint")
_RESIDENCIES = ("unknown", "resident", "resident of a specific category", "non-resident")
_COUNTRIES = ("JP", "JP", "DE", None)
_ITEMS = ("EAR 3A001", "EAR 3B", "別表 5")
_WEIGHTS = {
    "role": 8,
    "no role": 1,
    "offer": 3,
    "join": 8,
    "accept": 2,
    "leave": 2,
    "guest": 4,
    "project": 3,
    "person": 2,
    "group": 1,
    "agreement": 1,
    "release": 4,
    "row": 0.3,
}
"""How often what happens."""
ACT_SETS = tuple(map(frozenset, (("read",), ("deposit",), ("write",), ("read", "deposit"), ("administer",))))


@dataclass
class Chronicle:
    """Makes up a history, deed by deed. The same seed gives the same one."""

    rng: random.Random
    n_organisations: int = 2
    n_people: int = 3
    n_groups: int = 1
    n_projects: int = 2
    n_agreements: int = 2
    n_invitations: int = 2
    organisations: list[UUID] = field(default_factory=list)
    people: list[UUID] = field(default_factory=list)
    groups: list[UUID] = field(default_factory=list)
    projects: list[UUID] = field(default_factory=list)
    agreements: list[UUID] = field(default_factory=list)
    invitations: dict[UUID, UUID] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.organisations = self._ids(self.n_organisations)
        self.people = self._ids(self.n_people)
        self.groups = self._ids(self.n_groups)
        self.projects = self._ids(self.n_projects)
        self.agreements = self._ids(self.n_agreements)
        self.invitations = {each: self.rng.choice(self.projects) for each in self._ids(self.n_invitations)}

    def founding(self) -> Iterator[Deed]:
        """What there is at first."""
        yield from (OrganisationIs(each, self.rng.choice(_COUNTRIES)) for each in self.organisations)
        yield from map(self._person, self.people)
        yield from map(self._group, self.groups)
        yield from map(self._agreement, self.agreements)
        yield from map(self._project, self.projects)

    def deed(self) -> Iterator[Deed]:
        """Something happens."""
        rng, choice = self.rng, self.rng.choice
        [kind] = rng.choices(list(_WEIGHTS), weights=list(_WEIGHTS.values()))
        match kind:
            case "role":
                yield RoleGiven(choice(self.projects), self.party(), choice(_ROLES), self._since(), self._until())
            case "no role":
                yield RoleTaken(choice(self.projects), self.party())
            case "offer" | "join":
                agreement, party = choice(self.agreements), self.party()
                yield Offered(agreement, party, self._rights(_RIGHTS), self._since())
                if kind == "join":
                    yield Accepted(agreement, party, self._since())
            case "accept":
                yield Accepted(choice(self.agreements), self.party(), self._since())
            case "leave":
                yield Left(choice(self.agreements), self.party(), choice(MOMENTS))
            case "guest":
                invitation = choice(list(self.invitations))
                project, rights = self.invitations[invitation], self._rights(_GUEST_RIGHTS)
                yield GuestInvited(invitation, project, self.party(), rights, self._since(), self._until())
            case "project":
                yield self._project(choice(self.projects))
            case "person":
                yield self._person(choice(self.people))
            case "group":
                yield self._group(choice(self.groups))
            case "agreement":
                yield self._agreement(choice(self.agreements))
            case "release":
                if listed := [place for place in self.places if place.export_class == "listed"]:
                    yield ReleaseDecided(choice(listed), self.party(), rng.random() < 0.7)
            case "row":
                yield self._row()

    def place(self, project: UUID | None = None) -> Place:
        """Where a record may lie."""
        rng = self.rng
        project = project or rng.choice(self.projects)
        tier = rng.choice((None, None, "open", "shared", "closed"))
        invited = [each for each, of in self.invitations.items() if of == project]
        export_class = rng.choices(("not listed", "unjudged", "listed"), weights=(5, 3, 2))[0]
        place = Place(
            project=project,
            tier=tier,
            agreement=rng.choice(self.agreements) if tier == "shared" else None,
            closed_until=rng.choice(MOMENTS) if rng.random() < 0.3 else None,
            invitation=rng.choice(invited) if invited and rng.random() < 0.4 else None,
            export_class=export_class,
            export_item=rng.choice(_ITEMS) if export_class == "listed" else None,
        )
        if place not in self.places:
            self.places.append(place)
        return place

    def party(self) -> UUID:
        """Somebody to whom something is given: most often an organisation."""
        return self.rng.choice(self.rng.choice((self.organisations, self.organisations, self.people, self.groups)))

    def now(self) -> datetime:
        """A moment at which somebody asks: often the very moment at which something begins or ends."""
        return self.rng.choice(MOMENTS) + self.rng.choice((-1, 0, 0, 1)) * _TICK

    def acts(self) -> frozenset[str] | None:
        """What a token allows; most often `None`: no token was used."""
        return self.rng.choice(ACT_SETS) if self.rng.random() < 0.2 else None

    def narrowed_to(self, acts: frozenset[str] | None) -> UUID | None:
        """The one project that a token is good for; often all."""
        return self.rng.choice(self.projects) if acts is not None and self.rng.random() < 0.5 else None

    def _ids(self, n: int) -> list[UUID]:
        return [UUID(int=self.rng.getrandbits(128)) for _ in range(n)]

    def _since(self) -> datetime:
        return self.rng.choice(MOMENTS[:8])

    def _until(self) -> datetime | None:
        return self.rng.choice(MOMENTS[4:]) if self.rng.random() < 0.4 else None

    def _rights(self, among: tuple[str, ...]) -> frozenset[str]:
        return frozenset(self.rng.sample(among, self.rng.choice((1, 1, 2))))

    def _person(self, identity: UUID) -> PersonIs:
        rng = self.rng
        return PersonIs(
            identity,
            organisation=rng.choice(self.organisations) if rng.random() < 0.9 else None,
            country=rng.choice(_COUNTRIES) if rng.random() < 0.3 else None,
            residency=rng.choices(_RESIDENCIES, weights=(2, 5, 1, 2))[0],
            active=rng.random() < 0.95,
            until=rng.choice(MOMENTS) if rng.random() < 0.1 else None,
            operator=rng.random() < 0.1,
        )

    def _group(self, identity: UUID) -> GroupIs:
        most = min(5, len(self.people))
        return GroupIs(identity, frozenset(self.rng.sample(self.people, self.rng.randint(0, most))))

    def _project(self, identity: UUID) -> ProjectIs:
        tier = self.rng.choice(("open", "shared", "shared", "closed"))
        return ProjectIs(identity, tier, self.rng.choice(self.agreements) if tier == "shared" else None)

    def _agreement(self, identity: UUID) -> AgreementIs:
        starts = self.rng.choice(MOMENTS[:6])
        later = [moment for moment in MOMENTS if moment > starts]
        ends = self.rng.choice(later) if self.rng.random() < 0.5 else None
        return AgreementIs(identity, self.rng.choice(self.projects), starts, ends)

    def _row(self) -> RowAdded:
        rng = self.rng
        some = rng.random
        classes = frozenset({rng.choice(("not listed", "unjudged", "listed"))})
        return RowAdded(
            classes=classes,
            relations=frozenset({rng.choice(("member", "party", "public"))}) if some() < 0.7 else frozenset(),
            residencies=frozenset({rng.choice(_RESIDENCIES)}) if some() < 0.5 else frozenset(),
            countries=frozenset({rng.choice(("JP", "DE"))}) if some() < 0.5 else frozenset(),
            items=frozenset({rng.choice(("EAR 3", "別表"))}) if classes == {"listed"} and some() < 0.5 else frozenset(),
            says=rng.choice(("allow", "ask", "refuse")),
        )
