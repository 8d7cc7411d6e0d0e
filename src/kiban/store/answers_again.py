"""Working out again what records answer, for those that were written before questions asked for it."""

# ruff: noqa: S608  the statements are put together of our own words; values go over as parameters

from __future__ import annotations

from typing import Any, LiteralString
from uuid import UUID

from kiban.query.answers import answers
from kiban.store.sql_entries import replace_entries
from kiban.store.sql_rows import RECORD_COLUMNS, answers_text, record_of

_AT_ONCE = 1000
_ALL_SCOPES = "x" + "f" * (65536 // 4)


def see_everything(cursor: Any) -> None:
    """Tell row-level security that all may be seen and written, until the transaction ends or `see_nothing`."""
    _tell(cursor, _ALL_SCOPES)


def see_nothing(cursor: Any) -> None:
    """Take `see_everything` back."""
    _tell(cursor, "")


def _tell(cursor: Any, bits: str) -> None:
    cursor.execute(
        "SELECT set_config('kiban.' || name, %s, true) FROM unnest(ARRAY['scopes', 'data', 'writes']) AS name", [bits]
    )


def work_out_again(cursor: Any, of: LiteralString) -> int:
    """Work out the answers of the current versions of some records, whoever may see them. Gives their number.

    It works as the owner of the tables, in a transaction in which row-level security is told that all may be seen; it
    stays so until that ends.

    Parameters
    ----------
    of : str
        Of which records, as SQL.
    """
    see_everything(cursor)
    # Older shapes of the database had no table of numbers; a later one fills it from the answers.
    [(has_entries,)] = cursor.execute("SELECT to_regclass('public.entry') IS NOT NULL").fetchall()
    n_records, after = 0, UUID(int=0)
    while True:
        cursor.execute(
            f"SELECT {RECORD_COLUMNS} FROM record WHERE is_current AND ({of}) AND id > %s ORDER BY id LIMIT %s",
            [after, _AT_ONCE],
        )
        records = [record_of(row) for row in cursor.fetchall()]
        if not records:
            return n_records
        said = {record.id: answers(record) for record in records}
        cursor.execute(
            "UPDATE record AS r SET answers = a.answers::jsonb FROM unnest(%s::uuid[], %s::text[]) AS a (id, answers) "
            "WHERE r.id = a.id AND r.is_current",
            [list(said), [answers_text(each) for each in said.values()]],
        )
        if has_entries:
            replace_entries(cursor, ((record, said[record.id]) for record in records), list(said))
        n_records, after = n_records + len(records), records[-1].id
