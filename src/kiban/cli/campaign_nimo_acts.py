"""What `kiban campaign` does with the files of NIMO: begin from them, write them, read them back."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from kiban.cli.acts import Act
from kiban.cli.campaign_files import text_of
from kiban.cli.campaign_options import add_id
from kiban.cli.command import DONE, platform, print_json, say
from kiban.errors import WrongUsage

if TYPE_CHECKING:
    from kiban.planning.campaign.campaign import Campaign
    from kiban.planning.campaign.telling import Done

_FORMATS = ("nimo",)


def add_candidates(parser: argparse.ArgumentParser) -> None:
    """Begin a campaign from a table of candidates instead of a definition."""
    parser.add_argument(
        "--candidates",
        type=Path,
        metavar="CSV",
        help="instead of FILE: a row for each experiment that can be made, objective last, blank if not done (NIMO)",
    )
    parser.add_argument("--name", metavar="TEXT", help="with --candidates: what lists call it (default: the file)")
    parser.add_argument(
        "--objectives", type=int, metavar="N", help="with --candidates: the last N columns are objectives (default: 1)"
    )
    parser.add_argument(
        "--minimise",
        action="append",
        default=[],
        metavar="NAME",
        help="with --candidates: an objective of which less is better; several times",
    )


def campaign_in(arguments: argparse.Namespace) -> tuple[Campaign, tuple[Done, ...]]:
    """The campaign that `--candidates` names, and what was done of it."""
    from kiban.planning.campaign.definition import campaign_of
    from kiban.planning.campaign.nimo_definition import candidate_file
    from kiban.planning.campaign.telling import past_experiment

    path: Path = arguments.candidates
    found = candidate_file(
        text_of(path),
        name=arguments.name or path.stem,
        n_objectives=1 if arguments.objectives is None else arguments.objectives,
        minimised=arguments.minimise,
        source=path.name,
    )
    campaign = campaign_of(found.definition)
    return campaign, tuple(past_experiment(campaign, **each) for each in found.past)


def add_format(parser: argparse.ArgumentParser, help_: str, *, required: bool) -> None:
    """Name a format of other programs."""
    parser.add_argument("--as", dest="format", metavar="FORMAT", choices=_FORMATS, required=required, help=help_)


def _add_export(parser: argparse.ArgumentParser) -> None:
    add_id(parser)
    add_format(parser, "nimo: candidates.csv and proposals.csv", required=True)
    parser.add_argument("-o", dest="out", type=Path, required=True, metavar="DIR", help="folder to write them to")


def _export(arguments: argparse.Namespace) -> int:
    from kiban.operations.campaign_nimo import export_nimo
    from kiban.planning.campaign.nimo_files import CANDIDATES, PROPOSALS

    folder: Path = arguments.out
    with platform(arguments, n_workers=1) as (asker, resources):
        files = export_nimo(asker, resources, arguments.id)
    written = {folder / CANDIDATES: files.candidates, folder / PROPOSALS: files.proposals}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in written.items():
            path.write_text(text, encoding="utf-8", newline="")
    except OSError as e:
        raise WrongUsage(f"{folder} cannot be written to: {e.strerror}.", mend="Name another folder with -o.") from e
    if arguments.json:
        print_json({"files": [str(path) for path in written]})
    else:
        for path, text in written.items():
            say(f"{path}: {text.count(chr(10)) - 1} rows")
    return DONE


NIMO_ACTS = (Act("export", "write a campaign as files of another program", _add_export, _export),)
