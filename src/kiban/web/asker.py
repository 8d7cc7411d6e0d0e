"""Who asks: the one place where a request becomes an asker, by a session's cookie or a token."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from kiban.errors import KibanError, NotLoggedIn
from kiban.operations.resources import Resources
from kiban.operations.what_is_new import n_new
from kiban.operations.who_is import Visitor, who_is
from kiban.operations.working_project import Working, working_project
from kiban.records.party import Asker
from kiban.web.client_address import client_address
from kiban.web.own_pages import SESSION_COOKIE
from kiban.web.reach import is_encrypted

if TYPE_CHECKING:
    from starlette.responses import Response

    from kiban.operations.what_is_new import Arrivals

_LONGEST_AGENT = 300
_FEED = re.compile(r"/api/v1/searches/[^/]+/feed\.(?:atom|json)")


@dataclass(frozen=True, slots=True)
class Desk:
    """What every deed needs first: who asks, and what to work with."""

    asker: Asker
    resources: Resources


def visitor_of(request: Request) -> Visitor:
    """Whoever sent the request; asked once for each. Raises NotLoggedIn for a token that is not good."""
    found: Visitor | None = getattr(request.state, "visitor", None)
    if found is None:
        request.state.visitor = found = request.app.state.receive(request)
    return found


def receive(request: Request) -> Visitor:
    """Look at what a request shows. An application asks this unless it is told otherwise (`app.state.receive`)."""
    return who_is(
        request.app.state.resources,
        cookie=request.cookies.get(SESSION_COOKIE),
        bearer=_bearer(request),
        address=client_address(request),
    )


def shown_visitor(request: Request) -> Visitor | None:
    """Whoever the header of a page names; nobody where that cannot be said: the page itself says why."""
    try:
        return visitor_of(request)
    except KibanError:
        return None


def working_in(request: Request, visitor: Visitor | None) -> Working | None:
    """Where somebody who is logged in with a browser works; `None` for all others, who cannot choose."""
    if visitor is None or visitor.session is None:
        return None
    return working_project(visitor.asker, request.app.state.resources)


def news_of(request: Request, visitor: Visitor | None) -> Arrivals | None:
    """How much is new in the saved searches of whoever the header of a page names; `None` where that cannot be said."""
    if visitor is None or is_nobody(visitor):
        return None
    try:
        return n_new(visitor.asker, request.app.state.resources)
    except KibanError:
        return None  # the page is about something else, or says itself that the database does not answer


def desk(request: Request) -> Desk:
    """Receive a request."""
    return Desk(visitor_of(request).asker, request.app.state.resources)


def desk_of_somebody(request: Request) -> Desk:
    """Receive a request that only somebody who is logged in can send. Raises NotLoggedIn."""
    visitor = visitor_of(request)
    if is_nobody(visitor):
        raise NotLoggedIn("This is for people who are logged in.", mend="Log in, then do it again.")
    return Desk(visitor.asker, request.app.state.resources)


AtDesk = Annotated[Desk, Depends(desk)]
LoggedIn = Annotated[Desk, Depends(desk_of_somebody)]
Visiting = Annotated[Visitor, Depends(visitor_of)]


def is_nobody(visitor: Visitor) -> bool:
    """Say whether nobody is logged in."""
    return visitor.asker.party == "anonymous"


def agent_of(request: Request) -> str:
    """What a browser says of itself."""
    return request.headers.get("user-agent", "")[:_LONGEST_AGENT]


def keep_session(request: Request, response: Response, secret: str) -> None:
    """Have the browser show the session from now on. Scripts cannot read it; pages of other sites do not send it."""
    response.set_cookie(SESSION_COOKIE, secret, httponly=True, samesite="lax", secure=is_encrypted(request), path="/")


def forget_session(request: Request, response: Response) -> None:
    """Have the browser show it no more."""
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax", secure=is_encrypted(request), path="/")


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic" and _FEED.fullmatch(request.url.path):
        return _password(token.strip())
    return token.strip() if scheme.lower() == "bearer" else None


def _password(credentials: str) -> str:
    """The password of HTTP Basic: readers of feeds have no other place for a token."""
    try:
        return base64.b64decode(credentials, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""
