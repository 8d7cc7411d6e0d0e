"""Scopes are made once for each combination of what they say."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from itertools import product
from typing import Any

import pytest

from kiban.errors import InvalidValue
from kiban.records.identity import new_uuid
from kiban.records.parties.export_control import ExportClass
from kiban.records.scope import ScopeTerms, Tier
from kiban.store.catalog import Catalog

_END = datetime(2028, 3, 31, 15, 0, 0, 1, tzinfo=UTC)


class CatalogScopeSuite:
    """Part of `kiban.testing.catalog_suite.CatalogSuite`."""

    def make_catalog(self) -> Catalog:
        """Make the catalog to be tested."""
        raise NotImplementedError

    def test_each_combination_is_a_scope_of_its_own_and_is_found_again(self) -> None:
        catalog, project, agreement = self.make_catalog(), new_uuid(), new_uuid()
        tiers: list[dict[str, Any]] = [
            {"tier": Tier.CLOSED},
            {"tier": Tier.OPEN},
            {"tier": Tier.SHARED, "agreement": agreement},
            {"tier": Tier.SHARED, "agreement": new_uuid()},
            {"tier": Tier.CLOSED, "follows": True},
        ]
        embargoes: list[dict[str, Any]] = [{}, {"closed_until": _END}, {"closed_until": _END + timedelta(days=1)}]
        invitations: list[dict[str, Any]] = [{}, {"invitation": new_uuid()}, {"invitation": new_uuid()}]
        classes: list[dict[str, Any]] = [
            {},
            {"export_class": ExportClass.NOT_LISTED},
            {"export_class": ExportClass.LISTED, "export_item": "外為令別表 5"},
            {"export_class": ExportClass.LISTED, "export_item": "EAR 3A001"},
        ]
        combinations = [
            {name: value for part in parts for name, value in part.items()}
            for parts in product(tiers, embargoes, invitations, classes)
        ]
        made = [catalog.ensure_scope(ScopeTerms(project=project, **combination)) for combination in combinations]
        assert len({scope.number for scope in made}) == len(combinations)
        for scope, combination in zip(made, combinations, strict=True):
            assert catalog.ensure_scope(ScopeTerms(project=project, **combination)) == scope
            assert {name: getattr(scope, name) for name in combination} == combination
        assert set(made) <= set(catalog.scopes())
        assert [scope.number for scope in catalog.scopes()] == sorted(scope.number for scope in catalog.scopes())
        other = catalog.ensure_scope(ScopeTerms(project=new_uuid(), tier=Tier.CLOSED))
        assert other.number not in {scope.number for scope in made}

    def test_the_same_moment_in_another_zone_is_the_same_scope(self) -> None:
        catalog, project = self.make_catalog(), new_uuid()
        japan = _END.astimezone(timezone(timedelta(hours=9)))
        scopes = [
            catalog.ensure_scope(ScopeTerms(project=project, tier=Tier.OPEN, closed_until=end)) for end in (_END, japan)
        ]
        assert scopes[0] == scopes[1]

    def test_of_scopes_that_follow_there_is_one_whatever_the_tier(self) -> None:
        catalog, project = self.make_catalog(), new_uuid()
        start_closed = catalog.ensure_scope(ScopeTerms(project=project, tier=Tier.CLOSED, follows=True))
        assert catalog.ensure_scope(ScopeTerms(project=project, tier=Tier.OPEN, follows=True)) == start_closed
        shared = catalog.ensure_scope(ScopeTerms(project=project, tier=Tier.SHARED, agreement=new_uuid(), follows=True))
        assert shared == start_closed
        assert catalog.ensure_scope(ScopeTerms(project=project, tier=Tier.CLOSED)).number != start_closed.number

    @pytest.mark.parametrize(
        "values",
        [
            {"tier": Tier.SHARED},
            {"tier": Tier.OPEN, "agreement": new_uuid()},
            {"tier": Tier.OPEN, "closed_until": _END.replace(tzinfo=None)},
            {"tier": Tier.OPEN, "export_class": ExportClass.LISTED},
            {"tier": Tier.OPEN, "export_item": "EAR 3A001"},
            {"tier": Tier.SHARED, "follows": True},
        ],
    )
    def test_what_contradicts_itself_is_no_scope(self, values: dict[str, Any]) -> None:
        catalog = self.make_catalog()
        project = new_uuid()
        with pytest.raises(InvalidValue):
            catalog.ensure_scope(ScopeTerms(project=project, **values))
        assert project not in {scope.project for scope in catalog.scopes()}

    @pytest.mark.parametrize("follows", [False, True])
    def test_several_who_ask_at_once_are_given_the_same_ones(self, follows: bool) -> None:
        catalog, project = self.make_catalog(), new_uuid()
        ends = [_END + timedelta(days=day) for day in range(3)] * 4

        def ensure(end: datetime) -> tuple[datetime, int]:
            scope = catalog.ensure_scope(
                ScopeTerms(project=project, tier=Tier.CLOSED, follows=follows, closed_until=end)
            )
            assert scope in catalog.scopes()
            return end, scope.number

        with ThreadPoolExecutor(6) as pool:
            found = set(pool.map(ensure, ends))
        assert len(found) == 3
