"""The page of a link that lets somebody in once."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from kiban.operations.login_links import log_in_by_link, look_at_link
from kiban.operations.resources import Resources
from kiban.records.parties.credentials import Purpose
from kiban.web.asker import agent_of, keep_session
from kiban.web.client_address import client_address
from kiban.web.page import page

ROUTER = APIRouter()


# Programs that look ahead at links (mail filters, chats) only GET: what uses the link up is the button.
@ROUTER.get("/login/once/{code}")
def show_link(request: Request, code: str) -> Response:
    """Say whom the link logs in."""
    resources: Resources = request.app.state.resources
    person = look_at_link(resources, code, Purpose.LOG_IN)
    return page(request, "login_once.html", person=person)


@ROUTER.post("/login/once/{code}")
def use_link(request: Request, code: str) -> Response:
    """Log in."""
    resources: Resources = request.app.state.resources
    secret = log_in_by_link(resources, code, address=client_address(request), agent=agent_of(request))
    response = RedirectResponse("/", status_code=303)
    keep_session(request, response, secret)
    return response
