"""The audit log for those who may read it: operators all of it, stewards the lines of their projects."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from kiban.errors import InvalidValue, Refused
from kiban.operations.audited import note
from kiban.operations.resources import Resources, require_act
from kiban.records.audit_chain import AuditLine
from kiban.records.parties.directory import Directory
from kiban.records.parties.right import Role
from kiban.records.party import Act, Asker
from kiban.store.audit_export import export_lines, line_for
from kiban.store.audit_log import Asked
from kiban.store.audit_proof import Checked

READ_LOG = "read audit log"
EXPORTED_LOG = "exported audit log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which lines are wanted. All that the asker may read, unless something is given."""

    since: datetime | None = None
    until: datetime | None = None
    actor: str | None = None
    """A login name, or the name of a party as the log has it."""
    act: str | None = None
    subject: str | None = None
    below: int | None = None
    """Only lines with lower numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One line, for a person."""

    number: int
    at: datetime | None
    """`None` where somebody has put a time there that is none."""
    actor: str
    """Name of the party."""
    party: str
    act: str
    subject: str
    rule: str
    address: str
    details: Mapping[str, Any]
    is_partial: bool
    """It touches other projects as well; what is only theirs is left out."""
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """Part of the log, newest first."""

    lines: tuple[LogLine, ...]
    next: int | None
    """What `below` must be for the part after it; `None` after the last."""
    sees_all: bool
    last_check: Checked | None
    """What the last verification found, for operators."""


def read_audit(asker: Asker, resources: Resources, wanted: Filter, *, limit: int = 50) -> LogPage:
    """Read lines, newest first.

    Raises
    ------
    Refused
        If the asker is neither operator nor steward of a project.
    """
    directory = resources.directory.load()
    asked = _asked(asker, resources, wanted, directory)
    found = list(resources.audit.lines(asked, newest_first=True, limit=limit + 1))
    note(asker, resources, READ_LOG, n=len(found[:limit]), asked=_told(wanted))
    return LogPage(
        lines=tuple(_shown(line, asked.scopes, directory) for line in found[:limit]),
        next=found[limit - 1].number if len(found) > limit else None,
        sees_all=asked.scopes is None,
        last_check=proof.last_check() if (proof := resources.audit_proof) is not None and asker.is_operator else None,
    )


def export_audit(asker: Asker, resources: Resources, wanted: Filter) -> Generator[str, None, None]:
    """Lines of a file that can be checked elsewhere, oldest first. Raises as `read_audit`."""
    asked = _asked(asker, resources, wanted, resources.directory.load())
    proof = resources.audit_proof
    note(asker, resources, EXPORTED_LOG, asked=_told(wanted))
    heads = []
    key = None
    if proof is not None:
        newest = proof.newest()
        heads = [*proof.kept(), *([newest] if newest is not None else [])]
        key = newest.key if newest is not None else None
    return export_lines(resources.audit.lines(asked), heads, asked, key)


def moment(text: str) -> datetime | None:
    """A day or moment as people write it, in UTC unless it says otherwise; `None` of nothing. Raises InvalidValue."""
    if not text.strip():
        return None
    try:
        found = datetime.fromisoformat(text.strip())
        return (found if found.tzinfo is not None else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as e:
        raise InvalidValue(
            f"'{text[:40]}' is no day or moment.", mend="Write it as 2026-01-31 or 2026-01-31T12:00."
        ) from e


def may_read_audit(asker: Asker) -> bool:
    """Say whether any of the log is for the asker."""
    return Act.READ in asker.acts and (
        asker.is_operator or any(r.is_at_least(Role.STEWARD) for r in asker.roles.values())
    )


def _asked(asker: Asker, resources: Resources, wanted: Filter, directory: Directory) -> Asked:
    require_act(asker, Act.READ)
    if not may_read_audit(asker):
        raise Refused(
            "The audit log is read by operators and by stewards of projects.",
            mend="Ask a steward of the project, or the operator of this platform.",
        )
    scopes = None
    if not asker.is_operator:
        owned = {project for project, role in asker.roles.items() if role.is_at_least(Role.STEWARD)}
        scopes = frozenset(scope.number for scope in resources.catalog.scopes() if scope.project in owned)
    person = directory.person_called(wanted.actor) if wanted.actor else None
    asked = Asked(
        scopes=scopes,
        since=wanted.since,
        until=wanted.until,
        actor=str(person.id) if person is not None else wanted.actor,
        act=wanted.act,
        subject=wanted.subject,
    )
    return asked if wanted.below is None else replace(asked, below=wanted.below)


def _told(wanted: Filter) -> dict[str, Any]:
    given = {name: getattr(wanted, name) for name in ("since", "until", "actor", "act", "subject")}
    return {name: value for name, value in given.items() if value is not None}


def _shown(line: AuditLine, scopes: frozenset[int] | None, directory: Directory) -> LogLine:
    seen = line_for(line, scopes)
    return LogLine(
        number=line.number,
        at=_time(line.at),
        actor=_name(line.actor, directory),
        party=line.actor,
        act=line.act,
        subject=line.subject,
        rule=line.rule,
        address=line.address,
        details=_details(seen.details),
        is_partial=seen is not line,
        hash=line.hash,
    )


def _time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _details(text: str) -> Mapping[str, Any]:
    # Somebody may have changed them inside the database: verification tells that, and this goes on.
    try:
        details = json.loads(text)
    except ValueError:
        return {"unreadable": text}
    if not isinstance(details, dict):
        return {"unreadable": text}
    # Half a surrogate pair can stand in a question, and in no answer.
    whole: dict[str, Any] = json.loads(json.dumps(details, ensure_ascii=False).encode(errors="replace"))
    return whole


def _name(party: str, directory: Directory) -> str:
    try:
        return directory.name_of(UUID(party))
    except ValueError:
        return party
