"""Keeping what records are compared by, in the transaction that writes what it follows from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from psycopg import Cursor

from kiban.analysis.similarity.compositions import likeness_of
from kiban.records.likeness import Likeness
from kiban.records.record import RecordKind
from kiban.store import sql_insert
from kiban.store.catalog import Batch
from kiban.store.sql_insert import insert
from kiban.store.sql_likeness import likeness_row

_DELETE = "DELETE FROM likeness WHERE record = ANY(%s)"
# What follows from another file than the version before says nothing of this one.
_DELETE_OF_OTHER_FILES = """
DELETE FROM likeness l USING unnest(%s::uuid[], %s::integer[], %s::text[]) AS n (id, version, normalised), record r
WHERE l.record = n.id AND r.id = n.id AND r.version = n.version - 1
AND r.document ->> 'normalised' IS DISTINCT FROM n.normalised
"""


def likenesses_of(batch: Batch) -> dict[UUID, Likeness]:
    """What a batch brings: given for measurements, worked out for compositions."""
    return dict(batch.likenesses) | {sample: likeness_of(amounts) for sample, amounts in batch.compositions.items()}


def replace_likenesses(
    cursor: Cursor[Any],
    batch: Batch,
    found: Mapping[UUID, Likeness],
    *,
    scopes: Mapping[UUID, int],
    fallen: Collection[UUID],
) -> None:
    """Put what a batch brings in the place of what was there, and take away what follows from its records no longer.

    Parameters
    ----------
    found : mapping
        Its `likenesses_of`.
    scopes : mapping
        The scope of each of them.
    fallen : collection of UUID
        Those of which the current version is a deletion.
    """
    new = {record.id for record in batch.records if record.version == 1}
    if earlier := [record for record in {*found, *batch.renewed} if record not in new]:
        cursor.execute(_DELETE, [earlier])
    _delete_of_other_files(cursor, batch)
    rows = [
        likeness_row(record, likeness, scope=scopes[record], is_standing=record not in fallen)
        for record, likeness in found.items()
    ]
    insert(cursor, sql_insert.LIKENESS, rows)


def _delete_of_other_files(cursor: Cursor[Any], batch: Batch) -> None:
    later = [
        (record.id, record.version, record.document.get("normalised"))
        for record in batch.records
        if record.version > 1 and record.kind is RecordKind.MEASUREMENT
    ]
    if later:
        cursor.execute(_DELETE_OF_OTHER_FILES, list(map(list, zip(*later, strict=True))))
