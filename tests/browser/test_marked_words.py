"""Words of a question are marked where they stand, however they are spelled, and the best answers come first."""

from __future__ import annotations

import itertools

import pytest

from .conftest import Watched

pytestmark = pytest.mark.browser

_TEXTS = {
    "en": {"best": "Best matches first", "newest": "Newest first", "description": "Description"},
    "ja": {"best": "関連度順", "newest": "新しい順", "description": "説明"},
}
_SAMPLE = """said => fetch("/api/v1/samples", {
  method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(said)
}).then(async answer => [answer.status, await answer.text()])"""
_TITLES = "() => [...document.querySelectorAll('.cards .hit h3')].map(title => title.textContent.trim())"
_MARKS = "() => [...document.querySelectorAll('.cards mark')].map(mark => mark.textContent)"
_number = itertools.count()


def test_words_are_marked_and_the_order_can_be_changed(watched: Watched) -> None:
    page = watched.go("/")
    language = page.evaluate("document.documentElement.lang")
    said = _TEXTS[language]
    own = f"q{next(_number)}{language}"
    for sample in (
        {"name": f"ｶﾞﾗｽ ｴﾈﾙｷﾞｰ {own}"},
        {"name": f"second {own}", "description": "基板のガラスと Ångström <b>厚</b>の膜。" + "長い説明。" * 60},
    ):
        status, text = page.evaluate(_SAMPLE, sample)
        assert status == 200, text
    page = watched.go(f"/search?q=がらす {own}")
    assert page.evaluate(_TITLES) == [f"ｶﾞﾗｽ ｴﾈﾙｷﾞｰ {own}", f"second {own}"]
    assert page.evaluate(_MARKS) == ["ｶﾞﾗｽ", own, own, "ガラス"]
    snippet = page.locator(".snippets li")
    assert snippet.count() == 1
    assert snippet.inner_text().startswith(said["description"])
    assert snippet.inner_text().endswith("…")
    assert watched.overflow() <= 0
    order = page.locator(".order-form")
    assert order.locator("option:checked").inner_text() == said["best"]
    order.locator("select").select_option(label=said["newest"])
    order.get_by_role("button").press("Enter")
    page.wait_for_url("**sort=newest*")
    assert page.evaluate(_TITLES) == [f"second {own}", f"ｶﾞﾗｽ ｴﾈﾙｷﾞｰ {own}"]
    assert page.locator(".order-form option:checked").inner_text() == said["newest"]
    page = watched.go(f"/search?q=エネルギ angstrom OR {own}")
    assert {"ｴﾈﾙｷﾞｰ", "Ångström"} <= set(page.evaluate(_MARKS))
    assert watched.overflow() <= 0
