"""The audit log, for operators and stewards: what was done, by whom, when, from where and under which rule."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import StreamingResponse

from kiban.operations.read_audit import Filter, export_audit, moment, read_audit
from kiban.operations.verify_audit import verify_audit
from kiban.web.asker import AtDesk, Desk
from kiban.web.page import page

ROUTER = APIRouter()

_ON_A_PAGE = 50
Text = Annotated[str, Query(max_length=200)]


@ROUTER.get("/audit")
def show_audit(
    request: Request,
    desk: AtDesk,
    since: Text = "",
    until: Text = "",
    actor: Text = "",
    act: Text = "",
    subject: Text = "",
    below: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
) -> Response:
    """Show it, newest first."""
    given = {"since": since, "until": until, "actor": actor, "act": act, "subject": subject}
    return _page(request, desk, given, below)


@ROUTER.get("/audit/export")
def download_audit(
    desk: AtDesk, since: Text = "", until: Text = "", actor: Text = "", act: Text = "", subject: Text = ""
) -> Response:
    """Download it as lines that can be verified elsewhere."""
    wanted = _filter({"since": since, "until": until, "actor": actor, "act": act, "subject": subject})
    lines = export_audit(desk.asker, desk.resources, wanted)
    return StreamingResponse(
        (line + "\n" for line in lines),
        media_type="application/x-ndjson",
        headers={"content-disposition": 'attachment; filename="kiban-audit.jsonl"', "cache-control": "no-store"},
    )


@ROUTER.post("/audit/verify")
def check_audit(request: Request, desk: AtDesk) -> Response:
    """Verify the log now, and show what came of it."""
    report = verify_audit(desk.asker, desk.resources)
    return _page(request, desk, {}, None, report=report)


def _page(request: Request, desk: Desk, given: dict[str, str], below: int | None, **values: Any) -> Response:
    found = read_audit(desk.asker, desk.resources, _filter(given, below), limit=_ON_A_PAGE)
    asked = {name: text for name, text in given.items() if text.strip()}
    return page(
        request,
        "audit.html",
        found=found,
        given={name: given.get(name, "") for name in ("since", "until", "actor", "act", "subject")},
        is_filtered=bool(asked),
        is_operator=desk.asker.is_operator,
        export="/audit/export" + (f"?{urlencode(asked)}" if asked else ""),
        older=f"/audit?{urlencode([*asked.items(), ('below', found.next)])}" if found.next is not None else None,
        newest=f"/audit?{urlencode(asked)}" if below is not None else None,
        **{"report": None, **values},
    )


def _filter(given: dict[str, str], below: int | None = None) -> Filter:
    texts = {name: given.get(name, "").strip() or None for name in ("actor", "act", "subject")}
    return Filter(since=moment(given.get("since", "")), until=moment(given.get("until", "")), below=below, **texts)
