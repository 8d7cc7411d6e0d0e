from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.exceptions import HTTPException

from kiban.web.body_limit import LARGEST_BODY_BYTES, PATIENCE_S, SLOWEST_BYTES_PER_S, BodyLimit
from kiban.web.reach import Reach

from .conftest import BYTES, Program
from .test_token_buckets import Clock

SMALL = Reach(largest_upload_bytes=100_000)


async def _pieces(n_bytes: int) -> AsyncIterator[bytes]:
    for _ in range(n_bytes // 1000):
        yield bytes(1000)


def _form(content: bytes) -> dict[str, Any]:
    return {"files": {"file": ("a.bin", content)}}


@pytest.mark.parametrize("path", ["/api/v1/deposits?name=a.bin", "/api/v1/deposits", "/deposit"])
def test_a_deposit_may_be_as_large_as_the_setting_says(empty: Program, path: str) -> None:
    program = Program(empty.resources, reach=SMALL)
    whole: dict[str, Any] = (
        {"content": b"\x01" * 90_000, "headers": BYTES} if "name" in path else _form(b"\x01" * 90_000)
    )
    assert program.ask("POST", path, **whole).status_code == 200
    much: dict[str, Any] = (
        {"content": b"\x02" * 100_001, "headers": BYTES} if "name" in path else _form(b"\x02" * 100_001)
    )
    answer = program.ask("POST", path, **much)
    assert answer.status_code == 413
    assert "100 kB" in answer.text
    assert len(list(empty.resources.objects.checksums())) == 1


def test_a_deposit_that_does_not_say_its_size_is_stopped_on_the_way_and_leaves_nothing(empty: Program) -> None:
    program = Program(empty.resources, reach=SMALL)
    for content_type in (BYTES, {"content-type": "multipart/form-data; boundary=b"}):

        async def body(head: bytes = b'--b\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n') -> Any:
            yield head
            async for piece in _pieces(5_000_000):
                yield piece

        answer = program.ask("POST", "/api/v1/deposits?name=a.bin", content=body(), headers=content_type)
        assert answer.status_code == 413
    assert list(empty.resources.objects.checksums()) == []


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("POST", "/api/v1/samples", "application/json"),
        ("POST", "/api/v1/templates", "application/json"),
        ("POST", "/samples/new", "application/x-www-form-urlencoded"),
        ("POST", "/samples/new", "multipart/form-data; boundary=b"),
    ],
)
def test_everything_else_takes_little_however_large_deposits_may_be(
    empty: Program, method: str, path: str, kind: str
) -> None:
    program = Program(empty.resources, reach=Reach(largest_upload_bytes=10**12))
    answer = program.ask(method, path, content=b"x" * (LARGEST_BODY_BYTES + 1), headers={"content-type": kind})
    assert answer.status_code == 413
    assert answer.headers["content-type"].startswith("application/problem" if path.startswith("/api/") else "text/html")

    async def unsaid() -> AsyncIterator[bytes]:
        async for piece in _pieces(LARGEST_BODY_BYTES + 10_000):
            yield piece

    # Forms and templates have smaller limits of their own, and say so first.
    assert program.ask(method, path, content=unsaid(), headers={"content-type": kind}).status_code in {413, 422}


def test_the_promise_alone_is_enough_to_be_refused(empty: Program) -> None:
    """Nothing of a body that says it is too large is read."""

    async def never() -> AsyncIterator[bytes]:
        raise AssertionError("it was read")
        yield b""

    headers = BYTES | {"content-length": str(10**6)}
    program = Program(empty.resources, reach=SMALL)
    answer = program.ask("POST", "/api/v1/deposits?name=a.bin", content=never(), headers=headers)
    assert answer.status_code == 413


def _read(pauses_s: list[float], sizes: list[int]) -> int:
    """How much of a body that comes in such pieces is read, by a clock that the test moves."""
    clock = Clock()
    n_read = 0

    async def app(scope: Any, receive: Any, send: Any) -> None:
        nonlocal n_read
        while True:
            message = await receive()
            n_read += len(message["body"])
            if not message["more_body"]:
                return

    pieces = iter(list(zip(pauses_s, sizes, strict=True)))

    async def receive() -> Any:
        pause_s, size = next(pieces, (0.0, 0))
        clock.now_s += pause_s
        return {"type": "http.request", "body": bytes(size), "more_body": size > 0}

    limit = BodyLimit(app, reach=Reach(), clock=clock)
    asyncio.run(limit({"type": "http", "headers": []}, receive, None))  # type: ignore[arg-type]
    return n_read


def test_who_keeps_the_pace_is_waited_for_however_long_it_takes() -> None:
    n, size = 100, 40 * SLOWEST_BYTES_PER_S
    assert _read([39.0] * n, [size] * n) == n * size  # over an hour


def test_who_is_silent_too_long_is_told(empty: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiban.web.body_limit.PATIENCE_S", 0.2)

    async def slow() -> AsyncIterator[bytes]:
        yield b"x"
        await asyncio.sleep(30)

    for kind, path in (
        (BYTES, "/api/v1/deposits?name=a.bin"),
        ({"content-type": "application/json"}, "/api/v1/samples"),
    ):
        answer = empty.ask("POST", path, content=slow(), headers=kind)
        assert answer.status_code == 408
        assert "too slowly" in answer.json()["fault"]
    assert list(empty.resources.objects.checksums()) == []


def test_crumbs_at_long_intervals_do_not_hold_a_request_open(monkeypatch: pytest.MonkeyPatch) -> None:
    # Each crumb comes within the patience for one; together they have used it up, so the next is not waited for.
    clock = Clock()
    n_given = 0

    async def receive() -> Any:
        nonlocal n_given
        n_given += 1
        clock.now_s += PATIENCE_S / 3
        await asyncio.sleep(0.05 if n_given > 4 else 0)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while True:
            await receive()

    limit = BodyLimit(app, reach=Reach(), clock=clock)
    with pytest.raises(HTTPException) as raised:
        asyncio.run(limit({"type": "http", "headers": []}, receive, None))  # type: ignore[arg-type]
    assert raised.value.status_code == 408
    assert n_given < 10
