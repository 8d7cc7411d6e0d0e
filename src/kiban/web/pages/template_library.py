"""The page of the structures that Kiban brings: which there are, and which of them the project has taken."""

from __future__ import annotations

from itertools import groupby

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from kiban.errors import InvalidValue, KibanError
from kiban.operations.standard_structures import Standing, adopt, list_structures
from kiban.records.template import DESCRIBED
from kiban.web.asker import AtDesk, Desk, LoggedIn
from kiban.web.form_data import SentForm
from kiban.web.page import page

ROUTER = APIRouter()

_TO_TAKE = (Standing.ABSENT, Standing.OUTDATED)


@ROUTER.get("/templates/library")
def show_library(request: Request, desk: LoggedIn) -> Response:
    """Show the library."""
    return _page(request, desk)


@ROUTER.post("/templates/library")
def take_from_library(request: Request, desk: AtDesk, form: SentForm) -> Response:
    """Take what was ticked; of what was taken before, the later version."""
    rows = form.tree.get("names")
    wanted = [row for row in rows if isinstance(row, str)] if isinstance(rows, list) else []
    try:
        if not wanted:
            raise InvalidValue("Nothing was ticked.", mend="Tick the structures that you want.")
        adopt(desk.asker, desk.resources, wanted, update=True)
    except KibanError as e:
        return _page(request, desk, wrong=e)
    return RedirectResponse("/templates", status_code=303)


def _page(request: Request, desk: Desk, wrong: KibanError | None = None) -> Response:
    found = sorted(
        list_structures(desk.asker, desk.resources), key=lambda each: DESCRIBED.index(each.template.applies_to)
    )
    kinds = [(kind.value, list(of_kind)) for kind, of_kind in groupby(found, key=lambda each: each.template.applies_to)]
    return page(
        request,
        "template_library.html",
        status_code=200 if wrong is None else 422,
        kinds=kinds,
        to_take=_TO_TAKE,
        wrong=wrong,
    )
