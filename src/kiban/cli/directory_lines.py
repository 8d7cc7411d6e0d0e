"""Lines about projects, agreements, organisations and groups, and the options that their commands share."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from kiban.cli.command import print_json, say
from kiban.errors import WrongUsage

if TYPE_CHECKING:
    from kiban.operations.weigh_change import Effects

RIGHTS = ("exists", "metadata", "data", "use", "joint", "reshare")


def add_name(parser: argparse.ArgumentParser, noun: str) -> None:
    """Which one."""
    parser.add_argument("name", metavar=noun.upper(), help=f"name or identifier of the {noun}")


def add_party(parser: argparse.ArgumentParser, what: str) -> None:
    """A person, group or organisation."""
    parser.add_argument("party", metavar="PARTY", help=f"{what}: login, name or identifier")


def add_preview(parser: argparse.ArgumentParser) -> None:
    """The option that changes nothing."""
    parser.add_argument("--preview", action="store_true", help="say who would see what, and change nothing")


def add_rights(parser: argparse.ArgumentParser) -> None:
    """What a party may do."""
    parser.add_argument(
        "--may",
        metavar="RIGHT",
        action="append",
        choices=RIGHTS,
        required=True,
        help=f"{', '.join(RIGHTS)}; may be given many times, and each takes along what it needs",
    )


def moment_of(text: str | None, option: str) -> datetime | None:
    """A day (its beginning in UTC) or a moment with its zone. Raises WrongUsage."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as e:
        raise WrongUsage(f"{option} {text[:40]!r} is no day.", mend="Write it like 2027-03-31.") from e
    if len(text) == 10:
        return datetime.combine(found.date(), time(), UTC)
    if found.tzinfo is None:
        raise WrongUsage(f"{option} {text[:40]!r} has no zone.", mend="Write it like 2027-03-31T17:00+09:00.")
    return found


def print_effects(effects: Effects, arguments: argparse.Namespace, document: Any) -> None:
    """Who would see what, and that nothing was changed."""
    if arguments.json:
        print_json(document)
        return
    for each in effects.effects:
        who = "everybody" if each.is_public else f"{each.n_people} of {each.organisation or 'no organisation'}"
        names = f" ({', '.join(each.people)})" if each.people else ""
        counts = [f"+{each.n_gained} records"] if each.n_gained else []
        counts += [f"-{each.n_lost} records"] if each.n_lost else []
        rights = [f"may {right}" for right in sorted(each.gained)] + [f"may not {right}" for right in sorted(each.lost)]
        print(f"{who}{names}: {', '.join([*counts, *rights])}")
    for held in effects.held_back:
        print(f"held back for {held.n_people}: {held.reason}")
    if effects.is_empty:
        print("Nobody would see more or less.")
    say("Nothing was changed.")
