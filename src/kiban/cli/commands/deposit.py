"""kiban deposit PATH...: keep and structure files."""

from __future__ import annotations

import argparse
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kiban.cli.command import DONE, FAILED, Progress, add_home, add_json, platform, print_json, say
from kiban.cli.outcome_lines import print_outcome
from kiban.cli.placement_options import add_placement, placed
from kiban.errors import WrongUsage

if TYPE_CHECKING:
    from kiban.operations.deposit_outcome import Outcome
    from kiban.operations.resources import Resources
    from kiban.records.party import Asker


class Deposit:
    """See the module."""

    name = "deposit"
    help = "keep and structure files, folders and archives; the same file twice is kept once"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        parser.add_argument("paths", type=Path, nargs="+", metavar="PATH")
        parser.add_argument("--sample", metavar="NAME", help="the sample that all the files are of")
        add_placement(parser)
        parser.add_argument(
            "--watch", action="store_true", help="go on watching one folder; a file is taken when it has come to rest"
        )
        parser.add_argument(
            "--rest", type=float, default=5.0, metavar="SECONDS", help="with --watch: how long a file must not change"
        )
        add_home(parser)
        add_json(parser)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        missing = [path for path in arguments.paths if not path.exists()]
        if missing:
            raise WrongUsage(f"There is no file or folder {missing[0]}.", mend="Check the path.")
        if arguments.watch and (len(arguments.paths) != 1 or not arguments.paths[0].is_dir()):
            raise WrongUsage("--watch was given something else than one folder.", mend="Name one folder to watch.")
        counts: Counter[str] = Counter()
        progress = Progress()
        with platform(arguments) as (asker, resources):
            for outcome in _outcomes(asker, resources, arguments):
                counts[outcome.status] += 1
                counts["already there"] += outcome.already_there
                progress.clear()
                if arguments.json:
                    from dataclasses import asdict

                    print_json(asdict(outcome))
                else:
                    print_outcome(outcome)
                progress.show(f"{sum(counts[s] for s in _STATUSES)} files")
        progress.clear()
        say(", ".join(f"{counts[status]} {status}" for status in (*_STATUSES, "already there") if counts[status]))
        return FAILED if counts["failed"] else DONE


_STATUSES = ("structured", "kept", "quarantined", "failed")


def _outcomes(asker: Asker, resources: Resources, arguments: argparse.Namespace) -> Iterator[Outcome]:
    from kiban.operations.deposit import deposit
    from kiban.operations.watch import watch

    asker, placement = placed(arguments, asker, resources)
    if not arguments.watch:
        yield from deposit(asker, resources, arguments.paths, placement=placement, sample=arguments.sample)
        return
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    say(f"watching {arguments.paths[0]}; Ctrl-C ends it")
    yield from watch(
        asker,
        resources,
        arguments.paths[0],
        placement=placement,
        sample=arguments.sample,
        rest_seconds=arguments.rest,
        wait=stop.wait,
    )


COMMAND = Deposit()
