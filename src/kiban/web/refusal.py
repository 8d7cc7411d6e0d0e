"""How a request is refused before the application has it: as everywhere, a problem document or a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiban.operations.who_is import Visitor
from kiban.records.party import ANONYMOUS
from kiban.web.problem import Problem, answer

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Scope


_NOBODY = Visitor(asker=ANONYMOUS)


def is_for_programs(scope: Scope) -> bool:
    """Say whether the address is one of REST."""
    return str(scope["path"]).startswith("/api/")


def for_programs(problem: Problem) -> ASGIApp:
    """A problem document whatever the address: who sent the request is no reader of our pages."""
    return answer(problem)


def refused(scope: Scope, problem: Problem, headers: dict[str, str] | None = None) -> ASGIApp:
    """A problem document under /api, a page elsewhere."""
    if is_for_programs(scope):
        return answer(problem, headers)
    from starlette.requests import Request

    from kiban.web.page import error_page

    # Who asks is not asked: nothing here may wait for the database.
    return error_page(Request({**scope, "state": {"visitor": _NOBODY}}), problem, headers)
