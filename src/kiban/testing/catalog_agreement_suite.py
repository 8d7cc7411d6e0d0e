"""A catalog answers as the in-memory one does, on generated records and generated questions."""

from __future__ import annotations

from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiban.errors import KibanError
from kiban.query.question import EVERYTHING, Question
from kiban.query.settled import settled
from kiban.query.vocabulary import with_terms
from kiban.records.identity import new_uuid
from kiban.records.record import Record
from kiban.records.scope import ScopeTerms, Visible
from kiban.records.term import PropertyTerm
from kiban.store.catalog import Catalog, Count, Facet
from kiban.store.memory_catalog import MemoryCatalog
from kiban.testing.catalog_strategies import TIERS, World, worlds
from kiban.testing.catalog_sweep import sweep_questions, sweep_world
from kiban.testing.question_strategies import comparisons, questions

_MERGED = with_terms((PropertyTerm(key="firmness", en="Firmness", unit="MPa", merged_into="hardness"),))
_PLACES = st.frozensets(st.sampled_from(range(len(TIERS))))
# The catalog is the same for all examples, each of which works in a project of its own.
_LENIENT = settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors, HealthCheck.data_too_large],
)


class CatalogAgreementSuite:
    """Part of `kiban.testing.catalog_suite.CatalogSuite`."""

    def make_catalog(self) -> Catalog:
        """Make the catalog to be tested."""
        raise NotImplementedError

    @given(
        world=worlds(),
        asked=st.lists(comparisons(), min_size=12, max_size=20),
        nested=st.lists(questions(), min_size=2, max_size=4),
    )
    @_LENIENT
    def test_it_answers_as_the_model_does(self, world: World, asked: list[Question], nested: list[Question]) -> None:
        project = new_uuid()
        catalog, model = self.make_catalog(), MemoryCatalog()
        numbers = _settle(catalog, world, project)
        model_numbers = _settle(model, world, project)
        for places in ((0, 1), (0,), (1,), ()):
            visible = Visible(frozenset(numbers[i] for i in places))
            model_visible = Visible(frozenset(model_numbers[i] for i in places))
            assert _state(catalog, visible, world) == _state(model, model_visible, world)
            merged = [settled(question, _MERGED) for question in nested]
            for question in (*asked, *nested, *merged) if places else nested:
                one, other = catalog.find(question, visible), model.find(question, model_visible)
                assert [r.id for r in one.records] == [r.id for r in other.records], question
            assert catalog.count(nested[0], visible) == model.count(nested[0], model_visible)
            _assert_same_facets(catalog, visible, model, model_visible, nested[0])

    @given(
        world=worlds(),
        moves=st.lists(st.lists(st.tuples(st.integers(0, 9), st.sampled_from((0, 1))), max_size=4), max_size=4),
        sets=st.lists(st.tuples(_PLACES, _PLACES, _PLACES), min_size=4, max_size=5),
        asked=st.lists(questions(), min_size=3, max_size=4),
    )
    @settings(_LENIENT, max_examples=12)
    def test_it_answers_as_the_model_does_after_moves_and_whatever_is_read_of_values(
        self,
        world: World,
        moves: list[list[tuple[int, int]]],
        sets: list[tuple[frozenset[int], frozenset[int], frozenset[int]]],
        asked: list[Question],
    ) -> None:
        project = new_uuid()
        catalog, model = self.make_catalog(), MemoryCatalog()
        numbers, model_numbers = _settle(catalog, world, project), _settle(model, world, project)
        ids = [record.id for record in world.batches[0].records]
        both = frozenset(range(len(TIERS)))
        for i, wanted in enumerate(moves):
            places = {ids[n % len(ids)]: place for n, place in wanted}
            # Every other time by somebody who reads some of it and may write nothing.
            read, data, writable = (*sets[i][:2], frozenset[int]()) if i % 2 else (both, both, both)
            told = [
                _moved(one, project, {r: of[place] for r, place in places.items()}, _sets(of, read, data, writable))
                for one, of in ((catalog, numbers), (model, model_numbers))
            ]
            assert told[0] == told[1], places
        for read, data, writable in sets:
            visible, model_visible = (_sets(of, read, data, writable) for of in (numbers, model_numbers))
            assert _state(catalog, visible, world) == _state(model, model_visible, world)
            for question in asked:
                one, other = catalog.find(question, visible), model.find(question, model_visible)
                assert [r.id for r in one.records] == [r.id for r in other.records], question
                assert catalog.count(question, visible) == model.count(question, model_visible)
            _assert_same_facets(catalog, visible, model, model_visible, asked[0])

    def test_it_answers_every_kind_of_question_as_the_model_does(self) -> None:
        project, world = new_uuid(), sweep_world()
        catalog, model = self.make_catalog(), MemoryCatalog()
        numbers, model_numbers = _settle(catalog, world, project), _settle(model, world, project)
        visible, model_visible = (Visible(frozenset(n.values())) for n in (numbers, model_numbers))
        for i, question in enumerate(sweep_questions()):
            one, other = catalog.find(question, visible), model.find(question, model_visible)
            assert [r.title for r in one.records] == [r.title for r in other.records], question
            if i % 5 == 0:
                closed, model_closed = Visible(frozenset({numbers[1]})), Visible(frozenset({model_numbers[1]}))
                assert catalog.count(question, closed) == model.count(question, model_closed), question
                assert catalog.count_about(question, visible) == model.count_about(question, model_visible), question


def _assert_same_facets(
    catalog: Catalog, visible: Visible, model: MemoryCatalog, model_visible: Visible, question: Question
) -> None:
    for facet in Facet:
        assert catalog.facets(question, visible, facet) == model.facets(question, model_visible, facet), facet
    n = model.count(question, model_visible)
    counted = catalog.narrowing(question, visible, tuple(Facet), count=Count(n))
    assert counted == model.narrowing(question, model_visible, tuple(Facet), count=Count(n))


def _sets(numbers: dict[int, int], read: frozenset[int], data: frozenset[int], writable: frozenset[int]) -> Visible:
    of_read, of_data, of_writable = (frozenset(numbers[place] for place in places) for places in (read, data, writable))
    return Visible(of_read, of_data, of_writable)


def _moved(catalog: Catalog, project: UUID, records: dict[UUID, int], visible: Visible) -> str | None:
    """Move records; gives the error's name, where it is refused."""
    try:
        with catalog.writing(visible, project=project) as writing:
            writing.move(records)
    except KibanError as e:
        return e.name
    return None


def _settle(catalog: Catalog, world: World, project: UUID) -> dict[int, int]:
    numbers = {i: catalog.ensure_scope(ScopeTerms(project=project, tier=tier)).number for i, tier in enumerate(TIERS)}
    visible = Visible(frozenset(numbers.values()))
    for batch in world.settled(project, numbers):
        with catalog.writing(visible, project=project) as writing:
            writing.add(batch)
    return numbers


def _state(catalog: Catalog, visible: Visible, world: World) -> object:
    """Everything that can be seen, without the numbers of the scopes."""
    ids = [record.id for batch in world.batches for record in batch.records]
    return (
        [_plain(record) for record in catalog.find(EVERYTHING, visible).records],
        [list(map(_plain, catalog.versions(i, visible))) for i in ids],
        [(fact.id, fact.property, fact.subject, fact.evidence) for fact in catalog.facts(visible)],
        catalog.compositions(ids, visible),
    )


def _plain(record: Record) -> tuple[object, ...]:
    return (record.id, record.version, record.title, record.deleted, record.sample, dict(record.document), record.pid)
