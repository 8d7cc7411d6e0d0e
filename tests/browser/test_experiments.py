"""A person drops a table of what was tried, corrects a column, keeps its rows, and takes them back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .conftest import Watched

pytestmark = pytest.mark.browser

TABLE = """試料名,焼成温度 [℃],雰囲気,Hardness,膜厚/nm,備考
BX-1,900,Ar,512,100,きれい
BX-2,1000,Ar,530,101,
BX-3,1100,N2,541,<5,割れ
"""


def column(page: Any, header: str) -> Any:
    return page.locator(".column", has=page.get_by_role("heading", name=header, exact=True))


def field(page: Any, header: str, name: str) -> Any:
    return column(page, header).locator(f'[name$=".{name}"]')


def test_a_table_is_looked_at_corrected_kept_and_withdrawn(watched: Watched, tmp_path: Path) -> None:
    page = watched.go("/experiments")
    language = page.locator("html").get_attribute("lang")
    path = tmp_path / f"tried-{language}.csv"
    path.write_text(TABLE.replace("BX", f"B{language}"), encoding="cp932")
    page.locator('#drop input[type="file"]').set_input_files(path)
    page.locator('#drop-table button[value="look"]').click()
    # What the headers say is chosen already; only the fields of a meaning are shown.
    assert field(page, "焼成温度 [℃]", "role").input_value() == "parameter"
    assert field(page, "焼成温度 [℃]", "unit").input_value() == "degC"
    assert field(page, "試料名", "role").input_value() == "sample"
    assert not field(page, "試料名", "key").is_visible()
    assert field(page, "雰囲気", "is_text").is_checked()
    assert not field(page, "雰囲気", "unit").is_visible()
    # A hardness without a unit cannot be kept: the person says that it is one of Vickers.
    assert page.locator('button[value="keep"]').count() == 0
    assert "GPa" in page.locator(".wrong").inner_text()
    field(page, "Hardness", "key").fill("ビッカース硬さ")
    field(page, "Hardness", "unit").fill("kgf/mm**2")
    page.locator('button[value="look"]').first.click()
    assert field(page, "Hardness", "key").input_value() == "vickers_hardness"
    assert "F" not in page.locator(".cell-problems b").first.inner_text()
    assert "E4" in page.locator(".cell-problems b").first.inner_text()
    first = page.locator("table.read tbody tr").first.inner_text()
    assert first.split()[:4] == ["2", f"B{language}-1", "900", "Ar"]
    assert watched.overflow() == 0
    # What was changed after the look is looked at again before it is kept.
    field(page, "備考", "role").select_option("ignored")
    page.locator('input[name="leaves_out_wrong"]').check()
    page.locator('button[value="keep"]').click()
    assert page.locator(".notice").count() == 1
    assert "備考" in page.locator("section[aria-labelledby=would]").inner_text()
    page.locator('input[name="leaves_out_wrong"]').check()
    page.locator('button[value="keep"]').click()
    assert page.locator("section[aria-labelledby=done]").count() == 1
    page.locator("section[aria-labelledby=done] a.primary").click()
    assert f"B{language}-1" in page.locator("main").inner_text()
    watched.go(f"/experiments?table={path.name}")
    page.locator("section[aria-labelledby=withdraw-title] summary").click()
    page.locator('button[value="withdraw"]').click()
    assert path.name in page.locator(".notice").inner_text()
    assert page.locator("section[aria-labelledby=withdraw-title]").count() == 0


def test_how_far_a_large_table_is_kept_is_said(watched: Watched, tmp_path: Path) -> None:
    page = watched.go("/experiments")
    language = page.locator("html").get_attribute("lang")
    rows = "".join(f"L{language}-{i},{800 + i % 300},{1 + i / 1000:.3f}\n" for i in range(1500))
    path = tmp_path / f"large-{language}.csv"
    path.write_text(f"Sample,Temperature [degC],Hardness [GPa]\n{rows}", encoding="utf-8")
    page.locator('#drop input[type="file"]').set_input_files(path)
    page.locator('#drop-table button[value="look"]').click()
    assert not page.locator("#keeping").is_visible()
    # While the answer is awaited nothing on the page can be asked: it writes down itself what it says.
    page.evaluate(
        """() => {
          const said = document.querySelector("#keeping");
          new MutationObserver(() => {
            const line = `${said.querySelector("span").textContent} ${said.querySelector("progress").value}`;
            sessionStorage.setItem("said", `${sessionStorage.getItem("said") ?? ""}${line}\\n`);
          }).observe(said, { subtree: true, childList: true, attributes: true, characterData: true });
        }"""
    )
    page.evaluate(
        """() => {
          const heard = document.querySelector("#keeping-said");
          new MutationObserver(() => {
            const button = document.querySelector('button[value="keep"]');
            const line = `${heard.textContent}|${button.disabled}`;
            sessionStorage.setItem("heard", `${sessionStorage.getItem("heard") ?? ""}${line}\\n`);
          }).observe(heard, { childList: true });
        }"""
    )
    with page.expect_navigation(timeout=180_000):
        page.locator('button[value="keep"]').click(no_wait_after=True)
    lines = page.evaluate("sessionStorage.getItem('said')").splitlines()
    counted = [line for line in lines if "4,50" in line and float(line.split()[-1]) > 0]
    assert counted, lines
    # Who listens is told each thing that is done, and not each part of it; the button cannot be pressed twice.
    heard = page.evaluate("sessionStorage.getItem('heard')").splitlines()
    assert 2 <= len(heard) < len(set(lines)) + 2
    assert len({line.partition("|")[0] for line in heard}) == len(heard)
    assert heard[-1].endswith("|true"), heard
    assert "1500" in page.locator("section[aria-labelledby=done]").inner_text().replace(",", "")
