"""Tables of past experiments: looked at, kept, and taken back."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from kiban.errors import WrongUsage
from kiban.operations.experiments_as_json import imported_as_json, preview_as_json, withdrawal_as_json
from kiban.operations.experiments_structure import list_mappings
from kiban.operations.past_experiments import TableFile, keep_experiments, preview_experiments
from kiban.operations.withdraw_experiments import preview_withdrawal, withdraw_experiments
from kiban.readers.experiments.meaning import mapping_from_json, mapping_to_json
from kiban.web.api.describe import problems
from kiban.web.api.experiment_models import (
    ExperimentsProgressModel,
    ImportedModel,
    KeptMappingModel,
    KeptTableModel,
    PreviewModel,
    TableFileModel,
    WithdrawalModel,
)
from kiban.web.asker import AtDesk
from kiban.web.json_response import Json
from kiban.web.under_way import under_way_of

ROUTER = APIRouter(tags=["experiments"])

_Table = Annotated[str, Query(min_length=1, max_length=300, description="Its name.", examples=["past.csv"])]


@ROUTER.post(
    "/experiments/preview", summary="Look at a table of past experiments", response_model=PreviewModel,
    responses=problems(403, 404, 422, 503),
)  # fmt: skip
def preview_table(desk: AtDesk, body: TableFileModel) -> Any:
    """Say what its columns probably mean, what its rows say, and what would be kept. Nothing is kept."""
    where = body.placed(desk)
    return Json(preview_as_json(preview_experiments(where.desk.asker, desk.resources, _file(body))))


@ROUTER.post(
    "/experiments", summary="Keep a table of past experiments", response_model=ImportedModel,
    responses=problems(403, 404, 409, 422, 503, 507),
)  # fmt: skip
def keep_table(request: Request, desk: AtDesk, body: KeptTableModel) -> Any:
    """Keep samples, processes, measurements and properties of its rows, in one transaction; the file as it came, and
    the mapping under a name. The same file again changes nothing; a changed one makes next versions."""
    where = body.placed(desk)
    with under_way_of(request).keeping(body.ticket, desk.asker.party) as told:
        kept = keep_experiments(
            where.desk.asker,
            desk.resources,
            _file(body),
            leaves_out_wrong=body.leave_out_wrong,
            withdraws_missing=body.withdraw_missing,
            placement=where.placement,
            told=told,
        )
    return Json(imported_as_json(kept))


@ROUTER.get(
    "/experiments/progress", summary="Ask how far a table is kept", response_model=ExperimentsProgressModel,
    responses=problems(422, 503),
)  # fmt: skip
def get_table_progress(
    request: Request,
    desk: AtDesk,
    ticket: Annotated[
        str,
        Query(
            pattern="^[0-9a-f]{32}$",
            description="As it was sent with the table.",
            examples=["0b1f6c1de2f84d7d9a1c3b5e7f902468"],
        ),
    ],
) -> Any:
    """While another request keeps a table: what is being done, and how many of its records are written."""
    found = under_way_of(request).look(ticket, desk.asker.party)
    if found is None:
        return Json({"phase": None, "done": 0, "total": 0})
    return Json({"phase": found.phase, "done": found.done, "total": found.total})


@ROUTER.get(
    "/experiments/mappings", summary="List kept mappings of columns", response_model=list[KeptMappingModel],
    responses=problems(503),
)  # fmt: skip
def get_mappings(desk: AtDesk) -> Any:
    """What the columns of tables of experiments mean, by name."""
    return Json(
        [
            {
                "name": each.name,
                "template": each.kept.record.pid,
                "version": each.kept.record.version,
                "mapping": mapping_to_json(each.mapping),
            }
            for each in list_mappings(desk.asker, desk.resources)
        ]
    )


@ROUTER.get(
    "/experiments/withdrawal", summary="Look at what a withdrawal would take back", response_model=WithdrawalModel,
    responses=problems(404, 422, 503),
)  # fmt: skip
def preview_table_withdrawal(desk: AtDesk, table: _Table) -> Any:
    """What would go and what would stay if the import of a table were taken back. Nothing changes."""
    return Json(withdrawal_as_json(preview_withdrawal(desk.asker, desk.resources, table)))


@ROUTER.delete(
    "/experiments", summary="Withdraw a table of past experiments", response_model=WithdrawalModel,
    responses=problems(403, 404, 409, 422, 503),
)  # fmt: skip
def withdraw_table(desk: AtDesk, table: _Table) -> Any:
    """Take the import of a table back as a whole: what it made and nothing else rests on gets a version that is a
    deletion. The file stays."""
    return Json(withdrawal_as_json(withdraw_experiments(desk.asker, desk.resources, table)))


def _file(body: TableFileModel) -> TableFile:
    try:
        content = base64.b64decode(body.content, validate=True)
    except (binascii.Error, ValueError) as e:
        raise WrongUsage("The content is not in base64.", mend="Send the bytes of the file in base64.") from e
    mapping = None if body.mapping is None else mapping_from_json(body.mapping.model_dump(mode="json"))
    return TableFile(
        content=content, name=body.name, mapping=mapping, kept=body.kept, table=body.table, sheet=body.sheet
    )
