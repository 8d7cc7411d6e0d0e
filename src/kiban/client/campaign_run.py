"""How a run of a campaign in a laboratory stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Ends = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunState:
    """A run as the platform had it when it was asked."""

    laboratory: str
    title: str
    """What people call the laboratory."""
    by: str | None
    """In whose name it goes on; `None` for the person at the machine."""
    asked_at: str
    at_once: int
    counts: Mapping[str, int]
    """Experiments that this laboratory was given, by state."""
    at_work: tuple[int, ...]
    """Numbers of those that it has now."""
    waits: str
    """Why it does not go on for the moment, and what can be done; empty where it does."""
    ended: str | None
    """Why it ended: `spent`, `enough`, `no_gain`, `nothing_left`, `trouble`, `stopped` or `failed`; `None` before."""
    words: str
    """Which limit, or what went wrong."""
    ended_at: str | None


def state_of(said: Mapping[str, Any]) -> RunState:
    """What REST says of a run. What a newer platform says beside it is passed over."""
    known = {name: said[name] for name in RunState.__dataclass_fields__}
    return RunState(**{**known, "at_work": tuple(said["at_work"])})


def bounds_body(bounds: Mapping[str, Ends]) -> dict[str, dict[str, float | None]]:
    """Lowest and highest values by parameter, as REST takes them."""
    return {name: {"low": low, "high": high} for name, (low, high) in bounds.items()}
