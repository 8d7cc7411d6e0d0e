"""How large the body of a request may be, and how slowly it may come.

Every route takes little, but for those that say otherwise: they have `TakesFiles` among their dependencies. What is
sent beyond is not read.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from kiban.web.reach import Reach

LARGEST_BODY_BYTES = 17 << 20
"""A form of a page with a spreadsheet in it; `form_data` and the operations have smaller limits of their own."""
PATIENCE_S = 30
"""A sender may be silent for so long, all in all ..."""
SLOWEST_BYTES_PER_S = 4000
"""... and longer, the more has arrived: whoever keeps to this pace is waited for."""
_PLACE = "kiban.body"


@dataclass(slots=True)
class _Body:
    """What of a body has come."""

    largest_bytes: int
    largest_upload_bytes: int
    n_bytes: int = 0
    waited_s: float = 0.0


class BodyLimit:
    """An ASGI application around another one."""

    def __init__(self, app: ASGIApp, *, reach: Reach, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._reach = reach
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through; whoever reads too much of its body gets an exception instead."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Body(LARGEST_BODY_BYTES, self._reach.largest_upload_bytes)
        scope = {**scope, _PLACE: body}
        promised = _promised(scope)
        has_begun = False

        async def receive_within() -> Message:
            nonlocal has_begun
            if not has_begun and promised > body.largest_bytes:
                raise _too_large(body)
            has_begun = True
            message = await self._next(receive, body)
            if message["type"] == "http.request":
                body.n_bytes += len(message.get("body", b""))
                if body.n_bytes > body.largest_bytes:
                    raise _too_large(body)
            return message

        await self._app(scope, _once_whole(receive_within, receive), send)

    async def _next(self, receive: Receive, body: _Body) -> Message:
        began = self._clock()
        patience_s = PATIENCE_S + body.n_bytes / SLOWEST_BYTES_PER_S - body.waited_s
        try:
            async with asyncio.timeout(max(0.01, patience_s)):
                message = await receive()
        except TimeoutError:
            raise HTTPException(408, headers={"connection": "close"}) from None
        body.waited_s += self._clock() - began
        return message


def _once_whole(within: Receive, receive: Receive) -> Receive:
    """After the body, the server's messages say only whether the sender is still there: they have no limit."""
    is_whole = False

    async def next_message() -> Message:
        nonlocal is_whole
        if is_whole:
            return await receive()
        message = await within()
        is_whole = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    return next_message


def _promised(scope: Scope) -> int:
    said = [value for name, value in scope["headers"] if name == b"content-length"]
    return int(said[0]) if len(said) == 1 and said[0].isdigit() and len(said[0]) < 20 else 0


def _too_large(body: _Body) -> HTTPException:
    # The connection ends with the answer: what is still coming is not waited for.
    return HTTPException(413, detail=_size_text(body.largest_bytes), headers={"connection": "close"})


def _size_text(n_bytes: int) -> str:
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if n_bytes >= size:
            return f"{n_bytes / size:.3g} {unit}"
    return f"{n_bytes} bytes"


def _take_files(request: Request) -> None:
    body = request.scope.get(_PLACE)
    if body is not None:
        body.largest_bytes = body.largest_upload_bytes


TakesFiles = Depends(_take_files)
"""A dependency of routes that take deposited files: as large as `KIBAN_LARGEST_UPLOAD` says."""
