"""Where the fields of a template stand in a workbook to fill in: sheets, columns and the keys that tell them apart.

Each sheet has four rows of head. The first is hidden: its first cell says which template, version and part of a record
the sheet is for (`kiban-template/1 kb:7Q4M-2KXD-98 3 values`), the others have the keys of the columns. So columns can
be moved and labels reworded, and a sheet made with an earlier version is known as such.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kiban.errors import NotExportable
from kiban.records.field import Field, FieldKind, Need
from kiban.records.record import RecordKind
from kiban.records.template import Template

MARK = "kiban-template/1"
KEY_ROW, GROUP_ROW, LABEL_ROW, HINT_ROW, FIRST_ROW = 1, 2, 3, 4, 5
MOST_ROWS = 10_000
NAME = "@name"
FIXED = {
    RecordKind.SAMPLE: ("@formula", "@location", "@custodian", "@hazards", "@description"),
    RecordKind.PROCESS: ("@state", "@started_at", "@ended_at", "@operator", "@equipment", "@inputs", "@description"),
}
"""Columns of what every record of the kind has, beside its name."""
PARTS = {RecordKind.SAMPLE: ("values",), RecordKind.PROCESS: ("meant", "done")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column."""

    key: str
    """Keys joined by points; with `@` for what every record of the kind has."""
    field: Field | None = None
    groups: tuple[Field, ...] = ()
    """The groups that the field stands in, from the outermost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet: the records of a part, or the rows of one of their tables."""

    part: str
    path: tuple[str, ...]
    """Keys that lead to the table; empty for the records themselves."""
    columns: tuple[Column, ...]
    label: tuple[Field, ...] = ()
    """The table and the groups it stands in."""

    @property
    def address(self) -> str:
        """The part and the path, as the first cell says them."""
        return ".".join((self.part, *self.path))


def layout(template: Template) -> tuple[Sheet, ...]:
    """The sheets of a template, the records first.

    Raises
    ------
    NotExportable
        If it is for records that are not made by hand, or a field that must be filled in has no place.
    """
    kind = template.applies_to
    if kind not in PARTS:
        raise NotExportable(
            f"{template.name} is for a {kind.value}, which is made of a file.",
            mend="Spreadsheets are for samples and processes.",
        )
    for path, each in left_out(template):
        if each.need is Need.REQUIRED:
            raise NotExportable(
                f"The table '{'.'.join(path)}' must be filled in, and stands in a group that may come many times.",
                mend="Use the form, or make the table optional.",
            )
    sheets = []
    for part in PARTS[kind]:
        fixed = FIXED[kind] if part == PARTS[kind][0] else ()
        columns = (Column(key=NAME), *map(_fixed, fixed), *_flat(template.fields, (), ()))
        sheets.append(Sheet(part=part, path=(), columns=columns))
    for part in PARTS[kind]:
        for above, each in _tables(template.fields, ()):
            path = tuple(f.key for f in (*above, each))
            columns = (Column(key=NAME), *_flat(each.fields, (), ()))
            sheets.append(Sheet(part=part, path=path, columns=columns, label=(*above, each)))
    return tuple(sheets)


def _fixed(key: str) -> Column:
    return Column(key=key)


def is_rows(field: Field) -> bool:
    """It has a sheet of its own."""
    return field.kind is FieldKind.TABLE or (field.kind is FieldKind.GROUP and field.many)


def _flat(fields: tuple[Field, ...], path: tuple[str, ...], groups: tuple[Field, ...]) -> Iterator[Column]:
    for each in fields:
        if is_rows(each):
            continue
        if each.kind is FieldKind.GROUP:
            yield from _flat(each.fields, (*path, each.key), (*groups, each))
        else:
            yield Column(key=".".join((*path, each.key)), field=each, groups=groups)


def _tables(fields: tuple[Field, ...], above: tuple[Field, ...]) -> Iterator[tuple[tuple[Field, ...], Field]]:
    for each in fields:
        if is_rows(each):
            yield above, each
        elif each.kind is FieldKind.GROUP:
            yield from _tables(each.fields, (*above, each))


def left_out(template: Template) -> tuple[tuple[tuple[str, ...], Field], ...]:
    """Fields that no sheet has a place for: tables in the rows of others."""
    found: list[tuple[tuple[str, ...], Field]] = []
    for above, each in _tables(template.fields, ()):
        path = tuple(f.key for f in (*above, each))
        found.extend(((*path, *(f.key for f in inner), one.key), one) for inner, one in _tables(each.fields, ()))
    return tuple(found)
