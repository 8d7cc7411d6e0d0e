"""What `kiban group` does."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from kiban.cli.acts import Act
from kiban.cli.command import DONE, platform, print_json
from kiban.cli.directory_lines import add_name, add_party

if TYPE_CHECKING:
    from kiban.operations.resources import Resources
    from kiban.records.party import Asker


def _nothing(parser: argparse.ArgumentParser) -> None:
    """`list` takes nothing."""


def _add_group(parser: argparse.ArgumentParser) -> None:
    add_name(parser, "group")


def _add_new(parser: argparse.ArgumentParser) -> None:
    add_name(parser, "group")
    parser.add_argument("--organisation", metavar="ORGANISATION", help="whose stewards decide who belongs to it")


def _new(arguments: argparse.Namespace) -> int:
    from kiban.operations.groups import add_group

    with platform(arguments, n_workers=1) as (asker, resources):
        made = add_group(asker, resources, arguments.name, organisation=arguments.organisation)
        _print(asker, resources, str(made.id), arguments)
    return DONE


def _list(arguments: argparse.Namespace) -> int:
    from kiban.operations.directory_as_json import group_as_json
    from kiban.operations.groups import list_groups

    with platform(arguments, n_workers=1) as (asker, resources):
        for each in list_groups(asker, resources):
            if arguments.json:
                print_json(group_as_json(each))
            else:
                print(f"{each.group.id}  {each.group.name} ({len(each.members)} people)")
    return DONE


def _show(arguments: argparse.Namespace) -> int:
    with platform(arguments, n_workers=1) as (asker, resources):
        _print(asker, resources, arguments.name, arguments)
    return DONE


def _add_rename(parser: argparse.ArgumentParser) -> None:
    add_name(parser, "group")
    parser.add_argument("new_name", metavar="NAME", help="its name from now on")


def _rename(arguments: argparse.Namespace) -> int:
    from kiban.operations.groups import rename_group

    with platform(arguments, n_workers=1) as (asker, resources):
        renamed = rename_group(asker, resources, arguments.name, arguments.new_name)
        _print(asker, resources, str(renamed.id), arguments)
    return DONE


def _add_member(parser: argparse.ArgumentParser) -> None:
    add_name(parser, "group")
    add_party(parser, "the person")


def _join(arguments: argparse.Namespace) -> int:
    from kiban.operations.groups import join_group

    with platform(arguments, n_workers=1) as (asker, resources):
        changed = join_group(asker, resources, arguments.name, arguments.party)
        _print(asker, resources, str(changed.id), arguments)
    return DONE


def _leave(arguments: argparse.Namespace) -> int:
    from kiban.operations.groups import leave_group

    with platform(arguments, n_workers=1) as (asker, resources):
        changed = leave_group(asker, resources, arguments.name, arguments.party)
        _print(asker, resources, str(changed.id), arguments)
    return DONE


def _print(asker: Asker, resources: Resources, name: str, arguments: argparse.Namespace) -> None:
    from kiban.operations.directory_as_json import group_as_json
    from kiban.operations.groups import show_group

    shown = show_group(asker, resources, name)
    if arguments.json:
        print_json(group_as_json(shown))
        return
    rows = {
        "group": shown.group.name,
        "identifier": str(shown.group.id),
        "organisation": shown.organisation,
        "members": ", ".join(person.name for person in shown.members),
    }
    for head, said in rows.items():
        if said:
            print(f"{head:<14} {said}")


ACTS = (
    Act("add", "make a group", _add_new, _new),
    Act("list", "all groups", _nothing, _list),
    Act("show", "one group and its members", _add_group, _show),
    Act("rename", "give a group another name", _add_rename, _rename),
    Act("join", "take somebody in", _add_member, _join),
    Act("leave", "take somebody out", _add_member, _leave),
)
