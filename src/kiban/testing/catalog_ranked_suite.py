"""Answers come by how well the words of the question fit them: in whole numbers, page by page, as far as they go."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiban.errors import InvalidValue
from kiban.query.parse import parse
from kiban.query.question import And, Comparison, Not, Operator, Or, Question, Words
from kiban.records.identity import new_uuid
from kiban.records.record import Record, RecordKind
from kiban.records.scope import ScopeTerms, Tier, Visible
from kiban.store.catalog import Batch, Catalog
from kiban.store.memory_catalog import MemoryCatalog
from kiban.testing.catalog_examples import Laboratory

_SOMETHING = "01a21bac-7f02-748b-b56a-395d6f118cc5"
_TEXTS = ("LTO", "LTO-7", "the LTO film", "film", "電池", "全固体電池", "ｶﾞﾗｽ", "エネルギー", "7", "x")
# The catalog is the same for all examples, each of which works in a project of its own.
_LENIENT = settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.differing_executors])
_ASKED = ("LTO", "LTO-7", "film", "電池", "ガラス", "エネルギ", "LTO film", "7 film 電池")


def _asked() -> st.SearchStrategy[Question]:
    words = st.sampled_from(_ASKED).map(Words)
    scan = Comparison("kind", Operator.EQUAL, "measurement")
    return st.one_of(
        words,
        st.builds(lambda one, other: Or((one, other)), words, words),
        st.builds(lambda one: And((one, scan)), words),
        st.builds(lambda one, other: And((one, Not(other))), words, words),
        st.just(scan),
    )


def _documents() -> st.SearchStrategy[dict[str, Any]]:
    text = st.sampled_from(_TEXTS)
    return st.fixed_dictionaries(
        {},
        optional={
            "operator": text,
            "file_name": text,
            "sample_name": text,
            "metadata": st.dictionaries(st.sampled_from(("a", "film")), text),
            "values": st.dictionaries(st.just("a"), text),
            "analyses": st.lists(st.builds(lambda t: {"summary": t}, text), max_size=1),
        },
    )


class CatalogRankedSuite:
    """Part of `kiban.testing.catalog_suite.CatalogSuite`."""

    def make_catalog(self) -> Catalog:
        """Make the catalog to be tested."""
        raise NotImplementedError

    def lab(self) -> Laboratory:
        """A project of its own."""
        return Laboratory(self.make_catalog())

    def test_titles_come_before_notes_and_metadata_and_whole_words_before_parts(self) -> None:
        lab = self.lab()
        records = [
            lab.measurement("best", document={"file_name": "a", "metadata": {"remark": "LTO"}}),
            lab.measurement("LTO-7", document={"file_name": "b"}),
            lab.measurement("note", document={"file_name": "c", "operator": "LTO"}),
            lab.measurement("film of LTO", document={"file_name": "d"}),
            lab.measurement("part", document={"file_name": "LTO_1"}),
            lab.measurement("old LTO", document={"file_name": "e"}),
        ]
        lab.write(*records)
        found = lab.catalog.ranked(parse("lto"), lab.visible())
        assert [r.title for r in found.records] == ["old LTO", "film of LTO", "LTO-7", "note", "part", "best"]
        assert (found.next, found.is_cut) == (None, False)

    def test_only_the_newest_of_very_many_are_ranked_and_the_others_follow(self) -> None:
        lab = self.lab()
        titles = ["LTO", "x", "LTO", "x", "LTO", "x", "LTO"]
        lab.write(*(lab.measurement(f"{t} {i}", document={"operator": "LTO"}) for i, t in enumerate(titles)))
        question, expected = parse("lto"), ["LTO 6", "LTO 4", "x 5", "x 3", "LTO 2", "x 1", "LTO 0"]
        for limit in (1, 2, 3, 4, 5, 7):
            found, after = list[str](), None
            while True:
                page = lab.catalog.ranked(question, lab.visible(), limit=limit, after=after, most=4)
                assert page.is_cut
                assert len(page.records) <= limit
                found += [r.title for r in page.records]
                after = page.next
                if after is None:
                    break
            assert found == expected, limit

    def test_a_page_goes_on_with_the_same_ranked_answers_after_others_have_come(self) -> None:
        lab = self.lab()
        lab.write(*(lab.measurement(f"LTO {i}") for i in range(4)), *(lab.measurement("x LTO-7") for _ in range(2)))
        question = parse("lto")
        first = lab.catalog.ranked(question, lab.visible(), limit=2, most=5)
        assert [r.title for r in first.records] == ["LTO 3", "LTO 2"]
        lab.write(lab.measurement("LTO new"), lab.measurement("LTO-8"))
        rest = lab.catalog.ranked(question, lab.visible(), after=first.next, most=5)
        assert [r.title for r in rest.records] == ["LTO 1", "LTO-8", "x LTO-7", "x LTO-7", "LTO 0"]

    def test_what_comes_meanwhile_pushes_nothing_out_that_was_to_be_ranked(self) -> None:
        lab = self.lab()
        lab.write(*(lab.measurement(f"LTO {i}") for i in range(3)))
        first = lab.catalog.ranked(parse("lto"), lab.visible(), limit=1, most=3)
        lab.write(*(lab.measurement(f"LTO-{i}") for i in range(3)))
        rest = lab.catalog.ranked(parse("lto"), lab.visible(), after=first.next, most=3)
        assert [r.title for r in (*first.records, *rest.records)] == [
            *("LTO 2", "LTO 1", "LTO 0"),
            *("LTO-2", "LTO-1", "LTO-0"),
        ]

    def test_words_in_fields_of_a_hidden_template_take_no_place_among_those_that_are_ranked(self) -> None:
        lab = self.lab()
        is_open = lab.scope(Tier.OPEN).number
        hidden = lab.record(RecordKind.TEMPLATE, "Secret", scope=lab.scope(Tier.CLOSED).number, key="secret")
        use = {"id": hidden.pid, "name": hidden.title, "version": 1}
        document = {"template": use, "values": {"grade": "LTO"}}
        lab.write(
            hidden,
            *(lab.measurement(f"LTO {i}", scope=is_open) for i in range(3)),
            *(lab.measurement(f"secret {i}", scope=is_open, document=document) for i in range(4)),
        )
        found = lab.catalog.ranked(parse("lto"), lab.visible(Tier.OPEN), most=2)
        assert [r.title for r in found.records] == ["LTO 2", "LTO 1", "LTO 0"]
        assert len(lab.catalog.ranked(parse("lto"), lab.visible(), most=9).records) == 7

    def test_what_is_hidden_is_not_ranked_and_what_is_withheld_does_not_count(self) -> None:
        lab = self.lab()
        hidden, open_ = lab.scope(Tier.CLOSED).number, lab.scope(Tier.OPEN).number
        lab.write(
            lab.measurement("LTO hidden", scope=hidden),
            lab.measurement("x LTO-7", scope=open_, document={"analyses": [{"summary": "LTO"}]}),
            lab.measurement("y LTO-7", scope=open_),
        )
        sees = Visible(frozenset({open_}), frozenset(), frozenset())
        found = lab.catalog.ranked(parse("lto"), sees)
        assert [r.title for r in found.records] == ["y LTO-7", "x LTO-7"]
        assert found.records[1].document["analyses"] == ()

    @pytest.mark.parametrize("after", ["x", f"{_SOMETHING}~1", f"{_SOMETHING}~x.{_SOMETHING}"])
    def test_a_mark_of_something_else_is_refused(self, after: str) -> None:
        lab = self.lab()
        with pytest.raises(InvalidValue):
            lab.catalog.ranked(parse("lto"), lab.visible(), after=after)

    @given(
        said=st.lists(st.tuples(st.sampled_from(_TEXTS), _documents(), st.sampled_from(Tier)), min_size=1, max_size=8),
        asked=st.lists(_asked(), min_size=3, max_size=4),
        limit=st.integers(1, 4),
        most=st.integers(1, 6),
    )
    @_LENIENT
    def test_it_ranks_as_the_model_does(
        self, said: list[tuple[str, dict[str, Any], Tier]], asked: list[Question], limit: int, most: int
    ) -> None:
        catalog, model, project = self.make_catalog(), MemoryCatalog(), new_uuid()
        tiers = (Tier.OPEN, Tier.CLOSED)
        places = [
            [one.ensure_scope(ScopeTerms(project=project, tier=tier)).number for tier in tiers]
            for one in (catalog, model)
        ]
        lab = Laboratory(catalog, project)
        records = [
            lab.measurement(title, document=document, scope=tiers.index(tier) if tier in tiers else 0)
            for title, document, tier in said
        ]
        for one, numbers in zip((catalog, model), places, strict=True):
            placed = tuple(replace(record, scope=numbers[record.scope]) for record in records)
            with one.writing(Visible(frozenset(numbers)), project=project) as writing:
                writing.add(Batch(records=placed))
        for question in asked:
            for seen, data in ((tiers, tiers), (tiers[:1], ())):
                told = [
                    _all_pages(
                        one,
                        question,
                        Visible(
                            frozenset(numbers[tiers.index(tier)] for tier in seen),
                            frozenset(numbers[tiers.index(tier)] for tier in data),
                            frozenset(),
                        ),
                        limit,
                        most,
                    )
                    for one, numbers in zip((catalog, model), places, strict=True)
                ]
                assert told[0] == told[1], question


def _all_pages(catalog: Catalog, question: Question, visible: Visible, limit: int, most: int) -> list[object]:
    found: list[object] = []
    after = None
    for _ in range(20):
        page = catalog.ranked(question, visible, limit=limit, after=after, most=most)
        found.append(([_plain(record) for record in page.records], page.is_cut, page.next is None))
        after = page.next
        if after is None:
            break
    return found


def _plain(record: Record) -> object:
    return record.id, record.title, dict(record.document)
