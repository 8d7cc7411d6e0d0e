"""Where the platform is reached, for what leads back to it from outside: identifiers, descriptions, harvests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.requests import Request

    from kiban.operations.resources import Resources


_THIS_MACHINE = frozenset({"localhost", "ip6-localhost", "::1", "[::1]", "0.0.0.0"})  # noqa: S104  compared, not bound


def leads_to_this_machine(address: str) -> bool:
    """Whether an address is reached from this machine alone: what is printed with it leads others nowhere."""
    host = urlsplit(address).hostname or ""
    return host in _THIS_MACHINE or re.fullmatch(r"127(\.\d+){3}", host) is not None


def address_of(request: Request, resources: Resources) -> str:
    """That of the settings; where there is none, the one that was asked. With a slash at its end."""
    address = resources.base_url or str(request.base_url)
    return address if address.endswith("/") else f"{address}/"
