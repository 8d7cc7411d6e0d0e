"""The page to scan labels on: with the camera, with a hand scanner that types, or by typing."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import RedirectResponse

from kiban.errors import InvalidIdentifier, RecordNotFound
from kiban.operations.find import find
from kiban.operations.read_record import current
from kiban.records.document import from_json
from kiban.records.record import RecordKind
from kiban.records.sample import Sample
from kiban.records.scanned import scanned_experiment, scanned_pid
from kiban.web.asker import AtDesk
from kiban.web.headers import HEADERS
from kiban.web.page import page

ROUTER = APIRouter()

_SAMPLES = 'kind = "sample"'
_N_LATEST = 12
# The only page that may use the camera; frames of other sites cannot show it.
_WITH_CAMERA = HEADERS["permissions-policy"].replace("camera=()", "camera=(self)")


@ROUTER.get("/scan")
def show_scan(request: Request, desk: AtDesk, code: Annotated[str, Query(max_length=1000)] = "") -> Response:
    """Show where to scan, and for what was scanned what can be done next."""
    values: dict[str, Any] = {"record": None, "noun": None, "problem": None, "latest": None}
    status = 200
    if code.strip():
        try:
            values["record"] = record = current(desk.asker, desk.resources, scanned_pid(code))
        except (InvalidIdentifier, RecordNotFound) as e:
            status, values["problem"] = 404, e
        else:
            if record.kind is RecordKind.CAMPAIGN and (number := scanned_experiment(code)) is not None:
                return RedirectResponse(f"/campaigns/{quote(record.pid, safe=':')}/experiments/{number}", 303)
            if record.kind is RecordKind.SAMPLE:
                values["noun"] = from_json(dict(record.document), Sample)
    else:
        values["latest"] = find(desk.asker, desk.resources, _SAMPLES, limit=_N_LATEST).hits
    headers = {"permissions-policy": _WITH_CAMERA}
    return page(request, "scan.html", status_code=status, headers=headers, code=code, **values)
