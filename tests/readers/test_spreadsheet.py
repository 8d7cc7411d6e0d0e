"""Workbooks written here with openpyxl, or by hand where openpyxl would not write them so."""

from __future__ import annotations

import contextlib
import io
import math
import random
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from kiban.errors import DamagedFile, HostileFile, KibanError, LimitExceeded, NothingMeasured, UnreadableFile
from kiban.readers.source import Limits, Source
from kiban.readers.spreadsheet import READER
from kiban.readers.tables.spreadsheet_parts import column_letters, column_number
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite, check_sound

Shared = Callable[[str], Path]


def workbook(sheets: Mapping[str, Any], change: Callable[[Any], None] | None = None) -> bytes:
    """Write a workbook; `change` may do more to it before it is saved."""
    book: Any = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    if change is not None:
        change(book)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def rewritten(content: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """Replace or drop parts of a workbook."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = change(name, old.read(name))
            if part is not None:
                new.writestr(name, part)
    return out.getvalue()


def read(content: bytes) -> list[Reading]:
    readings = READER.read(Source(content, name="book.xlsx"))
    for reading in readings:
        check_sound(reading)
    return readings


XRD = [["2θ (deg)", "Intensity (counts)"], [10.0, 120], [10.1, 130], [10.2, 125.5]]


class TestSpreadsheet(ReaderSuite):
    reader = READER
    n_mutations = 80
    examples = {  # noqa: RUF012
        "one sheet": workbook({"scan": XRD}),
        "two sheets": workbook(
            {"about": [["made by", "hand"]], "硬さ": [["温度(℃)", "硬さ [GPa]"], [25, 3.1], [100, 2.9]]}
        ),
    }


def test_names_units_and_title() -> None:
    (reading,) = read(workbook({"scan 7": XRD}))
    assert reading.title == "scan 7"
    assert reading.technique == "xrd"
    assert [(v.name, v.series.unit, v.role) for v in reading.variables] == [
        ("two_theta", "deg", Role.AXIS),
        ("intensity", "count", Role.SIGNAL),
    ]
    assert reading["intensity"].values.tolist() == [120.0, 130.0, 125.5]
    assert reading.header["sheet"] == "scan 7"


def test_numbers_keep_all_their_digits() -> None:
    values = [0.123456789012345, 1e-300, -1.79769313486231e308, 3, 2**53 - 1, -0.5]
    (reading,) = read(workbook({"s": [["i", "x"], *([i, x] for i, x in enumerate(values))]}))
    assert reading["x"].values.tolist() == values


def test_empty_rows_and_columns_around_a_table() -> None:
    rows = [[], [], [None, None, "T (K)", "R (ohm)"], [None, None, 300, 1.5], [None, None, 310, 1.6]]
    (reading,) = read(workbook({"s": rows}))
    assert [v.name for v in reading.variables] == ["temperature", "resistance"]


def test_a_row_of_units_and_lines_above() -> None:
    rows = [
        ["Sample", "Alloy 7"],
        ["Date", datetime(2024, 1, 31)],
        [],
        ["Temperature", "R"],
        ["K", "Ω"],
        [300, 1.5],
        [310, 2],
    ]
    (reading,) = read(workbook({"s": rows}))
    assert [(v.name, v.series.unit) for v in reading.variables] == [("temperature", "K"), ("resistance", "ohm")]
    assert reading.sample_name == "Alloy 7"
    assert reading.started_at == datetime(2024, 1, 31)


def test_merged_headings_and_merged_rows() -> None:
    rows = [
        ["batch", "before", None, "after", None],
        [None, "T (K)", "R (ohm)", "T (K)", "R (ohm)"],
        [7, 300, 1.5, 300, 1.4],
        [None, 310, 1.6, 310, 1.5],
        [8, 300, 1.7, 300, 1.6],
    ]

    def merge(book: Any) -> None:
        for place in ("A1:A2", "B1:C1", "D1:E1", "A3:A4"):
            book["s"].merge_cells(place)

    (reading,) = read(workbook({"s": rows}, merge))
    assert [v.name for v in reading.variables] == [
        "batch",
        "before_temperature",
        "before_resistance",
        "after_temperature",
        "after_resistance",
    ]
    assert reading["batch"].values.tolist() == [7.0, 7.0, 8.0]
    assert reading["after_resistance"].values.tolist() == [1.4, 1.5, 1.6]


def test_tables_side_by_side() -> None:
    rows = [["x", "y", None, "a", "b"], [1, 2, None, 5, 6], [2, 3, None, 6, 7], [3, 4, None, None, None]]
    one, two = read(workbook({"s": rows}))
    assert one["y"].values.tolist() == [2.0, 3.0, 4.0]
    assert two["b"].values.tolist() == [6.0, 7.0]
    assert (one.title, two.title) == ("s, table 1", "s, table 2")


def test_tables_below_each_other_are_told_apart_by_a_shared_word() -> None:
    rows = [
        ["n", "acid", "x"],
        [1, "formic", 2],
        [2, "formic", 3],
        ["n", "acid", "x"],
        [1, "acetic", 2],
        [2, "acetic", 3],
    ]
    assert [r.title for r in read(workbook({"s": rows}))] == ["s, table 1: formic", "s, table 2: acetic"]


def test_dates_times_and_durations() -> None:
    rows = [
        ["when", "clock", "elapsed", "T (K)"],
        [datetime(2024, 1, 31, 23, 59, 30), time(12, 0), timedelta(hours=30), 300],
        [datetime(2024, 2, 1, 0, 0, 30), time(12, 1), timedelta(hours=30, seconds=1.5), 301],
    ]
    (reading,) = read(workbook({"s": rows}))
    assert reading["when"].values.tolist() == [0.0, 60.0]
    assert reading["clock"].values.tolist() == [0.0, 60.0]
    assert reading["elapsed"].values.tolist() == pytest.approx([0.0, 1.5], abs=1e-6)
    assert reading["elapsed"].unit == "s"
    assert reading.started_at == datetime(2024, 1, 31, 23, 59, 30)


def test_an_error_is_missing_and_named() -> None:
    rows = [["x", "y"], [1, 2], [2, "#DIV/0!"], [3, "#N/A"], [4, 5]]
    (reading,) = read(workbook({"s": rows}))
    assert np.array_equal(reading["y"].values, [2.0, math.nan, math.nan, 5.0], equal_nan=True)
    assert "A calculation failed in B3 (#DIV/0!), B4 (#N/A); the value is missing here." in reading.doubts


def test_a_formula_without_a_result_is_missing_and_named() -> None:
    rows = [["x", "y", "z"], [1, 2, "=A2+B2"], [2, 3, "=A3+B3"], [3, 5, 1]]
    (reading,) = read(workbook({"s": rows}))
    assert np.array_equal(reading["z"].values, [math.nan, math.nan, 1.0], equal_nan=True)
    assert any("C2, C3" in doubt for doubt in reading.doubts)


def test_a_formula_with_a_result_gives_it() -> None:
    content = workbook({"s": [["x", "y"], [1, 2], [2, "=A3*2"], [3, 6]]})
    stored = rewritten(content, lambda _, part: part.replace(b"<v></v>", b"<v>4</v>").replace(b"<v />", b"<v>4</v>"))
    (reading,) = read(stored)
    assert reading["y"].values.tolist() == [2.0, 4.0, 6.0]
    assert reading.doubts == ()


def test_words_stand_in_the_header_and_sheets_without_numbers_too() -> None:
    sheets = {
        "notes": [["who", "Yamada"], ["why", "to see"]],
        "data": [["alloy", "Fe (at%)"], ["A1", 70], ["A2", 65]],
    }
    (reading,) = read(workbook(sheets))
    assert reading.header["text_columns"] == {"alloy": ["A1", "A2"]}
    assert reading.header["other_sheets"] == {"notes": [["who", "Yamada"], ["why", "to see"]]}


def test_numbers_written_as_text_are_numbers() -> None:
    (reading,) = read(workbook({"s": [["x", "y"], ["1", 2], ["2", 3], ["3", 5]]}))
    assert reading["x"].values.tolist() == [1.0, 2.0, 3.0]


def test_true_and_false_are_words() -> None:
    (reading,) = read(workbook({"s": [["x", "ok", "y"], [1, True, 2], [2, False, 3]]}))
    assert reading.header["text_columns"] == {"ok": ["TRUE", "FALSE"]}


def test_a_workbook_without_numbers() -> None:
    with pytest.raises(NothingMeasured, match="2 sheets and no table"):
        read(workbook({"a": [["who", "Yamada"]], "b": []}))


def test_a_sheet_that_claims_a_million_columns() -> None:
    content = workbook({"s": XRD})
    stretched = rewritten(content, lambda _, part: part.replace(b'ref="A1:B4"', b'ref="A1:XFD1048576"'))
    assert len(read(stretched)[0]["intensity"]) == 3


def test_entities_are_hostile() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'

    def change(name: str, part: bytes) -> bytes:
        return part.replace(b"<worksheet", bomb + b"<worksheet") if "sheet1" in name else part

    with pytest.raises(HostileFile, match="document type"):
        read(rewritten(workbook({"s": XRD}), change))


def test_a_bomb_is_stopped_before_openpyxl_sees_it() -> None:
    def change(name: str, part: bytes) -> bytes:
        return part + b" " * 5_000_000 if "sheet1" in name else part

    content = rewritten(workbook({"s": XRD}), change)
    limits = Limits(expanded_bytes=1_000_000)
    with pytest.raises(LimitExceeded):
        READER.read(Source(content, name="bomb.xlsx", limits=limits))
    limits = Limits(suspicious_bytes=1_000_000)
    with pytest.raises(HostileFile):
        READER.read(Source(content, name="bomb.xlsx", limits=limits))


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
def test_a_part_that_is_missing_or_broken(part: str) -> None:
    content = workbook({"s": XRD})
    for change in (
        lambda name, found: None if name == part else found,
        lambda name, found: found[: len(found) // 2] if name == part else found,
    ):
        with pytest.raises(UnreadableFile) as caught:
            read(rewritten(content, change))
        assert isinstance(caught.value, (DamagedFile, NothingMeasured))


def test_parts_with_mutations_give_a_sound_reading_or_a_clear_error() -> None:
    chance = random.Random(20261122)
    content = workbook({"s": [*XRD, ["=A2", "#N/A"], [datetime(2024, 1, 1), "x"]]})

    def change(name: str, part: bytes) -> bytes:
        if not name.startswith("xl/") or chance.random() < 0.5:
            return part
        where = chance.randrange(len(part))
        return part[:where] + bytes(chance.randrange(32, 127) for _ in range(3)) + part[where + chance.randrange(6) :]

    for _ in range(120):
        with contextlib.suppress(KibanError):
            read(rewritten(content, change))


def test_other_archives_are_left_alone() -> None:
    for names in (["a.txt"], ["[Content_Types].xml", "word/document.xml"], ["xl/workbook.bin", "[Content_Types].xml"]):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as file:
            for name in names:
                file.writestr(name, "x")
        assert READER.recognise(Source(packed.getvalue(), name="book.xlsx")) is None
    assert READER.recognise(Source(b"PK\x03\x04 cut", name="book.xlsx")) is None
    assert READER.recognise(Source(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), name="old.xls")) is None


def test_column_letters_count_as_spreadsheets_do() -> None:
    assert [column_letters(n) for n in (1, 26, 27, 702, 703, 16384)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
    assert all(column_number(column_letters(n)) == n for n in range(1, 2000))


def test_eight_compounds_of_a_real_export(shared: Shared) -> None:
    readings = read(shared("chromatography/Cu-25p_v2.xlsx").read_bytes())
    assert len(readings) == 9
    assert [len(r.variables[0].series) for r in readings] == [23, 18, 17, 14, 13, 18, 8, 10, 5]
    assert readings[1].title == "Page 3, table 1: Glycolic acid"
    assert readings[2]["rt"].unit == "min"
    assert readings[2]["concentration"].values[-1] == 6.7348
    assert readings[0].header["other_sheets"]["Page 1"][3] == ["Acquired by:", "SYSTEM"]  # type: ignore[index,call-overload]


def test_text_and_workbook_of_the_same_export_agree(shared: Shared) -> None:
    from kiban.readers.delimited_text import READER as TEXT

    books = read(shared("chromatography/Cu-25p_v2.xlsx").read_bytes())
    texts = TEXT.read(Source(shared("chromatography/Cu-25p_v2.csv")))
    for book, text in zip(books, texts, strict=True):
        assert [v.name for v in book.variables] == [v.name for v in text.variables]
        for one, other in zip(book.variables, text.variables, strict=True):
            assert np.array_equal(one.series.values, other.series.values, equal_nan=True)


@pytest.mark.parametrize("mode", ["file_mode", "folder_mode"])
def test_the_excel_invoice_of_rde_is_a_form(shared: Shared, mode: str) -> None:
    path = shared(f"rde-templates/mode_excelinvoice/input/{mode}/inputdata/template_excel_invoice.xlsx")
    with pytest.raises(NothingMeasured, match="invoice"):
        read(path.read_bytes())


@pytest.mark.parametrize("place", ["1048577", "2147483648", "99999999999"])
def test_a_row_beyond_the_last_is_refused_at_once(place: str) -> None:
    def move(name: str, part: bytes) -> bytes:
        if name != "xl/worksheets/sheet1.xml":
            return part
        return part.replace(b'<row r="4"', f'<row r="{place}"'.encode()).replace(b'r="A4"', f'r="A{place}"'.encode())

    with pytest.raises(DamagedFile, match="rows 1 to 1048576 were expected"):
        read(rewritten(workbook({"scan": XRD}), move))


def test_too_little_memory_is_not_called_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = io.BytesIO()
    openpyxl.Workbook().save(packed)

    def exhausted(*_: Any, **__: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr(openpyxl, "load_workbook", exhausted)
    with pytest.raises(MemoryError):
        READER.read(Source(packed.getvalue(), name="large.xlsx"))
