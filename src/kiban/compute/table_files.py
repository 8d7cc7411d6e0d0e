"""Tables that people upload, past experiments and filled spreadsheets of templates, read behind the fence.

Their bytes travel to the worker, because a table that is only looked at is kept nowhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any, TypeVar

from kiban.compute.fence import Fence
from kiban.compute.structured import Failure
from kiban.readers.experiments.sheet import Sheet, SheetRow, read_sheet
from kiban.records.document import from_json, to_json
from kiban.standards.template_sheet_cells import CellProblem, Cells, read_cells

SHEET_TASK = "read_sheet"
CELLS_TASK = "read_cells"
_EXACT_BITS = 63
"""Larger integers are no JSON number everywhere."""

T = TypeVar("T")


def sheet_behind(fence: Fence, content: bytes, name: str, *, sheet: str = "") -> Sheet | Failure:
    """Read a table of experiments behind the fence; see `kiban.readers.experiments.sheet.read_sheet`."""
    return _asked(fence, {"task": SHEET_TASK, "name": name, "sheet": sheet}, content, sheet_of_json)


def cells_behind(fence: Fence, content: bytes) -> list[Cells] | Failure:
    """Read a filled spreadsheet behind the fence; see `kiban.standards.template_sheet_cells.read_cells`."""
    return _asked(fence, {"task": CELLS_TASK, "name": "The workbook"}, content, cells_of_json)


def _asked(fence: Fence, request: dict[str, Any], content: bytes, made: Callable[[Any], T]) -> T | Failure:
    answer = fence.ask(request, content)
    return answer if isinstance(answer, Failure) else made(answer[0])


def answer(request: dict[str, Any], content: bytes) -> Any:
    """The worker's side: what was asked for, as JSON.

    Raises
    ------
    UnreadableFile
        As the functions that read.
    """
    if request["task"] == CELLS_TASK:
        return json_of_cells(read_cells(content))
    return json_of_sheet(read_sheet(content, request["name"], sheet=request["sheet"]))


def json_of_sheet(sheet: Sheet) -> Any:
    """A table as JSON: each row is its number and its cells."""
    said = {name: getattr(sheet, name) for name in Sheet.__slots__ if name != "rows"}
    return said | {"rows": [[row.number, *row.cells] for row in sheet.rows]}


def sheet_of_json(document: Any) -> Sheet:
    """What `json_of_sheet` wrote."""
    rows = tuple(SheetRow(number, tuple(cells)) for number, *cells in document["rows"])
    said: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in document.items()}
    said["rows"] = rows
    return Sheet(**said)


def json_of_cells(sheets: list[Cells]) -> Any:
    """The sheets of a template's workbook as JSON, with what spreadsheets hold and JSON does not in words."""
    return [
        {
            "title": sheet.title,
            "template": sheet.template,
            "version": sheet.version,
            "address": sheet.address,
            "columns": sheet.columns,
            "rows": [[number, {key: _told(value) for key, value in row.items()}] for number, row in sheet.rows],
            "problems": [to_json(problem) for problem in sheet.problems],
        }
        for sheet in sheets
    ]


def cells_of_json(document: Any) -> list[Cells]:
    """What `json_of_cells` wrote."""
    return [
        Cells(
            **{
                **sheet,
                "rows": [(number, {key: _meant(value) for key, value in row.items()}) for number, row in sheet["rows"]],
                "problems": [from_json(problem, CellProblem) for problem in sheet["problems"]],
            }
        )
        for sheet in document
    ]


def _told(value: Any) -> Any:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int) and value.bit_length() <= _EXACT_BITS:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    # What a cell can hold besides, a length of time, is the text that people see of it.
    kind = type(value).__name__ if isinstance(value, int | float | datetime | date | time) else "text"
    text = value.isoformat() if isinstance(value, datetime | date | time) else str(value)
    return {kind: text}


def _meant(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    [(kind, text)] = value.items()
    return _KINDS[kind](text)


_KINDS: dict[str, Callable[[str], Any]] = {
    "int": int,
    "float": float,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "text": str,
}
