"""kiban sample: register samples, change, divide and combine them, and say where they are."""

from __future__ import annotations

import argparse

from kiban.cli.acts import add_acts, run_act
from kiban.cli.sample_acts import ACTS


class SampleCommand:
    """See the module."""

    name = "sample"
    help = "register samples, change, divide and combine them, say where they are"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        add_acts(parser, ACTS)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        return run_act(arguments)


COMMAND = SampleCommand()
