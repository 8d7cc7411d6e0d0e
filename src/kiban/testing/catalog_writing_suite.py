"""What a transaction of a catalog promises: all or nothing, one at a time in a project, keys and scopes once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from kiban.errors import Conflict, IdentifierTaken, InvalidValue
from kiban.query.question import EVERYTHING
from kiban.records.identity import new_uuid
from kiban.records.record import RecordKind
from kiban.records.scope import ScopeTerms, Tier
from kiban.store.catalog import Batch, Catalog
from kiban.testing.catalog_examples import Laboratory, blob_of


class CatalogWritingSuite:
    """Part of `kiban.testing.catalog_suite.CatalogSuite`."""

    def make_catalog(self) -> Catalog:
        """Make the catalog to be tested."""
        raise NotImplementedError

    def lab(self) -> Laboratory:
        """A new project in the catalog."""
        return Laboratory(self.make_catalog())

    def test_existing_records_are_found_by_key_within_project_and_kind(self) -> None:
        lab = self.lab()
        other = Laboratory(lab.catalog)
        sample = lab.sample("LTO-7")
        scan = lab.measurement("scan", key="LTO-7")
        gone = lab.sample("gone")
        lab.write(sample, scan, gone, replace(gone, version=2, deleted=True))
        other.write(other.sample("LTO-8"))
        with lab.catalog.writing(lab.visible(), project=lab.project) as writing:
            found = writing.existing(RecordKind.SAMPLE, ["LTO-7", "LTO-8", "gone", "LTO-7"])
            assert found == {"LTO-7": sample}
            assert writing.existing(RecordKind.SAMPLE, []) == {}
            pids = [sample.pid, scan.pid, gone.pid, "kb:0000-0000-00"]
            assert writing.existing_pids(RecordKind.SAMPLE, pids) == {sample.pid: sample}
            assert writing.existing_pids(RecordKind.SAMPLE, []) == {}
            fresh = lab.sample("fresh")
            writing.add(Batch(records=(fresh,)))
            assert writing.existing(RecordKind.SAMPLE, ["fresh"]) == {"fresh": fresh}

    def test_a_key_belongs_to_one_record_of_a_kind(self) -> None:
        lab = self.lab()
        sample = lab.sample("LTO-7")
        lab.write(sample, lab.measurement("x", key="LTO-7"), lab.measurement("no key"), lab.measurement("no key"))
        with pytest.raises(Conflict) as caught:
            lab.write(lab.sample("LTO-7"))
        assert not isinstance(caught.value, IdentifierTaken)
        lab.write(replace(sample, version=2, deleted=True), lab.sample("LTO-7"))
        with pytest.raises(Conflict):
            lab.write(replace(sample, version=3))
        other = Laboratory(lab.catalog)
        other.write(other.sample("LTO-7"))

    def test_what_is_hidden_takes_no_key_and_no_place(self) -> None:
        lab = self.lab()
        closed, is_open = lab.visible(Tier.CLOSED), lab.visible(Tier.OPEN)
        here: dict[str, Any] = {"scope": lab.scope(Tier.OPEN).number}
        hidden, file = lab.sample("LTO-7"), lab.file("a.xrdml")
        lab.write(hidden, files=(file,), blobs=(blob_of(file),), visible=closed)
        place = (file.path, file.checksum)
        with lab.catalog.writing(is_open, project=lab.project) as writing:
            assert writing.existing(RecordKind.SAMPLE, ["LTO-7"]) == {}
            assert writing.existing_files([place]) == {}
        own, own_file = lab.sample("LTO-7", **here), lab.file("a.xrdml", **here)
        other = lab.sample("LTO-8", **here)
        lab.write(own, other, files=(own_file,), blobs=(blob_of(own_file),), visible=is_open)
        for again in (lab.sample("LTO-7", **here), replace(other, version=2, key="LTO-7")):
            with pytest.raises(Conflict):
                lab.write(again, visible=is_open)
        with pytest.raises(Conflict):
            lab.write(files=(lab.file("a.xrdml", **here),), visible=is_open)
        for first, record, entry in (
            (lab.scope(Tier.OPEN).number, own, own_file),
            (lab.scope(Tier.CLOSED).number, hidden, file),
            (None, hidden, file),
            (-1, hidden, file),
        ):
            with lab.catalog.writing(lab.visible(), project=lab.project) as writing:
                assert writing.existing(RecordKind.SAMPLE, ["LTO-7"], first=first) == {"LTO-7": record}
                assert writing.existing_files([place], first=first) == {place: entry}

    def test_whoever_sees_a_key_in_another_scope_does_not_take_it(self) -> None:
        lab = self.lab()
        here: dict[str, Any] = {"scope": lab.scope(Tier.OPEN).number}
        one, file = lab.sample("LTO-7"), lab.file("a.xrdml")
        lab.write(one, files=(file,), blobs=(blob_of(file),))
        with pytest.raises(Conflict):
            lab.write(lab.sample("LTO-7", **here))
        with pytest.raises(Conflict):
            lab.write(lab.sample("LTO-8"), lab.sample("LTO-8", **here))
        with pytest.raises(Conflict):
            lab.write(files=(lab.file("a.xrdml", **here),))
        with pytest.raises(Conflict):
            lab.write(files=(lab.file("b.xrdml"), lab.file("b.xrdml", **here)))
        lab.write(lab.sample("LTO-7", **here), visible=lab.visible(Tier.OPEN))
        # What has its key already keeps it, whoever else has it.
        lab.write(replace(one, version=2, title="LTO-7, ground"))
        lab.write(replace(one, version=3, deleted=True))
        with pytest.raises(Conflict):
            lab.write(replace(one, version=4))
        lab.write(replace(one, version=4), visible=lab.visible(Tier.CLOSED))

    def test_a_short_identifier_that_is_taken_is_told_apart(self) -> None:
        lab = self.lab()
        one = lab.sample("one")
        lab.write(one)
        with pytest.raises(IdentifierTaken) as caught:
            lab.write(lab.sample("two", pid=one.pid))
        assert one.pid in caught.value.fault
        other = Laboratory(lab.catalog)
        with pytest.raises(IdentifierTaken):
            other.write(other.sample("three", pid=one.pid))

    def test_an_error_undoes_everything(self) -> None:
        lab = self.lab()

        def write_and_fail() -> None:
            with lab.catalog.writing(lab.visible(), project=lab.project) as writing:
                writing.add(Batch(records=(lab.sample("one"),), events=(lab.event("made"),)))
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            write_and_fail()
        assert lab.catalog.count(EVERYTHING, lab.visible()) == 0
        assert lab.catalog.events(lab.visible()) == ()

    def test_an_error_that_is_overlooked_undoes_everything_all_the_same(self) -> None:
        lab = self.lab()

        def write_on() -> None:
            with lab.catalog.writing(lab.visible(), project=lab.project) as writing:
                one = lab.sample("one")
                writing.add(Batch(records=(one,)))
                with pytest.raises(Conflict):
                    writing.add(Batch(records=(one,)))
                with pytest.raises(Conflict):
                    writing.existing(RecordKind.SAMPLE, ["one"])

        with pytest.raises(Conflict):
            write_on()
        assert lab.catalog.count(EVERYTHING, lab.visible()) == 0

    def test_nothing_is_seen_before_the_end(self) -> None:
        lab = self.lab()
        with lab.catalog.writing(lab.visible(), project=lab.project) as writing:
            writing.add(Batch(records=(lab.sample("one"),)))
            assert lab.catalog.count(EVERYTHING, lab.visible()) == 0
        assert lab.catalog.count(EVERYTHING, lab.visible()) == 1

    def test_many_may_look_for_a_key_and_only_one_adds_it(self) -> None:
        lab = self.lab()
        visible = lab.visible()
        start = threading.Barrier(4)

        def find_or_add(_: int) -> None:
            start.wait()
            with lab.catalog.writing(visible, project=lab.project) as writing:
                if not writing.existing(RecordKind.SAMPLE, ["LTO-7"]):
                    writing.add(Batch(records=(lab.sample("LTO-7"),)))

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(find_or_add, range(4)))
        assert lab.catalog.count(EVERYTHING, visible) == 1

    def test_everything_belongs_to_the_project_that_is_written_to(self) -> None:
        lab = self.lab()
        for batch in (
            Batch(records=(lab.sample("x", project=new_uuid()),)),
            Batch(files=(lab.file("x", project=new_uuid()),)),
        ):
            with pytest.raises(InvalidValue), lab.catalog.writing(lab.visible(), project=lab.project) as writing:
                writing.add(batch)

    def test_a_scope_is_made_once(self) -> None:
        lab = self.lab()
        start = threading.Barrier(4)

        def ensure(_: int) -> int:
            start.wait()
            return lab.catalog.ensure_scope(ScopeTerms(project=lab.project, tier=Tier.OPEN)).number

        with ThreadPoolExecutor(4) as pool:
            assert len(set(pool.map(ensure, range(4)))) == 1
        agreement = new_uuid()
        scopes = [lab.scope(Tier.OPEN), lab.scope(Tier.SHARED, agreement), lab.scope(Tier.SHARED, new_uuid())]
        assert len({scope.number for scope in scopes}) == 3
        assert set(scopes) <= set(lab.catalog.scopes())
        with pytest.raises(InvalidValue):
            lab.scope(Tier.SHARED)
