"""GET /api/v1/records/{id} and what hangs on it: numbers, header, normalised file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, BinaryIO

import numpy as np
from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response, StreamingResponse

from kiban.operations.normalised_file import normalised_file
from kiban.operations.numbers_of import numbers_of
from kiban.operations.show import show
from kiban.operations.show_as_json import shown_as_json
from kiban.operations.thin_out import kept_points, taken
from kiban.records.reading import Variable
from kiban.web.api.describe import problems
from kiban.web.api.record_models import NumbersModel, ShownModel
from kiban.web.asker import AtDesk
from kiban.web.download import download_headers
from kiban.web.json_response import Json
from kiban.web.request_head import is_head

ROUTER = APIRouter(tags=["records"])

_A_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/x-hdf5": {}}, "description": "NeXus/HDF5, also netCDF4."}
}

Identifier = Annotated[
    str,
    Path(
        max_length=100,
        description="The short identifier, in any spelling, or the UUID.",
        examples=["kb:7Q4M-2KXD-98"],
    ),
]


@ROUTER.get(
    "/records/{identifier}", summary="Show a record", response_model=ShownModel, responses=problems(404, 422, 503)
)
def get_record(
    desk: AtDesk,
    identifier: Identifier,
    version: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="An earlier version.")] = None,
) -> Any:
    """One record with its values, links, files and history, and why you may see it."""
    return Json(shown_as_json(show(desk.asker, desk.resources, identifier, version=version)))


@ROUTER.get(
    "/records/{identifier}/numbers",
    summary="Numbers of a measurement",
    response_model=NumbersModel,
    responses=problems(404, 422, 503),
)
def get_numbers(
    desk: AtDesk,
    identifier: Identifier,
    points: Annotated[
        int | None,
        Query(
            ge=10, le=1_000_000, description="About so many along each axis, with every peak kept; all unless given."
        ),
    ] = None,
    whole: Annotated[
        bool, Query(description="Also the uncertainties; and of complex numbers both parts instead of the magnitude.")
    ] = False,
) -> Any:
    """Its arrays, in the units of the file; a missing value is null, a complex one its magnitude."""
    reading = numbers_of(desk.asker, desk.resources, identifier)
    chosen = kept_points(reading, points) if points is not None else {}
    return Json(
        {
            "technique": reading.technique,
            "title": reading.title,
            "variables": [
                {
                    "name": variable.name,
                    "label": variable.label,
                    "unit": variable.series.unit,
                    "role": variable.role.value,
                    "dimensions": list(variable.dimensions),
                    "shape": list(variable.series.shape),
                    "values": None
                    if points is not None and len(variable.dimensions) > 2
                    else taken(_real(variable, whole=whole), variable.dimensions, chosen).tolist(),
                    **(_more(variable, chosen) if whole else {}),
                }
                for variable in reading.variables
            ],
        }
    )


@ROUTER.get("/records/{identifier}/header", summary="Header as written", responses=problems(404, 422, 503))
def get_header(desk: AtDesk, identifier: Identifier) -> dict[str, Any]:
    """The whole header of the file, keys and texts untouched."""
    return dict(numbers_of(desk.asker, desk.resources, identifier).header)


@ROUTER.get(
    "/records/{identifier}/normalised",
    summary="Normalised file",
    response_class=StreamingResponse,
    responses=_A_FILE | problems(404, 422, 503),
)
def get_normalised(desk: AtDesk, identifier: Identifier, request: Request) -> Response:
    """The measurement as one NeXus file that is also netCDF4: xarray, h5py and others open it."""
    record, stream = normalised_file(desk.asker, desk.resources, identifier)
    name = f"{record.pid.replace(':', '-')}.nxs"
    headers = download_headers(name, is_ours=True)
    if is_head(request):
        stream.close()
        return Response(headers=headers, media_type="application/x-hdf5")
    return StreamingResponse(chunks(stream), media_type="application/x-hdf5", headers=headers)


def chunks(stream: BinaryIO) -> Iterator[bytes]:
    """An open file piece by piece; it is closed after the last."""
    with stream:
        while chunk := stream.read(1 << 18):
            yield chunk


def _real(variable: Variable, *, whole: bool) -> np.ndarray[Any, Any]:
    values = variable.series.values
    if values.dtype.kind != "c":
        return values
    return values.real if whole else np.abs(values)


def _more(variable: Variable, chosen: dict[str, Any]) -> dict[str, Any]:
    """What is known of an array beside its numbers."""
    values, doubt = variable.series.values, variable.series.uncertainty
    more: dict[str, Any] = {}
    if values.dtype.kind == "c":
        more["imaginary"] = taken(values.imag, variable.dimensions, chosen).tolist()
    if doubt is not None:
        each = doubt.values
        if each.size > 1:
            each = taken(each, variable.dimensions, chosen)
        more["uncertainty"] = {
            "values": each.tolist(),
            "kind": doubt.kind.value,
            "origin": doubt.origin.value,
            "distribution": doubt.distribution.value,
            "coverage_factor": doubt.coverage_factor,
        }
    return more
