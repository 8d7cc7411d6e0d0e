"""What describes a record, its values, and the right to write are three things, and a catalog tells them apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiban.errors import Refused
from kiban.quantity.measured import Measured
from kiban.query.parse import parse
from kiban.query.question import EVERYTHING
from kiban.records.described import without_values
from kiban.records.link import Predicate
from kiban.records.provenance import Direction
from kiban.records.record import Record
from kiban.records.scope import Tier, Visible
from kiban.store.catalog import Batch, Catalog, Facet
from kiban.testing.catalog_examples import Laboratory, a_fact, a_link, blob_of


class CatalogSetsSuite:
    """Part of `kiban.testing.catalog_suite.CatalogSuite`."""

    def make_catalog(self) -> Catalog:
        """Make the catalog to be tested."""
        raise NotImplementedError

    def described_study(self) -> tuple[Laboratory, dict[str, Record], Visible]:
        """Samples and scans in two scopes, and the set of an asker that reads values in the open one alone."""
        lab = Laboratory(self.make_catalog())
        closed, is_open = lab.scope(Tier.CLOSED).number, lab.scope(Tier.OPEN).number
        far, near = lab.sample("far sample", scope=closed), lab.sample("near sample", scope=is_open)
        described = lab.measurement("described scan", far, scope=closed, document={"operator": "Sato"})
        read = lab.measurement("read scan", near, scope=is_open)
        across = lab.measurement("scan across", far, scope=is_open)
        files = tuple(lab.file(f"{scan.title}.xrdml", scope=scan.scope) for scan in (described, read))
        lab.write(
            *(far, near, described, read, across),
            compositions={far.id: {"Ti": 1.0}, near.id: {"Fe": 1.0}},
            links=(
                a_link(described, Predicate.MEASURED, far),
                a_link(read, Predicate.MEASURED, near),
                a_link(across, Predicate.MEASURED, far),
            ),
            facts=(
                a_fact("d_spacing", Measured(2.0, "angstrom"), described),
                a_fact("d_spacing", Measured(3.0, "angstrom"), read),
                a_fact("hardness", Measured(5.0, "GPa"), across),
            ),
            files=files,
            blobs=tuple(map(blob_of, files)),
            file_records=((files[0].id, described.id), (files[1].id, read.id), (files[1].id, described.id)),
        )
        records = {"far": far, "near": near, "described": described, "read": read, "across": across}
        return lab, records, Visible(frozenset({closed, is_open}), data=frozenset({is_open}))

    def test_what_describes_a_record_is_read_without_its_values(self) -> None:
        lab, records, visible = self.described_study()
        catalog, described = lab.catalog, records["described"]
        assert catalog.count(EVERYTHING, visible) == 5
        assert {r.id for r in catalog.find(EVERYTHING, visible).records} == {r.id for r in records.values()}
        assert catalog.get(described.pid, visible) == without_values(described)
        assert catalog.versions(described.id, visible) == (without_values(described),)
        assert len(catalog.links([described.id, records["far"].id], visible)) == 2
        walk = catalog.walk([described.id], visible, direction=Direction.BACK)
        assert set(walk.depths) == {described.id, records["far"].id}
        assert catalog.facets(EVERYTHING, visible, Facet.SAMPLE) == (("far sample", 3), ("near sample", 2))

    def test_values_and_files_are_given_from_their_own_set_alone(self) -> None:
        lab, records, visible = self.described_study()
        catalog, every = lab.catalog, [r.id for r in records.values()]
        read, across, described = (records[name].id for name in ("read", "across", "described"))
        assert {f.evidence for f in catalog.facts(visible)} == {read, across}
        assert catalog.facts(visible, evidence=[described]) == ()
        assert {f.evidence for f in catalog.facts(visible, subjects=every)} == {read, across}
        assert catalog.compositions(every, visible) == {records["near"].id: {"Fe": 1.0}}
        [file] = catalog.files(visible)
        assert file.path == "read scan.xrdml"
        assert catalog.files(visible, record=described) == ()
        assert [r.id for r in catalog.records_of_file(file.id, visible)] == [read]
        [hidden] = (f for f in catalog.files(lab.visible()) if f.id != file.id)
        assert catalog.files(visible, checksum=hidden.checksum) == ()
        assert catalog.records_of_file(hidden.id, visible) == ()
        nothing = Visible(visible.numbers, data=frozenset())
        assert (catalog.facts(nothing), catalog.files(nothing), catalog.compositions(every, nothing)) == ((), (), {})
        assert catalog.count(EVERYTHING, nothing) == 5
        with catalog.writing(visible, project=lab.project) as writing:
            places = [(f.path, f.checksum) for f in (file, hidden)]
            assert writing.existing_files(places).keys() == {(file.path, file.checksum)}

    @pytest.mark.parametrize(
        ("question", "n_described", "n_read"),
        [
            ('elements HAS "Ti"', 0, 3),  # the scan across is readable, but not what its sample is made of
            ('elements HAS "Fe"', 2, 2),
            ("elements IS KNOWN", 2, 5),
            ("elements IS UNKNOWN", 3, 0),
            ("d_spacing < 2.5 angstrom", 0, 2),
            ("d_spacing > 2.5 angstrom", 2, 2),
            ("d_spacing IS UNKNOWN", 3, 1),
            ("hardness > 1 GPa", 2, 2),  # claimed for the far sample by a scan whose values are readable
            ("NOT d_spacing < 2.5 angstrom", 5, 3),
            ('sample = "far sample"', 3, 3),
            ("described", 1, 1),
            ("operator = Sato", 1, 1),
            ("tier = closed", 2, 2),
        ],
    )
    def test_questions_about_values_do_not_feel_those_that_are_not_read(
        self, question: str, n_described: int, n_read: int
    ) -> None:
        lab, _, visible = self.described_study()
        assert lab.catalog.count(parse(question), visible) == n_described
        assert lab.catalog.count(parse(question), lab.visible()) == n_read
        assert len(lab.catalog.find(parse(question), visible).records) == n_described
        assert sum(n for _, n in lab.catalog.facets(parse(question), visible, Facet.KIND)) == n_described

    def test_what_is_read_is_not_written(self) -> None:
        lab, records, _ = self.described_study()
        closed, is_open = lab.scope(Tier.CLOSED).number, lab.scope(Tier.OPEN).number
        both = frozenset({closed, is_open})
        visible = Visible(both, writable=frozenset({is_open}))
        described, read, far = (records[name] for name in ("described", "read", "far"))
        batches = (
            Batch(records=(lab.sample("x", scope=closed),)),
            Batch(records=(replace(described, version=2),)),
            Batch(records=(replace(described, version=2, scope=is_open),)),
            Batch(records=(replace(read, version=2, scope=closed),)),
            Batch(records=(replace(described, version=2, scope=is_open, deleted=True),)),
            Batch(facts=(a_fact("hardness", Measured(1.0, "GPa"), described),)),
            Batch(links=(a_link(described, Predicate.DERIVED_FROM, read),)),
            Batch(files=(lab.file("x", scope=closed),)),
            Batch(events=(lab.event("x", scope=closed),)),
            Batch(compositions={far.id: {"Au": 1.0}}),
            Batch(compositions={far.id: {}}),
            Batch(file_records=((lab.file("x").id, described.id),)),
        )
        for batch in batches:
            with pytest.raises(Refused), lab.catalog.writing(visible, project=lab.project) as writing:
                writing.add(batch)
        with lab.catalog.writing(visible, project=lab.project) as writing:
            writing.add(Batch(records=(replace(read, version=2, title="written"),)))
        assert lab.catalog.get(read.id, lab.visible()).title == "written"
        assert lab.catalog.get(described.id, lab.visible()) == described
        assert lab.catalog.compositions([far.id], lab.visible()) == {far.id: {"Ti": 1.0}}

    def test_nobody_writes_where_they_do_not_read_the_values(self) -> None:
        lab, records, described = self.described_study()
        visible = Visible(described.numbers, data=described.data, writable=described.numbers)
        with pytest.raises(Refused), lab.catalog.writing(visible, project=lab.project) as writing:
            writing.add(Batch(records=(replace(records["described"], version=2),)))
