"""kiban reread: read kept files anew, after a reader has improved or a new one has come."""

from __future__ import annotations

import argparse
from collections import Counter

from kiban.cli.command import DONE, Progress, add_home, add_json, platform, print_json, say
from kiban.cli.outcome_lines import print_outcome


class Reread:
    """See the module."""

    name = "reread"
    help = "read kept files anew: those that nobody could read, and those that an earlier version of a reader read"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        parser.add_argument(
            "--all", action="store_true", help="also the files that the readers of today have read already"
        )
        add_home(parser)
        add_json(parser)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        from kiban.operations.reread import reread

        counts: Counter[str] = Counter()
        progress = Progress()
        with platform(arguments) as (asker, resources):
            for outcome in reread(asker, resources, everything=arguments.all):
                counts["as before" if outcome.already_there else outcome.status] += 1
                progress.clear()
                if arguments.json:
                    from dataclasses import asdict

                    print_json(asdict(outcome))
                elif not outcome.already_there:
                    print_outcome(outcome)
                progress.show(f"{counts.total()} files")
        progress.clear()
        say(", ".join(f"{n} {word}" for word, n in counts.items()) or "There is nothing to read anew.")
        return DONE


COMMAND = Reread()
