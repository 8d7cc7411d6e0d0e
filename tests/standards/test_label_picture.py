"""One label as SVG and PNG, read back by programs that did not write them."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import numpy as np
import pypdfium2 as pdfium
import pytest
import zxingcpp
from lxml import etree
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from kiban.errors import InvalidValue, OutOfRange
from kiban.standards.label import Label
from kiban.standards.label_picture import label_png, label_svg
from kiban.standards.label_raster import coverage
from kiban.standards.label_sheet import label_sheet
from kiban.standards.label_stock import STOCKS, LabelStock, stock_named

BASE = "https://kiban.example.ac.jp"
LABEL = Label(
    pid="kb:7Q4M-2KXD-98", title="チタン酸ストロンチウム <100> & TiO₂", lines=("SrTiO₃ 2026-11-26 Łódź", "腐食性")
)


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("dots_per_inch", [203, 300, 600])
@pytest.mark.parametrize("stock", STOCKS, ids=lambda stock: stock.name)
def test_a_png_has_its_true_size_and_its_code_is_read(stock: LabelStock, dots_per_inch: int) -> None:
    if stock.name == "avery-l4731" and dots_per_inch == 203:
        with pytest.raises(InvalidValue, match="too small"):  # its module would be three dots, 0.38 mm
            label_png(LABEL, stock, dots_per_inch=dots_per_inch)
        return
    picture = opened(label_png(LABEL, stock, dots_per_inch=dots_per_inch).content)
    assert picture.info["dpi"] == pytest.approx((dots_per_inch, dots_per_inch), rel=1e-3)
    size_mm = [side / dots_per_inch * 25.4 for side in picture.size]
    assert size_mm == pytest.approx((stock.width_mm, stock.height_mm), abs=25.4 / dots_per_inch)
    [found] = zxingcpp.read_barcodes(picture)
    assert found.text == "KB:7Q4M-2KXD-98"
    # A label printer knows black and white only.
    [found] = zxingcpp.read_barcodes(picture.point(lambda grey: 255 * (grey > 127)))
    assert found.text == "KB:7Q4M-2KXD-98"


@pytest.mark.parametrize("dots_per_inch", [180, 203, 300, 360])
def test_every_module_is_the_same_number_of_dots(dots_per_inch: int) -> None:
    picture = np.asarray(opened(label_png(LABEL, stock_named("25x25"), dots_per_inch=dots_per_inch).content))
    top = int(np.argwhere((picture == 0).any(axis=1))[0, 0])
    row = picture[top] == 0  # the first row of modules: it begins and ends with seven dark ones
    edges = np.flatnonzero(np.diff(row.astype(int)))
    lengths = np.diff(edges)
    module = lengths[0] // 7
    assert module * 25.4 / dots_per_inch >= 0.33
    assert (lengths % module == 0).all()
    assert lengths.sum() == 21 * module


def test_png_and_pdf_show_the_same() -> None:
    stock = stock_named("brother-62x29")
    png = np.asarray(opened(label_png(LABEL, stock, base_url=BASE).content)).astype(float)

    def difference(label: Label) -> NDArray[np.float64]:
        page = pdfium.PdfDocument(label_sheet([label], stock, base_url=BASE).content)[0]
        pdf = page.render(scale=300 / 72, grayscale=True).to_numpy()[: png.shape[0], : png.shape[1]].astype(float)
        # Each starts its letters and its code on other fractions of a dot.
        found: NDArray[np.float64] = np.abs(ndimage.gaussian_filter(png, 3) - ndimage.gaussian_filter(pdf, 3))
        return found

    assert difference(LABEL).mean() < 4
    assert difference(LABEL).max() < 40
    assert difference(replace(LABEL, lines=("SrTiO₃ 2026-11-26 Łód", "腐食性"))).max() > 80


def test_an_svg_has_its_true_size_its_words_and_its_code() -> None:
    svg = etree.fromstring(label_svg(LABEL, stock_named("brother-29x90"), base_url=BASE).content)
    space = "{http://www.w3.org/2000/svg}"
    assert (svg.get("width"), svg.get("height"), svg.get("viewBox")) == ("90mm", "29mm", "0 0 90 29")
    title = svg.find(f"{space}title")
    assert title is not None
    assert title.text == " · ".join((LABEL.pid, LABEL.title, *LABEL.lines))
    [modules] = [path for path in svg.iter(f"{space}path") if path.get("shape-rendering") == "crispEdges"]
    dark = np.ones((33 + 8, 33 + 8), dtype=np.uint8)
    for x, y, n in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", modules.get("d", "")):
        dark[int(y) + 4, int(x) + 4 : int(x) + 4 + int(n)] = 0
    [found] = zxingcpp.read_barcodes(np.ascontiguousarray(dark.repeat(4, axis=0).repeat(4, axis=1) * 255))
    assert found.text == f"{BASE}/id/{LABEL.pid}"


def test_pictures_say_what_had_no_room() -> None:
    stock = stock_named("avery-l4731")
    for printed in (label_svg(LABEL, stock), label_png(LABEL, stock)):
        assert len(printed.losses) == 3
        assert printed.losses[2] == "kb:7Q4M-2KXD-98: the line '腐食性' has no room."


def test_the_same_label_gives_the_same_picture() -> None:
    stock = stock_named("dymo-11354")
    assert label_png(LABEL, stock) == label_png(LABEL, stock)
    assert label_svg(LABEL, stock) == label_svg(LABEL, stock)


@pytest.mark.parametrize("dots_per_inch", [72, 149, 1201])
def test_a_resolution_that_no_label_printer_has_is_refused(dots_per_inch: int) -> None:
    with pytest.raises(OutOfRange, match=f"{dots_per_inch} dots per inch"):
        label_png(LABEL, stock_named("25x25"), dots_per_inch=dots_per_inch)


def test_coverage_is_the_area_inside_of_an_outline() -> None:
    box = np.array([[1.25, 1], [3.5, 1], [3.5, 3], [1.25, 3]])
    assert coverage([box], (4, 5)) == pytest.approx(
        np.array([[0, 0, 0, 0, 0], [0, 0.75, 1, 0.5, 0], [0, 0.75, 1, 0.5, 0], [0, 0, 0, 0, 0]])
    )
    assert coverage([box, box], (4, 5)).sum() == pytest.approx(4.5)  # twice inside is inside
    hole = np.array([[2, 1.5], [2, 2.5], [3, 2.5], [3, 1.5]])
    assert coverage([box, hole], (4, 5)).sum() == pytest.approx(3.5)
    angles = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    circle = 20 + 15 * np.column_stack([np.cos(angles), np.sin(angles)])
    assert coverage([circle], (40, 40)).sum() == pytest.approx(np.pi * 15**2, rel=1e-3)
    assert coverage([circle - 40], (40, 40)).sum() == pytest.approx(0, abs=1e-9)
    assert coverage([], (2, 3)).sum() == 0
