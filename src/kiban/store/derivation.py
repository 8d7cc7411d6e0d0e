"""Working out again what records are found by, and compared by, after the rules for it have changed. Done at the start,
before anything is asked: no start goes on before all records are worked out by its rules.

It goes through the records by their identifiers, a thousand in a transaction that also writes down how far it has come:
whatever kills it, the next start goes on there. Several that start at once take turns. What comes out as it was is not
written again: most rules change little.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg

from kiban.errors import InvalidSetting
from kiban.query.answers import answers
from kiban.query.derived import DERIVED_VERSION
from kiban.store.answers_again import see_everything
from kiban.store.derive_likenesses import ComparedBy, derive_likenesses
from kiban.store.sql_entries import other_entries, replace_entries
from kiban.store.sql_errors import telling_why
from kiban.store.sql_pool import SqlPool
from kiban.store.sql_rows import RECORD_COLUMNS, answers_text, record_of
from kiban.store.sql_words import words_text

AT_ONCE = 1000
"""So many records are worked out in one transaction."""
Told = Callable[[int, int], None]
"""Is told how many records are done, and of how many."""

_LOCK = 0x6B69_6261_6E02
_CONNECT_S = 30
_NEXT = (
    f"SELECT {RECORD_COLUMNS} FROM record "  # noqa: S608  our own columns
    "WHERE is_current AND (%(upto)s::uuid IS NULL OR id > %(upto)s) ORDER BY id LIMIT %(n)s FOR UPDATE"
)
_LEFT = "SELECT count(*) FROM record WHERE is_current AND (%(upto)s::uuid IS NULL OR id > %(upto)s)"
_KEEP = """
UPDATE record AS r SET answers = a.answers::jsonb, words = a.words::tsvector
FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS a (id, answers, words) WHERE r.id = a.id AND r.is_current
AND (r.answers IS DISTINCT FROM a.answers::jsonb OR r.words IS DISTINCT FROM a.words::tsvector)
"""


def ensure_derived(pool: SqlPool, owner_conninfo: str, told: Told, *, compared_by: ComparedBy) -> int:
    """See that all records are worked out by the rules of this version. Quick if they are.

    Parameters
    ----------
    pool : SqlPool
        Connections of the application, to look.
    owner_conninfo : str
        The address at which the owner of the tables logs in, to work.
    told : callable
        Is told how far it has come, after every batch.
    compared_by : callable
        Works out what a measurement is compared by; its numbers are not in the database.

    Returns
    -------
    int
        How many records were worked out here.

    Raises
    ------
    InvalidSetting
        If they were worked out by a later version, in whole or in part.
    DatabaseUnavailable
    """
    ((version, target),) = pool.rows("SELECT version, target FROM derivation")
    if max(version, target) > DERIVED_VERSION:
        raise InvalidSetting(
            f"What records are found by follows rules {max(version, target)}; "
            f"this version of Kiban knows rules {DERIVED_VERSION}.",
            mend="Use the version of Kiban that worked it out, or a later one.",
        )
    if version == DERIVED_VERSION:
        return 0
    with telling_why(), psycopg.connect(owner_conninfo, autocommit=True, connect_timeout=_CONNECT_S) as connection:
        return _derive(connection, told, compared_by)


def _derive(connection: psycopg.Connection[Any], told: Told, compared_by: ComparedBy) -> int:
    n_done, total = 0, None
    while True:
        with connection.transaction(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            cursor.execute("SELECT version, target, upto FROM derivation")
            version, target, upto = cursor.fetchall()[0]
            if version == DERIVED_VERSION:
                return n_done  # another one has done the rest
            if target != DERIVED_VERSION:
                upto = None
            # The owner is bound by row-level security, too. It is told that it may see all, until the transaction ends.
            see_everything(cursor)
            if total is None:
                cursor.execute(_LEFT, {"upto": upto})
                total = int(cursor.fetchall()[0][0])
            n_records = _derive_next(cursor, upto, compared_by)
        n_done += n_records
        if n_records:
            told(n_done, max(total, n_done))


def _derive_next(cursor: psycopg.Cursor[Any], upto: UUID | None, compared_by: ComparedBy) -> int:
    """Work the next batch out; gives its size. Of the last one it writes down that all is done."""
    cursor.execute(_NEXT, {"upto": upto, "n": AT_ONCE})
    records = [record_of(row) for row in cursor.fetchall()]
    if not records:
        cursor.execute("UPDATE derivation SET version = %(v)s, target = %(v)s, upto = NULL", {"v": DERIVED_VERSION})
        return 0
    ids = [record.id for record in records]
    said = [answers(record) for record in records]
    cursor.execute(_KEEP, [ids, [answers_text(each) for each in said], [words_text(each) for each in records]])
    replace_entries(cursor, *other_entries(cursor, dict(zip(ids, zip(records, said, strict=True), strict=True))))
    derive_likenesses(cursor, records, compared_by)
    cursor.execute("UPDATE derivation SET target = %s, upto = %s", [DERIVED_VERSION, ids[-1]])
    return len(records)
