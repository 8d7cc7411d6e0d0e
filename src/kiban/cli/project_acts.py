"""What `kiban project` does."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from kiban.cli.acts import Act
from kiban.cli.command import DONE, platform, print_json
from kiban.cli.directory_lines import add_name, add_party, add_preview, moment_of, print_effects

if TYPE_CHECKING:
    from kiban.operations.resources import Resources
    from kiban.operations.share_project import Policy
    from kiban.records.party import Asker

ROLES = ("reader", "contributor", "steward", "owner")
TIERS = ("open", "shared", "closed")


def _add_project(parser: argparse.ArgumentParser) -> None:
    add_name(parser, "project")


def _add_new(parser: argparse.ArgumentParser) -> None:
    add_name(parser, "project")
    parser.add_argument("--organisation", metavar="ORGANISATION", help="where it belongs: name or identifier")
    parser.add_argument("--owner", metavar="PARTY", help="who owns it: login, name or identifier")


def _nothing(parser: argparse.ArgumentParser) -> None:
    """`list` takes nothing."""


def _new(arguments: argparse.Namespace) -> int:
    from kiban.operations.manage_project import grant_role, make_project
    from kiban.platform import local_asker
    from kiban.records.parties.right import Role

    with platform(arguments, n_workers=1) as (asker, resources):
        made = make_project(asker, resources, arguments.name, organisation=arguments.organisation)
        owner = local_asker(resources)  # the person at the machine owns what was just made, too
        if arguments.owner is not None:
            grant_role(owner, resources, made.id, arguments.owner, Role.OWNER)
        _print(owner, resources, str(made.id), arguments)
    return DONE


def _list(arguments: argparse.Namespace) -> int:
    from kiban.operations.directory_as_json import project_as_json
    from kiban.operations.manage_project import list_projects

    with platform(arguments, n_workers=1) as (asker, resources):
        for each in list_projects(asker, resources):
            if arguments.json:
                print_json(project_as_json(each))
            else:
                print(f"{each.project.id}  {each.project.tier:<6}  {each.project.name}")
    return DONE


def _show(arguments: argparse.Namespace) -> int:
    with platform(arguments, n_workers=1) as (asker, resources):
        _print(asker, resources, arguments.name, arguments)
    return DONE


def _add_rename(parser: argparse.ArgumentParser) -> None:
    add_name(parser, "project")
    parser.add_argument("new_name", metavar="NAME", help="its name from now on")


def _rename(arguments: argparse.Namespace) -> int:
    from kiban.operations.manage_project import rename_project
    from kiban.operations.project_changes import find_project

    with platform(arguments, n_workers=1) as (asker, resources):
        found = find_project(asker, resources, arguments.name)
        rename_project(asker, resources, found.id, arguments.new_name)
        _print(asker, resources, str(found.id), arguments)
    return DONE


def _add_role(parser: argparse.ArgumentParser) -> None:
    add_name(parser, "project")
    add_party(parser, "whose role it is")
    parser.add_argument(
        "role", metavar="ROLE", choices=(*ROLES, "none"), help=f"{', '.join(ROLES)}; none takes it away"
    )
    parser.add_argument("--until", metavar="DAY", help="when it ends by itself: 2027-03-31")


def _role(arguments: argparse.Namespace) -> int:
    from kiban.operations.manage_project import grant_role, withdraw_role
    from kiban.operations.project_changes import find_project
    from kiban.records.parties.right import Role

    until = moment_of(arguments.until, "--until")
    with platform(arguments, n_workers=1) as (asker, resources):
        found = find_project(asker, resources, arguments.name)
        if arguments.role == "none":
            withdraw_role(asker, resources, found.id, arguments.party)
        else:
            grant_role(asker, resources, found.id, arguments.party, Role(arguments.role), until=until)
        _print(asker, resources, str(found.id), arguments)
    return DONE


def _add_share(parser: argparse.ArgumentParser) -> None:
    add_name(parser, "project")
    parser.add_argument("agreement", metavar="AGREEMENT", help="name or identifier of the agreement")
    add_preview(parser)


def _share(arguments: argparse.Namespace) -> int:
    from kiban.operations.share_project import sharing

    return _apply(arguments, sharing(arguments.agreement))


def _add_close(parser: argparse.ArgumentParser) -> None:
    add_name(parser, "project")
    add_preview(parser)


def _close(arguments: argparse.Namespace) -> int:
    from kiban.operations.share_project import CLOSING

    return _apply(arguments, CLOSING)


def _add_policy(parser: argparse.ArgumentParser) -> None:
    add_name(parser, "project")
    parser.add_argument("--tier", choices=TIERS, help="of its records where they say nothing else")
    parser.add_argument("--agreement", metavar="AGREEMENT", help="of the shared tier: name or identifier")
    parser.add_argument("--allow", choices=TIERS, action="append", help="a tier that single records may be given")
    parser.add_argument("--embargo-days", type=int, metavar="N", help="new records stay closed that long; 0 for none")
    add_preview(parser)


def _policy(arguments: argparse.Namespace) -> int:
    from kiban.operations.share_project import Policy
    from kiban.records.scope import Tier

    allowed = frozenset(map(Tier, arguments.allow)) if arguments.allow else None
    tier = Tier(arguments.tier) if arguments.tier else None
    policy = Policy(tier=tier, agreement=arguments.agreement, allowed=allowed, embargo_days=arguments.embargo_days)
    return _apply(arguments, policy)


def _apply(arguments: argparse.Namespace, policy: Policy) -> int:
    from kiban.operations.directory_as_json import preview_as_json
    from kiban.operations.share_project import change_policy, preview_policy

    with platform(arguments, n_workers=1) as (asker, resources):
        if arguments.preview:
            preview = preview_policy(asker, resources, arguments.name, policy)
            print_effects(preview.effects, arguments, preview_as_json(preview))
        else:
            changed = change_policy(asker, resources, arguments.name, policy)
            _print(asker, resources, str(changed.id), arguments)
    return DONE


def _add_sees(parser: argparse.ArgumentParser) -> None:
    add_party(parser, "the person")


def _sees(arguments: argparse.Namespace) -> int:
    from kiban.operations.directory_as_json import sees_as_json
    from kiban.operations.what_person_sees import what_person_sees

    with platform(arguments, n_workers=1) as (asker, resources):
        sees = what_person_sees(asker, resources, arguments.party)
    if arguments.json:
        print_json(sees_as_json(sees))
        return DONE
    for each in sees.seen:
        reasons = " ".join(reason for _, reason, _ in each.reasons)
        print(
            f"{each.project}  {each.scope.tier}  {each.n_records} records  {', '.join(sorted(each.rights))}: {reasons}"
        )
    print(f"{sees.person.name} sees {sees.n_records} records.")
    return DONE


def _print(asker: Asker, resources: Resources, name: str, arguments: argparse.Namespace) -> None:
    from kiban.operations.directory_as_json import project_as_json
    from kiban.operations.manage_project import show_project

    shown = show_project(asker, resources, name)
    if arguments.json:
        print_json(project_as_json(shown))
        return
    project = shown.project
    agreement = resources.directory.load().agreements.get(project.agreement) if project.agreement else None
    rows = {
        "project": project.name,
        "identifier": str(project.id),
        "organisation": shown.organisation,
        "tier": project.tier.value + (f", under {agreement.name}" if agreement else ""),
        "allowed": ", ".join(sorted(project.allowed)),
        "embargo": f"{project.embargo_days} days" if project.embargo_days else "",
    }
    for head, said in rows.items():
        if said:
            print(f"{head:<14} {said}")
    for member in shown.members:
        until = f", until {member.grant.until:%Y-%m-%d}" if member.grant.until else ""
        print(f"{member.grant.role.value:<14} {member.name or member.party}{until}")


ACTS = (
    Act("add", "make a project", _add_new, _new),
    Act("list", "all projects", _nothing, _list),
    Act("show", "one project: its policy, and who works in it", _add_project, _show),
    Act("rename", "give a project another name", _add_rename, _rename),
    Act("role", "say what somebody is in a project", _add_role, _role),
    Act("share", "share a project's records under an agreement", _add_share, _share),
    Act("close", "take a project's records back", _add_close, _close),
    Act("policy", "say what becomes of a project's records", _add_policy, _policy),
    Act("sees", "what somebody sees in all projects, and why", _add_sees, _sees),
)
