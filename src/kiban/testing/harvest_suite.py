"""Tests that every register of what harvesters were told passes: subclass it and give a fixture `register`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from kiban.records.harvest import Notice, Span, Told
from kiban.records.identity import new_pid, new_uuid
from kiban.store.harvest_register import HarvestRegister

AT = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


def notice(mark: str = "1", *sets: str) -> Notice:
    """A data set that is open."""
    return Notice(record=new_uuid(), pid=new_pid(), mark=mark, sets=sets or ("project", "project:a"))


def changed(before: Notice, mark: str) -> Notice:
    """The same one, that says something else."""
    return Notice(record=before.record, pid=before.pid, mark=mark, sets=before.sets)


class HarvestSuite:
    """What a register promises. The fixture gives an empty one."""

    @pytest.fixture
    def register(self) -> HarvestRegister:
        """The register."""
        raise NotImplementedError

    def test_what_is_open_is_told_until_it_is_not_and_then_that_it_was(self, register: HarvestRegister) -> None:
        one, two = notice(), notice()
        assert register.bring_up_to_date(lambda: [one, two], AT) == 2
        assert register.bring_up_to_date(lambda: [one, two], AT + timedelta(seconds=5)) == 0
        assert register.bring_up_to_date(lambda: [changed(one, "2")], AT + timedelta(seconds=9)) == 2
        told = {each.pid: each for each in self.every(register)}
        assert (told[one.pid].mark, told[one.pid].is_gone) == ("2", False)
        assert told[two.pid].is_gone
        assert {each.datestamp for each in told.values()} == {AT + timedelta(seconds=9)}
        assert register.bring_up_to_date(lambda: [one, two], AT + timedelta(seconds=12)) == 2
        assert not any(each.is_gone for each in self.every(register))

    def test_time_does_not_go_back(self, register: HarvestRegister) -> None:
        one = notice()
        register.bring_up_to_date(lambda: [one], AT)
        register.bring_up_to_date(list, AT - timedelta(days=1))
        assert [each.datestamp for each in self.every(register)] == [AT]

    def test_datestamps_are_whole_seconds(self, register: HarvestRegister) -> None:
        register.bring_up_to_date(lambda: [notice()], AT.replace(microsecond=999_999))
        assert register.first() == AT

    def test_parts_together_are_the_whole_each_once(self, register: HarvestRegister) -> None:
        for second in range(4):
            batch = [notice() for _ in range(5)]
            earlier = [Notice(record=t.record, pid=t.pid, mark=t.mark, sets=t.sets) for t in self.every(register)]
            register.bring_up_to_date(lambda both=(*earlier, *batch): both, AT + timedelta(seconds=second))  # type: ignore[misc]
        whole = register.told(Span(), limit=1000)
        assert [(each.datestamp, each.record) for each in whole] == sorted((e.datestamp, e.record) for e in whole)
        assert (tuple(self.every(register, limit=3)), register.count(Span())) == (whole, 20)

    def test_spans_hold_both_ends_and_sets_those_below_them(self, register: HarvestRegister) -> None:
        one = notice("1", "technique", "technique:xrd")
        register.bring_up_to_date(lambda: [one], AT)
        two = notice("1", "technique", "technique:raman")
        register.bring_up_to_date(lambda: [one, two], AT + timedelta(seconds=1))
        spans = {
            Span(since=AT, until=AT): {one.pid},
            Span(since=AT + timedelta(seconds=1)): {two.pid},
            Span(until=AT - timedelta(seconds=1)): set(),
            Span(of_set="technique"): {one.pid, two.pid},
            Span(of_set="technique:xrd"): {one.pid},
            Span(of_set="tech"): set(),
        }
        for span, pids in spans.items():
            assert {each.pid for each in register.told(span, limit=10)} == pids
            assert register.count(span) == len(pids)
        assert register.sets() == ("technique", "technique:raman", "technique:xrd")

    def test_one_is_found_by_its_identifier_also_when_it_is_gone(self, register: HarvestRegister) -> None:
        one = notice()
        assert register.one(one.pid) is None
        assert register.first() is None
        register.bring_up_to_date(lambda: [one], AT)
        register.bring_up_to_date(list, AT)
        found = register.one(one.pid)
        assert found is not None
        assert found.is_gone

    def test_what_cannot_be_seen_changes_nothing(self, register: HarvestRegister) -> None:
        register.bring_up_to_date(lambda: [notice()], AT)
        before = self.every(register)

        def broken() -> list[Notice]:
            raise RuntimeError

        with pytest.raises(RuntimeError):
            register.bring_up_to_date(broken, AT + timedelta(seconds=1))
        assert self.every(register) == before

    @staticmethod
    def every(register: HarvestRegister, limit: int = 7) -> list[Told]:
        """All of it, part by part."""
        found: list[Told] = []
        after: tuple[datetime, UUID] | None = None
        while part := register.told(Span(), after=after, limit=limit):
            found.extend(part)
            after = (part[-1].datestamp, part[-1].record)
        return found
