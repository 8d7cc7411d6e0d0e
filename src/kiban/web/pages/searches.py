"""Saved searches: the list, what is new in one, and changing it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from kiban.errors import InvalidQuestion, KibanError
from kiban.operations.saved_searches import change_search, get_search, remove_search, restore_search, save_search
from kiban.operations.what_is_new import MOST_COUNTED, count_new, mark_seen, what_is_new
from kiban.records.saved_search import LONGEST_NAME, LONGEST_QUESTION
from kiban.web.asker import Desk, LoggedIn
from kiban.web.page import page
from kiban.web.problem import of_error

ROUTER = APIRouter()

Name = Annotated[str, Form(max_length=LONGEST_NAME)]
Asked = Annotated[str, Form(max_length=LONGEST_QUESTION)]
Ticked = Annotated[str, Form(max_length=10)]
_ON_A_PAGE = 100


@ROUTER.get("/searches")
def show_searches(request: Request, desk: LoggedIn, removed: UUID | None = None) -> Response:
    """Show all of one's own, each with the number of its new answers."""
    return page(request, "searches.html", counted=count_new(desk.asker, desk.resources), removed=removed)


@ROUTER.post("/searches")
def add(request: Request, desk: LoggedIn, name: Name, q: Asked = "", is_notified: Ticked = "") -> Response:
    """Keep a question."""
    try:
        saved = save_search(desk.asker, desk.resources, name, q, is_notified=bool(is_notified))
    except KibanError as e:
        found = count_new(desk.asker, desk.resources)
        return page(
            request, "searches.html", status_code=of_error(e).status, counted=found, removed=None, wrong=e,
            draft={"name": name, "q": q, "is_notified": bool(is_notified)},
        )  # fmt: skip
    return RedirectResponse(f"/searches/{saved.id}", 303)


@ROUTER.get("/searches/{search}")
def show_search(request: Request, desk: LoggedIn, search: UUID) -> Response:
    """Show what is new in one."""
    return _shown(request, desk, search)


@ROUTER.post("/searches/{search}")
def change(
    request: Request, desk: LoggedIn, search: UUID, name: Name, q: Asked = "", is_notified: Ticked = ""
) -> Response:
    """Give it another name or question."""
    try:
        change_search(desk.asker, desk.resources, str(search), name=name, question=q, is_notified=bool(is_notified))
    except InvalidQuestion as e:
        return _shown(request, desk, search, wrong=e, draft={"name": name, "q": q, "is_notified": bool(is_notified)})
    except KibanError as e:
        if of_error(e).status == 404:
            raise
        return _shown(request, desk, search, wrong=e, draft={"name": name, "q": q, "is_notified": bool(is_notified)})
    return RedirectResponse(f"/searches/{search}", 303)


@ROUTER.post("/searches/{search}/seen")
def have_seen(desk: LoggedIn, search: UUID, mark: Annotated[str, Form(max_length=100)]) -> Response:
    """What was looked at is not new any more."""
    mark_seen(desk.asker, desk.resources, str(search), mark)
    return RedirectResponse(f"/searches/{search}", 303)


@ROUTER.post("/searches/{search}/remove")
def remove(desk: LoggedIn, search: UUID) -> Response:
    """Take it away, and offer to bring it back."""
    remove_search(desk.asker, desk.resources, str(search))
    return RedirectResponse(f"/searches?removed={search}", 303)


@ROUTER.post("/searches/{search}/restore")
def restore(desk: LoggedIn, search: UUID) -> Response:
    """Bring it back."""
    restore_search(desk.asker, desk.resources, search)
    return RedirectResponse(f"/searches/{search}", 303)


def _shown(
    request: Request,
    desk: Desk,
    search: UUID,
    *,
    wrong: KibanError | None = None,
    draft: dict[str, str | bool] | None = None,
) -> Response:
    known = get_search(desk.asker, desk.resources, str(search))
    news = None
    try:
        news = what_is_new(desk.asker, desk.resources, str(search), limit=_ON_A_PAGE)
    except InvalidQuestion as e:
        wrong = wrong or e
    given = draft or {"name": known.name, "q": known.question, "is_notified": known.is_notified}
    base = (desk.resources.base_url or str(request.base_url)).rstrip("/")
    return page(
        request,
        "saved_search.html",
        status_code=200 if draft is None or wrong is None else of_error(wrong).status,
        search=known,
        news=news,
        wrong=wrong,
        draft=given,
        feeds=[(kind, f"{base}/api/v1/searches/{search}/feed.{kind}") for kind in ("atom", "json")],
        most=MOST_COUNTED,
    )
