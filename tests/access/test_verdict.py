"""The rules together: verdict and filter agree by construction, and a refusal wins."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given

from kiban.access import verdict
from kiban.access.verdict import EVERY_RIGHT, Verdict, judge, rights, visible, weigh
from kiban.records.parties.export_control import ExportClass
from kiban.records.parties.right import NO_RIGHTS, READING, Membership, Right, Role
from kiban.records.party import ANONYMOUS, Asker
from kiban.records.scope import Scope, Tier
from kiban.testing.access_strategies import AGREEMENTS, PROJECTS, askers, many_scopes

OURS = PROJECTS[0]


def scope(number: int = 0, tier: Tier = Tier.CLOSED) -> Scope:
    return Scope(
        number=number,
        project=OURS,
        tier=tier,
        agreement=AGREEMENTS[0] if tier is Tier.SHARED else None,
        export_class=ExportClass.NOT_LISTED,
    )


def a_rule(name: str, said: Verdict | None) -> verdict.Rule:
    class Said:
        def judge(self, asker: Asker, scope: Scope) -> Verdict | None:
            return said

    rule = Said()
    rule.name = name  # type: ignore[attr-defined]
    return rule  # type: ignore[return-value]


def use_rules(monkeypatch: pytest.MonkeyPatch, *said: Verdict | None) -> None:
    found = tuple(a_rule(f"rule_{n}", each) for n, each in enumerate(said))
    monkeypatch.setattr(verdict, "rules", lambda: found)


@given(asker=askers(), all_scopes=many_scopes())
def test_verdict_and_filter_agree(asker: Asker, all_scopes: list[Scope]) -> None:
    for right in Right:
        seen = visible(asker, all_scopes, right)
        for each in all_scopes:
            held = rights(asker, each)
            assert weigh(asker, each).rights == held
            assert (each.number in seen) == judge(asker, each, right).allowed == (right in held)
            assert judge(asker, each, right).reason
            tells_values = right not in {Right.EXISTS, Right.JOINT} and {right, Right.DATA} <= held
            assert (each.number in seen.data) == tells_values
            assert (each.number in seen.writable) == ({right, Right.WRITE} <= held)


@given(asker=askers(), all_scopes=many_scopes())
def test_what_is_filtered_by_does_not_depend_on_the_other_scopes(asker: Asker, all_scopes: list[Scope]) -> None:
    together = visible(asker, all_scopes)
    apart = [visible(asker, [each]) for each in all_scopes]
    for name in ("numbers", "data", "writable"):
        assert getattr(together, name) == frozenset().union(*(getattr(each, name) for each in apart))


def test_strangers_see_the_open_tier_and_nothing_else() -> None:
    all_scopes = [scope(i, tier) for i, tier in enumerate(Tier)]
    seen = visible(ANONYMOUS, all_scopes)
    assert {all_scopes[n].tier for n in seen.numbers} == {all_scopes[n].tier for n in seen.data} == {Tier.OPEN}
    assert seen.writable == frozenset()
    assert rights(ANONYMOUS, scope(tier=Tier.OPEN)) == READING | {Right.RESHARE}


def test_who_may_know_that_it_exists_gets_nothing_of_what_it_says() -> None:
    partner = Membership(rights=frozenset({Right.EXISTS, Right.JOINT}), through="Partners")
    who = Asker(party="p", agreements={AGREEMENTS[0]: partner})
    shared = scope(tier=Tier.SHARED)
    assert visible(who, [shared]).numbers == frozenset()
    for right in (Right.EXISTS, Right.JOINT):
        assert visible(who, [shared], right).numbers == {0}
    for right in (Right.EXISTS, Right.JOINT):
        seen = visible(Asker(party="p", roles={OURS: Role.OWNER}), [shared], right)
        assert (seen.numbers, seen.data) == ({0}, frozenset())


def test_refusal_wins_whoever_speaks_first(monkeypatch: pytest.MonkeyPatch) -> None:
    yes, no = Verdict(True, "It is yours.", EVERY_RIGHT), Verdict(False, "Under embargo.", frozenset({Right.DATA}))
    for order in ((yes, no), (no, yes), (yes, None, no, yes)):
        use_rules(monkeypatch, *order)
        assert judge(ANONYMOUS, scope(), Right.DATA) == no
        assert judge(ANONYMOUS, scope(), Right.METADATA) == yes
        assert rights(ANONYMOUS, scope()) == weigh(ANONYMOUS, scope()).rights == EVERY_RIGHT - {Right.DATA}
        seen = visible(ANONYMOUS, [scope()])
        assert (seen.numbers, seen.data, seen.writable) == ({0}, frozenset(), {0})


def test_what_several_rules_give_is_given_together(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = (Verdict(True, f"{right}.", frozenset({right})) for right in (Right.METADATA, Right.WRITE))
    use_rules(monkeypatch, one, other)
    assert rights(ANONYMOUS, scope()) == weigh(ANONYMOUS, scope()).rights == {Right.METADATA, Right.WRITE}
    assert judge(ANONYMOUS, scope(), Right.WRITE) == other
    assert not judge(ANONYMOUS, scope(), Right.DATA).allowed


def test_people_are_told_what_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    yes, no = Verdict(True, "It is yours.", frozenset({Right.DATA})), Verdict(False, "Not now.", EVERY_RIGHT)
    use_rules(monkeypatch, yes, no)
    assert weigh(ANONYMOUS, scope()).deciding == (("rule_1", no),)
    use_rules(monkeypatch, yes, Verdict(False, "Not that.", frozenset({Right.WRITE})))
    assert weigh(ANONYMOUS, scope()).deciding == (("rule_0", yes),)


def test_where_no_rule_speaks_nothing_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    for silence in ((), (None, None)):
        use_rules(monkeypatch, *silence)
        said = judge(ANONYMOUS, scope(tier=Tier.OPEN))
        assert not said.allowed
        assert said.rights == {Right.METADATA}
        assert said.reason
        assert rights(ANONYMOUS, scope(tier=Tier.OPEN)) == weigh(ANONYMOUS, scope()).rights == NO_RIGHTS
        assert visible(ANONYMOUS, [scope(tier=Tier.OPEN)]).numbers == frozenset()
        assert weigh(ANONYMOUS, scope()).deciding == ()


def test_a_rule_that_fails_lets_nobody_in(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        name = "broken"

        def judge(self, asker: Asker, scope: Scope) -> Verdict | None:
            raise ZeroDivisionError

    known = verdict.rules()
    monkeypatch.setattr(verdict, "rules", lambda: (*known, Broken()))
    for asks in (judge, rights, weigh):
        with pytest.raises(ZeroDivisionError):
            asks(ANONYMOUS, scope(tier=Tier.OPEN))
    with pytest.raises(ZeroDivisionError):
        visible(ANONYMOUS, [scope(tier=Tier.OPEN)])


def test_another_project_is_another_project() -> None:
    elsewhere = Asker(party="p", roles={uuid4(): Role.OWNER}, is_operator=True)
    assert rights(elsewhere, scope()) == NO_RIGHTS
