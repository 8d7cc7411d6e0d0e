"""A designer makes a template, a colleague fills it in, and the template changes: no old record gets lost by it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import openpyxl
import pytest

from .conftest import Watched

pytestmark = pytest.mark.browser

FIELDS: tuple[tuple[str, str, str, str], ...] = (
    ("Thickness", "膜厚", "quantity", "nm"),
    ("Substrate", "基板", "choice", ""),
    ("Deposition rate", "成膜速度", "quantity", "nm/min"),
    ("Pressure", "圧力", "quantity", "Pa"),
    ("Target", "ターゲット", "text", ""),
    ("Made on", "作製日", "date", ""),
    ("Remark", "備考", "text", ""),
    ("Annealed", "熱処理の有無", "truth", ""),
    ("Layers", "層数", "number", ""),
    ("Made from", "元の試料", "reference", ""),
    ("Stack", "積層構成", "table", ""),
    ("Source", "原料", "group", ""),
)


def rows(page: Any) -> Any:
    return page.locator('.tf-list[data-level="1"] > li.tf')


def part(row: Any, name: str) -> Any:
    """A box of a field's own, not of the fields inside it."""
    return row.locator(f'> .tf-head [name$=".{name}"], > .more [name$=".{name}"]').first


def write_field(row: Any, english: str, japanese: str, kind: str, unit: str) -> None:
    part(row, "label.en").fill(english)
    part(row, "label.ja").fill(japanese)
    part(row, "kind").select_option(kind)
    if unit:
        part(row, "unit").fill(unit)


def write_part(row: Any, number: int, english: str, japanese: str, kind: str, unit: str = "") -> None:
    row.locator('> .parts > [data-do="add-part"]').click()
    write_field(row.locator(".parts li.tf").nth(number), english, japanese, kind, unit)


def said(page: Any, label: str) -> str:
    """What a record's page says of a field, under its label in the page's language."""
    words = {english: japanese for english, japanese, _, _ in FIELDS}
    shown = words[label] if page.locator("html").get_attribute("lang") == "ja" else label
    return str(page.locator("table.described tr", has_text=shown).first.locator("td").first.inner_text())


def version(page: Any) -> int:
    """The version of the template that the record was made with, as its page says."""
    address = page.locator('.facts a[href*="?version="]').get_attribute("href")
    return int(address.rpartition("=")[2])


def design(watched: Watched, name: str) -> str:
    """Make the template in the page; its address."""
    page = watched.go("/templates/new?applies_to=sample")
    page.locator('[name="label.en"]').fill(f"Thin film {name}")
    page.locator('[name="label.ja"]').fill(f"薄膜 {name}")
    page.locator('[name="name"]').fill(name)
    for number, given in enumerate(FIELDS):
        if number:
            page.locator('[data-do="add-field"]').click()
        write_field(rows(page).nth(number), *given)
    thickness, substrate, stack, source = (rows(page).nth(n) for n in (0, 1, 10, 11))
    part(thickness, "need").select_option("required")
    thickness.locator("> .more summary").click()
    part(thickness, "maximum").fill("1000")
    # Everything by keyboard: the box of a key is filled from the English label, the unit says what it measures.
    assert part(rows(page).nth(2), "key").input_value() == "deposition_rate"
    page.get_by_text("[length] / [time]", exact=True).wait_for()
    substrate.locator('.option [name$=".key"]').fill("si")
    substrate.locator('.option [name$=".en"]').fill("silicon")
    substrate.locator('[data-do="add-option"]').click()
    page.keyboard.type("glass")
    write_part(stack, 0, "Layer", "層", "text")
    write_part(stack, 1, "Depth", "深さ", "quantity", "nm")
    write_part(source, 0, "Maker", "製造元", "text")
    part(rows(page).nth(9), "label.en").focus()
    page.keyboard.press("Alt+ArrowUp")
    assert part(rows(page).nth(8), "key").input_value() == "made_from"
    page.locator('[data-do="undo"]').click()
    assert part(rows(page).nth(9), "key").input_value() == "made_from"
    rows(page).nth(4).locator('> .tf-head [data-do="remove"]').click()
    assert rows(page).count() == 11
    page.locator('[data-do="undo"]').click()
    assert part(rows(page).nth(4), "key").input_value() == "target"
    assert watched.overflow() <= 0
    page.locator('button[value="review"]').click()
    page.locator('button[value="save"]').click()
    page.wait_for_url("**/templates/kb:*")
    assert page.locator(".template-fields tbody tr").count() == len(FIELDS) + 3
    assert watched.overflow() <= 0
    return str(page.url).partition("#")[0].removeprefix(watched.address)


def fill_form(watched: Watched, pid: str, name: str) -> str:
    """Fill the form in, with a mistake first; the address of the record."""
    page = watched.go(f"/samples/new?template={pid}")
    page.locator('[name="name"]').fill(name)
    page.locator('[name="values.thickness"]').fill("2 mm")
    page.locator('[name="values.thickness"]').blur()
    page.locator('[data-key="thickness"] .says', has_text="2×10⁶ nm").wait_for()
    page.locator('[name="values.substrate"][value="si"]').check()
    page.locator('[name="values.stack.0.layer"]').focus()
    page.evaluate(
        """text => { const data = new DataTransfer(); data.setData("text/plain", text);
        document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})); }""",  # noqa: E501
        "Ti\t5\nPt\t20(1) nm\nTi\t5\nAu\t50 nm",
    )
    assert page.locator(".entry tbody tr").count() == 4
    assert watched.overflow() <= 0
    page.locator(".record-form button.primary").click()
    page.wait_for_selector(".problem")
    assert page.locator('[name="values.thickness"]').input_value() == "2 mm"
    assert page.locator(".entry tbody tr").count() == 4
    page.locator('[name="values.thickness"]').fill("120(5) nm")
    page.locator(".record-form button.primary").click()
    page.wait_for_url("**/records/*")
    assert said(page, "Thickness") == "120(5) nm"
    assert page.locator("table.inner tbody tr").count() == 4
    assert watched.overflow() <= 0
    return str(page.url)


