"""kiban provenance ID: all that a record rests on, or all that came of it."""

from __future__ import annotations

import argparse
from collections import defaultdict
from typing import TYPE_CHECKING
from uuid import UUID

from kiban.cli.command import DONE, add_home, add_json, platform, print_json, say

if TYPE_CHECKING:
    from kiban.operations.provenance import Provenance


class ProvenanceCommand:
    """See the module."""

    name = "provenance"
    help = "all that a record rests on; with --forward all that came of it"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        parser.add_argument("id", metavar="ID", help="short identifier, as kb:7Q4M-2KXD-98")
        parser.add_argument("--forward", action="store_true", help="what came of it, not what it rests on")
        add_home(parser)
        add_json(parser)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        from kiban.operations.provenance import provenance
        from kiban.operations.show import resolve
        from kiban.records.provenance import Direction

        resolve(arguments.id)
        direction = Direction.FORWARD if arguments.forward else Direction.BACK
        with platform(arguments, n_workers=1) as (asker, resources):
            found = provenance(asker, resources, arguments.id, direction=direction)
        if arguments.json:
            from kiban.operations.provenance_as_json import provenance_as_json

            print_json(provenance_as_json(found))
        else:
            _print(found)
        if found.is_cut:
            say(f"There is more: these are the {len(found.steps)} nearest records.")
        return DONE


def _print(found: Provenance) -> None:
    """As a tree. What several ways lead to is drawn out the first time, and only named after that."""
    from kiban.records.provenance import ends

    records = {step.record.id: step.record for step in found.steps}
    onward: defaultdict[UUID, list[tuple[str, UUID]]] = defaultdict(list)
    for link in found.links:
        here, there = ends(link, found.direction)
        onward[here].append((link.predicate.value, there))
    waiting: list[tuple[UUID, int, str]] = [(found.steps[0].record.id, 0, "")]
    seen: set[UUID] = set()
    while waiting:
        here, depth, predicate = waiting.pop()
        record = records[here]
        again = "  (see above)" if here in seen and onward[here] else ""
        print(f"{'  ' * depth}{predicate}{' ' if predicate else ''}{record.kind} {record.pid} {record.title}{again}")
        if here not in seen:
            seen.add(here)
            further = sorted(onward[here], key=lambda tie: (tie[0], records[tie[1]].title), reverse=True)
            waiting.extend((there, depth + 1, word) for word, there in further)


COMMAND = ProvenanceCommand()
