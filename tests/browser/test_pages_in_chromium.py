"""What a person does in the browser: look, drop, search, read, change the language; by mouse and by keyboard."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from .conftest import Watched

pytestmark = pytest.mark.browser


def test_the_first_page_shows_what_arrived_and_what_needs_attention(watched: Watched, tmp_path: Path) -> None:
    # What other tests have brought in meanwhile may have no curve.
    for n in range(4):
        rows = "".join(f"{t},{t * (n + 1.5)}\n" for t in range(30))
        answer = watched.page.request.post(
            f"{watched.address}api/v1/deposits?name=lately-{n}.csv",
            data=f"# {tmp_path}\nTemperature (K),Resistance (ohm)\n{rows}".encode(),
            headers={"origin": watched.address.rstrip("/"), "content-type": "application/octet-stream"},
            timeout=90_000,
        )
        assert answer.ok, answer.text()
    page = watched.go("/")
    assert page.locator("article.hit").count() >= 6
    assert page.locator("article.hit svg.sparkline polyline").count() >= 4
    assert page.get_by_text("TiO2-A600_interrupted.xrdml").count() >= 1
    assert watched.overflow() <= 0


def test_the_language_changes_and_is_remembered(watched: Watched) -> None:
    page = watched.go("/")
    page.get_by_role("link", name="日本語").click()
    assert page.locator("html").get_attribute("lang") == "ja"
    page = watched.go("/search")
    assert page.locator("html").get_attribute("lang") == "ja"
    page.get_by_role("link", name="English").click()
    assert watched.go("/files").locator("html").get_attribute("lang") == "en"


def test_a_dropped_file_becomes_a_record_with_a_plot(watched: Watched, new_table: Path) -> None:
    page = watched.go("/deposit")
    content = new_table.read_text()
    transfer = page.evaluate_handle(
        "c => { const t = new DataTransfer(); t.items.add(new File([c], 'resistance.csv')); return t; }",
        content,
    )
    page.dispatch_event("#drop", "drop", {"dataTransfer": transfer})
    page.wait_for_selector(".arrivals .status-structured")
    assert watched.overflow() <= 0
    page.locator(".arrivals a").first.click()
    page.wait_for_selector(".plot .main-svg")
    assert "resistance" in page.content()
    assert watched.overflow() <= 0


def test_several_chosen_files_each_get_their_word(watched: Watched, new_table: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.xrdml"
    damaged.write_bytes(b"<?xml version='1.0'?><xrdMeasurements xmlns='http://www.xrdml.com/XRDMeasurement/1.5'>")
    unknown = tmp_path / "unknown.bin"
    unknown.write_bytes(bytes(range(7)) * 99)
    page = watched.go("/deposit")
    page.set_input_files("#files", [str(new_table), str(damaged), str(unknown)])
    for status in ("structured", "quarantined", "kept"):
        page.wait_for_selector(f".arrivals .status-{status}")
    assert page.locator(".arrivals progress").count() == 0
    assert page.locator(".arrivals .reason").count() == 2


def test_a_question_is_answered_narrowed_and_opened_by_keyboard(watched: Watched) -> None:
    page = watched.go("/search")
    page.keyboard.type('technique = "xrd"')  # the field has the focus already
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    n_found = page.locator("article.hit").count()
    assert n_found >= 5
    sample = page.locator("nav.panel a", has_text="TiO2-A600")
    page.locator("nav.panel details", has_text="TiO2-A600").locator("summary").focus()
    page.keyboard.press("Enter")
    sample.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**A600**")
    assert 0 < page.locator("article.hit").count() < n_found
    page.locator("article.hit h3 a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".plot .main-svg")


def test_a_record_of_each_technique_draws_its_plot(watched: Watched) -> None:
    for technique in ("xrd", "raman", "ir", "uv_vis", "galvanostatic_cycling", "cyclic_voltammetry"):
        question = quote(f'technique = "{technique}"')
        page = watched.go(f"/search?q={question}")
        page.locator("article.hit h3 a").first.click()
        page.wait_for_selector(".plot .main-svg")
        assert page.locator("svg.provenance a").count() >= 2, technique
        assert watched.overflow() <= 0, technique


def test_a_sample_shows_all_that_is_known_of_it(watched: Watched) -> None:
    question = quote('kind = "sample" AND title = "TiO2-A600"')
    page = watched.go(f"/search?q={question}")
    page.locator("article.hit h3 a").first.click()
    assert page.locator("h1").inner_text() == "TiO2-A600"
    assert page.locator("svg.sparkline").count() >= 3
    assert watched.overflow() <= 0


def test_a_plot_can_be_turned_about(watched: Watched) -> None:
    question = quote('technique = "galvanostatic_cycling"')
    page = watched.go(f"/search?q={question}")
    page.locator("article.hit h3 a").first.click()
    page.wait_for_selector(".plot .main-svg")
    kind = "document.getElementById('plot')._fullLayout.yaxis.type"
    assert page.evaluate(kind) == "linear"
    page.locator("input[name=log_y]").check()
    assert page.evaluate(kind) == "log"
    before = page.locator(".plot .ytitle").text_content()
    page.locator("select[name=y]").select_option("current")
    assert page.locator(".plot .ytitle").text_content() != before
    # Currents of discharge are negative: that they are left out is told.
    assert page.locator("#plot-note").inner_text() != ""
