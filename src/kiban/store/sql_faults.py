"""Looking for contradictions in the tables, in a transaction that may see every scope."""

# ruff: noqa: S608  the statements are put together of our own words; values go over as parameters

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from psycopg import Cursor

from kiban.store import catalog_faults
from kiban.store.catalog import Fault


def _no_record(column: str) -> str:
    return f"NOT EXISTS (SELECT FROM record r WHERE r.id = {column})"


# Every column is qualified: an unqualified `sample` inside the sub-select would be that of the record looked for.
_CHECKS: tuple[tuple[str, Callable[..., Fault]], ...] = (
    *(
        (
            f"SELECT subject, predicate, object, {end} FROM link l WHERE {_no_record(f'l.{end}')} ORDER BY 1, 2, 3",
            catalog_faults.dangling_link,
        )
        for end in ("subject", "object")
    ),
    (
        f"SELECT id, evidence FROM property p WHERE {_no_record('p.evidence')} ORDER BY id",
        catalog_faults.fact_without_evidence,
    ),
    (
        f"SELECT id, subject FROM property p WHERE subject IS NOT NULL AND {_no_record('p.subject')} ORDER BY id",
        catalog_faults.fact_without_subject,
    ),
    (
        f"SELECT id, sample FROM record o WHERE is_current AND sample IS NOT NULL AND {_no_record('o.sample')} "
        "ORDER BY id",
        catalog_faults.record_without_sample,
    ),
    (
        f"SELECT sample FROM composition c WHERE {_no_record('c.sample')} GROUP BY sample ORDER BY sample",
        catalog_faults.composition_without_sample,
    ),
    (
        f"SELECT record FROM entry e WHERE {_no_record('e.record')} GROUP BY record ORDER BY record",
        catalog_faults.numbers_without_record,
    ),
    (
        "SELECT t.file, t.record, t.file FROM file_record t WHERE NOT EXISTS (SELECT FROM file f WHERE f.id = t.file) "
        "ORDER BY 1, 2",
        catalog_faults.file_tie_without_end,
    ),
    (
        f"SELECT t.file, t.record, t.record FROM file_record t WHERE {_no_record('t.record')} ORDER BY 1, 2",
        catalog_faults.file_tie_without_end,
    ),
    (
        "SELECT id, checksum FROM file f WHERE NOT EXISTS (SELECT FROM blob b WHERE b.checksum = f.checksum) "
        "ORDER BY id",
        catalog_faults.file_without_blob,
    ),
    (
        "SELECT id, count(*) FROM record GROUP BY id HAVING count(*) <> max(version) ORDER BY id",
        catalog_faults.version_gap,
    ),
    (
        "SELECT id, count(*) FILTER (WHERE is_current) FROM record GROUP BY id "
        "HAVING count(*) FILTER (WHERE is_current) <> 1 OR max(version) FILTER (WHERE is_current) <> max(version) "
        "ORDER BY id",
        catalog_faults.not_one_current,
    ),
)

_WITH_SCOPE = ("record", "property", "file", "link", "composition", "file_record", "likeness", "event", "entry")


def is_used(cursor: Cursor[tuple[Any, ...]], scope: int) -> bool:
    """Whether a row of any table has a scope, in a transaction that may see it."""
    tables = " OR ".join(f"EXISTS (SELECT FROM {table} WHERE scope = %(scope)s)" for table in _WITH_SCOPE)
    [(found,)] = cursor.execute(f"SELECT {tables}", {"scope": scope}).fetchall()
    return bool(found)


def find_faults(cursor: Cursor[tuple[Any, ...]]) -> Iterator[Fault]:
    """Ask for each kind of contradiction in turn."""
    for query, fault in _CHECKS:
        for row in cursor.execute(query).fetchall():
            yield fault(*row)
