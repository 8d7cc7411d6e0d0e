"""kiban export ID --as STANDARD -o FILE: a record as a file of a standard."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kiban.cli.command import DONE, add_home, add_json, platform, print_json, say
from kiban.errors import WrongUsage

if TYPE_CHECKING:
    from kiban.operations.export import Offer


class ExportCommand:
    """See the module."""

    name = "export"
    help = "a record as a file of a standard, with a list of what that file cannot carry"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        parser.add_argument("id", metavar="ID", help="short identifier, as kb:7Q4M-2KXD-98")
        # The standards are not listed as choices: finding them loads them, and this runs at each start of `kiban`.
        parser.add_argument(
            "--as", dest="standard", metavar="STANDARD", help="maiml, prov, ...; without it the standards are listed"
        )
        parser.add_argument(
            "-o",
            "--output",
            type=Path,
            metavar="OUT",
            help="a file, a folder, or - for standard output (default: a file here, named after the identifier)",
        )
        parser.add_argument(
            "--address",
            metavar="URL",
            help="where identifiers resolve, as https://kiban.example.org/, for standards that write them as addresses",
        )
        add_home(parser)
        add_json(parser)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        from kiban.operations.export import export, offers
        from kiban.operations.show import resolve
        from kiban.standards.installed import export_named

        resolve(arguments.id)
        if arguments.standard is None:
            with platform(arguments, n_workers=1) as (asker, resources):
                _print_offers(offers(asker, resources, arguments.id), as_json=arguments.json)
            return DONE
        export_named(arguments.standard)
        with platform(arguments, n_workers=1) as (asker, resources):
            exported = export(asker, resources, arguments.id, arguments.standard, address=arguments.address)
        path = _written(exported.content, exported.name, arguments.output)
        if arguments.json and path is not None:
            print_json({"file": str(path), "size": len(exported.content), "losses": list(exported.losses)})
        elif path is not None:
            say(f"{path}  ({len(exported.content)} bytes)")
        if not arguments.json:
            for loss in exported.losses:
                say(f"  not carried: {loss}")
        return DONE


def _written(content: bytes, name: str, output: Path | None) -> Path | None:
    """Write the file and say where; None where it went to standard output."""
    if output == Path("-"):
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return None
    path = Path(name) if output is None else output / name if output.is_dir() else output
    try:
        path.write_bytes(content)
    except OSError as e:
        raise WrongUsage(f"{path} cannot be written: {e.strerror}.", mend="Name another file.") from e
    return path


def _print_offers(found: tuple[Offer, ...], *, as_json: bool) -> None:
    if as_json:
        print_json([{"name": o.name, "title": o.title, "suffix": o.suffix, "losses": list(o.losses)} for o in found])
        return
    for offer in found:
        print(f"{offer.name:<12} {offer.title}  ({offer.suffix})")
        for loss in offer.losses:
            print(f"{'':<12} - {loss}")


COMMAND = ExportCommand()
