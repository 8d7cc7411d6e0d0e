"""How many requests may be under way at once: a few slow ones must not keep everybody else out."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from kiban.web.client_address import address_in
from kiban.web.problem import Problem
from kiban.web.rate_limit import site
from kiban.web.refusal import refused

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from kiban.web.reach import Reach

MOST_UNDER_WAY = 256
MOST_OF_AN_ADDRESS = 64


class Crowd:
    """An ASGI application around another one. It runs in one event loop, so counting needs no lock."""

    def __init__(
        self, app: ASGIApp, *, reach: Reach, most: int = MOST_UNDER_WAY, most_of_an_address: int = MOST_OF_AN_ADDRESS
    ) -> None:
        self._app = app
        self._trusted = reach.trusted_proxies
        self._most = most
        self._most_of_an_address = most_of_an_address
        self._n = 0
        self._of_address: Counter[bytes] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through if there is room."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        address = site(address_in(scope, self._trusted))
        if self._of_address[address] >= self._most_of_an_address or self._n >= self._most:
            if not self._of_address[address]:
                del self._of_address[address]
            await refused(scope, _BUSY, {"retry-after": "5"})(scope, receive, send)
            return
        self._n += 1
        self._of_address[address] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._n -= 1
            self._of_address[address] -= 1
            if not self._of_address[address]:
                del self._of_address[address]


_BUSY = Problem(
    status=503,
    error="TooManyRequests",
    fault="There are too many requests under way.",
    mend="Try again in a few seconds.",
)
