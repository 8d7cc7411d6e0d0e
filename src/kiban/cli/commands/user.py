"""kiban user add|list|show|change|password|link|totp-off|deactivate|activate|sessions: who may log in."""

from __future__ import annotations

import argparse

from kiban.cli.acts import add_acts, run_act
from kiban.cli.user_acts import ACTS


class UserCommand:
    """See the module."""

    name = "user"
    help = "accounts of people and instruments: add, list, change, let log in, deactivate"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        add_acts(parser, ACTS)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        return run_act(arguments)


COMMAND = UserCommand()
