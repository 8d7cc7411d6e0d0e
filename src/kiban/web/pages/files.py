"""The deposited files, by what became of them, and the page of one file."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from kiban.errors import RecordNotFound
from kiban.operations.list_files import list_files
from kiban.operations.made_of_file import made_of_file
from kiban.operations.reread import reread
from kiban.records.file_entry import FileStatus
from kiban.web.asker import AtDesk
from kiban.web.page import page

ROUTER = APIRouter()

_ON_A_PAGE = 50


@ROUTER.get("/files")
def show_files(
    request: Request,
    desk: AtDesk,
    status: Annotated[FileStatus | None, Query()] = None,
    after: Annotated[UUID | None, Query()] = None,
) -> Response:
    """List them, newest first, so many on a page."""
    statuses = [status] if status is not None else None
    # One more than is shown says whether there is another page.
    found = list_files(desk.asker, desk.resources, statuses=statuses, limit=_ON_A_PAGE + 1, after=after)
    return page(
        request,
        "files.html",
        entries=found[:_ON_A_PAGE],
        next=found[_ON_A_PAGE - 1].id if len(found) > _ON_A_PAGE else None,
        status=status.value if status is not None else None,
        statuses=[None, *(s.value for s in FileStatus)],
        is_first=after is None,
    )


@ROUTER.get("/files/{checksum}")
def show_file(request: Request, desk: AtDesk, checksum: Annotated[str, Path(max_length=100)]) -> Response:
    """Show where these bytes were deposited, and what was made of them."""
    entries = list_files(desk.asker, desk.resources, checksum=checksum)
    if not entries:
        raise RecordNotFound(checksum)
    made = {entry.id: made_of_file(desk.asker, desk.resources, entry.id) for entry in entries}
    return page(request, "file.html", entries=entries, made=made, checksum=checksum)


@ROUTER.post("/files/{checksum}/readings")
def read_file_anew(desk: AtDesk, checksum: Annotated[str, Path(max_length=100)]) -> Response:
    """Read the file again, and show what has become of it."""
    for _ in reread(desk.asker, desk.resources, checksum=checksum):
        continue  # the page says all of it
    return RedirectResponse(f"/files/{quote(checksum)}#deposits", status_code=303)
