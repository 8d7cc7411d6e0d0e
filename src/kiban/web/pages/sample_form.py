"""Forms to register a sample and to change what is known of one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from kiban.errors import KibanError
from kiban.operations.read_record import current
from kiban.operations.samples import Form, change_sample, register_sample
from kiban.operations.templates import list_templates
from kiban.records.record import Record, RecordKind
from kiban.records.sample import Sample
from kiban.web.asker import AtDesk, Desk, LoggedIn
from kiban.web.form_data import Given, SentForm
from kiban.web.form_view import FormView, ValueForm
from kiban.web.language import Speaker, language_of
from kiban.web.page import page
from kiban.web.placement_choice import of_form, offered

ROUTER = APIRouter()

_PARTS = ("values",)
_TEXTS = ("name", "formula", "location", "custodian", "description")


@ROUTER.get("/samples/new")
def show_new_sample(request: Request, desk: LoggedIn, template: str = "") -> Response:
    """Show an empty form."""
    return _page(request, desk, ValueForm.new(desk, template, _PARTS), FormView(), _head(None))


@ROUTER.post("/samples/new")
def take_new_sample(request: Request, desk: AtDesk, form: SentForm) -> Response:
    """Keep the sample, or show what is wrong with what stands as it was typed."""
    values, view = ValueForm.new(desk, form.text("template"), _PARTS), FormView()
    if values.check(desk, form, view):
        try:
            texts: dict[str, Any] = {name: form.text(name) for name in _TEXTS}
            record = register_sample(
                desk.asker,
                desk.resources,
                Sample(**texts, hazards=_hazards(form)),
                form=_form(values, form),
                placement=of_form(desk, form),
            )
            return RedirectResponse(f"/records/{record.pid}", status_code=303)
        except KibanError as e:
            view.wrong = e
    return _page(request, desk, values.sent(form), view, _sent(form), form=form)


@ROUTER.get("/samples/{identifier}/edit")
def show_sample_form(request: Request, desk: LoggedIn, identifier: str, template: str = "") -> Response:
    """Show the form with what is known."""
    record = current(desk.asker, desk.resources, identifier, RecordKind.SAMPLE)
    view = FormView()
    values = ValueForm.of_record(desk, record, template, _PARTS, view, Speaker(language_of(request)))
    return _page(request, desk, values, view, _head(record), record)


@ROUTER.post("/samples/{identifier}/edit")
def take_sample(request: Request, desk: AtDesk, identifier: str, form: SentForm) -> Response:
    """Keep the changes; where somebody else was first, show both."""
    record = current(desk.asker, desk.resources, identifier, RecordKind.SAMPLE)
    view = FormView()
    stored = ValueForm.of_record(desk, record, form.text("template"), _PARTS, view, Speaker(language_of(request)))
    sent = stored.sent(form)
    if form.text("expected") != str(record.version):
        view.conflict = True
        view.theirs = sent.against(stored) | _other_texts(_sent(form), _head(record))
    elif stored.check(desk, form, view):
        try:
            changes: dict[str, Any] = {name: form.text(name) for name in _TEXTS} | {"hazards": list(_hazards(form))}
            changed = change_sample(
                desk.asker, desk.resources, record.pid, changes, form=_form(stored, form), expected=record.version
            )
            return RedirectResponse(f"/records/{changed.pid}", status_code=303)
        except KibanError as e:
            view.wrong = e
    return _page(request, desk, sent, view, _sent(form), record)


def _form(values: ValueForm, form: Given) -> Form | None:
    if values.kept is None:
        return None
    return Form(template=values.kept.record.pid, values=values.given(form, "values"))


def _hazards(form: Given) -> tuple[str, ...]:
    return tuple(filter(None, re.split(r"[\s,、;]+", form.text("hazards"))))


def _head(record: Record | None) -> dict[str, Any]:
    document: Mapping[str, Any] = record.document if record is not None else {}
    texts = {name: str(document.get(name, "")) for name in _TEXTS}
    return texts | {"hazards": ", ".join(document.get("hazards", ()))}


def _sent(form: Given) -> dict[str, Any]:
    return {name: form.text(name) for name in (*_TEXTS, "hazards")}


def _other_texts(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, str]:
    return {name: theirs[name] or "–" for name in (*_TEXTS, "hazards") if mine[name] != theirs[name].strip()}


def _page(
    request: Request,
    desk: Desk,
    values: ValueForm,
    view: FormView,
    head: dict[str, Any],
    record: Record | None = None,
    form: Given | None = None,
) -> Response:
    speaker = Speaker(language_of(request))
    title = speaker("forms.edit", title=record.title) if record is not None else speaker("forms.new_sample")
    failed = view.problems or view.wrong or view.conflict
    return page(
        request,
        "record_form.html",
        status_code=409 if view.conflict else 422 if failed else 200,
        title=title,
        kind=RecordKind.SAMPLE.value,
        record=record,
        kept=values.kept,
        parts=values.parts,
        typed=values.typed,
        view=view,
        head=head,
        offered=offered(desk, form) if record is None else None,
        templates=list_templates(desk.asker, desk.resources, applies_to=RecordKind.SAMPLE) if record is None else (),
    )
