"""Working out what records are compared by, of those that have nothing of today: at the start, part of
`kiban.store.derivation`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import psycopg

from kiban.analysis.similarity.compositions import likeness_of
from kiban.errors import DamagedObject, UnreadableFile
from kiban.records.likeness import COMPOSITION, Likeness
from kiban.records.record import Record
from kiban.store import sql_insert
from kiban.store.nearest import versions
from kiban.store.sql_insert import insert
from kiban.store.sql_likeness import likeness_row

ComparedBy = Callable[[Record], Likeness | None]
"""Works out of its normalised file what a measurement is compared by. Raises DamagedObject, UnreadableFile."""

_OF_TODAY = "SELECT record FROM likeness WHERE record = ANY(%s) AND version = CASE WHEN kind = %s THEN %s ELSE %s END"
_COMPOSITIONS = "SELECT sample, jsonb_object_agg(element, fraction) FROM composition WHERE sample = ANY(%s) GROUP BY 1"


def derive_likenesses(cursor: psycopg.Cursor[Any], records: Sequence[Record], compared_by: ComparedBy) -> None:
    """Work it out of current records, and keep it as it would have been written with them.

    A measurement of which the normalised file is gone or damaged is compared with nothing: `kiban verify` says what is
    wrong with it, and everything else can be found all the same.
    """
    of_curve, of_composition = versions()
    ids = [record.id for record in records]
    done = {row[0] for row in cursor.execute(_OF_TODAY, [ids, COMPOSITION, of_composition, of_curve]).fetchall()}
    missing = {record.id: record for record in records if record.id not in done}
    found: dict[UUID, Likeness] = {}
    for record in missing.values():
        try:
            likeness = compared_by(record)
        except (DamagedObject, UnreadableFile):
            continue
        if likeness is not None:
            found[record.id] = likeness
    for sample, amounts in cursor.execute(_COMPOSITIONS, [list(missing)]).fetchall():
        found[sample] = likeness_of(amounts)
    cursor.execute("DELETE FROM likeness WHERE record = ANY(%s)", [list(missing)])
    rows = (
        likeness_row(i, each, scope=missing[i].scope, is_standing=not missing[i].deleted) for i, each in found.items()
    )
    insert(cursor, sql_insert.LIKENESS, rows)
