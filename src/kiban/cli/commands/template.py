"""kiban template list|show|adopt|add|import|export|diff: the structures that samples, processes, measurements have."""

from __future__ import annotations

import argparse
from pathlib import Path

from kiban.cli.command import add_home, add_json
from kiban.cli.placement_options import add_placement

_KINDS = ("sample", "process", "measurement")


class TemplateCommand:
    """See the module."""

    name = "template"
    help = "data structures: list, show, adopt from the library, write as JSON, compare versions"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        acts = parser.add_subparsers(title="acts", dest="act", metavar="ACT", required=True)
        for name, about, say_arguments in _ACTS:
            act = acts.add_parser(name, help=about, description=about)
            say_arguments(act)
            add_home(act)
            add_json(act)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        from kiban.cli.template_acts import ACTS

        return ACTS[arguments.act](arguments)


def _list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--for", dest="applies_to", choices=_KINDS, help="only those for one kind of record")
    parser.add_argument("--library", action="store_true", help="what Kiban brings, and what of it the project uses")


def _show(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("template", metavar="TEMPLATE", help="name or short identifier")
    parser.add_argument("--version", type=int, metavar="N", help="an earlier version")
    parser.add_argument("--library", action="store_true", help="the structure of that name that Kiban brings")
    parser.add_argument("--language", choices=("en", "ja"), default="en", help="of labels and help (default: en)")


def _adopt(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", metavar="STRUCTURE", help="names out of kiban template list --library")
    parser.add_argument("--all", action="store_true", help="all structures; what was changed here stays as it is")
    parser.add_argument("--update", action="store_true", help="bring those that nobody changed here up to date")
    add_placement(parser)


def _add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a template as JSON, or - for standard input")
    add_placement(parser)


def _import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a template as JSON, or - for standard input")
    parser.add_argument("--expected", type=int, metavar="N", help="the version that the file was made from")
    parser.add_argument(
        "--preview", action="store_true", help="change nothing; say which records the new version would refuse"
    )
    add_placement(parser)


def _export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("template", metavar="TEMPLATE", help="name or short identifier")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="standard output unless given")
    parser.add_argument("--version", type=int, metavar="N", help="an earlier version")
    parser.add_argument("--library", action="store_true", help="the structure of that name that Kiban brings")


def _diff(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("template", metavar="TEMPLATE", help="name or short identifier")
    parser.add_argument("--from", dest="before", type=int, metavar="N", help="default: the version before")
    parser.add_argument("--to", dest="after", type=int, metavar="N", help="default: the current version")
    parser.add_argument("--library", action="store_true", help="compare with what Kiban brings under that name")


_ACTS = (
    ("list", "the templates of the project, or the library that Kiban brings", _list),
    ("show", "one template: its fields, what may stand in them, what they mean", _show),
    ("adopt", "take structures of the library into the project", _adopt),
    ("add", "define a new template from a JSON file", _add),
    ("import", "define a template from a JSON file, or bring out its next version", _import),
    ("export", "write a template as a JSON file", _export),
    ("diff", "what changed between two versions, and whether records still fit", _diff),
)
COMMAND = TemplateCommand()
