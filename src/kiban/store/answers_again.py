"""Working out again what records answer, for those that were written before questions asked for it."""

# ruff: noqa: S608  the statements are put together of our own words; values go over as parameters

from __future__ import annotations

from typing import Any, LiteralString
from uuid import UUID

from kiban.store.sql_rows import RECORD_COLUMNS, answers_text, record_of

_AT_ONCE = 1000
_ALL_SCOPES = "x" + "f" * (65536 // 4)


def work_out_again(cursor: Any, of: LiteralString) -> int:
    """Work out the answers of the current versions of some records, whoever may see them. Gives their number.

    It works as the owner of the tables, in a transaction in which row-level security is told that all may be seen; it
    stays so until that ends.

    Parameters
    ----------
    of : str
        Of which records, as SQL.
    """
    for name in ("scopes", "data", "writes"):
        cursor.execute("SELECT set_config(%s, %s, true)", [f"kiban.{name}", _ALL_SCOPES])
    n_records, after = 0, UUID(int=0)
    while True:
        cursor.execute(
            f"SELECT {RECORD_COLUMNS} FROM record WHERE is_current AND ({of}) AND id > %s ORDER BY id LIMIT %s",
            [after, _AT_ONCE],
        )
        records = [record_of(row) for row in cursor.fetchall()]
        if not records:
            return n_records
        cursor.execute(
            "UPDATE record AS r SET answers = a.answers::jsonb FROM unnest(%s::uuid[], %s::text[]) AS a (id, answers) "
            "WHERE r.id = a.id AND r.is_current",
            [[record.id for record in records], [answers_text(record) for record in records]],
        )
        n_records, after = n_records + len(records), records[-1].id
