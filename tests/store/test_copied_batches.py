"""Made records that were copied are the same, row by row, as if they had been deposited."""

from __future__ import annotations

import random

import psycopg
import pytest

from kiban.records.record import RecordKind
from kiban.records.scope import Visible
from kiban.store.migrate import migrate
from kiban.store.postgres_settings import APPLICATION, OWNER
from kiban.store.sql_catalog import SqlCatalog
from kiban.store.sql_tables import METADATA
from kiban.testing.copying import TABLES, load
from kiban.testing.made_families import N_FACTS, N_OF_FAMILY, RARE, Families
from kiban.testing.made_parties import made_parties, scopes_of

_BY_CHANCE = {"arrived_at"}
"""What the database itself says of when a row came."""


@pytest.fixture(scope="module")
def made():
    """Twelve families in forty scopes."""
    parties = made_parties(random.Random(5), n_projects=8, n_agreements=4)
    return parties, 12


@pytest.fixture(scope="module")
def both(postgres, new_database, made):
    """Two databases: one that the families were deposited in, one that they were copied to."""
    parties, n = made
    names = [new_database(), new_database()]
    catalogs = []
    for name in names:
        migrate(postgres.conninfo(OWNER, name))
        catalogs.append(SqlCatalog.connect(postgres.conninfo(APPLICATION, name)))
    scopes, again = (scopes_of(parties, catalog) for catalog in catalogs)
    assert scopes == again
    families = Families(scopes, n, random.Random(7))
    batches = [families.of_templates(), *families]
    for batch in batches:
        project = batch.records[0].project
        with catalogs[0].writing(Visible.of(scopes), project=project) as writing:
            writing.add(batch)
    loaded = load(postgres.conninfo(OWNER, names[1]), batches)
    assert loaded.n_records == sum(len(batch.records) for batch in batches)
    assert loaded.n_facts == sum(len(batch.facts) for batch in batches)
    yield batches, names
    for catalog in catalogs:
        catalog.close()


def _rows(postgres, name, table):
    columns = [f"{c.name}::text" for c in table.columns if c.name not in _BY_CHANCE]
    with psycopg.connect(postgres.conninfo(OWNER, name)) as owner:
        return sorted(owner.execute(f"SELECT {', '.join(columns)} FROM {table.name}").fetchall(), key=repr)  # noqa: S608


@pytest.mark.parametrize("table", METADATA.tables.values(), ids=lambda table: table.name)
def test_every_table_is_as_after_a_deposit(postgres, both, table):
    _, (deposited, copied) = both
    rows = _rows(postgres, copied, table)
    assert rows == _rows(postgres, deposited, table)
    assert rows or table.name not in {filled.name for filled in TABLES}


def test_indexes_are_as_before(postgres, both):
    found = []
    for name in both[1]:
        with psycopg.connect(postgres.conninfo(OWNER, name)) as owner:
            found.append(owner.execute("SELECT indexname, indexdef FROM pg_indexes ORDER BY 1").fetchall())
    assert found[0] == found[1]


def test_a_family_has_ten_facts_a_record_and_is_closed(both):
    templates, *families = both[0]
    for batch in families:
        assert (len(batch.records), len(batch.facts)) == (N_OF_FAMILY, N_FACTS * N_OF_FAMILY)
        own = {record.id for record in batch.records}
        assert {end for link in batch.links for end in (link.subject, link.object)} <= own
        assert {fact.evidence for fact in batch.facts} | {fact.subject for fact in batch.facts} <= own
        assert {record.project for record in batch.records} == {batch.records[0].project}
    assert {record.kind for record in templates.records} == {RecordKind.TEMPLATE}


def test_rare_remarks_are_of_few_records(both):
    remarked = [
        (number, record)
        for number, batch in enumerate(both[0][1:])
        for record in batch.records
        if "delamination" in str(record.document)
    ]
    assert {number for number, _ in remarked} == RARE
    assert len(remarked) == 4 * len(RARE)
