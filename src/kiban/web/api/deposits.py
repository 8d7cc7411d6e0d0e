"""POST /api/v1/deposits: keep and structure files."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from kiban.errors import WrongUsage
from kiban.operations.deposit_outcome import Outcome
from kiban.web.api.describe import problems
from kiban.web.api.models import OutcomeModel
from kiban.web.body_limit import TakesFiles
from kiban.web.fault_words import translated
from kiban.web.json_response import Json
from kiban.web.language import language_of
from kiban.web.placement_choice import InAddress
from kiban.web.problem import Problem, answer
from kiban.web.receive_deposit import LONGEST_NAME, LONGEST_SAMPLE, receive_body, receive_form, wishes

ROUTER = APIRouter(tags=["deposits"])

_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The bytes of one file, or a form with one or more files.",
        "content": {
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "sample": {"type": "string", "description": "As the parameter; counts for the files after it."},
                        "tier": {
                            "type": "string",
                            "enum": ["closed", "shared", "open"],
                            "description": "As the parameter; counts for the files after it, as the next two.",
                        },
                        "agreement": {"type": "string", "description": "As the parameter."},
                        "embargo": {"type": "string", "description": "As the parameter."},
                        "file": {"type": "array", "items": {"type": "string", "format": "binary"}, "minItems": 1},
                    },
                    "required": ["file"],
                }
            },
        },
    }
}


@ROUTER.post(
    "/deposits",
    summary="Deposit files",
    response_model=OutcomeModel | list[OutcomeModel],
    responses=problems(403, 409, 415, 422, 503, 507),
    openapi_extra=_BODY,
    dependencies=[TakesFiles],
)
async def deposit_files(
    where: InAddress,
    request: Request,
    name: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=LONGEST_NAME,
            description="Name of the file, or its path below the folder it comes from. Needed with "
            "`application/octet-stream`.",
            examples=["run-12/LTO-850C.ras"],
        ),
    ] = None,
    sample: Annotated[
        str | None,
        Query(
            max_length=LONGEST_SAMPLE,
            description="The sample that all files are of, whatever they say themselves.",
            examples=["LTO-850C"],
        ),
    ] = None,
) -> Any:
    """Keep files exactly as they came, and make records of what is in them.

    The body is streamed: it may be as large as `KIBAN_LARGEST_UPLOAD`. The same bytes twice are one record. One file
    as the body gives one outcome, a form gives a list of them. The answer comes when everything is safe on disk and
    in the catalog.
    """
    desk, wanted = where.desk, wishes(sample, where.placement)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        outcomes = await receive_form(desk, request, wishes=wanted)
        return Json([_said(request, outcome) for outcome in outcomes])
    if kind != "application/octet-stream":
        return answer(
            Problem(
                status=415,
                error="WrongUsage",
                fault=f"A body of type '{kind[:80]}' is not taken." if kind else "The request does not say its type.",
                mend="Send one file as application/octet-stream with ?name=, or a multipart/form-data form.",
            )
        )
    if name is None:
        raise WrongUsage("The file came without a name.", mend="Add ?name= to the address.")
    return Json(_said(request, await receive_body(desk, request, name=name, wishes=wanted)))


def _said(request: Request, outcome: Outcome) -> dict[str, Any]:
    """An outcome, with its reason in the language that the request asks for beside it."""
    language = language_of(request)

    def with_words(document: dict[str, Any]) -> dict[str, Any]:
        said = {"said": translated(document["reason"], language) or ""}
        return {**document, **said, "members": [with_words(each) for each in document["members"]]}

    return with_words(asdict(outcome))