def fill_sheet(watched: Watched, address: str, folder: Path, sizes: dict[str, Any]) -> None:
    page = watched.go(f"{address}/spreadsheet")
    with page.expect_download() as coming:
        page.locator("a[download]").click()
    path = folder / "filled.xlsx"
    coming.value.save_as(path)
    workbook = openpyxl.load_workbook(path)
    sheet = workbook.worksheets[0]
    column = next(cell.column for cell in sheet[1] if cell.value == "thickness")
    for spoilt in (True, False):
        for number, (name, size) in enumerate(sizes.items(), 5):
            sheet.cell(number, 1, name)
            sheet.cell(number, column, "thick" if spoilt and number == 6 else size)
        workbook.save(path)
        page.set_input_files('input[name="file"]', str(path))
        page.locator('button[value="preview"]').click()
        page.wait_for_selector("#preview")
        assert page.locator(".cell-problems li").count() == (1 if spoilt else 0)
    assert watched.overflow() <= 0
    page.locator('button[value="keep"]').click()
    page.wait_for_url("**/search?q=*")


def found(watched: Watched, question: str) -> set[str]:
    answer = watched.page.request.get(f"{watched.address}api/v1/records?q={quote(question)}&limit=100")
    return {hit["title"] for hit in answer.json()["hits"]}


def test_no_change_of_a_template_breaks_or_rewrites_what_is_stored(
    watched: Watched, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    mark = request.node.callspec.id.replace("-", "_")
    address = design(watched, f"film_{mark}")
    pid = address.rpartition("/")[2]
    names = [f"{mark} {n}" for n in (1, 2, 3, 4)]
    by_form = fill_form(watched, pid, names[0])
    fill_sheet(watched, address, tmp_path, {names[1]: 50, names[2]: "0.4 um", names[3]: 900})
    assert found(watched, f'template = "{pid}"') == set(names)

    # The designer adds a field, renames one, tightens its bound, and takes one out.
    page = watched.go(f"{address}/edit")
    thickness, remark = rows(page).nth(0), rows(page).nth(6)
    part(thickness, "key").fill("film_thickness")
    assert thickness.locator(".was").first.is_visible()
    thickness.locator("> .more summary").click()
    part(thickness, "maximum").fill("300")
    remark.locator('> .tf-head [data-do="remove"]').click()
    page.locator('[data-do="add-field"]').click()
    write_field(rows(page).last, "Supplier", "供給元", "text", "")
    page.locator('button[value="review"]').click()
    page.locator(".changes tbody tr").first.wait_for()
    assert page.locator(".changes tbody tr").count() == 4
    assert page.locator(".fates a").all_inner_texts() == [names[3], names[2]]
    assert watched.overflow() <= 0
    page.locator('button[value="edit"]').click()
    assert part(rows(page).nth(0), "key").input_value() == "film_thickness"
    page.locator('button[value="review"]').click()
    page.locator('button[value="save"]').click()
    page.wait_for_url(re.compile(r"/templates/kb:[\w-]+$"))

    # Every old record can be read, found under both names of the field, and taken away.
    page.goto(by_form)
    assert said(page, "Thickness") == "120(5) nm"
    for question in ("field.thickness > 0 nm", "field.film_thickness > 0 nm"):
        assert found(watched, f'template = "{pid}" AND {question}') == set(names)
    record = page.request.get(by_form.replace("/records/", "/api/v1/records/")).json()
    assert record["document"]["values"]["thickness"]["value"] == 120
    table = page.request.get(
        f"{watched.address}api/v1/tables?q={quote(f'template = {pid!r}'.replace(chr(39), chr(34)))}"
    )
    assert all(name in table.text() for name in names)

    # Those that fit are carried over, and that is taken back.
    page = watched.go(f"{address}/migrate")
    page.locator('[name="leaves_refused"]').check()
    page.locator('button[value="migrate"]').click()
    page.wait_for_url("**#migrations")
    page.goto(by_form)
    assert said(page, "Thickness") == "120(5) nm"
    assert version(page) == 2
    page = watched.go(address)
    page.locator("form.inline button").click()
    page.wait_for_selector("#migrations ~ ul .badge")
    page.goto(by_form)
    assert said(page, "Thickness") == "120(5) nm"
    assert version(page) == 1
    assert found(watched, f'template = "{pid}"') == set(names)
    # The browser tells of the two pages that were answered with a refusal: the form's and the spreadsheet's.
    refused = [told for told in watched.errors if "status of 422" in told]
    assert len(refused) == 2
    watched.errors[:] = [told for told in watched.errors if told not in refused]


def test_leaving_with_unsaved_changes_is_warned_of(watched: Watched) -> None:
    page = watched.go("/templates/new?applies_to=process")
    asked: list[str] = []

    def leave(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.locator('[name="name"]').click()
    page.keyboard.type("half done")
    page.locator(".brand").click()
    page.wait_for_url(watched.address)
    assert asked == ["beforeunload"]
