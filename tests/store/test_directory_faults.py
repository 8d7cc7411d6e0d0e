"""Scopes and entries of the directory that contradict each other are found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kiban.records.event import Event
from kiban.records.identity import new_uuid
from kiban.records.parties.directory import Decision
from kiban.records.parties.export_control import CAUTIOUS
from kiban.records.parties.people import Group, Organisation, Person
from kiban.records.parties.right import Right, Role
from kiban.records.parties.terms import Agreement, Guest, Invitation, Participant, Project, RoleGrant
from kiban.records.scope import ScopeTerms, Tier, Visible
from kiban.store.catalog import Batch
from kiban.store.directory_faults import find_faults
from kiban.store.memory_catalog import MemoryCatalog
from kiban.store.memory_directory import MemoryDirectory

NOW = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.fixture
def catalog():
    return MemoryCatalog()


@pytest.fixture
def store(catalog):
    return MemoryDirectory(catalog.follow)


def found(catalog, store):
    return {(fault.what, fault.fault) for fault in find_faults(catalog, store)}


@pytest.fixture
def sound(catalog, store):
    """One entry of each kind, and scopes that use them."""
    organisation = Organisation(id=new_uuid(), name="University")
    person = Person(id=new_uuid(), login="sato", name="Sato", organisation=organisation.id)
    group = Group(id=new_uuid(), name="Team", members=frozenset({person.id}))
    project = Project(id=new_uuid(), name="Batteries", grants=(RoleGrant(party=group.id, role=Role.OWNER, since=NOW),))
    use = frozenset({Right.USE})
    agreement = Agreement(
        id=new_uuid(),
        name="Partners",
        keeper=project.id,
        starts=NOW,
        participants=(Participant(party=organisation.id, rights=use, since=NOW),),
    )
    guests = (Guest(party=person.id, rights=use, since=NOW),)
    invitation = Invitation(id=new_uuid(), project=project.id, guests=guests)
    decision = Decision(id=new_uuid(), scope=0, party=person.id, allowed=True, ground="x", by="x")
    entries = (organisation, person, group, project, agreement, invitation, decision, CAUTIOUS)
    store.change(entries, by="test", expected=0)
    catalog.ensure_scope(ScopeTerms(project=project.id, tier=Tier.CLOSED, follows=True))
    catalog.ensure_scope(
        ScopeTerms(project=project.id, tier=Tier.SHARED, agreement=agreement.id, invitation=invitation.id)
    )
    return {type(entry).__name__: entry for entry in entries}


def test_what_is_sound_has_no_faults(catalog, store, sound):
    assert found(catalog, store) == set()
    store.change([replace(sound["Project"], tier=Tier.OPEN)], by="test", expected=store.load().revision)
    assert found(catalog, store) == set()


def test_a_scope_that_does_not_follow_is_named(catalog, store, sound):
    catalog.follow(replace(sound["Project"], tier=Tier.OPEN))  # the scopes alone, as a hand in the database might
    assert found(catalog, store) == {("scope 0", "It follows Batteries, which is closed, and is open.")}
    under = sound["Agreement"].id
    catalog.follow(replace(sound["Project"], tier=Tier.SHARED, agreement=under))
    assert found(catalog, store) == {
        ("scope 0", f"It follows Batteries, which is closed, and is shared under {under}.")
    }


def test_scopes_of_what_is_not_there_are_named(catalog, store, sound):
    project, agreement = new_uuid(), new_uuid()
    catalog.ensure_scope(ScopeTerms(project=project, tier=Tier.OPEN))
    catalog.ensure_scope(ScopeTerms(project=sound["Project"].id, tier=Tier.SHARED, agreement=agreement))
    assert found(catalog, store) == {
        ("scope 2", f"There is no project {project}."),
        ("scope 3", f"There is no agreement {agreement}."),
    }


def test_an_invitation_is_missing_where_something_has_its_scope(catalog, store, sound):
    project = sound["Project"].id
    missing = new_uuid()
    scope = catalog.ensure_scope(ScopeTerms(project=project, tier=Tier.CLOSED, invitation=missing))
    # Somebody who was about to invite was stopped when the scope was made.
    assert found(catalog, store) == set()
    at, scopes = datetime(2026, 4, 2, tzinfo=UTC), Visible.of(catalog.scopes())
    with catalog.writing(scopes, project=project) as writing:
        event = Event(at=at, actor="test", action="noted", subject=new_uuid(), scope=scope.number)
        writing.add(Batch(events=(event,)))
    assert found(catalog, store) == {(f"scope {scope.number}", f"There is no invitation {missing}.")}


def test_entries_that_name_what_is_not_there_are_named(catalog, store, sound):
    gone = new_uuid()
    use = frozenset({Right.USE})
    changed = [
        replace(sound["Person"], organisation=gone, responsible=gone),
        replace(sound["Organisation"], stewards=frozenset({gone})),
        replace(sound["Group"], organisation=gone, members=frozenset({gone})),
        replace(
            sound["Project"],
            organisation=gone,
            tier=Tier.SHARED,
            agreement=sound["Agreement"].id,
            grants=(RoleGrant(party=gone, role=Role.READER, since=NOW),),
        ),
        replace(sound["Agreement"], keeper=gone, participants=(Participant(party=gone, rights=use, since=NOW),)),
        replace(sound["Invitation"], project=gone, guests=(Guest(party=gone, rights=use, since=NOW),)),
        replace(sound["Decision"], party=gone, scope=7),
        Person(id=new_uuid(), login="sato", name="Another"),
    ]
    store.change(changed, by="test", expected=store.load().revision)
    person, other = sound["Person"].id, changed[-1].id
    assert found(catalog, store) == {
        (f"person {person}", f"There is no organisation {gone}."),
        (f"person {person}", f"There is no responsible person {gone}."),
        (f"person {person}", "Another one has the same login name sato."),
        (f"person {other}", "Another one has the same login name sato."),
        (f"organisation {sound['Organisation'].id}", f"There is no steward {gone}."),
        (f"group {sound['Group'].id}", f"There is no organisation {gone}."),
        (f"group {sound['Group'].id}", f"There is no member {gone}."),
        (f"project {sound['Project'].id}", f"There is no organisation {gone}."),
        (f"project {sound['Project'].id}", f"There is no party {gone}."),
        (f"agreement {sound['Agreement'].id}", f"There is no project {gone}."),
        (f"agreement {sound['Agreement'].id}", f"There is no party {gone}."),
        (f"invitation {sound['Invitation'].id}", f"There is no project {gone}."),
        (f"invitation {sound['Invitation'].id}", f"There is no party {gone}."),
        (f"decision {sound['Decision'].id}", f"There is no party {gone}."),
        (f"decision {sound['Decision'].id}", "There is no scope 7."),
    }
