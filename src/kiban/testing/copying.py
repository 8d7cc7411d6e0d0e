"""Batches by COPY: the rows that a deposit would have written, many times as fast, into tables that nobody else uses.

A deposit looks for each record at what is there already, tests its rows against row-level security and keeps all
indexes in order. Here the owner of the database copies rows without indexes, and makes these afterwards. The rows
come from the functions that the catalog itself uses; a test compares all tables with those of a deposit.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

import psycopg

from kiban.query.answers import answers
from kiban.records.matter.mass_fractions import mass_fractions
from kiban.store import sql_insert
from kiban.store.catalog import Batch
from kiban.store.sql_entries import entry_rows
from kiban.store.sql_likeness import likeness_row
from kiban.store.sql_likeness_writing import likenesses_of
from kiban.store.sql_rows import fact_row, link_row, record_row

Row = tuple[Any, ...]
_AT_ONCE = 200
"""So many batches in one COPY of each table."""


def _composition_rows(batch: Batch) -> Iterator[Row]:
    scopes = {record.id: record.scope for record in batch.records}
    for sample, amounts in batch.compositions.items():
        of_mass = mass_fractions(amounts)
        for element, fraction in amounts.items():
            yield sample, element, float(fraction), of_mass.get(element), scopes[sample]


def _likeness_rows(batch: Batch) -> Iterator[Row]:
    scopes = {record.id: record.scope for record in batch.records}
    for record, likeness in likenesses_of(batch).items():
        yield likeness_row(record, likeness, scope=scopes[record], is_standing=True)


TABLES = (
    sql_insert.RECORD,
    sql_insert.ENTRY,
    sql_insert.COMPOSITION,
    sql_insert.LIKENESS,
    sql_insert.LINK,
    sql_insert.PROPERTY,
)
"""The tables that batches of new records, facts, links, compositions and what is compared fill."""


def rows_of(batch: Batch) -> tuple[Iterable[Row], ...]:
    """The rows of each of the tables."""
    said = {record.id: answers(record) for record in batch.records}
    return (
        (record_row(record, is_current=True, said=said[record.id]) for record in batch.records),
        (row for record in batch.records for row in entry_rows(record, said[record.id])),
        _composition_rows(batch),
        _likeness_rows(batch),
        map(link_row, batch.links),
        (fact_row(fact, is_standing=True) for fact in batch.facts),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What was copied, and what it took, in seconds."""

    n_records: int
    n_facts: int
    copying_s: float
    """With drawing the records and working their rows out."""
    indexes_s: float
    """With gathering statistics."""


def load(conninfo: str, *batches: Iterable[Batch]) -> Loaded:
    """Copy batches of new records into a database.

    Parameters
    ----------
    conninfo : str
        Of the owner of the tables, as a superuser.
    """
    n_records = n_facts = 0
    waiting, begun = chain(*batches), time.perf_counter()
    with psycopg.connect(conninfo, autocommit=True) as owner:
        with _without_indexes(owner):
            while some := list(islice(waiting, _AT_ONCE)):
                with owner.transaction():
                    for table, parts in zip(TABLES, zip(*map(rows_of, some), strict=True), strict=True):
                        _copy(owner, table, chain.from_iterable(parts))
                n_records += sum(len(batch.records) for batch in some)
                n_facts += sum(len(batch.facts) for batch in some)
            copied = time.perf_counter()
        for name in ("scope", *(table.name for table in TABLES)):
            owner.execute(f"VACUUM ANALYZE {name}")
    return Loaded(
        n_records=n_records,
        n_facts=n_facts,
        copying_s=copied - begun,
        indexes_s=time.perf_counter() - copied,
    )


def _copy(owner: psycopg.Connection[Row], table: sql_insert.Table, rows: Iterable[Row]) -> None:
    statement = f"COPY {table.name} ({', '.join(table.columns)}) FROM STDIN"
    with owner.cursor() as cursor, cursor.copy(statement) as target:
        for row in rows:
            target.write_row(row)


@contextmanager
def _without_indexes(owner: psycopg.Connection[Row]) -> Iterator[None]:
    """Drop the indexes of the tables, but for those of their keys, and make them again at the end."""
    names = [table.name for table in TABLES]
    found = owner.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = ANY(%s) "
        "AND indexname NOT IN (SELECT conname FROM pg_constraint)",
        [names],
    ).fetchall()
    with ExitStack() as stack:
        for name, definition in found:
            owner.execute(f'DROP INDEX "{name}"')
            stack.callback(owner.execute, definition)
        owner.execute("SET session_replication_role = replica")  # no look at the scope of every row
        owner.execute("SET synchronous_commit = off")
        yield
        owner.execute("SET session_replication_role = DEFAULT")
        owner.execute("SET maintenance_work_mem = '512MB'")
