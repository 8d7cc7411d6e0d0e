"""kiban process: write down what was done to samples, as meant and as done."""

from __future__ import annotations

import argparse

from kiban.cli.acts import add_acts, run_act
from kiban.cli.process_acts import ACTS


class ProcessCommand:
    """See the module."""

    name = "process"
    help = "write down what was done to samples, as meant and as done"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        add_acts(parser, ACTS)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        return run_act(arguments)


COMMAND = ProcessCommand()
