"""What a party may do with a record, and the roles and agreements that give it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Right(StrEnum):
    """One thing that a party may do. The first four are a ladder: each takes those before it along."""

    EXISTS = "exists"
    """Know that there is something: its identifier and its kind."""
    METADATA = "metadata"
    """Read what describes it: title, sample, conditions, header."""
    DATA = "data"
    """Read the values: numbers, facts, compositions, files, previews, exports."""
    USE = "use"
    """Put the values into tables and models."""
    JOINT = "joint"
    """Have it take part in joint computation, from which only the agreed result comes out."""
    RESHARE = "reshare"
    """Pass it on to others; takes `USE` along."""
    WRITE = "write"
    """Add records beside it, and versions to it."""
    DECIDE = "decide"
    """Change who may see it."""


_LADDER = (Right.EXISTS, Right.METADATA, Right.DATA, Right.USE)
NO_RIGHTS: frozenset[Right] = frozenset()
READING: frozenset[Right] = frozenset({*_LADDER, Right.JOINT})
"""All that can be done with it without changing it or passing it on."""


def with_implied(rights: Iterable[Right]) -> frozenset[Right]:
    """Add what each right takes along: who may read values may read what describes them."""
    given = set(rights)
    if given & {Right.RESHARE, Right.WRITE, Right.DECIDE}:
        given |= READING
    if Right.JOINT in given:
        given.add(Right.EXISTS)
    highest = max((_LADDER.index(right) for right in given if right in _LADDER), default=-1)
    return frozenset(given | set(_LADDER[: highest + 1]))


class Role(StrEnum):
    """What somebody is in a project. Each may do what those before it may."""

    READER = "reader"
    CONTRIBUTOR = "contributor"
    """Deposits, and changes records."""
    STEWARD = "steward"
    """Decides tiers, agreements, embargoes, and who reads and contributes."""
    OWNER = "owner"
    """Appoints stewards and owners."""

    @property
    def rank(self) -> int:
        """From 0 for readers."""
        return tuple(Role).index(self)

    def is_at_least(self, other: Role) -> bool:
        """Say whether this role may do what the other may."""
        return self.rank >= other.rank

    @property
    def rights(self) -> frozenset[Right]:
        """What it may do with all records of the project."""
        extra = {Role.READER: (), Role.CONTRIBUTOR: (Right.WRITE,)}.get(
            self, (Right.WRITE, Right.DECIDE, Right.RESHARE)
        )
        return frozenset({*READING, *extra})


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """What one party has through an agreement or an invitation, now."""

    rights: frozenset[Right]
    through: str
    """Of what it is a member, in words for a person: the agreement's name, and by which organisation."""
    since: datetime | None = None
    until: datetime | None = None
    """When it ends by itself; `None` where no end is set."""
