"""What a request must not be, before anything looks into it.

- A page of another site can make a name of its own point at this server (DNS rebinding). The Host header has that name:
  refused.
- It can send a form here in the name of whoever has it open (cross-site request forgery): refused, see `own_pages`.
- No name or question has a zero character: refused. So are heads of requests that no browser sends, too long or with
  too many headers.

And what every answer carries, whatever it is: see `headers`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kiban.web.headers import with_headers
from kiban.web.own_pages import is_foreign
from kiban.web.problem import Problem
from kiban.web.reach import Reach, split_host
from kiban.web.refusal import for_programs, refused
from kiban.web.request_head import as_get

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LARGEST_HEAD_BYTES = 128 << 10
"""A question of 10,000 characters, each of them nine bytes long in the address, and room for the rest."""
_MOST_HEADERS = 100
_NUL = re.compile(rb"%00|\x00")


class Guard:
    """An ASGI application around another one."""

    def __init__(self, app: ASGIApp, *, reach: Reach) -> None:
        self._app = app
        self._reach = reach

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request, or let it through and put the headers on its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers: dict[bytes, list[bytes]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.lower(), []).append(value)
        host = b",".join(headers.get(b"host", ())).decode("latin-1").lower()
        https = self._reach.came_by_https(split_host(host)[0])

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = with_headers(message["headers"], https=https)
            await send(message)

        app = self._refusal(scope, headers, host) or self._app
        if scope["method"] == "HEAD":
            scope = as_get(scope)
        await app(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope, headers: dict[bytes, list[bytes]], host: str) -> ASGIApp | None:
        if not self._reach.is_known(split_host(host)[0]):
            mend = "Open Kiban under the address that it printed, such as http://127.0.0.1:8420/."
            if self._reach.base_url is not None:
                mend = f"Open Kiban under its address: {self._reach.base_url}."
            fault = "The request was meant for another server."
            return for_programs(Problem(status=421, error="Refused", fault=fault, mend=mend))
        n_bytes = len(scope.get("raw_path", b"")) + len(scope.get("query_string", b""))
        n_bytes += sum(len(name) + len(value) for name, value in scope["headers"])
        if n_bytes > _LARGEST_HEAD_BYTES or len(scope["headers"]) > _MOST_HEADERS:
            fault = "The address and the headers of the request are too long."
            return for_programs(
                Problem(status=431, error="WrongUsage", fault=fault, mend="Leave out what is not needed.")
            )
        if is_foreign(scope["method"], scope["path"], headers, self._reach.origin(host)):
            return for_programs(
                Problem(
                    status=403,
                    error="Refused",
                    fault="The request was sent by a page of another site, or does not say from where.",
                    mend="Do it on Kiban's own pages; programs use REST with a token and without a cookie.",
                )
            )
        if _NUL.search(scope.get("raw_path", b"")) or _NUL.search(scope.get("query_string", b"")):
            # The language may be asked for in the part of the address that cannot be used.
            return refused(
                {**scope, "query_string": b""},
                Problem(
                    status=400,
                    error="WrongUsage",
                    fault="The address holds a zero character.",
                    mend="Leave it out; no name or question has one.",
                ),
            )
        return None
