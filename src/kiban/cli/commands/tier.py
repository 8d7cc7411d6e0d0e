"""kiban tier ID: bring records to another tier, agreement or embargo, after a look at what that changes."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING
from uuid import UUID

from kiban.cli.command import add_home, add_json, platform
from kiban.cli.placement_options import TIERS
from kiban.cli.rescope_lines import tell_done, tell_preview
from kiban.errors import WrongUsage

if TYPE_CHECKING:
    from kiban.operations.change_tier import TierChange
    from kiban.operations.chosen import Choice
    from kiban.operations.resources import Resources
    from kiban.records.party import Asker


class TierCommand:
    """See the module."""

    name = "tier"
    help = "change who may see records: tier, agreement, embargo; without --yes it says what that would change"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        add_choice(parser)
        parser.add_argument("--tier", choices=TIERS, help="who may see them from now on")
        parser.add_argument("--as-project", action="store_true", help="as the project says, also when it changes")
        parser.add_argument(
            "--agreement", metavar="NAME_OR_ID", help="with --tier shared: under which (default: the project's)"
        )
        parser.add_argument("--embargo", metavar="UNTIL", help="closed until then: 2028-04-01, '24 months', or none")
        parser.add_argument("--undo", type=UUID, metavar="CHANGE", help="take a change back")
        parser.add_argument("--yes", action="store_true", help="do it")
        add_home(parser)
        add_json(parser)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        from kiban.operations.change_tier import change_tier, preview_tier, preview_undo, undo_change

        if arguments.undo is not None:
            if arguments.id or arguments.all or _is_said(arguments):
                raise WrongUsage("--undo was given together with something else.", mend="Give the change alone.")
            with platform(arguments, n_workers=1) as (asker, resources):
                if not arguments.yes:
                    return tell_preview(preview_undo(asker, resources, arguments.undo), arguments)
                return tell_done(undo_change(asker, resources, arguments.undo), arguments)
        check_choice(arguments)
        if not _is_said(arguments):
            raise WrongUsage("Nothing is to change.", mend="Give --tier, --as-project or --embargo.")
        with platform(arguments, n_workers=1) as (asker, resources):
            change, choice = _change(arguments, asker), choice_of(arguments, asker, resources)
            if not arguments.yes:
                return tell_preview(preview_tier(asker, resources, choice, change), arguments)
            return tell_done(change_tier(asker, resources, choice, change), arguments)


def add_choice(parser: argparse.ArgumentParser) -> None:
    """What says which records are meant."""
    parser.add_argument("id", metavar="ID", nargs="?", help="short identifier, as kb:7Q4M-2KXD-98")
    parser.add_argument(
        "--all", metavar="QUESTION", help="all records that answer, of projects of which you are steward"
    )


def check_choice(arguments: argparse.Namespace) -> None:
    """Refuse a choice that is none, or two. Raises WrongUsage."""
    if (arguments.id is None) == (arguments.all is None):
        raise WrongUsage("Which records are meant is not clear.", mend="Give an identifier, or --all 'QUESTION'.")


def choice_of(arguments: argparse.Namespace, asker: Asker, resources: Resources) -> Choice:
    """The records that are meant."""
    from kiban.operations.chosen import chosen_by, chosen_record

    if arguments.id is not None:
        return chosen_record(asker, resources, arguments.id)
    return chosen_by(asker, resources, arguments.all)


def _is_said(arguments: argparse.Namespace) -> bool:
    return any((arguments.tier, arguments.as_project, arguments.agreement, arguments.embargo))


def _change(arguments: argparse.Namespace, asker: Asker) -> TierChange:
    from kiban.operations.change_tier import tier_change

    tier = "project" if arguments.as_project else arguments.tier
    if arguments.as_project and arguments.tier:
        raise WrongUsage("A tier was given, and the project's.", mend="Give one of the two.")
    return tier_change(tier, arguments.agreement, arguments.embargo, asker.at)


COMMAND = TierCommand()
