"""GET /api/v1/records/stream and /api/v1/facts/stream: everything that answers a question, however much it is."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response, StreamingResponse

from kiban.operations.stream_facts import stream_facts
from kiban.operations.stream_records import Streamed, stream_records
from kiban.standards.row_stream import MEDIA_TYPES, write
from kiban.web.api.describe import problems
from kiban.web.api.search import Question
from kiban.web.asker import AtDesk
from kiban.web.download import download_headers
from kiban.web.request_head import is_head

ROUTER = APIRouter(tags=["search"])

Form = Annotated[
    Literal["jsonl", "arrow", "parquet"],
    Query(
        description="JSON lines; an Arrow IPC stream; Parquet. The last two need the extra `parquet` on the server, "
        "and have objects as JSON texts."
    ),
]
_ROWS: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {} for kind in MEDIA_TYPES.values()}, "description": "The rows, as they are read."}
}
_RESPONSES = _ROWS | problems(406, 422, 503)


@ROUTER.get("/records/stream", summary="Take records along", response_class=StreamingResponse, responses=_RESPONSES)
def get_record_stream(desk: AtDesk, request: Request, q: Question = "", format: Form = "jsonl") -> Response:  # noqa: A002
    """All records that answer and whose values you may read, newest first, each with its whole document.

    JSON lines end with `{"end": true, "rows": N}`; a body without it was cut short. The header `kiban-left-out` says
    how many records answer as well, and may be found, but not taken along.
    """
    return _answer(stream_records(desk.asker, desk.resources, q), "records", format, request)


@ROUTER.get("/facts/stream", summary="Take values along", response_class=StreamingResponse, responses=_RESPONSES)
def get_fact_stream(desk: AtDesk, request: Request, q: Question = "", format: Form = "jsonl") -> Response:  # noqa: A002
    """All values that you may use: of samples that answer all, of measurements those that rest on them; each once.

    Each row has the unit that its value was stated in, and the same in coherent SI. It ends as `/records/stream`.
    """
    return _answer(stream_facts(desk.asker, desk.resources, q), "facts", format, request)


def _answer(streamed: Streamed, name: str, form: str, request: Request) -> Response:
    parts = write(streamed.fields, streamed.parts, form)
    headers = download_headers(f"{name}.{'arrows' if form == 'arrow' else form}", is_ours=True)
    headers |= {"kiban-left-out": str(streamed.n_left_out)}
    if is_head(request):
        return Response(headers=headers, media_type=MEDIA_TYPES[form])
    return StreamingResponse((part for part in parts if part), media_type=MEDIA_TYPES[form], headers=headers)
