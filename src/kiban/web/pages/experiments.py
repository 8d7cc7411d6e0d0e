"""The page on which a table of past experiments is dropped, its columns are told, and its rows are kept."""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import JSONResponse

from kiban.errors import KibanError, WrongUsage
from kiban.operations.experiments_structure import list_mappings
from kiban.operations.past_experiments import (
    Imported,
    Preview,
    TableFile,
    keep_experiments,
    preview_experiments,
)
from kiban.operations.terms import vocabulary_of
from kiban.operations.withdraw_experiments import preview_withdrawal, withdraw_experiments
from kiban.readers.experiments.meaning import Role
from kiban.records.matter.composition import Basis
from kiban.web.asker import AtDesk, Desk, LoggedIn
from kiban.web.experiment_form import WITH_KEY, WITH_UNIT, columns_of, faults, mapping_of, mark_of, owner_of
from kiban.web.form_data import Given, SentForm
from kiban.web.page import page
from kiban.web.placement_choice import of_form, offered
from kiban.web.under_way import under_way_of

ROUTER = APIRouter()

_MOST_SHOWN = 100
_MOST_ROWS = 5


@ROUTER.get("/experiments")
def show_experiments(request: Request, desk: LoggedIn, table: str = "") -> Response:
    """Show where to drop a table; for one that is there, what would be withdrawn with it."""
    return _page(request, desk, table=table[:300])


@ROUTER.post("/experiments")
def take_experiments(request: Request, desk: AtDesk, form: SentForm) -> Response:
    """Look at a table, keep it, or withdraw one."""
    if form.text("do") == "withdraw":
        try:
            gone = withdraw_experiments(desk.asker, desk.resources, form.text("table"))
        except KibanError as e:
            return _page(request, desk, wrong=e)
        return _page(request, desk, gone=gone)
    try:
        file = _file(form)
        said = bool(columns_of(form)) and "file" not in form.files
        given = replace(file, mapping=mapping_of(form, vocabulary_of(desk.asker, desk.resources))) if said else file
    except KibanError as e:
        return _again(request, desk, form, e)
    kept: Imported | None = None
    wrong: KibanError | None = None
    changed = given.mapping is not None and form.text("looked") != mark_of(given.mapping)
    if form.text("do") == "keep" and not changed:
        try:
            with under_way_of(request).keeping(form.text("ticket"), desk.asker.party) as told:
                kept = keep_experiments(
                    desk.asker,
                    desk.resources,
                    given,
                    leaves_out_wrong=form.text("leaves_out_wrong") == "on",
                    withdraws_missing=form.text("withdraws_missing") == "on",
                    placement=of_form(desk, form),
                    told=told,
                )
        except KibanError as e:
            wrong = e
    if kept is not None:
        return _page(request, desk, kept=kept, table=kept.table)
    try:
        found = preview_experiments(desk.asker, desk.resources, given)
    except KibanError as e:
        return _page(request, desk, wrong=wrong or e)
    return _page(
        request, desk, found=found, wrong=wrong, form=form, content=given.content,
        is_changed=form.text("do") == "keep" and changed,
    )  # fmt: skip


@ROUTER.get("/experiments/progress")
def show_progress(request: Request, desk: AtDesk, ticket: Annotated[str, Query(max_length=100)]) -> Response:
    """How far a table has come that is being kept, for the script of the page that waits for it."""
    found = under_way_of(request).look(ticket, desk.asker.party)
    said = {"phase": None} if found is None else {"phase": found.phase, "done": found.done, "total": found.total}
    return JSONResponse(said, headers={"cache-control": "no-store"})


def _file(form: Given) -> TableFile:
    """The table: as a file, or as the page of the preview carries it along."""
    sent = form.files.get("file")
    if sent is not None and sent.content:
        # What was said of the file before is not said of this one.
        return TableFile(content=sent.content, name=sent.name, kept=form.text("use"))
    try:
        content = base64.b64decode(form.text("content"), validate=True)
    except (binascii.Error, ValueError) as e:
        raise WrongUsage("The form came back damaged.", mend="Choose the file again.") from e
    if not content:
        raise WrongUsage("No file was chosen.", mend="Choose a CSV or xlsx file.")
    return TableFile(
        content=content,
        name=form.text("name"),
        kept=form.text("kept"),
        table=form.text("table"),
        sheet=form.text("sheet"),
    )


