"""Every way to find the newest answers finds the same: that of the model, whichever is taken of very many records."""

from __future__ import annotations

import random

import pytest

from kiban.query.parse import parse
from kiban.records.scope import Visible
from kiban.store import sql_newest
from kiban.store.migrate import migrate
from kiban.store.postgres_settings import APPLICATION, OWNER
from kiban.store.sql_candidates import ALL
from kiban.store.sql_catalog import SqlCatalog
from kiban.store.sql_few_seen import FewSeen
from kiban.testing.catalog_agreement_suite import CatalogAgreementSuite
from kiban.testing.catalog_path_suite import CatalogPathSuite
from kiban.testing.copying import load
from kiban.testing.family_model import FamilyModel
from kiban.testing.find_questions import ASKED
from kiban.testing.made_families import Families
from kiban.testing.made_parties import made_parties, scopes_of
from kiban.testing.ways_to_find import WAYS

MORE = (
    "d_spacing > 2 angstrom AND hardness IS UNKNOWN",
    "hardness > 2 GPa AND sample.optical_band_gap > 2 eV",
    "hardness > 2 GPa AND youngs_modulus > 20 GPa",
    "hardness >= 2 GPa WITH CONFIDENCE 0.3",
    'hardness > 2 GPa AND NOT sample.template = "film"',
    'hardness > 2 GPa AND (sample.template = "film" OR technique = xrd)',
    'sample.template = "film" AND kind = sample',
    'sample.parents.elements HAS "O" AND kind = measurement AND sample.hardness > 3 GPa',
    "measurement.technique = xrd AND hardness < 4 GPa",
    "annealing AND technique = xrd",
    'annealing AND metadata.series = "series 0"',
    'annealing AND elements HAS "O" AND NOT 焼鈍',
    "annealing OR delamination",
)


@pytest.fixture(params=WAYS)
def way(request, monkeypatch):
    """One way is taken."""
    for name, value in WAYS[request.param].items():
        monkeypatch.setattr(f"kiban.store.{name}", value)
    return request.param


class TestEachWay(CatalogPathSuite):
    @pytest.fixture(autouse=True)
    def _use(self, sql_catalog, way, monkeypatch):
        monkeypatch.setattr(sql_catalog, "_sees_few", FewSeen())
        self._catalog = sql_catalog

    def make_catalog(self):
        return self._catalog


@pytest.mark.slow
class TestAnyQuestion(CatalogAgreementSuite):
    """Of the ways that differ most."""

    @pytest.fixture(autouse=True, params=["newest facts", "all, paths ahead"])
    def _use(self, sql_catalog, request, monkeypatch):
        for name, value in WAYS[request.param].items():
            monkeypatch.setattr(f"kiban.store.{name}", value)
        monkeypatch.setattr(sql_catalog, "_sees_few", FewSeen())
        self._catalog = sql_catalog

    def make_catalog(self):
        return self._catalog


@pytest.fixture(scope="module")
def families(postgres, new_database):
    """Ten families in SQL, and the model of them."""
    name = new_database()
    migrate(postgres.conninfo(OWNER, name))
    catalog = SqlCatalog.connect(postgres.conninfo(APPLICATION, name))
    scopes = scopes_of(made_parties(random.Random(4), n_projects=10, n_agreements=4), catalog)
    drawn = Families(scopes, 10, random.Random(4))
    templates, made = drawn.of_templates(), list(drawn)
    load(postgres.conninfo(OWNER, name), [templates], made)
    yield catalog, FamilyModel(scopes, templates, made), scopes
    catalog.close()


@pytest.mark.slow
@pytest.mark.parametrize("text", [*(asked.text for asked in ASKED), *MORE])
def test_pages_are_those_of_the_model(families, way, monkeypatch, text):
    catalog, model, scopes = families
    monkeypatch.setattr(catalog, "_sees_few", FewSeen())
    some = frozenset(scope.number for scope in scopes if scope.number % 5 < 3)
    visible, question = Visible(some, frozenset(number for number in some if number % 7)), parse(text)
    expected = [record.id for record in model.answers(question, visible)]
    first = catalog.find(question, visible, limit=7)
    second = catalog.find(question, visible, limit=40, after=first.next) if first.next else None
    rest = catalog.find(question, visible, limit=1000, after=second.next) if second and second.next else None
    assert [record.id for page in (first, second, rest) if page for record in page.records] == expected
    assert catalog.count(question, visible) == len(expected)


def _ways_taken(catalog, monkeypatch, text, visible):
    """Which records were tried, window by window: `all` or the term of a fact."""
    taken = []
    window = sql_newest.Newest._window

    def noted(self, where, candidates, walk, size):
        taken.append("all" if candidates is ALL else candidates.fact.term)
        window(self, where, candidates, walk, size)

    monkeypatch.setattr(sql_newest.Newest, "_window", noted)
    catalog.find(parse(text), visible, limit=7)
    return set(taken)


@pytest.mark.slow
def test_of_two_properties_the_rarer_is_gone_through(families, monkeypatch):
    catalog, _, scopes = families
    for name, value in WAYS["newest facts"].items():
        monkeypatch.setattr(f"kiban.store.{name}", value)
    monkeypatch.setattr(catalog, "_sees_few", FewSeen())
    text = 'mass_loss < 1000 AND hardness > 2 GPa AND sample.template = "film"'
    assert _ways_taken(catalog, monkeypatch, text, Visible.of(scopes)) == {"all", "hardness"}


@pytest.mark.slow
def test_much_answered_is_found_among_the_newest(families, monkeypatch):
    catalog, _, scopes = families
    assert _ways_taken(catalog, monkeypatch, 'sample.template = "film"', Visible.of(scopes)) <= {"all"}
