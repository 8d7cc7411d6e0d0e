"""Spreadsheets to fill in many records: made from a template, looked at when they come back, and kept in one go."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kiban.errors import InvalidValue
from kiban.operations.audited import reads
from kiban.operations.changed_records import commit, event_of, new_record
from kiban.operations.placement import AS_THE_PROJECT_SAYS, Placement, place
from kiban.operations.resources import Resources
from kiban.operations.spreadsheet_rows import CheckedRow, checked_row
from kiban.operations.templates import Kept, template_named
from kiban.operations.uploaded_tables import read_workbook
from kiban.records.document import to_json
from kiban.records.link import Link, Predicate
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind
from kiban.records.sample import Sample
from kiban.records.scope import Scope
from kiban.records.template import Template
from kiban.standards.template_sheet import write_sheet
from kiban.standards.template_sheet_cells import CellProblem, Cells
from kiban.standards.template_sheet_layout import PARTS, left_out
from kiban.standards.template_sheet_read import rows_of
from kiban.store.catalog import Batch

_MEND_SHEET = "Download the spreadsheet of the template again and fill that in."


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptySheet:
    """A spreadsheet to fill in."""

    file_name: str
    content: bytes
    left_out: tuple[str, ...]
    """Fields that it has no place for; a form has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedSheet:
    """What a filled spreadsheet says, nothing of it kept."""

    kept: Kept
    """The template in its current version: records are made with that."""
    made_with: int
    """The version that the spreadsheet was made with."""
    rows: tuple[CheckedRow, ...]
    """Those that are right."""
    n_wrong: int
    problems: tuple[CellProblem, ...]
    """By sheet and cell."""
    can_skip: bool
    """Each problem belongs to one row, so that the others can be kept without losing anything."""

    @property
    def left_behind(self) -> tuple[str, ...]:
        """Fields that have values and no place in the current version."""
        return tuple(dict.fromkeys(name for row in self.rows for name in row.left_behind))


@reads("read template")
def empty_sheet(asker: Asker, resources: Resources, identifier: str, *, language: str = "en") -> EmptySheet:
    """Make the spreadsheet of a template's current version.

    Raises
    ------
    RecordNotFound
    NotExportable
        If the template is for measurements, or a field that must be filled in has no place.
    """
    kept = template_named(asker, resources, identifier)
    content = write_sheet(kept.template, identifier=kept.record.pid, version=kept.record.version, language=language)
    name = re.sub(r"[^\w.-]+", "_", kept.template.name).strip("_") or "template"
    return EmptySheet(
        file_name=f"{name}-v{kept.record.version}.xlsx",
        content=content,
        left_out=tuple(".".join(path) for path, _ in left_out(kept.template)),
    )


def check_spreadsheet(
    asker: Asker, resources: Resources, content: bytes, *, template: str | None = None
) -> CheckedSheet:
    """Read a filled spreadsheet and check every row, without keeping anything.

    Parameters
    ----------
    template : str, optional
        The template that it has to be for; else it says so itself.

    Raises
    ------
    RecordNotFound
        If its template is gone.
    InvalidValue
        If it is for another template.
    UnreadableFile
        If it is no such workbook.
    """
    sheets = read_workbook(resources, content)
    kept, old, made_with = _template_of(asker, resources, sheets, template)
    read = rows_of(sheets, old)
    names = [row.name for row in read.rows]
    there = _existing(asker, resources, kept.template.applies_to, names)
    problems = list(read.problems)
    checked: list[CheckedRow] = []
    for row in read.rows:
        found: list[CellProblem] = []
        if row.name in there:
            fault = f"There is a {kept.template.applies_to.value} '{row.name[:60]}' already."
            found.append(CellProblem(sheet=row.sheet, cell=f"A{row.number}", fault=fault, mend="Give it another name."))
        noun = checked_row(asker, resources, row, kept, old, found)
        if noun is not None and not found:
            checked.append(noun)
        problems.extend(found)
    wrong = {(sheet, _row_number(cell)) for sheet, cell in ((p.sheet, p.cell) for p in problems)}
    cells = {row.name: {(s, _row_number(c)) for s, c in row.cells.values()} for row in read.rows}
    right = tuple(one for one in checked if not cells[one.name] & wrong)
    known = set().union(*cells.values()) if cells else set()
    return CheckedSheet(
        kept=kept,
        made_with=made_with,
        rows=right,
        n_wrong=len(read.rows) - len(right),
        problems=tuple(problems),
        can_skip=bool(right) and wrong <= known,
    )


