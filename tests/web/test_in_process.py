"""The application without a network: bodies both ways piece by piece, and an end to everything."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from kiban.web.in_process import InProcess


class App:
    """Gives as many pieces as it is asked for, and counts them."""

    def __init__(self) -> None:
        self.n_made = 0
        self.ended = threading.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await self._answer(scope, receive, send)
        finally:
            self.ended.set()

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/mistake":
            raise RuntimeError("before anything")
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-query", scope["query_string"])]})
        if scope["path"] == "/echo":
            while True:
                message = await receive()
                await send({"type": "http.response.body", "body": message["body"], "more_body": message["more_body"]})
                if not message["more_body"]:
                    return
        for i in range(int(scope["path"].strip("/"))):
            self.n_made += 1
            await send({"type": "http.response.body", "body": b"x" * 1000, "more_body": True})
            if i == 1000:
                raise RuntimeError("amid it")
        await send({"type": "http.response.body", "body": b"", "more_body": False})


@pytest.fixture(name="app")
def _app() -> App:
    return App()


@pytest.fixture(name="http")
def _http(app: App) -> Iterator[httpx.Client]:
    with httpx.Client(transport=InProcess(app), base_url="http://127.0.0.1") as http:
        yield http


def test_bodies_go_both_ways_as_they_are(http: httpx.Client) -> None:
    pieces = [b"a" * 10, b"\x00", b"b" * 100_000]
    answer = http.post("/echo?a=%20b", content=iter(pieces))
    assert answer.content == b"".join(pieces)
    assert answer.headers["x-query"] == "a=%20b"
    assert http.get("/echo").content == b""
    assert http.get("/3").content == b"x" * 3000


def test_no_more_is_made_than_is_taken(http: httpx.Client, app: App) -> None:
    with http.stream("GET", "/900") as answer:
        pieces = answer.iter_raw()
        for _ in range(10):
            next(pieces)
        time.sleep(0.2)
        assert app.n_made < 20
    assert app.ended.wait(10)
    assert app.n_made < 20


def test_a_mistake_is_raised_and_a_body_that_breaks_off_is_no_whole_one(http: httpx.Client) -> None:
    with pytest.raises(RuntimeError, match="before anything"):
        http.get("/mistake")
    with pytest.raises(httpx.RemoteProtocolError):
        http.get("/2000")


def test_several_threads_may_ask_and_closing_ends_what_is_under_way(app: App) -> None:
    transport = InProcess(app)
    http = httpx.Client(transport=transport, base_url="http://127.0.0.1")
    got: list[int] = []
    threads = [threading.Thread(target=lambda: got.append(len(http.get("/50").content))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [50_000] * 5
    request = http.build_request("GET", "/900")
    http.send(request, stream=True)
    http.close()
    assert app.ended.wait(10)
    transport.close()
