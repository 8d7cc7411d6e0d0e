"""The page of past experiments without scripts, and the pages of what comes of a table."""

from __future__ import annotations

import re
from typing import Any

import pytest

from kiban.operations.past_experiments import TableFile, keep_experiments
from kiban.records.parties.right import Role
from kiban.records.party import Asker

from .conftest import Program

TABLE = """試料名,焼成温度 [℃],雰囲気,Ti (at%),Al (at%),ビッカース硬さ (HV),誤差,備考
P-1,900,Ar,50,50,512,5,きれい
P-2,1000,N2,40,60,<5,,
"""
_FIELD = re.compile(r'name="(columns\.\d+\.\w+)"[^>]*?value="([^"]*)"')
_SELECT = re.compile(r'<select name="(columns\.\d+\.\w+)">(.*?)</select>', re.DOTALL)
_CHOSEN = re.compile(r'<option value="([^"]*)" selected')


def _post(program: Program, language: str = "ja", file: tuple[str, bytes] | None = None, **fields: str) -> Any:
    files = {"file": file} if file is not None else {name: (None, value) for name, value in fields.items()}
    data = fields if file is not None else None
    return program.ask("POST", f"/experiments?lang={language}", files=files, data=data)


def _fields(html: str) -> dict[str, str]:
    """What a browser would send of the form over the columns."""
    found = dict(_FIELD.findall(html))
    for name, options in _SELECT.findall(html):
        found[name] = next(iter(_CHOSEN.findall(options)), "")
    for name in re.findall(r'type="checkbox" name="(columns\.\d+\.is_text)" checked', html):
        found[name] = "on"
    for name in ("content", "name", "looked", "kept", "table"):
        match = re.search(rf'name="{name}" value="([^"]*)"', html)
        assert match is not None, name
        found[name] = match[1]
    return found


def test_faults_are_named_in_the_language_of_the_page(program: Program) -> None:
    answer = _post(program, file=("p.csv", TABLE.encode("cp932")), do="look")
    assert answer.status_code == 200
    assert "3行目（セルF3）：" in answer.text
    assert "範囲であり、値ではありません。" in answer.text
    assert 'lang="en"' not in answer.text.partition("<main")[2].partition("</main>")[0]


def test_what_was_changed_is_looked_at_before_it_is_kept(program: Program) -> None:
    fields = _fields(_post(program, file=("q.csv", TABLE.replace("P-", "Q-").encode()), do="look").text)
    changed = fields | {"columns.7.role": "ignored", "do": "keep", "leaves_out_wrong": "on"}
    answer = _post(program, **changed)
    assert "列の意味が変更されました。" in answer.text
    answer = _post(program, **(_fields(answer.text) | {"do": "keep", "leaves_out_wrong": "on"}))
    assert "保存しました" in answer.text
    assert "読み取れないため除いた行：3" in answer.text
    answer = _post(program, do="withdraw", table="q.csv")
    assert "取り消しました" in answer.text


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"columns.1.unit": "foo"}, "焼成温度 [℃]"),
        ({"columns.7.role": "sample"}, "意味が重複しています"),
        ({"columns.6.k": "two"}, "two"),
        ({"columns.0.role": "colour"}, ""),
        ({"content": "%%%"}, ""),
    ],
)
def test_what_contradicts_itself_is_told_over_the_form(program: Program, change: dict[str, str], told: str) -> None:
    fields = _fields(_post(program, file=("r.csv", TABLE.encode()), do="look").text)
    answer = _post(program, **(fields | {"do": "look"} | change))
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert told in answer.text


def test_a_file_that_is_no_table_is_told(program: Program) -> None:
    answer = _post(program, file=("s.csv", b"1,2\n3,4\n"), do="look")
    assert answer.status_code == 422
    assert "列名の行が見つかりません" in answer.text


@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_comes_of_a_table_has_its_pages(program: Program, language: str) -> None:
    asker = Asker(party="operator", roles={program.resources.project: Role.OWNER})
    text = TABLE.replace("P-", f"{language}-").replace("<5", "530")
    file = TableFile(content=text.encode(), name=f"{language} pages.csv")
    kept = keep_experiments(asker, program.resources, file)
    row = kept.rows[0]
    page = program.get(f"/records/{row.pid}?lang={language}").text
    assert "512" in page
    assert "900" in page
    assert "きれい" in page
    for record in kept.made.records:
        assert program.get(f"/records/{record.pid}?lang={language}").status_code == 200
    shown = program.get(f"/api/v1/records/{row.pid}").json()
    assert program.get(f"/templates/{shown['document']['template']['id']}?lang={language}").status_code == 200
