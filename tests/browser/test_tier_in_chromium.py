"""In the browser: a record is deposited closed, opened after a look at what that changes, and closed again."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Watched

pytestmark = pytest.mark.browser

ROWS = "\n".join(f"{i},{2 * i}.5" for i in range(40))


def _status(chromium: Any, address: str) -> int:
    """What nobody in particular gets."""
    context = chromium.new_context()
    found = context.new_page().goto(address)
    context.close()
    return int(found.status)


def test_a_record_is_opened_after_a_look_and_closed_again(watched: Watched, chromium: Any) -> None:
    page = watched.go("/deposit")
    language = page.evaluate("document.documentElement.lang")
    page.select_option("#tier", "closed")
    content = f"# browser {language}\nTemperature (K),Resistance (ohm)\n{ROWS}\n".encode()
    page.set_input_files("#files", [{"name": f"tier-{language}.csv", "mimeType": "text/csv", "buffer": content}])
    link = page.locator("#arrivals a[href^='/records/']").first
    link.wait_for()
    record = watched.address.rstrip("/") + str(link.get_attribute("href"))
    assert _status(chromium, record) == 404
    page.goto(record)
    page.locator("a.tier-link").click()
    page.wait_for_url("**/access")
    assert watched.overflow() <= 0
    page.locator("a[href^='/tier?record=']").click()
    page.wait_for_url("**/tier?record=*")
    page.select_option("select[name=tier]", "open")
    page.locator("form:has(select[name=tier]) button").click()
    page.wait_for_selector("input[name=mark]", state="attached")
    assert page.locator(".public-warning").is_visible()
    assert watched.overflow() <= 0
    assert _status(chromium, record) == 404  # it was only looked at
    page.locator("form:has(input[name=mark]) button.primary").click()
    page.wait_for_url("**/changes/*")
    assert _status(chromium, record) == 200
    page.locator("form:has(input[name=mark]) button").click()
    page.wait_for_url("**/access")
    assert _status(chromium, record) == 404
    # A stranger's empty hands are what the browser reports; nothing else went wrong.
    assert not watched.violations
