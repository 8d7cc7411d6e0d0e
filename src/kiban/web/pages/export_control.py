"""Export control: the release table with what a change would bring, what waits for a decision, and single records."""

from __future__ import annotations

import re
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from kiban.errors import InvalidValue, KibanError
from kiban.operations.judge_export import judge_export, judgement_of
from kiban.operations.releases import Releases, decide_release, preview_table, set_table, show_releases
from kiban.operations.releases_as_json import row_as_json, rows_of_json
from kiban.operations.show import show
from kiban.records.parties.export_control import CAUTIOUS, ExportClass, Relation, Release, Residency
from kiban.web.asker import AtDesk, Desk
from kiban.web.form_data import Given, SentForm
from kiban.web.page import page

ROUTER = APIRouter()

_COMMA = re.compile(r"[,、，]")
_CHOICES = {
    "classes": tuple(ExportClass),
    "relations": tuple(Relation),
    "residencies": tuple(Residency),
}
"""The conditions that are chosen from a list."""
_TYPED = ("items", "countries")
_EMPTY: dict[str, Any] = {**{name: [] for name in (*_CHOICES, *_TYPED)}, "says": Release.REFUSE.value}
_EMPTY |= {"reason": "", "reason_ja": ""}
_LONGEST = 4000

Ground = Annotated[str, Form(max_length=_LONGEST)]


@ROUTER.get("/export-control")
def show_page(request: Request, desk: AtDesk) -> Response:
    """Show the table, what waits and what was decided."""
    found = show_releases(desk.asker, desk.resources)
    return _page(request, desk, found, [row_as_json(row) for row in found.table.rows])


@ROUTER.post("/export-control/table")
def change_table(request: Request, desk: AtDesk, form: SentForm) -> Response:
    """See what another table would change; put it in force; or go back to the one that Kiban comes with."""
    found = show_releases(desk.asker, desk.resources)
    act = form.text("act")
    typed = [row_as_json(row) for row in CAUTIOUS.rows] if act == "shipped" else _typed_rows(form)
    try:
        rows = rows_of_json(typed)
        if act == "save":
            set_table(desk.asker, desk.resources, rows, expected=_revision(form))
            return RedirectResponse("/export-control", status_code=303)
        change = preview_table(desk.asker, desk.resources, rows)
    except KibanError as e:
        return _page(request, desk, found, typed, problem=e)
    return _page(request, desk, found, typed, change=change)


@ROUTER.post("/export-control/decisions")
def decide(
    desk: AtDesk,
    scope: Annotated[int, Form(ge=0, le=65535)],
    party: Annotated[UUID, Form()],
    says: Annotated[str, Form(pattern="allow|refuse")],
    expected: Annotated[int, Form(ge=0, le=2**63 - 1)],
    ground: Ground = "",
) -> Response:
    """Decide one release."""
    decide_release(
        desk.asker,
        desk.resources,
        scope=scope,
        party=party,
        allowed=says == "allow",
        ground=ground,
        expected=expected,
    )
    return RedirectResponse("/export-control", status_code=303)


@ROUTER.get("/records/{identifier}/export-control")
def show_record(request: Request, desk: AtDesk, identifier: str) -> Response:
    """Show what a record is taken to be, and the form to judge it."""
    shown = show(desk.asker, desk.resources, identifier)
    judgement = judgement_of(desk.asker, desk.resources, identifier)
    return page(
        request,
        "export_judgement.html",
        record=shown.record,
        judgement=judgement,
        classes=tuple(ExportClass),
        may_judge=desk.asker.is_export_officer,
    )


@ROUTER.post("/records/{identifier}/export-control")
def judge(
    desk: AtDesk,
    identifier: str,
    export_class: Annotated[ExportClass, Form()],
    ground: Ground = "",
    item: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Judge it."""
    record = show(desk.asker, desk.resources, identifier).record
    judge_export(
        desk.asker,
        desk.resources,
        export_class,
        ground=ground,
        item=item if export_class is ExportClass.LISTED else None,
        identifiers=[record.pid],
    )
    return RedirectResponse(f"/records/{record.pid}/export-control", status_code=303)


def _page(request: Request, desk: Desk, found: Releases, rows: list[dict[str, Any]], **also: Any) -> Response:
    directory = desk.resources.directory.load()
    names = {held.scope.project: directory.projects[held.scope.project].name for held in found.held_back}
    decided = [(each, directory.name_of(each.party)) for each in found.decisions]
    return page(
        request,
        "export_control.html",
        found=found,
        rows=[{**_EMPTY, **row} for row in (*rows, {})],
        choices=_CHOICES,
        says=tuple(Release),
        decided=decided,
        names=names,
        may_decide=desk.asker.is_export_officer,
        **{"change": None, "problem": None, **also},
    )


def _revision(form: Given) -> int:
    text = form.text("expected")
    if not text.isascii() or not text.isdecimal():
        raise InvalidValue("The form does not say which table it was made on.", mend="Open the page again.")
    return int(text)


def _typed_rows(form: Given) -> list[dict[str, Any]]:
    """The rows as they were typed, in the order of their numbers; those without a reason are left out."""
    given = form.tree.get("rows", [])
    rows = [row for row in given if isinstance(row, dict)] if isinstance(given, list) else []
    kept = [
        (_order(row, n), n, row)
        for n, row in enumerate(rows)
        if (_text(row, "reason") or _text(row, "reason_ja")) and "remove" not in row
    ]
    return [_row(row) for _, _, row in sorted(kept, key=lambda each: each[:2])]


def _order(row: dict[str, Any], n: int) -> float:
    try:
        return float(_text(row, "order") or n + 1)
    except ValueError:
        return n + 1


def _row(row: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {name: _text(row, name) for name in ("says", "reason", "reason_ja")}
    found["reason"] = found["reason"] or found["reason_ja"]
    for name, choices in _CHOICES.items():
        ticked = row.get(name, {})
        if isinstance(ticked, dict) and (chosen := [c.value for n, c in enumerate(choices) if f"c{n}" in ticked]):
            found[name] = chosen
    for name in _TYPED:
        if typed := [part.strip() for part in _COMMA.split(_text(row, name)) if part.strip()]:
            found[name] = [part.upper() for part in typed] if name == "countries" else typed
    return found


def _text(row: dict[str, Any], name: str) -> str:
    found = row.get(name, "")
    return found.strip() if isinstance(found, str) else ""