def _again(request: Request, desk: Desk, form: Given, wrong: KibanError) -> Response:
    """The form as it was sent, where what was said in it contradicts itself: over what the file says by itself."""
    try:
        file = _file(form)
        found = preview_experiments(desk.asker, desk.resources, replace(file, kept=""))
    except KibanError:
        return _page(request, desk, wrong=wrong)
    found = replace(
        found, name=form.text("kept"), experiments=replace(found.experiments, rows=(), faults=()), made=None
    )
    return _page(request, desk, found=found, wrong=wrong, form=form, content=file.content, sent=columns_of(form))


def _page(
    request: Request,
    desk: Desk,
    *,
    found: Preview | None = None,
    kept: Imported | None = None,
    gone: Any = None,
    wrong: KibanError | None = None,
    form: Given | None = None,
    content: bytes = b"",
    sent: list[dict[str, Any]] | None = None,
    is_changed: bool = False,
    table: str = "",
) -> Response:
    there = None
    name = table or (found.table if found is not None else "")
    if name:
        try:
            there = preview_withdrawal(desk.asker, desk.resources, name)
        except KibanError:
            there = None  # no such table was imported
    values: dict[str, Any] = {
        "found": found,
        "kept": kept,
        "gone": gone,
        "there": there,
        "wrong": wrong,
        "columns": _shown(found, sent) if found is not None else [],
        "own_faults": faults(form, vocabulary_of(desk.asker, desk.resources)) if form is not None and sent else [],
        "mark": mark_of(found.mapping) if found is not None and found.mapping is not None else "",
        "content": base64.b64encode(content).decode("ascii"),
        "mappings": list_mappings(desk.asker, desk.resources) if found is None and kept is None else (),
        "roles": list(Role),
        "bases": list(Basis),
        "with_key": " ".join(WITH_KEY),
        "with_unit": " ".join(WITH_UNIT),
        "most": _MOST_SHOWN,
        "most_rows": _MOST_ROWS,
        "is_changed": is_changed,
        "balance": form.text("balance") if form is not None and sent else _balance(found),
        "decimal": form.text("decimal") if form is not None and sent else _decimal(found),
        "sheet": found.sheet.sheet if found is not None else "",
        "offered": offered(desk, form),
    }
    # To look at a table that has faults is no failure: that is what looking is for.
    return page(request, "experiments.html", status_code=422 if wrong is not None else 200, **values)


def _balance(found: Preview | None) -> str:
    return found.mapping.balance if found is not None and found.mapping is not None else ""


def _decimal(found: Preview | None) -> str:
    return found.mapping.decimal if found is not None and found.mapping is not None else ""


def _shown(found: Preview, sent: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """Each column with what its form holds."""
    meanings = [each.meaning for each in found.columns]
    shown = []
    for place, each in enumerate(found.columns):
        meaning = each.meaning
        said: dict[str, Any] = {
            "header": meaning.header,
            "role": meaning.role.value,
            "key": meaning.key if meaning.role is not Role.UNCERTAINTY else "",
            "unit": meaning.unit,
            "basis": meaning.basis.value if meaning.basis is not None else "",
            "is_text": meaning.is_text,
            "of": owner_of(meanings, meaning) if meaning.role is Role.UNCERTAINTY else None,
            "k": f"{meaning.coverage_factor:g}" if meaning.coverage_factor is not None else "",
        }
        if sent is not None and place < len(sent):
            of = str(sent[place].get("of", ""))
            said |= {name: value for name, value in sent[place].items() if name in said and name != "header"}
            said |= {"is_text": sent[place].get("is_text") == "on", "of": int(of) if of.isdecimal() else None}
        cells = [cell for row in found.sheet.rows[:20] if (cell := row.cells[place].strip())]
        shown.append({**said, "sureness": each.sureness.value, "reason": each.reason.value, "cells": cells[:3]})
    return shown
