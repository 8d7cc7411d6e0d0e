"""A platform in memory with a few files in it, and a program that asks it over HTTP without a server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from kiban.compute.fence import Fence
from kiban.operations.resources import Resources
from kiban.operations.who_is import Visitor
from kiban.platform import local_asker
from kiban.records.party import Asker
from kiban.store.object_folder import ObjectFolder
from kiban.testing.memory_platform import memory_platform
from kiban.web.application import application
from kiban.web.asker import Desk, desk
from kiban.web.reach import Reach

SWEEP = b"# Mark: %s\nTemperature (K),Resistance (ohm)\n" + b"".join(b"%d,%d.5\n" % (i, 2 * i) for i in range(50))
"""A file that the reader of delimited text understands; `%s` tells one from another."""
CUT = b'<?xml version="1.0"?><xrdMeasurements xmlns="http://www.xrdml.com/XRDMeasurement/1.5">'
"""A file that a reader recognises and cannot read."""
BYTES = {"content-type": "application/octet-stream"}
FORM_PIECES = (
    b"--b\r\n",
    b"--b--\r\n",
    b'Content-Disposition: form-data; name="file"; filename="a\x00b\xff"\r\n\r\n',
    b'Content-Disposition: form-data; name="sample"\r\n\r\n',
    b"\x00\xff",
    b"\r\n",
)
"""What forms with the boundary `b` are made of, put together in any order."""


def asked_by(app: FastAPI, asker: Asker) -> None:
    """Have every request be one of this asker's, whatever it shows."""
    app.state.receive = lambda _: Visitor(asker=asker)


class Program:
    """Asks over HTTP, in the name of the person at this machine unless another one is given.

    With `by_credentials` it is whoever its requests show to be: nobody, without a cookie or token. Then it asks as a
    browser on a page of ours does, and says so. Mistakes of ours are raised, not answered, unless told otherwise.
    """

    def __init__(
        self,
        resources: Resources,
        *,
        asks: Desk | None = None,
        raises: bool = True,
        by_credentials: bool = False,
        reach: Reach | None = None,
    ) -> None:
        self.resources = resources
        self.app = application(resources, reach=reach)
        self._raises = raises
        self._says = {"accept-language": "en", **({"origin": "http://127.0.0.1:8420"} if by_credentials else {})}
        if asks is not None:
            self.app.dependency_overrides[desk] = lambda: asks
        if not by_credentials:
            asked_by(self.app, asks.asker if asks is not None else local_asker(resources))

    def ask(self, method: str, address: str, **options: Any) -> httpx.Response:
        """Send one request and give the answer whole."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=self._raises)
            headers = self._says | options.pop("headers", {})
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8420") as client:
                return await client.request(method, address, headers=headers, **options)

        return asyncio.run(send())

    def get(self, address: str, **options: Any) -> httpx.Response:
        """Ask for something."""
        return self.ask("GET", address, **options)

    def deposit(self, name: str, content: bytes, **parameters: str) -> Any:
        """Deposit one file as the body, and give its outcome."""
        answer = self.ask(
            "POST", "/api/v1/deposits", params={"name": name, **parameters}, content=content, headers=BYTES
        )
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="session", name="fence")
def _fence() -> Iterator[Fence]:
    fence = Fence(n_workers=1)
    yield fence
    fence.close()


@pytest.fixture(name="empty")
def _empty(tmp_path_factory: pytest.TempPathFactory, fence: Fence) -> Program:
    """Nothing deposited yet."""
    return _program(tmp_path_factory, fence)


@pytest.fixture(scope="module", name="program")
def _filled(tmp_path_factory: pytest.TempPathFactory, fence: Fence) -> Program:
    """One sweep of sample S-1, an open one of nobody's, one file cut short, and two that no reader knows."""
    program = _program(tmp_path_factory, fence)
    program.deposit("run-1/sweep.csv", SWEEP % b"one", sample="S-1")
    program.deposit("open.csv", SWEEP % b"two", tier="open")
    program.deposit("cut.xrdml", CUT)
    program.deposit("測定 1.bin", b"\x00\x01\x02 unknown")
    program.deposit("page.html", b"<script>alert(1)</script>")
    return program


def _program(tmp_path_factory: pytest.TempPathFactory, fence: Fence) -> Program:
    return Program(memory_platform(ObjectFolder(tmp_path_factory.mktemp("web") / "objects"), fence))
