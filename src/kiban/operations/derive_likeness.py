"""Derive what records are compared by, of those that came before it was derived, or by an earlier way of doing so.

It goes through the records in order, a batch at a time, each batch in a transaction of its own. What has been derived
is not looked at again, so a run that was cut short goes on where it stopped; what cannot be compared is remembered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from uuid import UUID

from kiban.errors import DamagedObject, UnreadableFile
from kiban.operations.resources import Resources, require_act
from kiban.records.likeness import COMPARED, Likeness
from kiban.records.party import Act, Asker
from kiban.records.record import Record, RecordKind
from kiban.store.catalog import Batch

_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Derived:
    """How far it has come."""

    done: int
    compared: int
    """How many of them can be compared."""
    failed: tuple[str, ...] = ()
    """Of this batch, the identifiers of those whose numbers cannot be read."""


def derive_likenesses(asker: Asker, resources: Resources) -> Iterator[Derived]:
    """Derive it of all records that the asker may change, and say after each batch how far it has come.

    Raises
    ------
    Refused
        If the asker came in with a token that does not allow to write.
    DiskFull, DatabaseUnavailable
        What was reported before is safe.
    """
    require_act(asker, Act.WRITE)
    seen = resources.visible(asker)
    visible = replace(seen, numbers=seen.writable & seen.data)
    after: UUID | None = None
    so_far = Derived(0, 0)
    while True:
        records = resources.catalog.without_likeness(visible, techniques=COMPARED, limit=_AT_ONCE, after=after)
        if not records:
            return
        after = records[-1].id
        found: dict[UUID, Likeness] = {}
        failed: list[str] = []
        for record in records:
            if record.kind is not RecordKind.MEASUREMENT:
                continue
            try:
                found[record.id] = derived(resources, record)
            except (DamagedObject, UnreadableFile):
                # `kiban verify` says what is wrong with it; everything else can be compared all the same.
                failed.append(record.pid)
        samples = [record.id for record in records if record.kind is RecordKind.SAMPLE]
        compositions = resources.catalog.compositions(samples, visible)
        for project, group in groupby(sorted(records, key=lambda r: r.project), key=lambda r: r.project):
            ids = {record.id for record in group}
            batch = Batch(
                likenesses={i: each for i, each in found.items() if i in ids},
                # What a composition is compared by is worked out where it is written.
                compositions={i: each for i, each in compositions.items() if i in ids},
            )
            with resources.catalog.writing(visible, project=project) as writing:
                writing.add(batch)
        n_compared = sum(bool(each.kind) for each in found.values()) + len(compositions)
        so_far = Derived(so_far.done + len(records), so_far.compared + n_compared, tuple(failed))
        yield so_far


def derived(resources: Resources, record: Record) -> Likeness:
    """What one measurement is compared by, from its normalised file.

    Raises
    ------
    UnreadableFile
        If that is damaged.
    DamagedObject
        If it is gone.
    """
    from kiban.analysis.similarity import curves
    from kiban.standards.nexus import read

    nothing = Likeness(kind="", version=curves.VERSION)
    checksum = str(record.document.get("normalised") or "")
    if not checksum:
        return nothing
    with resources.objects.open(checksum) as file:
        return curves.likeness(read(file)) or nothing
