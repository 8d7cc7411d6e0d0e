"""/api/v1/me, /tokens and /sessions: who asks, and what lets them and their programs in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request

from kiban.errors import NotLoggedIn
from kiban.operations import accounts_as_json as as_json
from kiban.operations import sessions, tokens
from kiban.operations.accounts import get_account
from kiban.operations.project_changes import find_project
from kiban.operations.resources import Resources
from kiban.operations.who_is import Visitor
from kiban.records.parties.people import Person
from kiban.web.api.account_models import (
    EndedModel,
    MeModel,
    NewTokenModel,
    Of,
    SessionModel,
    TokenModel,
    TokenToMakeModel,
    WasOnModel,
)
from kiban.web.api.describe import problems
from kiban.web.asker import Visiting
from kiban.web.json_response import Json

ROUTER = APIRouter(tags=["accounts"])
_CHANGES = problems(401, 403, 404, 422, 503)
_READS = problems(401, 404, 422, 503)


@ROUTER.get("/me", summary="Who you are", response_model=MeModel, responses=problems(401, 503))
def who_am_i(request: Request, visitor: Visiting) -> Any:
    """With the roles that you have by what you showed: a token may leave you fewer than you have."""
    return Json(as_json.visitor_as_json(visitor, _self(visitor), _resources(request)))


@ROUTER.get("/tokens", summary="List tokens", response_model=list[TokenModel], responses=_READS)
def list_tokens(request: Request, visitor: Visiting, of: Of = None) -> Any:
    """Your own, those of an instrument that you answer for, or for an operator anybody's. The newest first."""
    found = tokens.list_tokens(visitor.asker, _resources(request), _whose(request, visitor, of))
    return Json([as_json.token_as_json(token) for token in found])


@ROUTER.post("/tokens", summary="Make a token", response_model=NewTokenModel, responses=_CHANGES)
def make_token(request: Request, visitor: Visiting, body: TokenToMakeModel, of: Of = None) -> Any:
    """Its secret is in this answer alone. A token makes none that reaches further or lasts longer than itself."""
    person, resources = _whose(request, visitor, of), _resources(request)
    project = find_project(visitor.asker, resources, body.project).id if body.project is not None else None
    token, secret = tokens.make_token(
        visitor.asker, resources, person, body.name, acts=body.acts, days=body.days, project=project
    )
    return Json({**as_json.token_as_json(token), "token": secret})


@ROUTER.delete("/tokens/{token}", summary="Revoke a token", response_model=WasOnModel, responses=_CHANGES)
def revoke_token(request: Request, visitor: Visiting, token: UUID, of: Of = None) -> Any:
    """It lets nobody in any more, at once."""
    return Json(
        {"was_on": tokens.revoke_token(visitor.asker, _resources(request), _whose(request, visitor, of), token)}
    )


@ROUTER.get("/sessions", summary="List sessions", response_model=list[SessionModel], responses=_READS)
def list_sessions(request: Request, visitor: Visiting, of: Of = None) -> Any:
    """The browsers in which you are logged in, or for an operator anybody is."""
    found = sessions.list_sessions(visitor.asker, _resources(request), _whose(request, visitor, of).id)
    return Json([as_json.session_as_json(each, _own(visitor)) for each in found])


@ROUTER.delete("/sessions", summary="End sessions", response_model=EndedModel, responses=_CHANGES)
def end_sessions(request: Request, visitor: Visiting, of: Of = None) -> Any:
    """All of them but the one that asks."""
    person = _whose(request, visitor, of)
    return Json(
        {"n_ended": sessions.end_all_sessions(visitor.asker, _resources(request), person.id, but=_own(visitor))}
    )


@ROUTER.delete("/sessions/{session}", summary="End a session", response_model=WasOnModel, responses=_CHANGES)
def end_session(request: Request, visitor: Visiting, session: UUID, of: Of = None) -> Any:
    """Log one browser out."""
    person = _whose(request, visitor, of)
    return Json({"was_on": sessions.end_session(visitor.asker, _resources(request), person.id, session)})


def _whose(request: Request, visitor: Visitor, login: str | None) -> Person:
    own = _self(visitor)
    return own if login is None else get_account(visitor.asker, _resources(request), login)


def _self(visitor: Visitor) -> Person:
    if visitor.person is None:
        raise NotLoggedIn("This is for whoever has an account.", mend="Show a token, or log in.")
    return visitor.person


def _own(visitor: Visitor) -> UUID | None:
    return visitor.session.id if visitor.session is not None else None


def _resources(request: Request) -> Resources:
    resources: Resources = request.app.state.resources
    return resources
