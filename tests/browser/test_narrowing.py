"""Completing a question, sorting its answers, narrowing them down and taking that back, in a browser."""

from __future__ import annotations

import pytest

from .conftest import Watched

pytestmark = pytest.mark.browser

_TEXTS = {
    "en": {
        "typed": "Lattice-plane spa",
        "name": "Lattice-plane spacing",
        "down": "Lattice-plane spacing: highest first",
        "sort": "Sort",
        "refine": "Narrow down",
        "technique": "X-ray diffraction",
        "undo": "No longer narrow down to X-ray diffraction",
        "titanium": "Ti Titanium",
    },
    "ja": {
        "typed": "面間",
        "name": "面間隔",
        "down": "面間隔の大きい順",
        "sort": "並べ替える",
        "refine": "絞り込み",
        "technique": "X線回折",
        "undo": "「X線回折」の絞り込みを解除",
        "titanium": "Ti チタン",
    },
}


def test_a_question_is_completed_sorted_and_narrowed_down(watched: Watched) -> None:
    page = watched.go("/search")
    said = _TEXTS[page.evaluate("document.documentElement.lang")]
    box = page.get_by_role("combobox").first
    box.press_sequentially(said["typed"])
    option = page.locator("#completions [role=option]").first
    option.wait_for()
    assert said["name"] in option.inner_text()
    assert "d_spacing" in option.inner_text()
    assert watched.overflow() <= 0
    assert box.get_attribute("aria-expanded") == "true"
    # Closed and opened again; taken by keyboard; then a unit after a number.
    box.press("Escape")
    assert page.locator("#completions").is_hidden()
    box.press("Backspace")
    option.wait_for()
    box.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == option.get_attribute("id")
    assert option.get_attribute("aria-selected") == "true"
    box.press("Enter")
    assert box.input_value() == "d_spacing "
    box.press_sequentially("> 1 an")
    page.locator("#completions").get_by_role("option", name="angstrom").wait_for()
    box.press("ArrowUp")
    box.press("ArrowDown")
    page.locator("#completions").get_by_role("option", name="angstrom").click()
    assert box.input_value() == "d_spacing > 1 angstrom "
    box.press("Enter")
    page.wait_for_url("**/search?q=*")
    # Sorted by what was asked for: the cards say the values, the greatest first.
    page.locator(".order-form select").select_option(label=said["down"])
    page.get_by_role("button", name=said["sort"], exact=True).click()
    page.wait_for_url("**sort=-d_spacing*")
    assert box.input_value().strip() == "d_spacing > 1 angstrom"
    values = [float(text.split()[0]) for text in page.locator(".sorted-by b").all_inner_texts()]
    assert len(values) > 5
    assert values == sorted(values, reverse=True)
    assert watched.overflow() <= 0
    # Narrowed down twice, and once taken back; the order stays.
    beside = page.get_by_role("navigation", name=said["refine"])
    beside.get_by_role("link", name=said["technique"]).click()
    page.get_by_role("link", name=said["undo"]).wait_for()
    assert 'technique = "xrd"' in box.input_value()
    beside.get_by_role("link", name=said["titanium"]).click()
    page.wait_for_function("() => document.querySelector('#q').value.includes('elements HAS')")
    page.get_by_role("link", name=said["undo"]).click()
    page.wait_for_function("() => !document.querySelector('#q').value.includes('technique')")
    assert 'elements HAS "Ti"' in box.input_value()
    assert "sort=-d_spacing" in page.url
    assert watched.overflow() <= 0
