"""What every store of the directory must pass.

class TestMyDirectory(DirectorySuite):
    def make_stores(self):
        return catalog, MyDirectory(...)       # new and empty, the scopes of the catalog follow the directory

Needs hypothesis, which Kiban itself does not.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiban.errors import Conflict
from kiban.records.identity import new_uuid
from kiban.records.parties.directory import FIELD_OF, Directory
from kiban.records.parties.export_control import CAUTIOUS, ReleaseTable
from kiban.records.parties.people import Organisation, Person
from kiban.records.parties.terms import Agreement, Project
from kiban.records.scope import Scope, ScopeTerms, Tier
from kiban.store.catalog import Catalog
from kiban.store.directory_store import Changed, DirectoryStore
from kiban.testing.directory_strategies import entries

NOW = datetime(2026, 4, 1, tzinfo=UTC)


class DirectorySuite:
    """Subclass it; pytest runs the inherited tests."""

    def make_stores(self) -> tuple[Catalog, DirectoryStore]:
        """Make a catalog and the directory that its scopes follow, both empty."""
        raise NotImplementedError

    def test_a_new_directory_is_empty(self) -> None:
        _, store = self.make_stores()
        assert store.load() == Directory()
        assert store.history(new_uuid()) == ()

    @given(batches=st.lists(st.lists(entries(), max_size=4), min_size=1, max_size=4))
    @settings(
        deadline=None,
        max_examples=15,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors, HealthCheck.data_too_large],
    )
    def test_entries_of_every_kind_come_back_as_they_were(self, batches: list[list[Changed]]) -> None:
        _, store = self.make_stores()
        expected: dict[str, dict[UUID, Any]] = {name: {} for name in FIELD_OF.values()}
        releases, n_changes = CAUTIOUS, 0
        for batch in batches:
            changed = store.change(batch, by="test", expected=n_changes)
            n_changes += len(batch)
            for entry in batch:
                if isinstance(entry, ReleaseTable):
                    releases = entry
                else:
                    expected[FIELD_OF[type(entry)]][entry.id] = entry
            assert changed == store.load()
            assert changed.revision == n_changes
        found = store.load()
        assert {name: dict(getattr(found, name)) for name in FIELD_OF.values()} == expected
        assert found.releases == releases

    def test_a_snapshot_does_not_change(self) -> None:
        _, store = self.make_stores()
        before = store.load()
        person = Person(id=new_uuid(), login="sato", name="Sato")
        after = store.change([person], by="test", expected=0)
        assert before == Directory()
        assert after.people == {person.id: person}
        assert store.load() is store.load()

    def test_a_change_of_an_older_state_is_refused_and_changes_nothing(self) -> None:
        _, store = self.make_stores()
        person = Person(id=new_uuid(), login="sato", name="Sato")
        store.change([person], by="test", expected=0)
        for expected in (0, 2, -1):
            with pytest.raises(Conflict) as caught:
                store.change([replace(person, name="Suzuki")], by="other", expected=expected)
            assert caught.value.mend
        assert store.load().people == {person.id: person}
        assert len(store.history(person.id)) == 1
        assert store.load().revision == 1

    def test_every_version_of_an_entry_is_kept(self) -> None:
        _, store = self.make_stores()
        person = Person(id=new_uuid(), login="sato", name="Sato")
        other = Person(id=new_uuid(), login="suzuki", name="Suzuki")
        renamed = replace(person, name="Sato Hanako")
        store.change([person, other], by="operator", expected=0)
        store.change([renamed], by="steward", expected=2)
        history = store.history(person.id)
        assert [(change.entry, change.by, change.revision) for change in history] == [
            (renamed, "steward", 3),
            (person, "operator", 1),
        ]
        assert history[0].at >= history[1].at
        assert all(change.at.tzinfo is not None for change in history)
        assert [change.entry for change in store.history(other.id)] == [other]

    def test_several_who_change_it_at_once_take_turns(self) -> None:
        _, store = self.make_stores()

        def add(n: int) -> None:
            while True:
                try:
                    store.change(
                        [Person(id=new_uuid(), login=f"person{n}", name="x")],
                        by="test",
                        expected=store.load().revision,
                    )
                except Conflict:
                    continue
                return

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(add, range(12)))
        found = store.load()
        assert (found.revision, len(found.people)) == (12, 12)

    def test_a_thousand_entries_are_one_change_and_one_answer(self) -> None:
        _, store = self.make_stores()
        people = [Person(id=new_uuid(), login=f"person{n}", name=f"Person {n}") for n in range(1000)]
        store.change(people, by="test", expected=0)
        assert dict(store.load().people) == {person.id: person for person in people}
        organisation = Organisation(id=new_uuid(), name="University")
        changed = store.change([organisation], by="test", expected=1000)
        assert (len(changed.people), len(changed.organisations), changed.revision) == (1000, 1, 1001)

    def test_scopes_follow_their_project(self) -> None:
        catalog, store = self.make_stores()
        project = Project(id=new_uuid(), name="Batteries")
        other = Project(id=new_uuid(), name="Steels")
        agreement = Agreement(id=new_uuid(), name="Partners", keeper=project.id, starts=NOW)
        store.change([project, other, agreement], by="test", expected=0)
        following = catalog.ensure_scope(ScopeTerms(project=project.id, tier=Tier.CLOSED, follows=True))
        later = catalog.ensure_scope(ScopeTerms(project=project.id, tier=Tier.CLOSED, follows=True, closed_until=NOW))
        own = catalog.ensure_scope(ScopeTerms(project=project.id, tier=Tier.CLOSED))
        elsewhere = catalog.ensure_scope(ScopeTerms(project=other.id, tier=Tier.CLOSED, follows=True))
        assert _by_number(catalog) == {s.number: s for s in (following, later, own, elsewhere)}
        shared = replace(project, tier=Tier.SHARED, agreement=agreement.id)
        store.change([shared], by="test", expected=3)
        now = _by_number(catalog)
        for scope in (following, later):
            assert now[scope.number] == replace(scope, tier=Tier.SHARED, agreement=agreement.id)
        assert (now[own.number], now[elsewhere.number]) == (own, elsewhere)
        # A new scope is as the project is now, whatever was known of it by whoever asks.
        late = catalog.ensure_scope(
            ScopeTerms(project=project.id, tier=Tier.CLOSED, follows=True, closed_until=NOW + timedelta(days=1))
        )
        assert (late.tier, late.agreement) == (Tier.SHARED, agreement.id)
        assert _by_number(catalog)[late.number] == late
        store.change([replace(project, tier=Tier.OPEN)], by="test", expected=4)
        assert {s.tier for s in catalog.scopes() if s.follows and s.project == project.id} == {Tier.OPEN}
        assert {s.agreement for s in catalog.scopes() if s.follows} == {None}

    def test_scopes_follow_nothing_that_was_refused(self) -> None:
        catalog, store = self.make_stores()
        project = Project(id=new_uuid(), name="Batteries")
        store.change([project], by="test", expected=0)
        scope = catalog.ensure_scope(ScopeTerms(project=project.id, tier=Tier.CLOSED, follows=True))
        with pytest.raises(Conflict):
            store.change([replace(project, tier=Tier.OPEN)], by="test", expected=0)
        assert catalog.scopes() == (scope,)

    @given(steps=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(Tier), st.booleans()), max_size=12))
    @settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.differing_executors])
    def test_a_scope_that_follows_is_never_other_than_its_project(self, steps: list[tuple[int, Tier, bool]]) -> None:
        catalog, store = self.make_stores()
        projects = [Project(id=new_uuid(), name=f"Project {n}") for n in range(3)]
        agreement = new_uuid()
        store.change(projects, by="test", expected=0)
        for day, (n, tier, is_asked) in enumerate(steps):
            of = agreement if tier is Tier.SHARED else None
            if is_asked:
                catalog.ensure_scope(
                    ScopeTerms(
                        project=projects[n].id,
                        tier=tier,
                        agreement=of,
                        follows=True,
                        closed_until=NOW + timedelta(days=day % 3),
                    )
                )
            else:
                changed = replace(projects[n], tier=tier, agreement=of)
                store.change([changed], by="test", expected=store.load().revision)
            known = store.load().projects
            for scope in catalog.scopes():
                assert (scope.tier, scope.agreement) == (known[scope.project].tier, known[scope.project].agreement)


def _by_number(catalog: Catalog) -> dict[int, Scope]:
    return {scope.number: scope for scope in catalog.scopes()}
