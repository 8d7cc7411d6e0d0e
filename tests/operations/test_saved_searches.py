"""Saved searches: whose they are, what is new in them, and when somebody has looked."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from kiban.errors import Conflict, InvalidQuestion, InvalidValue, RecordNotFound, Refused
from kiban.operations.change_tier import TierChange, change_tier
from kiban.operations.chosen import chosen_by
from kiban.operations.deposit import deposit
from kiban.operations.projects import FIRST_PROJECT
from kiban.operations.saved_searches import (
    change_search,
    list_searches,
    remove_search,
    restore_search,
    save_search,
)
from kiban.operations.what_is_new import count_new, feed, mark_seen, n_new, what_is_new
from kiban.records.parties.right import Role
from kiban.records.party import ANONYMOUS, Act, Asker
from kiban.records.scope import Tier
from kiban.store.catalog import Arrivals

MEASURED = 'kind = "measurement"'


@pytest.fixture(name="ann")
def _ann() -> Asker:
    return Asker(party="ann", id=uuid4(), roles={FIRST_PROJECT: Role.OWNER}, project=FIRST_PROJECT)


@pytest.fixture(name="put")
def _put(resources, ann, inbox):
    def put(name: str, first: int = 10) -> str:
        (inbox / name).write_text(f"# wavelength 1.5406\n{first} 1\n{first + 1} 5\n{first + 2} 2\n{first + 3} 1\n")
        [outcome] = deposit(ann, resources, [inbox / name])
        return outcome.measurement

    return put


def _told(news) -> list[tuple[str, str]]:
    return [(each.hit.id, each.why) for each in news.answers]


def test_what_was_there_is_not_new_and_what_comes_is_until_it_was_looked_at(resources, ann, put):
    put("old.xy")
    saved = save_search(ann, resources, " patterns ", MEASURED)
    assert saved.name == "patterns"
    assert what_is_new(ann, resources, "patterns").answers == ()
    pid = put("new.xy", 20)
    news = what_is_new(ann, resources, str(saved.id))
    assert _told(news) == [(pid, "new")]
    assert [each.arrivals for each in count_new(ann, resources)] == [Arrivals(1)]
    later = put("later.xy", 30)
    mark_seen(ann, resources, "patterns", news.mark)
    assert _told(what_is_new(ann, resources, "patterns")) == [(later, "new")], "it came after they had looked"
    mark_seen(ann, resources, "patterns")
    assert what_is_new(ann, resources, "patterns").answers == ()
    mark_seen(ann, resources, "patterns", news.mark)
    assert what_is_new(ann, resources, "patterns").answers == (), "an old mark takes nothing back"


def test_what_opens_is_new_to_those_who_did_not_see_it(resources, ann, put):
    bob = Asker(party="bob", id=uuid4())
    pid, _ = put("one.xy"), put("two.xy", 20)
    save_search(bob, resources, "patterns", MEASURED)
    assert what_is_new(bob, resources, "patterns").answers == ()
    change_tier(ann, resources, chosen_by(ann, resources, f'id = "{pid}"'), TierChange(tier=Tier.OPEN))
    assert [hit for hit, _ in _told(what_is_new(bob, resources, "patterns"))] == [pid]
    mark_seen(bob, resources, "patterns", what_is_new(bob, resources, "patterns").mark)
    assert what_is_new(bob, resources, "patterns").answers == ()
    member = replace(bob, roles={FIRST_PROJECT: Role.READER})
    assert {why for _, why in _told(what_is_new(member, resources, "patterns"))} == {"seen"}
    assert count_new(member, resources)[0].arrivals == Arrivals(1)


def test_a_mark_says_nothing_of_what_opened_after_it_was_made(resources, ann, put):
    bob = Asker(party="bob", id=uuid4())
    put("one.xy")
    save_search(bob, resources, "patterns", MEASURED)
    mark = what_is_new(bob, resources, "patterns").mark
    member = replace(bob, roles={FIRST_PROJECT: Role.READER})
    mark_seen(member, resources, "patterns", mark)
    assert len(what_is_new(member, resources, "patterns").answers) == 1


def test_a_token_that_shows_less_hides_nothing_from_its_owner(resources, ann, put):
    save_search(ann, resources, "patterns", MEASURED)
    put("one.xy")
    mark_seen(ann, resources, "patterns")
    narrow = replace(ann, roles={}, acts=frozenset({Act.WRITE}))
    mark_seen(narrow, resources, "patterns")
    assert what_is_new(ann, resources, "patterns").answers == ()


def test_nobody_reads_or_changes_the_search_of_another_person(resources, ann):
    bob = replace(ann, party="bob", id=uuid4())
    saved = save_search(ann, resources, "mine", MEASURED)
    assert list_searches(bob, resources) == list_searches(ANONYMOUS, resources) == ()
    for deed in (what_is_new, feed, mark_seen, remove_search, change_search):
        with pytest.raises(RecordNotFound):
            deed(bob, resources, str(saved.id))
    with pytest.raises(RecordNotFound):
        restore_search(bob, resources, saved.id)
    with pytest.raises(Refused, match="logged in"):
        save_search(ANONYMOUS, resources, "nobody's", MEASURED)
    reader = replace(ann, acts=frozenset({Act.READ}))
    for act in (
        lambda: save_search(reader, resources, "x", MEASURED),
        lambda: remove_search(reader, resources, "mine"),
        lambda: change_search(reader, resources, "mine", name="x"),
        lambda: mark_seen(reader, resources, "mine"),
        lambda: restore_search(reader, resources, saved.id),
    ):
        with pytest.raises(Refused, match="token"):
            act()


def test_a_search_is_renamed_asked_otherwise_removed_and_brought_back(resources, ann, put):
    saved = save_search(ann, resources, "patterns", 'technique = "raman"')
    put("one.xy")
    assert change_search(ann, resources, "patterns", name="lines").question == 'technique = "raman"'
    changed = change_search(ann, resources, "lines", question=MEASURED, is_notified=False)
    assert (changed.id, changed.name, changed.is_notified) == (saved.id, "lines", False)
    assert what_is_new(ann, resources, "lines").answers == (), "of another question, what answers now is not new"
    remove_search(ann, resources, "lines")
    assert list_searches(ann, resources) == ()
    put("two.xy", 20)
    restore_search(ann, resources, saved.id)
    assert len(what_is_new(ann, resources, "lines").answers) == 1
    assert restore_search(ann, resources, saved.id).removed_at is None
    save_search(ann, resources, "other", MEASURED)
    with pytest.raises(Conflict):
        change_search(ann, resources, "other", name="lines")


def test_what_cannot_be_kept_is_refused(resources, ann, monkeypatch):
    with pytest.raises(InvalidQuestion):
        save_search(ann, resources, "wrong", "hardness >")
    with pytest.raises(InvalidValue, match="no name"):
        save_search(ann, resources, "  ", MEASURED)
    save_search(ann, resources, "one", MEASURED)
    for mark in ("", "yesterday", "2024-01-01~abc", "2024-01-01T00:00:00+00:00"):
        with pytest.raises(InvalidValue, match="mark"):
            mark_seen(ann, resources, "one", mark)
    monkeypatch.setattr("kiban.operations.saved_searches.MOST_SEARCHES", 1)
    with pytest.raises(InvalidValue, match="You have 1 saved"):
        save_search(ann, resources, "two", MEASURED)


def test_a_search_that_is_not_understood_any_more_says_so_and_stops_no_other(resources, ann, put):
    fine, broken = save_search(ann, resources, "a", MEASURED), save_search(ann, resources, "b", MEASURED)
    resources.saved.keep(replace(broken, question="technique = gone"))
    put("one.xy")
    counted = {each.search.id: each for each in count_new(ann, resources)}
    assert counted[fine.id].arrivals.n == 1
    assert "'gone'" in counted[broken.id].wrong.fault
    with pytest.raises(InvalidQuestion):
        what_is_new(ann, resources, "b")


def test_the_head_of_a_page_counts_what_is_to_tell_and_remembers_it(resources, ann, put, monkeypatch):
    save_search(ann, resources, "told", MEASURED)
    save_search(ann, resources, "quiet", "", is_notified=False)
    assert n_new(ann, resources) == n_new(ANONYMOUS, resources) == Arrivals(0)
    put("one.xy")
    assert n_new(ann, resources) == Arrivals(0), "as it was counted within the last minute"
    monkeypatch.setattr("kiban.operations.news_before.GOOD_FOR_S", -1.0)
    assert n_new(ann, resources) == Arrivals(1)
    monkeypatch.undo()
    mark_seen(ann, resources, "told")
    assert n_new(ann, resources) == Arrivals(0), "looking counts anew"
    put("two.xy", 20)
    assert sum(each.arrivals.n for each in count_new(ann, resources)) == 1 + 2, "one since the look, and two"
    assert n_new(ann, resources) == Arrivals(1), "the fresh count is remembered"


def test_counting_asks_the_catalog_once_however_many_searches(resources, ann, monkeypatch):
    for number in range(5):
        save_search(ann, resources, f"search {number}", f'title CONTAINS "{number}"')
    asked = []
    real = resources.catalog.count_arrived
    monkeypatch.setattr(resources.catalog, "count_arrived", lambda *a, **k: asked.append(a) or real(*a, **k))
    assert len(count_new(ann, resources)) == 5
    assert len(asked) == 1


def test_a_feed_has_the_last_that_arrived_looked_at_or_not(resources, ann, put):
    first = put("one.xy")
    save_search(ann, resources, "patterns", MEASURED)
    second = put("two.xy", 20)
    mark_seen(ann, resources, "patterns")
    assert [each.hit.id for each in feed(ann, resources, "patterns").answers] == [second, first]


def test_looking_leaves_a_line_and_saving_too(resources, ann, put):
    since = resources.audit.tail().number
    saved = save_search(ann, resources, "patterns", MEASURED)
    put("one.xy")
    what_is_new(ann, resources, "patterns")
    feed(ann, resources, "patterns")
    count_new(ann, resources)
    lines = [(line.act, line.subject) for _, line in resources.audit.read(after=since) if line.act != "deposited"]
    assert ("saved search", str(saved.id)) in lines
    assert lines[-3:] == [
        ("read what is new", str(saved.id)),
        ("read feed", str(saved.id)),
        ("counted what is new", ""),
    ]
