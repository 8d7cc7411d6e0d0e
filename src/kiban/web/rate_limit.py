"""How often one person, program or machine is answered.

Each request is counted twice: for the credential it brings (a session or a token), and for the address it comes from.
So neither many machines with one token, nor one machine with many made-up tokens, gets more. Of a laboratory many
people come from one address (its proxy), so an address has several times the room.

Credentials are kept as their hashes only.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from kiban.web.client_address import address_in
from kiban.web.own_pages import SESSION_COOKIE
from kiban.web.problem import Problem
from kiban.web.refusal import refused
from kiban.web.request_kind import RequestKind, request_kind
from kiban.web.token_buckets import TokenBuckets

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from kiban.web.reach import Reach

SHARES = {
    RequestKind.READING: 1.0,
    RequestKind.WRITING: 0.5,
    RequestKind.EXPENSIVE: 0.25,
    RequestKind.LOGIN: 0.025,
}
"""Of `KIBAN_REQUESTS_PER_MINUTE`, for one credential."""
FOR_AN_ADDRESS = 5
"""So many times the room of a credential; logins, which bring none, have no more."""
_SITE_BITS = 64
"""A machine with IPv6 has all addresses of its /64."""


class RateLimit:
    """An ASGI application around another one."""

    def __init__(self, app: ASGIApp, *, reach: Reach, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._trusted = reach.trusted_proxies
        per_minute = reach.requests_per_minute
        self._credentials = {kind: TokenBuckets(per_minute * share, clock=clock) for kind, share in SHARES.items()}
        self._addresses = {
            kind: TokenBuckets(per_minute * share * (1 if kind is RequestKind.LOGIN else FOR_AN_ADDRESS), clock=clock)
            for kind, share in SHARES.items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the request, and let it through or say when to come again."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wait = self._wait(scope)
        if wait:
            seconds = math.ceil(wait)
            problem = Problem(
                status=429,
                error="TooManyRequests",
                fault="There were more requests than one person or program may send in a minute.",
                mend=f"Try again in {seconds} s.",
            )
            await refused(scope, problem, {"retry-after": str(seconds)})(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _wait(self, scope: Scope) -> float:
        kind = request_kind(scope["method"], scope["path"])
        if kind is RequestKind.FREE:
            return 0.0
        where = site(address_in(scope, self._trusted))
        wait = self._addresses[kind].take(where)
        if not wait and kind is not RequestKind.LOGIN:
            # Those who bring no credential share what one has, by their address.
            wait = self._credentials[kind].take(credential_mark(scope) or where)
        return wait


def credential_mark(scope: Scope) -> bytes | None:
    """A hash of the token or session that a request brings, valid or not; `None` where it brings none."""
    for name, value in scope["headers"]:
        if name == b"authorization":
            return hashlib.sha256(value).digest()
    from starlette.requests import cookie_parser

    for name, value in scope["headers"]:
        if name == b"cookie":
            session = cookie_parser(value.decode("latin-1")).get(SESSION_COOKIE)
            if session:
                return hashlib.sha256(session.encode("latin-1", "replace")).digest()
    return None


def site(address: str) -> bytes:
    """What an address is counted under: itself, or its network where one machine has many addresses."""
    try:
        found = ip_address(address)
    except ValueError:
        return address.encode()
    bits = _SITE_BITS if found.version == 6 else found.max_prefixlen
    return ip_network((found, bits), strict=False).network_address.packed
