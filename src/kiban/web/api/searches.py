"""/api/v1/searches: saved searches, what is new in them, and their feeds."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from kiban.errors import NotLoggedIn, Refused
from kiban.operations.saved_searches import change_search, get_search, remove_search, restore_search, save_search
from kiban.operations.searches_as_json import counted_as_json, news_as_json, search_as_json
from kiban.operations.what_is_new import News, count_new, feed, mark_seen, what_is_new
from kiban.web.api.describe import problems
from kiban.web.api.search_models import (
    CountedSearchModel,
    NewsModel,
    SavedSearchModel,
    SearchBody,
    SearchChangeBody,
    SeenBody,
)
from kiban.web.asker import AtDesk, Visiting, is_nobody
from kiban.web.feed_documents import ATOM, JSON_FEED, atom, json_feed
from kiban.web.json_response import Json
from kiban.web.problem import answer, of_error

ROUTER = APIRouter(tags=["saved searches"])

Which = Annotated[UUID, Path(description="Identifier of the saved search.")]
_CHANGES = problems(401, 403, 404, 409, 422, 503)
_OWN = problems(404, 422, 503)
_REFUSED = problems(401, 403, 404, 422, 503)
_ATOM: dict[int | str, dict[str, Any]] = {200: {"content": {ATOM: {}}, "description": "The feed."}}
_JSON_FEED: dict[int | str, dict[str, Any]] = {200: {"content": {JSON_FEED: {}}, "description": "The feed."}}


@ROUTER.get(
    "/searches", summary="List saved searches", response_model=list[CountedSearchModel], responses=problems(503)
)
def list_saved_searches(desk: AtDesk) -> Any:
    """Your own, by name, each with the number of its new answers."""
    return Json([counted_as_json(each) for each in count_new(desk.asker, desk.resources)])


@ROUTER.post("/searches", summary="Save a search", response_model=SavedSearchModel, responses=_CHANGES)
def add_saved_search(desk: AtDesk, body: SearchBody) -> Any:
    """Keep a question under a name; what answers it now is not new."""
    saved = save_search(desk.asker, desk.resources, body.name, body.question, is_notified=body.is_notified)
    return Json(search_as_json(saved))


@ROUTER.get("/searches/{search}", summary="A saved search", response_model=SavedSearchModel, responses=_OWN)
def get_saved_search(desk: AtDesk, search: Which) -> Any:
    """One of your own."""
    return Json(search_as_json(get_search(desk.asker, desk.resources, str(search))))


@ROUTER.patch(
    "/searches/{search}", summary="Change a saved search", response_model=SavedSearchModel, responses=_CHANGES
)
def change_saved_search(desk: AtDesk, search: Which, body: SearchChangeBody) -> Any:
    """Of another question, what answers now is not new."""
    return Json(search_as_json(change_search(desk.asker, desk.resources, str(search), **body.model_dump())))


@ROUTER.delete(
    "/searches/{search}", summary="Remove a saved search", response_model=SavedSearchModel, responses=_CHANGES
)
def remove_saved_search(desk: AtDesk, search: Which) -> Any:
    """For 30 days it can be brought back."""
    return Json(search_as_json(remove_search(desk.asker, desk.resources, str(search))))


@ROUTER.post(
    "/searches/{search}/restore",
    summary="Bring back a saved search",
    response_model=SavedSearchModel,
    responses=_CHANGES,
)
def restore_saved_search(desk: AtDesk, search: Which) -> Any:
    """As it was when it was removed: what has come meanwhile is new."""
    return Json(search_as_json(restore_search(desk.asker, desk.resources, search)))


@ROUTER.get("/searches/{search}/new", summary="What is new in a search", response_model=NewsModel, responses=_OWN)
def get_news(
    desk: AtDesk, search: Which, limit: Annotated[int, Query(ge=1, le=500, description="At most so many.")] = 100
) -> Any:
    """Records that answer and that you see now, which were not there, or not to be seen, when you last looked."""
    return Json(news_as_json(what_is_new(desk.asker, desk.resources, str(search), limit=limit)))


@ROUTER.post(
    "/searches/{search}/seen", summary="Say that you looked", response_model=SavedSearchModel, responses=_CHANGES
)
def have_seen(desk: AtDesk, search: Which, body: SeenBody) -> Any:
    """What was there then is not new any more."""
    return Json(search_as_json(mark_seen(desk.asker, desk.resources, str(search), body.mark)))


@ROUTER.get(
    "/searches/{search}/feed.atom",
    summary="A search as Atom feed",
    response_class=Response,
    responses=_ATOM | _REFUSED,
)
def get_atom_feed(request: Request, visitor: Visiting, search: Which) -> Any:
    """The 50 answers that arrived last. Show a token: as bearer, or as the password of HTTP Basic with any name."""
    found = _feed(request, visitor, search)
    return found if isinstance(found, Response) else Response(atom(found, _base(request)), media_type=ATOM)


@ROUTER.get(
    "/searches/{search}/feed.json",
    summary="A search as JSON feed",
    response_class=Response,
    responses=_JSON_FEED | _REFUSED,
)
def get_json_feed(request: Request, visitor: Visiting, search: Which) -> Any:
    """As the Atom feed, in JSON Feed 1.1."""
    found = _feed(request, visitor, search)
    return found if isinstance(found, Response) else Json(json_feed(found, _base(request)), media_type=JSON_FEED)


def _feed(request: Request, visitor: Visiting, search: UUID) -> News | Response:
    if is_nobody(visitor):
        wrong = NotLoggedIn("A feed is for whoever shows a token.", mend="Make one that allows to read, and give it.")
        return answer(of_error(wrong), {"www-authenticate": 'Basic realm="Kiban", charset="UTF-8"'})
    if visitor.session is not None:
        raise Refused("A feed is asked for with a token, not by a browser that is logged in.", mend="Show a token.")
    return feed(visitor.asker, request.app.state.resources, str(search))


def _base(request: Request) -> str:
    return (request.app.state.resources.base_url or str(request.base_url)).rstrip("/")
