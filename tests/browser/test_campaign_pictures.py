"""Pictures of the demonstration's campaign: drawn, reached by keyboard, and saying what REST says."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Watched

pytestmark = pytest.mark.browser

_ASK = "address => fetch(address).then(answer => answer.json())"
_CELLS = "table => [...table.tBodies[0].rows].map(row => [...row.cells].map(cell => cell.textContent.trim()))"
_SUPERSCRIPT = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")


def _number(text: str) -> float:
    return float(text.split("(")[0].translate(_SUPERSCRIPT).replace("×10", "e"))


def _campaign(page: Any) -> str:
    found = page.evaluate(_ASK, "/api/v1/campaigns")["campaigns"]
    return str(next(each["id"] for each in found if "TiN" in each["title"]))


def test_a_slice_is_drawn_and_its_table_says_the_same_numbers(watched: Watched) -> None:
    page = watched.go("/")
    pid = _campaign(page)
    said = page.evaluate(_ASK, f"/api/v1/campaigns/{pid}/slices")
    page = watched.go(f"/records/{pid}")
    part = page.locator("#slices-part")
    part.scroll_into_view_if_needed()
    part.locator(".plot-slice").first.wait_for()
    assert part.locator(".plot-slice").count() == len(said["slices"]) == 4
    first = part.locator("figure").first
    box = first.locator("polyline.middle").bounding_box()
    assert box["width"] > 100
    assert box["height"] > 10
    # By keyboard: to the table, open, read.
    first.locator("summary").focus()
    page.keyboard.press("Enter")
    assert first.locator("table").first.is_visible()
    rows = first.locator("table").first.evaluate(_CELLS)
    slice_ = said["slices"][0]
    known = [(s, bar) for s, bar in zip(slice_["settings"], slice_["expected"], strict=True) if bar is not None]
    assert [_number(row[0]) for row in rows] == pytest.approx([s for s, _ in known], rel=1e-4)
    for row, (_, bar) in zip(rows, known, strict=True):
        assert _number(row[1]) == pytest.approx(bar["expected"], abs=bar["deviation"])
        low, high = row[3].split(" – ")
        assert (_number(low), _number(high)) == (
            pytest.approx(bar["lowest"], rel=1e-3),
            pytest.approx(bar["highest"], rel=1e-3),
        )
    assert watched.overflow() <= 0


def test_the_front_has_its_dots_links_and_table(watched: Watched) -> None:
    page = watched.go("/")
    pid = _campaign(page)
    said = page.evaluate(_ASK, f"/api/v1/campaigns/{pid}/front")
    page = watched.go(f"/records/{pid}")
    front = page.locator(".plot-front")
    assert front.locator("circle.on").count() == len(said["front"])
    assert front.locator("circle").count() == len(said["points"])
    assert front.locator("polyline.front").bounding_box()["width"] > 50
    assert page.locator(".plot-lines polyline").count() >= len(said["points"])
    table = page.locator("section[aria-labelledby=front] table")
    assert sorted(int(row[0]) for row in table.evaluate(_CELLS)) == said["front"]
    # The keyboard goes to the points of the front, and from there to the experiment.
    dot = front.locator("a", has=page.locator("circle.on")).first
    dot.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**#experiment-*")
    assert int(page.url.rsplit("-", 1)[1]) in said["front"]


def test_a_point_is_chosen_and_its_address_can_be_sent(watched: Watched) -> None:
    page = watched.go("/")
    pid = _campaign(page)
    page = watched.go(f"/campaigns/{pid}/slices")
    form = page.locator(".slices-form")
    form.locator("select[name=outcome]").select_option("friction_coefficient")
    form.locator("summary").click()
    form.locator('input[name="at.temperature"]').fill("500")
    form.locator("button[type=submit]").click()
    page.wait_for_url("**outcome=friction_coefficient**")
    assert "500" in page.locator("main").inner_text()
    assert page.locator('input[name="at.temperature"]').input_value() == "500"
    assert page.locator(".plot-slice").count() == 4
    assert watched.overflow() <= 0
    address = page.url.split("/", 3)[3]
    again = watched.go(f"/{address}")
    assert again.locator("select[name=outcome]").input_value() == "friction_coefficient"
