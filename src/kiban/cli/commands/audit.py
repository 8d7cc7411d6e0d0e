"""kiban audit: what was done, by whom, and the proof that the log of it is whole."""

from __future__ import annotations

import argparse

from kiban.cli.acts import add_acts, run_act
from kiban.cli.audit_acts import ACTS


class AuditCommand:
    """See the module."""

    name = "audit"
    help = "what was done, by whom and when; verify and export the log of it"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        add_acts(parser, ACTS)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        return run_act(arguments)


COMMAND = AuditCommand()
