"""What a new version of a template would mean for the records that exist, looked at before anything is changed.

Records keep the version they were made with, so a new version by itself changes none of them. A *migration* carries
records over to it: each becomes a new version of itself. The preview works the same out without writing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from kiban.operations.audited import reads, saw
from kiban.operations.processes import without_needs
from kiban.operations.resources import Resources
from kiban.operations.templates import Kept, get_template
from kiban.query.question import Comparison, Operator
from kiban.records.document import from_json
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind
from kiban.records.template import Template
from kiban.records.template_change import Change, changes
from kiban.records.template_migration import Act, Carried, Step, carry

_PAGE = 500
MOST_NAMED = 1000
"""So many refused records are named one by one; the rest is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What would become of one record."""

    record: Record
    problems: tuple[str, ...]
    """Why the new version refuses it, place by place; empty where it fits."""
    left_behind: tuple[str, ...]
    """Places whose values have no place in the new version. They stay in the record's earlier version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a new version would mean."""

    template: Kept
    changes: tuple[Change, ...]
    n_records: int
    """Made with any version of the template, as far as the asker may see."""
    n_refused: int
    n_losing: int
    """That fit, and leave values behind."""
    refused: tuple[Fate, ...]
    losing: tuple[Fate, ...]


@reads("previewed template")
def preview(
    asker: Asker, resources: Resources, identifier: str, template: Template, steps: tuple[Step, ...] = ()
) -> Preview:
    """Work out which records a new version of a template would refuse, and what would get lost.

    Parameters
    ----------
    identifier : str
        The template; the version that is previewed need not be kept.
    steps : tuple of Step
        What a migration would do.

    Raises
    ------
    RecordNotFound
    InvalidValue
        If a step names a field that the new version does not have.
    """
    kept = get_template(asker, resources, identifier)
    saw(kept.record, subject=kept.record.pid)
    refused: list[Fate] = []
    losing: list[Fate] = []
    n_records = n_refused = n_losing = 0
    for record, old in records_of(asker, resources, kept):
        saw(record)
        fate = fate_of(record, old, template, steps)
        n_records += 1
        if fate.problems:
            n_refused += 1
            refused.extend([fate] if len(refused) < MOST_NAMED else [])
        elif fate.left_behind:
            n_losing += 1
            losing.extend([fate] if len(losing) < MOST_NAMED else [])
    return Preview(
        template=kept,
        changes=changes(kept.template, template),
        n_records=n_records,
        n_refused=n_refused,
        n_losing=n_losing,
        refused=tuple(refused),
        losing=tuple(losing),
    )


def records_of(asker: Asker, resources: Resources, kept: Kept) -> Iterator[tuple[Record, Template]]:
    """The records of the asker's project made with a template, each with the version it was made with; newest first."""
    visible = resources.visible(asker)
    versions = {
        record.version: from_json(dict(record.document), Template)
        for record in resources.catalog.versions(kept.record.id, visible)
    }
    question = Comparison("template", Operator.EQUAL, kept.record.pid)
    after: str | None = None
    while True:
        page = resources.catalog.find(question, visible, limit=_PAGE, after=after)
        for record in page.records:
            # A template named like the identifier of another one would answer as well.
            is_ours = record.project == resources.working_in(asker)
            if is_ours and record.document["template"]["id"] == kept.record.pid:
                yield record, versions[record.document["template"]["version"]]
        after = page.next
        if after is None:
            return


def fate_of(record: Record, old: Template, new: Template, steps: tuple[Step, ...]) -> Fate:
    """What would become of one record."""
    parts = carried_parts(record, old, new, steps)
    several = len(parts) > 1
    return Fate(
        record=record,
        problems=tuple(
            f"{f'{part}: ' if several else ''}{problem.place}: {problem.fault}"
            for part, carried in parts.items()
            for problem in carried.filled.problems
        ),
        left_behind=tuple(
            f"{part}: {name}" if several else name for part, carried in parts.items() for name in carried.left_behind
        ),
    )


def carried_parts(record: Record, old: Template, new: Template, steps: tuple[Step, ...]) -> Mapping[str, Carried]:
    """The values of a record by the part of its document that holds them, carried over."""
    document: Mapping[str, Any] = record.document
    if record.kind is not RecordKind.PROCESS:
        return {"values": carry(old, new, document.get("values") or {}, steps)}
    lenient = replace(new, fields=without_needs(new.fields))
    return {
        "meant": carry(old, new, document.get("meant") or {}, steps),
        # What was done holds what somebody read off: nothing is demanded of it, and nothing is put there.
        "done": carry(old, lenient, document.get("done") or {}, tuple(s for s in steps if s.act is not Act.SET)),
    }
