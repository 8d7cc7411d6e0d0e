"""kiban agreement: draft agreements, invite parties, keep what they answer."""

from __future__ import annotations

import argparse

from kiban.cli.acts import add_acts, run_act
from kiban.cli.agreement_acts import ACTS


class AgreementCommand:
    """See the module."""

    name = "agreement"
    help = "draft agreements, invite parties, keep what they answer"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        add_acts(parser, ACTS)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        return run_act(arguments)


COMMAND = AgreementCommand()
