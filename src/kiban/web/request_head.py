"""HEAD: what GET would answer, without the body. Routes see GET; those that would stream much ask here first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Scope

_MARK = "kiban.head"


def as_get(scope: Scope) -> Scope:
    """The same request as GET; the server leaves the body of the answer out by itself."""
    return {**scope, "method": "GET", _MARK: True}


def is_head(request: Request) -> bool:
    """Say whether only the headers of the answer were asked for."""
    return bool(request.scope.get(_MARK))
