"""Mistakes of ours: answered, and written to the log by where they happened, never by what was worked on.

The message of an exception may hold a value of a record (a database says which row it refused), and so may the lines of
a traceback's message. The log gets the kinds of the exceptions and the places in the code.
"""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING

from kiban.web.problem import Problem
from kiban.web.refusal import refused

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOG = logging.getLogger(__name__)
_MOST_CAUSES = 5


class Mistakes:
    """An ASGI application around another one: answers what it did not, and raises the mistake again."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def watched_send(message: Message) -> None:
            nonlocal has_begun
            has_begun = has_begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched_send)
        except Exception:
            if not has_begun:
                await refused(scope, _MISTAKE)(scope, receive, send)
            raise


class QuietLog:
    """The outermost application of a server: mistakes end here, in the log. Whoever has no answer yet is hung up on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        try:
            await self._app(scope, receive, send)
        except Exception as e:  # noqa: BLE001  the server would write its message to the log
            _LOG.error("a request by %s failed: %s", scope.get("method", "?"), described(e))


def described(error: BaseException) -> str:
    """Kinds and places, without messages."""
    parts: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(parts) < _MOST_CAUSES:
        frames = traceback.extract_tb(cause.__traceback__)
        places = " < ".join(f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in reversed(frames))
        parts.append(f"{type(cause).__module__}.{type(cause).__qualname__} at {places or '?'}")
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return "; because of ".join(parts)


def _short(file_name: str) -> str:
    return "/".join(file_name.replace("\\", "/").split("/")[-3:])


_MISTAKE = Problem(
    status=500,
    error="Mistake",
    fault="Something went wrong inside Kiban.",
    mend="Try again. If it happens again, report it with the time; the log of the server has the details.",
)
