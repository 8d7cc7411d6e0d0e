"""GET, PUT and DELETE /api/v1/records/{id}/rights."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from kiban.operations.rights_of import StatedRights
from kiban.operations.show_rights import show_rights
from kiban.operations.state_rights import state_rights
from kiban.records.document import to_json
from kiban.records.filled import Problem, refuse
from kiban.records.record import Record
from kiban.records.rights.form import rights_of_values
from kiban.web.api.describe import problems
from kiban.web.api.records import Identifier
from kiban.web.api.rights_models import RightsModel, StatedRightsModel
from kiban.web.asker import AtDesk, Desk
from kiban.web.json_response import Json

ROUTER = APIRouter(tags=["records"])


@ROUTER.get(
    "/records/{identifier}/rights", summary="The rights in a record", response_model=StatedRightsModel,
    responses=problems(404, 422, 503),
)  # fmt: skip
def get_rights(desk: AtDesk, identifier: Identifier) -> Any:
    """Licence, rights holder, contributors and funding: the record's own, or where it has none those of its project."""
    return _answer(*show_rights(desk.asker, desk.resources, identifier))


@ROUTER.put(
    "/records/{identifier}/rights", summary="State the rights in a record", response_model=StatedRightsModel,
    responses=problems(404, 409, 422, 503),
)  # fmt: skip
def put_rights(desk: AtDesk, identifier: Identifier, body: RightsModel) -> Any:
    """State all of them anew, as the next version of a sample, process, measurement or project.

    Those of a project count for all its records that state none. Every place that is wrong is named in `parameters`,
    as `contributors[2].orcid`.
    """
    rights, wrong = rights_of_values(body.model_dump(mode="json", exclude={"expected"}))
    refuse(wrong)
    if rights is None:
        refuse([Problem(path=("licence",), fault="Nothing was stated.", mend="DELETE takes away what was.")])
    record = state_rights(desk.asker, desk.resources, identifier, rights, expected=body.expected)
    return _now(desk, record)


@ROUTER.delete(
    "/records/{identifier}/rights", summary="Withdraw the rights of a record", response_model=StatedRightsModel,
    responses=problems(404, 409, 422, 503),
)  # fmt: skip
def delete_rights(
    desk: AtDesk,
    identifier: Identifier,
    expected: Annotated[
        int | None, Query(ge=1, le=2**31 - 1, description="Refuse unless the record has this version.")
    ] = None,
) -> Any:
    """Take away what the record states itself, as its next version; those of its project count then."""
    return _now(desk, state_rights(desk.asker, desk.resources, identifier, None, expected=expected))


def _now(desk: Desk, record: Record) -> Any:
    return _answer(*show_rights(desk.asker, desk.resources, str(record.id)))


def _answer(record: Record, stated: StatedRights | None) -> Any:
    found = {} if stated is None else to_json(stated.rights)
    by = None if stated is None else "record" if stated.is_own else "project"
    return Json({"id": record.pid, "version": record.version, "stated_by": by, **found})
