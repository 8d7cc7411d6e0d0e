"""Pages that carry the records of a template over to its current version, and take that back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from kiban.errors import InvalidValue, KibanError, WrongUsage
from kiban.operations.migrate_records import migrate, undo_migration
from kiban.operations.template_preview import preview
from kiban.operations.templates import Kept, get_template
from kiban.records.field import walk
from kiban.records.template_migration import Act, Step
from kiban.web.asker import AtDesk, Desk, LoggedIn
from kiban.web.form_data import Given, SentForm
from kiban.web.page import page

ROUTER = APIRouter()


@ROUTER.get("/templates/{identifier}/migrate")
def show_migration(request: Request, desk: LoggedIn, identifier: str) -> Response:
    """Show what would become of the records."""
    return _page(request, desk, get_template(desk.asker, desk.resources, identifier), Given(tree={}))


@ROUTER.post("/templates/{identifier}/migrate")
def take_migration(request: Request, desk: AtDesk, identifier: str, form: SentForm) -> Response:
    """Preview the stated steps, or carry the records over."""
    kept = get_template(desk.asker, desk.resources, identifier)
    if form.text("do") != "migrate":
        return _page(request, desk, kept, form)
    expected = form.text("expected")
    try:
        migrate(
            desk.asker, desk.resources, identifier, _steps(form, kept),
            expected=int(expected) if expected.isdecimal() and len(expected) < 10 else 0,
            leaves_refused=form.text("leaves_refused") == "on",
        )  # fmt: skip
    except KibanError as e:
        return _page(request, desk, kept, form, wrong=e)
    return RedirectResponse(f"/templates/{kept.record.pid}#migrations", status_code=303)


@ROUTER.post("/templates/{identifier}/undo")
def take_undo(request: Request, desk: AtDesk, identifier: str, form: SentForm) -> Response:
    """Take a migration back; where some records were changed since, say which."""
    kept = get_template(desk.asker, desk.resources, identifier)
    try:
        migration = UUID(form.text("migration"))
    except ValueError as e:
        raise WrongUsage("The form names no migration.", mend="Use the button on the page of the template.") from e
    undone = undo_migration(desk.asker, desk.resources, identifier, migration)
    if undone.refused:
        return page(request, "template_undone.html", kept=kept, undone=undone)
    return RedirectResponse(f"/templates/{kept.record.pid}#migrations", status_code=303)


def _page(request: Request, desk: Desk, kept: Kept, form: Given, wrong: KibanError | None = None) -> Response:
    steps: tuple[Step, ...] = ()
    try:
        steps = _steps(form, kept)
        found = preview(desk.asker, desk.resources, kept.record.pid, kept.template, steps)
    except InvalidValue as e:
        wrong = wrong or e
        found = preview(desk.asker, desk.resources, kept.record.pid, kept.template)
    rows = form.tree.get("steps")
    return page(
        request,
        "template_migrate.html",
        status_code=200 if wrong is None else 422,
        kept=kept,
        found=found,
        wrong=wrong,
        steps=[row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else [],
        paths=[".".join(path) for path, _ in walk(kept.template.fields)],
        acts=[act.value for act in Act],
        leaves_refused=form.text("leaves_refused") == "on",
    )


def _steps(form: Given, kept: Kept) -> tuple[Step, ...]:
    """The steps of the form. Raises InvalidValue."""
    rows: Any = form.tree.get("steps")
    given = [row for row in rows if isinstance(row, dict) and row.get("path")] if isinstance(rows, list) else []
    paths = {".".join(path) for path, _ in walk(kept.template.fields)}
    for row in given:
        if row["path"] not in paths:
            raise InvalidValue(f"There is no field '{row['path']!s:.80}'.", mend="Choose one from the list.")
    return tuple(map(_step, given))


def _step(row: dict[str, Any]) -> Step:
    path, value = str(row["path"]), str(row.get("value", ""))
    try:
        act = Act(str(row.get("act", "")))
    except ValueError:
        raise InvalidValue(f"For {path} it is not said what to do.", mend="Choose it from the list.") from None
    return Step(
        path=tuple(path.split(".")),
        act=act,
        value=value.strip() if act is Act.SET else None,
        replacements=_replacements(value, path) if act is Act.REPLACE else {},
    )


def _replacements(text: str, path: str) -> dict[str, str]:
    """Lines `old = new`."""
    found = {}
    for line in filter(None, map(str.strip, text.split("\n"))):
        old, sign, new = line.partition("=")
        if not sign or not old.strip():
            raise InvalidValue(
                f"'{line[:60]}' says nothing to replace in {path}.", mend="Write lines like N2 = nitrogen."
            )
        found[old.strip()] = new.strip()
    return found
