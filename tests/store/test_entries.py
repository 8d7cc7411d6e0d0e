"""The numbers of records stand in rows of their own, and these are at every moment those that the records answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from kiban.query.answers import answers
from kiban.query.parse import parse
from kiban.records.scope import Tier
from kiban.store.answers_again import see_nothing, work_out_again
from kiban.store.sql_entries import entry_rows
from kiban.testing.catalog_examples import Laboratory
from kiban.testing.catalog_strategies import TIERS, worlds

LONG = ".".join(["part"] * 1000)


def written(owner, records):
    """The rows of these records."""
    columns = "record, name, value_si, scope"
    rows = owner.execute(f"SELECT {columns} FROM entry WHERE record = ANY(%s)", [[r.id for r in records]])  # noqa: S608
    return sorted(rows.fetchall())


def expected(records):
    return sorted(row for record in records for row in entry_rows(record, answers(record)))


@pytest.fixture
def lab(sql_catalog):
    return Laboratory(sql_catalog)


def scan(lab, **metadata):
    return lab.measurement("scan", document={"technique": "xrd", "metadata": metadata})


def test_numbers_come_go_and_move_with_their_record(lab, sql_catalog, owner):
    first = scan(lab, step={"value": 0.02, "unit": "deg"}, points=[1, 2, 2], mode="fast")
    lab.write(first)
    assert len(written(owner, [first])) == 3
    assert written(owner, [first]) == expected([first])
    second = replace(first, version=2, document={"metadata": {"step": 3}})
    lab.write(second)
    assert written(owner, [first]) == expected([second])
    to = lab.scope(Tier.OPEN).number
    with sql_catalog.writing(lab.visible(), project=lab.project) as writing:
        writing.move({first.id: to})
    moved = replace(second, scope=to)
    assert written(owner, [first]) == expected([moved])
    lab.write(replace(moved, version=3, deleted=True))
    assert written(owner, [first]) == []
    lab.write(replace(moved, version=4))
    assert written(owner, [first]) == expected([moved])


def test_several_versions_at_once_leave_the_numbers_of_the_last(lab, owner):
    first = scan(lab, step=1)
    last = replace(first, version=3, document={"metadata": {"step": 3}})
    lab.write(first, replace(first, version=2, document={"metadata": {"step": 2}}), last)
    assert written(owner, [first]) == expected([last])


def test_an_entry_of_any_name_is_kept_and_found(lab, sql_catalog, owner):
    odd = scan(lab, **{LONG: 7, "\x00\ud800": 8, "\ue000": 9, "試料 温度": {"value": 20, "unit": "degC"}})
    lab.write(odd)
    assert written(owner, [odd]) == expected([odd])
    assert len(written(owner, [odd])) == 4
    assert sql_catalog.find(parse(f"metadata.{LONG} > 6.5"), lab.visible()).records == (odd,)
    assert sql_catalog.count(parse(f"metadata.{LONG} > 7"), lab.visible()) == 0


def test_numbers_of_the_same_size_and_another_dimension_are_not_found(lab, sql_catalog):
    lab.write(scan(lab, long={"value": 2, "unit": "m"}), scan(lab, long={"value": 2, "unit": "s"}), scan(lab, long=2))
    for question in ("metadata.long > 1 m", "metadata.long > 1 s", "metadata.long > 1"):
        assert sql_catalog.count(parse(question), lab.visible()) == 1


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=worlds())
def test_whatever_happens_the_rows_are_what_the_records_answer(world, sql_catalog, owner):
    lab = Laboratory(sql_catalog)
    numbers = {i: lab.scope(tier).number for i, tier in enumerate(TIERS)}
    for batch in world.settled(lab.project, numbers):
        with sql_catalog.writing(lab.visible(), project=lab.project) as writing:
            writing.add(batch)
    records = [record for batch in world.batches for record in batch.records]
    current = sql_catalog.get_many({record.id for record in records}, lab.visible())
    assert written(owner, records) == expected(current.values())


def test_answers_that_are_worked_out_again_bring_their_numbers(lab, owner):
    record = scan(lab, step=1, points=2)
    lab.write(record)
    owner.execute("UPDATE entry SET value_si = 5 WHERE record = %s", [record.id])
    with owner.transaction():
        work_out_again(owner.cursor(), "kind = 'measurement'")
        see_nothing(owner.cursor())
    assert written(owner, [record]) == expected([record])


def test_numbers_of_nothing_are_a_fault(lab, sql_catalog, owner):
    record = scan(lab, step=1)
    owner.execute("INSERT INTO entry SELECT %s, gen_random_uuid(), 1, %s", [record.id, lab.scope(Tier.OPEN).number])
    faults = [fault.what for fault in sql_catalog.faults()]
    owner.execute("DELETE FROM entry WHERE record = %s", [record.id])
    assert f"numbers of {record.id}" in faults
