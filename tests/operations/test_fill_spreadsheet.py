"""Spreadsheets made from templates, filled in, and loaded back: real workbooks, read and written with openpyxl."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from kiban.errors import Conflict, DamagedFile, HostileFile, InvalidValue, LimitExceeded, NotExportable, UnknownFormat
from kiban.operations.fill_spreadsheet import check_spreadsheet, empty_sheet, keep_spreadsheet
from kiban.operations.find import find
from kiban.operations.resources import Resources
from kiban.operations.samples import register_sample
from kiban.operations.show import show
from kiban.operations.templates import define_template, revise_template
from kiban.records.field import Field, FieldKind, Label, Need, Option
from kiban.records.field_text import text_of
from kiban.records.filled import fill
from kiban.records.party import Asker
from kiban.records.record import RecordKind
from kiban.records.sample import Sample
from kiban.records.template import Template
from kiban.standards.template_sheet import write_sheet
from kiban.standards.template_sheet_cells import read_cells
from kiban.standards.template_sheet_layout import layout, left_out
from kiban.standards.template_sheet_read import rows_of
from kiban.testing.template_strategies import filled_values, templates

SIZE = Field(
    key="size", kind=FieldKind.QUANTITY, unit="um", maximum=100, need=Need.REQUIRED, label=Label(en="Size", ja="粒径")
)
COLOUR = Field(
    key="colour",
    kind=FieldKind.CHOICE,
    options=(
        Option(key="b", label=Label(en="black", ja="黒")),
        Option(key="w", label=Label(en="white, matt", ja="白")),
    ),
)
NOTE = Field(key="note", kind=FieldKind.TEXT)
SIEVING = Field(
    key="sieving",
    kind=FieldKind.TABLE,
    label=Label(en="Sieving", ja="ふるい"),
    fields=(
        Field(key="mesh", kind=FieldKind.QUANTITY, unit="um", minimum=1),
        Field(key="passes", kind=FieldKind.NUMBER),
    ),
)
MAKER = Field(
    key="maker",
    kind=FieldKind.GROUP,
    label=Label(en="Maker", ja="製造元"),
    fields=(Field(key="lot", kind=FieldKind.TEXT), Field(key="made_on", kind=FieldKind.DATE)),
)
POWDER = Template(
    name="powder",
    label=Label(en="Powder", ja="粉末"),
    applies_to=RecordKind.SAMPLE,
    fields=(SIZE, COLOUR, NOTE, SIEVING, MAKER),
)
FURNACE = Template(
    name="anneal",
    label=Label(en="Anneal"),
    applies_to=RecordKind.PROCESS,
    fields=(Field(key="temperature", kind=FieldKind.QUANTITY, unit="degC", need=Need.REQUIRED),),
)


def opened(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def saved(workbook: Any) -> bytes:
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def fill_in(content: bytes, sheet: str, *rows: dict[str, Any]) -> bytes:
    """Write rows below the head, by the keys in the hidden row."""
    workbook = opened(content)
    page = workbook[sheet]
    columns = {str(cell.value): cell.column for cell in page[1][1:]} | {"@name": 1}
    first = page.max_row + 1 if page.max_row > 4 else 5
    for number, row in enumerate(rows, first):
        for key, value in row.items():
            page.cell(row=number, column=columns[key], value=value)
    return saved(workbook)


@pytest.fixture(name="sheet")
def _sheet(asker: Asker, resources: Resources) -> bytes:
    define_template(asker, resources, POWDER)
    return empty_sheet(asker, resources, "powder").content


def test_the_sheet_says_what_to_fill_in(asker: Asker, resources: Resources) -> None:
    record = define_template(asker, resources, POWDER).record
    made = empty_sheet(asker, resources, "powder", language="ja")
    assert made.file_name == "powder-v1.xlsx"
    workbook = opened(made.content)
    assert workbook.sheetnames == ["試料", "ふるい", "lists"]
    page = workbook["試料"]
    assert page["A1"].value == f"kiban-template/1 {record.pid} 1 values"
    assert page.row_dimensions[1].hidden
    assert workbook["lists"].sheet_state == "hidden"
    heads = {cell.value: (page.cell(3, cell.column).value, page.cell(4, cell.column).value) for cell in page[1][1:]}
    assert heads["size"] == ("粒径 *", "um; 必須")
    assert heads["maker.lot"][0] == "lot"
    assert page.cell(2, next(c.column for c in page[1] if c.value == "maker.lot")).value == "製造元"
    [choice] = page.data_validations.dataValidation
    assert choice.type == "list"
    assert [cell.value for cell in workbook["lists"]["A"]] == ["黒", "白"]


def test_rows_become_records(asker: Asker, resources: Resources, sheet: bytes) -> None:
    content = fill_in(
        sheet,
        "Samples",
        {"@name": "P1", "size": "5.0(3) um", "colour": "white, matt", "@formula": "TiO2", "@hazards": "H301"},
        {"@name": 7, "size": 0.05, "note": 12, "maker.lot": "007", "maker.made_on": datetime(2026, 11, 26)},
    )
    content = fill_in(
        content,
        "Sieving",
        {"@name": "P1", "mesh": 45, "passes": 2},
        {"@name": "P1", "mesh": "0.02 mm"},
        {"@name": "7", "passes": 1},
    )
    found = check_spreadsheet(asker, resources, content)
    assert found.problems == ()
    assert [row.name for row in found.rows] == ["P1", "7"]
    assert find(asker, resources, 'kind = "sample"').total == 0
    records = keep_spreadsheet(asker, resources, content, expected=1)
    one, two = (dict(record.document) for record in records)
    assert one["values"]["size"]["uncertainty"]["value"] == pytest.approx(0.3)
    assert one["values"]["colour"] == "w"
    assert list(one["hazards"]) == ["H301"]
    assert [row["mesh"] for row in one["values"]["sieving"]] == [
        {"value": 45.0, "unit": "um"},
        {"value": 0.02, "unit": "mm"},
    ]
    assert two["values"] == {
        "size": {"value": 0.05, "unit": "um"},
        "note": "12",
        "sieving": [{"passes": 1}],
        "maker": {"lot": "007", "made_on": "2026-11-26"},
    }
    assert show(asker, resources, records[0].pid).composition["Ti"] == pytest.approx(1 / 3)
    assert find(asker, resources, "field.size < 10 um").total == 2


def test_each_problem_names_its_cell_and_nothing_is_kept(asker: Asker, resources: Resources, sheet: bytes) -> None:
    register_sample(asker, resources, Sample(name="P9"))
    content = fill_in(
        sheet,
        "Samples",
        {"@name": "P1", "size": "5 um"},
        {"@name": "P2", "size": "2 mm", "@formula": "Xx"},
        {"@name": "P3", "colour": "green", "maker.made_on": "soon"},
        {"size": "5 um"},
        {"@name": "P1", "size": "5 um"},
        {"@name": "P9", "size": "5 um"},
    )
    content = fill_in(content, "Sieving", {"@name": "P1", "mesh": 0.5}, {"@name": "P7", "mesh": 5})
    found = check_spreadsheet(asker, resources, content)
    columns = {str(cell.value): cell.column_letter for cell in opened(content)["Samples"][1]}
    size, colour, formula, day = (columns[key] for key in ("size", "colour", "@formula", "maker.made_on"))
    assert {(p.sheet, p.cell) for p in found.problems} == {
        ("Samples", f"{size}6"),
        ("Samples", f"{formula}6"),
        ("Samples", f"{size}7"),
        ("Samples", f"{colour}7"),
        ("Samples", f"{day}7"),
        ("Samples", "A8"),
        ("Samples", "A9"),
        ("Samples", "A10"),
        ("Sieving", "B5"),
        ("Sieving", "A6"),
    }
    with pytest.raises(InvalidValue, match=rf"Sheet 'Samples', cell {size}6: 2 mm is too high"):
        keep_spreadsheet(asker, resources, content)
    # The row of P7 in the table belongs to nothing: without it something would be lost.
    assert not found.can_skip
    with pytest.raises(InvalidValue):
        keep_spreadsheet(asker, resources, content, skips_wrong=True)
    assert find(asker, resources, 'kind = "sample"').total == 1


def test_only_the_right_rows_are_kept_on_wish(asker: Asker, resources: Resources, sheet: bytes) -> None:
    content = fill_in(
        sheet, "Samples", {"@name": "P1", "size": 5}, {"@name": "P2", "size": 500}, {"@name": "P3", "size": 7}
    )
    content = fill_in(content, "Sieving", {"@name": "P3", "mesh": 0.5})
    found = check_spreadsheet(asker, resources, content)
    assert (found.can_skip, found.n_wrong, [row.name for row in found.rows]) == (True, 2, ["P1"])
    [record] = keep_spreadsheet(asker, resources, content, skips_wrong=True)
    assert record.title == "P1"


@pytest.mark.parametrize(
    ("spoil", "cell", "said"),
    [
        (lambda page: page.__setitem__("Z5", "a remark"), "Z5", "none of the template's"),
        (lambda page: page.__setitem__("G5", "=1+1"), "G5", "no result"),
        (lambda page: page.__setitem__("G1", "unknown.field"), "G5", "no such field"),
    ],
)
def test_what_would_get_lost_is_told(
    asker: Asker, resources: Resources, sheet: bytes, spoil: Callable[[Any], None], cell: str, said: str
) -> None:
    workbook = opened(fill_in(sheet, "Samples", {"@name": "P1", "size": 5}))
    assert workbook["Samples"]["G1"].value == "size"
    spoil(workbook["Samples"])
    found = check_spreadsheet(asker, resources, saved(workbook))
    assert (cell, True) in {(problem.cell, said in problem.fault) for problem in found.problems}


def test_a_sheet_of_an_earlier_version_is_carried_over_and_says_so(
    asker: Asker, resources: Resources, sheet: bytes
) -> None:
    later = replace(
        POWDER,
        fields=(replace(SIZE, key="particle_size", origin="size", maximum=10), COLOUR, SIEVING, MAKER),
    )
    revise_template(asker, resources, "powder", later)
    content = fill_in(sheet, "Samples", {"@name": "P1", "size": 5, "note": "x"}, {"@name": "P2", "size": 50})
    found = check_spreadsheet(asker, resources, content)
    assert (found.made_with, found.kept.record.version, found.left_behind) == (1, 2, ("note",))
    [problem] = found.problems
    assert (problem.cell, "at most 10 um" in problem.fault) == ("G6", True)
    [record] = keep_spreadsheet(asker, resources, content, skips_wrong=True, expected=2)
    assert record.document["values"]["particle_size"]["value"] == 5
    assert record.document["template"]["version"] == 2
    with pytest.raises(Conflict):
        keep_spreadsheet(asker, resources, content, skips_wrong=True, expected=1)


def test_processes_have_what_was_meant_and_what_was_done(asker: Asker, resources: Resources) -> None:
    define_template(asker, resources, FURNACE)
    source = register_sample(asker, resources, Sample(name="batch"))
    content = empty_sheet(asker, resources, "anneal").content
    runs = (
        {"@name": "run 1", "temperature": 900, "@inputs": source.pid},
        {"@name": "run 2", "temperature": 800, "@state": "planned"},
    )
    content = fill_in(content, "Processes", *runs)
    content = fill_in(content, "As done", {"@name": "run 1", "temperature": "897(3)"})
    one, two = keep_spreadsheet(asker, resources, content)
    assert one.document["meant"]["temperature"]["value"] == 900
    assert one.document["done"]["temperature"]["uncertainty"]["value"] == 3
    assert two.document["state"] == "planned"
    assert [tie.other.title for tie in show(asker, resources, one.pid).ties] == ["batch"]
    wrong = fill_in(content, "Processes", {"@name": "run 3", "temperature": 1, "@state": "melted", "@inputs": "kb:0"})
    cells = {problem.cell for problem in check_spreadsheet(asker, resources, wrong).problems}
    assert {"A5", "A6", "B7", "G7"} <= cells


def test_labels_of_designers_are_never_formulas(asker: Asker, resources: Resources) -> None:
    label = Label(en='=HYPERLINK("http://example.org")')
    shown = replace(POWDER, fields=(replace(SIZE, label=label), replace(COLOUR, options=(Option(key="=1+1"),))))
    define_template(asker, resources, shown)
    workbook = opened(empty_sheet(asker, resources, "powder").content)
    for page in workbook:
        assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)


def test_a_sheet_for_another_template_is_refused(asker: Asker, resources: Resources, sheet: bytes) -> None:
    define_template(asker, resources, FURNACE)
    with pytest.raises(InvalidValue, match="is for the template powder"):
        check_spreadsheet(asker, resources, sheet, template="anneal")
    for_measurements = replace(FURNACE, name="raman", applies_to=RecordKind.MEASUREMENT)
    define_template(asker, resources, for_measurements)
    with pytest.raises(NotExportable):
        empty_sheet(asker, resources, "raman")
    with pytest.raises(InvalidValue, match="no rows"):
        keep_spreadsheet(asker, resources, sheet)


def test_hostile_and_damaged_files_are_refused(asker: Asker, resources: Resources, sheet: bytes) -> None:
    def packed(**parts: bytes) -> bytes:
        stream = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(sheet)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                new.writestr(name, parts.get(name.rpartition("/")[2].removesuffix(".xml"), old.read(name)))
        return stream.getvalue()

    entity = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    for content, error in (
        (b"", UnknownFormat),
        (b"PK\x03\x04 nothing", UnknownFormat),
        (packed(workbook=entity), HostileFile),
        (packed(sheet1=b"<worksheet>"), DamagedFile),
        (packed(styles=b" " * (201 << 20)), LimitExceeded),
        (saved(openpyxl.Workbook()), UnknownFormat),
    ):
        with pytest.raises(error):
            check_spreadsheet(asker, resources, content)
    for end in range(100, len(sheet), 1997):
        with pytest.raises((UnknownFormat, DamagedFile)):
            check_spreadsheet(asker, resources, sheet[:end])


def flat(field: Field, value: Any) -> Any:
    """A value as somebody would type it into one cell."""
    values = value if isinstance(value, list) else [value]
    return ";".join(text_of(field, one) for one in values)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_is_filled_in_is_what_is_read(data: st.DataObject) -> None:
    """Random templates: each value in its cell, each row of a table in its sheet, read back as the same values."""
    template = replace(data.draw(templates()), applies_to=RecordKind.SAMPLE)
    values = fill(template.fields, data.draw(filled_values(template))).sound()
    assume(not re.search(r"' | '[,\]]", str(values)))  # blanks around one of several values in a cell mean nothing
    try:
        sheets = layout(template)
    except NotExportable:
        assert left_out(template)
        return
    assume(not left_out(template))
    workbook = opened(write_sheet(template, identifier="kb:7Q4M-2KXD-98", version=3))
    for page, sheet in zip(workbook, sheets, strict=False):
        inside: Any = values
        for key in sheet.path:
            inside = inside.get(key, {}) if isinstance(inside, dict) else {}
        for number, row in enumerate(inside if isinstance(inside, list) else [inside] if inside else [{}], 5):
            if sheet.path and not row:
                continue
            page.cell(row=number, column=1, value="one")
            for column, described in enumerate(sheet.columns, 1):
                found: Any = row
                for key in described.key.split("."):
                    found = found.get(key) if isinstance(found, dict) else None
                if described.field is not None and found is not None:
                    page.cell(row=number, column=column, value=flat(described.field, found)).data_type = "s"
    read = rows_of(read_cells(saved(workbook)), template)
    assert read.problems == []
    assert fill(template.fields, read.rows[0].values["values"]).sound() == _without_labels(values)


def _without_labels(value: Any) -> Any:
    """A cell holds the IRI of a term and the checksum of a file; their names stay behind."""
    if isinstance(value, dict) and set(value) in ({"iri", "label"}, {"sha256", "name"}):
        return {key: "" if key in {"label", "name"} else one for key, one in value.items()}
    if isinstance(value, dict):
        return {key: _without_labels(one) for key, one in value.items()}
    return [_without_labels(one) for one in value] if isinstance(value, list) else value


def test_too_little_memory_is_not_called_a_damaged_workbook(sheet: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_much(*_: Any, **__: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr(openpyxl, "load_workbook", too_much)
    with pytest.raises(LimitExceeded, match="Load fewer rows"):
        read_cells(sheet)


def test_a_number_that_is_shown_in_percent_is_what_is_shown(asker: Asker, resources: Resources) -> None:
    # Spreadsheet programs keep 50% as 0.5, and show it so by the format that they give the cell themselves.
    yielded = Template(
        name="batch",
        label=Label(en="Batch"),
        applies_to=RecordKind.SAMPLE,
        fields=(
            Field(key="yielded", kind=FieldKind.QUANTITY, unit="percent"),
            Field(key="size", kind=FieldKind.QUANTITY, unit="um"),
            Field(key="ratio", kind=FieldKind.NUMBER),
        ),
    )
    define_template(asker, resources, yielded)
    made = empty_sheet(asker, resources, "batch")
    [title, *_] = opened(made.content).sheetnames
    cells = {"A": (0.5, "0%"), "B": (0.125, "0.00%"), "C": (40, '0"%"'), "D": (0.4, "General")}
    workbook = opened(fill_in(made.content, title, *({"@name": n, "yielded": v} for n, (v, _) in cells.items())))
    page = workbook[title]
    column = {str(cell.value): cell.column for cell in page[1][1:]}
    for row, (_, shown) in enumerate(cells.values(), 5):
        page.cell(row=row, column=column["yielded"]).number_format = shown
    page.cell(row=5, column=column["ratio"], value=0.25).number_format = "0%"
    page.cell(row=5, column=column["size"], value=0.5).number_format = "0%"
    [problem] = check_spreadsheet(asker, resources, saved(workbook)).problems
    assert problem.fault == "A value in '%' was given where one in 'um' is needed."
    page.cell(row=5, column=column["size"]).value = None
    records = keep_spreadsheet(asker, resources, saved(workbook), expected=1)
    values = {record.title: dict(record.document["values"]) for record in records}
    assert {name: each["yielded"] for name, each in values.items()} == {
        "A": {"value": 50.0, "unit": "%"},
        "B": {"value": 12.5, "unit": "%"},
        "C": {"value": 40.0, "unit": "percent"},
        "D": {"value": 0.4, "unit": "percent"},
    }
    assert values["A"]["ratio"] == 0.25
