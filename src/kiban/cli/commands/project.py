"""kiban project: make projects, say who works in them, share them and take them back."""

from __future__ import annotations

import argparse

from kiban.cli.acts import add_acts, run_act
from kiban.cli.project_acts import ACTS


class ProjectCommand:
    """See the module."""

    name = "project"
    help = "make projects, say who works in them, share them and take them back"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        add_acts(parser, ACTS)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        return run_act(arguments)


COMMAND = ProjectCommand()
