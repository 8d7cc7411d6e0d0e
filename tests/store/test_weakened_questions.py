"""What keeps questions from telling of what is hidden, taken away piece by piece: the suite must notice."""

from __future__ import annotations

import pytest

from kiban.store.sql_words import all_words
from kiban.testing.catalog_access_suite import CatalogAccessSuite
from kiban.testing.catalog_facet_suite import CatalogFacetSuite
from kiban.testing.catalog_ranked_suite import CatalogRankedSuite
from kiban.testing.catalog_sort_suite import CatalogSortSuite

_FIELDS = CatalogAccessSuite.test_what_stands_in_fields_is_answered_to_those_who_see_the_template
_NAMES = CatalogAccessSuite.test_a_record_that_names_a_hidden_one_answers_as_if_it_did_not
_RANKED = CatalogRankedSuite.test_words_in_fields_of_a_hidden_template_take_no_place_among_those_that_are_ranked
_SORTED = CatalogSortSuite.test_fields_of_a_hidden_template_and_hidden_identifiers_give_nothing_to_sort_by
_COUNTED = CatalogFacetSuite.test_a_hidden_record_that_is_named_is_none_to_count_by
_TEMPLATES = CatalogFacetSuite.test_a_template_is_counted_for_those_who_see_it


class Access(CatalogAccessSuite):
    def __init__(self, catalog):
        self._catalog = catalog

    def make_catalog(self):
        return self._catalog


class Suites(Access, CatalogFacetSuite, CatalogRankedSuite, CatalogSortSuite):
    """All of them."""


@pytest.mark.parametrize(
    ("place", "test"),
    [
        ("kiban.store.sql_texts.Texts.sees_template", _FIELDS),
        ("kiban.store.sql_query.told_to_asker", _FIELDS),
        ("kiban.store.sql_texts.tells", _NAMES),
        ("kiban.store.sql_query.told_to_asker", _RANKED),
        ("kiban.store.sql_texts.Texts.sees_template", _SORTED),
        ("kiban.store.sql_query.Where.tells", _SORTED),
        ("kiban.store.sql_query.Where.tells", _COUNTED),
    ],
    ids=[
        *("fields", "words", "identifiers", "ranked words", "fields to sort by", "identifiers to sort by"),
        "identifiers to count by",
    ],
)
def test_a_question_without_its_guard_is_noticed(sql_catalog, monkeypatch, place, test):
    monkeypatch.setattr(place, lambda *_: "true")
    with pytest.raises(AssertionError):
        test(Suites(sql_catalog))


def test_words_that_many_have_without_their_guard_are_noticed(sql_catalog, monkeypatch):
    monkeypatch.setattr("kiban.store.sql_building.FEW", 0)
    monkeypatch.setattr("kiban.store.sql_query.NARROW", 0)
    _FIELDS(Suites(sql_catalog))
    monkeypatch.setattr("kiban.store.sql_query.without_fields", all_words)
    with pytest.raises(AssertionError):
        _FIELDS(Suites(sql_catalog))


@pytest.mark.parametrize(
    "test",
    [_FIELDS, _NAMES, _RANKED, _SORTED, _COUNTED, _TEMPLATES],
    ids=["fields", "names", "ranked", "sorted", "counted", "templates"],
)
def test_with_its_guards_each_question_answers_as_the_suite_demands(sql_catalog, test):
    test(Suites(sql_catalog))
