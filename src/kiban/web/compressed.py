"""Answers to programs, compressed where they ask for it and it pays.

Only under /api, only text and JSON, and never where a session's cookie came along: whoever can make a browser send
requests, and can see how long the answers are, could guess what stands in a compressed one (BREACH). Pages, which hold
what logs somebody in, are never compressed.
"""

from __future__ import annotations

import asyncio
import zlib
from typing import TYPE_CHECKING

from kiban.web.etags import SUFFIX
from kiban.web.refusal import is_for_programs

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

SMALLEST_BYTES = 1000
_LEVEL = 5
_LARGE_BYTES = 1 << 17
"""More at a time is compressed in a thread, so that others are answered meanwhile."""
_WORTH_IT = (b"application/json", b"application/x-ndjson", b"application/problem+json", b"text/")


class Compressed:
    """An ASGI application around another one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; what is answered goes through a compressor where it may."""
        if scope["type"] != "http" or not is_for_programs(scope):
            await self._app(scope, receive, send)
            return
        await self._app(scope, receive, _Answer(send, may_be=_may_be(scope)).send)


class _Answer:
    """One answer on its way."""

    def __init__(self, send: Send, *, may_be: bool) -> None:
        self._send = send
        self._may_be = may_be
        self._start: Message | None = None
        self._compressor: zlib._Compress | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = {**message, "headers": [*message["headers"], (b"vary", b"Accept-Encoding")]}
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        if self._start is not None:
            start, self._start = self._start, None
            if self._may_be and _pays(start) and (more or len(body) >= SMALLEST_BYTES):
                self._compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
                start = {**start, "headers": [*_coded(start), (b"content-encoding", b"gzip")]}
                if not more:
                    body = await self._squeezed(body, more=False)
                    start["headers"].append((b"content-length", str(len(body)).encode()))
                    self._compressor = None
            await self._send(start)
        if self._compressor is not None:
            body = await self._squeezed(body, more=more)
        if body or not more:
            await self._send({**message, "body": body})

    async def _squeezed(self, body: bytes, *, more: bool) -> bytes:
        compressor = self._compressor
        assert compressor is not None  # noqa: S101  asked only where there is one

        def squeeze() -> bytes:
            return compressor.compress(body) + (b"" if more else compressor.flush())

        return await asyncio.to_thread(squeeze) if len(body) > _LARGE_BYTES else squeeze()


def _may_be(scope: Scope) -> bool:
    headers = dict(scope["headers"])
    return b"cookie" not in headers and _takes_gzip(headers.get(b"accept-encoding", b""))


def _takes_gzip(accepted: bytes) -> bool:
    for part in accepted.lower().split(b","):
        name, _, weight = part.partition(b";")
        if name.strip() == b"gzip":
            return weight.replace(b" ", b"") not in {b"q=0", b"q=0.0", b"q=0.00", b"q=0.000"}
    return False


def _pays(start: Message) -> bool:
    headers = {name.lower(): value for name, value in start["headers"]}
    return (
        start["status"] == 200
        and b"content-encoding" not in headers
        and headers.get(b"content-type", b"").startswith(_WORTH_IT)
    )


def _coded(start: Message) -> list[tuple[bytes, bytes]]:
    """The headers of the compressed form: of another length, and with a tag of its own."""
    changed = []
    for name, value in start["headers"]:
        if name.lower() == b"etag" and value.endswith(b'"'):
            value = value[:-1] + SUFFIX.encode() + b'"'
        if name.lower() != b"content-length":
            changed.append((name, value))
    return changed
