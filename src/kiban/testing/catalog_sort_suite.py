"""Answers in the order of a field, an entry or a property, page by page, and alike in every catalog."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiban.errors import InvalidValue
from kiban.quantity.measured import Measured
from kiban.query.answers import Number
from kiban.query.parse import parse
from kiban.query.question import EVERYTHING, Question
from kiban.query.sorting import COMPARED, Key, Order, read_order
from kiban.query.vocabulary import with_terms
from kiban.records.identity import new_uuid
from kiban.records.record import Record, RecordKind
from kiban.records.scope import ScopeTerms, Tier, Visible
from kiban.records.term import PropertyTerm
from kiban.store.catalog import Catalog
from kiban.store.memory_catalog import MemoryCatalog
from kiban.testing.catalog_examples import Laboratory, a_fact
from kiban.testing.catalog_strategies import TIERS, World, worlds
from kiban.testing.question_strategies import ELEMENTS, NUMBER_ENTRIES, TERMS, questions

_KNOWN = with_terms((PropertyTerm(key="firmness", en="Firmness", unit="MPa", merged_into="hardness"),))
_PATHS = (
    *("title", "started", "created", "kind", "technique", "sample", "file", "instrument", "operator", "reader"),
    *("metadata.anode", "metadata.scan.mode", "structure.chemical_formula_reduced", *NUMBER_ENTRIES, *TERMS),
    *("done.temperature", "meant.gas", "nelements", *(f"composition.{element}" for element in ELEMENTS)),
    "mass_fraction.O",
)
# Half and full width, kana with and without their marks, beyond the first plane, private ones that tables use, none at
# all, and so long that they are cut.
_LETTERS = (*"aBｂＡ ｱアガｶﾞか゛が試験﨑", "\U00020bb7", "\uffee", "\ue000", "0000", "e000", "\x00", "ß", "İ", "\u0301")
_TRYING_TEXTS = st.one_of(
    st.text(st.sampled_from([letter for letter in _LETTERS if len(letter) == 1]), max_size=4),
    st.lists(st.sampled_from(_LETTERS), max_size=4).map("".join),
    st.builds(
        lambda n, end: "試" * n + end, st.integers(COMPARED - 4, COMPARED + 1), st.sampled_from(("\ue000a", "b"))
    ),
)
_TRYING_ENTRIES: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from((0.0, -0.0, 5e-324, -1e308, 1e308, 1.0, 1.0 + 2**-52, math.inf, -math.inf, math.nan, 7, None)),
    _TRYING_TEXTS,
)
_LENIENT = settings(
    deadline=None,
    max_examples=6,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors, HealthCheck.data_too_large],
)


def by(text: str) -> Order:
    """The order of that name."""
    order = read_order(text)
    assert order is not None
    return order


class CatalogSortSuite:
    """Part of `kiban.testing.catalog_suite.CatalogSuite`."""

    def make_catalog(self) -> Catalog:
        """Make the catalog to be tested."""
        raise NotImplementedError

    def _titles(self, lab: Laboratory, order: str, visible: Visible | None = None, asked: Question = EVERYTHING,
                limit: int = 2) -> list[str]:  # fmt: skip
        """All titles in the order, asked for page by page."""
        return [record.title for record in _all(lab.catalog, asked, visible or lab.visible(), by(order), limit)[0]]

    def test_the_greatest_or_the_least_value_comes_first_and_unknown_ones_last(self) -> None:
        lab = Laboratory(self.make_catalog())
        hard, soft, mixed, none = (lab.measurement(title) for title in ("hard", "soft", "mixed", "none"))
        values = ((hard, 9.0, "GPa"), (soft, 800.0, "MPa"), (mixed, 5.0, "GPa"), (mixed, 700.0, "MPa"))
        # A value of another dimension is none to sort by.
        facts = [a_fact("hardness", Measured(value, unit), scan) for scan, value, unit in (*values, (none, 9.0, "m"))]
        facts.append(a_fact("hardness", Measured(99.0, "no_such_unit"), none))
        lab.write(hard, soft, mixed, none, facts=tuple(facts))
        assert self._titles(lab, "-hardness") == ["hard", "mixed", "soft", "none"]
        assert self._titles(lab, "hardness") == ["mixed", "soft", "hard", "none"]
        assert self._titles(lab, "硬さ") == ["mixed", "soft", "hard", "none"]
        page = lab.catalog.find(EVERYTHING, lab.visible(), order=by("-hardness"))
        assert page.keys == (Number(9e9, page.keys[0].unit), Number(5e9, page.keys[0].unit),  # type: ignore[union-attr]
                             Number(8e8, page.keys[0].unit), None)  # type: ignore[union-attr]  # fmt: skip

    def test_equals_come_the_newest_first_in_either_direction(self) -> None:
        lab = Laboratory(self.make_catalog())
        scans = [lab.measurement(f"scan {i}") for i in range(7)]
        lab.write(*scans, facts=tuple(a_fact("hardness", Measured(5.0, "GPa"), scan) for scan in scans[:5]))
        for order in ("hardness", "-hardness"):
            assert self._titles(lab, order) == [f"scan {i}" for i in (4, 3, 2, 1, 0, 6, 5)]
        assert self._titles(lab, "-technique") == [f"scan {i}" for i in range(6, -1, -1)]

    def test_samples_are_sorted_by_what_is_claimed_for_them(self) -> None:
        lab = Laboratory(self.make_catalog())
        one, other = lab.sample("one"), lab.sample("other")
        scan, scan_2 = lab.measurement("scan", one), lab.measurement("scan 2", other)
        facts = (a_fact("hardness", Measured(1.0, "GPa"), scan), a_fact("hardness", Measured(2.0, "GPa"), scan_2))
        lab.write(one, other, scan, scan_2, facts=facts)
        assert self._titles(lab, "-hardness", asked=parse("kind = sample")) == ["other", "one"]
        assert self._titles(lab, "-hardness") == ["scan 2", "other", "scan", "one"]

    def test_titles_and_texts_are_compared_folded(self) -> None:
        lab = Laboratory(self.make_catalog())
        lab.write(*(lab.measurement(title) for title in ("b", "Ａ", "c", "試料", "B2")))
        assert self._titles(lab, "title") == ["Ａ", "b", "B2", "c", "試料"]
        assert self._titles(lab, "-title") == ["試料", "c", "B2", "b", "Ａ"]
        assert self._titles(lab, "題名", asked=parse("title STARTS WITH b")) == ["b", "B2"]

    def test_a_very_long_title_is_kept_and_sorted_by_its_beginning(self) -> None:
        lab = Laboratory(self.make_catalog())
        lab.write(*(lab.measurement("試" * 5000 + end) for end in ("b", "a")), lab.measurement("x"))
        assert [title[-1] for title in self._titles(lab, "-title")] == ["a", "b", "x"]

    def test_a_title_of_which_nothing_can_be_compared_comes_last(self) -> None:
        lab = Laboratory(self.make_catalog())
        lab.write(*(lab.measurement(title) for title in ("b", "\x00", "a", "\ud83d")))
        for order, known in (("title", ["a", "b"]), ("-title", ["b", "a"])):
            for limit in (1, 2, 3):
                assert self._titles(lab, order, limit=limit) == [*known, "\ud83d", "\x00"]

    def test_times_are_sorted_and_what_was_never_begun_comes_last(self) -> None:
        lab = Laboratory(self.make_catalog())
        times = {"second": "2024-02-01", "first": "2024-02-01T08:00:00+09:00", "third": "2025-01-01", "never": "soon"}
        lab.write(*(lab.measurement(title, document={"started_at": at}) for title, at in times.items()))
        assert self._titles(lab, "started", limit=1) == ["first", "second", "third", "never"]
        assert self._titles(lab, "-started", limit=1) == ["third", "second", "first", "never"]

    def test_entries_are_sorted_numbers_by_unit_and_before_texts(self) -> None:
        lab = Laboratory(self.make_catalog())
        said = {
            "2 nm": {"value": 2.0, "unit": "nm"},
            "5 angstrom": {"value": 5.0, "unit": "angstrom"},
            "3": 3,
            "word": "word",
            "list": [{"value": 1.0, "unit": "nm"}, "a"],
            "odd": {"value": 4.0, "unit": "kg**3"},
            "both": [{"value": 4.0, "unit": "kg**3"}, {"value": 3.0, "unit": "nm"}, 7],
            "nothing": None,
        }
        lab.write(*(lab.measurement(title, document={"metadata": {"length": entry}}) for title, entry in said.items()))
        assert self._titles(lab, "metadata.length") == [
            "3",
            "both",
            "5 angstrom",
            "list",
            "2 nm",
            "odd",
            "word",
            "nothing",
        ]
        assert self._titles(lab, "-metadata.length") == [
            "both",
            "3",
            "2 nm",
            "list",
            "5 angstrom",
            "odd",
            "word",
            "nothing",
        ]

    def test_values_that_are_not_read_sort_as_unknown(self) -> None:
        lab = Laboratory(self.make_catalog())
        closed, is_open = lab.scope(Tier.CLOSED).number, lab.scope(Tier.OPEN).number
        far, near = lab.sample("far", scope=closed), lab.sample("near", scope=is_open)
        scans = [lab.measurement(f"of {s.title}", s, scope=s.scope) for s in (far, near)]
        lab.write(
            *(far, near, *scans),
            compositions={far.id: {"Ti": 0.9, "O": 0.1}, near.id: {"Ti": 0.1, "O": 0.9}},
            facts=tuple(a_fact("hardness", Measured(v, "GPa"), s) for v, s in zip((9.0, 1.0), scans, strict=True)),
        )
        described = Visible(frozenset({closed, is_open}), data=frozenset({is_open}))
        for order in ("-hardness", "-composition.Ti"):
            assert self._titles(lab, order) == ["of far", "far", "of near", "near"]
            assert self._titles(lab, order, described) == ["of near", "near", "of far", "far"]
            assert self._titles(lab, order, lab.visible(Tier.OPEN)) == ["of near", "near"]
        keys = lab.catalog.find(EVERYTHING, described, order=by("-hardness")).keys
        assert [key is not None for key in keys] == [True, True, False, False]

    def test_a_hidden_sample_gives_no_name_to_sort_by(self) -> None:
        lab = Laboratory(self.make_catalog())
        closed, is_open = lab.scope(Tier.CLOSED).number, lab.scope(Tier.OPEN).number
        hidden, shown = lab.sample("zzz", scope=closed), lab.sample("mmm", scope=is_open)
        document = {"sample_name": "aaa"}
        lab.write(
            hidden, shown,
            lab.measurement("of hidden", hidden, scope=is_open, document=document),
            lab.measurement("of shown", shown, scope=is_open, document=document),
        )  # fmt: skip
        asked = parse("kind = measurement")
        assert self._titles(lab, "-sample", asked=asked) == ["of hidden", "of shown"]
        assert self._titles(lab, "-sample", lab.visible(Tier.OPEN), asked) == ["of shown", "of hidden"]

    def test_fields_of_a_hidden_template_and_hidden_identifiers_give_nothing_to_sort_by(self) -> None:
        lab = Laboratory(self.make_catalog())
        closed, is_open = lab.scope(Tier.CLOSED).number, lab.scope(Tier.OPEN).number
        template = lab.record(RecordKind.TEMPLATE, "Secret", scope=closed, key="Secret")
        secret = lab.sample("secret", scope=closed)
        use = {"id": template.pid, "name": "Secret", "version": 1}
        lab.write(
            *(template, secret),
            *(
                lab.measurement(
                    title, scope=is_open, document={"template": use, "values": {"size": n}, "metadata": {"of": said}}
                )
                for title, n, said in (("one", 1, secret.pid), ("two", 2, "a word"))
            ),
        )
        asked = parse("kind = measurement")
        readers = Visible(lab.visible(Tier.OPEN).numbers, writable=frozenset())
        for order, whole, part in (
            ("field.size", ["one", "two"], ["two", "one"]),
            ("-metadata.of", ["one", "two"], ["two", "one"]),
        ):
            assert self._titles(lab, order, asked=asked) == whole
            assert self._titles(lab, order, readers, asked) == part

    def test_what_is_no_mark_is_refused(self) -> None:
        lab = Laboratory(self.make_catalog())
        lab.write(lab.sample("x"))
        for mark in (
            "nowhere",
            "~",
            f"{new_uuid()}~nx",
            f"{new_uuid()}~ninf~",
            f"{new_uuid()}~m2024",
            f"{new_uuid()}~q",
        ):
            with pytest.raises(InvalidValue):
                lab.catalog.find(EVERYTHING, lab.visible(), order=by("title"), after=mark)

    def test_a_mark_of_another_order_is_refused_or_goes_on_in_this_one(self) -> None:
        lab = Laboratory(self.make_catalog())
        scans = [lab.measurement(f"scan {i}", document={"started_at": "2024-02-01"}) for i in range(3)]
        lab.write(*scans, facts=tuple(a_fact("hardness", Measured(1.0, "GPa"), scan) for scan in scans))
        orders = ("title", "hardness", "-started", "metadata.anode", "-file", "composition.Ti")
        marks = [lab.catalog.find(EVERYTHING, lab.visible(), order=by(order), limit=1).next for order in orders]
        for order in orders:
            for mark in marks:
                try:
                    page = lab.catalog.find(EVERYTHING, lab.visible(), order=by(order), after=mark)
                except InvalidValue:
                    continue
                assert len(page.records) <= 3, (order, mark)

    @given(
        said=st.lists(st.tuples(_TRYING_TEXTS, _TRYING_TEXTS, _TRYING_ENTRIES), min_size=2, max_size=9),
        limit=st.integers(1, 3),
    )
    @settings(_LENIENT, max_examples=25)
    def test_texts_of_all_letters_and_numbers_of_all_sizes_are_sorted_as_the_model_does(
        self, said: list[tuple[str, str, object]], limit: int
    ) -> None:
        project, catalog, model = new_uuid(), self.make_catalog(), MemoryCatalog()
        labs = [Laboratory(each, project=project) for each in (catalog, model)]
        first = labs[0]
        records = [
            first.measurement(
                f"{text}|" if text.strip() == "" else text,
                document={"technique": technique, "operator": text, "metadata": {"x": entry}},
            )
            for text, technique, entry in said
        ]
        facts = tuple(
            a_fact("hardness", Measured(entry, "Pa"), record)
            for record, (_, _, entry) in zip(records, said, strict=True)
            if isinstance(entry, float) and math.isfinite(entry)
        )
        scopes = [lab.scope(Tier.CLOSED).number for lab in labs]
        for lab, scope in zip(labs, scopes, strict=True):
            moved = [replace(record, scope=scope) for record in records]
            lab.write(*moved, facts=tuple(replace(fact, scope=scope) for fact in facts))
        for path in ("title", "operator", "technique", "metadata.x", "hardness"):
            for way in ("", "-"):
                order = by(f"{way}{path}")
                found = _all(catalog, EVERYTHING, first.visible(), order, limit)
                expected = _all(model, EVERYTHING, labs[1].visible(), order, 100)
                assert _ids(found[0]) == _ids(expected[0]), order
                assert found[1] == expected[1], order

    @given(
        world=worlds(),
        asked=st.lists(questions(), min_size=1, max_size=2),
        paths=st.lists(st.sampled_from(_PATHS), min_size=4, max_size=6),
        sets=st.lists(st.tuples(*[st.frozensets(st.sampled_from(range(len(TIERS))))] * 2), min_size=2, max_size=2),
        limit=st.integers(1, 4),
    )
    @_LENIENT
    def test_it_sorts_as_the_model_does(
        self,
        world: World,
        asked: list[Question],
        paths: list[str],
        sets: list[tuple[frozenset[int], frozenset[int]]],
        limit: int,
    ) -> None:
        project = new_uuid()
        catalog, model = self.make_catalog(), MemoryCatalog()
        numbers, model_numbers = _settle(catalog, world, project), _settle(model, world, project)
        both = frozenset(range(len(TIERS)))
        for read, data in ((both, both), *sets):
            visible, model_visible = (
                Visible(frozenset(of[i] for i in read), data=frozenset(of[i] for i in read & data))
                for of in (numbers, model_numbers)
            )
            for question in (EVERYTHING, *asked):
                for path in paths:
                    for way in ("", "-"):
                        order = read_order(f"{way}{path}", _KNOWN)
                        assert order is not None
                        found = _all(catalog, question, visible, order, limit)
                        expected = _all(model, question, model_visible, order, 100)
                        assert _ids(found[0]) == _ids(expected[0]), (question, order)
                        assert found[1] == expected[1], (question, order)
                        assert set(_ids(found[0])) == set(_ids(catalog.find(question, visible, limit=100).records))


def _ids(records: Sequence[Record]) -> list[UUID]:
    return [record.id for record in records]


def _all(
    catalog: Catalog, question: Question, visible: Visible, order: Order, limit: int
) -> tuple[list[Record], list[Key | None]]:
    records: list[Record] = []
    keys: list[Key | None] = []
    after: str | None = None
    while True:
        page = catalog.find(question, visible, limit=limit, after=after, order=order)
        assert len(page.keys) == len(page.records) <= limit
        records += page.records
        keys += page.keys
        after = page.next
        if after is None:
            return records, keys


def _settle(catalog: Catalog, world: World, project: UUID) -> dict[int, int]:
    numbers = {i: catalog.ensure_scope(ScopeTerms(project=project, tier=tier)).number for i, tier in enumerate(TIERS)}
    visible = Visible(frozenset(numbers.values()))
    for batch in world.settled(project, numbers):
        with catalog.writing(visible, project=project) as writing:
            writing.add(batch)
    return numbers
