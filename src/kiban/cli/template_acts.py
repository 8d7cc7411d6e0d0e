"""What `kiban template` does, act by act."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from kiban.cli.command import DONE, platform, print_json, say
from kiban.cli.placement_options import placed
from kiban.cli.template_lines import change_line, columns, template_lines
from kiban.errors import WrongUsage
from kiban.operations.standard_structures import Standing, Structure, adopt, list_structures
from kiban.operations.take_template import add_template, as_next, own_template, take_template
from kiban.operations.template_as_json import change_as_json, kept_as_json, listed_as_json, structure_as_json
from kiban.operations.template_preview import Preview, preview
from kiban.operations.templates import Kept, compare_versions, get_template, list_templates
from kiban.records.record import RecordKind
from kiban.records.standard_structures import load, origin
from kiban.records.template import Template
from kiban.records.template_change import Change, changes
from kiban.records.template_file import LARGEST, read_template, template_as_json


def _list(arguments: argparse.Namespace) -> int:
    kind = RecordKind(arguments.applies_to) if arguments.applies_to else None
    with platform(arguments, n_workers=1) as (asker, resources):
        if not arguments.library:
            _print_kept(list_templates(asker, resources, applies_to=kind), as_json=arguments.json)
            return DONE
        found = list_structures(asker, resources)
    _print_structures([s for s in found if kind is None or s.template.applies_to is kind], as_json=arguments.json)
    return DONE


def _print_kept(found: Iterable[Kept], *, as_json: bool) -> None:
    kept = list(found)
    if as_json:
        print_json([listed_as_json(each) for each in kept])
        return
    rows = [
        (each.record.pid, each.template.applies_to.value, each.template.name, f"version {each.record.version}",
         each.template.label.in_language("en"))
        for each in kept
    ]  # fmt: skip
    for line in columns(rows) if rows else ():
        print(line)
    if not rows:
        say("There are no templates yet. See what the library has: kiban template list --library.")


def _print_structures(found: list[Structure], *, as_json: bool) -> None:
    if as_json:
        print_json([structure_as_json(each) for each in found])
        return
    rows = [
        (each.template.applies_to.value, each.template.name, each.standing.value,
         each.kept.record.pid if each.kept is not None else "", each.template.label.in_language("en"))
        for each in found
    ]  # fmt: skip
    for line in columns(rows):
        print(line)
    if n_outdated := sum(each.standing is Standing.OUTDATED for each in found):
        say(f"{n_outdated} can be brought up to date: kiban template adopt --all --update.")


def _show(arguments: argparse.Namespace) -> int:
    if arguments.library:
        template = load(arguments.template)
        document: dict[str, Any] = template_as_json(template)
    else:
        with platform(arguments, n_workers=1) as (asker, resources):
            kept = get_template(asker, resources, arguments.template, version=arguments.version)
        template, document = kept.template, kept_as_json(kept)
    if arguments.json:
        print_json(document)
        return DONE
    if not arguments.library:
        print(f"{kept.record.pid}  version {kept.record.version}")
    for line in template_lines(template, arguments.language):
        print(line)
    return DONE


def _adopt(arguments: argparse.Namespace) -> int:
    if bool(arguments.names) == arguments.all:
        raise WrongUsage(
            "Which structures are meant is not clear.",
            mend="Give names out of kiban template list --library, or --all without names.",
        )
    wanted = None if arguments.all else arguments.names
    with platform(arguments, n_workers=1) as (asker, resources):
        asker, placement = placed(arguments, asker, resources)
        adopted = adopt(asker, resources, wanted, update=arguments.update, placement=placement)
    for each in adopted:
        kept = each.kept
        if arguments.json:
            print_json(
                {
                    "structure": each.structure.template.name,
                    "done": each.done,
                    "standing": each.structure.standing.value,
                    "id": kept.record.pid if kept is not None else None,
                    "version": kept.record.version if kept is not None else None,
                    "changes": [change_as_json(change) for change in each.structure.changes],
                }
            )
            continue
        why = f" ({each.structure.standing.value})" if each.done == "left" else ""
        at = f"  {kept.record.pid} version {kept.record.version}" if kept is not None else ""
        print(f"{each.done} {each.structure.template.name}{why}{at}")
        if each.structure.standing is Standing.OUTDATED:
            _print_changes(each.structure.changes)
    return DONE


def _add(arguments: argparse.Namespace) -> int:
    template = _read(arguments.file)
    with platform(arguments, n_workers=1) as (asker, resources):
        asker, placement = placed(arguments, asker, resources)
        kept = add_template(asker, resources, template, placement=placement)
    if arguments.json:
        print_json(kept_as_json(kept))
    else:
        print(f"defined {kept.template.name}  {kept.record.pid} version {kept.record.version}")
    return DONE


def _import(arguments: argparse.Namespace) -> int:
    template = _read(arguments.file)
    with platform(arguments, n_workers=1) as (asker, resources):
        asker, placement = placed(arguments, asker, resources)
        if arguments.preview:
            kept = own_template(asker, resources, template.name)
            found = preview(asker, resources, kept.record.pid, as_next(kept, template)) if kept is not None else None
            _print_preview(found, template, as_json=arguments.json)
            return DONE
        taken = take_template(asker, resources, template, expected=arguments.expected, placement=placement)
    if arguments.json:
        said = [change_as_json(change) for change in taken.changes]
        print_json({"done": taken.done, "changes": said, **kept_as_json(taken.kept)})
        return DONE
    print(f"{taken.done} {taken.kept.template.name}  {taken.kept.record.pid} version {taken.kept.record.version}")
    _print_changes(taken.changes)
    return DONE


def _print_preview(found: Preview | None, template: Template, *, as_json: bool) -> None:
    """What a new version would mean; `None` where the template would be new."""
    said = found.changes if found is not None else ()
    refused = found.refused if found is not None else ()
    n_records, n_refused, n_losing = (
        (found.n_records, found.n_refused, found.n_losing) if found is not None else (0, 0, 0)
    )
    if as_json:
        print_json(
            {
                "is_new": found is None,
                "changes": [change_as_json(change) for change in said],
                "n_records": n_records,
                "n_refused": n_refused,
                "n_losing": n_losing,
                "refused": [{"id": fate.record.pid, "problems": list(fate.problems)} for fate in refused],
            }
        )
        return
    if found is None:
        print(f"{template.name} would be new.")
        return
    _print_changes(said)
    print(f"{n_records} records use it; the new version would refuse {n_refused}, and {n_losing} would lose values.")
    for fate in refused:
        print(f"  {fate.record.pid} {fate.record.title}: {' '.join(fate.problems)}")


def _export(arguments: argparse.Namespace) -> int:
    if arguments.library:
        template = load(arguments.template)
    else:
        with platform(arguments, n_workers=1) as (asker, resources):
            template = get_template(asker, resources, arguments.template, version=arguments.version).template
    text = json.dumps(template_as_json(template), ensure_ascii=False, indent=2) + "\n"
    if arguments.output is None:
        print(text, end="")
        return DONE
    try:
        arguments.output.write_text(text, encoding="utf-8")
    except OSError as e:
        raise WrongUsage(f"{arguments.output} cannot be written: {e.strerror}.", mend="Name another file.") from e
    if arguments.json:
        print_json({"file": str(arguments.output), "name": template.name})
    else:
        say(f"{arguments.output}  ({template.name})")
    return DONE


def _diff(arguments: argparse.Namespace) -> int:
    with platform(arguments, n_workers=1) as (asker, resources):
        kept = get_template(asker, resources, arguments.template, version=arguments.after)
        if arguments.library:
            came = origin(kept.template)
            shipped = load(came.structure if came is not None else kept.template.name)
            found = changes(replace(kept.template, extra={}), replace(shipped, extra={}))
        else:
            before = kept.record.version - 1 if arguments.before is None else arguments.before
            if before < 1:
                raise WrongUsage(
                    f"{kept.template.name} has no version before {kept.record.version}.",
                    mend="Say which versions to compare with --from and --to.",
                )
            found = compare_versions(asker, resources, kept.record.pid, before, kept.record.version)
    if arguments.json:
        print_json([change_as_json(change) for change in found])
    else:
        _print_changes(found)
        say(f"{len(found)} changes; records can be refused for {sum(not change.is_compatible for change in found)}")
    return DONE


def _print_changes(found: Iterable[Change]) -> None:
    for change in found:
        print(f"  {change_line(change)}")


def _read(path: Path) -> Template:
    try:
        if path == Path("-"):
            return read_template(sys.stdin.buffer.read(LARGEST + 1))
        with path.open("rb") as file:
            return read_template(file.read(LARGEST + 1))
    except OSError as e:
        raise WrongUsage(f"{path} cannot be read: {e.strerror}.", mend="Name a JSON file.") from e


ACTS: dict[str, Callable[[argparse.Namespace], int]] = {
    "list": _list,
    "show": _show,
    "adopt": _adopt,
    "add": _add,
    "import": _import,
    "export": _export,
    "diff": _diff,
}
