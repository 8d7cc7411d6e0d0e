"""GET /api/v1/search and /api/v1/records: find records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request

from kiban.operations.find import Answer, Facet, find
from kiban.query.sorting import LONGEST_MARK, LONGEST_SORT
from kiban.web.api.describe import problems
from kiban.web.api.models import AnswerModel
from kiban.web.asker import AtDesk, Desk
from kiban.web.json_response import Json
from kiban.web.next_link import next_link

ROUTER = APIRouter(tags=["search"])

LONGEST_QUESTION = 10_000
LARGEST_LIMIT = 500

Question = Annotated[
    str,
    Query(
        max_length=LONGEST_QUESTION,
        description="A question in the OPTIMADE filter language with units and our terms, or just words. Nothing asked "
        "means everything.",
        examples=['technique = "xrd" AND d_spacing > 3 angstrom', 'elements HAS ALL "Li","Ti"', "LTO"],
    ),
]
Limit = Annotated[int, Query(ge=1, le=LARGEST_LIMIT, description="At most so many.")]
After = Annotated[
    str | None,
    Query(
        max_length=LONGEST_MARK,
        pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(~[0-9a-zA-Z_.:+~-]*)?$",
        description="`next` of the part before, in the same order.",
    ),
]
Sort = Annotated[
    str,
    Query(
        max_length=LONGEST_SORT,
        description="`relevance`: those first that the words of the question fit best; of a question without words the "
        "newest. Or a path of questions, or a name of one; with `-` before it the greatest comes first. What is "
        "unknown, or not yours to read, comes last, and the newest first among equals. Newest first unless given.",
        examples=["relevance", "-hardness", "title", "-started", "metadata.wavelength"],
    ),
]
Counted = Annotated[
    Literal["about", "exact"],
    Query(
        description="Whether `total` may be an estimate where it takes long to count, or is to be exact, however long "
        "it takes."
    ),
]


@ROUTER.get("/records", summary="List records", response_model=AnswerModel, responses=problems(422, 503))
def list_records(
    desk: AtDesk,
    request: Request,
    q: Question = "",
    limit: Limit = 50,
    after: After = None,
    facets: Annotated[list[Facet] | None, Query(description="What to count the answers by.")] = None,
    count: Counted = "about",
    sort: Sort = "",
) -> Any:
    """Records that answer the question, newest first or in another order. The header `Link` leads to the next part."""
    return _answer(desk, request, q, limit, after, tuple(dict.fromkeys(facets or ())), count, sort)


@ROUTER.get("/search", summary="Search", response_model=AnswerModel, responses=problems(422, 503))
def search_records(
    desk: AtDesk,
    request: Request,
    q: Question = "",
    limit: Limit = 50,
    after: After = None,
    count: Counted = "about",
    sort: Sort = "",
) -> Any:
    """As `/records`, with all facets."""
    return _answer(desk, request, q, limit, after, tuple(Facet), count, sort)


def _answer(
    desk: Desk,
    request: Request,
    q: str,
    limit: int,
    after: str | None,
    facets: tuple[Facet, ...],
    count: str,
    sort: str,
) -> Json:
    exact = count == "exact"
    found = find(desk.asker, desk.resources, q, limit=limit, after=after, facets=facets, exact=exact, sort=sort)
    return Json(as_json(found), headers=next_link(request, after=found.next))


def as_json(answer: Answer) -> dict[str, Any]:
    """An answer with its facets as objects, so that they can be told apart in JSON."""
    return {
        "hits": list(answer.hits),
        "total": answer.total,
        "total_is_estimate": answer.total_is_estimate,
        "next": answer.next,
        "sort": answer.sort,
        "ranked": answer.ranked,
        "slips": list(answer.slips),
        "facets": {
            name: [_counted(value, n, name in answer.estimated, answer.names.get(name)) for value, n in values]
            for name, values in answer.facets.items()
        },
    }


def _counted(value: str, n: int, is_estimate: bool, names: Mapping[str, str] | None) -> dict[str, Any]:
    counted = {"value": value, "count": n, "is_estimate": is_estimate}
    return counted if names is None else {**counted, "name": names.get(value)}
