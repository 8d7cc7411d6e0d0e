"""kiban readers: what files can be read here."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from kiban.cli.command import DONE, add_json, print_json, say

if TYPE_CHECKING:
    from kiban.compute.listed_readers import ReaderFacts, ReaderList


class Readers:
    """See the module."""

    name = "readers"
    help = "list what files can be read: formats, makers, techniques, and how each is recognised"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        parser.add_argument("--technique", metavar="KEY", help="only those that give this technique: xrd, raman, ...")
        parser.add_argument("--maker", metavar="NAME", help="only those with this in the name of a maker")
        add_json(parser)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        from kiban.compute.fence import Fence
        from kiban.operations.list_readers import list_readers

        fence = Fence(n_workers=1)
        try:
            found = list_readers(fence, technique=arguments.technique, maker=arguments.maker)
        finally:
            fence.close()
        if arguments.json:
            print_json(asdict(found))
        else:
            _print_list(found)
        for broken in found.broken:
            say(
                f"! The {broken.kind} {broken.entry_point} of {broken.package} {broken.package_version} "
                f"is left out: {broken.why}"
            )
        return DONE


def _print_list(found: ReaderList) -> None:
    """One paragraph for each format, under its first technique; what gives several is named with all of them."""
    from kiban.records.technique import TECHNIQUES

    for key, technique in TECHNIQUES.items():
        here = [facts for facts in found.readers if facts.techniques[:1] == (key,)]
        if here:
            print(f"\n{technique.en}  [{key}]")
        for facts in here:
            print(f"  {facts.title}  ({facts.name}, {', '.join(facts.suffixes) or 'no usual suffix'})")
            for line in _about(facts):
                print(f"      {line}")


def _about(facts: ReaderFacts) -> list[str]:
    lines = [f"makers: {', '.join(facts.makers)}"] if facts.makers else []
    if len(facts.techniques) > 1:
        lines.append(f"techniques: {', '.join(facts.techniques)}")
    if facts.recognised:
        lines.append(f"recognised: {facts.recognised}")
    since = f", since {facts.since}" if facts.since else ""
    by = f"with {facts.library}" if facts.library else "without other libraries"
    return [*lines, f"read {by}; {facts.package} {facts.package_version}{since}"]


COMMAND = Readers()
