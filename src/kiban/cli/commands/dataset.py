"""kiban dataset: choose records, freeze them as a version, publish them to be cited."""

from __future__ import annotations

import argparse

from kiban.cli.acts import add_acts, run_act
from kiban.cli.dataset_acts import ACTS


class DatasetCommand:
    """See the module."""

    name = "dataset"
    help = "data sets to be cited: choose records, freeze a version, publish, withdraw"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        add_acts(parser, ACTS)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        return run_act(arguments)


COMMAND = DatasetCommand()
