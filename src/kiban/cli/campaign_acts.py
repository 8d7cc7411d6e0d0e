"""What `kiban campaign` does."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiban.cli.acts import Act
from kiban.cli.campaign_experiment_acts import EXPERIMENT_ACTS
from kiban.cli.campaign_files import definition_in, pairs, past_in, text_of
from kiban.cli.campaign_lines import print_campaign, print_list
from kiban.cli.campaign_nimo_acts import NIMO_ACTS, add_candidates, add_format, campaign_in
from kiban.cli.campaign_options import add_id, add_note, last, moved
from kiban.cli.campaign_picture_acts import PICTURE_ACTS
from kiban.cli.campaign_run_acts import RUN_ACTS
from kiban.cli.campaign_work_acts import WORK_ACTS
from kiban.cli.command import DONE, platform, print_json, say
from kiban.cli.part_options import add_part, checked_limit
from kiban.cli.placement_options import add_placement, placed
from kiban.cli.sample_acts import add_expected
from kiban.errors import WrongUsage

if TYPE_CHECKING:
    from kiban.operations.resources import Resources
    from kiban.operations.show_campaign import ShownCampaign
    from kiban.planning.campaign.campaign import Campaign
    from kiban.planning.campaign.telling import Done
    from kiban.records.party import Asker
    from kiban.records.record import Record

_LIMITS = ("experiments", "cost", "hours", "patience")


def _add_new(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", type=Path, nargs="?", metavar="FILE", help="its name, space and objective, in JSON or TOML"
    )
    add_candidates(parser)
    help_ = "experiments that were done: a CSV or xlsx table to learn from"
    parser.add_argument("--past", type=Path, metavar="CSV", help=help_)
    _add_question(parser)
    add_placement(parser)


def _add_question(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--from",
        dest="question",
        metavar="QUESTION",
        help="learn from the samples that answer, and what was set for them",
    )
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="NAME=COLUMN",
        help="where their table has a parameter or outcome: temperature=process.anneal.temperature; several times",
    )


def _found(arguments: argparse.Namespace, asker: Asker, resources: Resources, campaign: Campaign) -> tuple[Done, ...]:
    """The experiments that the options name, from a file and out of the catalog."""
    from kiban.operations.campaign_tables import past_in_table

    path = arguments.past if hasattr(arguments, "past") else arguments.file
    done = past_in(resources, campaign, path) if path is not None else ()
    if arguments.question is None:
        if arguments.column:
            raise WrongUsage("--column was given without --from.", mend="Ask for samples with --from 'QUESTION'.")
        return done
    drawn = past_in_table(asker, resources, campaign, arguments.question, pairs(arguments.column, "column"))
    for sample, why in drawn.left_out:
        say(f"{sample} was left out: {why}")
    return (*done, *drawn.done)


def _new(arguments: argparse.Namespace) -> int:
    from kiban.operations.campaigns import new_campaign

    campaign, listed = _defined(arguments)

    def deed(asker: Asker, resources: Resources) -> Record:
        asker, placement = placed(arguments, asker, resources)
        done = (*listed, *_found(arguments, asker, resources, campaign))
        record = new_campaign(asker, resources, campaign, done=done, placement=placement)
        if done:
            say(f"{len(done)} experiments were imported.")
        return record

    return moved(arguments, deed)


def _defined(arguments: argparse.Namespace) -> tuple[Campaign, tuple[Done, ...]]:
    from kiban.planning.campaign.definition import campaign_of

    if (arguments.file is None) == (arguments.candidates is None):
        raise WrongUsage(
            "A campaign is defined by one file.", mend="Give a definition, or --candidates with a table, and not both."
        )
    if arguments.candidates is not None:
        return campaign_in(arguments)
    if arguments.name is not None or arguments.objectives is not None or arguments.minimise:
        raise WrongUsage(
            "--name, --objectives and --minimise are said in the definition.", mend="Leave them out, or correct FILE."
        )
    return campaign_of(definition_in(arguments.file)), ()


def _add_propose(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("question", metavar="QUESTION", help="the samples to learn from")
    parser.add_argument("--name", default="Campaign", metavar="TEXT", help="what to call it")
    for goal in ("maximise", "minimise"):
        parser.add_argument(f"--{goal}", action="append", default=[], metavar="TERM", help="an outcome; several times")


def _propose(arguments: argparse.Namespace) -> int:
    from kiban.operations.campaign_tables import propose_campaign
    from kiban.planning.objective.target import Goal

    targets = dict.fromkeys(arguments.maximise, Goal.MAXIMISE) | dict.fromkeys(arguments.minimise, Goal.MINIMISE)
    if not targets:
        raise WrongUsage("Nothing is wanted.", mend="Name an outcome with --maximise TERM or --minimise TERM.")
    with platform(arguments, n_workers=1) as (asker, resources):
        definition = propose_campaign(asker, resources, arguments.question, arguments.name, targets)
    if arguments.json:
        print_json(definition)
    else:
        print(json.dumps(definition, ensure_ascii=False, indent=2))
    return DONE


def _add_suggest(parser: argparse.ArgumentParser) -> None:
    add_id(parser)
    parser.add_argument("-n", type=int, default=1, metavar="N", help="so many at most (default: 1)")
    add_expected(parser)


def _suggest(arguments: argparse.Namespace) -> int:
    from kiban.operations.campaign_experiments import suggest_experiments

    def deed(asker: Asker, resources: Resources) -> Record:
        return suggest_experiments(asker, resources, arguments.id, arguments.n, expected=arguments.expected)

    return moved(arguments, deed, last())


def _add_import(parser: argparse.ArgumentParser) -> None:
    add_id(parser)
    parser.add_argument(
        "file", type=Path, nargs="?", metavar="CSV", help="a column for each parameter and outcome, by its name"
    )
    _add_question(parser)
    add_format(
        parser, "nimo: a candidates.csv with results, or a proposals.csv with what is to be done", required=False
    )
    add_expected(parser)


def _import(arguments: argparse.Namespace) -> int:
    from kiban.operations.campaign_experiments import import_experiments
    from kiban.operations.campaign_nimo import import_nimo
    from kiban.operations.show_campaign import show_campaign

    if arguments.file is None and arguments.question is None:
        raise WrongUsage("Nothing was named to import.", mend="Give a CSV file, or --from 'QUESTION'.")
    if arguments.format is not None and (arguments.file is None or arguments.question is not None):
        raise WrongUsage("--as is about one file.", mend="Name the file, and leave --from out.")
    known: set[tuple[int, str]] = set()

    def deed(asker: Asker, resources: Resources) -> Record:
        campaign = show_campaign(asker, resources, arguments.id).campaign
        known.update((each.number, each.state) for each in campaign.experiments)
        if arguments.format is not None:
            return import_nimo(
                asker,
                resources,
                arguments.id,
                text_of(arguments.file),
                source=arguments.file.name,
                expected=arguments.expected,
            )
        done = _found(arguments, asker, resources, campaign)
        return import_experiments(asker, resources, arguments.id, done, expected=arguments.expected)

    def fresh(shown: ShownCampaign) -> list[int]:
        return [each.number for each in shown.campaign.experiments if (each.number, each.state) not in known]

    return moved(arguments, deed, fresh)


def _add_change_campaign(parser: argparse.ArgumentParser) -> None:
    add_id(parser)
    parser.add_argument("--name", metavar="TEXT", help="what lists call it")
    parser.add_argument("--description", metavar="TEXT", help="what it is about")
    parser.add_argument("--engine", metavar="NAME", help="which engine suggests from now on")
    parser.add_argument(
        "--archive",
        nargs="+",
        metavar="STUDY",
        help="which earlier studies it rests on: 'auto' for those that are found, 'none', identifiers of campaigns or "
        "of measurements of tables, or formulas: 'hardness = 3 * {temperature}'",
    )
    parser.add_argument(
        "--limits", type=Path, metavar="FILE", help="all limits anew, in JSON or TOML: safety, enough and the others"
    )
    parser.add_argument("--experiments", type=int, metavar="N", help="limit of experiments; 0 for none")
    parser.add_argument("--cost", type=float, metavar="X", help="limit of cost; 0 for none")
    parser.add_argument("--hours", type=float, metavar="X", help="limit of hours; 0 for none")
    parser.add_argument("--patience", type=int, metavar="N", help="so many without gain advise to stop; 0 for none")
    parser.add_argument("--ahead", type=int, metavar="N", help="so many are kept suggested by themselves; 0 for none")
    add_note(parser)


def _change_campaign(arguments: argparse.Namespace) -> int:
    from kiban.operations.campaigns import change_campaign
    from kiban.operations.show_campaign import show_campaign
    from kiban.planning.campaign.document import limits_from_json
    from kiban.planning.campaign.earlier import chosen

    limits = {name: value or None for name in (*_LIMITS, "ahead") if (value := getattr(arguments, name)) is not None}
    said = {
        name: value for name in ("name", "description", "engine") if (value := getattr(arguments, name)) is not None
    }
    anew = limits_from_json(definition_in(arguments.limits)) if arguments.limits is not None else None
    archive = chosen(arguments.archive) if arguments.archive is not None else None
    if not said and not limits and anew is None and archive is None:
        raise WrongUsage("Nothing was named to change.", mend="Give --engine, --experiments or another option.")

    def deed(asker: Asker, resources: Resources) -> Record:
        changes: dict[str, Any] = dict(said) | ({"archive": archive} if archive is not None else {})
        if limits or anew is not None:
            before = anew or show_campaign(asker, resources, arguments.id).campaign.limits
            changes["limits"] = replace(before, **limits)  # type: ignore[arg-type]  # of plain limits alone
        # Settings belong to the engine that they were made for.
        changes |= {"settings": {}} if "engine" in said else {}
        return change_campaign(
            asker, resources, arguments.id, changes, note=arguments.note, expected=arguments.expected
        )

    return moved(arguments, deed)


def _add_course(parser: argparse.ArgumentParser) -> None:
    add_id(parser)
    add_note(parser)


def _course(action: str) -> Callable[[argparse.Namespace], int]:
    def run(arguments: argparse.Namespace) -> int:
        from kiban.operations.campaigns import set_course

        def deed(asker: Asker, resources: Resources) -> Record:
            return set_course(asker, resources, arguments.id, action, note=arguments.note, expected=arguments.expected)

        return moved(arguments, deed)

    return run


def _show(arguments: argparse.Namespace) -> int:
    from kiban.operations.show_campaign import show_campaign

    with platform(arguments, n_workers=1) as (asker, resources):
        shown = show_campaign(asker, resources, arguments.id)
    print_campaign(shown, arguments)
    return DONE


def _list(arguments: argparse.Namespace) -> int:
    from kiban.operations.show_campaign import list_campaigns

    limit = checked_limit(arguments)
    with platform(arguments, n_workers=1) as (asker, resources):
        found = list_campaigns(asker, resources, limit=limit, after=arguments.after)
    print_list(found, arguments)
    return DONE


ACTS = (
    Act("new", "begin a campaign", _add_new, _new),
    Act("propose", "propose a definition from samples that were made and measured", _add_propose, _propose),
    Act("suggest", "have the next experiments suggested", _add_suggest, _suggest),
    *EXPERIMENT_ACTS,
    Act("import", "learn from a table of experiments that were done", _add_import, _import),
    *NIMO_ACTS,
    Act(
        "set",
        "give a campaign other limits, another engine or name, or other earlier studies",
        _add_change_campaign,
        _change_campaign,
    ),
    Act("pause", "suggest nothing for a while; results can still be told", _add_course, _course("pause")),
    Act("stop", "pause it, and have laboratories break off what they do for it", _add_course, _course("stop")),
    *RUN_ACTS,
    *WORK_ACTS,
    Act("resume", "go on after a pause or an end", _add_course, _course("resume")),
    Act("end", "be done with a campaign", _add_course, _course("end")),
    Act("show", "where a campaign stands, with all its experiments", add_id, _show),
    *PICTURE_ACTS,
    Act("list", "all campaigns that you may see", add_part, _list),
)
