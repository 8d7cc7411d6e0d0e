"""What the audit log says of a transaction on the catalog: a line for each of its events, without their contents."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from kiban.records.audit_entry import AuditEntry
from kiban.records.event import Event
from kiban.records.scope import Visible

_NAMING = re.compile(r"kb:[0-9A-Z-]{10,16}|[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""Short identifiers, checksums and UUIDs say what was meant, and nothing of what is in it."""
_WORDS = frozenset(
    {"agreement", "changed", "closed_until", "export_class", "export_item", "invitation", "reader", "right", "role"}
    | {"standard", "status", "technique", "tier", "was_agreement", "was_closed_until", "was_tier"}
)
"""Details whose texts are words of ours, never of those who write records."""


def written_lines(
    events: Iterable[Event], visible: Visible, name_of: Callable[[UUID], str | None]
) -> tuple[AuditEntry, ...]:
    """One line for each event.

    Parameters
    ----------
    name_of : callable
        Gives the short identifier of a record, or the checksum of a file; `None` of what is neither.
    """
    return tuple(
        AuditEntry(
            at=event.at,
            actor=event.actor,
            act=event.action,
            subject="" if event.subject is None else name_of(event.subject) or str(event.subject),
            scope=event.scope,
            rule=visible.rule(event.scope),
            address=visible.address,
            details=without_contents(event.details),
        )
        for event in events
    )


def without_contents(details: Mapping[str, Any]) -> dict[str, Any]:
    """The details that an audit log may hold: numbers, identifiers and words of ours; no names, titles or notes."""
    kept = {name: _kept(name, value) for name, value in details.items()}
    return {name: value for name, value in kept.items() if value is not None}


def _kept(name: str, value: Any) -> Any:
    if isinstance(value, list | tuple):
        items = [item for item in (_kept(name, each) for each in value) if item is not None]
        return items or None
    if isinstance(value, bool | int | float | UUID):
        return value
    is_safe = isinstance(value, str) and (name in _WORDS or _NAMING.fullmatch(value))
    return value if is_safe else None
