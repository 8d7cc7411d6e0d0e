"""What a request must not be, before anything looks into it.

The server has no accounts yet: whoever reaches it is taken for the person at the machine. So a page of another site,
open in the same browser, must not reach it in that person's name.

- Such a page can make a name of its own point at 127.0.0.1 (DNS rebinding). The Host header has that name: refused.
- It can send a form here (cross-site request forgery). The browser then says where it comes from: refused. Programs
  such as curl say nothing of it, and are let in.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from kiban.operations.who_is import Visitor
from kiban.records.party import ANONYMOUS
from kiban.web.problem import Problem, answer

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_PORT = re.compile(rb":\d{0,5}$")
_NOBODY = Visitor(asker=ANONYMOUS)
_NUL = re.compile(rb"%00|\x00")

HEADERS = {
    "content-security-policy": (
        "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
_ENCODED = [(name.encode(), value.encode()) for name, value in HEADERS.items()]


class Guard:
    """An ASGI application around another one."""

    def __init__(self, app: ASGIApp, *, names: Collection[str] = LOOPBACK_NAMES) -> None:
        self._app = app
        self._names = frozenset(name.encode("ascii") for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request, or let it through and put the headers on its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(h for h in _ENCODED if h[0] not in present)]
            await send(message)

        problem = self._refusal(scope)
        app = self._app if problem is None else _answered(scope, problem)
        if scope["method"] == "HEAD" and not _is_for_programs(scope):
            scope = {**scope, "method": "GET"}  # the server leaves the body out by itself
        await app(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> Problem | None:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        host = headers.get(b"host", b"").lower()
        if _PORT.sub(b"", host) not in self._names:
            return Problem(
                status=421,
                error="Refused",
                fault="The request was meant for another server.",
                mend="Open Kiban under the address that it printed, such as http://127.0.0.1:8420/.",
            )
        if scope["method"] not in _SAFE_METHODS and not _is_from_here(headers, host):
            return Problem(
                status=403,
                error="Refused",
                fault="The request was sent by a page of another site.",
                mend="Do it on Kiban's own pages, or with a program.",
            )
        if _NUL.search(scope.get("raw_path", b"")) or _NUL.search(scope.get("query_string", b"")):
            return Problem(
                status=400,
                error="WrongUsage",
                fault="The address holds a zero character.",
                mend="Leave it out; no name or question has one.",
            )
        return None


def _answered(scope: Scope, problem: Problem) -> ASGIApp:
    if _is_for_programs(scope) or problem.status != 400:
        return answer(problem)
    from starlette.requests import Request

    from kiban.web.page import error_page

    # The language may be asked for in the part of the address that cannot be used.
    # Who asks is not asked: nothing here may wait for the database.
    return error_page(Request({**scope, "query_string": b"", "state": {"visitor": _NOBODY}}), problem)


def _is_for_programs(scope: Scope) -> bool:
    return str(scope["path"]).startswith("/api/")


def _is_from_here(headers: dict[bytes, bytes], host: bytes) -> bool:
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        return site in {b"same-origin", b"none"}
    origin = headers.get(b"origin")
    return origin is None or origin.lower().partition(b"://")[2] == host
