"""GET /api/v1/units and /api/v1/quantities: what a unit or a typed quantity is understood as.

Forms ask while somebody types, so what cannot be understood is an answer too, not an error.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from kiban.errors import KibanError
from kiban.quantity.unit import dimension, si_unit
from kiban.records.written_quantity import quantity_of
from kiban.web.api.describe import problems
from kiban.web.api.models import Model
from kiban.web.asker import AtDesk
from kiban.web.json_response import Json
from kiban.web.show_values import quantity

ROUTER = APIRouter(tags=["quantities"])

_LONGEST = 200
Unit = Annotated[str, Query(max_length=_LONGEST, description="As in `degC`, `mA*h/g`, `1/cm`.", examples=["MPa"])]


class UnitModel(Model):
    """What a unit measures."""

    unit: str
    dimension: str | None
    """As in `[mass] / [length] ** 3`; null where it is no unit."""
    si_unit: str | None
    fault: str | None


class QuantityModel(Model):
    """A typed quantity as it was understood."""

    value: float | None
    unit: str | None
    shown: str | None
    """With its uncertainty, as pages show it."""
    in_unit: str | None
    """The same in the wanted unit, where that is another one."""
    fault: str | None
    """Why it cannot be read, or has another dimension than the wanted unit."""


@ROUTER.get("/units", summary="Understand a unit", response_model=UnitModel, responses=problems(422))
def get_unit(desk: AtDesk, unit: Unit) -> Any:  # noqa: ARG001  whoever asks has to be somebody
    """The dimension and the coherent SI unit, or why it is no unit."""
    try:
        return Json({"unit": unit, "dimension": dimension(unit), "si_unit": si_unit(unit), "fault": None})
    except KibanError as e:
        return Json({"unit": unit, "dimension": None, "si_unit": None, "fault": str(e)})


@ROUTER.get("/quantities", summary="Understand a quantity", response_model=QuantityModel, responses=problems(422))
def get_quantity(
    desk: AtDesk,  # noqa: ARG001
    text: Annotated[str, Query(max_length=_LONGEST, description="As typed.", examples=["1.50(2) nm", "900 ± 5 degC"])],
    unit: Unit = "",
) -> Any:
    """The number, unit and uncertainty in a text, or why it cannot be read.

    `unit` is what the number is in where the text names none, and of what dimension it has to be.
    """
    try:
        found = quantity_of(text, unit)
        found.require(unit)
        in_unit = quantity(found.in_unit(unit)) if unit != found.unit else None
    except KibanError as e:
        return Json({"value": None, "unit": None, "shown": None, "in_unit": None, "fault": str(e)})
    return Json({"value": found.value, "unit": found.unit, "shown": quantity(found), "in_unit": in_unit, "fault": None})
