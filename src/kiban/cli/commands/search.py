"""kiban search save|list|new|change|remove|restore: questions that are asked again, and what is new in them."""

from __future__ import annotations

import argparse

from kiban.cli.acts import add_acts, run_act
from kiban.cli.search_acts import ACTS


class SearchCommand:
    """See the module."""

    name = "search"
    help = "saved searches, and what is new in them"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        add_acts(parser, ACTS)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        return run_act(arguments)


COMMAND = SearchCommand()
