"""The rules together: verdict and filter agree by construction."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.access import verdict
from kiban.access.verdict import Verdict, judge, visible
from kiban.records.party import ANONYMOUS, Asker
from kiban.records.scope import Scope, Tier

PROJECTS = [uuid4() for _ in range(3)]
AGREEMENTS = [uuid4() for _ in range(3)]


def _scope(number: int, tier: Tier, project: UUID, agreement: UUID) -> Scope:
    return Scope(number=number, project=project, tier=tier, agreement=agreement if tier is Tier.SHARED else None)


scopes = st.lists(
    st.tuples(st.sampled_from(Tier), st.sampled_from(PROJECTS), st.sampled_from(AGREEMENTS)), max_size=12
).map(lambda rows: [_scope(i, *row) for i, row in enumerate(rows)])
askers = st.builds(
    Asker,
    party=st.just("p"),
    projects=st.frozensets(st.sampled_from(PROJECTS)),
    agreements=st.frozensets(st.sampled_from(AGREEMENTS)),
)


@given(asker=askers, all_scopes=scopes)
def test_verdict_and_filter_agree(asker: Asker, all_scopes: list[Scope]) -> None:
    seen = visible(asker, all_scopes)
    for scope in all_scopes:
        expected = scope.tier is Tier.OPEN or scope.project in asker.projects or (scope.agreement in asker.agreements)
        assert (scope.number in seen) == judge(asker, scope).allowed == expected
        assert judge(asker, scope).reason


def test_strangers_see_the_open_tier_and_nothing_else() -> None:
    all_scopes = [_scope(i, tier, PROJECTS[0], AGREEMENTS[0]) for i, tier in enumerate(Tier)]
    assert {all_scopes[n].tier for n in visible(ANONYMOUS, all_scopes).numbers} == {Tier.OPEN}


def test_refusal_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    class Never:
        name = "never"

        def judge(self, asker: Asker, scope: Scope) -> Verdict | None:
            return Verdict(False, "Under embargo.")

    known = verdict.rules()
    for order in ((*known, Never()), (Never(), *known)):
        monkeypatch.setattr(verdict, "rules", lambda order=order: order)
        assert judge(ANONYMOUS, _scope(0, Tier.OPEN, PROJECTS[0], AGREEMENTS[0])) == Verdict(False, "Under embargo.")


def test_where_no_rule_speaks_nothing_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdict, "rules", lambda: ())
    assert not judge(ANONYMOUS, _scope(0, Tier.OPEN, PROJECTS[0], AGREEMENTS[0])).allowed
