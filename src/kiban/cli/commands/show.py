"""kiban show ID: one record, its provenance and reasons."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from kiban.cli.command import DONE, add_home, add_json, platform, print_json

if TYPE_CHECKING:
    from kiban.operations.show import Shown


class Show:
    """See the module."""

    name = "show"
    help = "one record with its values, provenance, files and history"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        parser.add_argument("id", metavar="ID", help="short identifier, as kb:7Q4M-2KXD-98")
        parser.add_argument("--version", type=int, metavar="N", help="an earlier version")
        add_home(parser)
        add_json(parser)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        from kiban.operations.show import resolve, show

        resolve(arguments.id)
        with platform(arguments, n_workers=1) as (asker, resources):
            shown = show(asker, resources, arguments.id, version=arguments.version)
        if arguments.json:
            from kiban.operations.show_as_json import shown_as_json

            print_json(shown_as_json(shown))
        else:
            _print(shown)
        return DONE


def _print(shown: Shown) -> None:
    record = shown.record
    print(f"{record.pid}  {record.kind}  {record.title}  (version {record.version}, {shown.scope.tier})")
    print(f"  you see it because: {shown.reason}")
    if shown.owed is not None:
        owed = "; ".join(each.value for each in shown.owed.obligations) or "nothing besides its purposes"
        print(f"  shared under: {shown.owed.name}; you owe: {owed}")
    if shown.rights is not None and shown.rights.rights.licence:
        of_whom = "" if shown.rights.is_own else " (stated by its project)"
        print(f"  licence: {shown.rights.rights.licence}{of_whom}")
    for name in ("technique", "sample_name", "instrument", "operator", "started_at", "formula", "why"):
        if record.document.get(name):
            print(f"  {name}: {record.document[name]}")
    for tie in shown.ties:
        arrow = "→" if tie.outgoing else "←"
        print(f"  {tie.predicate} {arrow} {tie.other.pid} {tie.other.title}")
    for fact in shown.facts:
        condition = ", ".join(f"{name} {value}" for name, value in fact.property.condition.items())
        print(f"  {fact.property.term} = {fact.property.value}  {f'({condition})' if condition else ''}")
    for entry in shown.files:
        print(f"  file {entry.path}  sha256 {entry.checksum}")
    for doubt in record.document.get("doubts", ()):
        print(f"  ! {doubt}")
    for event in reversed(shown.events):
        print(f"  {event.at:%Y-%m-%d %H:%M:%S} UTC  {event.actor} {event.action}")


COMMAND = Show()
