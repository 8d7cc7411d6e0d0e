"""A laboratory is begun with, watched and stopped on the campaign's page."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest

from .conftest import Watched
from .test_campaign_journey import press

GLUE = {
    "name": "Without scripts",
    "engine": "random",
    "space": {"parameters": [{"kind": "integer", "name": "temperature", "low": 300, "high": 500, "unit": "K"}]},
    "objective": {"targets": [{"name": "hardness", "unit": "GPa"}]},
}
pytestmark = pytest.mark.browser

BENCH = """driver = "virtual"
title = "Teaching bench"
folder = "bench"
formulas = {hardness = "3 - ((temperature - 420) / 100)**2"}
delay_s = %s
"""


def _campaign(watched: Watched, name: str) -> str:
    """Begin a campaign on the page, and give its identifier."""
    page = watched.go("/campaigns/new")
    page.locator('input[name="name"]').fill(name)
    page.locator('input[name="outcomes.0.name"]').fill("hardness")
    page.locator('input[name="outcomes.0.unit"]').fill("GPa")
    for field, value in (("name", "temperature"), ("low", "300"), ("high", "500"), ("unit", "K")):
        page.locator(f'input[name="parameters.0.{field}"]').fill(value)
    press(page, page.locator('.sticky button[value="begin"]'))
    return re.search(r"/records/(kb:[^#?]+)", page.url)[1]  # type: ignore[index]


def _start(watched: Watched, laboratory: str, n: int) -> Any:
    page = watched.page
    press(page, page.locator("#run-part a.button"))
    assert watched.overflow() == 0
    page.locator('select[name="laboratory"]').select_option(laboratory)
    page.locator('input[name="limit_experiments"]').fill(str(n))
    page.locator('input[name="high0"]').fill("450")
    return page


def test_it_is_begun_watched_and_stopped_there(watched: Watched, demo: dict[str, Any]) -> None:
    folder = Path(demo["home"]) / "laboratories"
    folder.mkdir(exist_ok=True)
    (folder / "bench.toml").write_text(BENCH % "[0, 0.05]")
    (folder / "slow.toml").write_text(BENCH.replace("bench", "slow bench", 2) % "[3600, 3600]")
    language = watched.go("/").locator("html").get_attribute("lang")
    pid = _campaign(watched, f"Hands-off {language}")
    page = _start(watched, "bench", 3)
    # A bound that leaves nothing is told before anything begins, and nothing that was typed is lost.
    page.locator('input[name="low0"]').fill("460")
    press(page, page.locator("form.builder button.primary"))
    assert page.locator('[role="alert"]').count() >= 1
    assert page.locator('input[name="low0"]').input_value() == "460"
    watched.errors.clear()  # the browser calls the answer 422 an error
    page.locator('input[name="low0"]').fill("310")
    press(page, page.locator("form.builder button.primary"))
    assert watched.overflow() == 0
    # Nobody reloads: the page says by itself that it has come to its end.
    page.wait_for_selector('#run-part .run[data-goes="no"]', timeout=90_000)
    page.wait_for_load_state("networkidle")
    assert "3" in page.locator("#run-part .state-completed").inner_text()
    assert page.locator("section[aria-labelledby=experiments] tbody tr").count() == 3
    # Now one that would take hours, stopped by its button.
    page = _start(watched, "slow", 9)
    press(page, page.locator("form.builder button.primary"))
    page.wait_for_selector("#run-part .state-running", timeout=90_000)
    assert watched.overflow() == 0
    began = time.monotonic()
    press(page, page.locator('#run-part form[action$="/run/stop"] button'))
    page.wait_for_selector('#run-part .run[data-goes="no"]', timeout=90_000)
    assert time.monotonic() - began < 30
    page.wait_for_load_state("networkidle")
    assert page.locator("#run-part .state-abandoned").count() == 1
    assert page.locator('form[action$="/course"] button[value="resume"]').count() == 1
    assert watched.overflow() == 0
    assert pid in page.url


_ROWS = "section[aria-labelledby=experiments] tbody tr"


def test_what_comes_of_it_appears_without_a_reload_and_takes_nothing_from_the_reader(
    watched: Watched, demo: dict[str, Any]
) -> None:
    folder = Path(demo["home"]) / "laboratories"
    folder.mkdir(exist_ok=True)
    (folder / "steady.toml").write_text(BENCH.replace("Teaching", "Steady") % "[0.4, 0.6]")
    language = watched.go("/").locator("html").get_attribute("lang")
    _campaign(watched, f"Watched {language}")
    page = _start(watched, "steady", 14)
    press(page, page.locator("form.builder button.primary"))
    page.evaluate("""() => {
        window.isTheSame = true;
        window.heard = [];
        new MutationObserver(() => window.heard.push(document.getElementById("run-said").textContent))
            .observe(document.getElementById("run-said"), { childList: true });
    }""")
    page.wait_for_selector(f"{_ROWS}:nth-child(2)")
    # Somebody types a note, has unfolded something, and reads the table further down.
    act = page.locator("details.act[data-key=end]")
    act.locator("summary").click()
    act.locator("input[name=note]").fill("because")
    region = page.locator("section[aria-labelledby=experiments] .scroll")
    region.focus()
    page.evaluate("document.getElementById('experiments').scrollIntoView({ block: 'start', behavior: 'instant' })")
    top = "document.getElementById('experiments').getBoundingClientRect().top"
    before, n = page.evaluate(top), page.locator(_ROWS).count()
    page.wait_for_selector(f"{_ROWS}:nth-child({n + 3})")
    assert abs(page.evaluate(top) - before) < 2
    assert page.evaluate("document.activeElement.matches('section[aria-labelledby=experiments] .scroll')")
    assert act.get_attribute("open") is not None
    assert act.locator("input[name=note]").input_value() == "because"
    # Its version came along, so that the campaign can be ended with this note as it is now.
    drawn = page.locator("#run-part .run").get_attribute("data-version")
    assert act.locator("input[name=expected]").input_value() == drawn
    assert watched.overflow() == 0
    page.wait_for_selector('#run-part .run[data-goes="no"]', timeout=90_000)
    assert page.locator(_ROWS).count() == 14
    assert page.evaluate("window.isTheSame")
    assert abs(page.evaluate(top) - before) < 2
    # It was told in sentences, not every second; the last one says why it ended.
    heard = page.evaluate("window.heard")
    assert 1 <= len(heard) <= 6, heard
    assert ("上限" if language == "ja" else "used up") in heard[-1]
    # Times that came later are in the reader's zone like the others, and the button that copies is still there.
    assert page.locator("time.zoned").count() == page.locator("time.zoned[title]").count()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(4000)
    assert [url for url in asked if "/run/progress" in url] == []


def test_it_says_when_the_server_is_gone_and_goes_on_when_it_is_back(watched: Watched, demo: dict[str, Any]) -> None:
    folder = Path(demo["home"]) / "laboratories"
    folder.mkdir(exist_ok=True)
    (folder / "patient.toml").write_text(BENCH.replace("Teaching", "Patient") % "[3600, 3600]")
    language = watched.go("/").locator("html").get_attribute("lang")
    _campaign(watched, f"Cut off {language}")
    page = _start(watched, "patient", 5)
    press(page, page.locator("form.builder button.primary"))
    page.wait_for_selector("#run-part .state-running")
    assert not page.locator("#run-lost").is_visible()
    page.route("**/run/progress", lambda route: route.abort())
    page.wait_for_selector("#run-lost:not([hidden])")
    assert watched.overflow() == 0
    page.unroute("**/run/progress")
    page.wait_for_selector("#run-lost", state="hidden")
    watched.errors.clear()  # the browser calls requests that were cut off errors
    # The button is pressed from the keyboard while the page renews itself.
    page.locator('#run-part form[action$="/run/stop"] button').focus()
    page.wait_for_timeout(4000)
    assert page.evaluate("document.activeElement.matches('#run-part button.danger')")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_selector('#run-part .run[data-goes="no"]', timeout=90_000)
    assert page.locator("#run-part .state-abandoned").count() == 1


def test_without_javascript_there_is_a_link_that_shows_it_anew(
    chromium: Any, address: str, session: dict[str, str], demo: dict[str, Any]
) -> None:
    folder = Path(demo["home"]) / "laboratories"
    folder.mkdir(exist_ok=True)
    (folder / "quiet.toml").write_text(BENCH.replace("Teaching", "Quiet") % "[3600, 3600]")
    context = chromium.new_context(locale="en", java_script_enabled=False)
    try:
        context.add_cookies([session])
        watched = context.new_page()
        begun = context.request.post(f"{address}api/v1/campaigns", data=GLUE, headers={"origin": address.rstrip("/")})
        pid = begun.json()["id"]
        asked = {"laboratory": "quiet", "experiments": 3}
        origin = {"origin": address.rstrip("/")}
        run = context.request.post(f"{address}api/v1/campaigns/{pid}/run", data=asked, headers=origin)
        assert run.ok, run.text()
        watched.goto(f"{address}records/{pid}")
        link = watched.locator("#run-part noscript a")
        assert link.is_visible()
        link.click()
        assert watched.locator("#run-part .run").get_attribute("data-goes") == "yes"
        with watched.expect_navigation():
            watched.locator('#run-part form[action$="/run/stop"] button').click()
        for _ in range(60):
            # What the laboratory has is broken off within a second; who looks again sees it.
            if not link.count():
                break
            watched.wait_for_timeout(500)
            with watched.expect_navigation():
                link.click()
        assert watched.locator("#run-part .run").get_attribute("data-goes") == "no"
    finally:
        context.close()
