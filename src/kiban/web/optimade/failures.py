"""Errors as JSON:API says them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kiban.errors import KibanError, WrongUsage
from kiban.query.optimade_filter import NotAsked
from kiban.web.optimade.documents import meta
from kiban.web.problem import of_error, title

if TYPE_CHECKING:
    from starlette.requests import Request


def for_error(request: Request, error: KibanError) -> tuple[int, dict[str, Any]]:
    """Status and document for an error of ours."""
    problem = of_error(error)
    if isinstance(error, NotAsked):
        status = 501
    elif isinstance(error, WrongUsage) or problem.status == 422:
        status = 400
    else:
        status = problem.status
    return status, _document(request, status, f"{problem.fault} {problem.mend}".strip())


def for_http(request: Request, status: int) -> dict[str, Any]:
    """What Starlette refuses."""
    return _document(request, status, "Look at /optimade/v1/info for what can be asked for.")


def for_fault(request: Request) -> dict[str, Any]:
    """A fault of ours, about which nothing is told."""
    return _document(request, 500, "Something went wrong here. The log of the platform says what.")


def _document(request: Request, status: int, detail: str) -> dict[str, Any]:
    error = {"status": str(status), "title": title(status), "detail": detail}
    return {"errors": [error], "meta": meta(request, n_answers=0, n_all=0, has_more=False)}
