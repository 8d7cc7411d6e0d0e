"""What is new since somebody looked: new records and versions, what was moved, and what they could not see then."""

from __future__ import annotations

from dataclasses import replace

from kiban.query.parse import parse
from kiban.query.question import EVERYTHING, Question
from kiban.records.record import Record
from kiban.records.saved_search import Since
from kiban.records.scope import Tier, Visible
from kiban.store.catalog import Arrivals, Catalog
from kiban.testing.catalog_examples import Laboratory


def looked(catalog: Catalog, visible: Visible) -> Since:
    """What somebody has seen who looks now."""
    return Since(at=catalog.now(), scopes=visible.numbers, data=visible.data)


class CatalogArrivalsSuite:
    """Part of `kiban.testing.catalog_suite.CatalogSuite`."""

    def make_catalog(self) -> Catalog:
        """Make the catalog to be tested."""
        raise NotImplementedError

    def _new(self, lab: Laboratory, visible: Visible, since: Since, asked: Question = EVERYTHING) -> list[str]:
        found = lab.catalog.arrived(asked, visible, since).records
        assert lab.catalog.count_arrived([(asked, since)], visible) == (Arrivals(len(found)),)
        return [record.title for record in found]

    def test_what_was_there_is_not_new_and_what_comes_is_the_last_first(self) -> None:
        lab = Laboratory(self.make_catalog())
        visible = lab.visible()
        lab.write(lab.sample("before"))
        since = looked(lab.catalog, visible)
        assert self._new(lab, visible, since) == []
        for title in ("one", "two", "three"):
            lab.write(lab.sample(title))
        assert self._new(lab, visible, since) == ["three", "two", "one"]
        assert [r.title for r in lab.catalog.arrived(EVERYTHING, visible, since, limit=2).records] == ["three", "two"]
        assert lab.catalog.count_arrived([(EVERYTHING, since)], visible, most=2) == (Arrivals(2, is_more=True),)
        assert self._new(lab, visible, looked(lab.catalog, visible)) == []

    def test_a_new_version_is_new_and_a_deletion_is_not(self) -> None:
        lab = Laboratory(self.make_catalog())
        visible = lab.visible()
        old, gone = lab.sample("old"), lab.sample("gone")
        lab.write(old, gone)
        since = looked(lab.catalog, visible)
        lab.write(replace(old, version=2, title="annealed"), replace(gone, version=2, deleted=True))
        assert self._new(lab, visible, since) == ["annealed"]

    def test_only_answers_count_each_of_its_own_question(self) -> None:
        lab = Laboratory(self.make_catalog())
        visible = lab.visible()
        since = looked(lab.catalog, visible)
        scan = lab.measurement("scan TiO2", document={"technique": "xrd"})
        lab.write(scan, lab.measurement("bands", document={"technique": "raman"}), lab.sample("LTO"))
        later = looked(lab.catalog, visible)
        lab.write(lab.measurement("scan 2", document={"technique": "xrd"}))
        asked = {'technique = "xrd"': 2, 'technique = "raman"': 1, 'title CONTAINS "TiO2"': 1, 'kind = "process"': 0}
        counted = [(parse(text), since) for text in asked]
        found = lab.catalog.count_arrived([*counted, (parse('technique = "xrd"'), later)], visible)
        assert [each.n for each in found] == [*asked.values(), 1]
        assert found[0].scopes == frozenset({lab.scope().number})
        assert not found[3].scopes
        assert lab.catalog.count_arrived([], visible) == ()

    def test_what_was_hidden_when_somebody_looked_is_new_once_it_is_seen(self) -> None:
        lab = Laboratory(self.make_catalog())
        is_open, closed = lab.scope(Tier.OPEN), lab.scope(Tier.CLOSED)
        lab.write(lab.sample("open", scope=is_open.number), lab.sample("closed", scope=closed.number))
        few, all_of_it = lab.visible(Tier.OPEN), lab.visible()
        since = looked(lab.catalog, few)
        assert self._new(lab, few, since) == []
        assert self._new(lab, all_of_it, since) == ["closed"]
        lab.write(lab.sample("later", scope=is_open.number))
        assert self._new(lab, all_of_it, since) == ["later", "closed"]
        assert [r.title for r in lab.catalog.arrived(EVERYTHING, all_of_it, since, limit=1).records] == ["later"]
        assert self._new(lab, few, since) == ["later"]
        assert self._new(lab, Visible(frozenset()), since) == []

    def test_what_was_moved_into_sight_is_new_though_it_has_no_new_version(self) -> None:
        lab = Laboratory(self.make_catalog())
        is_open, closed = lab.scope(Tier.OPEN).number, lab.scope(Tier.CLOSED).number
        one, other = lab.sample("moved", scope=closed), lab.sample("stays", scope=closed)
        lab.write(one, other)
        strangers = lab.visible(Tier.OPEN)
        since = looked(lab.catalog, strangers)
        _move(lab, one, is_open)
        _move(lab, other, closed)
        assert self._new(lab, strangers, since) == ["moved"]
        assert self._new(lab, lab.visible(), looked(lab.catalog, lab.visible())) == []

    def test_values_that_could_not_be_read_make_their_records_new(self) -> None:
        lab = Laboratory(self.make_catalog())
        number = lab.scope(Tier.CLOSED).number
        lab.write(lab.measurement("scan", scope=number))
        without = Visible(frozenset({number}), data=frozenset())
        since = looked(lab.catalog, without)
        assert self._new(lab, without, since) == []
        assert self._new(lab, Visible(frozenset({number})), since) == ["scan"]

    def test_what_is_new_comes_without_values_where_these_are_not_seen(self) -> None:
        lab = Laboratory(self.make_catalog())
        number = lab.scope(Tier.CLOSED).number
        without = Visible(frozenset({number}), data=frozenset())
        since = looked(lab.catalog, without)
        lab.write(lab.measurement("scan", scope=number, document={"technique": "xrd", "preview": [[1.0, 2.0]]}))
        [found] = lab.catalog.arrived(EVERYTHING, without, since).records
        assert found == lab.catalog.get(found.id, without)
        assert not found.document.get("preview")


def _move(lab: Laboratory, record: Record, number: int) -> None:
    with lab.catalog.writing(lab.visible(), project=lab.project) as writing:
        writing.move({record.id: number})
