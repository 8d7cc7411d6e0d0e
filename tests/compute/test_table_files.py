"""Uploaded tables behind the fence: the same values as read here, and limits that hold."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.compute.fence import Fence, FenceLimits
from kiban.compute.structured import Failure
from kiban.compute.table_files import (
    cells_behind,
    cells_of_json,
    json_of_cells,
    json_of_sheet,
    sheet_behind,
    sheet_of_json,
)
from kiban.readers.experiments.sheet import Sheet, SheetRow, read_sheet
from kiban.records.field import Field, FieldKind, Label
from kiban.records.record import RecordKind
from kiban.records.template import Template
from kiban.standards.template_sheet import write_sheet
from kiban.standards.template_sheet_cells import CellProblem, Cells, read_cells

TABLE = "試料名,焼成温度 [℃],硬さ [GPa]\nA-1,900,5.1\n\nA-2,950,\n".encode()


@pytest.fixture(name="fence")
def _fence() -> Iterator[Fence]:
    fence = Fence(n_workers=1)
    yield fence
    fence.close()


def _workbook(*rows: list[object]) -> bytes:
    workbook = openpyxl.Workbook()
    assert workbook.active is not None
    for row in rows:
        workbook.active.append(row)
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


@pytest.mark.parametrize("content", [TABLE, _workbook(["sample", "T [K]"], ["A", 900], ["B", None]), b"a\tb\n1\t2\n"])
def test_a_table_is_the_same_as_read_here(fence: Fence, content: bytes) -> None:
    assert sheet_behind(fence, content, "t.csv") == read_sheet(content, "t.csv")


def test_no_library_for_workbooks_runs_in_this_process(fence: Fence, monkeypatch: pytest.MonkeyPatch) -> None:
    def here(*_: Any, **__: Any) -> Any:
        raise AssertionError

    content = _workbook(["sample", "T [K]"], ["A", 900])
    monkeypatch.setattr(openpyxl, "load_workbook", here)
    assert isinstance(sheet_behind(fence, content, "t.xlsx"), Sheet)


def test_faults_come_back_with_their_mend(fence: Fence) -> None:
    failure = sheet_behind(fence, b"\0\1\2", "t.csv")
    assert isinstance(failure, Failure)
    assert failure.error == "UnknownFormat"
    assert "CSV or xlsx" in failure.mend
    refused = cells_behind(fence, _workbook(["a"]))
    assert isinstance(refused, Failure)
    assert refused.error == "UnknownFormat"


def test_a_wanted_sheet_that_is_not_there(fence: Fence) -> None:
    failure = sheet_behind(fence, _workbook(["a", "b"], [1, 2]), "t.xlsx", sheet="other")
    assert isinstance(failure, Failure)
    assert failure.error == "NothingMeasured"


def test_a_table_that_takes_too_long_is_not_said_to_be_kept() -> None:
    fence = Fence(n_workers=1, limits=FenceLimits(seconds=0.01))
    try:
        failure = sheet_behind(fence, TABLE, "t.csv")
    finally:
        fence.close()
    assert isinstance(failure, Failure)
    assert failure.error == "LimitExceeded"
    assert "Split the table" in failure.mend
    assert "kept" not in failure.mend


def test_a_worker_that_is_killed_is_replaced(fence: Fence) -> None:
    before = {child.pid for child in psutil.Process().children()}
    assert isinstance(sheet_behind(fence, TABLE, "t.csv"), Sheet)
    for child in psutil.Process().children():
        if child.pid not in before:
            child.kill()
            child.wait()
    assert isinstance(sheet_behind(fence, TABLE, "t.csv"), Sheet)


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(
    headers=st.lists(_TEXT, min_size=1, max_size=4),
    said=st.fixed_dictionaries({"delimiter": _TEXT, "encoding": _TEXT, "sheet": _TEXT, "name": _TEXT}),
    others=st.lists(_TEXT, max_size=3),
    data=st.data(),
)
def test_every_table_survives_the_trip(headers: list[str], said: dict[str, str], others: list[str], data: Any) -> None:
    row = st.builds(SheetRow, st.integers(1, 10**6), st.tuples(*[_TEXT] * len(headers)) if headers else st.just(()))
    sheet = Sheet(
        headers=tuple(headers),
        rows=tuple(data.draw(st.lists(row, max_size=4))),
        places=tuple(range(len(headers))),
        other_sheets=tuple(others),
        errors=tuple(others),
        **said,
    )
    assert sheet_of_json(json.loads(json.dumps(json_of_sheet(sheet)))) == sheet


_CELLS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | _TEXT
    | st.datetimes()
    | st.dates()
    | st.times()
)


@given(rows=st.lists(st.tuples(st.integers(1, 10**6), st.dictionaries(_TEXT, _CELLS, max_size=4)), max_size=4))
def test_every_cell_survives_the_trip_with_its_kind(rows: list[tuple[int, dict[str, Any]]]) -> None:
    problem = CellProblem(sheet="S", cell="F7", fault="It is wrong.", mend="Mend it.")
    sheet = Cells(
        title="S", template="kb:x", version=2, address="values", columns={"a": "B"}, rows=rows, problems=[problem]
    )
    [back] = cells_of_json(json.loads(json.dumps(json_of_cells([sheet]))))
    assert back == sheet
    for (_, before), (_, after) in zip(rows, back.rows, strict=True):
        assert [type(value) for value in before.values()] == [type(value) for value in after.values()]


def test_a_length_of_time_comes_back_as_its_text() -> None:
    row = (5, {"a": timedelta(hours=1), "b": datetime(2024, 1, 2), "c": date(2024, 1, 2), "d": time(3, 4)})
    sheet = Cells(title="S", template="kb:x", version=2, address="values", columns={}, rows=[row])
    [back] = cells_of_json(json_of_cells([sheet]))
    assert back.rows[0][1] == {"a": "1:00:00", "b": datetime(2024, 1, 2), "c": date(2024, 1, 2), "d": time(3, 4)}


def test_a_filled_spreadsheet_of_a_template_reads_the_same(fence: Fence) -> None:
    fields = (Field(key="day", kind=FieldKind.DATE), Field(key="number", kind=FieldKind.NUMBER))
    template = Template(name="powder", label=Label(en="Powder"), applies_to=RecordKind.SAMPLE, fields=fields)
    workbook = openpyxl.load_workbook(io.BytesIO(write_sheet(template, identifier="kb:7Q4M-2KXD-98", version=3)))
    page = workbook.worksheets[0]
    for column, value in enumerate(["one", "A", datetime(2024, 5, 6), 1.5], 1):
        page.cell(row=5, column=column, value=value)
    content = io.BytesIO()
    workbook.save(content)
    here = read_cells(content.getvalue())
    assert here[0].rows
    assert cells_behind(fence, content.getvalue()) == here
