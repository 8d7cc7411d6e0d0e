"""Where the platform is reached, for what leads back to it from outside: identifiers, descriptions, harvests."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request

    from kiban.operations.resources import Resources


def address_of(request: Request, resources: Resources) -> str:
    """That of the settings; where there is none, the one that was asked. With a slash at its end."""
    address = resources.base_url or str(request.base_url)
    return address if address.endswith("/") else f"{address}/"
