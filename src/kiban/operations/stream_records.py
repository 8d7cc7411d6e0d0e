"""All records that answer a question, one part after another: for taking along what is too much for one page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from kiban.operations.as_seen import all_as_seen
from kiban.operations.audited import reads, saw
from kiban.operations.find import understood
from kiban.operations.resources import Resources
from kiban.operations.show_as_json import record_as_json
from kiban.query.question import Question
from kiban.records.parties.right import Right
from kiban.records.party import Asker
from kiban.records.record import Record
from kiban.records.scope import Visible
from kiban.standards.row_stream import Field, Kind

PART = 500
"""So many records are in memory at a time."""
FIELDS = (
    Field("id"),
    Field("uuid"),
    Field("kind"),
    Field("title"),
    Field("version", Kind.INTEGER),
    Field("created_at"),
    Field("created_by"),
    Field("tier"),
    Field("sample"),
    Field("sample_id"),
    Field("technique"),
    Field("file"),
    Field("started_at"),
    Field("document", Kind.JSON),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Streamed:
    """Rows that come as they are asked for."""

    fields: tuple[Field, ...]
    parts: Iterator[list[tuple[Any, ...]]]
    """Can be gone through once."""
    n_left_out: int
    """Records that answer as well, and whose values the asker may not take along."""


@reads("exported")
def stream_records(asker: Asker, resources: Resources, text: str) -> Streamed:
    """Take along the records that answer a question and whose values the asker may read, newest first.

    The audit log says so before the first part is given. What is added meanwhile is not among them; what is closed to
    the asker meanwhile, or deleted, is left out from then on. The asker's roles and memberships are those at the
    beginning.

    Raises
    ------
    InvalidQuestion
    """
    question = understood(asker, resources, text)
    allowed, n_left_out = allowed_now(asker, resources, question, Right.DATA, text)
    return Streamed(
        fields=FIELDS,
        parts=(
            _rows(resources, page, visible) for page, visible in pages(asker, resources, question, Right.DATA, allowed)
        ),
        n_left_out=n_left_out,
    )


def allowed_now(
    asker: Asker, resources: Resources, question: Question, right: Right, text: str
) -> tuple[frozenset[int], int]:
    """The scopes in which the asker has the right now, with what else answers; the audit log hears of it."""
    visible = resources.visible(asker, right)
    counts = resources.catalog.count_by_scope(visible, question)
    n_all = sum(resources.catalog.count_by_scope(resources.visible(asker), question).values())
    n = sum(counts.values())
    saw(scopes=counts, n=n, details={"question": text} if text.strip() else {})
    return visible.numbers, n_all - n


def pages(
    asker: Asker, resources: Resources, question: Question, right: Right, allowed: frozenset[int]
) -> Iterator[tuple[tuple[Record, ...], Visible]]:
    """The records in parts, each with what the asker may see at that moment of what was allowed at the beginning."""
    after: str | None = None
    while True:
        visible = resources.visible(asker, right)
        visible = replace(visible, numbers=visible.numbers & allowed)
        page = resources.catalog.find(question, visible, limit=PART, after=after)
        yield page.records, visible
        after = page.next
        if after is None:
            return


def _rows(resources: Resources, records: tuple[Record, ...], visible: Visible) -> list[tuple[Any, ...]]:
    samples = resources.catalog.get_many({r.sample for r in records if r.sample is not None}, visible)
    tiers = {scope.number: scope.tier.value for scope in resources.catalog.scopes()}
    rows = []
    for record in all_as_seen(resources, visible, records):
        sample = samples.get(record.sample) if record.sample is not None else None
        document: Mapping[str, Any] = record.document
        rows.append(
            (
                *record_as_json(record).values(),
                tiers[record.scope],
                sample.title if sample is not None else None,
                sample.pid if sample is not None else None,
                document.get("technique"),
                document.get("file_name"),
                document.get("started_at"),
                dict(document),
            )
        )
    return rows
