"""The questions of the measurements, of a thousand records: SQL answers as the model in memory does."""

from __future__ import annotations

import random

import pytest

from kiban.query.parse import parse
from kiban.records.scope import Visible
from kiban.store.catalog import Facet
from kiban.store.memory_catalog import MemoryCatalog
from kiban.store.migrate import migrate
from kiban.store.postgres_settings import APPLICATION, OWNER
from kiban.store.sql_catalog import SqlCatalog
from kiban.store.sql_pool import SqlPool
from kiban.testing.copying import load
from kiban.testing.family_model import FamilyModel
from kiban.testing.find_check import differences
from kiban.testing.find_questions import ASKED
from kiban.testing.made_families import Families
from kiban.testing.made_parties import made_parties, scopes_of

pytestmark = pytest.mark.slow

N_FAMILIES = 40
FEW_ANSWERS = {
    "range with unit, narrow",
    "month",
    "parameter of a process, narrow",
    "oxide films (the opening question)",
}
"""Questions that may find nothing among so few records."""


@pytest.fixture(scope="module")
def asked_of(postgres, new_database):
    """A thousand records in SQL, as they are and as a bare database; the model of them; and their scopes."""
    name = new_database()
    migrate(postgres.conninfo(OWNER, name))
    catalog = SqlCatalog.connect(postgres.conninfo(APPLICATION, name))
    scopes = scopes_of(made_parties(random.Random(3), n_projects=20, n_agreements=8), catalog)
    families = Families(scopes, N_FAMILIES, random.Random(3))
    templates, made = families.of_templates(), list(families)
    load(postgres.conninfo(OWNER, name), [templates], made)
    owner = SqlPool(postgres.conninfo(OWNER, name))
    yield catalog, owner, FamilyModel(scopes, templates, made), scopes
    catalog.close()
    owner.close()


@pytest.fixture(scope="module", params=["all", "two of five", "values of one of five"])
def visible(request, asked_of):
    """Everything; what of each project is closed or open; the same, with the values of the first kind only."""
    everything = Visible.of(asked_of[-1])
    if request.param == "all":
        return everything
    some = frozenset(number for number in everything.numbers if number % 5 < 2)
    one = frozenset(number for number in some if number % 5 == 1)
    return Visible(some, some if request.param == "two of five" else one)


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.name)
def test_the_answers_are_those_of_the_model(asked_of, visible, asked):
    catalog, owner, model, scopes = asked_of
    [(_, n, wrong)] = differences([asked], model, catalog, owner, visible)
    assert wrong == []
    if len(visible.data) == len(scopes):
        assert n > 0 or asked.name in FEW_ANSWERS


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.name)
def test_families_answer_one_by_one_as_they_do_together(asked_of, asked):
    _, _, _, scopes = asked_of
    families = Families(scopes, 40, random.Random(8))
    templates, made = families.of_templates(), [families.family(number) for number in (2, 3, 7, 20)]
    together = MemoryCatalog()
    assert list(map(together.ensure_scope, scopes)) == list(scopes)
    everything = Visible.of(scopes)
    for batch in (templates, *made):
        with together.writing(everything, project=batch.records[0].project) as writing:
            writing.add(batch)
    model, question = FamilyModel(scopes, templates, made), parse(asked.text)
    some = Visible(frozenset(number for number in everything.numbers if number % 5 < 3))
    for visible in (everything, some):
        assert tuple(model.answers(question, visible)) == together.find(question, visible, limit=1000).records
        for facet in Facet if asked.is_counted_by else ():
            assert model.facets(question, visible, facet) == together.facets(question, visible, facet)
