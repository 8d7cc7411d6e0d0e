"""kiban invite ID --to WHO: let somebody see single records for a time, and take that back."""

from __future__ import annotations

import argparse

from kiban.cli.command import add_home, add_json, platform
from kiban.cli.commands.tier import add_choice, check_choice, choice_of
from kiban.cli.rescope_lines import tell_done, tell_preview
from kiban.errors import WrongUsage

_RIGHTS = ("metadata", "data", "use")


class InviteCommand:
    """See the module."""

    name = "invite"
    help = "let a person, group or organisation see single records for a time; without --yes it says what that changes"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        add_choice(parser)
        parser.add_argument(
            "--to", metavar="WHO", required=True, help="login of a person, name of a group or organisation, or an ID"
        )
        parser.add_argument("--right", choices=_RIGHTS, help="what they may do (default: data); use: put into tables")
        parser.add_argument(
            "--until", metavar="UNTIL", help="2028-04-01, or '6 months' (default: until it is taken back)"
        )
        parser.add_argument("--take-back", action="store_true", help="end an invitation at once")
        parser.add_argument("--yes", action="store_true", help="do it")
        add_home(parser)
        add_json(parser)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        from kiban.operations import invite
        from kiban.operations.placement import end_of_embargo
        from kiban.records.parties.right import Right

        check_choice(arguments)
        if arguments.take_back and (arguments.right or arguments.until):
            raise WrongUsage("--take-back was given with a right or a day.", mend="Leave them away: it ends at once.")
        with platform(arguments, n_workers=1) as (asker, resources):
            party = invite.party_called(asker, resources, arguments.to)
            choice = choice_of(arguments, asker, resources)
            if arguments.take_back:
                if not arguments.yes:
                    return tell_preview(invite.preview_uninviting(asker, resources, choice, party), arguments)
                return tell_done(invite.uninvite(asker, resources, choice, party), arguments)
            right = Right(arguments.right or "data")
            until = end_of_embargo(arguments.until, asker.at) if arguments.until else None
            if not arguments.yes:
                return tell_preview(invite.preview_invitation(asker, resources, choice, party, right, until), arguments)
            return tell_done(invite.invite(asker, resources, choice, party, right, until), arguments)


COMMAND = InviteCommand()
