"""The platform starts with one command, answers, and stops cleanly."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from .conftest import Kiban


def _ready(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, process.stderr.read() if process.stderr is not None else ""
    document: dict[str, Any] = json.loads(line)
    return document


def _servers_of(home: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if any(str(home) in part for part in process.info["cmdline"] or ()):
            found.append(process)
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_up_answers_and_stops_without_leaving_anything(kiban: Kiban, number: signal.Signals) -> None:
    process = kiban.start("up", "--port", "0", "--json")
    try:
        said = _ready(process)
        assert Path(said["home"]) == kiban.home
        with httpx.Client(base_url=said["address"]) as client:
            page = client.get("/", headers={"accept-language": "ja"})
            assert page.status_code == 200
            assert '<html lang="ja"' in page.text
            made = client.post(
                "/api/v1/deposits",
                params={"name": "r.csv"},
                content=b"T (K),R (ohm)\n1,2\n2,3\n3,4\n4,5\n",
                headers={"content-type": "application/octet-stream"},
            )
            assert made.json()["status"] == "structured"
            # A connection that a browser keeps open must not hold the stop up.
            process.send_signal(number)
            assert process.wait(timeout=15) == 0
    finally:
        process.kill()
    deadline = time.monotonic() + 10
    while _servers_of(kiban.home) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert _servers_of(kiban.home) == []
    # What was deposited through the page is found by the terminal.
    [hit] = kiban.lines("find", 'kind = "measurement"')
    assert hit["file"] == "r.csv"


def test_the_terminal_works_while_the_platform_is_up(kiban: Kiban, many_files) -> None:  # type: ignore[no-untyped-def]
    process = kiban.start("up", "--port", "0", "--json")
    try:
        address = _ready(process)["address"]
        assert len(kiban.lines("deposit", many_files(5))) == 5
        answer = httpx.get(f"{address}api/v1/search", params={"q": 'kind = "measurement"'}).json()
        assert answer["total"] == 5
        process.terminate()
        assert process.wait(timeout=15) == 0
    finally:
        process.kill()


def test_a_port_that_is_taken_is_told(kiban: Kiban, tmp_path: Path) -> None:
    process = kiban.start("up", "--port", "0", "--json")
    try:
        port = httpx.URL(_ready(process)["address"]).port
        other = Kiban(tmp_path / "other").run("up", "--port", str(port), "--json", timeout=60)
        assert other.returncode == 1
        assert json.loads(other.stdout)["error"] == "InvalidSetting"
        assert "Traceback" not in other.stderr
    finally:
        process.terminate()
        process.wait(timeout=15)


@pytest.mark.slow
def test_the_demo_has_something_on_every_page_and_starts_again_at_once(kiban: Kiban) -> None:
    for attempt in range(2):
        process = kiban.start("demo", "--port", "0", "--home", kiban.home, "--json")
        try:
            address = _ready(process)["address"]
            answer = httpx.get(f"{address}api/v1/search", params={"q": "", "facets": "kind"}).json()
            counts = dict(answer["facets"]["kind"])
            assert counts["sample"] >= 5, attempt
            assert counts["measurement"] >= 30
            assert httpx.get(f"{address}api/v1/files", params={"status": "quarantined"}).json()["files"]
            process.terminate()
            assert process.wait(timeout=15) == 0
        finally:
            process.kill()
