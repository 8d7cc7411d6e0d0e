"""What `kiban campaign` does for people at the bench: list what is to be done, and print protocols."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from kiban.cli.acts import Act
from kiban.cli.campaign_lines import print_experiment
from kiban.cli.campaign_options import add_id
from kiban.cli.command import DONE, platform, print_json, say
from kiban.errors import WrongUsage

if TYPE_CHECKING:
    from kiban.operations.work_list import WorkOfCampaign


def _add_work(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", nargs="?", help="of one campaign alone")


def _work(arguments: argparse.Namespace) -> int:
    from kiban.operations.work_list import work_list

    with platform(arguments, n_workers=1) as (asker, resources):
        found = work_list(asker, resources, arguments.id)
    for each in found:
        _print(each, as_json=arguments.json)
    if not found:
        say("There is nothing to be done.")
    return DONE


def _print(work: WorkOfCampaign, *, as_json: bool) -> None:
    if as_json:
        from kiban.operations.campaign_as_json import experiment_as_json

        for each in work.experiments:
            units = {p.name: getattr(p, "unit", "") for p in work.campaign.space.parameters}
            said = {"campaign": work.id, "title": work.title, "units": units}
            print_json({**said, **experiment_as_json(work.campaign, each)})
        return
    print(f"{work.id} {work.title}")
    for each in work.experiments:
        print_experiment(work.campaign, each)


def _add_protocol(parser: argparse.ArgumentParser) -> None:
    add_id(parser)
    parser.add_argument("number", metavar="NUMBER", type=int, help="of the experiment")
    parser.add_argument("--language", choices=("en", "ja"), default="en", help="of its words (default: en)")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        default=Path("protocol.pdf"),
        help=".pdf or .html; - for a PDF",
    )


def _protocol(arguments: argparse.Namespace) -> int:
    from kiban.operations.print_protocol import print_protocol

    output: Path = arguments.output
    is_out = str(output) == "-"
    suffix = ".pdf" if is_out else output.suffix.lower()
    if suffix not in {".pdf", ".html"}:
        raise WrongUsage(f"A protocol cannot be written as '{suffix}'.", mend="Name a .pdf or .html file.")
    form: Literal["pdf", "html"] = "pdf" if suffix == ".pdf" else "html"
    with platform(arguments, n_workers=1) as (asker, resources):
        content = print_protocol(
            asker, resources, arguments.id, arguments.number, form=form, language=arguments.language
        )
    if is_out:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return DONE
    try:
        output.write_bytes(content)
    except OSError as e:
        raise WrongUsage(f"{output} cannot be written: {e.strerror or e}.", mend="Name another file.") from e
    if arguments.json:
        print_json({"file": str(output), "size": len(content)})
    else:
        print(f"{output}: the protocol of experiment {arguments.number}")
    return DONE


WORK_ACTS = (
    Act("work", "what is to be done, of all campaigns", _add_work, _work),
    Act("protocol", "print what to set and measure in an experiment, with room for results", _add_protocol, _protocol),
)
