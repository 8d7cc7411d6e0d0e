"""What the acts of `kiban campaign` share: options, and making a move and printing what it was about."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kiban.cli.campaign_lines import print_moved
from kiban.cli.command import DONE, platform
from kiban.cli.sample_acts import add_expected

if TYPE_CHECKING:
    from kiban.operations.resources import Resources
    from kiban.records.party import Asker
    from kiban.records.record import Record


def add_id(parser: argparse.ArgumentParser) -> None:
    """Name a campaign."""
    parser.add_argument("id", metavar="ID", help="short identifier of the campaign")


def add_note(parser: argparse.ArgumentParser) -> None:
    """Say why, and refuse to move what somebody else has moved."""
    parser.add_argument("--note", default="", metavar="TEXT", help="why; kept with the move")
    add_expected(parser)


def add_numbers(parser: argparse.ArgumentParser) -> None:
    """Name experiments of a campaign."""
    add_id(parser)
    parser.add_argument("numbers", metavar="NUMBER", type=int, nargs="+", help="of the experiments")
    add_note(parser)


def add_one(parser: argparse.ArgumentParser) -> None:
    """Name one experiment of a campaign."""
    add_id(parser)
    parser.add_argument("number", metavar="NUMBER", type=int, help="of the experiment")


def moved(
    arguments: argparse.Namespace,
    deed: Callable[[Asker, Resources], Record],
    numbers: Callable[[Any], list[int]] | None = None,
) -> int:
    """Make a move, and print the campaign with what it was about."""
    from kiban.operations.show_campaign import show_campaign

    with platform(arguments, n_workers=1) as (asker, resources):
        record = deed(asker, resources)
        shown = show_campaign(asker, resources, record.pid)
    print_moved(shown, numbers(shown) if numbers is not None else [], arguments)
    return DONE


def last(n: int | None = None) -> Callable[[Any], list[int]]:
    """Of a shown campaign, the numbers of the experiments that came last: of one turn, unless told how many."""

    def found(shown: Any) -> list[int]:
        experiments = shown.campaign.experiments
        if n is not None:
            return [each.number for each in experiments[-n:]]
        newest = len(shown.campaign.batches)
        return [e.number for e in experiments if e.proposal is not None and e.proposal.batch == newest]

    return found
