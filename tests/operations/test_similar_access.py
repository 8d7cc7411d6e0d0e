"""What an asker may not read is near nothing for them: in answers, counts, facets, saved searches and their feeds."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from kiban.errors import InvalidQuestion, RecordNotFound
from kiban.operations.find import find
from kiban.operations.projects import FIRST_PROJECT
from kiban.operations.resources import Resources
from kiban.operations.saved_searches import save_search
from kiban.operations.similar import similar_to
from kiban.operations.what_is_new import count_new, feed, what_is_new
from kiban.records.parties.right import Role
from kiban.records.party import Asker
from kiban.records.scope import Tier, Visible
from kiban.store.catalog import Batch, Facet
from kiban.testing.catalog_examples import Laboratory
from kiban.testing.catalog_likeness_suite import a_likeness

ABSENT = "kb:0000-0000-00"
LINES = (300, 600, 900, 1200)


class World:
    """A measurement and its three twins: one open, one hidden from `ann`, one of which she may read the description."""

    def __init__(self, resources, monkeypatch):
        self.resources = resources
        self.lab = Laboratory(resources.catalog, project=FIRST_PROJECT)
        self.ann = Asker(party="ann", id=uuid4(), roles={FIRST_PROJECT: Role.OWNER}, project=FIRST_PROJECT)
        tiers = {"open": Tier.OPEN, "twin": Tier.OPEN, "hidden": Tier.CLOSED}
        scopes = {title: self.lab.scope(tier).number for title, tier in tiers.items()}
        # Who has an agreement may read what others describe alone.
        scopes["described"] = self.lab.scope(Tier.SHARED, agreement=uuid4()).number
        self.records = {title: self.lab.measurement(title, scope=number) for title, number in scopes.items()}
        self.everything = Visible(frozenset(scopes.values()))
        self.write(*self.records.values())
        visible = Resources.visible
        self.reads = frozenset({scopes["open"]})
        self.sees = self.reads | {scopes["described"]}

        def seen(resources, asker, *rights):
            if asker.id != self.ann.id:
                return visible(resources, asker, *rights)
            return Visible(self.sees, data=self.reads, writable=self.reads)

        monkeypatch.setattr(Resources, "visible", seen)

    def write(self, *records):
        """Write measurements that are all alike."""
        likenesses = {record.id: a_likeness(*LINES) for record in records}
        with self.resources.catalog.writing(self.everything, project=FIRST_PROJECT) as writing:
            writing.add(Batch(records=records, likenesses=likenesses))

    def asks(self, name="open", more=""):
        return f"SIMILAR TO {self.records[name].pid}{more}"


@pytest.fixture(name="world")
def _world(resources, monkeypatch):
    return World(resources, monkeypatch)


def test_the_world_is_as_it_says(world):
    everything = find(world.ann, world.resources, "kind = measurement")
    assert {hit.title for hit in everything.hits} == {"open", "twin", "described"}
    all_near = world.resources.catalog.nearest(world.records["open"].id, world.everything, at_least=0.9)
    assert {each.record for each in all_near} == {world.records[t].id for t in ("twin", "described", "hidden")}


def test_only_what_may_be_read_is_found_counted_and_told_in_facets(world):
    answer = find(world.ann, world.resources, world.asks(), facets=tuple(Facet), exact=True)
    assert [hit.title for hit in answer.hits] == ["twin"]
    assert answer.total == 1
    assert all(sum(n for _, n in values) <= 1 for values in answer.facets.values())
    assert answer.facets["tier"] == (("open", 1),)
    denied = find(world.ann, world.resources, f"kind = measurement AND NOT {world.asks()}", facets=tuple(Facet))
    # What may not be read is not near: what is denied leaves it standing.
    assert {hit.title for hit in denied.hits} == {"open", "described"}
    found = similar_to(world.ann, world.resources, world.records["open"].pid, at_least=0.1)
    assert (found.total, [each.record.title for each in found.found]) == (1, ["twin"])


@pytest.mark.parametrize("name", ["described", "hidden"])
def test_of_what_may_not_be_read_is_told_what_is_told_of_nothing(world, name):
    pid = world.records[name].pid

    def told(identifier):
        said = []
        for ask in (
            lambda: find(world.ann, world.resources, f"SIMILAR TO {identifier}"),
            lambda: find(world.ann, world.resources, f"NOT SIMILAR TO {identifier}"),
            lambda: find(world.ann, world.resources, f"SIMILAR TO {identifier} WITHIN 0.1 AND title = x"),
            lambda: save_search(world.ann, world.resources, "near", f"SIMILAR TO {identifier}"),
            lambda: similar_to(world.ann, world.resources, identifier),
        ):
            with pytest.raises((InvalidQuestion, RecordNotFound)) as e:
                ask()
            said.append((type(e.value), str(e.value).replace(identifier, "X")))
        return said

    assert told(pid) == told(ABSENT)


def test_a_saved_search_tells_of_what_may_be_read_alone(world):
    save_search(world.ann, world.resources, "near", world.asks())
    assert [each.hit.title for each in feed(world.ann, world.resources, "near").answers] == ["twin"]
    new = {
        title: world.lab.measurement(title, scope=world.records[like].scope)
        for title, like in (("new twin", "twin"), ("new described", "described"), ("new hidden", "hidden"))
    }
    world.write(*new.values())
    assert [each.hit.title for each in what_is_new(world.ann, world.resources, "near").answers] == ["new twin"]
    [counted] = count_new(world.ann, world.resources)
    assert (counted.arrivals.n, counted.wrong) == (1, None)
    told = {each.hit.title for each in feed(world.ann, world.resources, "near").answers}
    assert told == {"twin", "new twin"}


def test_a_saved_search_after_what_was_hidden_since_is_as_one_after_nothing(world):
    save_search(world.ann, world.resources, "near", world.asks())
    world.reads = frozenset()
    faults = []
    for ask in (what_is_new, feed):
        with pytest.raises(InvalidQuestion) as e:
            ask(world.ann, world.resources, "near")
        faults.append(e.value)
    [counted] = count_new(world.ann, world.resources)
    assert counted.arrivals.n == 0
    with pytest.raises(InvalidQuestion) as of_nothing:
        find(world.ann, world.resources, f"SIMILAR TO {ABSENT}")
    for fault in (*faults, counted.wrong):
        pid = world.records["open"].pid
        assert str(fault).replace(pid, "X") == str(of_nothing.value).replace(ABSENT, "X")


def test_one_that_is_opened_later_is_told_of_then(world):
    save_search(world.ann, world.resources, "near", world.asks())
    world.sees, world.reads = (world.sees | {world.records["hidden"].scope},) * 2
    answers = what_is_new(world.ann, world.resources, "near").answers
    assert {(each.hit.title, each.why) for each in answers} == {("hidden", "seen"), ("described", "seen")}
    assert replace(answers[0].hit, nearness=None) == answers[0].hit
