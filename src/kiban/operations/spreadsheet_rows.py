"""One row of a filled spreadsheet as the sample or process that it would become, with its mistakes by their cells."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from kiban.errors import InvalidValue, KibanError
from kiban.operations.changed_records import current
from kiban.operations.processes import without_needs
from kiban.operations.references import wrong_references
from kiban.operations.resources import Resources
from kiban.operations.templates import Kept
from kiban.records.field import Field
from kiban.records.filled import Filled, fill
from kiban.records.matter.sample_elements import with_elements
from kiban.records.party import Asker
from kiban.records.process import Process, ProcessState
from kiban.records.record import Record, RecordKind
from kiban.records.sample import Sample
from kiban.records.template import Template
from kiban.records.template_migration import moved
from kiban.standards.template_sheet_cells import CellProblem
from kiban.standards.template_sheet_layout import FIXED, PARTS
from kiban.standards.template_sheet_read import SheetRow, error_problem


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedRow:
    """One record of a spreadsheet, as it would be kept."""

    name: str
    noun: Sample | Process
    inputs: tuple[Record, ...] = ()
    left_behind: tuple[str, ...] = ()


def checked_row(
    asker: Asker, resources: Resources, row: SheetRow, kept: Kept, old: Template, found: list[CellProblem]
) -> CheckedRow | None:
    """Check one row; what is wrong is added to `found`. `None` where it can be no sample or process at all.

    Parameters
    ----------
    old : Template
        The version that the spreadsheet was made with.
    """
    values: dict[str, dict[str, Any]] = {}
    left: dict[str, None] = {}
    for part in PARTS[kept.template.applies_to]:
        filled, behind = _filled(row, part, kept.template, old)
        values[part] = filled.values
        left |= dict.fromkeys(behind)
        back = _former_keys(kept.template.fields, old.fields)
        lost = wrong_references(asker, resources, kept.template.fields, filled.values)
        for problem in (*filled.problems, *lost):
            path = tuple(back.get(problem.path[: n + 1], key) for n, key in enumerate(problem.path))
            found.append(row.problem(part, replace(problem, path=path)))
    texts = {key: row.fixed.get(key, "") for key in (name[1:] for name in FIXED[kept.template.applies_to])}
    made = _sample if kept.template.applies_to is RecordKind.SAMPLE else _process
    noun, inputs = made(asker, resources, row, kept, texts, values, found)
    return CheckedRow(name=row.name, noun=noun, inputs=inputs, left_behind=tuple(left)) if noun is not None else None


def _filled(row: SheetRow, part: str, new: Template, old: Template) -> tuple[Filled, tuple[str, ...]]:
    fields = without_needs(new.fields) if part == "done" else new.fields
    values = row.values.get(part, {})
    known = {each.key for each in old.fields}
    carried, left = moved(old, new, values)
    # What stands in a column of no field goes along, to be told as such.
    strangers = {key: value for key, value in values.items() if key not in known}
    return fill(fields, strangers | carried), left


def _former_keys(
    new: tuple[Field, ...], old: tuple[Field, ...], above: tuple[str | int, ...] = ()
) -> dict[tuple[str | int, ...], str]:
    """The keys that fields had in the spreadsheet's version, by their path now; places in lists left as they are."""
    was = {each.first_key: each for each in old}
    found: dict[tuple[str | int, ...], str] = {}
    for each in new:
        if (before := was.get(each.first_key)) is not None:
            found[(*above, each.key)] = before.key
            found |= _former_keys(each.fields, before.fields, (*above, each.key))
    return found


def _sample(
    asker: Asker,  # noqa: ARG001  as `_process`
    resources: Resources,  # noqa: ARG001
    row: SheetRow,
    kept: Kept,
    texts: dict[str, str],
    values: dict[str, dict[str, Any]],
    found: list[CellProblem],
) -> tuple[Sample | None, tuple[Record, ...]]:
    try:
        noun = Sample(
            name=row.name, formula=texts["formula"], template=kept.use, values=values["values"],
            hazards=tuple(filter(None, re.split(r"[\s,、;]+", texts["hazards"]))), location=texts["location"],
            custodian=texts["custodian"], description=texts["description"],
        )  # fmt: skip
    except KibanError as e:
        found.append(error_problem(row, "hazards", e))
        return None, ()
    try:
        noun = with_elements(noun)
    except KibanError as e:
        found.append(error_problem(row, "formula", e))
        return None, ()
    return noun, ()


def _process(
    asker: Asker,
    resources: Resources,
    row: SheetRow,
    kept: Kept,
    texts: dict[str, str],
    values: dict[str, dict[str, Any]],
    found: list[CellProblem],
) -> tuple[Process | None, tuple[Record, ...]]:
    inputs = []
    for identifier in filter(None, map(str.strip, re.split(r"[;；,、\n]", texts["inputs"]))):
        try:
            inputs.append(current(asker, resources, identifier, RecordKind.SAMPLE))
        except KibanError as e:
            found.append(error_problem(row, "inputs", e))
    state = texts["state"].lower() or ProcessState.DONE.value
    if state not in {each.value for each in ProcessState}:
        mend = f"Use one of: {', '.join(each.value for each in ProcessState)}."
        found.append(error_problem(row, "state", InvalidValue(f"'{state[:40]}' is no state of a process.", mend=mend)))
        return None, ()
    try:
        noun = Process(
            name=row.name, state=ProcessState(state), template=kept.use, meant=values["meant"], done=values["done"],
            started_at=texts["started_at"] or None, ended_at=texts["ended_at"] or None, operator=texts["operator"],
            equipment=texts["equipment"], description=texts["description"],
        )  # fmt: skip
    except KibanError as e:
        found.append(error_problem(row, "started_at", e))
        return None, ()
    return noun, tuple({each.id: each for each in inputs}.values())
