"""What a failed request is answered with: a problem document under /api, a page elsewhere. Mistakes: see `mistakes`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import RedirectResponse, Response
from starlette.routing import compile_path

from kiban.errors import KibanError, NotLoggedIn, Refused
from kiban.records import filled
from kiban.web.asker import is_nobody, shown_visitor
from kiban.web.page import error_page
from kiban.web.problem import Problem, answer, of_error, title
from kiban.web.refusal import is_for_programs

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request

_LONGEST = 200


def install(app: FastAPI) -> None:
    """Have the application answer errors of every kind."""
    for kind, handler in (
        (KibanError, _our_error),
        (HTTPException, _http_error),
        (RequestValidationError, _wrong_parameters),
        (ClientDisconnect, _gone),
    ):
        app.add_exception_handler(kind, handler)


def _respond(request: Request, problem: Problem, headers: dict[str, str] | None = None) -> Response:
    if request.url.path.startswith("/api/"):
        return answer(problem, headers)
    return error_page(request, problem, headers)


def _our_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, KibanError)  # noqa: S101  registered for it
    if isinstance(error, Refused) and not isinstance(error, NotLoggedIn) and _is_nobody(request):
        # What anybody could do who is somebody: whoever asks is told to say who they are.
        error = NotLoggedIn(error.fault, mend="Log in; programs show a token.")
    if isinstance(error, NotLoggedIn) and _leads_to_login(request):
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/login?next={quote(asked, safe='/')}", status_code=303)
    return _respond(request, of_error(error))


def _is_nobody(request: Request) -> bool:
    visitor = shown_visitor(request)
    return visitor is not None and is_nobody(visitor)


def _leads_to_login(request: Request) -> bool:
    """Say whether a person opens a page: then the login is shown, and leads back."""
    path = request.url.path
    return request.method == "GET" and not path.startswith(("/api/", "/login")) and _is_nobody(request)


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  registered for it
    status, headers = error.status_code, dict(error.headers or {})
    if status == 405 and is_for_programs(request.scope):
        # Each route knows its own method only; the address may have several.
        headers = {"allow": ", ".join(methods_at(request))}
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=headers)
    faults = {
        404: ("There is nothing at this address.", "Check the address, or start from the first page."),
        405: (f"This address does not take {request.method[:20]}.", "The answer's Allow header says what it takes."),
        408: ("The request came too slowly.", "Send it again over a faster connection."),
        413: (f"The request is larger than {error.detail}.", "Send less at once; files are taken as deposits."),
        503: ("The platform is being stopped.", "Do it again when it is up; what is there already is not kept twice."),
    }
    fault, mend = faults.get(status, (f"{title(status)}.", "Check the request."))
    problem = Problem(status=status, error="WrongUsage", fault=fault, mend=mend)
    return _respond(request, problem, headers)


def methods_at(request: Request) -> list[str]:
    """What can be done at an address of REST, by the OpenAPI document."""
    found = {"OPTIONS"}
    for template, routes in request.app.openapi()["paths"].items():
        if compile_path(template)[0].match(request.url.path):
            found |= {method.upper() for method in routes}
    return sorted(found | ({"HEAD"} if "GET" in found else set()))


def _wrong_parameters(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  registered for it
    wrong = {_place(e): str(e["msg"]).removeprefix("Value error, ")[:_LONGEST] for e in error.errors()}
    problem = Problem(
        status=422,
        error="WrongUsage",
        fault="; ".join(f"{name}: {what}" for name, what in wrong.items()) + ".",
        mend="The page /about/api says what each parameter takes.",
        parameters=wrong,
    )
    return _respond(request, problem)


def _place(wrong: dict[str, Any]) -> str:
    """The name of a parameter; a place in the body as forms name theirs, counting from 1."""
    if wrong["type"] == "json_invalid":
        return "body"
    return filled.Problem(path=tuple(wrong["loc"][1:]), fault="", mend="").place or "body"


def _gone(request: Request, error: Exception) -> Response:  # noqa: ARG001  nobody is there to read more
    return Response(status_code=400)
