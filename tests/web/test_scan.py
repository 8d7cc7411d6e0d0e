"""The page to scan labels on."""

from __future__ import annotations

import itertools
import re

import pytest

from .conftest import SWEEP, Program

NUMBERS = itertools.count()


@pytest.fixture(name="pid")
def _pid(program: Program) -> str:
    body = {"name": f"scanned {next(NUMBERS)}", "formula": "TiO2", "hazards": ["H315"], "location": "Room 3"}
    return str(program.ask("POST", "/api/v1/samples", json=body).json()["id"])


def scan(program: Program, code: str, language: str = "en") -> tuple[int, str]:
    answer = program.get("/scan", params={"code": code, "lang": language})
    return answer.status_code, answer.text


def test_a_scanned_sample_is_found_with_what_can_be_done_next(program: Program, pid: str) -> None:
    for code in (pid, pid.upper(), pid[3:], f"https://kiban.example.org/id/{pid}"):
        status, text = scan(program, code)
        assert status == 200
        for address in (f"/records/{pid}", f"/deposit?sample={pid}", f"/labels?id={pid}"):
            assert f'href="{address}"' in text
        assert set(re.findall(rf'action="/records/{pid}/(\w+)"', text)) == {"move", "process", "divide"}
        assert "Room 3" in text
        assert "Causes skin irritation" in text
    assert "次に何をしますか" in scan(program, pid, "ja")[1]


def test_what_is_left_of_nothing_is_not_divided(program: Program, pid: str) -> None:
    program.ask("PATCH", f"/api/v1/samples/{pid}", json={"state": "consumed"})
    text = scan(program, pid)[1]
    assert "This sample is used up." in text
    assert f"/records/{pid}/divide" not in text


def test_other_records_are_found_too(program: Program) -> None:
    measured = program.deposit("scan.csv", SWEEP % b"scan")["measurement"]
    status, text = scan(program, measured)
    assert (status, f'href="/records/{measured}"' in text, "/deposit?sample=" in text) == (200, True, False)


@pytest.mark.parametrize("code", ["x", "kb:7Q4M-2KXD-99", "kb:0000-0000-00", "https://example.org", "<b>"])
def test_what_is_not_there_is_told_and_stays_in_the_box(program: Program, code: str) -> None:
    status, text = scan(program, code)
    assert status == 404
    assert 'role="alert"' in text
    assert '<b>"' not in text
    assert f'value="{code.replace("<", "&lt;").replace(">", "&gt;")}"' in text


def test_the_newest_samples_are_there_before_anything_is_scanned(program: Program, pid: str, empty: Program) -> None:
    assert f'href="/records/{pid}"' in program.get("/scan").text
    assert "There are no samples yet." in empty.get("/scan?lang=en").text


def test_only_this_page_may_use_the_camera(program: Program, pid: str) -> None:
    for address in ("/scan", f"/scan?code={pid}", "/scan?code=x"):
        assert "camera=(self)" in program.get(address).headers["permissions-policy"]
    for address in ("/", f"/records/{pid}", "/labels", "/api/v1/health"):
        assert "camera=()" in program.get(address).headers["permissions-policy"]
    assert (
        program.get("/scan").headers["content-security-policy"] == program.get("/").headers["content-security-policy"]
    )


def test_files_are_deposited_for_a_scanned_sample(program: Program, pid: str) -> None:
    assert f'id="sample" value="{pid}"' in program.get(f"/deposit?sample={pid}").text
    assert 'value="&#34;&gt;&lt;b&gt;"' in program.get('/deposit?sample="><b>').text
    measured = program.deposit("for.csv", SWEEP % b"for", sample=pid)["measurement"]
    assert program.get(f"/api/v1/records/{measured}").json()["sample"]["id"] == pid


def test_a_process_is_recorded_on_the_page(program: Program, pid: str) -> None:
    n = next(NUMBERS)
    fields = {"name": f" run {n} ", "outputs": f"out {n} a\r\n\r\nout {n} b", "uses_up": "1", "expected": "1"}
    answer = program.ask("POST", f"/records/{pid}/process", data=fields)
    assert answer.status_code == 303
    page = program.get(answer.headers["location"]).text
    assert all(f"out {n} {letter}" in page for letter in "ab")
    made = program.get("/api/v1/search", params={"q": f'title = "out {n} a"'}).json()["hits"][0]["id"]
    assert program.get(f"/api/v1/records/{made}").json()["document"]["formula"] == "TiO2"
    assert program.ask("POST", f"/records/{pid}/process", data={"name": "again"}).status_code == 422
