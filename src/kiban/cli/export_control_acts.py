"""The acts of `kiban export-control`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from kiban.cli.acts import Act
from kiban.cli.command import DONE, platform, print_json, say
from kiban.errors import WrongUsage

if TYPE_CHECKING:
    from kiban.records.parties.export_control import ReleaseRow

_CLASSES = ("unjudged", "not listed", "listed")


def _add_judge(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("export_class", choices=_CLASSES, metavar="CLASS", help=", ".join(map(repr, _CLASSES)))
    parser.add_argument("ids", metavar="ID", nargs="*", help="records")
    parser.add_argument("--question", metavar="QUESTION", help="all records that answer it")
    parser.add_argument("--item", metavar="NUMBER", help="item number of what is listed, such as 'EAR 3E001'")
    parser.add_argument("--ground", metavar="TEXT", required=True, help="why: the paragraph, or whose opinion it is")


def _judge(arguments: argparse.Namespace) -> int:
    from kiban.operations.judge_export import judge_export
    from kiban.operations.releases_as_json import judged_as_json
    from kiban.records.parties.export_control import ExportClass

    if bool(arguments.ids) == (arguments.question is not None):
        raise WrongUsage("judge takes identifiers or a question.", mend="Name records, or give --question.")
    with platform(arguments, n_workers=1) as (asker, resources):
        judged = judge_export(
            asker,
            resources,
            ExportClass(arguments.export_class),
            ground=arguments.ground,
            item=arguments.item,
            identifiers=arguments.ids,
            question=arguments.question,
        )
    if arguments.json:
        print_json(judged_as_json(judged))
        return DONE
    say(f"{judged.n_records} records judged '{arguments.export_class}', {judged.n_changed} of them changed.")
    for held in judged.held_back:
        print(f"{'waits' if held.waits else 'kept back'}  {held.person.name}: {held.row.reason}")
    return DONE


def _add_show(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="a record")


def _show(arguments: argparse.Namespace) -> int:
    from kiban.operations.judge_export import judgement_of
    from kiban.operations.releases_as_json import judgement_as_json

    with platform(arguments, n_workers=1) as (asker, resources):
        document = judgement_as_json(judgement_of(asker, resources, arguments.id))
    if arguments.json:
        print_json(document)
        return DONE
    for name, value in document.items():
        if value:
            print(f"{name:<7} {value}")
    return DONE


def _add_table(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--set", type=Path, metavar="FILE", help="JSON with the rows, as --json prints them")
    parser.add_argument("--shipped", action="store_true", help="back to the table that Kiban comes with")
    parser.add_argument("--preview", action="store_true", help="say what it would change, change nothing")


def _table(arguments: argparse.Namespace) -> int:
    from kiban.operations.releases import preview_table, set_table, show_releases
    from kiban.operations.releases_as_json import releases_as_json, what_if_as_json

    rows = _given_rows(arguments)
    if rows is None and arguments.preview:
        raise WrongUsage("--preview was given without a table.", mend="Give --set FILE or --shipped too.")
    with platform(arguments, n_workers=1) as (asker, resources):
        if rows is not None and arguments.preview:
            change = preview_table(asker, resources, rows)
            if arguments.json:
                print_json(what_if_as_json(change))
            else:
                for each in change.differences:
                    name = each.person.name if each.person else "everybody"
                    print(f"{name}: +{each.n_gained} -{each.n_lost} kinds of records")
                say(f"{len(change.differences)} would see more or less. Nothing was changed.")
            return DONE
        found = show_releases(asker, resources)
        if rows is not None:
            found = set_table(asker, resources, rows, expected=found.revision)
    if arguments.json:
        print_json(releases_as_json(found))
        return DONE
    for n, row in enumerate(found.table.rows, 1):
        print(f"{n:>3}  {row.says:<6}  {_conditions(row)}\n             {row.reason}")
    say("This is the table that Kiban comes with." if found.is_shipped else "This table was set here.")
    return DONE


def _given_rows(arguments: argparse.Namespace) -> tuple[ReleaseRow, ...] | None:
    from kiban.operations.releases_as_json import rows_of_json
    from kiban.records.parties.export_control import CAUTIOUS

    if arguments.shipped:
        if arguments.set is not None:
            raise WrongUsage("Two tables were given.", mend="Give --set FILE or --shipped.")
        return CAUTIOUS.rows
    if arguments.set is None:
        return None
    try:
        document: Any = json.loads(arguments.set.read_text(encoding="utf-8"))
    except (OSError, ValueError) as e:
        raise WrongUsage(f"{arguments.set} holds no JSON: {e}.", mend="Change what `table --json` prints.") from e
    listed = document.get("rows") if isinstance(document, dict) else document
    if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed):
        raise WrongUsage(f"{arguments.set} holds no rows.", mend="Give a list of rows, or an object with `rows`.")
    return rows_of_json(listed)


def _conditions(row: ReleaseRow) -> str:
    parts = (row.classes, row.items, row.relations, row.residencies, row.countries)
    return "; ".join(" or ".join(sorted(part)) for part in parts if part) or "everything else"


def _add_pending(parser: argparse.ArgumentParser) -> None:
    del parser  # it takes home and JSON alone


def _pending(arguments: argparse.Namespace) -> int:
    from kiban.operations.releases import show_releases
    from kiban.operations.releases_as_json import held_as_json

    with platform(arguments, n_workers=1) as (asker, resources):
        held = show_releases(asker, resources).held_back
    for each in held:
        if arguments.json:
            print_json(held_as_json(each))
        else:
            state = "waits" if each.waits else "kept back"
            print(f"scope {each.scope.number}  {state}  {each.person.name} ({each.person.id}): {each.row.reason}")
    say(f"{len(held)} kept back, {sum(each.waits for each in held)} of them wait for a decision.")
    return DONE


def _add_decide(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scope", type=int, metavar="SCOPE", help="as `pending` names it")
    parser.add_argument("party", metavar="PARTY", help="id of the person or organisation")
    parser.add_argument("says", choices=("allow", "refuse"), metavar="SAYS", help="allow or refuse")
    parser.add_argument("--ground", metavar="TEXT", required=True, help="why: the licence, or why none is needed")


def _decide(arguments: argparse.Namespace) -> int:
    from kiban.operations.releases import decide_release, show_releases
    from kiban.operations.releases_as_json import decision_as_json

    try:
        party = UUID(arguments.party)
    except ValueError as e:
        raise WrongUsage(f"{arguments.party!r} is no id.", mend="Take it from `kiban export-control pending`.") from e
    with platform(arguments, n_workers=1) as (asker, resources):
        decision = decide_release(
            asker,
            resources,
            scope=arguments.scope,
            party=party,
            allowed=arguments.says == "allow",
            ground=arguments.ground,
            expected=show_releases(asker, resources).revision,
        )
    if arguments.json:
        print_json(decision_as_json(decision))
    else:
        say("Released." if decision.allowed else "Not released.")
    return DONE


ACTS = (
    Act("judge", "say what records are, and on what ground", _add_judge, _judge),
    Act("show", "what a record is taken to be, by whom and why", _add_show, _show),
    Act("table", "the table that decides releases; with --set another one", _add_table, _table),
    Act("pending", "from whom something is kept back, and what waits for a decision", _add_pending, _pending),
    Act("decide", "decide a release that waits", _add_decide, _decide),
)
