"""A laboratory is begun with, watched and stopped on the campaign's page."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest

from .conftest import Watched
from .test_campaign_journey import press

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
