"""kiban campaign: search for better materials with experiments that are suggested, done and told."""

from __future__ import annotations

import argparse

from kiban.cli.acts import add_acts, run_act
from kiban.cli.campaign_acts import ACTS


class CampaignCommand:
    """See the module."""

    name = "campaign"
    help = "campaigns: have the next experiments suggested, and say what came of them"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        add_acts(parser, ACTS)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        return run_act(arguments)


COMMAND = CampaignCommand()
