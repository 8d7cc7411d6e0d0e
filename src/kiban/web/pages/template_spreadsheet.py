"""The page to download the spreadsheet of a template, and to load a filled one after a look at it."""

from __future__ import annotations

import base64
import binascii
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from kiban.errors import KibanError, UnreadableFile, WrongUsage
from kiban.operations.fill_spreadsheet import CheckedSheet, check_spreadsheet, empty_sheet, keep_spreadsheet
from kiban.operations.templates import Kept, get_template
from kiban.standards.template_sheet_layout import PARTS
from kiban.web.asker import AtDesk, Desk
from kiban.web.download import download_headers
from kiban.web.form_data import Given, SentForm
from kiban.web.language import language_of
from kiban.web.page import page
from kiban.web.placement_choice import of_form, offered

ROUTER = APIRouter()

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST_SHOWN = 200


@ROUTER.get("/templates/{identifier}/spreadsheet")
def show_spreadsheet(request: Request, desk: AtDesk, identifier: str) -> Response:
    """Show where to download and to upload."""
    return _page(request, desk, get_template(desk.asker, desk.resources, identifier))


@ROUTER.get("/templates/{identifier}/spreadsheet.xlsx")
def get_spreadsheet(request: Request, desk: AtDesk, identifier: str) -> Response:
    """Give the spreadsheet to fill in, in the language of the page."""
    made = empty_sheet(desk.asker, desk.resources, identifier, language=language_of(request))
    headers = download_headers(made.file_name, is_ours=True)
    return Response(made.content, media_type=_XLSX, headers=headers)


@ROUTER.post("/templates/{identifier}/spreadsheet")
def take_spreadsheet(request: Request, desk: AtDesk, identifier: str, form: SentForm) -> Response:
    """Show what a filled spreadsheet says, or keep it."""
    kept = get_template(desk.asker, desk.resources, identifier)
    content, name = _content(form)
    wrong: KibanError | None = None
    if form.text("do") == "keep":
        expected = form.text("expected")
        try:
            keep_spreadsheet(
                desk.asker, desk.resources, content, template=kept.record.pid,
                expected=int(expected) if expected.isdecimal() and len(expected) < 10 else 0,
                skips_wrong=form.text("skips_wrong") == "on",
                placement=of_form(desk, form),
            )  # fmt: skip
            question = f'template = "{kept.record.pid}"'
            return RedirectResponse(f"/search?q={quote(question)}", status_code=303)
        except UnreadableFile as e:
            return _page(request, desk, kept, wrong=e)
        except KibanError as e:
            wrong = e
    try:
        found = check_spreadsheet(desk.asker, desk.resources, content, template=kept.record.pid)
    except KibanError as e:
        return _page(request, desk, kept, wrong=e)
    return _page(request, desk, kept, found=found, wrong=wrong, content=content, name=name)


def _content(form: Given) -> tuple[bytes, str]:
    """The workbook: as a file, or as the page of the preview carries it along."""
    file = form.files.get("file")
    if file is not None and file.content:
        return file.content, file.name
    try:
        content = base64.b64decode(form.text("content"), validate=True)
    except (binascii.Error, ValueError) as e:
        raise WrongUsage("The form came back damaged.", mend="Choose the file again.") from e
    if not content:
        raise WrongUsage("No file was chosen.", mend="Choose a filled spreadsheet.")
    return content, form.text("name")


def _page(
    request: Request,
    desk: Desk,
    kept: Kept,
    *,
    found: CheckedSheet | None = None,
    wrong: KibanError | None = None,
    content: bytes = b"",
    name: str = "",
) -> Response:
    values: dict[str, Any] = {
        "kept": kept,
        "can_be_made": kept.template.applies_to in PARTS,
        "found": found,
        "wrong": wrong,
        "content": base64.b64encode(content).decode("ascii"),
        "name": name,
        "most": _MOST_SHOWN,
        "offered": offered(desk),
    }
    failed = wrong is not None or (found is not None and bool(found.problems))
    return page(request, "template_spreadsheet.html", status_code=422 if failed else 200, **values)
