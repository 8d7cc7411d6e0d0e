"""What `kiban up` and `kiban demo` say of how to log in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiban.operations.resources import Resources


def first_login(resources: Resources, address: str) -> str | None:
    """The address of a page that logs the operator in, once, while there is no other way."""
    from kiban.operations.first_operator import first_link
    from kiban.platform import local_asker

    code = first_link(local_asker(resources), resources)
    return once(resources.base_url or address, code) if code is not None else None


def once(address: str, code: str) -> str:
    """The address of the page of a link."""
    return f"{address.rstrip('/')}/login/once/{code}"


HOW_TO = (
    "Log in as the operator, once, within an hour:\n  {login}\n"
    "Accounts for others: kiban user add LOGIN. Another link: kiban user link operator."
)
