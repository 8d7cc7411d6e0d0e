"""/api/v1/datasets: choose records, freeze a version, publish it to be cited."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import StreamingResponse

from kiban.operations import datasets as drafting
from kiban.operations.dataset_as_json import listed_as_json, publication_as_json, shown_dataset_as_json
from kiban.operations.export_dataset import dataset_offers, export_dataset
from kiban.operations.placement import end_of_embargo
from kiban.operations.publish_dataset import freeze_dataset, preview_publication, publish_dataset, withdraw_dataset
from kiban.operations.show_dataset import list_datasets, show_dataset
from kiban.records.dataset import Dataset
from kiban.records.record import Record
from kiban.web.api.dataset_models import (
    DatasetChangeModel,
    DatasetListModel,
    DatasetModel,
    DatasetOfferModel,
    DatasetRecordsModel,
    FreezeModel,
    LeavingModel,
    NewDatasetModel,
    PublicationModel,
    PublishModel,
    WithdrawModel,
)
from kiban.web.api.describe import problems
from kiban.web.api.records import Identifier
from kiban.web.api.search import After, Limit
from kiban.web.asker import AtDesk, Desk
from kiban.web.download import download_headers
from kiban.web.json_response import Json
from kiban.web.own_address import address_of

ROUTER = APIRouter(tags=["data sets"])

_A_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {}}, "description": "The file, in the media type of its standard."}
}
_WRONG = problems(403, 404, 409, 422, 503)


@ROUTER.get("/datasets", summary="List data sets", response_model=DatasetListModel, responses=problems(422, 503))
def get_datasets(desk: AtDesk, limit: Limit = 50, after: After = None) -> Any:
    """Those that you may see, the last begun first."""
    return Json(listed_as_json(list_datasets(desk.asker, desk.resources, limit=limit, after=after)))


@ROUTER.post("/datasets", summary="Begin a data set", response_model=DatasetModel, responses=_WRONG)
def post_dataset(desk: AtDesk, body: NewDatasetModel) -> Any:
    """Keep the draft of a data set, with the records that are named and those that answer the question."""
    where = body.placed(desk)
    record = drafting.begin_dataset(
        where.desk.asker,
        desk.resources,
        Dataset(**body.said()),
        records=body.records,
        question=body.question,
        placement=where.placement,
    )
    return _shown(desk, record)


@ROUTER.get(
    "/datasets/{identifier}", summary="Get a data set", response_model=DatasetModel, responses=problems(404, 422, 503)
)
def get_dataset(desk: AtDesk, identifier: Identifier) -> Any:
    """What is said of it, and the records that it holds, each in its version."""
    return Json(shown_dataset_as_json(show_dataset(desk.asker, desk.resources, identifier)))


@ROUTER.patch("/datasets/{identifier}", summary="Change a draft", response_model=DatasetModel, responses=_WRONG)
def patch_dataset(desk: AtDesk, identifier: Identifier, body: DatasetChangeModel) -> Any:
    """Say something else of a draft. Of a frozen data set a DOI can be entered, once."""
    changed = drafting.change_dataset(desk.asker, desk.resources, identifier, body.said(), expected=body.expected)
    return _shown(desk, changed)


@ROUTER.post(
    "/datasets/{identifier}/records", summary="Put records into a draft", response_model=DatasetModel, responses=_WRONG
)
def post_members(desk: AtDesk, identifier: Identifier, body: DatasetRecordsModel) -> Any:
    """Those that are named, and those that answer the question, each in its current version."""
    changed = drafting.add_members(
        desk.asker,
        desk.resources,
        identifier,
        records=body.records,
        question=body.question,
        expected=body.expected,
    )
    return _shown(desk, changed)


@ROUTER.post(
    "/datasets/{identifier}/records/remove",
    summary="Take records out of a draft",
    response_model=DatasetModel,
    responses=_WRONG,
)
def remove_members(desk: AtDesk, identifier: Identifier, body: LeavingModel) -> Any:
    """They stay as they are, outside of the data set."""
    changed = drafting.remove_members(desk.asker, desk.resources, identifier, body.records, expected=body.expected)
    return _shown(desk, changed)


@ROUTER.post("/datasets/{identifier}/freeze", summary="Freeze a draft", response_model=DatasetModel, responses=_WRONG)
def post_freeze(desk: AtDesk, identifier: Identifier, body: FreezeModel) -> Any:
    """From then on it says and holds what it does now."""
    return _shown(desk, freeze_dataset(desk.asker, desk.resources, identifier, expected=body.expected))


@ROUTER.post(
    "/datasets/{identifier}/next", summary="Begin the next version", response_model=DatasetModel, responses=_WRONG
)
def post_next(desk: AtDesk, identifier: Identifier) -> Any:
    """A draft that says and holds the same, each record as it is now, with an identifier of its own."""
    return _shown(desk, drafting.begin_next_version(desk.asker, desk.resources, identifier))


@ROUTER.post(
    "/datasets/{identifier}/publish", summary="Publish a data set", response_model=PublicationModel, responses=_WRONG
)
def post_publish(desk: AtDesk, identifier: Identifier, body: PublishModel) -> Any:
    """Say what publishing would change, or publish. None of its records is opened by it."""
    asker, resources = desk.asker, desk.resources
    until = end_of_embargo(body.embargo, asker.at) if body.embargo else None
    seen = publication_as_json(preview_publication(asker, resources, identifier, closed_until=until))
    if body.mark is not None:
        publish_dataset(asker, resources, identifier, closed_until=until, mark=body.mark)
        seen["mark"] = None
    return Json({"done": body.mark is not None, "id": seen.pop("dataset")["id"], **seen})


@ROUTER.post(
    "/datasets/{identifier}/withdraw", summary="Withdraw a data set", response_model=DatasetModel, responses=_WRONG
)
def post_withdraw(desk: AtDesk, identifier: Identifier, body: WithdrawModel) -> Any:
    """Say that it should no longer be used, and why. That stays to be read where it was found."""
    return _shown(desk, withdraw_dataset(desk.asker, desk.resources, identifier, body.reason))


@ROUTER.get(
    "/datasets/{identifier}/exports",
    summary="Standards that a data set can be exported as",
    response_model=list[DatasetOfferModel],
    responses=problems(404, 422, 503),
)
def get_dataset_exports(desk: AtDesk, identifier: Identifier) -> Any:
    """Descriptions (DataCite, JPCOAR, schema.org, Croissant, Dublin Core), the table of values, and all as RO-Crate."""
    found = dataset_offers(desk.asker, desk.resources, identifier)
    return Json([{"name": o.name, "title": o.title, "suffix": o.suffix, "media_type": o.media_type} for o in found])


@ROUTER.get(
    "/datasets/{identifier}/export",
    summary="Export a data set",
    response_class=StreamingResponse,
    responses=_A_FILE | problems(404, 406, 422, 503),
)
def get_dataset_export(
    request: Request,
    desk: AtDesk,
    identifier: Identifier,
    standard: Annotated[
        str,
        Query(
            alias="as",
            max_length=100,
            description="Name of the standard, as `exports` gives it.",
            examples=["datacite"],
        ),
    ],
) -> StreamingResponse:
    """The data set as one file. The header `x-kiban-losses` counts what it could not carry."""
    block = export_dataset(
        desk.asker, desk.resources, identifier, standard, address=address_of(request, desk.resources)
    )
    exported = block.__enter__()
    headers = {
        **download_headers(exported.name, is_ours=True),
        "content-length": str(exported.size),
        "x-kiban-losses": str(len(exported.losses)),
    }

    def chunks() -> Iterator[bytes]:
        try:
            while piece := exported.stream.read(1 << 18):
                yield piece
        finally:
            block.__exit__(None, None, None)

    return StreamingResponse(chunks(), media_type=exported.media_type, headers=headers)


def _shown(desk: Desk, record: Record) -> Json:
    return Json(shown_dataset_as_json(show_dataset(desk.asker, desk.resources, record.pid)))
