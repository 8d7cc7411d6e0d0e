"""What is near comes as the model has it, in order, and none of it is, or comes by, what the asker may not read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiban.analysis.similarity.curves import VERSION
from kiban.analysis.similarity.rulers import PLACES
from kiban.errors import InvalidValue
from kiban.query.parse import parse
from kiban.query.question import And, Not, Question, Similar
from kiban.query.similar import with_nearest
from kiban.records.likeness import COMPOSITION, Likeness, Near
from kiban.records.record import Record
from kiban.records.scope import Tier, Visible
from kiban.store import nearest as nearest_rules
from kiban.store.catalog import Batch, Catalog
from kiban.store.memory_catalog import MemoryCatalog
from kiban.testing.catalog_examples import Laboratory, checksum_of

_KINDS = ("xrd", "raman")
_LENIENT = settings(
    deadline=None,
    max_examples=20,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors, HealthCheck.data_too_large],
)


def a_likeness(*lines: int, kind: str = "xrd", low: int = 0, high: int = PLACES, version: int = VERSION) -> Likeness:
    """A curve with lines at these places, as far as they lie in its range."""
    curve = bytearray(PLACES)
    for place in lines:
        for beside, height in ((-1, 90), (0, 255), (1, 90)):
            if low <= place + beside < high:
                curve[place + beside] = height
    return Likeness(kind=kind, version=version, low=low, high=high, curve=bytes(curve))


def near_by(catalog: Catalog, records: dict[str, Record], visible: Visible) -> Callable[[Similar], tuple[Near, ...]]:
    """Looks what is near up, by the short identifiers of records; what may not be read is near nothing."""
    by_pid = {record.pid: record.id for record in records.values()}

    def look_up(asked: Similar) -> tuple[Near, ...]:
        return catalog.nearest(by_pid[asked.record], visible, at_least=asked.at_least or 0.8) or ()

    return look_up


@dataclass(frozen=True)
class _Scan:
    lines: tuple[int, ...]
    kind: str
    span: tuple[int, int]
    tier: Tier
    fate: str


def _scans() -> st.SearchStrategy[list[_Scan]]:
    lines = st.lists(st.sampled_from(range(100, 2000, 95)), min_size=1, max_size=5, unique=True).map(tuple)
    spans = st.sampled_from(((0, PLACES), (0, 1100), (600, PLACES), (0, 400), (1500, PLACES)))
    fates = st.sampled_from(("kept", "kept", "deleted", "renewed", "moved", "restored", "old"))
    scan = st.builds(_Scan, lines, st.sampled_from(_KINDS), spans, st.sampled_from((Tier.OPEN, Tier.CLOSED)), fates)
    return st.lists(scan, min_size=2, max_size=9)


class CatalogLikenessSuite:
    """Part of `kiban.testing.catalog_suite.CatalogSuite`."""

    def make_catalog(self) -> Catalog:
        """Make the catalog to be tested."""
        raise NotImplementedError

    def five(self) -> tuple[Laboratory, dict[str, Record]]:
        """Five scans: one, two that are more and less like it, one of another kind, and a closed twin."""
        lab = Laboratory(self.make_catalog())
        closed, is_open = lab.scope(Tier.CLOSED).number, lab.scope(Tier.OPEN).number
        records = {
            name: lab.measurement(name, scope=closed if name == "secret" else is_open)
            for name in ("one", "near", "far", "other", "secret")
        }
        likenesses = {
            "one": a_likeness(300, 600, 900, 1200),
            "near": a_likeness(300, 600, 900, 1300),
            "far": a_likeness(300, 700, 1000, 1300),
            "other": a_likeness(300, 600, 900, 1200, kind="raman"),
            "secret": a_likeness(300, 600, 900, 1200),
        }
        lab.write(*records.values(), likenesses={records[name].id: each for name, each in likenesses.items()})
        return lab, records

    def test_the_nearest_come_first_with_their_scores(self) -> None:
        lab, records = self.five()
        found = lab.catalog.nearest(records["one"].id, lab.visible(Tier.OPEN), at_least=0.1)
        assert found is not None
        assert [near.record for near in found] == [records["near"].id, records["far"].id]
        assert [near.nearness.score for near in found] == pytest.approx([0.75, 0.25])
        assert lab.catalog.nearest(records["one"].id, lab.visible(Tier.OPEN), at_least=0.5) == found[:1]
        everything = lab.catalog.nearest(records["one"].id, lab.visible(), at_least=0.1)
        assert everything is not None
        assert everything[0].record == records["secret"].id
        assert everything[0].nearness.score == 1.0

    def test_what_may_not_be_read_is_near_nothing_and_nothing_is_near_it(self) -> None:
        lab, records = self.five()
        closed, is_open = lab.scope(Tier.CLOSED), lab.scope(Tier.OPEN)
        both = frozenset({closed.number, is_open.number})
        described = Visible(both, data=frozenset({is_open.number}))
        for visible in (lab.visible(Tier.OPEN), described):
            assert lab.catalog.nearest(records["secret"].id, visible, at_least=0.1) is None
            found = lab.catalog.nearest(records["one"].id, visible, at_least=0.1)
            assert found is not None
            assert records["secret"].id not in {near.record for near in found}
            assert lab.catalog.likenesses([r.id for r in records.values()], visible).keys() == {
                record.id for name, record in records.items() if name != "secret"
            }
        assert lab.catalog.nearest(records["one"].id, Visible(frozenset()), at_least=0.1) is None
        assert lab.catalog.nearest(records["one"].id, Visible(both, data=frozenset()), at_least=0.1) is None

    def test_an_answer_in_order_of_nearness_goes_on_where_it_stopped(self) -> None:
        lab, records = self.five()
        visible = lab.visible()
        asked = with_nearest(
            parse(f"SIMILAR TO {records['one'].pid} WITHIN 0.1"), near_by(lab.catalog, records, visible)
        )
        titles, after = [], None
        while True:
            page = lab.catalog.find(asked, visible, limit=1, after=after)
            titles += [record.title for record in page.records]
            if page.next is None:
                break
            after = page.next
        assert titles == ["secret", "near", "far"]
        assert lab.catalog.count(asked, visible) == 3
        with pytest.raises(InvalidValue, match="no mark"):
            lab.catalog.find(asked, visible, after="somewhere")
        with pytest.raises(InvalidValue, match="not any more"):
            lab.catalog.find(asked, visible, after=str(records["other"].id))

    def test_it_stands_beside_other_conditions(self) -> None:
        lab, records = self.five()
        visible, pid = lab.visible(), records["one"].pid
        for text, titles in {
            f"SIMILAR TO {pid} WITHIN 0.1 AND tier = open": ["near", "far"],
            f"NOT title = near AND SIMILAR TO {pid} WITHIN 0.2": ["secret", "far"],
            f"kind = measurement AND NOT SIMILAR TO {pid} WITHIN 0.5": ["other", "far", "one"],
            f"SIMILAR TO {pid} WITHIN 0.2 AND (title = far OR title = one)": ["far"],
        }.items():
            asked = with_nearest(parse(text), near_by(lab.catalog, records, visible))
            assert [record.title for record in lab.catalog.find(asked, visible).records] == titles, text
            assert lab.catalog.count(asked, visible) == len(titles)

    def test_it_follows_its_record(self) -> None:
        lab, records = self.five()
        one, secret = records["one"], records["secret"]
        with lab.catalog.writing(lab.visible(), project=lab.project) as writing:
            writing.move({secret.id: lab.scope(Tier.OPEN).number})
        outsider = lab.visible(Tier.OPEN)
        found = lab.catalog.nearest(one.id, outsider, at_least=0.9)
        assert found is not None
        assert [near.record for near in found] == [secret.id]
        secret = replace(secret, scope=lab.scope(Tier.OPEN).number)
        lab.write(replace(secret, version=2, deleted=True))
        assert lab.catalog.nearest(one.id, outsider, at_least=0.9) == ()
        assert lab.catalog.nearest(secret.id, outsider, at_least=0.9) is None
        lab.write(replace(secret, version=3, scope=lab.scope(Tier.CLOSED).number))
        assert lab.catalog.nearest(one.id, outsider, at_least=0.9) == ()
        assert lab.catalog.nearest(one.id, lab.visible(), at_least=0.9) == found
        # Read anew without anything to be compared by.
        last = replace(secret, version=4, scope=lab.scope(Tier.CLOSED).number)
        lab.write(last, renewed=frozenset({last.id}))
        assert lab.catalog.nearest(one.id, lab.visible(), at_least=0.9) == ()

    def test_a_version_of_another_file_has_none_but_the_one_that_comes_with_it(self) -> None:
        lab, records = self.five()
        one, near, visible = records["one"], records["near"], lab.visible()
        # What people say of it changes nothing.
        two = replace(near, version=2, document={**near.document, "values": {"x": 1}})
        lab.write(two)
        found = lab.catalog.nearest(one.id, visible, at_least=0.7)
        assert [each.record for each in found or ()] == [records["secret"].id, near.id]
        three = replace(two, version=3, document={**two.document, "normalised": checksum_of("another")})
        lab.write(three, likenesses={near.id: a_likeness(300, 600, 900, 1200)})
        found = lab.catalog.nearest(near.id, visible, at_least=1.0)
        assert {each.record for each in found or ()} == {one.id, records["secret"].id}
        # An earlier version is brought back without what it was compared by: the curve of version 3 is none of its.
        lab.write(replace(three, version=4, document=two.document))
        assert lab.catalog.nearest(near.id, visible, at_least=0.1) is None
        assert near.id not in {each.record for each in lab.catalog.nearest(one.id, visible, at_least=0.1) or ()}
        lab.write(replace(three, version=5), likenesses={near.id: a_likeness(300, 600, 900, 1200)})
        assert lab.catalog.nearest(near.id, visible, at_least=1.0) == found

    def test_samples_are_near_by_what_they_are_made_of(self) -> None:
        lab = Laboratory(self.make_catalog())
        names = {
            "titanate": {"Ca": 0.2, "Ti": 0.2, "O": 0.6},
            "strontium": {"Sr": 0.2, "Ti": 0.2, "O": 0.6},
            "zirconate": {"Ca": 0.2, "Zr": 0.2, "O": 0.6},
            "iron": {"Fe": 1.0},
            "beyond": {"Og": 1.0},
        }
        records = {name: lab.sample(name) for name in names}
        lab.write(*records.values(), compositions={records[name].id: each for name, each in names.items()})
        visible = lab.visible()
        found = lab.catalog.nearest(records["titanate"].id, visible, at_least=0.5)
        assert found is not None
        assert [near.record for near in found] == [records["strontium"].id, records["zirconate"].id]
        assert [near.nearness.distance for near in found] == pytest.approx([0.2, 0.4])
        assert lab.catalog.nearest(records["beyond"].id, visible, at_least=0.5) is None
        # What a sample is made of is stated anew.
        lab.write(compositions={records["strontium"].id: {"Fe": 0.99, "C": 0.01}})
        [near] = lab.catalog.nearest(records["iron"].id, visible, at_least=0.5) or ()
        assert near.record == records["strontium"].id

    def test_a_likeness_of_a_composition_is_worked_out_and_never_given(self) -> None:
        lab = Laboratory(self.make_catalog())
        sample = lab.sample("a")
        with pytest.raises(InvalidValue, match="composition"):
            lab.write(sample, likenesses={sample.id: Likeness(kind=COMPOSITION, version=1)})

    def test_nothing_is_near_what_has_no_likeness_of_today(self) -> None:
        lab = Laboratory(self.make_catalog())
        records = [lab.measurement(title) for title in ("none", "old", "tried", "new")]
        likenesses = {
            records[1].id: a_likeness(300, version=VERSION - 1),
            records[2].id: Likeness(kind="", version=VERSION),
            records[3].id: a_likeness(300),
        }
        lab.write(*records, likenesses=likenesses)
        visible = lab.visible()
        assert lab.catalog.nearest(records[0].id, visible, at_least=0.1) is None
        assert lab.catalog.nearest(records[1].id, visible, at_least=0.1) is None
        assert lab.catalog.nearest(records[2].id, visible, at_least=0.1) is None
        assert lab.catalog.nearest(records[3].id, visible, at_least=0.1) == ()

    @given(
        scans=_scans(),
        fractions=st.lists(
            st.dictionaries(st.sampled_from(("Ti", "O", "Fe", "Og")), st.sampled_from((0.1, 0.3, 1.0)), max_size=3),
            max_size=4,
        ),
        at_least=st.sampled_from((0.05, 0.5, 0.8)),
        limits=st.sampled_from(((2000, 500), (3, 2))),
    )
    @_LENIENT
    def test_what_is_near_is_what_the_model_finds(
        self,
        scans: list[_Scan],
        fractions: list[dict[str, float]],
        at_least: float,
        limits: tuple[int, int],
    ) -> None:
        with mock.patch.multiple(nearest_rules, ROUGHLY=limits[0], CANDIDATES=limits[1]):
            self._is_as_in_the_model(scans, fractions, at_least)

    def _is_as_in_the_model(self, scans: list[_Scan], fractions: list[dict[str, float]], at_least: float) -> None:
        catalogs: list[Catalog] = [self.make_catalog(), MemoryCatalog()]
        labs = [Laboratory(catalog) for catalog in catalogs]
        labs[1].project = labs[0].project
        made = _made(labs[0], scans, fractions)
        for lab in labs:
            _write(lab, labs[0], made)
        for i in range(3):
            ours, model = ((lab.visible(), lab.visible(Tier.OPEN), _described(lab))[i] for lab in labs)
            for record in made.records.values():
                one = catalogs[0].nearest(record.id, ours, at_least=at_least)
                assert one == catalogs[1].nearest(record.id, model, at_least=at_least)
                near = Similar(record.pid, at_least)
                for question in (near, And((near, parse("tier = open"))), Not(near)):
                    assert _found(catalogs[0], question, made.records, ours) == _found(
                        catalogs[1], question, made.records, model
                    )


@dataclass(frozen=True)
class _Made:
    records: dict[str, Record]
    scans: dict[str, _Scan]
    batch: Batch


def _made(lab: Laboratory, scans: list[_Scan], fractions: list[dict[str, float]]) -> _Made:
    named = {f"scan {i}": scan for i, scan in enumerate(scans)}
    records = {name: lab.measurement(name, scope=lab.scope(scan.tier).number) for name, scan in named.items()}
    samples = {f"sample {i}": lab.sample(f"sample {i}") for i in range(len(fractions))}
    likenesses = {
        records[name].id: a_likeness(
            *scan.lines, kind=scan.kind, low=scan.span[0], high=scan.span[1], version=VERSION - (scan.fate == "old")
        )
        for name, scan in named.items()
    }
    compositions = {record.id: each for record, each in zip(samples.values(), fractions, strict=True)}
    batch = Batch(records=(*records.values(), *samples.values()), likenesses=likenesses, compositions=compositions)
    return _Made(records | samples, named, batch)


def _write(lab: Laboratory, like: Laboratory, made: _Made) -> None:
    number = {like.scope(tier).number: lab.scope(tier).number for tier in (Tier.OPEN, Tier.CLOSED)}

    def here(record: Record, **changes: Any) -> Record:
        return replace(record, scope=number[record.scope], **changes)

    batch = replace(made.batch, records=tuple(map(here, made.batch.records)))
    with lab.catalog.writing(lab.visible(), project=lab.project) as writing:
        writing.add(batch)
    for name, scan in made.scans.items():
        record = here(made.records[name])
        match scan.fate:
            case "deleted":
                lab.write(replace(record, version=2, deleted=True))
            case "restored":
                lab.write(replace(record, version=2, deleted=True))
                lab.write(replace(record, version=3))
            case "renewed":
                lab.write(
                    replace(record, version=2),
                    renewed=frozenset({record.id}),
                    likenesses={record.id: a_likeness(*scan.lines, 1000, kind=scan.kind)},
                )
            case "moved":
                with lab.catalog.writing(lab.visible(), project=lab.project) as writing:
                    writing.move({record.id: lab.scope(Tier.OPEN).number})


def _described(lab: Laboratory) -> Visible:
    """What somebody sees who may read the values of what is open alone."""
    return Visible(lab.visible().numbers, data=frozenset({lab.scope(Tier.OPEN).number}))


def _found(catalog: Catalog, question: Question, records: dict[str, Record], visible: Visible) -> list[str]:
    looked_up = with_nearest(question, near_by(catalog, records, visible))
    return [record.title for record in catalog.find(looked_up, visible).records]
