"""/api/v1/audit: the audit log, for operators and for stewards of projects."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response, StreamingResponse

from kiban.operations.read_audit import Filter, export_audit, moment, read_audit
from kiban.web.api.describe import problems
from kiban.web.asker import AtDesk
from kiban.web.json_response import Json
from kiban.web.next_link import next_link
from kiban.web.request_head import is_head

ROUTER = APIRouter(tags=["audit"])

Text = Annotated[str | None, Query(max_length=200)]
Moment = Annotated[str | None, Query(max_length=40, description="A day or moment, in UTC unless it says otherwise.")]


class AuditLineModel(BaseModel):
    """One line."""

    model_config = ConfigDict(title="AuditLine")

    number: int
    at: datetime | None = Field(description="Null where somebody has put a time there that is none.")
    actor: str = Field(description="Name of the party.")
    party: str = Field(description="The party as the log has it.", examples=["operator"])
    act: str = Field(examples=["read record"])
    subject: str = Field(description="A short identifier, a checksum or a name; empty where there is none.")
    rule: str = Field(description="The access rules that allowed it.", examples=["project_member"])
    address: str = Field(description="Where the party was.", examples=["192.0.2.7"])
    details: dict[str, Any]
    is_partial: bool = Field(description="It touches other projects as well; what is only theirs is left out.")
    hash: str


class AuditPageModel(BaseModel):
    """Part of the log, newest first."""

    model_config = ConfigDict(title="AuditPage")

    lines: list[AuditLineModel]
    next: int | None = Field(description="Give it as `below` for the part after this one; null after the last.")
    sees_all: bool = Field(description="False for stewards, who read the lines of their projects.")


@ROUTER.get("/audit", response_model=AuditPageModel, responses=problems(403, 422))
def read_log(
    desk: AtDesk,
    request: Request,
    since: Moment = None,
    until: Moment = None,
    actor: Text = None,
    act: Text = None,
    subject: Text = None,
    below: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
) -> Json:
    """Read lines, newest first: who did what, when, from where and under which rule."""
    wanted = _filter(since, until, actor, act, subject, below)
    found = read_audit(desk.asker, desk.resources, wanted, limit=limit)
    document = asdict(found)
    del document["last_check"]
    return Json(document, headers=next_link(request, below=found.next))


@ROUTER.get(
    "/audit/export",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/x-ndjson": {}}}, **problems(403, 422)},
)
def export_log(
    desk: AtDesk,
    request: Request,
    since: Moment = None,
    until: Moment = None,
    actor: Text = None,
    act: Text = None,
    subject: Text = None,
) -> Response:
    """Export lines with their hashes and the signed heads, oldest first; `kiban audit verify FILE` checks them."""
    lines = export_audit(desk.asker, desk.resources, _filter(since, until, actor, act, subject, None))
    if is_head(request):
        return Response(media_type="application/x-ndjson")
    return StreamingResponse((line + "\n" for line in lines), media_type="application/x-ndjson")


def _filter(
    since: str | None, until: str | None, actor: str | None, act: str | None, subject: str | None, below: int | None
) -> Filter:
    return Filter(
        since=moment(since or ""),
        until=moment(until or ""),
        actor=actor or None,
        act=act or None,
        subject=subject or None,
        below=below,
    )
