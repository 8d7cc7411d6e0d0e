"""What every audit log does. A log passes it unchanged: subclass `AuditSuite` and give `make_log`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiban.records.audit_chain import NO_HASH
from kiban.records.audit_entry import AuditEntry
from kiban.store.audit_log import Asked, AuditLog, Tail

_AT = datetime(2026, 2, 3, 4, 5, 6, 789, UTC)
_TEXTS = st.text(max_size=20)
_VALUES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | _TEXTS
ENTRIES = st.builds(
    AuditEntry,
    at=st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),
    actor=_TEXTS,
    act=st.text(min_size=1, max_size=20),
    subject=_TEXTS,
    scopes=st.lists(st.integers(0, 65535), max_size=5).map(tuple),
    rule=_TEXTS,
    address=_TEXTS,
    details=st.dictionaries(_TEXTS, _VALUES | st.lists(_VALUES, max_size=3), max_size=3),
)
"""Entries of any kind, also such as hostile names make."""


def an_entry(**others: Any) -> AuditEntry:
    """An entry with some of its values given."""
    return AuditEntry(**{"at": _AT, "actor": "operator", "act": "read record", **others})


class AuditSuite:
    """The suite."""

    def make_log(self) -> AuditLog:
        """Give a log. Others may have written to it: the tests look at what they add."""
        raise NotImplementedError

    def test_lines_are_numbered_without_gaps_and_each_names_the_one_before(self) -> None:
        log = self.make_log()
        before = log.tail()
        log.append([an_entry(), an_entry(act="deposited")])
        log.append([an_entry(act="exported")], relaxed=True)
        lines = list(log.lines(Asked(above=before.number)))
        assert [line.number for line in lines] == [before.number + n for n in (1, 2, 3)]
        assert [line.previous for line in lines] == [before.hash, lines[0].hash, lines[1].hash]
        assert log.tail() == Tail(lines[-1].number, lines[-1].hash)

    def test_the_first_line_stands_behind_nothing(self) -> None:
        log = self.make_log()
        log.append([an_entry()])
        [first] = log.lines(limit=1)
        assert (first.number, first.previous) == (1, NO_HASH)

    def test_nothing_appended_is_nothing(self) -> None:
        log = self.make_log()
        before = log.tail()
        log.append([])
        assert log.tail() == before

    @settings(suppress_health_check=[HealthCheck.differing_executors])
    @given(entries=st.lists(ENTRIES, min_size=1, max_size=3))
    def test_what_was_written_is_read_and_has_the_hash_of_its_contents(self, entries: list[AuditEntry]) -> None:
        log = self.make_log()
        before = log.tail().number
        log.append(entries)
        assert [entry for _, entry in log.read(after=before)] == entries
        assert all(line.hash == line.right_hash() for line in log.lines(Asked(above=before)))

    def test_lines_are_found_by_who_did_what_to_what_and_when(self) -> None:
        log = self.make_log()
        start = log.tail().number
        log.append(
            [
                an_entry(actor="ann", subject="kb:1"),
                an_entry(actor="ben", at=_AT + timedelta(hours=1)),
                an_entry(actor="ann", act="exported", at=_AT + timedelta(hours=2)),
            ]
        )

        def found(**asked: Any) -> list[int]:
            return [line.number - start for line in log.lines(Asked(above=start, **asked))]

        assert found() == [1, 2, 3]
        assert found(actor="ann") == [1, 3]
        assert found(act="exported") == [3]
        assert found(subject="kb:1") == [1]
        assert found(since=_AT + timedelta(hours=1)) == [2, 3]
        assert found(until=_AT + timedelta(hours=1)) == [1]
        assert found(below=start + 3) == [1, 2]
        assert found(actor="nobody") == []
        assert found(actor="' OR true --") == []

    def test_the_newest_come_first_where_that_is_asked(self) -> None:
        log = self.make_log()
        start = log.tail().number
        log.append([an_entry(actor=str(n)) for n in range(5)])
        found = log.lines(Asked(above=start), newest_first=True, limit=2)
        assert [line.actor for line in found] == ["4", "3"]

    def test_who_may_read_some_scopes_reads_the_lines_that_touch_one_of_them(self) -> None:
        log = self.make_log()
        start = log.tail().number
        log.append([an_entry(scope=3), an_entry(scopes=(7, 9)), an_entry(scopes=(3, 9)), an_entry()])

        def found(*scopes: int) -> list[int]:
            return [line.number - start for line in log.lines(Asked(above=start, scopes=frozenset(scopes)))]

        assert found(3) == [1, 3]
        assert found(7, 9) == [2, 3]
        assert found(4) == []
        assert found() == []
