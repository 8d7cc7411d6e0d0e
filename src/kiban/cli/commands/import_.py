"""kiban import PATH --as SYSTEM: templates, samples and measurements out of the files of another system, or of a table
of past experiments."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from kiban.cli.command import DONE, add_home, add_json, platform, print_json, say
from kiban.cli.experiments_import import SYSTEM, add_options, check_options, run_import
from kiban.cli.placement_options import add_placement, placed

if TYPE_CHECKING:
    from kiban.operations.importer import Imported


class ImportCommand:
    """See the module."""

    name = "import"
    help = "templates, samples and measurements out of the files of another system; again changes nothing"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        parser.add_argument("path", type=Path, metavar="PATH")
        # As with exports: finding the importers loads them, and this runs at each start of `kiban`.
        parser.add_argument(
            "--as",
            dest="system",
            metavar="SYSTEM",
            required=True,
            help="whose files they are: rde, rde_program, experiments",
        )
        parser.add_argument(
            "--template", metavar="NAME", help="the template of the values, where the files bring none (name or ID)"
        )
        parser.add_argument("--sample", metavar="NAME", help="the sample that all the data sets are of")
        add_options(parser)
        add_placement(parser)
        add_home(parser)
        add_json(parser)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        from kiban.operations.importer import Wishes, importer_named

        check_options(arguments)
        if arguments.system == SYSTEM:
            return run_import(arguments)
        importer = importer_named(arguments.system)
        with platform(arguments) as (asker, resources):
            asker, placement = placed(arguments, asker, resources)
            wishes = Wishes(placement=placement, template=arguments.template, sample=arguments.sample)
            for imported in importer.run(asker, resources, arguments.path, wishes):
                if arguments.json:
                    print_json(asdict(imported))
                else:
                    _print(imported)
        return DONE


def _print(imported: Imported) -> None:
    named = " ".join(imported.records)
    of = f" of sample {imported.sample}" if imported.sample else ""
    print(f"{imported.kind} {imported.path}: {imported.status}  {named}{of}".rstrip())
    for sentence in imported.told:
        say(f"  {sentence}")


COMMAND = ImportCommand()
