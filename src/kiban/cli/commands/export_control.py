"""kiban export-control: judge records, edit the release table, decide releases."""

from __future__ import annotations

import argparse

from kiban.cli.acts import add_acts, run_act
from kiban.cli.export_control_acts import ACTS


class ExportControl:
    """See the module."""

    name = "export-control"
    help = "judge whether records are listed technology, edit the table that decides releases, decide single ones"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        add_acts(parser, ACTS)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        return run_act(arguments)


COMMAND = ExportControl()
