"""Logging in: login name and password, then a code where one is set."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from starlette.responses import RedirectResponse

from kiban.errors import NotLoggedIn, TooManyAttempts
from kiban.operations.log_in import log_in, log_in_with_code
from kiban.web.asker import Visiting, agent_of, is_nobody, keep_session
from kiban.web.client_address import client_address
from kiban.web.page import page
from kiban.web.problem import of_error

ROUTER = APIRouter()

Next = Annotated[str, Query(max_length=2000)]
FormText = Annotated[str, Form(max_length=2000)]
# A path of ours: what begins with // or /\ is one of another host to browsers.
_OWN_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\\\x7f]*")


@ROUTER.get("/login")
def show_login(request: Request, visitor: Visiting, next: Next = "/") -> Response:  # noqa: A002  its name in addresses
    """Ask who it is."""
    if not is_nobody(visitor):
        return RedirectResponse(own_path(next), status_code=303)
    return _login(request, next)


@ROUTER.post("/login")
def take_password(
    request: Request,
    login: FormText,
    password: FormText,
    next: Annotated[str, Form(max_length=2000)] = "/",  # noqa: A002
) -> Response:
    """Look at login name and password."""
    try:
        done = log_in(
            request.app.state.resources, login, password, address=client_address(request), agent=agent_of(request)
        )
    except (NotLoggedIn, TooManyAttempts) as e:
        return _login(request, next, wrong=e, login=login)
    if done.cookie is None:
        return _code(request, next, done.ticket or "")
    return _in(request, next, done.cookie)


@ROUTER.post("/login/code")
def take_code(
    request: Request,
    ticket: FormText,
    code: FormText,
    next: Annotated[str, Form(max_length=2000)] = "/",  # noqa: A002
) -> Response:
    """Look at the code."""
    resources = request.app.state.resources
    try:
        cookie = log_in_with_code(resources, ticket, code, address=client_address(request), agent=agent_of(request))
    except (NotLoggedIn, TooManyAttempts) as e:
        return _code(request, next, ticket, wrong=e)
    return _in(request, next, cookie)


def own_path(path: str) -> str:
    """Where to go after logging in: a path of ours, whatever an address says."""
    return path if _OWN_PATH.fullmatch(path) and not path.startswith(("/login", "/logout")) else "/"


def _login(
    request: Request,
    following: str,
    *,
    wrong: NotLoggedIn | TooManyAttempts | None = None,
    login: str = "",
) -> Response:
    resources = request.app.state.resources
    return page(
        request,
        "login.html",
        following=own_path(following),
        login=login,
        providers=resources.providers,
        **_wrong(wrong),
    )


def _code(
    request: Request, following: str, ticket: str, wrong: NotLoggedIn | TooManyAttempts | None = None
) -> Response:
    return page(request, "login_code.html", following=own_path(following), ticket=ticket, **_wrong(wrong))


def _wrong(wrong: NotLoggedIn | TooManyAttempts | None) -> dict[str, Any]:
    if wrong is None:
        return {"wrong": None}
    wait_s = wrong.wait_s if isinstance(wrong, TooManyAttempts) else None
    headers = {"retry-after": str(wait_s)} if wait_s is not None else None
    return {"wrong": wrong, "wait_s": wait_s, "status_code": of_error(wrong).status, "headers": headers}


def _in(request: Request, following: str, cookie: str) -> Response:
    response = RedirectResponse(own_path(following), status_code=303)
    keep_session(request, response, cookie)
    return response
