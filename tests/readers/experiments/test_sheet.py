import io

import openpyxl
import pytest

from kiban.errors import DamagedFile, LimitExceeded, NothingMeasured, UnknownFormat, UnreadableFile
from kiban.readers.experiments.sheet import MOST_ROWS, read_sheet


def _workbook(*rows: list[object], title: str = "Sheet1") -> bytes:
    workbook = openpyxl.Workbook()
    workbook.active.title = title
    for row in rows:
        workbook.active.append(row)
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


def _cells(content: bytes, name: str = "t.csv") -> tuple[tuple[str, ...], list[tuple[int, tuple[str, ...]]]]:
    sheet = read_sheet(content, name)
    return sheet.headers, [(row.number, row.cells) for row in sheet.rows]


def test_names_and_rows_with_their_numbers() -> None:
    headers, rows = _cells(b"sample,T [K]\nA,900\n\nB,950\n")
    assert headers == ("sample", "T [K]")
    assert rows == [(2, ("A", "900")), (4, ("B", "950"))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_japanese_in_the_encodings_that_spreadsheet_programs_write(encoding: str) -> None:
    headers, rows = _cells("試料名,焼成温度 [℃]\nあ-1,900\n".encode(encoding))
    assert headers == ("試料名", "焼成温度 [℃]")
    assert rows == [(2, ("あ-1", "900"))]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_sign_between_columns(sign: str) -> None:
    text = "\n".join(sign.join(row) for row in (["a", "b", "c"], ["1", "2", "3"], ["4", "5", "6"]))
    assert _cells(text.encode())[1][1] == (3, ("4", "5", "6"))


def test_decimal_commas_between_semicolons_are_no_signs_between_columns() -> None:
    assert _cells(b"a;b\n1,5;2,5\n3,5;4,5\n")[1] == [(2, ("1,5", "2,5")), (3, ("3,5", "4,5"))]


def test_remarks_above_a_row_of_units_and_quoted_cells() -> None:
    content = b'# made by hand\nMy experiments\n\nsample,T,"note, long"\n,K,\nA,900,"x, y"\n#3,950,z\n'
    headers, rows = _cells(content)
    assert headers == ("sample", "T [K]", "note, long")
    assert rows == [(6, ("A", "900", "x, y")), (7, ("#3", "950", "z"))]


def test_a_row_of_units_above_a_cell_without_a_value() -> None:
    headers, rows = _cells(b"sample,T,t\n,K,h\nA,n.d.,\nB,950,2\n")
    assert headers == ("sample", "T [K]", "t [h]")
    assert rows[0] == (3, ("A", "n.d.", ""))


def test_names_that_are_symbols_of_units_are_names() -> None:
    headers, rows = _cells(b"C,N,S,V\n1,2,3,4\n")
    assert headers == ("C", "N", "S", "V")
    assert len(rows) == 1


def test_a_column_without_a_name_is_called_by_its_letter_and_an_empty_one_left_out() -> None:
    sheet = read_sheet(b"a,,c,\n1,2,3,\n4,,6,\n", "t.csv")
    assert sheet.headers == ("a", "Column B", "c")
    empty = read_sheet(b"a,,c\n1,,3\n", "t.csv")
    assert empty.headers == ("a", "c")
    assert empty.cell_name(2, 1) == "C2"


def test_a_workbook() -> None:
    sheet = read_sheet(_workbook(["title"], ["試料", "T (K)", None], ["A", 900, None], ["B", 950.5, None]), "t.xlsx")
    assert sheet.headers == ("試料", "T (K)")
    assert [(row.number, row.cells) for row in sheet.rows] == [(3, ("A", "900")), (4, ("B", "950.5"))]
    assert sheet.sheet == "Sheet1"


def test_cells_that_are_shown_in_percent_are_percents() -> None:
    workbook = openpyxl.Workbook()
    formats = ["0%", "0.0%", '0.0"%"', "0.00"]
    workbook.active.append(["a", "b", "c", "d"])
    workbook.active.append([0.5, 0.285, 0.5, 0.5])
    for cell, shown in zip(workbook.active[2], formats, strict=True):
        cell.number_format = shown
    content = io.BytesIO()
    workbook.save(content)
    assert read_sheet(content.getvalue(), "t.xlsx").rows[0].cells == ("50%", "28.5%", "0.5", "0.5")


def test_a_hidden_sheet_is_read_only_where_it_is_asked_for() -> None:
    workbook = openpyxl.Workbook()
    workbook.active.title = "old"
    workbook.active.sheet_state = "hidden"
    workbook.active.append(["a"])
    workbook.active.append([1])
    shown = workbook.create_sheet("new")
    shown.append(["b"])
    shown.append([2])
    content = io.BytesIO()
    workbook.active = 1
    workbook.save(content)
    sheet = read_sheet(content.getvalue(), "t.xlsx")
    assert (sheet.sheet, sheet.headers, sheet.other_sheets) == ("new", ("b",), ("old",))
    assert read_sheet(content.getvalue(), "t.xlsx", sheet="old").headers == ("a",)


def test_a_sheet_of_a_workbook_by_name() -> None:
    workbook = openpyxl.Workbook()
    workbook.active.title = "first"
    workbook.active.append(["a"])
    workbook.active.append([1])
    second = workbook.create_sheet("second")
    second.append(["b"])
    second.append([2])
    content = io.BytesIO()
    workbook.save(content)
    assert read_sheet(content.getvalue(), "t.xlsx").other_sheets == ("second",)
    assert read_sheet(content.getvalue(), "t.xlsx", sheet="second").headers == ("b",)
    with pytest.raises(NothingMeasured, match="first, second"):
        read_sheet(content.getvalue(), "t.xlsx", sheet="third")


@pytest.mark.parametrize(
    ("content", "error", "told"),
    [
        (b"", NothingMeasured, "row of names"),
        (b"1,2\n3,4\n", NothingMeasured, "row of names"),
        (b"L2,600.0,30.0\nL5,600.0,31.0\n", NothingMeasured, "row of names"),
        (b"a,b\n", NothingMeasured, "no rows"),
        (b"a,b\n1,2\n3,4,5\n", DamagedFile, "row 3"),
        (b"\x00\x01\x02\x03" * 100, UnknownFormat, "neither text"),
        (b"PK\x03\x04" + b"x" * 100, UnreadableFile, "t.csv"),
        (b"a,b\n" + b"1,2\n" * (MOST_ROWS + 1), LimitExceeded, "20001 rows"),
    ],
)
def test_what_is_no_table_of_experiments_is_refused(content: bytes, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        read_sheet(content, "t.csv")


def test_a_workbook_with_too_many_rows_is_refused() -> None:
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet("t")
    for row in (["a", "b"], *([i, i] for i in range(MOST_ROWS + 1))):
        sheet.append(row)
    content = io.BytesIO()
    workbook.save(content)
    with pytest.raises(LimitExceeded, match="20001 rows"):
        read_sheet(content.getvalue(), "t.xlsx")


def test_a_workbook_that_is_too_wide_is_refused() -> None:
    with pytest.raises(LimitExceeded, match="3000 columns"):
        read_sheet(_workbook(["a"] * 3000, [1] * 3000), "t.xlsx")
