"""Pages of templates: the list, one of them with its versions, the editor, and the look before it is saved."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import RedirectResponse

from kiban.errors import Conflict, KibanError, WrongUsage
from kiban.operations.find import find
from kiban.operations.migrate_records import MIGRATED, UNDONE
from kiban.operations.show import show
from kiban.operations.template_preview import Preview, preview
from kiban.operations.templates import (
    compare_versions,
    define_template,
    get_template,
    list_templates,
    revise_template,
)
from kiban.records.field import FieldKind, Need
from kiban.records.record import RecordKind
from kiban.records.technique import TECHNIQUES
from kiban.records.template import DESCRIBED, Template
from kiban.records.template_change import changes
from kiban.web.asker import AtDesk, Desk, LoggedIn
from kiban.web.change_words import say
from kiban.web.form_data import DEEPEST, SentForm, depth, texts
from kiban.web.language import Speaker, language_of
from kiban.web.page import page
from kiban.web.placement_choice import Offered, of_form, offered
from kiban.web.problem import of_error
from kiban.web.template_form import PARTS, Built, shaped, template_of, typed_template

ROUTER = APIRouter()

Version = Annotated[int | None, Query(ge=1, le=2**31 - 1)]


@ROUTER.get("/templates")
def show_templates(request: Request, desk: AtDesk) -> Response:
    """Show all templates by what they are for."""
    kept = sorted(list_templates(desk.asker, desk.resources), key=lambda k: DESCRIBED.index(k.template.applies_to))
    kinds = [(kind.value, list(of_kind)) for kind, of_kind in groupby(kept, key=lambda k: k.template.applies_to)]
    return page(request, "templates.html", kinds=kinds, all_kinds=[kind.value for kind in DESCRIBED])


@ROUTER.get("/templates/new")
def show_new_template(request: Request, desk: LoggedIn, applies_to: str = RecordKind.SAMPLE.value) -> Response:
    """Show an empty editor."""
    return _editor(
        request, typed={"applies_to": applies_to, "fields": [{}]}, built=Built(), kept=None, choices=offered(desk)
    )


@ROUTER.post("/templates/new")
def take_new_template(request: Request, desk: AtDesk, form: SentForm) -> Response:
    """Show what the new template would be, or keep it."""
    typed = _typed(form)
    built = template_of(typed, None)
    if built.template is None or form.text("do") in {"edit", "more"}:
        return _editor(request, typed=_more(typed, form), built=built, kept=None, choices=offered(desk, form))
    if form.text("do") != "save":
        return page(
            request, "template_review.html", kept=None, structure=built.template, typed=_as_text(typed), said=[],
            found=None, expected="", tier=form.text("tier"), embargo=form.text("embargo"), wrong=None,
        )  # fmt: skip
    try:
        kept = define_template(desk.asker, desk.resources, built.template, placement=of_form(desk, form))
    except Conflict as e:
        built.problems["name"] = e
        return _editor(request, typed=typed, built=built, kept=None, choices=offered(desk, form))
    return RedirectResponse(f"/templates/{kept.record.pid}", status_code=303)


@ROUTER.get("/templates/{identifier}")
def show_template(
    request: Request,
    desk: AtDesk,
    identifier: str,
    version: Version = None,
    before: Version = None,
) -> Response:
    """Show one version of a template, and what it changed against another one."""
    kept = get_template(desk.asker, desk.resources, identifier, version=version)
    shown = show(desk.asker, desk.resources, kept.record.pid)
    speaker = Speaker(language_of(request))
    number = kept.record.version
    compared = before if before is not None else number - 1
    said = []
    if compared >= 1:
        found = compare_versions(desk.asker, desk.resources, kept.record.pid, compared, number)
        said = [say(change, speaker) for change in found]
    undone = {event.details.get("migration") for event in shown.events if event.action == UNDONE}
    question = f'template = "{kept.record.pid}"'
    return page(
        request,
        "template.html",
        kept=kept,
        structure=kept.template,
        newest=shown.record.version,
        versions=shown.versions,
        scope=shown.scope,
        compared=compared,
        said=said,
        question=question,
        n_records=find(desk.asker, desk.resources, question, limit=1, exact=True).total,
        migrations=[(e, e.details.get("migration") in undone) for e in shown.events if e.action == MIGRATED],
        parts=PARTS,
    )


@ROUTER.get("/templates/{identifier}/edit")
def show_editor(request: Request, desk: LoggedIn, identifier: str) -> Response:
    """Show the editor with the current version in it."""
    kept = get_template(desk.asker, desk.resources, identifier)
    return _editor(request, typed=typed_template(kept.template), built=Built(), kept=kept)


@ROUTER.post("/templates/{identifier}/edit")
def take_edited(request: Request, desk: AtDesk, identifier: str, form: SentForm) -> Response:
    """Show what the changes would mean, or keep them as the next version."""
    typed = _typed(form)
    expected = _number(form.text("expected"))
    edited = get_template(desk.asker, desk.resources, identifier, version=expected)
    # What the template is for cannot change; the page shows it and does not send it.
    built = template_of({**typed, "applies_to": edited.template.applies_to.value}, edited.template)
    if built.template is None or form.text("do") in {"edit", "more"}:
        return _editor(request, typed=_more(typed, form), built=built, kept=edited)
    if form.text("do") == "save":
        try:
            revise_template(desk.asker, desk.resources, identifier, built.template, expected=expected)
            return RedirectResponse(f"/templates/{edited.record.pid}", status_code=303)
        except KibanError as e:
            return _review(request, desk, built.template, typed, edited, wrong=e)
    return _review(request, desk, built.template, typed, edited)


def _review(
    request: Request, desk: Desk, template: Template, typed: dict[str, Any], kept: Any, wrong: KibanError | None = None
) -> Response:
    speaker = Speaker(language_of(request))
    found: Preview = preview(desk.asker, desk.resources, kept.record.pid, template)
    # The note belongs to its version; that it differs from the last one's is no change.
    differences = changes(replace(kept.template, note=""), replace(template, note=""))
    said = [say(change, speaker) for change in differences]
    return page(
        request, "template_review.html", status_code=of_error(wrong).status if wrong is not None else 200,
        kept=kept, structure=template, typed=_as_text(typed), said=said, found=found, expected=kept.record.version,
        tier="", embargo="", wrong=wrong,
    )  # fmt: skip


def _editor(
    request: Request, *, typed: dict[str, Any], built: Built, kept: Any, choices: Offered | None = None
) -> Response:
    speaker = Speaker(language_of(request))
    names = sorted((speaker.technique(key), key) for key in TECHNIQUES)
    return page(
        request,
        "template_edit.html",
        status_code=422 if built.problems else 200,
        typed=shaped(typed),
        problems=built.problems,
        kept=kept,
        is_unsaved=request.method == "POST",
        offered=choices,
        kinds=[kind.value for kind in DESCRIBED],
        field_kinds=[kind.value for kind in FieldKind],
        part_kinds=[kind.value for kind in PARTS],
        needs=[need.value for need in Need],
        record_kinds=[kind.value for kind in RecordKind],
        techniques=names,
        words=json.dumps({"unknown": speaker("editor.unknown")}, ensure_ascii=False),
    )


def _typed(form: SentForm) -> dict[str, Any]:
    """The editor's form: as it is, or as the page of the review carries it along."""
    carried = form.text("typed")
    if not carried:
        return form.tree
    try:
        found = json.loads(carried)
        # What cannot be written (half a surrogate pair) or kept (a zero character) came from no page of ours.
        is_sound = isinstance(found, dict) and depth(found) <= DEEPEST and not any("\0" in one for one in texts(found))
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        is_sound = False
    if not is_sound:
        raise WrongUsage("The form came back damaged.", mend="Go back to the editor and try again.")
    return dict(found)


def _more(typed: dict[str, Any], form: SentForm) -> dict[str, Any]:
    """With an empty row at the end where a browser without scripts asks for one."""
    rows = typed.get("fields")
    wants = form.text("do") == "more"
    return {**typed, "fields": [*(rows if isinstance(rows, list) else []), {}]} if wants else typed


def _as_text(typed: dict[str, Any]) -> str:
    return json.dumps(
        {k: v for k, v in typed.items() if k not in {"do", "expected", "typed", "tier", "embargo"}}, ensure_ascii=False
    )


def _number(text: str) -> int:
    if not text.isdecimal() or not 0 < len(text) < 10:
        raise WrongUsage("The form does not say which version was edited.", mend="Open the editor again.")
    return int(text)
