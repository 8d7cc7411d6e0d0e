"""kiban import FILE --as experiments: a table of what was tried, looked at, corrected, kept and taken back."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiban.cli.command import DONE, FAILED, Progress, platform, print_json, say
from kiban.cli.placement_options import placed
from kiban.errors import KibanError, WrongUsage

if TYPE_CHECKING:
    from kiban.operations.past_experiments import Preview, TableFile
    from kiban.operations.progress import Progress as HowFar
    from kiban.operations.resources import Resources
    from kiban.readers.experiments.meaning import Mapping
    from kiban.records.party import Asker

SYSTEM = "experiments"
_OPTIONS = ("mapping", "keep_as", "column", "balance", "decimal", "table", "sheet")
_FLAGS = ("preview", "leave_out_wrong", "withdraw_missing", "withdraw")
_MOST_FAULTS = 20


def add_options(parser: argparse.ArgumentParser) -> None:
    """What may follow a table of experiments."""
    group = parser.add_argument_group("tables of experiments")
    group.add_argument(
        "--mapping",
        metavar="NAME_OR_FILE",
        help="what the columns mean: the name of a kept mapping, or a .json file as --preview --json gives it",
    )
    group.add_argument("--keep-as", metavar="NAME", help="the name under which the mapping is kept (the file's)")
    group.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="HEADER=MEANING",
        help="correct one column: 'Hardness=property vickers_hardness [kgf/mm**2]', 'Colour=note', 'No=sample'",
    )
    group.add_argument("--balance", metavar="WHAT", help="the component that makes up what the others leave")
    group.add_argument("--decimal", choices=(".", ","), help="the decimal mark, where columns do not tell it")
    group.add_argument(
        "--table", metavar="NAME", help="by which name the table is known when a changed file of it comes (the file's)"
    )
    group.add_argument("--sheet", metavar="NAME", help="the sheet of a workbook")
    group.add_argument("--preview", action="store_true", help="say what would be kept, and keep nothing")
    group.add_argument("--leave-out-wrong", action="store_true", help="keep the other rows where some have faults")
    group.add_argument(
        "--withdraw-missing", action="store_true", help="withdraw rows of an earlier file that this one has not"
    )
    group.add_argument("--withdraw", action="store_true", help="take the import of this table back as a whole")


def check_options(arguments: argparse.Namespace) -> None:
    """Refuse options that mean nothing for the system. Raises WrongUsage."""
    given = [name for name in (*_OPTIONS, *_FLAGS) if getattr(arguments, name)]
    if arguments.system != SYSTEM and given:
        raise WrongUsage(
            f"--{given[0].replace('_', '-')} belongs to tables of experiments, not to {arguments.system[:40]}.",
            mend="Leave it out, or import --as experiments.",
        )
    if arguments.system == SYSTEM and (arguments.template or arguments.sample):
        raise WrongUsage(
            "A table of experiments names its samples itself.", mend="Leave out the template and the sample."
        )


def run_import(arguments: argparse.Namespace) -> int:
    """Do it and give the exit code."""
    with platform(arguments, n_workers=1) as (asker, resources):
        asker, placement = placed(arguments, asker, resources)
        if arguments.withdraw:
            return _withdraw(arguments, asker, resources)
        file = _file(arguments, asker, resources)
        if arguments.preview:
            return _preview(arguments, asker, resources, file)
        from kiban.operations.experiments_as_json import imported_as_json
        from kiban.operations.past_experiments import keep_experiments

        line = Progress()
        try:
            kept = keep_experiments(
                asker,
                resources,
                file,
                leaves_out_wrong=arguments.leave_out_wrong,
                withdraws_missing=arguments.withdraw_missing,
                placement=placement,
                told=lambda progress: line.show(_how_far(progress)),
            )
        finally:
            line.clear()
    if arguments.json:
        print_json(imported_as_json(kept))
        return DONE
    made = kept.made
    print(
        f"table of experiments {kept.table}: {kept.status}  {made.n_new} new, {made.n_changed} changed, "
        f"{made.n_unchanged} unchanged rows; {made.n_new_samples} new samples, {made.n_new_processes} new processes; "
        f"mapping '{kept.mapping}'"
    )
    for sentence in (*made.changes, *kept.told):
        say(f"  {sentence}")
    return DONE


def _how_far(progress: HowFar) -> str:
    """How far it has come, in a line."""
    match progress.phase.value:
        case "reading":
            return "reading the table"
        case "comparing":
            return f"{progress.total:,} rows are held against what is there"
        case "writing":
            return f"{progress.done:,} of {progress.total:,} records written; nothing is kept before all are"
    return f"{progress.total:,} records are written; keeping them"


def _file(arguments: argparse.Namespace, asker: Asker, resources: Resources) -> TableFile:
    from dataclasses import replace

    from kiban.operations.import_experiments import table_file
    from kiban.operations.past_experiments import preview_experiments
    from kiban.operations.terms import vocabulary_of
    from kiban.readers.experiments.corrections import corrected
    from kiban.readers.experiments.meaning import Mapping

    given, name = _mapping(arguments.mapping)
    file = replace(
        table_file(arguments.path),
        mapping=given,
        kept=name,
        table=arguments.table or "",
        sheet=arguments.sheet or "",
    )
    said = (arguments.column, arguments.balance, arguments.decimal)
    if any(said) or (arguments.keep_as and given is None):
        found = preview_experiments(asker, resources, file)
        columns = corrected([each.meaning for each in found.columns], arguments.column, vocabulary_of(asker, resources))
        before = given or (found.kept.mapping if found.kept is not None else None)
        balance = arguments.balance or (before.balance if before is not None else "")
        decimal = arguments.decimal or (before.decimal if before is not None else "")
        file = replace(file, mapping=Mapping(columns=columns, balance=balance, decimal=decimal))
    return replace(file, kept=arguments.keep_as) if arguments.keep_as else file


def _mapping(given: str | None) -> tuple[Mapping | None, str]:
    """A mapping from a file, or the name of a kept one."""
    from kiban.readers.experiments.meaning import mapping_from_json

    if not given:
        return None, ""
    path = Path(given)
    if path.suffix.lower() != ".json":
        return None, given
    try:
        document: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as e:
        raise WrongUsage(
            f"{given} is no JSON file that can be read: {e}.", mend="Write one with: --preview --json > mapping.json"
        ) from e
    # A preview holds the mapping among other things.
    if isinstance(document, dict) and "mapping" in document:
        document = document["mapping"]
    return mapping_from_json(document), ""


def _preview(arguments: argparse.Namespace, asker: Asker, resources: Resources, file: TableFile) -> int:
    from kiban.operations.experiments_as_json import preview_as_json
    from kiban.operations.past_experiments import preview_experiments

    found = preview_experiments(asker, resources, file)
    if arguments.json:
        print_json(preview_as_json(found))
    else:
        _print(found)
    return DONE if found.can_be_kept and not found.experiments.n_faults else FAILED


def _print(found: Preview) -> None:
    from kiban.readers.experiments.told import SENTENCES

    for each in found.columns:
        meaning = each.meaning
        parts = [meaning.role.value, meaning.key, f"[{meaning.unit}]" if meaning.unit else ""]
        parts += [meaning.basis.value if meaning.basis is not None else "", "text" if meaning.is_text else ""]
        parts += [f"k={meaning.coverage_factor:g}" if meaning.coverage_factor is not None else ""]
        print(f"{meaning.header} = {' '.join(filter(None, parts))}")
        say(f"  {each.sureness.value}: {SENTENCES[each.reason]}")
    for error in found.wrong:
        _say_error(error)
    read = found.experiments
    for fault in read.faults[:_MOST_FAULTS]:
        say(f"  {fault} {fault.mend}")
    if read.n_faults > _MOST_FAULTS:
        say(f"  {read.n_faults - _MOST_FAULTS} more faults")
    made = found.made
    if made is not None:
        print(
            f"would be kept: {made.n_new} new, {made.n_changed} changed, {made.n_unchanged} unchanged rows; "
            f"{made.n_new_samples} new samples, {made.n_new_processes} new processes; {len(read.wrong_rows)} wrong rows"
        )
    for sentence in (
        *(made.changes if made is not None else ()),
        *(made.told if made is not None else ()),
        *found.told,
    ):
        say(f"  {sentence}")


def _say_error(error: KibanError) -> None:
    say(f"  {error.fault} {error.mend}")


def _withdraw(arguments: argparse.Namespace, asker: Asker, resources: Resources) -> int:
    from kiban.operations.experiments_as_json import withdrawal_as_json
    from kiban.operations.withdraw_experiments import preview_withdrawal, withdraw_experiments

    table = arguments.table or arguments.path.name
    deed = preview_withdrawal if arguments.preview else withdraw_experiments
    found = deed(asker, resources, table)
    if arguments.json:
        print_json(withdrawal_as_json(found))
        return DONE
    verb = "would be withdrawn" if arguments.preview else "withdrawn"
    print(f"{table}: {len(found.rows)} rows, {len(found.processes)} processes, {len(found.samples)} samples {verb}")
    for record in found.stay:
        say(f"  {record.kind.value} {record.title} ({record.pid}) stays: other records rest on it")
    return DONE
