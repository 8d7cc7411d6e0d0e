"""The opening question, built with the form, edited, saved, and answered by a file that comes later."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Watched

pytestmark = pytest.mark.browser

_TEXTS = {
    "en": {
        "build": "Build a question",
        "oxygen": "Oxygen (O)",
        "carbon": "Carbon (C)",
        "save": "Save this search",
        "keep": "Save",
        "nothing": "Nothing new since you last looked.",
        "new": "1 new",
        "seen": "Mark as seen",
        "remove": "Remove",
        "undo": "Undo",
        "or": "joins conditions with OR",
    },
    "ja": {
        "build": "フォームで検索条件を作る",
        "oxygen": "酸素 (O)",
        "carbon": "炭素 (C)",
        "save": "この検索を保存",
        "keep": "保存する",
        "nothing": "前回の確認以降、新しい結果はありません。",
        "new": "新着1件",
        "seen": "確認済みにする",
        "remove": "削除",
        "undo": "元に戻す",
        "or": "OR を含む",
    },
}
_SAMPLE = """name => fetch("/api/v1/samples", {
  method: "POST", headers: { "content-type": "application/json" },
  body: JSON.stringify({ name, formula: "Al2O3" })
}).then(async answer => [answer.status, await answer.text()])"""
_DEPOSIT = """([name, sample, content]) => fetch(`/api/v1/deposits?name=${name}&sample=${encodeURIComponent(sample)}`, {
  method: "POST", headers: { "content-type": "application/octet-stream" }, body: content
}).then(async answer => [answer.status, await answer.text()])"""


def _line(page, value: str) -> None:
    page.wait_for_function("wanted => document.querySelector('.search input[name=q]').value === wanted", arg=value)


def test_the_opening_question_is_built_edited_saved_and_tells_of_a_match(watched: Watched, tmp_path: Path) -> None:
    page = watched.go("/search")
    language = page.evaluate("document.documentElement.lang")
    said = _TEXTS[language]
    page.get_by_text(said["build"]).click()
    builder = page.locator("#builder")
    # The periodic table, by keyboard: from hydrogen down and to the right, as far as carbon, nitrogen, oxygen.
    page.get_by_label("H)", exact=False).first.focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == said["carbon"]
    for key in ("ArrowRight", "ArrowRight", "Space"):
        page.keyboard.press(key)
    assert builder.get_by_label(said["oxygen"]).is_checked()
    _line(page, 'elements HAS "O"')
    builder.locator("[name=term]").first.fill("硬さ")
    builder.locator("[name=number]").first.fill("5")
    builder.locator("[name=unit]").first.fill("GPa")
    page.wait_for_function("() => document.querySelector('#builder datalist option[value=\"kgf/mm**2\"]') !== null")
    builder.locator("[name=started_from]").fill("2025-01-01")
    builder.locator("[name=words]").fill("film")
    opening = '"film" AND elements HAS "O" AND hardness > 5 GPa AND started >= "2025-01-01"'
    _line(page, opening)
    assert watched.overflow() <= 0
    # The line is edited: the form follows it, as far as it can.
    line = page.locator(".search input[name=q]")
    line.fill(opening + " OR hardness > 9 GPa")
    builder.get_by_role("note").wait_for()
    assert said["or"] in builder.get_by_role("note").inner_text()
    line.fill('elements HAS "O" AND hardness > 9 GPa')
    page.wait_for_function("() => document.querySelector('#builder [name=number]').value === '9'")
    assert builder.get_by_label(said["oxygen"]).is_checked()
    line.fill('elements HAS "O" AND title CONTAINS "resistance"')
    builder.get_by_role("note").wait_for()
    line.press("Enter")
    page.wait_for_url("**/search?q=*")
    # It is saved; a file that comes later is told of.
    page.get_by_text(said["save"], exact=True).click()
    name = f"oxides {tmp_path.parent.name} {language}"
    page.locator(".save input[name=name]").fill(name)
    page.locator(".save button").click()
    page.wait_for_url("**/searches/*")
    assert said["nothing"] in page.locator("main").inner_text()
    assert watched.overflow() <= 0
    sample = f"Al2O3 film {tmp_path.parent.name} {language}"
    status, text = page.evaluate(_SAMPLE, sample)
    assert status == 200, text
    rows = "".join(f"{t},{t * 1.5}\n" for t in range(30))
    content = f"# {tmp_path}\nTemperature (K),Resistance (ohm)\n{rows}"
    status, text = page.evaluate(_DEPOSIT, [f"resistance-{language}.csv", sample, content])
    assert status == 200, text
    page = watched.go("/")
    assert said["new"] in page.locator("section[aria-labelledby=searches]").inner_text()
    badge = page.locator("header .new-badge")
    assert "1" in badge.inner_text()
    assert watched.overflow() <= 0
    badge.click()
    page.wait_for_url("**/searches")
    assert watched.overflow() <= 0
    page.get_by_role("link", name=name).click()
    page.wait_for_url("**/searches/*-*")
    assert f"resistance-{language}" in page.locator("section[aria-labelledby=new]").inner_text()
    assert watched.overflow() <= 0
    page.get_by_role("button", name=said["seen"]).click()
    page.get_by_text(said["nothing"]).wait_for()
    assert page.locator("header .new-badge").count() == 0
    # Removed, brought back, and removed for good.
    page.locator("main details").first.locator("summary").click()
    page.get_by_role("button", name=said["remove"]).click()
    page.get_by_role("button", name=said["undo"]).click()
    page.wait_for_url("**/searches/*-*")
    page.locator("main details").first.locator("summary").click()
    page.get_by_role("button", name=said["remove"]).click()
    page.get_by_role("button", name=said["undo"]).wait_for()
