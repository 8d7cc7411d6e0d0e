"""The page of a record's provenance: a picture and lists of all it rests on, or of all that came of it."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from kiban.operations.provenance import Provenance, provenance
from kiban.records.provenance import Direction
from kiban.records.record import Record, RecordKind
from kiban.web.asker import AtDesk
from kiban.web.language import Speaker, language_of
from kiban.web.page import page
from kiban.web.provenance_graph import Node, draw
from kiban.web.provenance_layers import arranged

ROUTER = APIRouter()

_KINDS = (RecordKind.SAMPLE, RecordKind.PROCESS, RecordKind.MEASUREMENT, RecordKind.CAMPAIGN)


@ROUTER.get("/records/{identifier}/provenance")
def show_provenance(
    request: Request,
    desk: AtDesk,
    identifier: str,
    direction: Annotated[Direction, Query()] = Direction.BACK,
) -> Response:
    """Show one way of it; the other one is a link away."""
    found = provenance(desk.asker, desk.resources, identifier, direction=direction)
    speaker = Speaker(language_of(request))
    record = found.steps[0].record
    label = speaker("provenance.label_back" if direction is Direction.BACK else "provenance.label_forward")
    return page(
        request,
        "provenance.html",
        record=record,
        direction=direction.value,
        directions=[each.value for each in Direction],
        found=found,
        picture=draw(_graph(found, record, speaker), label.format(title=record.title)),
        groups=_groups(found),
        terms=_terms(found, speaker),
    )


def _graph(found: Provenance, start: Record, speaker: Speaker) -> Any:
    records = {step.record.id: step.record for step in found.steps}

    def node(record: Record) -> Node:
        technique = record.document.get("technique")
        return Node(
            title=record.title,
            note=speaker.technique(technique) if technique else speaker.word("kind", record.kind.value),
            kind=record.kind.value,
            address=None if record.id == start.id else f"/records/{record.pid}",
        )

    def rest(kind: str, n: int) -> Node:
        title = speaker("provenance.more", n=n, kind=speaker.word("kind.many", kind))
        return Node(title=title, note="", kind="more", address=f"#{kind}")

    return arranged(records, found.links, node, rest, start.id)


def _groups(found: Provenance) -> list[tuple[str, list[Any]]]:
    """The records on the way by kind, nearest first."""
    steps = [step for step in found.steps[1:] if step.record.kind in _KINDS]
    steps.sort(key=lambda step: (_KINDS.index(step.record.kind), step.depth, step.record.title))
    return [(kind.value, list(of_kind)) for kind, of_kind in groupby(steps, key=lambda step: step.record.kind)]


def _terms(found: Provenance, speaker: Speaker) -> list[tuple[str, int]]:
    counts = Counter(fact.property.term for fact in found.facts)
    return [(speaker.term(term), n) for term, n in counts.most_common()]
