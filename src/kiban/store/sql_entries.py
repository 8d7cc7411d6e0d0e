"""The numbers that current records answer, as rows: an index finds those between two ends.

They stand among the answers of the record's own row as well, where a record at hand is tested.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from psycopg import Cursor

from kiban.query.answers import Answer, Number
from kiban.records.record import Record
from kiban.store import sql_insert
from kiban.store.sql_insert import insert
from kiban.store.sql_rows import key_hash, stored

Answers = Mapping[str, Iterable[Answer]]


def name_of(path: str, unit: str) -> UUID:
    """What stands for a path and an SI unit: paths may be longer than an index takes."""
    return key_hash(f"{stored(path)} {unit}")


def entry_rows(record: Record, said: Answers) -> Iterator[tuple[Any, ...]]:
    """The numbers among the answers of a record; none where it has been deleted."""
    if record.deleted:
        return
    for path, values in said.items():
        for value in values:
            if isinstance(value, Number):
                yield record.id, name_of(path, value.unit), value.si, record.scope


def other_entries(
    cursor: Cursor[Any], said: Mapping[UUID, tuple[Record, Answers]]
) -> tuple[list[tuple[Record, Answers]], list[UUID]]:
    """Those of the records whose numbers are kept otherwise than they would be written, and which these are."""
    query = "SELECT record, name, value_si, scope FROM entry WHERE record = ANY(%s)"
    kept: defaultdict[UUID, list[tuple[Any, ...]]] = defaultdict(list)
    for row in cursor.execute(query, [list(said)]).fetchall():
        kept[row[0]].append(row)
    others = [i for i, each in said.items() if sorted(kept[i]) != sorted(entry_rows(*each))]
    return [said[i] for i in others], others


def replace_entries(cursor: Cursor[Any], said: Iterable[tuple[Record, Answers]], earlier: Collection[UUID]) -> None:
    """Write the numbers of records; `earlier` are those of them that may have some already."""
    if earlier:
        cursor.execute("DELETE FROM entry WHERE record = ANY(%s)", [list(earlier)])
    insert(cursor, sql_insert.ENTRY, (row for record, answers in said for row in entry_rows(record, answers)))
