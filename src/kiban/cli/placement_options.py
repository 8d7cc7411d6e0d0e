"""The options that say where new records go: `--tier`, `--agreement`, `--embargo`, `--project`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiban.operations.placement import Placement
    from kiban.operations.resources import Resources
    from kiban.records.party import Asker

TIERS = ("closed", "shared", "open")


def add_placement(parser: argparse.ArgumentParser) -> None:
    """Let them follow a command that makes records."""
    parser.add_argument("--tier", choices=TIERS, help="who may see it (default: as the project says)")
    parser.add_argument(
        "--agreement", metavar="NAME_OR_ID", help="with --tier shared: under which agreement (default: the project's)"
    )
    parser.add_argument(
        "--embargo", metavar="UNTIL", help="closed until then, whatever its tier: 2028-04-01, '24 months', or none"
    )
    parser.add_argument("--project", metavar="NAME_OR_ID", help="the project it goes to (default: the first)")


def placed(arguments: argparse.Namespace, asker: Asker, resources: Resources) -> tuple[Asker, Placement]:
    """The asker in the project that was named, and what was said of the tier. Raises WrongUsage, InvalidValue."""
    from kiban.operations.placement import in_project, placement_of

    placement = placement_of(arguments.tier, arguments.agreement, arguments.embargo, asker.at)
    return in_project(asker, resources, arguments.project), placement
