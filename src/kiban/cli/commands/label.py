"""kiban label ID... -o labels.pdf: labels to print."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kiban.cli.command import DONE, add_home, add_json, platform, print_json, say
from kiban.errors import WrongUsage

if TYPE_CHECKING:
    from kiban.operations.labels import Chosen
    from kiban.standards.label_stock import LabelStock

_FORMS = (".pdf", ".svg", ".png")


class LabelCommand:
    """See the module."""

    name = "label"
    help = "print labels with QR codes as PDF, for sheets and label printers"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        parser.add_argument("ids", nargs="*", metavar="ID", help="short identifiers, in the order of the sheet")
        parser.add_argument("--query", metavar="QUESTION", default="", help="the samples that answer a question")
        parser.add_argument("--list", action="store_true", dest="lists", help="list the sizes of labels")
        parser.add_argument("--size", metavar="NAME", help="what they are printed on, as --list names it")
        parser.add_argument("--start", type=int, default=1, metavar="N", help="first free position of the sheet")
        parser.add_argument("--language", choices=("en", "ja"), help="hazards also in words, not by their codes alone")
        parser.add_argument("--outlines", action="store_true", help="draw the edges, for a proof on plain paper")
        parser.add_argument(
            "-o",
            "--output",
            type=Path,
            metavar="FILE",
            default=Path("labels.pdf"),
            help="a .pdf file, or .svg or .png for one label; - for standard output (default: labels.pdf)",
        )
        add_home(parser)
        add_json(parser)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        from kiban.operations.labels import Chosen
        from kiban.standards.label_stock import stock_named
        from kiban.web.hazard_words import hazard_statements

        if arguments.lists:
            _list(as_json=arguments.json)
            return DONE
        if arguments.size is None:
            raise WrongUsage("No size of labels was named.", mend="Give --size NAME; --list has the names.")
        if not arguments.ids and not arguments.query.strip():
            raise WrongUsage("No record was named.", mend="Give identifiers, or --query 'QUESTION'.")
        chosen = Chosen(
            identifiers=arguments.ids,
            question=arguments.query,
            hazard_statements=hazard_statements(arguments.language) if arguments.language else {},
        )
        _print(arguments, chosen, stock_named(arguments.size))
        return DONE


def _print(arguments: argparse.Namespace, chosen: Chosen, stock: LabelStock) -> None:
    from kiban.operations.labels import draw_label, print_labels

    output: Path = arguments.output
    form = ".pdf" if str(output) == "-" else output.suffix.lower()
    if form not in _FORMS:
        raise WrongUsage(f"Labels cannot be written as '{form}'.", mend=f"Use one of: {', '.join(_FORMS)}.")
    with platform(arguments, n_workers=1) as (asker, resources):
        if form == ".pdf":
            printed = print_labels(asker, resources, chosen, stock, start=arguments.start, outlines=arguments.outlines)
        else:
            printed = draw_label(asker, resources, chosen, stock, form="svg" if form == ".svg" else "png")
    if str(output) == "-":
        sys.stdout.buffer.write(printed.content)
        sys.stdout.buffer.flush()
    else:
        try:
            output.write_bytes(printed.content)
        except OSError as e:
            raise WrongUsage(f"{output} cannot be written: {e.strerror or e}.", mend="Name another file.") from e
        if arguments.json:
            losses = list(printed.losses)
            print_json(
                {"file": str(output), "size": len(printed.content), "n_pages": printed.n_pages, "losses": losses}
            )
            return
        print(f"{output}: {printed.n_pages} page{'' if printed.n_pages == 1 else 's'} of {stock.title}")
    for loss in printed.losses:
        say(f"! {loss}")


def _list(*, as_json: bool) -> None:
    from kiban.standards.label_stock import STOCKS

    for stock in STOCKS:
        if as_json:
            print_json(
                {
                    "name": stock.name,
                    "title": stock.title,
                    "width_mm": stock.width_mm,
                    "height_mm": stock.height_mm,
                    "n_labels": stock.n_labels,
                    "source": stock.source,
                }
            )
        else:
            print(f"{stock.name:15} {stock.width_mm:6g} × {stock.height_mm:<5g} mm {stock.n_labels:4}  {stock.title}")


COMMAND = LabelCommand()
