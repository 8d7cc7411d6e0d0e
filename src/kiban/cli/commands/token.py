"""kiban token add|list|revoke: what lets programs and instruments in."""

from __future__ import annotations

import argparse

from kiban.cli.acts import add_acts, run_act
from kiban.cli.token_acts import ACTS


class TokenCommand:
    """See the module."""

    name = "token"
    help = "tokens for programs and instruments: make, list, revoke"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        add_acts(parser, ACTS)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        return run_act(arguments)


COMMAND = TokenCommand()
