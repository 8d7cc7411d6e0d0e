"""GET /api/v1/tables: what is known of the samples that answer a question, as a table."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from kiban.operations.table import table
from kiban.standards.tabular import write
from kiban.standards.tabular_rights import losses_of
from kiban.web.api.describe import problems
from kiban.web.api.search import Question
from kiban.web.asker import AtDesk
from kiban.web.download import download_headers

ROUTER = APIRouter(tags=["tables"])

_MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8; header=present",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.stream",
}
_SUFFIXES = {"arrow": "arrows"}
"""Of Arrow the stream and the file are told apart by it."""
_TABLE: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind.partition(";")[0]: {} for kind in _MEDIA_TYPES.values()}, "description": "The table."}
}


@ROUTER.get(
    "/tables",
    summary="Draw a table",
    response_class=Response,
    responses=_TABLE | problems(406, 422, 503),
)
def get_table(
    desk: AtDesk,
    q: Question = "",
    format: Annotated[  # noqa: A002  the word in the address
        Literal["csv", "json", "parquet", "arrow"],
        Query(description="CSV has the units in its header, Parquet and Arrow (an IPC stream) in their fields."),
    ] = "csv",
    all_values: Annotated[bool, Query(description="One row for each value, instead of one for each sample.")] = False,
    settings: Annotated[
        bool, Query(description="Also what was set: parameters of processes, and nominal compositions.")
    ] = False,
) -> Response:
    """One row for each sample: every term with its unit, standard uncertainty and the measurement it rests on.

    Only what you may use is in it. The header `kiban-left-out` says how many samples and measurements answer as well,
    and may be read, but not put into tables. The rights in the records are in it where some are stated: licences and
    holders as columns of CSV, all of it in JSON, Parquet and
    Arrow. The header `x-kiban-losses` counts what CSV has no place
    for.
    """
    drawn = table(desk.asker, desk.resources, q, all_values=all_values, settings=settings)
    content = write(drawn.columns, drawn.rows, format, rights=drawn.rights)
    headers = download_headers(f"table.{_SUFFIXES.get(format, format)}", is_ours=True) | {
        "kiban-left-out": str(drawn.n_left_out),
        "x-kiban-losses": str(len(losses_of(format, drawn.rights))),
    }
    return Response(content, media_type=_MEDIA_TYPES[format], headers=headers)
