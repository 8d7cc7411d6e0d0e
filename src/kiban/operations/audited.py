"""Writing down in the audit log what was done: what all deeds share."""

from __future__ import annotations

from typing import Any

from kiban.operations.resources import Resources
from kiban.records.audit_entry import AuditEntry
from kiban.records.party import Asker


def note(
    asker: Asker,
    resources: Resources,
    act: str,
    *,
    subject: str = "",
    scope: int | None = None,
    rule: str = "",
    **details: Any,
) -> None:
    """Write down one deed of the asker's. Raises DatabaseUnavailable, DiskFull: then it has not been written down."""
    resources.audit.append([entry(asker, act, subject=subject, scope=scope, rule=rule, **details)])


def entry(
    asker: Asker, act: str, *, subject: str = "", scope: int | None = None, rule: str = "", **details: Any
) -> AuditEntry:
    """One line, for deeds that write several, or write them together with something else."""
    return AuditEntry(
        at=asker.at,
        actor=asker.party,
        act=act,
        subject=subject,
        scope=scope,
        rule=rule,
        address=asker.address,
        details=details,
    )
