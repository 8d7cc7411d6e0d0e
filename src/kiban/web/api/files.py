"""GET /api/v1/files: what was deposited, and the bytes exactly as they came."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Path, Query, Request
from starlette.responses import Response, StreamingResponse

from kiban.errors import RecordNotFound
from kiban.operations.fetch_file import fetch_file
from kiban.operations.list_files import list_files
from kiban.operations.made_of_file import made_of_file
from kiban.operations.reread import reread
from kiban.records.file_entry import FileEntry, FileStatus
from kiban.records.record import Record
from kiban.web.api.describe import problems
from kiban.web.api.models import OutcomeModel
from kiban.web.api.record_models import FileModel, FilesModel
from kiban.web.api.records import chunks
from kiban.web.asker import AtDesk
from kiban.web.download import OCTETS, download_headers
from kiban.web.etags import is_among
from kiban.web.json_response import Json
from kiban.web.next_link import next_link
from kiban.web.request_head import is_head

ROUTER = APIRouter(tags=["files"])

_BYTES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {}}, "description": "The bytes as they came."}
}

Checksum = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the bytes.")]


@ROUTER.get("/files", summary="List files", response_model=FilesModel, responses=problems(422, 503))
def get_files(
    desk: AtDesk,
    request: Request,
    status: Annotated[list[FileStatus] | None, Query(description="Only files with one of these.")] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="At most so many.")] = 100,
    after: Annotated[UUID | None, Query(description="`next` of the part before.")] = None,
) -> Any:
    """Deposited files, newest first."""
    entries = list_files(desk.asker, desk.resources, statuses=status, limit=limit, after=after)
    goes_on = str(entries[-1].id) if len(entries) == limit else None
    document = {"files": [_file(entry) for entry in entries], "next": goes_on}
    return Json(document, headers=next_link(request, after=goes_on))


@ROUTER.get("/files/{sha256}", summary="Show a file", response_model=list[FileModel], responses=problems(404, 422, 503))
def get_file(desk: AtDesk, sha256: Checksum) -> Any:
    """Every path under which these bytes were deposited, and what was made of them."""
    entries = list_files(desk.asker, desk.resources, checksum=sha256)
    if not entries:
        raise RecordNotFound(sha256)
    return Json([_file(e, made_of_file(desk.asker, desk.resources, e.id)) for e in entries])


@ROUTER.get(
    "/files/{sha256}/content",
    summary="Download a file",
    response_class=StreamingResponse,
    responses=_BYTES | problems(404, 422, 503),
)
def get_content(
    desk: AtDesk,
    sha256: Checksum,
    request: Request,
    if_none_match: Annotated[
        str | None, Header(max_length=2000, description="`ETag` of the bytes that are there already.")
    ] = None,
) -> Response:
    """The bytes exactly as they came, always as a download: a deposited page must not run here."""
    entry, stream = fetch_file(desk.asker, desk.resources, sha256)
    headers = download_headers(entry.path) | {"content-length": str(entry.size), "etag": f'"{sha256}"'}
    if if_none_match is not None and is_among(headers["etag"], if_none_match, weakly=True):
        stream.close()
        return Response(status_code=304, headers={"etag": headers["etag"]})
    if is_head(request):
        stream.close()
        return Response(headers=headers, media_type=OCTETS)
    return StreamingResponse(chunks(stream), media_type=OCTETS, headers=headers)


@ROUTER.post(
    "/files/{sha256}/readings",
    summary="Read a file anew",
    response_model=list[OutcomeModel],
    responses=problems(403, 404, 422, 503, 507),
)
def read_anew(desk: AtDesk, sha256: Checksum) -> Any:
    """Read the kept bytes again, for each path under which they were deposited: after a reader has improved.

    A measurement that another version of a reader makes of it becomes a new version of itself.
    """
    return Json([asdict(outcome) for outcome in reread(desk.asker, desk.resources, checksum=sha256)])


def _file(entry: FileEntry, records: tuple[Record, ...] | None = None) -> dict[str, Any]:
    made = None
    if records is not None:
        made = [{"id": r.pid, "kind": r.kind.value, "title": r.title} for r in records]
    return {
        "id": str(entry.id),
        "path": entry.path,
        "sha256": entry.checksum,
        "size": entry.size,
        "media_type": entry.media_type,
        "status": entry.status.value,
        "reader": entry.reader,
        "reason": entry.reason,
        "deposited_at": entry.deposited_at.isoformat(),
        "deposited_by": entry.deposited_by,
        "records": made,
    }
