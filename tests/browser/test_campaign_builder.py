"""The builder of campaigns in a browser: what is folded away opens where it is needed, and uploaded tables stay."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .conftest import Watched
from .test_campaign_journey import press

pytestmark = pytest.mark.browser

POOL = "temperature [degC],gas,label\n" + "".join(f"{900 + 25 * i},{('Ar', 'N2')[i % 2]},p{i}\n" for i in range(60))
GASES = "gas,mass,price\nAr,39.9,1\nN2,28.0,0.2\n"


def test_a_list_is_uploaded_words_are_described_and_outcomes_weighed(watched: Watched, tmp_path: Path) -> None:
    page = watched.go("/campaigns/new")
    pool, gases = tmp_path / "pool.csv", tmp_path / "gases.csv"
    pool.write_text(POOL, encoding="utf-8")
    gases.write_text(GASES, encoding="utf-8")
    # Weights are asked for only where outcomes are weighed.
    assert not page.locator('input[name="outcomes.0.weight"]').is_visible()
    assert not page.locator('textarea[name="list"]').is_visible()
    page.locator('input[name="name"]').fill("Harder film")
    page.locator('input[name="outcomes.0.name"]').fill("hardness")
    page.locator('input[name="outcomes.0.unit"]').fill("GPa")
    press(page, page.locator('button[value="add:outcomes"]'))
    page.locator('input[name="outcomes.1.name"]').fill("density")
    page.locator('select[name="outcomes.1.goal"]').select_option("minimise")
    page.locator('input[name="outcomes.1.unit"]').fill("g/cm**3")
    page.locator('input[name="way"][value="weighted"]').check()
    for i, (weight, low, high) in enumerate((("2", "1", "5"), ("", "4", "8"))):
        page.locator(f'input[name="outcomes.{i}.weight"]').fill(weight)
        page.locator(f'input[name="outcomes.{i}.scale_low"]').fill(low)
        page.locator(f'input[name="outcomes.{i}.scale_high"]').fill(high)
    # A chosen file is taken at once: it proposes the parameters, and stays in the form.
    page.locator("section[aria-labelledby=list] summary").click()
    with page.expect_navigation():
        page.locator('input[name="list_file"]').set_input_files(pool)
    assert page.locator('input[name="parameters.0.name"]').input_value() == "temperature"
    assert page.locator('input[name="parameters.0.high"]').input_value() == "2375"
    assert page.locator('input[name="parameters.1.name"]').input_value() == "gas"
    assert page.locator('textarea[name="list"]').is_visible()
    assert page.locator('input[name="outcomes.0.weight"]').input_value() == "2"
    assert watched.overflow() == 0
    rows = page.locator("section[aria-labelledby=parameters] li.row")
    rows.nth(1).locator("summary").click()
    with page.expect_navigation():
        page.locator('input[name="parameters.1.file"]').set_input_files(gases)
    assert "39.9" in page.locator('textarea[name="parameters.1.descriptors"]').input_value()
    # What is wrong in the table is named by its row, and the place is open.
    table = page.locator('textarea[name="list"]')
    whole = table.input_value()
    table.fill(whole.replace("925", "warm", 1))
    press(page, page.locator('.sticky button[value="look"]'))
    watched.errors.clear()  # the browser calls the answer 422 an error
    assert table.get_attribute("aria-invalid") == "true"
    problem = page.locator("section[aria-labelledby=list] .problem").inner_text()
    assert "3" in problem
    assert "temperature" in problem
    assert watched.overflow() == 0
    table.fill(whole)
    press(page, page.locator('.sticky button[value="look"]'))
    assert "60" in page.locator("section.look").inner_text()
    press(page, page.locator('.sticky button[value="begin"]'))
    assert re.search(r"/records/kb:", page.url)
    assert page.locator("ol.next li, .next li").count() >= 1
    assert watched.overflow() == 0
