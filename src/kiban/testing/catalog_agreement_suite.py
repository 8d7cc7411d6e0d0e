"""A catalog answers as the in-memory one does, on generated records and generated questions."""

from __future__ import annotations

from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiban.query.question import EVERYTHING, Question
from kiban.records.identity import new_uuid
from kiban.records.record import Record
from kiban.records.scope import Visible
from kiban.store.catalog import Catalog, Facet
from kiban.store.memory_catalog import MemoryCatalog
from kiban.testing.catalog_strategies import TIERS, World, worlds
from kiban.testing.question_strategies import questions

# The catalog is the same for all examples, each of which works in a project of its own.
_LENIENT = settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors, HealthCheck.data_too_large],
)


class CatalogAgreementSuite:
    """Part of `kiban.testing.catalog_suite.CatalogSuite`."""

    def make_catalog(self) -> Catalog:
        """Make the catalog to be tested."""
        raise NotImplementedError

    @given(world=worlds(), asked=st.lists(questions(), min_size=1, max_size=12))
    @_LENIENT
    def test_it_answers_as_the_model_does(self, world: World, asked: list[Question]) -> None:
        project = new_uuid()
        catalog, model = self.make_catalog(), MemoryCatalog()
        numbers = _settle(catalog, world, project)
        model_numbers = _settle(model, world, project)
        for places in ((0, 1), (0,), (1,), ()):
            visible = Visible(frozenset(numbers[i] for i in places))
            model_visible = Visible(frozenset(model_numbers[i] for i in places))
            assert _state(catalog, visible, world) == _state(model, model_visible, world)
            for question in asked:
                one, other = catalog.find(question, visible), model.find(question, model_visible)
                assert [r.id for r in one.records] == [r.id for r in other.records], question
                assert catalog.count(question, visible) == model.count(question, model_visible)
                for facet in Facet:
                    assert catalog.facets(question, visible, facet) == model.facets(question, model_visible, facet)


def _settle(catalog: Catalog, world: World, project: UUID) -> dict[int, int]:
    numbers = {i: catalog.ensure_scope(project=project, tier=tier).number for i, tier in enumerate(TIERS)}
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
