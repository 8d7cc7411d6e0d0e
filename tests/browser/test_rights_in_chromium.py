"""Rights are stated in the browser: contributors are added, roles ticked, and nothing is lost on the way back."""

from __future__ import annotations

import pytest

from kiban.records.identity import new_uuid

from .conftest import Watched

pytestmark = pytest.mark.browser

_MAKE = """name => fetch("/api/v1/samples", {
  method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ name })
}).then(answer => answer.json()).then(record => record.id)"""


def test_rights_are_stated_changed_and_withdrawn(watched: Watched) -> None:
    page = watched.go("/")
    pid = page.evaluate(_MAKE, f"rights {new_uuid()}")
    page = watched.go(f"/records/{pid}/rights?lang=en")
    assert watched.overflow() <= 0
    page.locator("select[name='rights.licence']").select_option("CC-BY-4.0")
    page.locator("[name='rights.rights_holder.name']").fill("Example University")
    page.locator("[name='rights.contributors.0.name']").fill("佐藤 花子")
    page.locator("[name='rights.contributors.0.orcid']").fill("https://orcid.org/0000-0002-1825-0098")
    page.locator("button[data-to='rights.contributors']").click()
    rows = page.locator("[data-rows='rights.contributors'] > li")
    assert rows.count() == 2
    rows.nth(1).locator("input[name$='.name']").fill("J. Doe")
    rows.nth(1).get_by_label("Software").check()
    page.get_by_role("button", name="Save").click()
    problem = page.locator(".problem").first
    assert "last digit does not fit" in problem.inner_text()
    assert ["422" in error for error in watched.errors] == [True]  # the browser tells of the refusal
    watched.errors.clear()
    assert page.locator("[name='rights.contributors.1.name']").input_value() == "J. Doe"
    assert page.locator("[name='rights.contributors.1.roles.8']").is_checked()
    page.locator("[name='rights.contributors.0.orcid']").fill("0000-0002-1825-0097")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(f"**/records/{pid}*#rights")
    section = page.locator("section.rights")
    for text in ("Stated for this record.", "Attribution 4.0", "Example University", "佐藤 花子", "J. Doe", "Software"):
        assert text in section.inner_text(), text
    assert watched.overflow() <= 0
    page.get_by_role("link", name="State licence and rights").click()
    page.wait_for_url(f"**/records/{pid}/rights")
    assert page.locator("[data-rows='rights.contributors'] > li").count() == 2
    assert page.locator("[name='rights.contributors.0.orcid']").input_value() == "0000-0002-1825-0097"
    page.get_by_role("button", name="Withdraw").click()
    page.wait_for_url(f"**/records/{pid}*#rights")
    assert "No licence and no rights holder" in page.locator("section.rights").inner_text()
