"""Counts of answers, as far as the asker may know."""

from __future__ import annotations

from kiban.operations.find import Facet, find
from kiban.operations.resources import Resources
from kiban.records.party import ANONYMOUS, Asker
from kiban.records.scope import ScopeTerms, Tier
from kiban.testing.catalog_examples import Laboratory


def test_what_anybody_may_read_does_not_tell_in_whose_project_it_lies(resources: Resources, asker: Asker) -> None:
    lab = Laboratory(resources.catalog, project=resources.project)
    is_open = resources.catalog.ensure_scope(ScopeTerms(project=resources.project, tier=Tier.OPEN)).number
    lab.write(lab.sample("shown", scope=is_open))
    told = find(asker, resources, "kind = sample", facets=[Facet.PROJECT])
    assert told.facets["project"] == ((str(resources.project), 1),)
    assert str(resources.project) in told.names["project"]
    told = find(ANONYMOUS, resources, "kind = sample", facets=[Facet.PROJECT, Facet.KIND])
    assert (told.facets["project"], told.names) == ((), {})
    assert told.facets["kind"] == (("sample", 1),)
