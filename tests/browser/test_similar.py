"""What is like a record: looked for when somebody comes near that part of its page, drawn, and searched for."""

from __future__ import annotations

import itertools

import pytest

from .conftest import Watched

pytestmark = pytest.mark.browser

_TEXTS = {"en": ("Similar", "% alike"), "ja": ("類似データ", "類似度")}
_FORMULAS = {"en": ("OsIr2", "OsRh2", "ReIr2"), "ja": ("EuPr4", "EuNd4", "SmPr4")}
"""Of elements that the demo has none of, far from each other's: only these are near each other."""
_SAMPLE = """said => fetch("/api/v1/samples", {
  method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(said)
}).then(async answer => [answer.status, await answer.json()])"""
_CARDS = "() => [...document.querySelectorAll('#similar-part .card h3')].map(title => title.textContent.trim())"
_number = itertools.count()


def test_what_is_similar_is_looked_for_drawn_and_searched_for(watched: Watched) -> None:
    page = watched.go("/")
    language = page.evaluate("document.documentElement.lang")
    title, alike = _TEXTS[language]
    own = f"s{next(_number)}"
    pids = {}
    for formula in _FORMULAS[language]:
        status, answer = page.evaluate(_SAMPLE, {"name": f"{formula} {own}", "formula": formula})
        assert status == 200, answer
        pids[formula] = answer["id"]
    first, *_ = pids
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page = watched.go(f"/records/{pids[first]}")
    part = page.locator("#similar-part")
    part.scroll_into_view_if_needed()
    part.locator(".card").first.wait_for()
    assert any(url.endswith("/similar/part") for url in asked)
    assert set(page.evaluate(_CARDS)) == {f"{formula} {own}" for formula in pids if formula != first}
    assert part.locator(".card svg.overlaid").count() == 2
    assert part.inner_text().count(alike) == 2
    assert watched.overflow() <= 0
    part.locator("a.button").click()
    page.wait_for_url("**/search?q=SIMILAR*")
    assert page.locator(".cards .hit").count() == 2
    assert watched.overflow() <= 0
    page = watched.go(f"/records/{pids[first]}/similar")
    assert page.locator(".card").count() == 2
    assert title in page.locator("h1").inner_text() + page.title()
    assert watched.overflow() <= 0
