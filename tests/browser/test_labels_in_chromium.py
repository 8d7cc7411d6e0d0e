"""A label as SVG in a real browser: its code is read from the screen."""

from __future__ import annotations

import io
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from kiban.standards.label import Label
from kiban.standards.label_picture import label_svg
from kiban.standards.label_stock import stock_named

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", ["brother-62x29", "25x25", "avery-l4731"])
def test_the_code_of_an_svg_is_read_from_the_screen(chromium: Any, name: str) -> None:
    label = Label(pid="kb:7Q4M-2KXD-98", title="チタン酸ストロンチウム", lines=("腐食性",))
    stock = stock_named(name)
    context = chromium.new_context(device_scale_factor=3)
    page = context.new_page()
    page.set_content(f"<body style='margin:0;background:#345'>{label_svg(label, stock).content.decode()}</body>")
    box = page.locator("svg").bounding_box()
    assert box["width"] == pytest.approx(stock.width_mm * 96 / 25.4, abs=0.5)
    picture = Image.open(io.BytesIO(page.locator("svg").screenshot()))
    context.close()
    [found] = zxingcpp.read_barcodes(picture.convert("L"))
    assert found.text == "KB:7Q4M-2KXD-98"
