"""A university and two companies on a platform in memory, and some records of the university's project."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from kiban.access.asker_of import asker_of
from kiban.operations.resources import Resources
from kiban.query.question import EVERYTHING
from kiban.records.document import to_json
from kiban.records.identity import new_pid, new_uuid
from kiban.records.parties.directory import Entry
from kiban.records.parties.export_control import ExportClass
from kiban.records.parties.people import Organisation, Person
from kiban.records.parties.right import Role
from kiban.records.parties.terms import Project, RoleGrant
from kiban.records.party import Act, Asker
from kiban.records.record import Record, RecordKind
from kiban.records.sample import Sample
from kiban.records.scope import Scope, ScopeTerms, Tier, Visible
from kiban.store.catalog import Batch

PEOPLE = {
    "sato": "University",
    "suzuki": "University",
    "tanaka": "University",
    "a.lead": "Company A",
    "a.chem": "Company A",
    "b.lead": "Company B",
    "b.chem": "Company B",
    "outside": "Company C",
    "root": None,
}
"""sato owns the project, suzuki is its steward and tanaka reads; the leads are stewards of their companies."""


@dataclass
class World:
    """The platform and its people. Time goes on by a second with each question of who asks."""

    resources: Resources
    ids: dict[str, UUID] = field(default_factory=dict)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def asker(self, login: str, *, acts: frozenset[Act] = frozenset(Act)) -> Asker:
        self.now += timedelta(seconds=1)
        directory = self.resources.directory.load()
        return asker_of(directory, directory.people[self.ids[login]], self.now, acts=acts)

    def __getitem__(self, name: str) -> str:
        return str(self.ids[name])

    def sees(self, login: str) -> int:
        """How many records of the project somebody finds."""
        return self.resources.catalog.count(EVERYTHING, self.resources.visible(self.asker(login)))

    @property
    def project(self) -> UUID:
        return self.ids["Steel"]

    def write(self, n: int, scope: Scope) -> list[Record]:
        records = tuple(
            Record(
                id=new_uuid(),
                pid=new_pid(),
                kind=RecordKind.SAMPLE,
                title=f"S-{scope.number}-{i}",
                project=self.project,
                owner="sato",
                scope=scope.number,
                key=f"S-{scope.number}-{i}",
                document=to_json(Sample(name=f"S-{scope.number}-{i}")),
                created_at=self.now,
                created_by="sato",
            )
            for i in range(n)
        )
        with self.resources.catalog.writing(Visible.of([scope]), project=self.project) as writing:
            writing.add(Batch(records=records))
        return list(records)

    def following(self) -> Scope:
        # Judged not to be listed: what is not judged yet goes to residents of Japan only.
        return self.resources.catalog.ensure_scope(
            ScopeTerms(project=self.project, tier=Tier.CLOSED, follows=True, export_class=ExportClass.NOT_LISTED)
        )


def make_world(resources: Resources) -> World:
    """Seven records follow the project, two are closed by themselves."""
    world = World(resources)
    homes = {name: new_uuid() for name in ("University", "Company A", "Company B", "Company C")}
    world.ids = {login: new_uuid() for login in PEOPLE} | homes | {"Steel": new_uuid()}
    ids = world.ids
    stewards = {"University": {"suzuki"}, "Company A": {"a.lead"}, "Company B": {"b.lead"}}
    grants = tuple(
        RoleGrant(party=ids[login], role=role, since=world.now - timedelta(days=1))
        for login, role in (("sato", Role.OWNER), ("suzuki", Role.STEWARD), ("tanaka", Role.READER))
    )
    entries: list[Entry] = [
        *(
            Organisation(id=i, name=name, stewards=frozenset(ids[s] for s in stewards.get(name, ())))
            for name, i in homes.items()
        ),
        *(
            Person(
                id=ids[login],
                login=login,
                name=login.title(),
                organisation=ids[home] if home else None,
                is_operator=login == "root",
            )
            for login, home in PEOPLE.items()
        ),
        Project(id=ids["Steel"], name="Steel", organisation=ids["University"], grants=grants),
    ]
    directory = resources.directory.load()
    resources.directory.change(entries, by="root", expected=directory.revision)
    world.write(7, world.following())
    world.write(2, resources.catalog.ensure_scope(ScopeTerms(project=world.project, tier=Tier.CLOSED)))
    return world
