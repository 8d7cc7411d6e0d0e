"""Each rule by itself: the suite of every rule, and what it says in stated cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from kiban.access import verdict
from kiban.access.rules import embargo, export_control, invitation, open_tier, project_member, shared_tier, token_acts
from kiban.records.parties.export_control import ExportClass, Relation, Residency
from kiban.records.parties.right import NO_RIGHTS, READING, Membership, Right, Role
from kiban.records.party import ANONYMOUS, EVERY_ACT, Act, Asker
from kiban.records.scope import Scope, Tier
from kiban.testing.access_strategies import AGREEMENTS, INVITATIONS, MOMENTS, PROJECTS
from kiban.testing.rule_suite import RuleSuite, check_alone

NOW = MOMENTS[1]
LATER = MOMENTS[2]
OURS, THEIRS = PROJECTS[:2]
TICK = timedelta(microseconds=1)
EVERYTHING = frozenset(Right)
PARTY = Membership(rights=frozenset({Right.EXISTS, Right.METADATA}), through="Partners (Aoi Steel)", until=LATER)


def scope(tier: Tier = Tier.CLOSED, **others: object) -> Scope:
    agreement = AGREEMENTS[0] if tier is Tier.SHARED else None
    return Scope(**({"number": 3, "project": OURS, "tier": tier, "agreement": agreement} | others))  # type: ignore[arg-type]


def asker(**others: object) -> Asker:
    return Asker(**({"party": "p", "at": NOW} | others))  # type: ignore[arg-type]


def test_these_rules_are_installed_and_no_others() -> None:
    names = {"open_tier", "project_member", "shared_tier", "invitation", "embargo", "export_control", "token_acts"}
    assert {rule.name for rule in verdict.rules()} == names


class TestOpenTier(RuleSuite):
    def make_rule(self) -> verdict.Rule:
        return open_tier.RULE

    @pytest.mark.parametrize("who", [ANONYMOUS, asker(), asker(roles={THEIRS: Role.OWNER})])
    def test_anyone_may_read_use_and_pass_on_what_is_open_and_nothing_else(self, who: Asker) -> None:
        check_alone(open_tier.RULE, who, scope(Tier.OPEN), READING | {Right.RESHARE})
        for tier in (Tier.SHARED, Tier.CLOSED):
            assert open_tier.RULE.judge(who, scope(tier)) is None


class TestProjectMember(RuleSuite):
    def make_rule(self) -> verdict.Rule:
        return project_member.RULE

    @pytest.mark.parametrize("tier", Tier)
    def test_members_may_do_what_their_role_says_whatever_the_tier(self, tier: Tier) -> None:
        more = {Role.READER: set(), Role.CONTRIBUTOR: {Right.WRITE}}
        for role in Role:
            expected = READING | more.get(role, {Right.WRITE, Right.DECIDE, Right.RESHARE})
            check_alone(project_member.RULE, asker(roles={OURS: role}), scope(tier), frozenset(expected))

    def test_members_of_other_projects_and_operators_have_nothing(self) -> None:
        assert project_member.RULE.judge(asker(roles={THEIRS: Role.OWNER}), scope()) is None
        assert project_member.RULE.judge(asker(is_operator=True, is_export_officer=True), scope()) is None


class TestSharedTier(RuleSuite):
    def make_rule(self) -> verdict.Rule:
        return shared_tier.RULE

    def test_parties_have_what_the_agreement_gives_them_until_it_ends(self) -> None:
        who = asker(agreements={AGREEMENTS[0]: PARTY})
        said = shared_tier.RULE.judge(who, scope(Tier.SHARED))
        assert said is not None
        assert (said.allowed, said.rights, said.until) == (True, PARTY.rights, LATER)
        assert "Partners (Aoi Steel)" in said.reason

    def test_another_agreement_another_tier_or_none_gives_nothing(self) -> None:
        assert shared_tier.RULE.judge(asker(), scope(Tier.SHARED)) is None
        assert shared_tier.RULE.judge(asker(agreements={AGREEMENTS[1]: PARTY}), scope(Tier.SHARED)) is None
        for tier in (Tier.OPEN, Tier.CLOSED):
            assert shared_tier.RULE.judge(asker(agreements={AGREEMENTS[0]: PARTY}), scope(tier)) is None


class TestInvitedGuest(RuleSuite):
    def make_rule(self) -> verdict.Rule:
        return invitation.RULE

    @pytest.mark.parametrize("tier", Tier)
    def test_guests_have_what_they_were_invited_to_whatever_the_tier(self, tier: Tier) -> None:
        who = asker(invitations={INVITATIONS[0]: PARTY})
        check_alone(invitation.RULE, who, scope(tier, invitation=INVITATIONS[0]), PARTY.rights)
        assert invitation.RULE.judge(who, scope(tier, invitation=INVITATIONS[1])) is None
        assert invitation.RULE.judge(who, scope(tier)) is None
        assert invitation.RULE.judge(asker(), scope(tier, invitation=INVITATIONS[0])) is None


class TestEmbargo(RuleSuite):
    def make_rule(self) -> verdict.Rule:
        return embargo.RULE

    @pytest.mark.parametrize("tier", Tier)
    def test_it_refuses_everybody_else_until_its_end_and_not_longer(self, tier: Tier) -> None:
        held = scope(tier, closed_until=NOW)
        for who in (ANONYMOUS, asker(), asker(agreements={AGREEMENTS[0]: PARTY}), asker(roles={THEIRS: Role.OWNER})):
            said = embargo.RULE.judge(replace(who, at=NOW - TICK), held)
            assert said is not None
            assert (said.allowed, said.rights, said.until) == (False, EVERYTHING, NOW)
            assert "2026-01-02" in said.reason
            assert embargo.RULE.judge(replace(who, at=NOW), held) is None
        assert embargo.RULE.judge(asker(), scope(tier)) is None

    def test_members_have_what_their_role_gives_and_no_more(self) -> None:
        held = scope(Tier.OPEN, closed_until=LATER)
        assert embargo.RULE.judge(asker(roles={OURS: Role.OWNER}), held) is None
        assert verdict.rights(asker(roles={OURS: Role.READER}), held) == READING

    def test_guests_have_what_the_invitation_gives_and_no_more(self) -> None:
        """Were the guest let through whole, the tier would give the rest."""
        guest = {INVITATIONS[0]: PARTY}
        partner = {AGREEMENTS[0]: replace(PARTY, rights=READING)}
        not_listed = {"invitation": INVITATIONS[0], "closed_until": LATER, "export_class": ExportClass.NOT_LISTED}
        for tier in Tier:
            who = asker(invitations=guest, agreements=partner)
            assert verdict.rights(who, scope(tier, **not_listed)) == PARTY.rights
            assert verdict.rights(asker(agreements=partner), scope(tier, **not_listed)) == NO_RIGHTS
        assert verdict.rights(who, scope(Tier.SHARED, **not_listed | {"closed_until": NOW})) == READING


class TestExportControl(RuleSuite):
    def make_rule(self) -> verdict.Rule:
        return export_control.RULE

    def test_what_is_not_judged_stays_with_members_and_residents(self) -> None:
        partner = {"agreements": {AGREEMENTS[0]: PARTY}}
        at_home = {"residency": Residency.RESIDENT, "country": "JP"}
        shared = scope(Tier.SHARED)
        assert export_control.RULE.judge(asker(**partner, **at_home), shared) is None
        for elsewhere in ({"residency": Residency.NON_RESIDENT}, {"country": "DE"}, {"country": None}):
            said = export_control.RULE.judge(asker(**partner, **at_home | elsewhere), shared)
            assert said is not None
            assert (said.allowed, said.rights) == (False, EVERYTHING)
            assert said.reason.startswith("Export control: ")
        assert export_control.RULE.judge(asker(roles={OURS: Role.READER}), shared) is None
        foreign = asker(roles={OURS: Role.OWNER}, residency=Residency.NON_RESIDENT)
        assert export_control.RULE.judge(foreign, shared) is not None
        assert export_control.RULE.judge(ANONYMOUS, scope(Tier.OPEN)) is None

    def test_what_it_remembers_of_a_table_has_a_bound(self) -> None:
        rule, most = export_control.ExportControl(), export_control._MOST_ROWS
        remembered = []
        for n in range(most + 2):
            listed = scope(export_class=ExportClass.LISTED, export_item=f"EAR 3A{n:04}")
            assert rule.judge(asker(roles={OURS: Role.READER}), listed) is not None
            remembered.append(len(rule._known[1]))
        assert max(remembered) == most

    def test_what_is_listed_waits_for_a_decision_about_this_scope(self) -> None:
        listed = scope(Tier.SHARED, export_class=ExportClass.LISTED, export_item="EAR 3A001")
        assert export_control.RULE.judge(asker(), listed) is not None
        assert export_control.RULE.judge(asker(decided=frozenset({4})), listed) is not None
        assert export_control.RULE.judge(asker(decided=frozenset({3})), listed) is None
        published = replace(listed, tier=Tier.OPEN, agreement=None)
        assert export_control.RULE.judge(asker(decided=frozenset({3})), published) is not None  # refused, not asked

    def test_nothing_is_public_that_is_under_embargo(self) -> None:
        held = scope(Tier.OPEN, closed_until=NOW)
        relation = export_control.relation
        assert relation(asker(at=NOW), held) is Relation.PUBLIC
        assert relation(asker(at=NOW - TICK), held) is Relation.PARTY
        assert relation(asker(roles={OURS: Role.READER}), held) is Relation.MEMBER
        assert relation(asker(roles={THEIRS: Role.READER}), scope(Tier.CLOSED)) is Relation.PARTY
        assert relation(asker(), scope(Tier.SHARED)) is Relation.PARTY


class TestTokenActs(RuleSuite):
    def make_rule(self) -> verdict.Rule:
        return token_acts.RULE

    @pytest.mark.parametrize(
        ("acts", "kept"),
        [
            ({Act.READ}, READING | {Right.RESHARE}),
            ({Act.DEPOSIT}, {Right.EXISTS, Right.METADATA, Right.DATA, Right.WRITE}),
            ({Act.WRITE}, READING | {Right.RESHARE, Right.WRITE}),
            ({Act.READ, Act.DEPOSIT}, READING | {Right.RESHARE, Right.WRITE}),
            ({Act.ADMINISTER}, EVERYTHING),
            (EVERY_ACT, EVERYTHING),
            ((), NO_RIGHTS),
        ],
    )
    def test_a_token_keeps_its_owner_to_what_it_is_for(self, acts: set[Act], kept: set[Right]) -> None:
        who = asker(roles={OURS: Role.OWNER}, acts=frozenset(acts))
        said = token_acts.RULE.judge(who, scope())
        assert (said.rights if said else NO_RIGHTS) == EVERYTHING - kept
        assert said is None or not said.allowed
        assert verdict.rights(who, scope()) == kept


def test_every_place_of_a_scope_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """No rule asks a scope for anything that it does not have, and each of the places is asked for by one."""
    asked: set[str] = set()

    class Watched:
        def __init__(self, watched: Scope) -> None:
            self._watched = watched

        def __getattr__(self, name: str) -> object:
            asked.add(name)
            return getattr(self._watched, name)

    who = asker(
        agreements={AGREEMENTS[0]: PARTY}, invitations={INVITATIONS[0]: PARTY}, residency=Residency.NON_RESIDENT
    )
    listed = {"export_class": ExportClass.LISTED, "export_item": "EAR 3A001"}
    for tier in Tier:
        for embargo_ends in (None, LATER):
            watched = Watched(scope(tier, invitation=INVITATIONS[0], closed_until=embargo_ends, **listed))
            verdict.weigh(who, watched)  # type: ignore[arg-type]
    assert asked >= {"tier", "project", "agreement", "invitation", "closed_until", "export_class", "export_item"}


def test_nobody_is_anybody() -> None:
    """An identifier that is not there is not the same as another that is not there."""
    assert verdict.rights(asker(agreements={}, invitations={}), scope()) == NO_RIGHTS
    assert isinstance(OURS, UUID)


def test_what_our_rules_say_is_remembered() -> None:
    """A rule that is not steady would be asked anew for each request, of every scope."""
    assert all(getattr(rule, "is_steady", False) is True for rule in verdict.rules())