def keep_spreadsheet(
    asker: Asker,
    resources: Resources,
    content: bytes,
    *,
    template: str | None = None,
    expected: int | None = None,
    skips_wrong: bool = False,
    placement: Placement = AS_THE_PROJECT_SAYS,
) -> tuple[Record, ...]:
    """Keep all records of a filled spreadsheet, in one transaction.

    Parameters
    ----------
    expected : int, optional
        The version of the template that the preview was made with.
    skips_wrong : bool
        Keep the rows that are right; otherwise one problem stops everything.

    Raises
    ------
    InvalidValue
        If something is wrong (the cells are named, up to eight) and is not to be skipped; or nothing stands there.
    Conflict
        If the template was changed since the preview, or a name was taken in the meantime.
    RecordNotFound, UnreadableFile
        As `check_spreadsheet`.
    """
    from kiban.operations.changed_records import check_version

    found = check_spreadsheet(asker, resources, content, template=template)
    check_version(found.kept.record, expected)
    if found.problems and not (skips_wrong and found.can_skip):
        more = f" {len(found.problems) - 8} more." if len(found.problems) > 8 else ""
        raise InvalidValue(
            " ".join(map(str, found.problems[:8])) + more, mend="Nothing was kept: mend these cells and load it again."
        )
    if not found.rows:
        raise InvalidValue("The spreadsheet has no rows.", mend="Fill in one row for each record below the head.")
    return commit(asker, resources, _batch(asker, found, place(asker, resources, placement))).records


def _batch(asker: Asker, found: CheckedSheet, scope: Scope) -> Batch:
    kind = found.kept.template.applies_to
    action = "registered sample" if kind is RecordKind.SAMPLE else "recorded process"
    records = [new_record(asker, kind, row.name, to_json(row.noun), scope=scope) for row in found.rows]
    pairs = list(zip(records, found.rows, strict=True))
    return Batch(
        records=tuple(records),
        compositions={
            r.id: row.noun.composition for r, row in pairs if isinstance(row.noun, Sample) and row.noun.composition
        },
        links=tuple(
            Link(subject=r.id, predicate=Predicate.USED, object=source.id, scope=r.scope)
            for r, row in pairs
            for source in row.inputs
        ),
        events=tuple(event_of(asker, r, action, {"from": "spreadsheet"}) for r in records),
    )


def _template_of(
    asker: Asker, resources: Resources, sheets: Sequence[Cells], wanted: str | None
) -> tuple[Kept, Template, int]:
    first = sheets[0]
    for other in sheets[1:]:
        if (other.template, other.version) != (first.template, first.version):
            raise InvalidValue(
                f"Sheet '{other.title}' was made with another template or version than '{first.title}'.",
                mend="Load each workbook by itself.",
            )
    kept = template_named(asker, resources, first.template)
    if wanted is not None and template_named(asker, resources, wanted).record.id != kept.record.id:
        raise InvalidValue(
            f"The spreadsheet is for the template {kept.template.name}.", mend=f"Load it there, or: {_MEND_SHEET}"
        )
    if kept.template.applies_to not in PARTS:
        raise InvalidValue(f"{kept.template.name} is not for samples or processes.", mend=_MEND_SHEET)
    old = template_named(asker, resources, first.template, version=first.version)
    return kept, old.template, first.version


def _existing(asker: Asker, resources: Resources, kind: RecordKind, names: list[str]) -> set[str]:
    if not names:
        return set()
    with resources.catalog.writing(resources.visible(asker), project=resources.project_of(asker)) as writing:
        return set(writing.existing(kind, names))


def _row_number(cell: str) -> int:
    return int(re.sub(r"\D", "", cell))
