"""What every catalog must pass.

class TestMyCatalog(CatalogSuite):
    def make_catalog(self):
        return MyCatalog(...)       # may be shared between tests: each test works in a project of its own
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from kiban.errors import Conflict, InvalidQuestion, InvalidValue, RecordNotFound
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Distribution, Kind, Origin, Uncertainty
from kiban.query.parse import parse
from kiban.query.question import EVERYTHING, Comparison, Operator
from kiban.records.file_entry import FileStatus
from kiban.records.identity import new_uuid
from kiban.records.link import Link, Predicate
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Tier
from kiban.store.catalog import Catalog, Facet
from kiban.testing.catalog_access_suite import CatalogAccessSuite
from kiban.testing.catalog_agreement_suite import CatalogAgreementSuite
from kiban.testing.catalog_arrivals_suite import CatalogArrivalsSuite
from kiban.testing.catalog_examples import NOW, a_fact, a_link, blob_of, checksum_of
from kiban.testing.catalog_facet_suite import CatalogFacetSuite
from kiban.testing.catalog_graph_suite import CatalogGraphSuite
from kiban.testing.catalog_likeness_suite import CatalogLikenessSuite
from kiban.testing.catalog_move_suite import CatalogMoveSuite
from kiban.testing.catalog_path_suite import CatalogPathSuite
from kiban.testing.catalog_ranked_suite import CatalogRankedSuite
from kiban.testing.catalog_scope_suite import CatalogScopeSuite
from kiban.testing.catalog_sets_suite import CatalogSetsSuite
from kiban.testing.catalog_sort_suite import CatalogSortSuite
from kiban.testing.catalog_writing_suite import CatalogWritingSuite

ODD_TEXT = "zero \x00, half \ud83d, private \ue000, 試料 “x” 'y' \\ \t\n%_"


class CatalogSuite(
    CatalogWritingSuite,
    CatalogAccessSuite,
    CatalogSetsSuite,
    CatalogMoveSuite,
    CatalogScopeSuite,
    CatalogGraphSuite,
    CatalogPathSuite,
    CatalogAgreementSuite,
    CatalogArrivalsSuite,
    CatalogRankedSuite,
    CatalogLikenessSuite,
    CatalogSortSuite,
    CatalogFacetSuite,
):
    """Subclass it; pytest runs the inherited tests."""

    def make_catalog(self) -> Catalog:
        """Make the catalog to be tested."""
        raise NotImplementedError

    # Records and their versions

    def test_a_record_comes_back_as_it_was_written(self) -> None:
        lab = self.lab()
        document = {
            "technique": "xrd",
            "numbers": [0.1, -0.0, 5e-324, 1e16, 2**70, True, None],
            "deep": {"z": {"a": (1, "x")}},
            "text": ODD_TEXT,
            ODD_TEXT: "",
        }
        record = lab.measurement(ODD_TEXT, key=ODD_TEXT, document=document, owner=ODD_TEXT, created_by=ODD_TEXT)
        lab.write(record)
        kept = lab.catalog.get(record.id, lab.visible())
        assert kept == replace(record, document=dict(record.document) | {"deep": {"z": {"a": [1, "x"]}}})
        assert list(map(repr, kept.document["numbers"])) == list(map(repr, document["numbers"]))
        assert list(kept.document) == list(record.document)
        assert lab.catalog.get(record.pid, lab.visible()) == kept
        assert lab.catalog.get_many([record.id, new_uuid()], lab.visible()) == {record.id: kept}
        assert lab.catalog.get_many([record.pid, "kb:0000-0000-00"], lab.visible()) == {record.id: kept}

    def test_a_change_adds_a_version_and_keeps_the_old_one(self) -> None:
        lab = self.lab()
        one = lab.sample("LTO-7")
        two = replace(one, version=2, title="LTO-7 annealed", created_at=NOW + timedelta(days=1))
        lab.write(one)
        lab.write(two)
        visible = lab.visible()
        assert lab.catalog.get(one.id, visible) == two
        assert lab.catalog.get(one.pid, visible, version=1) == one
        assert lab.catalog.versions(one.id, visible) == (two, one)
        wanted = [(one.id, 1), (one.id, 2), (one.id, 3), (new_uuid(), 1)]
        assert lab.catalog.get_versions(wanted, visible) == {(one.id, 1): one, (one.id, 2): two}
        assert lab.catalog.get_versions([], visible) == {}
        assert lab.catalog.find(EVERYTHING, visible).records == (two,)
        with pytest.raises(RecordNotFound):
            lab.catalog.get(one.id, visible, version=3)

    def test_several_versions_may_come_in_one_batch(self) -> None:
        lab = self.lab()
        one = lab.sample("LTO-7")
        lab.write(replace(one, version=2), one, replace(one, version=3, title="three"))
        assert lab.catalog.get(one.id, lab.visible()).title == "three"
        assert len(lab.catalog.versions(one.id, lab.visible())) == 3

    @pytest.mark.parametrize("version", [1, 3])
    def test_only_the_next_version_can_be_written(self, version: int) -> None:
        lab = self.lab()
        one = lab.sample("LTO-7")
        lab.write(one)
        with pytest.raises(Conflict):
            lab.write(replace(one, version=version, title="other"))
        assert lab.catalog.versions(one.id, lab.visible()) == (one,)

    def test_a_version_is_of_the_same_thing(self) -> None:
        lab = self.lab()
        one = lab.sample("LTO-7")
        lab.write(one)
        for changes in ({"pid": "kb:AAAA-AAAA-AA"}, {"kind": RecordKind.MEASUREMENT}):
            with pytest.raises(InvalidValue):
                lab.write(replace(one, version=2, **changes))

    def test_a_deleted_record_is_gone_but_for_its_versions(self) -> None:
        lab = self.lab()
        sample = lab.sample("LTO-7")
        scan = lab.measurement("scan", sample)
        fact = a_fact("d_spacing", Measured(2.0, "angstrom"), scan)
        link = a_link(scan, Predicate.MEASURED, sample)
        file = lab.file("scan.xrdml")
        lab.write(sample, scan, facts=(fact,), links=(link,), files=(file,), file_records=((file.id, scan.id),))
        lab.write(replace(scan, version=2, deleted=True))
        catalog, visible = lab.catalog, lab.visible()
        with pytest.raises(RecordNotFound):
            catalog.get(scan.id, visible)
        with pytest.raises(RecordNotFound):
            catalog.get(scan.pid, visible, version=1)
        assert catalog.get_many([scan.id], visible) == {}
        assert catalog.find(EVERYTHING, visible).records == (sample,)
        assert catalog.facts(visible) == ()
        assert catalog.count(parse("d_spacing IS KNOWN"), visible) == 0
        assert catalog.links([sample.id], visible) == ()
        assert catalog.records_of_file(file.id, visible) == ()
        assert [r.version for r in catalog.versions(scan.id, visible)] == [2, 1]
        lab.write(replace(scan, version=3))
        assert catalog.facts(visible) == (fact,)
        assert catalog.links([sample.id], visible) == (link,)

    def test_a_fact_on_a_deleted_measurement_does_not_count(self) -> None:
        lab = self.lab()
        scan = lab.measurement("scan")
        lab.write(scan, replace(scan, version=2, deleted=True))
        lab.write(facts=(a_fact("d_spacing", Measured(2.0, "angstrom"), scan),))
        assert lab.catalog.facts(lab.visible()) == ()

    def test_a_new_version_can_bring_facts_in_place_of_the_old_ones(self) -> None:
        lab = self.lab()
        scan, other = lab.measurement("scan"), lab.measurement("other")
        old, stays = (a_fact("d_spacing", Measured(2.0, "angstrom"), record) for record in (scan, other))
        lab.write(scan, other, facts=(old, stays))
        new = a_fact("d_spacing", Measured(3.0, "angstrom"), scan)
        second = replace(scan, version=2)
        lab.write(second, facts=(new,), renewed=frozenset({scan.id}))
        assert lab.catalog.facts(lab.visible()) == (stays, new)
        assert lab.catalog.count(parse("d_spacing < 2.5 angstrom"), lab.visible()) == 1
        # What has been replaced does not come back with a record that was deleted and restored.
        lab.write(replace(scan, version=3, deleted=True))
        assert lab.catalog.facts(lab.visible()) == (stays,)
        lab.write(replace(scan, version=4))
        assert lab.catalog.facts(lab.visible()) == (stays, new)

    def test_facts_are_renewed_with_a_version_only(self) -> None:
        lab = self.lab()
        scan = lab.measurement("scan")
        lab.write(scan)
        with pytest.raises(InvalidValue):
            lab.write(renewed=frozenset({scan.id}))

    # Searching

    def test_answers_come_newest_first_page_by_page(self) -> None:
        lab = self.lab()
        records = [lab.measurement(f"scan {i}") for i in range(7)]
        lab.write(*records)
        visible = lab.visible()
        found: list[Record] = []
        after, n_pages = None, 0
        while n_pages == 0 or after is not None:
            page = lab.catalog.find(parse("scan"), visible, limit=3, after=after)
            found += page.records
            after, n_pages = page.next, n_pages + 1
        assert found == records[::-1]
        assert n_pages == 3
        assert lab.catalog.find(EVERYTHING, visible, limit=7).next is None
        with pytest.raises(InvalidValue):
            lab.catalog.find(EVERYTHING, visible, after="nowhere")
        with pytest.raises(InvalidValue):
            lab.catalog.find(EVERYTHING, visible, limit=0)

    def test_a_senseless_question_is_refused(self) -> None:
        lab = self.lab()
        for ask in (lab.catalog.find, lab.catalog.count):
            with pytest.raises(InvalidQuestion):
                ask(Comparison("title", Operator.EQUAL, Measured(5.0)), lab.visible())

    def test_facets_count_the_most_frequent_first(self) -> None:
        lab = self.lab()
        sample = lab.sample("B")
        lab.write(
            sample,
            lab.measurement("1", sample),
            lab.measurement("2", document={"sample_name": "A", "technique": "ir"}),
            lab.measurement(
                "3", document={"sample_name": "C", "technique": "raman"}, scope=lab.scope(Tier.OPEN).number
            ),
            lab.measurement("4", document={"technique": "raman"}),
        )
        facets = {facet: lab.catalog.facets(EVERYTHING, lab.visible(), facet) for facet in Facet}
        assert facets[Facet.KIND] == (("measurement", 4), ("sample", 1))
        assert facets[Facet.TECHNIQUE] == (("raman", 2), ("ir", 1), ("xrd", 1))
        assert facets[Facet.TIER] == (("closed", 4), ("open", 1))
        assert facets[Facet.SAMPLE] == (("B", 2), ("A", 1), ("C", 1))
        assert lab.catalog.facets(EVERYTHING, lab.visible(), Facet.SAMPLE, limit=1) == (("B", 2),)
        assert lab.catalog.facets(parse("technique = ir"), lab.visible(), Facet.SAMPLE) == (("A", 1),)

    # Facts, links, compositions

    def test_facts_come_back_as_they_were_written(self) -> None:
        lab = self.lab()
        scan = lab.measurement("scan")
        doubts = (
            None,
            Uncertainty(value=0.1, origin=Origin.FIT),
            Uncertainty(value=0.2, kind=Kind.EXPANDED, origin=Origin.CERTIFICATE, coverage_factor=2.0),
            Uncertainty(value=0.3, kind=Kind.RESOLUTION, origin=Origin.FILE, distribution=Distribution.NORMAL),
            Uncertainty(value=0.4, origin=Origin.REPEAT, degrees_of_freedom=4.0),
        )
        values = [Measured(0.1 + i, "angstrom", doubt) for i, doubt in enumerate(doubts)]
        values += [Measured(5e-324), Measured(1.7976931348623157e308, "km"), Measured(-0.0, "no_such_unit")]
        facts = [
            a_fact("d_spacing", value, scan, condition={"peak": i, "at": Measured(25.0, "degC"), "phase": ODD_TEXT})
            for i, value in enumerate(values)
        ]
        lab.write(scan, facts=tuple(facts))
        assert lab.catalog.facts(lab.visible()) == tuple(facts)
        assert lab.catalog.facts(lab.visible(), evidence=[scan.id], terms=["d_spacing"]) == tuple(facts)
        assert lab.catalog.facts(lab.visible(), terms=["hardness"]) == ()
        with pytest.raises(Conflict):
            lab.write(facts=(facts[0],))

    def test_facts_are_found_by_evidence_or_subject(self) -> None:
        lab = self.lab()
        one, other = lab.sample("one"), lab.sample("other")
        scan, scan_2 = lab.measurement("scan", one), lab.measurement("scan 2", other)
        facts = (
            a_fact("d_spacing", Measured(1.0, "nm"), scan),
            a_fact("hardness", Measured(1.0, "GPa"), scan_2),
            a_fact("d_spacing", Measured(2.0, "nm"), scan_2, subject=None),
        )
        lab.write(one, other, scan, scan_2, facts=facts)
        ask, visible = lab.catalog.facts, lab.visible()
        assert ask(visible, evidence=[scan_2.id]) == facts[1:]
        assert ask(visible, subjects=[one.id, other.id]) == facts[:2]
        assert ask(visible, subjects=[one.id], evidence=[scan_2.id]) == facts
        assert ask(visible, subjects=[one.id], evidence=[scan_2.id], terms=["d_spacing"]) == (facts[0], facts[2])
        assert ask(visible, evidence=[]) == ()

    def test_links_are_kept_once(self) -> None:
        lab = self.lab()
        film, powder = lab.sample("film"), lab.sample("powder")
        link = a_link(film, Predicate.DERIVED_FROM, powder)
        lab.write(film, powder, links=(link, link))
        lab.write(links=(link,))
        assert lab.catalog.links([powder.id], lab.visible()) == (link,)
        assert lab.catalog.links([film.id, powder.id], lab.visible()) == (link,)
        assert lab.catalog.links([], lab.visible()) == ()

    def test_a_new_composition_replaces_the_old_one(self) -> None:
        lab = self.lab()
        sample = lab.sample("x")
        lab.write(sample, compositions={sample.id: {"Ti": 1 / 3, "O": 2 / 3}})
        assert lab.catalog.compositions([sample.id, new_uuid()], lab.visible()) == {
            sample.id: {"Ti": 1 / 3, "O": 2 / 3}
        }
        lab.write(compositions={sample.id: {"Fe": 1.0}})
        assert lab.catalog.compositions([sample.id], lab.visible()) == {sample.id: {"Fe": 1.0}}
        lab.write(compositions={sample.id: {}})
        assert lab.catalog.compositions([sample.id], lab.visible()) == {}
        with pytest.raises(RecordNotFound):
            lab.write(compositions={new_uuid(): {"Fe": 1.0}})

    # Files, events

    def test_files_come_newest_first_and_change_their_status(self) -> None:
        lab = self.lab()
        archive = lab.file("a.zip", FileStatus.KEPT)
        entries = [
            archive,
            *(lab.file(f"a.zip!/{i}\x00", FileStatus.QUARANTINED, archive=archive.id) for i in range(3)),
        ]
        lab.write(files=tuple(entries), blobs=tuple(map(blob_of, entries)))
        visible, files = lab.visible(), lab.catalog.files
        assert files(visible) == tuple(reversed(entries))
        assert files(visible, limit=2) == (entries[3], entries[2])
        assert files(visible, after=entries[2].id) == (entries[1], entries[0])
        assert files(visible, statuses=[FileStatus.KEPT, FileStatus.STRUCTURED]) == (archive,)
        assert files(visible, checksum=entries[1].checksum) == (entries[1],)
        read = replace(entries[1], status=FileStatus.STRUCTURED, reader="xrdml", reader_version=2, reason="now")
        lab.write(files=(read,))
        assert files(visible, statuses=[FileStatus.STRUCTURED]) == (read,)

    def test_existing_files_are_found_by_path_and_checksum(self) -> None:
        lab = self.lab()
        one = lab.file("a/b.txt")
        same_bytes = lab.file("c.txt", checksum=one.checksum)
        lab.write(files=(one, same_bytes))
        with lab.catalog.writing(lab.visible(), project=lab.project) as writing:
            asked = [(one.path, one.checksum), ("c.txt", checksum_of("c.txt")), ("d.txt", one.checksum)]
            assert writing.existing_files(asked) == {(one.path, one.checksum): one}
        with pytest.raises(Conflict):
            lab.write(files=(replace(one, id=new_uuid()),))

    def test_measurements_of_a_file_come_in_order_of_reading(self) -> None:
        lab = self.lab()
        file = lab.file("three.ras")
        scans = [lab.measurement(f"scan {i}", document={"reading_index": i}) for i in (2, 0, 1)]
        ties = tuple((file.id, scan.id) for scan in scans)
        lab.write(*scans, files=(file,), file_records=ties)
        lab.write(file_records=ties)
        assert [r.title for r in lab.catalog.records_of_file(file.id, lab.visible())] == ["scan 0", "scan 1", "scan 2"]
        assert lab.catalog.files(lab.visible(), record=scans[0].id) == (file,)
        assert lab.catalog.files(lab.visible(), record=new_uuid()) == ()
        assert lab.catalog.records_of_file(new_uuid(), lab.visible()) == ()
        with pytest.raises(RecordNotFound):
            lab.write(file_records=((file.id, new_uuid()),))

    def test_events_come_newest_first(self) -> None:
        lab = self.lab()
        subject = new_uuid()
        events = [
            lab.event("one", subject, details={"n": 1, "name": ODD_TEXT}),
            lab.event("two", at=NOW - timedelta(hours=1)),
            lab.event("three", subject),
        ]
        lab.write(events=tuple(events))
        assert lab.catalog.events(lab.visible()) == (events[2], events[0], events[1])
        assert lab.catalog.events(lab.visible(), subject=subject, limit=1) == (events[2],)

    # Verification

    def test_blobs_are_listed_once_in_order(self) -> None:
        lab = self.lab()
        files = [lab.file(f"{lab.project}/{i}") for i in range(3)]
        for _ in range(2):
            lab.write(blobs=tuple(map(blob_of, files)))
        listed = list(lab.catalog.blobs())
        assert listed == sorted(set(listed), key=lambda b: b.checksum)
        assert set(map(blob_of, files)) <= set(listed)

    def test_what_leads_nowhere_is_found(self) -> None:
        lab = self.lab()
        sound, file = lab.measurement("sound"), lab.file("sound.xrdml")
        lab.write(sound, files=(file,), blobs=(blob_of(file),), file_records=((file.id, sound.id),))
        before = set(lab.catalog.faults())
        scan, gone, lost = lab.measurement("scan", lab.sample("never written")), new_uuid(), lab.file("lost.xrdml")
        link = Link(subject=scan.id, predicate=Predicate.PART_OF, object=gone, scope=scan.scope)
        facts = (
            replace(a_fact("d_spacing", Measured(1.0, "nm"), scan), evidence=gone, subject=None),
            a_fact("d_spacing", Measured(1.0, "nm"), scan, subject=gone),
        )
        lab.write(scan, links=(link,), facts=facts, files=(lost,), file_records=((gone, scan.id),))
        found = set(lab.catalog.faults()) - before
        assert {fault.what for fault in found} == {
            f"link {scan.id} part_of {gone}",
            f"fact {facts[0].id}",
            f"fact {facts[1].id}",
            f"file {gone} of record {scan.id}",
            f"file {lost.id}",
            f"record {scan.id}",
        }
        assert all(str(gone) in f.fault or lost.checksum in f.fault or str(scan.sample) in f.fault for f in found)
