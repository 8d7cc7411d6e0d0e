"""What decides who may see a record, folded into a small row: the scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from kiban.errors import InvalidValue

MAX_SCOPES = 65536
"""Thousands are expected; the database holds each asker's view as a string of bits of at most this length."""


class Tier(StrEnum):
    """How far a record may travel."""

    OPEN = "open"
    """Anyone."""
    SHARED = "shared"
    """The parties to an agreement (シェアクローズド)."""
    CLOSED = "closed"
    """The project that owns it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One combination of all that decides visibility. Records, facts, links and files carry its number."""

    number: int
    project: UUID
    tier: Tier
    agreement: UUID | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.number < MAX_SCOPES:
            raise InvalidValue(
                f"There is no room for scope {self.number}.", mend=f"At most {MAX_SCOPES} scopes are kept."
            )
        if (self.agreement is not None) != (self.tier is Tier.SHARED):
            raise InvalidValue(
                f"A record of tier {self.tier} came with agreement {self.agreement}.",
                mend="Name the agreement for the shared tier, and for no other.",
            )


@dataclass(frozen=True, slots=True)
class Visible:
    """The scopes that one asker may see, worked out once for a request. Nothing is searched without it."""

    numbers: frozenset[int]

    @classmethod
    def of(cls, scopes: Iterable[Scope]) -> Visible:
        """Gather scopes."""
        return cls(frozenset(scope.number for scope in scopes))

    def __contains__(self, number: int) -> bool:
        return number in self.numbers

    def bits(self) -> str:
        """As a string of bits whose n-th character (from 0) says whether scope n is visible; for row-level security."""
        if not self.numbers:
            return "0"
        bits = bytearray(b"0" * (max(self.numbers) + 1))
        for number in self.numbers:
            bits[number] = ord("1")
        return bits.decode()
