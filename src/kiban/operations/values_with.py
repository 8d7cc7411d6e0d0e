"""What the fields of a sample or process would hold with some of them given anew, the others as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kiban.operations.audited import reads, saw
from kiban.operations.changed_records import current
from kiban.operations.resources import Resources
from kiban.operations.templates import template_named
from kiban.records.assignment import Assignment, assigned
from kiban.records.document import from_json
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind
from kiban.records.template_migration import moved
from kiban.records.template_use import TemplateUse


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What somebody gives: first whole values, then single ones."""

    values: Mapping[str, Any]
    """By key; each takes the place of all that stood under its key."""
    assignments: Sequence[Assignment] = ()

    def onto(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """These values, put onto others. Raises InvalidValue if a place leads nowhere."""
        return assigned({**values, **self.values}, self.assignments)

    def __bool__(self) -> bool:
        return bool(self.values or self.assignments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """A form that is ready to be kept."""

    record: Record
    """What it is a form of; its version is the one to expect when the form is kept."""
    template: str | None
    """Identifier or name of the template, in its current version; `None` where there is none."""
    parts: dict[str, dict[str, Any]]
    """By the name of the part: `values`, or `meant` and `done`."""
    left_behind: tuple[str, ...]
    """Fields that had a value and have no place in the current version of the template."""


@reads("read record")
def values_with(
    asker: Asker,
    resources: Resources,
    identifier: str,
    kind: RecordKind,
    given: Mapping[str, Given],
    *,
    template: str | None = None,
) -> Values:
    """Put values onto those that a record has.

    Those it has are carried over to the current version of its template. With another template, nothing is.

    Parameters
    ----------
    given : mapping
        By the name of the part.
    template : str, optional
        Another template than the record has.

    Raises
    ------
    RecordNotFound
    InvalidValue
        If a place leads nowhere. Values are not checked here, but when they are kept.
    """
    record = current(asker, resources, identifier, kind)
    saw(record, subject=record.pid)
    use = record.document.get("template")
    used = from_json(use, TemplateUse) if use else None
    name = template or (used.id if used is not None else None)
    now = template_named(asker, resources, name) if name is not None else None
    before = {part: dict(record.document.get(part) or {}) for part in given}
    left: list[str] = []
    if now is not None and (used is None or now.record.pid != used.id):
        left = [f"{part}.{key}" for part, values in before.items() for key in values]
        before = {part: {} for part in given}
    elif now is not None and used is not None and now.record.version != used.version:
        old = template_named(asker, resources, used.id, version=used.version).template
        for part, values in before.items():
            # Unchecked: what the new version refuses is told when the form is kept.
            before[part], lost = moved(old, now.template, values)
            left += [f"{part}.{place}" for place in lost]
    parts = {part: each.onto(before[part]) for part, each in given.items()}
    return Values(
        record=record,
        template=now.record.pid if now is not None else None,
        parts=parts,
        left_behind=tuple(dict.fromkeys(left)),
    )
