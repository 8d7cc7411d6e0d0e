"""kiban table 'QUESTION' -o FILE: a table of what is known of the samples that answer."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from kiban.cli.command import DONE, add_home, ask_ahead, platform, say
from kiban.errors import WrongUsage

_FORMATS = ("csv", "json", "parquet")


class TableCommand:
    """See the module."""

    name = "table"
    help = "a table of the samples that answer a question, with units, uncertainties and evidence"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        parser.add_argument("question", nargs="?", default="", metavar="QUESTION", help="everything unless given")
        parser.add_argument(
            "-o",
            "--output",
            type=Path,
            metavar="FILE",
            help="a .csv, .json or .parquet file (default: CSV to the screen)",
        )
        parser.add_argument("--all-values", action="store_true", help="one row for each value, not for each sample")
        parser.add_argument(
            "--settings", action="store_true", help="also what was set: parameters of processes, nominal compositions"
        )
        add_home(parser)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        from kiban.operations.table import table
        from kiban.standards.tabular import write
        from kiban.standards.tabular_rights import losses_of

        output: Path | None = arguments.output
        kind = output.suffix.lower().lstrip(".") if output is not None else "csv"
        if kind not in _FORMATS:
            raise WrongUsage(f"A table cannot be written as '.{kind}'.", mend=f"Use one of: {', '.join(_FORMATS)}.")
        ask_ahead(arguments)
        with platform(arguments, n_workers=1) as (asker, resources):
            drawn = table(
                asker, resources, arguments.question, all_values=arguments.all_values, settings=arguments.settings
            )
        content = write(drawn.columns, drawn.rows, kind, rights=drawn.rights)
        if output is None:
            sys.stdout.write(content.decode("utf-8"))
        else:
            try:
                output.write_bytes(content)
            except OSError as e:
                raise WrongUsage(f"{output} cannot be written: {e.strerror}.", mend="Name another file.") from e
        say(f"{len(drawn.rows)} rows, {len(drawn.columns)} columns")
        if drawn.n_left_out:
            say(f"{drawn.n_left_out} records that answer were left out: you may read them, not put them into tables")
        for loss in losses_of(kind, drawn.rights):
            say(f"  not carried: {loss}")
        return DONE


COMMAND = TableCommand()
