"""A workbook (xlsx) made from a template, to fill in many records: one row each.

Columns are headed with group, label, unit and need in one language; choices are lists to choose from; tables, and
groups that may come many times, have sheets of their own, whose rows name the record they belong to.
"""

from __future__ import annotations

import io
from typing import Any

from kiban.records.field import Field, FieldKind, Need
from kiban.records.template import Template
from kiban.standards.template_sheet_layout import (
    FIRST_ROW,
    GROUP_ROW,
    HINT_ROW,
    KEY_ROW,
    LABEL_ROW,
    MARK,
    NAME,
    Column,
    Sheet,
    layout,
)
from kiban.standards.template_sheet_words import WORDS

_LISTS = "lists"
_ROWS_WITH_LISTS = 1000
"""So many rows offer the answers of a choice; rows after them are read as well."""
_LONGEST_TITLE = 31


def write_sheet(template: Template, *, identifier: str, version: int, language: str = "en") -> bytes:
    """Make the workbook.

    Parameters
    ----------
    identifier, version
        Of the template, for the hidden row.

    Raises
    ------
    NotExportable
        If the template is for measurements, or a field that must be filled in has no place.
    """
    import openpyxl

    workbook: Any = openpyxl.Workbook()
    workbook.remove(workbook.active)
    lists: Any = None
    titles: set[str] = {_LISTS}
    for sheet in layout(template):
        title = _title(sheet, template, language, titles)
        page = workbook.create_sheet(title)
        _put(page, KEY_ROW, 1, f"{MARK} {identifier} {version} {sheet.address}")
        _write_head(page, sheet, language)
        for number, column in enumerate(sheet.columns, 1):
            answers = _answers(column, language)
            if answers:
                lists = lists if lists is not None else workbook.create_sheet(_LISTS)
                _offer(page, lists, number, answers)
    if lists is not None:
        lists.sheet_state = "hidden"
        workbook.move_sheet(lists, offset=len(workbook.sheetnames))
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def _title(sheet: Sheet, template: Template, language: str, taken: set[str]) -> str:
    words = WORDS[language]
    name = sheet.label[-1].label.in_language(language) or sheet.label[-1].key if sheet.label else ""
    several = words[template.applies_to.value]
    if sheet.part == "done":
        name = f"{name} ({words['done']})" if name else words["done"]
    wanted = "".join("_" if c in "[]:*?/\\'" else c for c in name or several)[:_LONGEST_TITLE]
    title, number = wanted, 2
    while title.lower() in {one.lower() for one in taken}:
        title, number = f"{wanted[: _LONGEST_TITLE - 4]} {number}", number + 1
    taken.add(title)
    return title


def _put(page: Any, row: int, column: int, text: str) -> Any:
    cell = page.cell(row=row, column=column, value=text)
    # What a designer wrote is text, also where it begins like a formula.
    cell.data_type = "s"
    return cell


def _write_head(page: Any, sheet: Sheet, language: str) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    words = WORDS[language]
    ground = PatternFill("solid", fgColor="E8EEF4")
    for number, column in enumerate(sheet.columns, 1):
        if number > 1:
            _put(page, KEY_ROW, number, column.key)
        label = _label(column, words, language)
        group = " / ".join(each.label.in_language(language) or each.key for each in column.groups)
        for row, text in ((GROUP_ROW, group), (LABEL_ROW, label), (HINT_ROW, _hint(column, words, language))):
            cell = _put(page, row, number, text)
            cell.fill = ground
            cell.font = Font(bold=row == LABEL_ROW, color=None if row == LABEL_ROW else "55636F")
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        width = page.column_dimensions[get_column_letter(number)]
        width.width = min(max(12, len(label) * (2 if language == "ja" else 1) + 3), 40)
        if column.field is None or column.field.kind not in {FieldKind.NUMBER, FieldKind.QUANTITY}:
            # As text: a spreadsheet would make a date of "3-2" and 7 of "007".
            width.number_format = "@"
    page.row_dimensions[KEY_ROW].hidden = True
    page.freeze_panes = page.cell(row=FIRST_ROW, column=2)


def _label(column: Column, words: dict[str, str], language: str) -> str:
    if column.field is None:
        return f"{words[column.key]} *" if column.key == NAME else words[column.key]
    label = column.field.label.in_language(language) or column.field.key
    return f"{label} *" if column.field.need is Need.REQUIRED else label


def _hint(column: Column, words: dict[str, str], language: str) -> str:
    field = column.field
    if field is None:
        return words.get(f"{column.key}.hint", words["required"] if column.key == NAME else "")
    parts = [
        field.unit,
        "" if field.need is Need.OPTIONAL else words[field.need.value],
        words.get(field.kind.value, ""),
    ]
    if field.many:
        parts.append(words["many"])
    parts.append(field.help.in_language(language))
    return "; ".join(part for part in parts if part)


def _answers(column: Column, language: str) -> list[str]:
    field = column.field
    if column.key == "@state":
        return ["planned", "running", "done", "abandoned"]
    if field is None or field.many:
        return []
    if field.kind is FieldKind.TRUTH:
        return [WORDS[language]["yes"], WORDS[language]["no"]]
    return _option_texts(field, language) if field.kind is FieldKind.CHOICE else []


def _option_texts(field: Field, language: str) -> list[str]:
    """The answers by their labels; by their keys where two labels are the same, in either language."""
    labels = [option.label.in_language(language) for option in field.options]
    words = [w.lower() for o in field.options for w in {o.key, o.label.en, o.label.ja} if w]
    is_clear = all(labels) and all(words.count(label.lower()) == 1 for label in labels)
    return labels if is_clear else [option.key for option in field.options]


def _offer(page: Any, lists: Any, number: int, answers: list[str]) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    column = lists.max_column + 1 if lists.cell(row=1, column=1).value is not None else 1
    for row, answer in enumerate(answers, 1):
        _put(lists, row, column, answer)
    letter = get_column_letter(column)
    offer = DataValidation(
        type="list",
        formula1=f"'{_LISTS}'!${letter}$1:${letter}${len(answers)}",
        allow_blank=True,
        showErrorMessage=True,
    )
    page.add_data_validation(offer)
    here = get_column_letter(number)
    offer.add(f"{here}{FIRST_ROW}:{here}{FIRST_ROW + _ROWS_WITH_LISTS - 1}")
