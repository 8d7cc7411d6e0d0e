"""POST /logout: end the session that the browser shows."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from kiban.operations.sessions import log_out as end
from kiban.web.asker import Visiting, forget_session

ROUTER = APIRouter()


@ROUTER.post("/logout")
def log_out(request: Request, visitor: Visiting) -> Response:
    """Log out here; other browsers stay logged in."""
    end(request.app.state.resources, visitor)
    response = RedirectResponse("/", status_code=303)
    forget_session(request, response)
    return response
