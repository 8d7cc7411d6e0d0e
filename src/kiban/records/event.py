"""What was done, when and by whom: one line of the event log. It never holds a record's values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One deed.

    Parameters
    ----------
    action : str
        A verb: `deposited`, `revised`, `tier changed`.
    subject : UUID, optional
        The record or file it was done to.
    details : mapping
        What helps to understand it later: names and counts, no contents.
    """

    at: datetime
    actor: str
    action: str
    subject: UUID | None = None
    scope: int
    details: Mapping[str, Any] = field(default_factory=dict)
