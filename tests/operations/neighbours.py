"""People beside the operator: of the laboratory, of two companies, and one of nowhere."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from kiban.access.asker_of import anonymous, asker_of
from kiban.operations.projects import FIRST_AGREEMENT, FIRST_PROJECT
from kiban.operations.resources import Resources
from kiban.records.identity import new_uuid
from kiban.records.parties.export_control import ExportClass, Residency
from kiban.records.parties.people import Organisation, Person
from kiban.records.parties.right import Right, Role
from kiban.records.parties.terms import Participant, RoleGrant
from kiban.records.party import Asker

BEFORE = datetime(2020, 1, 1, tzinfo=UTC)
_RESIDENT = {"residency": Residency.RESIDENT, "country": "JP"}


@dataclass(frozen=True)
class Neighbours:
    """Put into the directory of a platform."""

    resources: Resources
    people: dict[str, UUID]
    companies: dict[str, UUID]

    def asker(self, login: str, at: datetime | None = None) -> Asker:
        """Somebody at a moment: now, unless another is given. `anonymous` is nobody."""
        directory = self.resources.directory.load()
        at = at or datetime.now(UTC)
        if login == "anonymous":
            return anonymous(directory, at)
        return asker_of(directory, directory.people[self.people[login]], at, project=FIRST_PROJECT)

    def change(self, *entries: object) -> None:
        """Put entries into the directory."""
        self.resources.directory.change(entries, by="operator", expected=self.resources.directory.load().revision)  # type: ignore[arg-type]

    def settle(self, **changes: object) -> None:
        """Change the settings of the project."""
        project = self.resources.directory.load().project(FIRST_PROJECT)
        self.change(replace(project, **changes))  # type: ignore[arg-type]

    def move_abroad(self, login: str) -> None:
        """Let somebody be no resident: of the project's records they see those alone that were judged not listed."""
        person = self.resources.directory.load().people[self.people[login]]
        self.change(replace(person, residency=Residency.NON_RESIDENT, country="DE"))
        self.settle(export_class=ExportClass.NOT_LISTED)

    def join(self, company: str, right: Right = Right.USE, agreement: UUID = FIRST_AGREEMENT) -> None:
        """Let a company be a party to an agreement."""
        party = Participant(
            party=self.companies[company], rights=frozenset({right}), since=BEFORE, accepted_at=BEFORE, accepted_by="x"
        )
        self.change(self.resources.directory.load().agreements[agreement].with_participant(party))


def neighbours(resources: Resources) -> Neighbours:
    """Make them: `reader`, `contributor`, `steward` of the project; `ume`, `momo` of companies, `guest` of none."""
    companies = {name: new_uuid() for name in ("Ume Steel", "Momo Cells")}
    people = {name: new_uuid() for name in ("reader", "contributor", "steward", "ume", "momo", "guest")}
    of = {"ume": companies["Ume Steel"], "momo": companies["Momo Cells"]}
    made = Neighbours(resources, people, companies)
    roles = (Role.READER, Role.CONTRIBUTOR, Role.STEWARD)
    made.change(
        *(Organisation(id=i, name=name, country="JP") for name, i in companies.items()),
        *(Person(id=i, login=n, name=n.title(), organisation=of.get(n), **_RESIDENT) for n, i in people.items()),  # type: ignore[arg-type]
    )
    made.settle(grants=tuple(RoleGrant(party=people[role], role=role, since=BEFORE) for role in roles))
    return made


def later(days: int) -> datetime:
    """So many days from now."""
    return datetime.now(UTC) + timedelta(days=days)
