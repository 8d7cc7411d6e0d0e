"""What `kiban organisation` does."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from kiban.cli.acts import Act
from kiban.cli.command import DONE, platform, print_json
from kiban.cli.directory_lines import add_name, add_party

if TYPE_CHECKING:
    from kiban.operations.organisations import About
    from kiban.operations.resources import Resources
    from kiban.records.party import Asker


def _nothing(parser: argparse.ArgumentParser) -> None:
    """`list` takes nothing."""


def _add_organisation(parser: argparse.ArgumentParser) -> None:
    add_name(parser, "organisation")


def _add_about(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--ja", metavar="NAME", help="its name in Japanese")
    parser.add_argument("--ror", metavar="ROR", help="its identifier: https://ror.org/...")
    parser.add_argument("--country", metavar="CODE", help="two capital letters: JP")


def _about(arguments: argparse.Namespace, name: str | None) -> About:
    from kiban.operations.organisations import About

    return About(name=name, name_ja=arguments.ja, ror=arguments.ror, country=arguments.country)


def _add_new(parser: argparse.ArgumentParser) -> None:
    add_name(parser, "organisation")
    _add_about(parser)


def _new(arguments: argparse.Namespace) -> int:
    from kiban.operations.organisations import add_organisation

    with platform(arguments, n_workers=1) as (asker, resources):
        made = add_organisation(asker, resources, _about(arguments, arguments.name))
        _print(asker, resources, str(made.id), arguments)
    return DONE


def _list(arguments: argparse.Namespace) -> int:
    from kiban.operations.directory_as_json import organisation_as_json
    from kiban.operations.organisations import list_organisations

    with platform(arguments, n_workers=1) as (asker, resources):
        for each in list_organisations(asker, resources):
            if arguments.json:
                print_json(organisation_as_json(each))
            else:
                print(f"{each.organisation.id}  {each.organisation.name} ({len(each.people)} people)")
    return DONE


def _show(arguments: argparse.Namespace) -> int:
    with platform(arguments, n_workers=1) as (asker, resources):
        _print(asker, resources, arguments.name, arguments)
    return DONE


def _add_change(parser: argparse.ArgumentParser) -> None:
    add_name(parser, "organisation")
    parser.add_argument("--name", dest="new_name", metavar="NAME", help="its name from now on")
    _add_about(parser)


def _change(arguments: argparse.Namespace) -> int:
    from kiban.operations.organisations import change_organisation

    with platform(arguments, n_workers=1) as (asker, resources):
        changed = change_organisation(asker, resources, arguments.name, _about(arguments, arguments.new_name))
        _print(asker, resources, str(changed.id), arguments)
    return DONE


def _add_steward(parser: argparse.ArgumentParser) -> None:
    add_name(parser, "organisation")
    add_party(parser, "one of its people")
    parser.add_argument("--dismiss", action="store_true", help="take it back")


def _steward(arguments: argparse.Namespace) -> int:
    from kiban.operations.organisations import appoint_steward, dismiss_steward

    with platform(arguments, n_workers=1) as (asker, resources):
        deed = dismiss_steward if arguments.dismiss else appoint_steward
        changed = deed(asker, resources, arguments.name, arguments.party)
        _print(asker, resources, str(changed.id), arguments)
    return DONE


def _print(asker: Asker, resources: Resources, name: str, arguments: argparse.Namespace) -> None:
    from kiban.operations.directory_as_json import organisation_as_json
    from kiban.operations.organisations import show_organisation

    shown = show_organisation(asker, resources, name)
    if arguments.json:
        print_json(organisation_as_json(shown))
        return
    organisation = shown.organisation
    rows = {
        "organisation": organisation.name,
        "Japanese": organisation.name_ja,
        "identifier": str(organisation.id),
        "ROR": organisation.ror,
        "country": organisation.country,
        "stewards": ", ".join(person.name for person in shown.stewards),
        "people": ", ".join(person.name for person in shown.people),
        "groups": ", ".join(group.name for group in shown.groups),
    }
    for head, said in rows.items():
        if said:
            print(f"{head:<14} {said}")


ACTS = (
    Act("add", "add an organisation", _add_new, _new),
    Act("list", "all organisations", _nothing, _list),
    Act("show", "one organisation: its people, groups and stewards", _add_organisation, _show),
    Act("change", "say something else of an organisation", _add_change, _change),
    Act("steward", "let one of its people accept agreements in its name", _add_steward, _steward),
)
