"""kiban organisation: organisations, and who speaks for them."""

from __future__ import annotations

import argparse

from kiban.cli.acts import add_acts, run_act
from kiban.cli.organisation_acts import ACTS


class OrganisationCommand:
    """See the module."""

    name = "organisation"
    help = "organisations, and who speaks for them"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        add_acts(parser, ACTS)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        return run_act(arguments)


COMMAND = OrganisationCommand()
