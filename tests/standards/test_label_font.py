"""The fonts of labels are large, and do not outlive the work that they are opened for."""

from __future__ import annotations

import gc
from collections.abc import Callable

import pytest

from kiban.standards.label_font import Fonts
from kiban.standards.label_pdf_font import EmbeddedFace


@pytest.fixture(name="collected", autouse=True)
def _collected():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def _drawn() -> tuple[object, list[object]]:
    fonts = Fonts()
    fonts.outline(fonts.glyphs("チ", "a title")[0])
    return fonts, list(fonts._fonts.values())


def _cut_down() -> tuple[object, list[object]]:
    font = EmbeddedFace("sans", Fonts().glyphs("チタン", "a title"))
    return font, [font.font]


@pytest.mark.parametrize("make", [_drawn, _cut_down], ids=["drawn", "cut down"])
def test_fonts_are_taken_apart_with_their_user(make: Callable[[], tuple[object, list[object]]]) -> None:
    user, fonts = make()
    assert all(font.tables for font in fonts)
    del user
    assert not any(font.tables for font in fonts)
