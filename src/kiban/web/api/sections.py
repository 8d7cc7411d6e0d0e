"""GET /api/v1/records/{id}/section: a line or a picture out of an array of more dimensions."""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query

from kiban.errors import InvalidValue
from kiban.operations.section_of import section_of
from kiban.web.api.describe import problems
from kiban.web.api.record_models import SectionModel
from kiban.web.api.records import Identifier
from kiban.web.asker import AtDesk
from kiban.web.json_response import Json

ROUTER = APIRouter(tags=["records"])


@ROUTER.get(
    "/records/{identifier}/section",
    summary="Section of an array",
    response_model=SectionModel,
    responses=problems(404, 422, 503),
)
def get_section(
    desk: AtDesk,
    identifier: Identifier,
    variable: Annotated[str, Query(max_length=200, description="Which array.", examples=["intensity"])],
    along: Annotated[
        list[str],
        Query(min_length=1, max_length=2, description="One dimension, or two for a picture: rows, then columns."),
    ],
    at: Annotated[
        list[str] | None,
        Query(
            max_length=32,
            description="Where other dimensions are held, as `dimension:index`, from 0. Over those not named the mean "
            "is taken.",
            examples=[["frame:3"]],
        ),
    ] = None,
    most: Annotated[
        int, Query(ge=1, le=4096, description="No side is longer; of a larger array means over squares are given.")
    ] = 512,
) -> Any:
    """What an array is along one or two of its dimensions: an image of a stack, a map of spectra, a spectrum of it."""
    from kiban.standards.nexus_section import means, shrunk

    section = section_of(desk.asker, desk.resources, identifier, variable, along=along, at=dict(map(_held, at or ())))
    values, steps = shrunk(section.values, most)
    axes = []
    for dimension, axis, step in zip(along, section.axes, steps, strict=True):
        numbers = None if axis is None else means(axis.values, step)
        axes.append(
            {
                "dimension": dimension,
                "name": None if axis is None else axis.name,
                "unit": None if axis is None else axis.unit,
                "values": None if numbers is None else _listed(numbers),
                "step": step,
            }
        )
    return Json(
        {
            "variable": variable,
            "unit": section.unit,
            "values": _listed(values),
            "shape": list(section.values.shape),
            "axes": axes,
            "averaged": list(section.averaged),
        }
    )


def _held(text: str) -> tuple[str, int]:
    dimension, _, index = text.rpartition(":")
    if not dimension or not index.isascii() or not index.isdigit() or len(index) > 18:
        raise InvalidValue(f"'{text[:80]}' does not say where a dimension is held.", mend="Write frame:3.")
    return dimension, int(index)


def _listed(values: np.ndarray[Any, Any]) -> Any:
    # Half a million numbers with all their digits are a large answer, and no eye tells the sixth from the seventh.
    known = np.abs(values[np.isfinite(values)])
    largest = float(np.max(known, initial=0.0))
    if largest == 0.0:
        return values.tolist()
    return np.round(values, 6 - math.ceil(math.log10(largest))).tolist()
