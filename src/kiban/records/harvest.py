"""What harvesters were told of data sets: when each was seen to be open, or to be so no more.

A data set ceases to be open in many ways: it is withdrawn, its tier is changed, that of its project is, export control
closes it, or it was deleted. And it can become so by itself, when an embargo ends. What harvesters are told of is
therefore held against what is open each time somebody harvests, and the moment of that is what they go by.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A data set that is open now."""

    record: UUID
    pid: str
    mark: str
    """Changes when what is said of it does."""
    sets: tuple[str, ...]
    """That it belongs to, those above them among them: `technique`, `technique:xrd`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What harvesters are told of a data set: only what was open once."""

    record: UUID
    pid: str
    mark: str
    sets: tuple[str, ...]
    datestamp: datetime
    """When it was seen to have changed: whole seconds, in UTC."""
    is_gone: bool
    """It was open, and is no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Which of them are asked for; both ends belong to it."""

    since: datetime | None = None
    until: datetime | None = None
    of_set: str | None = None

    def holds(self, told: Told) -> bool:
        """Say whether one belongs to it."""
        return (
            (self.since is None or told.datestamp >= self.since)
            and (self.until is None or told.datestamp <= self.until)
            and (self.of_set is None or self.of_set in told.sets)
        )
