"""Moving records to other scopes: all that hangs on them goes along, and nothing else changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

import pytest

from kiban.errors import Conflict, KibanError, RecordNotFound, Refused
from kiban.quantity.measured import Measured
from kiban.query.question import EVERYTHING
from kiban.records.file_entry import FileEntry
from kiban.records.identity import new_uuid
from kiban.records.link import Predicate
from kiban.records.record import Record
from kiban.records.scope import ScopeTerms, Tier, Visible
from kiban.store.catalog import Batch, Catalog
from kiban.testing.catalog_examples import Laboratory, a_fact, a_link, blob_of


class CatalogMoveSuite:
    """Part of `kiban.testing.catalog_suite.CatalogSuite`."""

    def make_catalog(self) -> Catalog:
        """Make the catalog to be tested."""
        raise NotImplementedError

    def closed_study(self) -> tuple[Laboratory, Record, tuple[Record, ...], FileEntry]:
        """A sample and two scans of one file, all closed."""
        lab = Laboratory(self.make_catalog())
        lab.scope(Tier.OPEN)
        sample = lab.sample("film")
        scans = tuple(lab.measurement(f"scan {i}", sample, key=f"scan {i}") for i in range(2))
        file = lab.file("scans.xrdml")
        lab.write(
            *(sample, *scans),
            compositions={sample.id: {"Ti": 1.0}},
            links=tuple(a_link(scan, Predicate.MEASURED, sample) for scan in scans),
            facts=tuple(a_fact("d_spacing", Measured(1.0, "nm"), scan) for scan in scans),
            files=(file,),
            blobs=(blob_of(file),),
            file_records=tuple((file.id, scan.id) for scan in scans),
        )
        return lab, sample, scans, file

    def test_a_scope_is_used_as_long_as_a_version_has_it(self) -> None:
        lab, sample, scans, _ = self.closed_study()
        closed, invited = (
            lab.scope(Tier.CLOSED),
            lab.catalog.ensure_scope(ScopeTerms(project=lab.project, tier=Tier.CLOSED, invitation=new_uuid())),
        )
        assert lab.catalog.is_used(closed.number)
        assert not lab.catalog.is_used(invited.number)
        assert not lab.catalog.is_used(invited.number + 1)  # there is none
        every = Visible.of(lab.catalog.scopes())
        with lab.catalog.writing(every, project=lab.project) as writing:
            writing.move({sample.id: invited.number})
        assert lab.catalog.is_used(invited.number)
        lab.write(replace(lab.catalog.get(scans[0].id, every), version=2, scope=closed.number))
        with lab.catalog.writing(every, project=lab.project) as writing:
            writing.move({each.id: invited.number for each in scans})
        assert lab.catalog.is_used(closed.number)

    def test_all_that_hangs_on_a_record_goes_along(self) -> None:
        lab, sample, (one, other), _ = self.closed_study()
        catalog, is_open = lab.catalog, lab.scope(Tier.OPEN).number
        strangers = lab.visible(Tier.OPEN)
        _move(lab, {sample.id: is_open, one.id: is_open})
        assert {r.id for r in catalog.find(EVERYTHING, strangers).records} == {sample.id, one.id}
        assert catalog.get(one.id, strangers) == replace(one, scope=is_open)
        assert catalog.compositions([sample.id], strangers) == {sample.id: {"Ti": 1.0}}
        assert [f.evidence for f in catalog.facts(strangers)] == [one.id]
        assert [(link.subject, link.scope) for link in catalog.links([sample.id], strangers)] == [(one.id, is_open)]
        assert [f.evidence for f in catalog.facts(lab.visible(Tier.CLOSED))] == [other.id]
        # Back again: nothing is left behind.
        closed = lab.scope(Tier.CLOSED).number
        _move(lab, {sample.id: closed, one.id: closed})
        assert catalog.find(EVERYTHING, strangers).records == ()
        assert (catalog.facts(strangers), catalog.compositions([sample.id], strangers)) == ((), {})
        assert catalog.links([sample.id, one.id], strangers) == ()
        assert catalog.get(one.id, lab.visible()) == one
        assert len(catalog.facts(lab.visible())) == 2

    def test_a_file_goes_along_with_the_last_of_its_records(self) -> None:
        lab, _, (one, other), file = self.closed_study()
        catalog, is_open = lab.catalog, lab.scope(Tier.OPEN).number
        strangers = lab.visible(Tier.OPEN)
        _move(lab, {one.id: is_open})
        assert catalog.files(strangers) == ()
        assert catalog.files(strangers, record=one.id) == ()
        _move(lab, {other.id: is_open})
        assert catalog.files(strangers) == (replace(file, scope=is_open),)
        assert {r.id for r in catalog.records_of_file(file.id, strangers)} == {one.id, other.id}
        # Closing one of them leaves the file where it was, as it still is a file of the other.
        _move(lab, {one.id: lab.scope(Tier.CLOSED).number})
        assert [f.id for f in catalog.files(strangers)] == [file.id]
        assert [r.id for r in catalog.records_of_file(file.id, strangers)] == [other.id]

    def test_a_file_stays_where_one_of_its_records_is_hidden_from_who_moves(self) -> None:
        lab, _, (one, other), file = self.closed_study()
        catalog, closed, is_open = lab.catalog, lab.scope(Tier.CLOSED).number, lab.scope(Tier.OPEN).number
        secret = catalog.ensure_scope(ScopeTerms(project=lab.project, tier=Tier.CLOSED, invitation=new_uuid())).number
        everything = Visible(frozenset({closed, is_open, secret}))
        _move(lab, {other.id: secret}, everything)
        _move(lab, {one.id: is_open}, lab.visible())
        assert catalog.files(lab.visible(Tier.OPEN)) == ()
        assert catalog.files(everything) == (file,)

    def test_earlier_versions_stay_where_they_were(self) -> None:
        lab, sample, _, _ = self.closed_study()
        catalog, closed, is_open = lab.catalog, lab.scope(Tier.CLOSED).number, lab.scope(Tier.OPEN).number
        lab.write(replace(sample, version=2, title="film, annealed"))
        _move(lab, {sample.id: is_open})
        strangers = lab.visible(Tier.OPEN)
        assert [(r.version, r.scope) for r in catalog.versions(sample.id, strangers)] == [(2, is_open)]
        assert [(r.version, r.scope) for r in catalog.versions(sample.id, lab.visible())] == [(2, is_open), (1, closed)]
        with pytest.raises(RecordNotFound):
            catalog.get(sample.id, strangers, version=1)
        lab.write(replace(sample, version=3, scope=is_open, title="film, polished"))
        _move(lab, {sample.id: closed})
        # An open version of a closed record is hidden with it.
        assert catalog.versions(sample.id, strangers) == ()
        assert catalog.get_versions([(sample.id, 2), (sample.id, 3)], strangers) == {}
        assert len(catalog.versions(sample.id, lab.visible())) == 3

    def test_a_move_adds_no_version_and_keys_stay_taken(self) -> None:
        lab, _, (one, _), _ = self.closed_study()
        _move(lab, {one.id: lab.scope(Tier.OPEN).number})
        with lab.catalog.writing(lab.visible(), project=lab.project) as writing:
            assert writing.existing(one.kind, ["scan 0"]) == {"scan 0": replace(one, scope=lab.scope(Tier.OPEN).number)}
        lab.write(replace(one, version=2))
        assert lab.catalog.get(one.id, lab.visible()).version == 2

    def test_a_deletion_moves_too(self) -> None:
        lab, sample, _, _ = self.closed_study()
        lab.write(replace(sample, version=2, deleted=True))
        _move(lab, {sample.id: lab.scope(Tier.OPEN).number})
        assert [r.version for r in lab.catalog.versions(sample.id, lab.visible(Tier.OPEN))] == [2]
        with pytest.raises(RecordNotFound):
            lab.catalog.get(sample.id, lab.visible())

    def test_nothing_moves_that_is_not_there_not_seen_or_of_another_project(self) -> None:
        lab, sample, _, _ = self.closed_study()
        other = Laboratory(lab.catalog)
        foreign = other.sample("foreign")
        other.write(foreign)
        is_open = lab.scope(Tier.OPEN).number
        everything = Visible(lab.visible().numbers | other.visible().numbers)
        _refuse(lab, {sample.id: is_open, new_uuid(): is_open}, lab.visible(), RecordNotFound)
        _refuse(lab, {sample.id: is_open}, lab.visible(Tier.OPEN), RecordNotFound)
        _refuse(lab, {sample.id: is_open, foreign.id: is_open}, everything, RecordNotFound)
        assert lab.catalog.get(sample.id, lab.visible()) == sample
        assert lab.catalog.get(foreign.id, other.visible()) == foreign

    def test_both_scopes_of_a_move_must_be_writable(self) -> None:
        lab, sample, scans, _ = self.closed_study()
        closed, is_open = lab.scope(Tier.CLOSED).number, lab.scope(Tier.OPEN).number
        both = frozenset({closed, is_open})
        wanted = {sample.id: is_open, **{scan.id: closed for scan in scans}}
        for writable in ((), (closed,), (is_open,)):
            _refuse(lab, wanted, Visible(both, writable=frozenset(writable)), Refused)
        _refuse(lab, {sample.id: is_open}, Visible(frozenset({closed})), Refused)
        _refuse(lab, {sample.id: is_open}, Visible(both, data=frozenset({is_open})), Refused)
        assert lab.catalog.count(EVERYTHING, lab.visible(Tier.OPEN)) == 0
        _move(lab, wanted, Visible(both))
        assert lab.catalog.count(EVERYTHING, lab.visible(Tier.OPEN)) == 1

    def test_a_move_is_not_stopped_by_a_key_or_file_that_is_there(self) -> None:
        lab, sample, scans, file = self.closed_study()
        is_open = lab.scope(Tier.OPEN).number
        twin, its_file = lab.sample("film", scope=is_open), lab.file("scans.xrdml", scope=is_open)
        lab.write(twin, files=(its_file,), blobs=(blob_of(its_file),), visible=lab.visible(Tier.OPEN))
        _move(lab, {sample.id: is_open, **{scan.id: is_open for scan in scans}})
        strangers = lab.visible(Tier.OPEN)
        assert {f.id for f in lab.catalog.files(strangers)} == {file.id, its_file.id}
        with lab.catalog.writing(strangers, project=lab.project) as writing:
            place = (file.path, file.checksum)
            assert writing.existing(sample.kind, ["film"]) == {"film": replace(sample, scope=is_open)}
            assert writing.existing_files([place]) == {place: replace(file, scope=is_open)}
        with pytest.raises(Conflict):
            lab.write(lab.sample("film", scope=is_open), visible=strangers)
        lab.write(replace(twin, version=2, title="other film", key="other film"), visible=strangers)

    def test_a_move_and_what_is_added_end_together(self) -> None:
        lab, sample, _, _ = self.closed_study()
        is_open = lab.scope(Tier.OPEN).number

        def move_and_fail() -> None:
            with lab.catalog.writing(lab.visible(), project=lab.project) as writing:
                writing.move({sample.id: is_open})
                writing.add(Batch(events=(lab.event("moved", sample.id, scope=is_open),)))
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            move_and_fail()
        assert lab.catalog.get(sample.id, lab.visible()) == sample
        assert lab.catalog.events(lab.visible()) == ()


def _move(lab: Laboratory, records: Mapping[UUID, int], visible: Visible | None = None) -> None:
    with lab.catalog.writing(visible or lab.visible(), project=lab.project) as writing:
        writing.move(records)


def _refuse(lab: Laboratory, records: Mapping[UUID, int], visible: Visible, error: type[KibanError]) -> None:
    with pytest.raises(error), lab.catalog.writing(visible, project=lab.project) as writing:
        writing.move(records)
