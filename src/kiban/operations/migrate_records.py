"""Carry records over to the current version of their template, and take that back.

Nothing is overwritten: each record gets a new version. A migration has an identifier; undoing it brings back, as a
further version, what each record said before, unless somebody has changed it since.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any
from uuid import UUID

from kiban.errors import Conflict, InvalidValue
from kiban.operations.changed_records import event_of, next_version
from kiban.operations.resources import Resources
from kiban.operations.template_preview import carried_parts, fate_of, records_of
from kiban.operations.templates import Kept, template_named
from kiban.records.document import to_json
from kiban.records.identity import new_uuid
from kiban.records.party import Asker
from kiban.records.record import Record
from kiban.records.template_migration import Step
from kiban.store.catalog import Batch

_BATCH = 200
MIGRATED = "migrated to version"
UNDONE = "took migration back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated:
    """What a migration, or its undoing, did."""

    migration: UUID
    n_changed: int
    refused: tuple[Record, ...] = ()
    """Left as they were: by a migration what the new version refuses, by its undoing what was changed since."""


def migrate(
    asker: Asker,
    resources: Resources,
    identifier: str,
    steps: tuple[Step, ...] = (),
    *,
    expected: int,
    leaves_refused: bool = False,
) -> Migrated:
    """Carry all records of a template over to its current version, in one transaction.

    Parameters
    ----------
    expected : int
        The version of the template that was previewed.
    leaves_refused : bool
        Records that the version refuses stay as they are. Otherwise one of them stops everything.

    Raises
    ------
    RecordNotFound
    Conflict
        If the template has another version by now.
    InvalidValue
        If a record would be refused, and that was not asked for; or there is nothing to carry over.
    """
    kept = template_named(asker, resources, identifier)
    if kept.record.version != expected:
        raise Conflict(
            f"{kept.template.name} has version {kept.record.version} by now; version {expected} was previewed.",
            mend="Look at the preview again.",
        )
    migration = new_uuid()
    use = replace(kept.use, migration=str(migration))
    refused: list[Record] = []

    def carried() -> Iterator[Record]:
        for record, old in records_of(asker, resources, kept):
            if record.document["template"]["version"] == kept.record.version:
                continue
            if fate_of(record, old, kept.template, steps).problems:
                refused.append(record)
                continue
            parts = carried_parts(record, old, kept.template, steps)
            values = {part: one.filled.values for part, one in parts.items()}
            yield next_version(asker, record, document={**record.document, **values, "template": to_json(use)})
        if refused and not leaves_refused:
            raise InvalidValue(
                f"{kept.template.name}, version {expected}, refuses {len(refused)} records, first {refused[0].title}.",
                mend="State what is to become of their values, or leave them at the version they have.",
            )

    details = {"migration": str(migration), "version": kept.record.version}
    n_changed = _write(asker, resources, kept, carried(), MIGRATED, details)
    if n_changed == 0:
        raise InvalidValue(
            f"No record can be carried over to version {expected} of {kept.template.name}.",
            mend="They have that version already, or it refuses them.",
        )
    return Migrated(migration=migration, n_changed=n_changed, refused=tuple(refused))


def undo_migration(asker: Asker, resources: Resources, identifier: str, migration: UUID) -> Migrated:
    """Bring back what the records of a migration said before, in one transaction, as further versions.

    Records that somebody has changed since are left, and named.

    Raises
    ------
    RecordNotFound
    InvalidValue
        If no record is left of the migration that it could be taken back for.
    """
    kept = template_named(asker, resources, identifier)
    changed_since: list[Record] = []

    def restored() -> Iterator[Record]:
        of_it = (
            record
            for record, _ in records_of(asker, resources, kept)
            if record.document["template"].get("migration") == str(migration)
        )
        while page := list(islice(of_it, _BATCH)):
            wanted = [(record.id, record.version - 1) for record in page]
            before = resources.catalog.get_versions(wanted, resources.visible(asker))
            for record in page:
                earlier = before[record.id, record.version - 1]
                if earlier.document["template"].get("migration") == str(migration):
                    changed_since.append(record)
                else:
                    yield next_version(asker, record, document=earlier.document)

    details = {"migration": str(migration)}
    n_changed = _write(asker, resources, kept, restored(), UNDONE, details)
    if n_changed == 0:
        raise InvalidValue(
            f"No record of {kept.template.name} can be taken back from this migration.",
            mend=f"{len(changed_since)} have been changed since; their versions before it can still be read.",
        )
    return Migrated(migration=migration, n_changed=n_changed, refused=tuple(changed_since))


def _write(
    asker: Asker,
    resources: Resources,
    kept: Kept,
    records: Iterator[Record],
    action: str,
    details: dict[str, Any],
) -> int:
    """Write versions, and an event of the template that tells what was done, in one transaction.

    The project is locked before the first record is looked at.
    """
    n_written = 0
    with resources.catalog.writing(resources.visible(asker), project=resources.project_of(asker)) as writing:
        while page := tuple(islice(records, _BATCH)):
            events = tuple(event_of(asker, record, action, details) for record in page)
            writing.add(Batch(records=page, events=events))
            n_written += len(page)
        # What other projects do with it is no business of the template's own.
        if n_written and kept.record.project == resources.project_of(asker):
            # How many they were is not told: among them may be records that others who read this do not see. Of the
            # next version only its time is used: the template stays as it is.
            writing.add(Batch(events=(event_of(asker, next_version(asker, kept.record), action, details),)))
    return n_written
