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
        parser.add_argument(
            "--similar",
            action="store_true",
            help="read no file, but work out what records are compared by, of those that have it not yet",
        )
        add_home(parser)
        add_json(parser)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        from kiban.operations.reread import reread

        if arguments.similar:
            return _derive(arguments)
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


def _derive(arguments: argparse.Namespace) -> int:
    from kiban.operations.derive_likeness import derive_likenesses

    progress = Progress()
    n_done = n_compared = 0
    with platform(arguments) as (asker, resources):
        for so_far in derive_likenesses(asker, resources):
            n_done, n_compared = so_far.done, so_far.compared
            for identifier in so_far.failed:
                progress.clear()
                say(f"{identifier}: its numbers cannot be read; kiban verify says more.")
            progress.show(f"{n_done} records")
    progress.clear()
    if arguments.json:
        print_json({"records": n_done, "compared": n_compared})
    say(f"{n_done} records looked at, {n_compared} of them can be compared.")
    return DONE


COMMAND = Reread()
