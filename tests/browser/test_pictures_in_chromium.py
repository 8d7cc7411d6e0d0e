"""Images and maps of spectra of the simulated study: the picture, the spectrum of a clicked place, the slider."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
import tifffile

from .conftest import Watched

pytestmark = pytest.mark.browser

# What a heat map was drawn from, as numbers.
_DRAWN = """() => {
    const [trace] = document.getElementById("plot").data;
    return { rows: trace.z.length, columns: trace.z[0].length, sum: trace.z.flat().reduce((a, b) => a + b, 0) };
}"""
_SPECTRUM = """() => {
    const line = document.getElementById("plot-line");
    return { title: line.layout.title.text, y: Array.from(line.data[0].y), x: Array.from(line.data[0].x) };
}"""


def record(watched: Watched, title: str) -> Any:
    question = quote(f'kind = "measurement" AND title = "{title}"')
    page = watched.go(f"/search?q={question}")
    page.locator("article.hit h3 a").first.click()
    page.wait_for_selector("#plot .main-svg")
    return page


def test_a_map_shows_the_spectrum_of_a_clicked_place(watched: Watched) -> None:
    page = record(watched, "TiO2-A700: Raman map, 532 nm")
    assert page.evaluate(_DRAWN)["rows"] == 10
    assert page.evaluate(_DRAWN)["columns"] == 14
    page.wait_for_selector("#plot-line .main-svg")
    mean = page.evaluate(_SPECTRUM)
    assert len(mean["y"]) == 124
    picture = page.locator("#plot .nsewdrag").first
    picture.scroll_into_view_if_needed()  # on a phone it begins below the edge of the screen
    area = picture.bounding_box()
    # A place in the third column, not in the middle of anything.
    page.mouse.click(area["x"] + area["width"] * 2.5 / 14, area["y"] + area["height"] / 2)
    title = "document.getElementById('plot-line').layout.title.text"
    page.wait_for_function(f"before => {title} !== before", arg=mean["title"])
    clicked = page.evaluate(_SPECTRUM)
    assert "= 1," in clicked["title"]
    assert clicked["x"] == mean["x"]
    assert clicked["y"] != mean["y"]
    assert watched.overflow() <= 0


def test_a_series_of_pictures_has_a_slider(watched: Watched) -> None:
    page = record(watched, "TiO2-gel_heating.tif")
    first = page.evaluate(_DRAWN)
    assert (first["rows"], first["columns"]) == (96, 128)
    slider = page.locator("#picture-sliders input[type=range]")
    assert slider.get_attribute("max") == "4"
    slider.focus()
    slider.press("End")
    page.wait_for_function(f"before => ({_DRAWN})().sum !== before", arg=first["sum"])
    assert page.locator("#picture-sliders output").inner_text().strip() == "2400"  # seconds, not the fifth
    assert page.locator("#plot-line").is_hidden()
    assert watched.overflow() <= 0


def test_red_green_and_blue_are_one_picture(watched: Watched, tmp_path: Path) -> None:
    rows, columns = np.mgrid[0:40, 0:60]
    path = tmp_path / "colours.tif"
    # The name of the folder makes it a file that the platform has not seen.
    tifffile.imwrite(
        path,
        np.stack([rows * 6, columns * 4, rows + columns], axis=-1).astype(np.uint8),
        photometric="rgb",
        description=str(tmp_path),
    )
    page = watched.go("/deposit")
    page.set_input_files("#files", [str(path)])
    page.locator(".arrivals .status-structured").wait_for()
    page.locator(".arrivals a").first.click()
    page.wait_for_selector("#plot .main-svg")
    [kind, point] = page.evaluate("(t => [t.type, Array.from(t.z[10][20])])(document.getElementById('plot').data[0])")
    assert (kind, point) == ("image", [60, 80, 30])
    assert page.locator("#picture-sliders input").count() == 0
    assert watched.overflow() <= 0
