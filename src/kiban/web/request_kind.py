"""What a request costs the platform, told from its method and address: so different kinds have limits of their own."""

from __future__ import annotations

import re
from enum import StrEnum

from kiban.web.own_pages import SAFE_METHODS


class RequestKind(StrEnum):
    """Kinds of requests."""

    FREE = "free"
    """Style sheets and scripts: the same for everybody, and kept by browsers."""
    READING = "reading"
    WRITING = "writing"
    EXPENSIVE = "expensive"
    """Looks through everything, or makes a file."""
    LOGIN = "login"
    """Tries a password or a code."""


_LOGIN = re.compile(r"/(?:api/v1/)?(?:login|account/(?:password|codes))(?:/|$)")
_EXPENSIVE = re.compile(
    r"(?:/api/v1)?/(?:search|tables|labels)(?:/|$)|.*/(?:export|stream|section|readings|spreadsheet|spreadsheet\.xlsx)$"
)


def request_kind(method: str, path: str) -> RequestKind:
    """Tell the kind."""
    if path.startswith("/static/"):
        return RequestKind.FREE
    if _LOGIN.match(path) and method not in SAFE_METHODS:
        return RequestKind.LOGIN
    if _EXPENSIVE.match(path):
        return RequestKind.EXPENSIVE
    return RequestKind.READING if method in SAFE_METHODS else RequestKind.WRITING
