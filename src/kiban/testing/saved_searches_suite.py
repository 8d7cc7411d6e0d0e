"""The contract of `kiban.store.saved_searches.SavedSearches` as tests. A store passes when a subclass passes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from kiban.errors import Conflict
from kiban.records.saved_search import SavedSearch, Since

if TYPE_CHECKING:
    from kiban.store.saved_searches import SavedSearches

NOW = datetime(2026, 4, 1, 12, 0, 0, 123456, tzinfo=UTC)


def search_of(person: UUID, name: str = "硬い膜", **changes: Any) -> SavedSearch:
    """A saved search."""
    since = Since(at=NOW, scopes=frozenset({0, 3, 70}), data=frozenset({3}))
    given: dict[str, Any] = {
        "id": uuid4(),
        "question": 'elements HAS "O" AND 硬さ > 5 GPa',
        "since": since,
        "made_at": NOW,
    } | changes
    return SavedSearch(person=person, name=name, **given)


class SavedSearchesSuite:
    """Override `store` with a fixture that gives a store whose other searches are of other people."""

    @pytest.fixture
    def store(self) -> SavedSearches:
        raise NotImplementedError

    def test_a_search_comes_back_as_it_was_kept(self, store: SavedSearches) -> None:
        kept = search_of(uuid4(), name="half \ud83d \\ '%s' 硬い膜", is_notified=False)
        store.keep(kept)
        assert store.all_of(kept.person) == (kept,)
        assert store.get(kept.person, kept.id) == kept
        assert store.get(kept.person, uuid4()) is None

    def test_nobody_has_the_search_of_another_person(self, store: SavedSearches) -> None:
        kept, other = search_of(uuid4()), uuid4()
        store.keep(kept)
        assert store.all_of(other) == ()
        assert store.get(other, kept.id) is None
        with pytest.raises(Conflict):
            store.keep(replace(kept, person=other, name="mine now"))
        assert store.get(kept.person, kept.id) == kept

    def test_searches_come_by_name(self, store: SavedSearches) -> None:
        person = uuid4()
        for name in ("膜", "Zr", "alloys", "Alloys"):
            store.keep(search_of(person, name))
        assert [each.name for each in store.all_of(person)] == ["Alloys", "Zr", "alloys", "膜"]

    def test_all_but_whose_it_is_and_when_it_was_made_can_change(self, store: SavedSearches) -> None:
        kept = search_of(uuid4())
        store.keep(kept)
        since = Since(at=NOW + timedelta(days=1), scopes=frozenset(), data=frozenset())
        changed = replace(kept, name="soft", question="", is_notified=False, since=since)
        store.keep(replace(changed, made_at=NOW + timedelta(days=9)))
        assert store.all_of(kept.person) == (changed,)

    def test_a_name_is_taken_once_by_each_person(self, store: SavedSearches) -> None:
        person = uuid4()
        one, two = search_of(person), search_of(person, "another")
        store.keep(one)
        store.keep(two)
        store.keep(search_of(uuid4()))
        for again in (search_of(person), replace(two, name=one.name)):
            with pytest.raises(Conflict, match="named '硬い膜'"):
                store.keep(again)
        assert store.all_of(person) == (two, one)

    def test_what_is_removed_can_be_brought_back_unless_its_name_is_taken(self, store: SavedSearches) -> None:
        kept = search_of(uuid4())
        store.keep(kept)
        removed = replace(kept, removed_at=NOW + timedelta(hours=1))
        store.keep(removed)
        assert store.all_of(kept.person) == ()
        assert store.get(kept.person, kept.id) == removed
        store.keep(search_of(kept.person))
        with pytest.raises(Conflict):
            store.keep(kept)
        store.keep(replace(kept, name="back"))
        assert [each.name for each in store.all_of(kept.person)] == ["back", "硬い膜"]

    def test_what_was_removed_long_ago_goes_when_something_is_kept(self, store: SavedSearches) -> None:
        person = uuid4()
        old = search_of(person, removed_at=NOW - timedelta(days=31))
        young = search_of(person, removed_at=NOW - timedelta(days=29))
        for each in (old, young, search_of(person, "new")):
            store.keep(each)
        assert store.get(person, old.id) is None
        assert store.get(person, young.id) == young
