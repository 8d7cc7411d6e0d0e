"""What can be done to a sample or process on its page: small forms that work without scripts."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Response
from starlette.responses import RedirectResponse

from kiban.operations.link_sample import link_sample
from kiban.operations.processes import change_process, record_process
from kiban.operations.read_record import current
from kiban.operations.restore_version import restore_version
from kiban.operations.samples import change_sample, divide_sample
from kiban.operations.state_composition import state_composition
from kiban.operations.state_rights import state_rights_as_in
from kiban.records.matter.composition import Basis, Stated
from kiban.records.process import Process
from kiban.records.record import Record, RecordKind
from kiban.records.sample import Sample
from kiban.web.asker import AtDesk

ROUTER = APIRouter()

Expected = Annotated[int, Form(ge=1, le=2**31 - 1)]


@ROUTER.post("/records/{identifier}/divide")
def divide(
    desk: AtDesk,
    identifier: str,
    names: Annotated[str, Form(max_length=100_000)],
    uses_up: Annotated[bool, Form()] = False,
) -> Response:
    """Make pieces, one for each line."""
    lines = [line.strip() for line in names.splitlines() if line.strip()]
    divide_sample(desk.asker, desk.resources, identifier, lines, uses_up=uses_up)
    return _back(current(desk.asker, desk.resources, identifier))


@ROUTER.post("/records/{identifier}/state")
def change_state(
    desk: AtDesk, identifier: str, state: Annotated[str, Form(max_length=20)], expected: Expected
) -> Response:
    """Say how a sample or process stands."""
    record = current(desk.asker, desk.resources, identifier, RecordKind.SAMPLE, RecordKind.PROCESS)
    change = change_sample if record.kind is RecordKind.SAMPLE else change_process
    return _back(change(desk.asker, desk.resources, identifier, {"state": state}, expected=expected))


@ROUTER.post("/records/{identifier}/move")
def move(
    desk: AtDesk,
    identifier: str,
    expected: Expected,
    location: Annotated[str, Form(max_length=500)] = "",
    custodian: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Say where a sample lies and who keeps it."""
    changes = {"location": location.strip(), "custodian": custodian.strip()}
    return _back(change_sample(desk.asker, desk.resources, identifier, changes, expected=expected))


@ROUTER.post("/records/{identifier}/process")
def process(
    desk: AtDesk,
    identifier: str,
    name: Annotated[str, Form(max_length=500)],
    outputs: Annotated[str, Form(max_length=100_000)] = "",
    uses_up: Annotated[bool, Form()] = False,
) -> Response:
    """Write down a process that took a sample, with what came out of it, one new sample for each line."""
    new = [Sample(name=line.strip()) for line in outputs.splitlines() if line.strip()]
    recorded = record_process(
        desk.asker, desk.resources, Process(name=name.strip()), inputs=[identifier], outputs=new, uses_up=uses_up
    )
    return _back(recorded.process)


@ROUTER.post("/records/{identifier}/composition")
def compose(
    desk: AtDesk,
    identifier: str,
    expected: Expected,
    parts: Annotated[str, Form(max_length=20_000)],
    basis: Annotated[Basis, Form()],
    stated: Annotated[Stated, Form()],
    method: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Say what a sample consists of, one component a line."""
    record = state_composition(
        desk.asker,
        desk.resources,
        identifier,
        parts.splitlines(),
        basis=basis,
        stated=stated,
        method=method,
        expected=expected,
    )
    return _back(record)


@ROUTER.post("/records/{identifier}/restore")
def restore(
    desk: AtDesk, identifier: str, version: Annotated[int, Form(ge=1, le=2**31 - 1)], expected: Expected
) -> Response:
    """Bring back what an earlier version said; of a project its rights, for its name stands elsewhere too."""
    record = current(desk.asker, desk.resources, identifier)
    bring = state_rights_as_in if record.kind is RecordKind.PROJECT else restore_version
    return _back(bring(desk.asker, desk.resources, identifier, version, expected=expected))


@ROUTER.post("/records/{identifier}/sample")
def link(
    desk: AtDesk, identifier: str, expected: Expected, sample: Annotated[str, Form(max_length=100)] = ""
) -> Response:
    """Say of which sample a measurement is; nothing means that it is not known."""
    return _back(link_sample(desk.asker, desk.resources, identifier, sample.strip() or None, expected=expected))


def _back(record: Record) -> Response:
    return RedirectResponse(f"/records/{quote(record.pid, safe=':')}", status_code=303)
