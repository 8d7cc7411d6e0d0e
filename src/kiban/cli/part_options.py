"""Options of acts that list a part at a time: how many at most, and where to go on."""

from __future__ import annotations

import argparse

from kiban.errors import WrongUsage

_MOST = 1000


def add_part(parser: argparse.ArgumentParser) -> None:
    """Ask for a part of a list."""
    parser.add_argument("--limit", type=int, default=50, metavar="N", help="so many at most (default: 50)")
    parser.add_argument("--after", metavar="MARK", help="go on where the part before ended")


def checked_limit(arguments: argparse.Namespace) -> int:
    """How many were asked for. Raises WrongUsage where that is none, or too many for one part."""
    limit: int = arguments.limit
    if not 1 <= limit <= _MOST:
        raise WrongUsage(f"--limit {limit} was given.", mend=f"Give 1 to {_MOST}.")
    return limit
