"""GET /api/v1/labels: labels to print."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from kiban.operations import labels as operations
from kiban.operations.labels import MOST_LABELS, Chosen
from kiban.standards.label_stock import STOCKS, stock_named
from kiban.web.api.describe import problems
from kiban.web.api.label_models import LabelSizeModel, LabelTextsModel
from kiban.web.asker import AtDesk
from kiban.web.download import download_headers
from kiban.web.hazard_words import hazard_statements
from kiban.web.json_response import Json

ROUTER = APIRouter(tags=["labels"])

MEDIA_TYPES = {"pdf": "application/pdf", "svg": "image/svg+xml", "png": "image/png"}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {} for kind in MEDIA_TYPES.values()}, "description": "The labels."}
}
Ids = Annotated[
    list[str],
    Query(alias="id", max_length=MOST_LABELS, description="Short identifiers, in the order of the sheet; repeat it."),
]
Asked = Annotated[str, Query(max_length=10_000, description="A question: the samples that answer it come after them.")]
Size = Annotated[str, Query(max_length=100, description="What they are printed on.", examples=["avery-l7160"])]
Start = Annotated[int, Query(ge=1, le=1000, description="First free position of a sheet that is partly used.")]
Hazards = Annotated[
    Literal["codes", "en", "ja"], Query(description="Hazards by their codes alone, or in words of a language besides.")
]


def chosen(ids: list[str], question: str, hazards: str) -> Chosen:
    """Of what labels are wanted."""
    return Chosen(
        identifiers=[each for each in ids if each.strip()],
        question=question,
        hazard_statements={} if hazards == "codes" else hazard_statements(hazards),
    )


@ROUTER.get("/labels", summary="Print labels", response_class=Response, responses=_FILE | problems(404, 422, 503))
def get_labels(
    desk: AtDesk,
    size: Size,
    ids: Ids = [],  # noqa: B006  FastAPI copies it
    q: Asked = "",
    start: Start = 1,
    hazards: Hazards = "codes",
    outlines: Annotated[bool, Query(description="Draw the edges, for a proof on plain paper.")] = False,
    form: Annotated[
        Literal["pdf", "svg", "png"], Query(alias="as", description="`svg` and `png` hold a single label.")
    ] = "pdf",
) -> Response:
    """One PDF of all labels, or one label as a picture.

    The header `x-kiban-losses` counts what had no room; `labels/texts` says what.
    """
    wanted, stock = chosen(ids, q, hazards), stock_named(size)
    if form == "pdf":
        printed = operations.print_labels(desk.asker, desk.resources, wanted, stock, start=start, outlines=outlines)
    else:
        printed = operations.draw_label(desk.asker, desk.resources, wanted, stock, form=form)
    headers = download_headers(f"labels.{form}", is_ours=True) | {"x-kiban-losses": str(len(printed.losses))}
    return Response(printed.content, media_type=MEDIA_TYPES[form], headers=headers)


@ROUTER.get(
    "/labels/texts", summary="What labels say", response_model=LabelTextsModel, responses=problems(404, 422, 503)
)
def get_label_texts(
    desk: AtDesk,
    size: Size,
    ids: Ids = [],  # noqa: B006
    q: Asked = "",
    start: Start = 1,
    hazards: Hazards = "codes",
) -> Any:
    """The words of each label, and what of them has no room on labels of that size."""
    found = operations.preview_labels(
        desk.asker, desk.resources, chosen(ids, q, hazards), stock_named(size), start=start
    )
    words = [asdict(label) for label in found.labels]
    return Json({"labels": words, "losses": list(found.losses), "n_pages": found.n_pages})


@ROUTER.get("/labels/sizes", summary="Sizes of labels", response_model=list[LabelSizeModel], responses=problems())
def get_label_sizes() -> Any:
    """Sheets and rolls that are sold."""
    names = LabelSizeModel.model_fields
    return Json([{name: getattr(stock, name) for name in names} for stock in STOCKS])
