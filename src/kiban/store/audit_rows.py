"""Audit entries as rows and lines, the same in memory and in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from kiban.records.audit_chain import NO_HASH, AuditLine, time_text
from kiban.records.audit_entry import AuditEntry
from kiban.store.audit_log import Asked, Tail
from kiban.store.json_text import from_text, to_text
from kiban.store.sql_rows import stored, unstored

Row = tuple[datetime, str, str, str, str, str, str, str]


def row_of(entry: AuditEntry) -> Row:
    """What is kept of an entry: time, actor, act, subject, scopes, rule, address, details."""
    texts = (entry.actor, entry.act, entry.subject, ",".join(map(str, entry.scopes)), entry.rule, entry.address)
    return (entry.at.astimezone(UTC), *map(stored, texts), to_text(entry.details))  # type: ignore[return-value]


def linked(row: Row, tail: Tail) -> AuditLine:
    """The line that an entry becomes after the last one."""
    at, actor, act, subject, scopes, rule, address, details = row
    line = AuditLine(
        number=tail.number + 1,
        at=time_text(at),
        actor=actor,
        act=act,
        subject=subject,
        scopes=tuple(int(n) for n in scopes.split(",") if n),
        rule=rule,
        address=address,
        details=details,
        previous=tail.hash,
        hash=NO_HASH,
    )
    names = ("number", "at", "actor", "act", "subject", "scopes", "rule", "address", "details", "previous")
    return AuditLine(**{name: getattr(line, name) for name in names}, hash=line.right_hash())


def entry_of(line: AuditLine) -> AuditEntry:
    """The entry that a line was made of."""
    details = from_text(line.details)
    return AuditEntry(
        at=datetime.fromisoformat(line.at),
        actor=unstored(line.actor),
        act=unstored(line.act),
        subject=unstored(line.subject),
        scopes=line.scopes,
        rule=unstored(line.rule),
        address=unstored(line.address),
        details=details,
    )


def answers(line: AuditLine, asked: Asked) -> bool:
    """Say whether a line is among those asked for."""
    return (
        line.number > asked.above
        and (asked.below is None or line.number < asked.below)
        and (asked.scopes is None or not asked.scopes.isdisjoint(line.scopes))
        and (asked.since is None or line.at >= time_text(asked.since))
        and (asked.until is None or line.at < time_text(asked.until))
        and all(
            wanted is None or stored(wanted) == has
            for wanted, has in ((asked.actor, line.actor), (asked.act, line.act), (asked.subject, line.subject))
        )
    )


def columns(rows: Collection[Row]) -> list[list[object]]:
    """Rows turned round: a list for each column."""
    return [list(column) for column in zip(*rows, strict=True)]
