"""What every catalog must show of its links: walks that find all there is, and no record that comes from itself."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise
from uuid import UUID

import pytest

from kiban.errors import InvalidValue
from kiban.records.identity import new_uuid
from kiban.records.link import Link, Predicate
from kiban.records.provenance import Direction
from kiban.records.record import Record
from kiban.records.scope import Tier
from kiban.store.catalog import Catalog
from kiban.testing.catalog_examples import Laboratory, a_link

BACK, FORWARD = Direction.BACK, Direction.FORWARD
N_RANDOM = 10_000


class CatalogGraphSuite:
    """Part of `kiban.testing.catalog_suite.CatalogSuite`."""

    def make_catalog(self) -> Catalog:
        """Make the catalog to be tested."""
        raise NotImplementedError

    def lab(self) -> Laboratory:
        """A project of its own in the catalog."""
        return Laboratory(self.make_catalog())

    def test_a_walk_goes_both_ways_as_far_as_links_lead(self) -> None:
        lab = self.lab()
        batch, left, right, mixed, other = (lab.sample(name) for name in ("batch", "left", "right", "mixed", "other"))
        scan = lab.measurement("scan", mixed)
        links = [
            a_link(left, Predicate.PART_OF, batch),
            a_link(right, Predicate.PART_OF, batch),
            a_link(mixed, Predicate.DERIVED_FROM, left),
            a_link(mixed, Predicate.DERIVED_FROM, right),
            a_link(scan, Predicate.MEASURED, mixed),
        ]
        lab.write(batch, left, right, mixed, other, scan, links=links)
        back = lab.catalog.walk([scan.id], lab.visible(), direction=BACK)
        assert dict(back.depths) == {scan.id: 0, mixed.id: 1, left.id: 2, right.id: 2, batch.id: 3}
        assert (sorted(map(_ends, back.links)), back.is_cut) == (sorted(map(_ends, links)), False)
        assert list(back.depths.values()) == sorted(back.depths.values())
        forward = lab.catalog.walk([left.id, right.id], lab.visible(), direction=FORWARD)
        assert dict(forward.depths) == {left.id: 0, right.id: 0, mixed.id: 1, scan.id: 2}
        assert lab.catalog.walk([other.id, new_uuid()], lab.visible(), direction=BACK).depths == {other.id: 0}
        assert lab.catalog.walk([], lab.visible(), direction=BACK).depths == {}

    def test_a_walk_gives_the_nearest_where_there_is_too_much(self) -> None:
        lab = self.lab()
        chain = [lab.sample(f"s{n}") for n in range(20)]
        links = [a_link(later, Predicate.DERIVED_FROM, earlier) for earlier, later in pairwise(chain)]
        lab.write(*chain, links=links)
        cut = lab.catalog.walk([chain[-1].id], lab.visible(), direction=BACK, most=5)
        assert (list(cut.depths), cut.is_cut) == ([s.id for s in chain[:-6:-1]], True)
        assert len(cut.links) == 4
        assert not lab.catalog.walk([chain[-1].id], lab.visible(), direction=BACK, most=20).is_cut

    def test_a_walk_ends_at_what_cannot_be_seen(self) -> None:
        lab = self.lab()
        hidden, shown = lab.scope(Tier.CLOSED).number, lab.scope(Tier.OPEN).number
        first, second, third = (lab.sample(n, scope=s) for n, s in (("1", shown), ("2", hidden), ("3", shown)))
        links = [a_link(third, Predicate.DERIVED_FROM, second), a_link(second, Predicate.DERIVED_FROM, first)]
        lab.write(first, second, third, links=links)
        for start, direction in ((third, BACK), (first, FORWARD)):
            walk = lab.catalog.walk([start.id], lab.visible(Tier.OPEN), direction=direction)
            assert (dict(walk.depths), walk.links, walk.is_cut) == ({start.id: 0}, (), False)
        assert lab.catalog.walk([second.id], lab.visible(Tier.OPEN), direction=BACK).depths == {}

    def test_a_walk_passes_deleted_records_by(self) -> None:
        lab = self.lab()
        first, second = lab.sample("1"), lab.sample("2")
        lab.write(first, second, links=[a_link(second, Predicate.DERIVED_FROM, first)])
        lab.write(replace(first, version=2, deleted=True))
        assert lab.catalog.walk([second.id], lab.visible(), direction=BACK).depths == {second.id: 0}

    def test_nothing_comes_from_itself(self) -> None:
        lab = self.lab()
        first, second, third = lab.sample("first"), lab.sample("second"), lab.sample("third")
        links = [a_link(second, Predicate.PART_OF, first), a_link(third, Predicate.DERIVED_FROM, second)]
        lab.write(first, second, third, links=links)
        with pytest.raises(InvalidValue, match="first would come from itself: first ← third ← second ← first"):
            lab.write(links=[a_link(first, Predicate.DERIVED_FROM, third)])
        between = lab.sample("between")
        with pytest.raises(InvalidValue, match="would come from itself"):
            lab.write(
                between, links=[a_link(first, Predicate.PART_OF, between), a_link(between, Predicate.PART_OF, third)]
            )
        new = lab.sample("new"), lab.sample("newer")
        with pytest.raises(InvalidValue, match="would come from itself"):
            lab.write(
                *new, links=[a_link(new[0], Predicate.PART_OF, new[1]), a_link(new[1], Predicate.PART_OF, new[0])]
            )
        # Nothing of it has been kept, and links that close no cycle still can be.
        assert lab.catalog.walk([first.id], lab.visible(), direction=BACK).depths == {first.id: 0}
        lab.write(links=[a_link(third, Predicate.PART_OF, first)])

    def test_a_new_version_can_bring_other_links(self) -> None:
        lab = self.lab()
        first, second = lab.sample("first"), lab.sample("second")
        scan, other = lab.measurement("scan", first), lab.measurement("other", first)
        links = [a_link(scan, Predicate.MEASURED, first), a_link(other, Predicate.MEASURED, first)]
        lab.write(first, second, scan, other, links=links)
        again = replace(scan, version=2, sample=second.id)
        lab.write(again, links=[a_link(again, Predicate.MEASURED, second)], relinked=frozenset({scan.id}))
        assert set(lab.catalog.walk([first.id], lab.visible(), direction=FORWARD).depths) == {first.id, other.id}
        assert set(lab.catalog.walk([scan.id], lab.visible(), direction=BACK).depths) == {scan.id, second.id}
        with pytest.raises(InvalidValue, match="without a new version"):
            lab.write(relinked=frozenset({scan.id}))

    def test_walks_on_a_large_random_graph_find_what_a_plain_search_finds(self) -> None:
        lab, chance = self.lab(), random.Random(1)  # noqa: S311  a graph, not a secret
        records = [lab.sample(f"r{n}") for n in range(N_RANDOM)]
        links = [
            a_link(records[n], Predicate.DERIVED_FROM, records[chance.randrange(max(0, n - 300), n)])
            for n in range(1, N_RANDOM)
            for _ in range(chance.randrange(3))
        ]
        lab.write(*records, links=links)
        for n in (0, 17, N_RANDOM // 2, N_RANDOM - 1):
            for direction in (BACK, FORWARD):
                walk = lab.catalog.walk([records[n].id], lab.visible(), direction=direction, most=2 * N_RANDOM)
                assert dict(walk.depths) == _searched(records[n], links, direction)


def _searched(start: Record, links: list[Link], direction: Direction) -> dict[UUID, int]:
    """Level by level, in the plainest way."""
    found, level, depth = {start.id: 0}, {start.id}, 0
    while level:
        depth += 1
        pairs = [(link.subject, link.object) if direction is BACK else (link.object, link.subject) for link in links]
        level = {there for here, there in pairs if here in level} - found.keys()
        found |= dict.fromkeys(level, depth)
    return found


def _ends(link: Link) -> tuple[UUID, UUID]:
    return link.subject, link.object
