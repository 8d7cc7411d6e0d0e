"""The page of a link that lets somebody in once, or has them set a password."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from kiban.errors import InvalidValue
from kiban.operations.login_links import log_in_by_link, look_at_link, purpose_of
from kiban.operations.passwords import set_password_by_link
from kiban.operations.resources import Resources
from kiban.records.parties.credentials import Purpose
from kiban.web.asker import agent_of, keep_session
from kiban.web.client_address import client_address
from kiban.web.page import page

ROUTER = APIRouter()


# Programs that look ahead at links (mail filters, chats) only GET: what uses the link up is the button.
@ROUTER.get("/login/once/{code}")
def show_link(request: Request, code: str) -> Response:
    """Say whom the link is for."""
    return _page(request, code)


@ROUTER.post("/login/once/{code}")
def use_link(request: Request, code: str, password: Annotated[str, Form(max_length=2000)] = "") -> Response:
    """Log in, or set the password and have it be used to log in."""
    resources: Resources = request.app.state.resources
    address = client_address(request)
    if purpose_of(resources, code) is Purpose.SET_PASSWORD:
        try:
            set_password_by_link(resources, code, password, address=address)
        except InvalidValue as e:
            return _page(request, code, wrong=e)
        return RedirectResponse("/login", status_code=303)
    secret = log_in_by_link(resources, code, address=address, agent=agent_of(request))
    response = RedirectResponse("/", status_code=303)
    keep_session(request, response, secret)
    return response


def _page(request: Request, code: str, wrong: InvalidValue | None = None) -> Response:
    resources: Resources = request.app.state.resources
    purpose = purpose_of(resources, code)
    return page(
        request,
        "login_once.html",
        status_code=200 if wrong is None else 422,
        person=look_at_link(resources, code, purpose),
        sets_password=purpose is Purpose.SET_PASSWORD,
        wrong=wrong,
    )
