"""Whom export control keeps what they would see otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from kiban.access.release import held_back
from kiban.records.parties.directory import Directory
from kiban.records.parties.export_control import ExportClass, Release, ReleaseRow, ReleaseTable, Residency
from kiban.records.parties.people import Person
from kiban.records.parties.right import Role
from kiban.records.parties.terms import Project, RoleGrant
from kiban.records.scope import Scope, Tier

NOW = datetime(2026, 4, 1, tzinfo=UTC)
LAB, ANA, BEN = UUID(int=1), UUID(int=2), UUID(int=3)
TABLE = ReleaseTable(
    (
        ReleaseRow(classes=frozenset({ExportClass.NOT_LISTED}), says=Release.ALLOW, reason="free"),
        ReleaseRow(residencies=frozenset({Residency.RESIDENT}), says=Release.ASK, reason="ask"),
    )
)


def directory() -> Directory:
    people = [
        Person(id=ANA, login="ana", name="Ana", residency=Residency.NON_RESIDENT),
        Person(id=BEN, login="ben", name="Ben", residency=Residency.RESIDENT),
    ]
    grants = tuple(RoleGrant(party=person.id, role=Role.READER, since=NOW) for person in people)
    known = Directory().with_entries([*people, Project(id=LAB, name="Lab", grants=grants)])
    return replace(known, releases=TABLE)


def listed(number: int) -> Scope:
    return Scope(number=number, project=LAB, tier=Tier.CLOSED, export_class=ExportClass.LISTED, export_item="EAR 3E001")


def test_those_who_wait_come_first_whatever_they_are_called() -> None:
    free = Scope(number=0, project=LAB, tier=Tier.CLOSED, export_class=ExportClass.NOT_LISTED)
    held = held_back(directory(), [listed(2), free, listed(1)], NOW)
    told = [(each.person.name, each.scope.number, each.waits, each.row.says) for each in held]
    assert told == [
        ("Ben", 1, True, Release.ASK),
        ("Ben", 2, True, Release.ASK),
        ("Ana", 1, False, Release.REFUSE),
        ("Ana", 2, False, Release.REFUSE),
    ]


def test_whom_nothing_else_lets_see_it_is_not_held_back() -> None:
    known = directory()
    without = replace(known, projects={LAB: replace(known.projects[LAB], grants=())})
    assert held_back(without, [listed(1)], NOW) == ()
