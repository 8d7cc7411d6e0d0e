"""The platform starts with one command, answers, and stops cleanly."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil
import pytest

from .conftest import Kiban


def _servers_of(home: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if any(str(home) in part for part in process.info["cmdline"] or ()):
            found.append(process)
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_up_answers_and_stops_without_leaving_anything(kiban: Kiban, number: signal.Signals) -> None:
    with kiban.serving("up", "--port", "0") as (process, said), kiban.logged_in(said) as client:
        assert Path(said["home"]) == kiban.home
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
    deadline = time.monotonic() + 10
    while _servers_of(kiban.home) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert _servers_of(kiban.home) == []
    # What was deposited through the page is found by the terminal.
    [hit] = kiban.lines("find", 'kind = "measurement"')
    assert hit["file"] == "r.csv"


def test_the_terminal_works_while_the_platform_is_up(kiban: Kiban, many_files: Callable[[int], Path]) -> None:
    with kiban.serving("up", "--port", "0") as (process, said):
        assert len(kiban.lines("deposit", many_files(5))) == 5
        with kiban.logged_in(said) as client:
            answer = client.get("/api/v1/search", params={"q": 'kind = "measurement"'}).json()
        assert answer["total"] == 5
        process.terminate()
        assert process.wait(timeout=15) == 0


def test_a_port_that_is_taken_is_told(kiban: Kiban, tmp_path: Path) -> None:
    with kiban.serving("up", "--port", "0") as (process, said):
        port = httpx.URL(said["address"]).port
        other = Kiban(tmp_path / "other").run("up", "--port", str(port), "--json", timeout=60)
        assert other.returncode == 1
        assert json.loads(other.stdout)["error"] == "InvalidSetting"
        assert "Traceback" not in other.stderr
        process.terminate()
        process.wait(timeout=15)


@pytest.mark.slow
def test_the_demo_has_something_on_every_page_and_starts_again_at_once(kiban: Kiban) -> None:
    for attempt in range(2):
        with kiban.serving("demo", "--port", "0", "--home", kiban.home) as (process, said):
            client = kiban.logged_in(said)
            answer = client.get("/api/v1/search").json()
            counts = {facet["value"]: facet["count"] for facet in answer["facets"]["kind"]}
            assert counts["sample"] >= 5, attempt
            assert counts["measurement"] >= 30
            assert len(answer["facets"]["technique"]) >= 3
            waiting = client.get("/api/v1/files", params={"status": "quarantined"}).json()
            assert len(waiting["files"]) == 1
            client.close()
            process.terminate()
            assert process.wait(timeout=15) == 0
