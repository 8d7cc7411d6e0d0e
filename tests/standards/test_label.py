"""Labels, what their codes hold, and the sizes that are sold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import InvalidIdentifier, InvalidValue, WrongUsage
from kiban.records.identity import new_pid, parse_pid
from kiban.standards.label import Label, code_content
from kiban.standards.label_code import Level, qr_code
from kiban.standards.label_stock import STOCKS, LabelStock, roll, sheet, stock_named

PID = "kb:7Q4M-2KXD-98"
pids = st.builds(lambda _: new_pid(), st.integers())
bases = st.sampled_from([None, "https://kiban.example.ac.jp", "http://10.1.2.3:8420", "https://x.jp/materials/kiban/"])


@given(pid=pids, base_url=bases, level=st.sampled_from(["M", "Q"]))
def test_a_code_is_read_by_a_program_that_did_not_write_it(pid: str, base_url: str | None, level: Level) -> None:
    code = qr_code(code_content(pid, base_url), level)
    picture = np.pad(~np.array(code.rows), 4, constant_values=True).repeat(3, axis=0).repeat(3, axis=1)
    [found] = zxingcpp.read_barcodes(picture.astype(np.uint8) * 255)
    assert found.text == code.content
    assert parse_pid(found.text.rsplit("/", 1)[-1]) == pid
    assert base_url is None or found.text == f"{base_url.rstrip('/')}/id/{pid}"
    assert str(found.ec_level) in ("M", "Q", "H")[("M", "Q").index(level) :]


def test_an_identifier_alone_is_in_the_smallest_code() -> None:
    assert qr_code(code_content(PID, None), "Q").n_modules == 21
    assert qr_code(code_content(PID, "https://kiban.example.ac.jp"), "M").n_modules == 33


@given(pid=pids)
def test_the_runs_of_a_code_are_its_dark_modules(pid: str) -> None:
    code = qr_code(pid, "M")
    again = np.zeros((code.n_modules, code.n_modules), dtype=bool)
    for y, x, n in code.runs():
        assert not again[y, x : x + n].any()
        again[y, x : x + n] = True
    assert (again == np.array(code.rows)).all()


@pytest.mark.parametrize(
    "base_url",
    [
        "kiban.example.org",
        "ftp://kiban.example.org",
        "https://",
        "https://a.jp/?q=1",
        "https://a.jp/#x",
        "https://[",
        "",
    ],
)
def test_an_address_that_opens_no_platform_is_refused(base_url: str) -> None:
    with pytest.raises(InvalidValue, match="is not the address of a platform"):
        code_content(PID, base_url)


@pytest.mark.parametrize("base_url", ["https://材料.jp", "https://a.jp/b c", "https://a.jp/" + "x" * 200])
def test_an_address_that_scanners_cannot_read_is_refused(base_url: str) -> None:
    with pytest.raises(InvalidValue, match="too long for a label, or has characters"):
        code_content(PID, base_url)


def test_a_label_is_kept_in_normal_form() -> None:
    label = Label(pid="7q4m2kxd98", title=" カ\u3099ラス\u200b ", lines=("", "葛\U000e0100", "  "))
    assert label == Label(pid=PID, title="ガラス", lines=("葛",))


@pytest.mark.parametrize(("field", "where"), [({"title": "a\nb"}, "the title"), ({"lines": ("a", "b\tc")}, "line 2")])
def test_a_control_character_is_refused(field: dict[str, object], where: str) -> None:
    with pytest.raises(InvalidValue, match=f"control character .* in {where} of {PID}"):
        Label(**({"pid": PID, "title": "x"} | field))  # type: ignore[arg-type]


def test_a_label_without_title_or_with_a_wrong_identifier_is_refused() -> None:
    with pytest.raises(InvalidValue, match="has no title"):
        Label(pid=PID, title=" \u200b")
    with pytest.raises(InvalidIdentifier, match="misspelt"):
        Label(pid="kb:7Q4M-2KXD-99", title="x")


# From the templates of gLabels (1/72 inch there for some) and, of A-one 28388, the drawing on its package.
@pytest.mark.parametrize(
    ("name", "n_labels", "first_mm", "pitch_mm"),
    [
        ("avery-l7160", 21, (7.48, 15.49), (66.04, 38.10)),
        ("avery-l7162", 16, (3.99, 12.98), (102.48, 33.90)),
        ("avery-l7163", 14, (3.35, 15.17), (103.01, 38.10)),
        ("avery-l4770", 40, (10.0, 22.0), (48.5, 25.4)),
        ("avery-l7651", 65, (4.70, 10.90), (40.60, 21.20)),
        ("avery-l4732", 80, (11.0, 13.0), (38.1, 16.9)),
        ("avery-l4731", 189, (9.0, 13.5), (27.9, 10.0)),
        ("a-one-44", 44, (8.4, 8.8), (48.3, 25.4)),
    ],
)
def test_sheets_agree_with_what_others_measured(
    name: str, n_labels: int, first_mm: tuple[float, float], pitch_mm: tuple[float, float]
) -> None:
    stock = stock_named(name)
    assert stock.n_labels == n_labels
    # The templates of L7162 and L7163 have labels 1 mm farther apart, and so begin farther out.
    tolerance = 1.5 if name in {"avery-l7162", "avery-l7163"} else 0.6
    assert stock.first_mm == pytest.approx(first_mm, abs=tolerance)
    assert stock.pitch_mm == pytest.approx(pitch_mm, abs=tolerance)


@pytest.mark.parametrize("stock", STOCKS, ids=lambda stock: stock.name)
def test_no_print_comes_nearer_to_the_edge_of_a_sheet_than_printers_reach(stock: LabelStock) -> None:
    assert stock_named(stock.name) is stock
    assert stock.source
    if stock.n_labels > 1:
        nearest = [first + padding for first, padding in zip(stock.first_mm, stock.padding_mm, strict=True)]
        assert min(nearest) >= 4.2  # a sixth of an inch, which most laser printers leave free


def test_the_last_label_is_where_the_first_is_mirrored() -> None:
    stock = stock_named("avery-l7651")
    x, y = stock.corner_mm(65)
    assert 210 - x - stock.width_mm == pytest.approx(stock.first_mm[0], abs=0.01)
    assert 297 - y - stock.height_mm == pytest.approx(stock.first_mm[1], abs=0.01)
    assert stock.corner_mm(6) == pytest.approx((4.75, 31.9))


def test_labels_that_are_not_sold_are_refused_with_those_that_are() -> None:
    with pytest.raises(WrongUsage, match=r"Did you mean avery-l7160\?"):
        stock_named("avery-7160")
    with pytest.raises(WrongUsage, match="Use one of: avery-l7163, "):
        stock_named("zzz")


def test_sizes_that_cannot_be_are_refused() -> None:
    good = stock_named("avery-l7160")
    with pytest.raises(InvalidValue, match=r"reach to 268\.83 mm by 281\.85 mm, beyond the page of 210 mm by 297 mm"):
        replace(good, columns=4)
    with pytest.raises(InvalidValue, match="overlap"):
        replace(good, pitch_mm=(60, 38.1))
    with pytest.raises(InvalidValue, match="has no labels"):
        replace(good, rows=0)
    with pytest.raises(InvalidValue, match="no room in its margins"):
        roll("x", "x", (10, 10), padding_mm=(5, 1), dots_per_inch=300, source="me")
    with pytest.raises(InvalidValue, match="beyond the page"):
        sheet("x", "x", (110, 20), (2, 2), source="me")


@pytest.mark.parametrize("name", ["L7160", "avery-L7160", " l7160 "])
def test_labels_are_found_without_their_maker(name: str) -> None:
    assert stock_named(name).name == "avery-l7160"
