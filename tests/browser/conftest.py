"""A real Chromium on a real platform with the simulated study in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

_ARGUMENTS = (
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session", name="demo")
def _demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What the demo said when it answered."""
    home = tmp_path_factory.mktemp("browser") / "home"
    command = [sys.executable, "-P", "-m", "kiban.cli.main", "demo", "--port", "0", "--home", str(home), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())
            process.terminate()
            assert process.wait(timeout=20) == 0
        finally:
            process.kill()


@pytest.fixture(scope="session", name="address")
def _address(demo: dict[str, Any]) -> str:
    """Where the demo answers."""
    return str(demo["address"])


@pytest.fixture(scope="session", name="session")
def _session(demo: dict[str, Any]) -> dict[str, str]:
    """The cookie of a browser in which the operator is logged in; the link that does it is good once."""
    origin = demo["address"].rstrip("/")
    answer = httpx.post(demo["login"], headers={"origin": origin}, timeout=90)  # a busy machine takes its time
    return {"name": "kiban_session", "value": answer.cookies["kiban_session"], "url": origin}


# Not for the whole session: Playwright keeps an event loop running, and other tests of this process have their own.
@pytest.fixture(scope="module", name="chromium")
def _chromium() -> Iterator[Any]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("waits for Chromium (Debian's package chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # As root, in containers, Chromium's own sandbox cannot start; the pages are our own.
        browser = playwright.chromium.launch(
            executable_path=path, chromium_sandbox=os.geteuid() != 0, args=list(_ARGUMENTS)
        )
        yield browser
        browser.close()


_LISTEN = """document.addEventListener("securitypolicyviolation", (e) => window.violated(
    `${e.violatedDirective} ${e.blockedURI} at ${e.sourceFile}:${e.lineNumber}:${e.columnNumber} on ${location}`));"""


class Watched:
    """A page, and what went wrong on it: errors of scripts, requests to other hosts, what the policy forbids."""

    def __init__(self, page: Any, address: str) -> None:
        self.page = page
        self.address = address
        self.errors: list[str] = []
        self.strangers: set[str] = set()
        self.violations: set[str] = set()
        page.expose_function("violated", lambda said: self.violations.add(said))
        page.add_init_script(_LISTEN)
        page.set_default_timeout(90_000)  # a busy machine draws slowly
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        page.on("request", self._requested)

    def _requested(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.strangers.add(request.url)

    def go(self, path: str) -> Any:
        self.page.goto(self.address + path.removeprefix("/"))
        return self.page

    def overflow(self) -> int:
        self.page.wait_for_load_state("networkidle")  # a page that was clicked to may still wait for its style
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.fixture(name="watched", params=[("en", 1280), ("ja", 390)], ids=["en-desktop", "ja-phone"])
def _watched(request: pytest.FixtureRequest, chromium: Any, address: str, session: dict[str, str]) -> Iterator[Watched]:
    language, width = request.param
    context = chromium.new_context(viewport={"width": width, "height": 900}, locale=language)
    context.add_cookies([session])
    watched = Watched(context.new_page(), address)
    yield watched
    context.close()
    assert watched.errors == []
    assert watched.strangers == set()
    assert watched.violations == set()


@pytest.fixture(name="new_table")
def _new_table(tmp_path: Path) -> Path:
    """A file that the platform has not seen: its name is in its first line."""
    path = tmp_path / "resistance.csv"
    rows = "".join(f"{t},{t * 1.5}\n" for t in range(30))
    path.write_text(f"# {tmp_path}\nTemperature (K),Resistance (ohm)\n{rows}")
    return path
