"""Logging in with an identity provider: the way out, and the way back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import RedirectResponse

from kiban.errors import NotLoggedIn, ProviderUnavailable
from kiban.operations.log_in_by_provider import begin_with_provider, finish_with_provider
from kiban.operations.resources import Resources
from kiban.web.asker import Visiting, agent_of, keep_session
from kiban.web.page import error_page
from kiban.web.pages.login import own_path
from kiban.web.problem import of_error
from kiban.web.reach import is_encrypted

ROUTER = APIRouter()

_COOKIE = "kiban_provider"
_KEPT_S = 600


@ROUTER.get("/login/with/{name}")
def go_out(
    request: Request,
    visitor: Visiting,
    name: str,
    next: Annotated[str, Query(max_length=2000)] = "/",  # noqa: A002  its name in addresses
    tie: bool = False,
) -> Response:
    """Send the browser to the provider. With `tie`, its identity is tied to the account of who is logged in."""
    resources: Resources = request.app.state.resources
    if tie and visitor.session is None:
        raise NotLoggedIn("This is for people who are logged in.", mend="Log in, then do it again.")
    out = begin_with_provider(
        resources,
        name,
        redirect_uri=_back_here(request, name),
        following="/account" if tie else own_path(next),
        ties_to=visitor.person.id if tie and visitor.person is not None else None,
    )
    response = RedirectResponse(out.address, status_code=303)
    # Lax, not strict: the provider leads the browser back by a link.
    response.set_cookie(
        _COOKIE, out.cookie, max_age=_KEPT_S, httponly=True, samesite="lax", secure=is_encrypted(request),
        path="/login/with",
    )  # fmt: skip
    return response


@ROUTER.get("/login/with/{name}/done")
def come_back(request: Request, visitor: Visiting, name: str) -> Response:
    """Take what the provider says."""
    resources: Resources = request.app.state.resources
    try:
        back = finish_with_provider(
            resources,
            visitor,
            name,
            cookie=request.cookies.get(_COOKIE, ""),
            answer=dict(request.query_params),
            redirect_uri=_back_here(request, name),
            agent=agent_of(request),
        )
    except (NotLoggedIn, ProviderUnavailable) as e:
        response: Response = error_page(request, of_error(e))
    else:
        response = RedirectResponse(back.following, status_code=303)
        if back.cookie is not None:
            keep_session(request, response, back.cookie)
    response.delete_cookie(_COOKIE, path="/login/with")
    return response


def _back_here(request: Request, name: str) -> str:
    resources: Resources = request.app.state.resources
    base = (resources.base_url or str(request.base_url)).rstrip("/")
    return f"{base}/login/with/{name}/done"
