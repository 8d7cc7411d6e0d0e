"""kiban find 'QUESTION': search."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from kiban.cli.command import DONE, add_home, add_json, ask_ahead, platform, print_json, say

if TYPE_CHECKING:
    from kiban.operations.sorting import SortedBy


class Find:
    """See the module."""

    name = "find"
    help = "search: kiban find 'technique = \"xrd\" AND d_spacing > 3 angstrom'"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        parser.add_argument("question", nargs="?", default="", metavar="QUESTION", help="everything unless given")
        parser.add_argument("--limit", type=int, default=50, metavar="N", help="at most so many (default: 50)")
        parser.add_argument(
            "--sort",
            default="",
            metavar="ORDER",
            help="newest (default), relevance: how well the words fit, or anything that a question may ask for: "
            "--sort title; the greatest first: --sort=-hardness",
        )
        parser.add_argument("--exact", action="store_true", help="count all that answer, instead of estimating many")
        add_home(parser)
        add_json(parser)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        from dataclasses import asdict

        from kiban.cli.marked_text import marked_title, other_places, shows_bold
        from kiban.operations.find import find

        ask_ahead(arguments)
        with platform(arguments, n_workers=1) as (asker, resources):
            limit = max(1, arguments.limit)
            answer = find(asker, resources, arguments.question, limit=limit, exact=arguments.exact, sort=arguments.sort)
        is_bold = shows_bold() and not arguments.json
        for hit in answer.hits:
            if arguments.json:
                print_json(asdict(hit))
            else:
                near = f"{100 * hit.nearness:.0f} % alike" if hit.nearness is not None else None
                about = " · ".join(text for text in (near, hit.technique, hit.sample, hit.file) if text)
                by = f"{_said(hit.sorted_by):<16}  " if answer.sort not in {"", "nearness", "relevance"} else ""
                print(f"{hit.id}  {by}{hit.kind:<11}  {marked_title(hit, is_bold=is_bold)}  {about}")
                for line in other_places(hit, is_bold=is_bold):
                    print(f"    {line}")
        say(f"{len(answer.hits)} of {'about ' if answer.total_is_estimate else ''}{answer.total}")
        for slip in answer.slips:
            say(slip)
        if answer.ranked is not None:
            say(f"only the newest {answer.ranked:,} of them are sorted by relevance; the others follow newest first")
        return DONE


def _said(by: SortedBy | None) -> str:
    if by is None:
        return "–"
    return f"{by.value:.6g} {by.unit or ''}".rstrip() if isinstance(by.value, float) else by.value


COMMAND = Find()
