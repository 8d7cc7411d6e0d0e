"""From which machine a request comes: what the audit writes down, and what limits are counted by.

Anybody can write anything into the header X-Forwarded-For. So it is read only where the other end of the connection is
a reverse proxy that the operator named, and from its end: each proxy adds the address that it was asked from.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request

    from kiban.settings import Network

UNKNOWN = "unknown"
"""Where the connection has no address (a Unix socket)."""
_MOST_HOPS = 20


def client_address(request: Request) -> str:
    """The address of the machine that a request comes from, such as `192.0.2.7`; `unknown` where there is none."""
    return address_in(request.scope, request.app.state.reach.trusted_proxies)


def address_in(scope: Mapping[str, Any], trusted: Sequence[Network]) -> str:
    """The same, from an ASGI scope.

    Parameters
    ----------
    trusted : sequence of network
        Reverse proxies that are believed.
    """
    client = scope.get("client")
    peer = _parsed(client[0]) if client else None
    if peer is None:
        return UNKNOWN
    if not _is_among(peer, trusted):
        return str(peer)
    header = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
    for said in reversed(header.decode("latin-1").split(",")[-_MOST_HOPS:]):
        before = _parsed(said.strip())
        if before is None:
            break  # the nearest machine that is surely known
        peer = before
        if not _is_among(peer, trusted):
            break
    return str(peer)


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text.partition("%")[0].strip("[]"))
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def _is_among(address: IPv4Address | IPv6Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)
