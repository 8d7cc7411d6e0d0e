"""Printed labels, looked at as a scanner would: the PDF is drawn by one program, its codes are read by another."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pytest
import zxingcpp
from numpy.typing import NDArray
from scipy import ndimage

from kiban.errors import InvalidIdentifier, InvalidValue, OutOfRange
from kiban.records.identity import ALPHABET, parse_pid
from kiban.standards.label import Label, code_content
from kiban.standards.label_sheet import label_sheet
from kiban.standards.label_stock import STOCKS, LabelStock, stock_named

BASE = "https://kiban.example.ac.jp"
PID = "kb:7Q4M-2KXD-98"
TOO_SMALL = {"avery-l4731", "cryo-33x13"}
"""For an address of usual length."""
Grey = NDArray[np.uint8]


def pid_of(number: int) -> str:
    """Always the same for a number, so that what a scanner can just read does not depend on chance."""
    symbols = "".join(ALPHABET[symbol] for symbol in np.random.default_rng(number).integers(0, 32, 9))
    for check in ALPHABET:
        with contextlib.suppress(InvalidIdentifier):
            return parse_pid(symbols + check)
    raise AssertionError(symbols)


def labels(n: int, *, lines: tuple[str, ...] = ("SrTiO₃ 2026-11-26",)) -> list[Label]:
    return [Label(pid=pid_of(number), title=f"チタン酸 {number}", lines=lines) for number in range(1, n + 1)]


def drawn(page: Any, dots_per_inch: int) -> Grey:
    grey: Grey = page.render(scale=dots_per_inch / 72, grayscale=True).to_numpy()
    return grey


def cut_out(page: Grey, stock: LabelStock, position: int, dots_per_inch: int) -> Grey:
    """One label, along its edges."""
    (x, y), dots = stock.corner_mm(position), dots_per_inch / 25.4
    rows = slice(round(y * dots), round((y + stock.height_mm) * dots))
    return page[rows, round(x * dots) : round((x + stock.width_mm) * dots)]


def read(picture: NDArray[Any]) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(np.ascontiguousarray(picture, dtype=np.uint8))]


def words(content: bytes) -> list[str]:
    """The text of each page, its rows joined without spaces."""
    return ["".join(page.get_textpage().get_text_range().split()) for page in pdfium.PdfDocument(content)]


def with_dots_flipped(picture: Grey, share: float) -> Grey:
    flipped = picture.copy()
    where = np.random.default_rng(20261126).random(picture.shape) < share
    flipped[where] = 255 - flipped[where]
    return flipped


@pytest.mark.parametrize(
    ("stock", "base_url"),
    [(stock, base) for stock in STOCKS for base in (None, BASE) if base is None or stock.name not in TOO_SMALL],
    ids=lambda value: getattr(value, "name", value),
)
def test_every_code_of_every_stock_is_read_as_what_it_should_hold(stock: LabelStock, base_url: str | None) -> None:
    given = labels(min(stock.n_labels, 3))
    document = pdfium.PdfDocument(label_sheet(given, stock, base_url=base_url).content)
    for dots_per_inch in (203, 300):
        pages = [drawn(page, dots_per_inch) for page in document]
        for index, label in enumerate(given):
            page, position = divmod(index, stock.n_labels)
            picture = cut_out(pages[page], stock, position + 1, dots_per_inch)
            wanted = [code_content(label.pid, base_url)]
            assert read(picture) == wanted
            assert read(ndimage.rotate(picture, 30, order=1, cval=255)) == wanted
            assert read(np.rot90(picture, 2)) == wanted


@pytest.mark.parametrize("name", sorted(TOO_SMALL))
def test_a_label_too_small_for_an_address_says_which_would_do(name: str) -> None:
    with pytest.raises(InvalidValue, match=r"13\.9 mm × 13\.9 mm \(33 modules of 0\.34 mm") as caught:
        label_sheet(labels(1), stock_named(name), base_url=BASE)
    assert "avery-l4732 (35.6 mm × 16.9 mm)" in caught.value.mend
    assert "leave out the base address" in caught.value.mend
    label_sheet(labels(1), stock_named("avery-l4732"), base_url=BASE)
    label_sheet(labels(1), stock_named(name))


@pytest.mark.parametrize(
    ("name", "base_url", "dots_per_inch"),
    [("avery-l7160", BASE, 300), ("avery-l7160", None, 600), ("a-one-44", BASE, 600), ("avery-l4731", None, 600)],
)
def test_codes_are_read_although_one_dot_in_twenty_is_wrong(
    name: str, base_url: str | None, dots_per_inch: int
) -> None:
    stock = stock_named(name)
    given = labels(9)
    page = drawn(pdfium.PdfDocument(label_sheet(given, stock, base_url=base_url).content)[0], dots_per_inch)
    spoilt = with_dots_flipped(page, 0.05)
    for position, label in enumerate(given, start=1):
        assert read(cut_out(spoilt, stock, position, dots_per_inch)) == [code_content(label.pid, base_url)]


def test_codes_that_a_camera_sees_small_and_blurred_are_read() -> None:
    stock = stock_named("avery-l4731")
    given = labels(20)
    page = drawn(pdfium.PdfDocument(label_sheet(given, stock).content)[0], 300)
    for position, label in enumerate(given, start=1):
        picture = cut_out(page, stock, position, 300).astype(float)
        blurred = ndimage.gaussian_filter(picture, 1.2)
        assert read(ndimage.zoom(blurred, 0.75, order=1)) == [label.pid.upper()]


def test_no_code_is_read_where_none_was_asked_for() -> None:
    stock = stock_named("a-one-65")
    content = label_sheet(labels(2), stock, start=64).content
    page = drawn(pdfium.PdfDocument(content)[0], 203)
    found = [len(read(cut_out(page, stock, position, 203))) for position in range(1, 66)]
    assert found == [0] * 63 + [1, 1]
    assert all((cut_out(page, stock, position, 203) == 255).all() for position in range(1, 64))


@pytest.mark.parametrize(("start", "n_pages"), [(1, 2), (2, 3), (65, 3)])
def test_130_labels_take_as_many_sheets_as_they_need(start: int, n_pages: int) -> None:
    printed = label_sheet(labels(130), stock_named("avery-l7651"), start=start)
    document = pdfium.PdfDocument(printed.content)
    assert len(document) == printed.n_pages == n_pages
    assert document[0].get_size() == pytest.approx((210 * 72 / 25.4, 297 * 72 / 25.4), abs=1e-3)


def test_labels_come_in_their_order_row_by_row() -> None:
    stock = stock_named("avery-l7160")
    given = labels(5)
    page = drawn(pdfium.PdfDocument(label_sheet(given, stock, start=3).content)[0], 203)
    assert [read(cut_out(page, stock, position, 203)) for position in range(3, 8)] == [[x.pid.upper()] for x in given]


@pytest.mark.parametrize(
    "title",
    [
        "チタン酸ストロンチウム単結晶 (100)",
        "TiO₂ 膜、900 °C 焼成 10⁻³ Pa",
        "TiO2 and TiO₂ and x²",
        "Li₆PS₅Cl αβ µm μm Ω Å",
        "Łódź žluťoučký Größe naïve",
        "Образец №7",
        "한국 样品 髙﨑",
        'Il1 O0 |¦ <&> "quoted" (paren) \\',
    ],
)
def test_the_text_can_be_had_back_from_the_pdf(title: str) -> None:
    label = Label(pid=PID, title=title, lines=("SrTiO₃ 2026-11-26", "腐食性 Corrosive"))
    printed = label_sheet([label], stock_named("avery-l7163"))
    assert printed.losses == ()
    [text] = words(printed.content)
    for part in (label.pid, label.title, *label.lines):
        assert "".join(part.split()) in text


def test_all_identifiers_of_a_sheet_are_in_its_text_whole() -> None:
    given = labels(130)
    text = words(label_sheet(given, stock_named("a-one-44"), base_url=BASE).content)
    assert all(
        label.pid in text[index // 44] and f"チタン酸{index + 1}" in text[index // 44]
        for index, label in enumerate(given)
    )


@pytest.mark.parametrize("stock", STOCKS, ids=lambda stock: stock.name)
def test_nothing_leaves_its_label_and_the_quiet_zone_is_clear(stock: LabelStock) -> None:
    long = Label(pid=PID, title="A name that is as long as names get: " + "試料" * 60, lines=("W" * 200, "腐食性" * 30))
    page = drawn(pdfium.PdfDocument(label_sheet([long], stock).content)[0], 300)
    dots = 300 / 25.4
    dark = np.argwhere(page < 128) / dots
    top, left = dark.min(axis=0)
    bottom, right = dark.max(axis=0)
    (x, y), (padding_x, padding_y) = stock.corner_mm(1), stock.padding_mm
    slack = 0.13  # a dot and a half
    assert left >= x + padding_x - slack
    assert top >= y + padding_y - slack
    assert right <= x + stock.width_mm - padding_x + slack
    assert bottom <= y + stock.height_mm - padding_y + slack
    [found] = zxingcpp.read_barcodes(page)
    place = found.position
    xs = [corner.x for corner in (place.top_left, place.top_right, place.bottom_right, place.bottom_left)]
    ys = [corner.y for corner in (place.top_left, place.top_right, place.bottom_right, place.bottom_left)]
    module = (max(xs) - min(xs)) / 21
    assert module / dots >= 0.33 - 0.01
    assert min(xs) - 4 * module >= (x - slack) * dots
    assert min(ys) - 4 * module >= (y - slack) * dots
    assert max(ys) + 4 * module <= (y + stock.height_mm + slack) * dots
    page = page.copy()
    page[min(ys) - 2 : max(ys) + 3, min(xs) - 2 : max(xs) + 3] = 255
    quiet = round(4 * module) - 2
    assert (page[max(0, min(ys) - quiet) : max(ys) + quiet, max(0, min(xs) - quiet) : max(xs) + quiet] > 128).all()


def test_what_had_no_room_is_said() -> None:
    label = Label(
        pid=PID,
        title="2026-11-20_furnace-3_run-17_position-B_cut-2 of the second series",
        lines=("第一", "腐食性", "三"),
    )
    printed = label_sheet([label], stock_named("avery-l4731"))
    shortened, *left_out = printed.losses
    assert shortened.startswith(f"{PID}: the title '{label.title}' is shortened to '2026-")
    assert shortened.endswith("series'.")
    assert left_out == [f"{PID}: the line '腐食性' has no room.", f"{PID}: the line '三' has no room."]
    assert "2026-" in words(printed.content)[0]


def test_the_same_labels_give_the_same_bytes() -> None:
    given = labels(3)
    one, two = (label_sheet(given, stock_named("avery-l7160"), base_url=BASE).content for _ in range(2))
    assert one == two
    assert b"CreationDate" not in one


def test_the_file_is_printed_at_its_true_size_with_its_own_fonts() -> None:
    content = label_sheet(labels(1), stock_named("avery-l7160")).content
    assert b"/PrintScaling /None" in content
    assert content.count(b"/FontFile2 ") == content.count(b"/FontFile3 ") == 1
    assert len(content) < 20_000  # the fonts themselves have 17 MB


def test_outlines_and_shift_move_what_is_printed() -> None:
    stock = stock_named("a-one-44")
    given = labels(1)

    def corner_mm(**how: Any) -> tuple[float, float]:
        page = drawn(pdfium.PdfDocument(label_sheet(given, stock, outlines=True, **how).content)[0], 600)
        top, left = np.argwhere(page < 128).min(axis=0) * 25.4 / 600
        return float(left), float(top)

    assert corner_mm() == pytest.approx((8.4, 8.8), abs=0.1)
    assert corner_mm(shift_mm=(1.5, -0.7)) == pytest.approx((9.9, 8.1), abs=0.1)


def _ask(**how: Any) -> None:
    given: Sequence[Label] = how.pop("labels", labels(1))
    label_sheet(given, stock_named("avery-l7160"), **how)


@pytest.mark.parametrize("start", [0, 22, -1])
def test_a_position_that_the_sheet_has_not_is_refused(start: int) -> None:
    with pytest.raises(OutOfRange, match="there are 21 on a sheet"):
        _ask(start=start)


@pytest.mark.parametrize("shift", [(11.0, 0.0), (0.0, -10.5), (float("nan"), 0.0)])
def test_a_shift_that_no_printer_has_is_refused(shift: tuple[float, float]) -> None:
    with pytest.raises(OutOfRange, match="at most 10 mm off"):
        _ask(shift_mm=shift)


def test_no_labels_are_refused() -> None:
    with pytest.raises(InvalidValue, match="no label to print"):
        _ask(labels=[])


@pytest.mark.parametrize("title", ["試料 🔥", "عينة", "ก"])
def test_a_character_that_no_font_has_is_named(title: str) -> None:
    with pytest.raises(InvalidValue, match=rf"which is in the label of {PID}") as caught:
        _ask(labels=[Label(pid=PID, title=title)])
    assert f"U+{ord(title.split()[-1][0]):04X}" in caught.value.fault
