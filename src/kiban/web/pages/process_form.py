"""Forms to write down a process, as it was meant and as it was done, and to go on with one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from kiban.errors import InvalidValue, KibanError
from kiban.operations.processes import change_process, record_process
from kiban.operations.read_record import current
from kiban.operations.templates import list_templates
from kiban.records.process import Process, ProcessState
from kiban.records.record import Record, RecordKind
from kiban.records.sample import Sample
from kiban.web.asker import AtDesk, Desk, LoggedIn
from kiban.web.form_data import Given, SentForm
from kiban.web.form_view import FormView, ValueForm
from kiban.web.language import Speaker, language_of
from kiban.web.page import page
from kiban.web.placement_choice import of_form, offered

ROUTER = APIRouter()

_PARTS = ("meant", "done")
_TEXTS = ("name", "description", "state", "started_at", "ended_at", "operator", "equipment")


@ROUTER.get("/processes/new")
def show_new_process(request: Request, desk: LoggedIn, template: str = "") -> Response:
    """Show an empty form."""
    return _page(request, desk, ValueForm.new(desk, template, _PARTS), FormView(), _head(None))


@ROUTER.post("/processes/new")
def take_new_process(request: Request, desk: AtDesk, form: SentForm) -> Response:
    """Keep the process, or show what is wrong with what stands as it was typed."""
    values, view = ValueForm.new(desk, form.text("template"), _PARTS), FormView()
    if values.check(desk, form, view):
        try:
            recorded = record_process(
                desk.asker,
                desk.resources,
                Process(**_texts(form)),
                template=values.kept.record.pid if values.kept is not None else None,
                meant=values.given(form, "meant"),
                done=values.given(form, "done"),
                inputs=_inputs(form),
                outputs=[Sample(name=name) for name in map(str.strip, form.text("outputs").split("\n")) if name],
                uses_up=form.text("uses_up") == "on",
                placement=of_form(desk, form),
            )
            return RedirectResponse(f"/records/{recorded.process.pid}", status_code=303)
        except KibanError as e:
            view.wrong = e
    return _page(request, desk, values.sent(form), view, _sent(form), form=form)


@ROUTER.get("/processes/{identifier}/edit")
def show_process_form(request: Request, desk: LoggedIn, identifier: str, template: str = "") -> Response:
    """Show the form with what is known."""
    record = current(desk.asker, desk.resources, identifier, RecordKind.PROCESS)
    view = FormView()
    values = ValueForm.of_record(desk, record, template, _PARTS, view, Speaker(language_of(request)))
    return _page(request, desk, values, view, _head(record), record)


@ROUTER.post("/processes/{identifier}/edit")
def take_process(request: Request, desk: AtDesk, identifier: str, form: SentForm) -> Response:
    """Keep the changes; where somebody else was first, show both."""
    record = current(desk.asker, desk.resources, identifier, RecordKind.PROCESS)
    view = FormView()
    stored = ValueForm.of_record(desk, record, form.text("template"), _PARTS, view, Speaker(language_of(request)))
    sent = stored.sent(form)
    if form.text("expected") != str(record.version):
        view.conflict = True
        mine, theirs = _sent(form), _head(record)
        view.theirs = sent.against(stored) | {n: theirs[n] or "–" for n in _TEXTS if mine[n] != theirs[n].strip()}
    elif stored.check(desk, form, view):
        try:
            has_template = stored.kept is not None
            changed = change_process(
                desk.asker,
                desk.resources,
                record.pid,
                _texts(form),
                meant=stored.given(form, "meant") if has_template else None,
                done=stored.given(form, "done") if has_template else None,
                template=stored.kept.record.pid if stored.kept is not None else None,
                expected=record.version,
            )
            return RedirectResponse(f"/records/{changed.pid}", status_code=303)
        except KibanError as e:
            view.wrong = e
    return _page(request, desk, sent, view, _sent(form), record)


def _texts(form: Given) -> dict[str, Any]:
    """The attributes of a process that the form has. Raises InvalidValue."""
    texts: dict[str, Any] = {name: form.text(name) for name in _TEXTS}
    try:
        texts["state"] = ProcessState(texts["state"])
    except ValueError:
        raise InvalidValue("The form does not say how far the process has come.", mend="Choose its state.") from None
    return texts | {name: texts[name] or None for name in ("started_at", "ended_at")}


def _inputs(form: Given) -> list[str]:
    rows = form.tree.get("inputs")
    return [row.strip() for row in rows if isinstance(row, str) and row.strip()] if isinstance(rows, list) else []


def _head(record: Record | None) -> dict[str, Any]:
    document: Mapping[str, Any] = record.document if record is not None else {"state": ProcessState.DONE.value}
    texts = {name: str(document.get(name) or "") for name in _TEXTS}
    return texts | {"inputs": [], "outputs": "", "uses_up": False}


def _sent(form: Given) -> dict[str, Any]:
    texts: dict[str, Any] = {name: form.text(name) for name in (*_TEXTS, "outputs")}
    return texts | {"inputs": _inputs(form), "uses_up": form.text("uses_up") == "on"}


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
    failed = view.problems or view.wrong or view.conflict
    return page(
        request,
        "record_form.html",
        status_code=409 if view.conflict else 422 if failed else 200,
        title=speaker("forms.edit", title=record.title) if record is not None else speaker("forms.new_process"),
        kind=RecordKind.PROCESS.value,
        record=record,
        kept=values.kept,
        parts=values.parts,
        typed=values.typed,
        view=view,
        head=head,
        states=[state.value for state in ProcessState],
        offered=offered(desk, form) if record is None else None,
        templates=list_templates(desk.asker, desk.resources, applies_to=RecordKind.PROCESS) if record is None else (),
    )
