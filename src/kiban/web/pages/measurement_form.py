"""The form to say of a measurement what no file says."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from kiban.errors import KibanError
from kiban.operations.describe_measurement import describe_measurement
from kiban.operations.read_record import current
from kiban.operations.samples import Form
from kiban.operations.templates import Kept, list_templates
from kiban.records.record import Record, RecordKind
from kiban.web.asker import AtDesk, Desk, LoggedIn
from kiban.web.form_data import SentForm
from kiban.web.form_view import FormView, ValueForm
from kiban.web.language import Speaker, language_of
from kiban.web.page import page

ROUTER = APIRouter()

_PARTS = ("values",)


@ROUTER.get("/measurements/{identifier}/edit")
def show_measurement_form(request: Request, desk: LoggedIn, identifier: str, template: str = "") -> Response:
    """Show the form with what was said; without a template, those that there are for the technique."""
    record = current(desk.asker, desk.resources, identifier, RecordKind.MEASUREMENT)
    view = FormView()
    known = _templates(desk, record)
    if not template and record.document.get("template") is None and len(known) == 1:
        template = known[0].record.pid
    values = ValueForm.of_record(desk, record, template, _PARTS, view, Speaker(language_of(request)))
    return _page(request, desk, values, view, record)


@ROUTER.post("/measurements/{identifier}/edit")
def take_measurement(request: Request, desk: AtDesk, identifier: str, form: SentForm) -> Response:
    """Keep what was said; where somebody else was first, show both."""
    record = current(desk.asker, desk.resources, identifier, RecordKind.MEASUREMENT)
    view = FormView()
    stored = ValueForm.of_record(desk, record, form.text("template"), _PARTS, view, Speaker(language_of(request)))
    sent = stored.sent(form)
    if form.text("expected") != str(record.version):
        view.conflict = True
        view.theirs = sent.against(stored)
    elif stored.check(desk, form, view) and stored.kept is not None:
        try:
            wanted = Form(template=stored.kept.record.pid, values=stored.given(form, "values"))
            described = describe_measurement(desk.asker, desk.resources, record.pid, wanted, expected=record.version)
            return RedirectResponse(f"/records/{described.pid}", status_code=303)
        except KibanError as e:
            view.wrong = e
    return _page(request, desk, sent, view, record)


def _templates(desk: Desk, record: Record) -> list[Kept]:
    technique = record.document.get("technique")
    return [
        kept
        for kept in list_templates(desk.asker, desk.resources, applies_to=RecordKind.MEASUREMENT)
        if not kept.template.techniques or technique in kept.template.techniques
    ]


def _page(request: Request, desk: Desk, values: ValueForm, view: FormView, record: Record) -> Response:
    speaker = Speaker(language_of(request))
    failed = view.problems or view.wrong or view.conflict
    return page(
        request,
        "record_form.html",
        status_code=409 if view.conflict else 422 if failed else 200,
        title=speaker("forms.describe_title", title=record.title),
        kind=RecordKind.MEASUREMENT.value,
        record=record,
        kept=values.kept,
        parts=values.parts,
        typed=values.typed,
        view=view,
        head={},
        # A measurement goes on with the template that it has.
        templates=_templates(desk, record) if record.document.get("template") is None else (),
    )
