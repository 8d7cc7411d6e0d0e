"""The form to state the rights in a record or a project."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from kiban.errors import KibanError, RecordNotFound
from kiban.operations.rights_of import StatedRights
from kiban.operations.show_rights import show_rights
from kiban.operations.state_rights import STATABLE, state_rights
from kiban.records.field import Field
from kiban.records.filled import Problem, fill
from kiban.records.record import Record
from kiban.records.rights.form import FIELDS, rights_of_values, values_of
from kiban.web.asker import AtDesk, Desk, LoggedIn
from kiban.web.form_data import Given, SentForm
from kiban.web.form_view import FormView
from kiban.web.page import page
from kiban.web.value_form import by_name, differing, given_values, shaped_values, typed_values

ROUTER = APIRouter()

_PART = "rights"


@ROUTER.get("/records/{identifier}/rights")
def show_rights_form(request: Request, desk: LoggedIn, identifier: str) -> Response:
    """Show it with what is stated; what only the project states is there to begin with."""
    record, stated = _record(desk, identifier)
    return _page(request, record, stated, _typed(stated), FormView())


@ROUTER.post("/records/{identifier}/rights")
def take_rights(request: Request, desk: AtDesk, identifier: str, form: SentForm) -> Response:
    """Keep what was stated; where somebody else was first, show both."""
    record, stated = _record(desk, identifier)
    view = FormView()
    sent = shaped_values(FIELDS, form.part(_PART))
    if form.text("expected") != str(record.version):
        view.conflict = True
        view.theirs = differing(FIELDS, sent, _typed(stated), _PART)
        return _page(request, record, stated, sent, view)
    try:
        if form.text("withdraw"):
            state_rights(desk.asker, desk.resources, record.pid, None, expected=record.version)
            return _back(record)
        rights, problems = _stated(form)
        view.problems |= by_name(_PART, problems)
        if not problems:
            state_rights(desk.asker, desk.resources, record.pid, rights, expected=record.version)
            return _back(record)
    except KibanError as e:
        view.wrong = e
    return _page(request, record, stated, sent, view)


def _stated(form: Given) -> tuple[Any, tuple[Problem, ...]]:
    filled = fill(_unbounded(FIELDS), given_values(FIELDS, form.part(_PART)))
    rights, problems = rights_of_values(filled.values)
    return rights, (*filled.problems, *problems)


def _unbounded(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    return tuple(replace(each, longest=None, fields=_unbounded(each.fields)) for each in fields)


def _record(desk: Desk, identifier: str) -> tuple[Record, StatedRights | None]:
    record, stated = show_rights(desk.asker, desk.resources, identifier)
    if record.kind not in STATABLE:
        raise RecordNotFound(identifier)
    return record, stated


def _typed(stated: StatedRights | None) -> dict[str, Any]:
    return typed_values(FIELDS, values_of(stated.rights if stated is not None else None))


def _back(record: Record) -> Response:
    return RedirectResponse(f"/records/{quote(record.pid, safe=':')}#rights", status_code=303)


def _page(
    request: Request, record: Record, stated: StatedRights | None, typed: dict[str, Any], view: FormView
) -> Response:
    failed = view.problems or view.wrong or view.conflict
    return page(
        request,
        "rights_form.html",
        status_code=409 if view.conflict else 422 if failed else 200,
        record=record,
        stated=stated,
        fields=FIELDS,
        typed=typed,
        view=view,
    )
