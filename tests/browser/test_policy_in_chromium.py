"""The policy of content in a real browser: it stops what it should, and plots are drawn within it."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from .conftest import Watched

pytestmark = pytest.mark.browser

_ADDED = """() => {
    const style = document.createElement("style");
    style.textContent = "h1 { color: rgb(1, 2, 3) }";
    document.body.append(style);
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    document.body.append(script);
    document.querySelector("h1").outerHTML = '<h1 style="color: rgb(1, 2, 3)">x</h1>';
    return [getComputedStyle(document.querySelector("h1")).color, window.ran === true];
}"""


def _open_plot(watched: Watched, technique: str) -> None:
    question = quote(f'technique = "{technique}"')
    page = watched.go(f"/search?q={question}")
    page.locator("article.hit h3 a").first.click()
    page.wait_for_selector("#plot .main-svg")


def test_what_is_written_into_a_page_neither_runs_nor_dresses_it_and_the_watch_sees_it(watched: Watched) -> None:
    page = watched.go("/deposit")
    colour, ran = page.evaluate(_ADDED)
    assert colour != "rgb(1, 2, 3)"
    assert ran is False
    page.wait_for_timeout(300)
    kinds = {each.partition(" ")[0] for each in watched.violations}
    assert kinds == {"style-src-elem", "style-src-attr", "script-src-elem"}
    # They were meant; the browser says each in its console too.
    watched.violations.clear()
    watched.errors[:] = [error for error in watched.errors if "Content Security Policy" not in error]


def test_a_plot_is_dressed_within_the_policy(watched: Watched) -> None:
    _open_plot(watched, "cyclic_voltammetry")
    page = watched.page
    style = "([selector, name]) => getComputedStyle(document.querySelector(selector))[name]"
    # Rules of Plotly's own sheet, and a style that it sets as an attribute.
    assert page.evaluate(style, ["#plot .main-svg", "position"]) == "absolute"
    assert page.evaluate(style, ["#plot .modebar", "position"]) == "absolute"
    assert page.evaluate(style, ["#plot .modebar-btn", "cursor"]) == "pointer"
    page.locator("input[name=log_y]").check()
    powers = page.locator("#plot .ytick tspan[dy]")
    assert powers.count() > 0  # small currents on a logarithmic axis are powers of ten
    assert powers.first.evaluate("e => e.style.fontSize") == "70%"
    area = page.locator("#plot .nsewdrag").first.bounding_box()
    page.mouse.move(area["x"] + area["width"] / 2, area["y"] + area["height"] / 2)
    page.wait_for_timeout(300)


def test_a_plot_can_be_kept_as_a_picture_but_not_sent_to_its_makers(watched: Watched) -> None:
    _open_plot(watched, "xrd")
    buttons = watched.page.locator("#plot .modebar-btn")
    titles = buttons.evaluate_all("all => all.map((each) => each.dataset.title)")
    assert not [title for title in titles if "hare" in title or "loud" in title]
    assert watched.page.evaluate("document.getElementById('plot')._context.plotlyServerURL") == ""
    watched.page.hover("#plot")
    with watched.page.expect_download() as download:
        buttons.first.click()
    assert download.value.suggested_filename.endswith(".png")
