"""Projects, organisations and groups: who makes them, who changes them, who belongs to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from kiban.errors import Conflict, InvalidValue, RecordNotFound, Refused
from kiban.operations.directory_history import history_of, may_see_history, undo_last_change
from kiban.operations.groups import add_group, join_group, leave_group, list_groups, preview_group, rename_group
from kiban.operations.manage_project import (
    grant_role,
    list_projects,
    make_project,
    rename_project,
    show_project,
    withdraw_role,
)
from kiban.operations.organisations import (
    About,
    add_organisation,
    appoint_steward,
    change_organisation,
    dismiss_steward,
    list_organisations,
    show_organisation,
)
from kiban.operations.resources import Resources
from kiban.operations.share_project import Policy, change_policy
from kiban.operations.what_person_sees import what_person_sees
from kiban.query.parse import parse
from kiban.records.parties.right import Right, Role
from kiban.records.scope import Tier
from kiban.testing.shared_world import World, make_world


@pytest.fixture(name="world")
def _world(resources: Resources) -> World:
    return make_world(resources)


def _roles(world: World, login: str = "sato") -> dict[str, Role]:
    shown = show_project(world.asker(login), world.resources, "Steel")
    return {member.name or "": member.grant.role for member in shown.members}


def test_a_steward_of_an_organisation_makes_a_project_and_owns_it(world: World) -> None:
    made = make_project(world.asker("a.lead"), world.resources, " Alloys ")
    assert made.name == "Alloys"
    [listed] = list_projects(world.asker("a.lead"), world.resources)
    assert (listed.role, listed.organisation) == (Role.OWNER, "Company A")
    visible = world.resources.visible(world.asker("a.lead"))
    [record] = world.resources.catalog.find(parse('kind = "project"'), visible).records
    assert record.title == "Alloys"
    assert list_projects(world.asker("a.chem"), world.resources) == ()
    with pytest.raises(InvalidValue, match="already"):
        make_project(world.asker("a.lead"), world.resources, "Alloys")
    # That another organisation has a project of that name is nobody's business.
    make_project(world.asker("b.lead"), world.resources, "Alloys")


@pytest.mark.parametrize("login", ["a.chem", "sato", "outside"])
def test_others_make_none(world: World, login: str) -> None:
    with pytest.raises(Refused):
        make_project(world.asker(login), world.resources, "Alloys")


def test_a_project_is_renamed_with_its_record(world: World) -> None:
    made = make_project(world.asker("a.lead"), world.resources, "Alloys")
    rename_project(world.asker("a.lead"), world.resources, made.id, "Light alloys")
    visible = world.resources.visible(world.asker("a.lead"))
    [record] = world.resources.catalog.find(parse('kind = "project"'), visible).records
    assert (record.title, record.version, record.document["name"]) == ("Light alloys", 2, "Light alloys")


def test_stewards_say_who_reads_and_contributes(world: World) -> None:
    grant_role(world.asker("suzuki"), world.resources, world.project, world["outside"], Role.CONTRIBUTOR)
    assert _roles(world)["Outside"] is Role.CONTRIBUTOR
    assert world.sees("outside") == 9
    withdraw_role(world.asker("suzuki"), world.resources, world.project, "outside")
    assert world.sees("outside") == 0


def test_only_owners_appoint_and_dismiss_stewards_and_owners(world: World) -> None:
    for party, role in (
        ("tanaka", Role.STEWARD),
        ("tanaka", Role.OWNER),
        ("sato", Role.READER),
        ("suzuki", Role.OWNER),
    ):
        with pytest.raises(Refused):
            grant_role(world.asker("suzuki"), world.resources, world.project, party, role)
    with pytest.raises(Refused):
        withdraw_role(world.asker("suzuki"), world.resources, world.project, "sato")
    grant_role(world.asker("sato"), world.resources, world.project, "tanaka", Role.OWNER)
    assert _roles(world)["Tanaka"] is Role.OWNER


def test_readers_change_nothing_and_go_as_they_please(world: World) -> None:
    with pytest.raises(Refused):
        grant_role(world.asker("tanaka"), world.resources, world.project, "tanaka", Role.CONTRIBUTOR)
    with pytest.raises(Refused):
        withdraw_role(world.asker("tanaka"), world.resources, world.project, "suzuki")
    with pytest.raises(Refused):
        rename_project(world.asker("tanaka"), world.resources, world.project, "Mine")
    withdraw_role(world.asker("tanaka"), world.resources, world.project, "tanaka")
    assert "Tanaka" not in _roles(world)
    withdraw_role(world.asker("suzuki"), world.resources, world.project, "suzuki")


def test_the_last_owner_cannot_go(world: World) -> None:
    with pytest.raises(InvalidValue, match="no owner"):
        withdraw_role(world.asker("sato"), world.resources, world.project, "sato")
    with pytest.raises(InvalidValue, match="no owner"):
        grant_role(world.asker("sato"), world.resources, world.project, "sato", Role.STEWARD)
    until = world.now + timedelta(days=30)
    with pytest.raises(InvalidValue, match="no owner"):
        grant_role(world.asker("sato"), world.resources, world.project, "sato", Role.OWNER, until=until)
    grant_role(world.asker("sato"), world.resources, world.project, "suzuki", Role.OWNER)
    withdraw_role(world.asker("sato"), world.resources, world.project, "sato")
    assert world.sees("sato") == 0


def test_a_role_ends_by_itself(world: World) -> None:
    until = world.now + timedelta(hours=1)
    grant_role(world.asker("sato"), world.resources, world.project, world["outside"], Role.READER, until=until)
    assert world.sees("outside") == 9
    world.now = until
    assert world.sees("outside") == 0
    with pytest.raises(InvalidValue, match="future"):
        grant_role(world.asker("sato"), world.resources, world.project, "tanaka", Role.READER, until=until)


def test_an_operator_appoints_owners_and_does_not_decide_who_sees_records(world: World) -> None:
    grant_role(world.asker("root"), world.resources, world.project, "tanaka", Role.OWNER)
    assert _roles(world)["Tanaka"] is Role.OWNER
    with pytest.raises(Refused):
        change_policy(world.asker("root"), world.resources, "Steel", Policy(tier=Tier.OPEN))
    assert world.sees("root") == 0


def test_operators_can_be_kept_from_giving_roles_where_there_is_an_owner(world: World) -> None:
    kept = replace(world.resources, operators_give_roles=False)
    before = _roles(world)
    for deed in (
        lambda: grant_role(world.asker("root"), kept, world.project, "root", Role.OWNER),
        lambda: grant_role(world.asker("root"), kept, world.project, "root", Role.READER),
        lambda: withdraw_role(world.asker("root"), kept, world.project, "tanaka"),
    ):
        with pytest.raises(Refused, match="has an owner"):
            deed()
    assert _roles(world) == before
    grant_role(world.asker("sato"), kept, world.project, world["outside"], Role.READER)  # owners still do
    assert _roles(world)["Outside"] is Role.READER
    seen = show_project(world.asker("root"), kept, "Steel").revision or 0
    with pytest.raises(Refused, match="has an owner"):  # nor by taking the owner's change back
        undo_last_change(world.asker("root"), kept, world.project, seen=seen)
    rename_project(world.asker("root"), kept, world.project, "Steels")


def test_an_operator_with_a_role_of_their_own_has_what_it_gives_and_no_more(world: World) -> None:
    kept = replace(world.resources, operators_give_roles=False)
    grant_role(world.asker("sato"), kept, world.project, world["root"], Role.STEWARD)
    grant_role(world.asker("root"), kept, world.project, world["outside"], Role.READER)
    with pytest.raises(Refused, match="has an owner"):
        grant_role(world.asker("root"), kept, world.project, "root", Role.OWNER)
    withdraw_role(world.asker("root"), kept, world.project, "root")  # everybody may go
    assert "Root" not in _roles(world)


def test_operators_appoint_owners_where_there_is_none(world: World) -> None:
    kept = replace(world.resources, operators_give_roles=False)
    project = world.resources.directory.load().project(world.project)
    revision = world.resources.directory.load().revision
    world.resources.directory.change([replace(project, grants=())], by="root", expected=revision)
    grant_role(world.asker("root"), kept, world.project, "sato", Role.OWNER)
    assert _roles(world)["Sato"] is Role.OWNER


def test_an_outsider_finds_no_project_and_nobody_of_it(world: World) -> None:
    for deed in (
        lambda: show_project(world.asker("outside"), world.resources, "Steel"),
        lambda: show_project(world.asker("outside"), world.resources, str(world.project)),
        lambda: rename_project(world.asker("outside"), world.resources, world.project, "x"),
        lambda: grant_role(world.asker("outside"), world.resources, world.project, "outside", Role.OWNER),
        lambda: withdraw_role(world.asker("outside"), world.resources, world.project, "sato"),
        lambda: history_of(world.asker("outside"), world.resources, world.project),
    ):
        with pytest.raises(RecordNotFound):
            deed()


def test_names_of_strangers_cannot_be_tried_out(world: World) -> None:
    for name in ("a.chem", "A.Chem", "Company A", "nobody"):
        with pytest.raises(RecordNotFound):
            grant_role(world.asker("sato"), world.resources, world.project, name, Role.READER)


def test_policies_are_changed_by_stewards(world: World) -> None:
    policy = Policy(allowed=frozenset({Tier.CLOSED, Tier.SHARED}), embargo_days=730)
    changed = change_policy(world.asker("suzuki"), world.resources, "Steel", policy)
    assert (changed.allowed, changed.embargo_days) == (frozenset({Tier.CLOSED, Tier.SHARED}), 730)
    changed = change_policy(world.asker("suzuki"), world.resources, "Steel", Policy(embargo_days=0))
    assert changed.embargo_days is None
    with pytest.raises(InvalidValue):
        change_policy(world.asker("suzuki"), world.resources, "Steel", Policy(allowed=frozenset({Tier.OPEN})))


def test_history_says_who_changed_what_and_the_last_change_is_taken_back(world: World) -> None:
    grant_role(world.asker("suzuki"), world.resources, world.project, world["outside"], Role.READER)
    history = history_of(world.asker("sato"), world.resources, world.project)
    assert [(h.by, h.changed, h.is_first) for h in history] == [("Suzuki", ("grants",), False), ("", (), True)]
    with pytest.raises(RecordNotFound):
        history_of(world.asker("tanaka"), world.resources, world.project)
    undo_last_change(world.asker("suzuki"), world.resources, world.project, seen=history[0].revision)
    assert "Outside" not in _roles(world)
    with pytest.raises(Conflict):
        undo_last_change(world.asker("suzuki"), world.resources, world.project, seen=history[0].revision)


def test_nobody_takes_back_what_they_may_not_do(world: World) -> None:
    grant_role(world.asker("sato"), world.resources, world.project, "tanaka", Role.OWNER)
    seen = history_of(world.asker("sato"), world.resources, world.project)[0].revision
    with pytest.raises(Refused):
        undo_last_change(world.asker("suzuki"), world.resources, world.project, seen=seen)
    undo_last_change(world.asker("sato"), world.resources, world.project, seen=seen)
    assert _roles(world)["Tanaka"] is Role.READER
    assert not may_see_history(world.asker("tanaka"), world.resources, world.project)


# Organisations


def test_operators_add_organisations_and_appoint_their_stewards(world: World) -> None:
    about = About(name="Institute", name_ja="研究所", ror="026v1ze26", country="JP")
    made = add_organisation(world.asker("root"), world.resources, about)
    assert made.ror == "https://ror.org/026v1ze26"
    for wrong in (About(name="institute"), About(name=""), About(name="X", ror="1"), About(name="X", country="Japan")):
        with pytest.raises(InvalidValue):
            add_organisation(world.asker("root"), world.resources, wrong)
    with pytest.raises(Refused):
        add_organisation(world.asker("a.lead"), world.resources, About(name="Other"))
    with pytest.raises(InvalidValue, match="does not belong"):
        appoint_steward(world.asker("root"), world.resources, "Institute", "tanaka")
    appoint_steward(world.asker("root"), world.resources, "Company C", "outside")
    assert show_organisation(world.asker("outside"), world.resources, "Company C").is_steward
    dismiss_steward(world.asker("root"), world.resources, "Company C", "outside")
    assert not show_organisation(world.asker("outside"), world.resources, "Company C").is_steward


def test_its_stewards_appoint_others_and_operators_say_what_it_is(world: World) -> None:
    change_organisation(world.asker("root"), world.resources, "Company A", About(name_ja="A社", country="JP"))
    for about in (About(name="Company B"), About(country="DE"), About(name_ja="B社"), About(ror="026v1ze26")):
        with pytest.raises(Refused):
            change_organisation(world.asker("a.lead"), world.resources, "Company A", about)
    appoint_steward(world.asker("a.lead"), world.resources, "Company A", "a.chem")
    with pytest.raises(Refused):
        change_organisation(world.asker("sato"), world.resources, "University", About(name="Mine"))
    with pytest.raises(RecordNotFound):
        change_organisation(world.asker("b.lead"), world.resources, "Company A", About(name="Ours"))
    names = [each.organisation.name for each in list_organisations(world.asker("a.chem"), world.resources)]
    assert names == ["Company A"]


# Groups


def test_who_joins_a_group_gets_its_roles_and_loses_them_with_it(world: World) -> None:
    group = add_group(world.asker("a.lead"), world.resources, "Chemists")
    grant_role(world.asker("sato"), world.resources, world.project, str(group.id), Role.READER)
    assert world.sees("a.chem") == 0
    join_group(world.asker("a.lead"), world.resources, "Chemists", "a.chem")
    assert world.sees("a.chem") == 9
    assert [g.group.name for g in list_groups(world.asker("tanaka"), world.resources)] == ["Chemists"]
    leave_group(world.asker("a.chem"), world.resources, "Chemists", "a.chem")
    assert world.sees("a.chem") == 0


def test_what_a_group_would_bring_is_told_to_who_decides_on_the_records(world: World) -> None:
    group = add_group(world.asker("suzuki"), world.resources, "Students")
    grant_role(world.asker("suzuki"), world.resources, world.project, str(group.id), Role.CONTRIBUTOR)
    [effect] = preview_group(world.asker("suzuki"), world.resources, "Students", "tanaka", joins=True).effects
    assert (effect.people, effect.n_gained, Right.WRITE in effect.gained) == (("Tanaka",), 0, True)


def test_groups_belong_to_their_organisation(world: World) -> None:
    add_group(world.asker("a.lead"), world.resources, "Chemists")
    add_group(world.asker("b.lead"), world.resources, "Chemists")
    with pytest.raises(InvalidValue, match="already"):
        add_group(world.asker("a.lead"), world.resources, "Chemists")
    with pytest.raises(Refused):
        add_group(world.asker("a.chem"), world.resources, "Mine")
    with pytest.raises(RecordNotFound):
        rename_group(world.asker("a.chem"), world.resources, "Chemists", "Ours")
    renamed = rename_group(world.asker("a.lead"), world.resources, "Chemists", "Analysts")
    undo_last_change(
        world.asker("a.lead"),
        world.resources,
        renamed.id,
        seen=history_of(world.asker("a.lead"), world.resources, renamed.id)[0].revision,
    )
    assert [g.group.name for g in list_groups(world.asker("a.lead"), world.resources)] == ["Chemists"]


# What somebody sees


def test_stewards_ask_what_somebody_sees_in_their_projects(world: World) -> None:
    sees = what_person_sees(world.asker("suzuki"), world.resources, "tanaka")
    assert sees.n_records == 9
    assert {reason[0] for seen in sees.seen for reason in seen.reasons} == {"project_member"}
    with pytest.raises(Refused):
        what_person_sees(world.asker("tanaka"), world.resources, "suzuki")
    with pytest.raises(RecordNotFound):
        what_person_sees(world.asker("suzuki"), world.resources, world["outside"])
    grant_role(world.asker("sato"), world.resources, world.project, world["outside"], Role.READER)
    assert what_person_sees(world.asker("suzuki"), world.resources, world["outside"]).n_records == 9


def test_an_operator_is_told_why_and_not_how_much(world: World) -> None:
    sees = what_person_sees(world.asker("root"), world.resources, "tanaka")
    assert {seen.n_records for seen in sees.seen} == {None}
    assert sees.seen[0].project == "Steel"
