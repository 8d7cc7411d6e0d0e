"""What decides who may see a record, folded into a small row: the scope."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from kiban.errors import InvalidValue
from kiban.records.parties.export_control import ExportClass

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
class ScopeTerms:
    """All that decides who may see a record."""

    project: UUID
    tier: Tier
    agreement: UUID | None = None
    follows: bool = False
    """Tier and agreement are the project's, and change when the project's do: no record need be touched."""
    closed_until: datetime | None = None
    """The embargo: until then only the project sees it, whatever the tier."""
    invitation: UUID | None = None
    """Guests who see it whatever the tier, also during the embargo."""
    export_class: ExportClass = ExportClass.UNJUDGED
    export_item: str | None = None

    def __post_init__(self) -> None:
        if (self.agreement is not None) != (self.tier is Tier.SHARED):
            raise InvalidValue(
                f"A record of tier {self.tier} came with agreement {self.agreement}.",
                mend="Name the agreement for the shared tier, and for no other.",
            )
        if self.closed_until is not None and self.closed_until.tzinfo is None:
            raise InvalidValue("The end of an embargo came without a zone.", mend="Give it in UTC.")
        if (self.export_item is not None) != (self.export_class is ExportClass.LISTED):
            raise InvalidValue(
                f"A record of export class {self.export_class} came with item {self.export_item}.",
                mend="Give an item number for what is listed, and for nothing else.",
            )

    def is_embargoed_at(self, moment: datetime) -> bool:
        """Say whether the embargo holds."""
        return self.closed_until is not None and moment < self.closed_until


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope(ScopeTerms):
    """One combination of terms that has a number. Records, facts, links and files carry it."""

    number: int

    def __post_init__(self) -> None:
        # Without super(), which does not find its way in a class with slots.
        ScopeTerms.__post_init__(self)
        if not 0 <= self.number < MAX_SCOPES:
            raise InvalidValue(
                f"There is no room for scope {self.number}.", mend=f"At most {MAX_SCOPES} scopes are kept."
            )

    @classmethod
    def numbered(cls, number: int, terms: ScopeTerms) -> Scope:
        """Give terms a number."""
        return cls(number=number, **{each.name: getattr(terms, each.name) for each in fields(ScopeTerms)})


def having_numbers(scopes: Sequence[Scope], numbers: Iterable[int]) -> tuple[Scope, ...]:
    """Those of the scopes that have one of the numbers, in order; found without a look at the others.

    Parameters
    ----------
    scopes : sequence of Scope
        In order of number, as catalogs give them.
    """
    found = []
    for number in sorted(set(numbers)):
        # Numbers are given one after the other, so that a scope stands where its number says, unless some are missing.
        at = number if number < len(scopes) and scopes[number].number == number else _place(scopes, number)
        if at < len(scopes) and scopes[at].number == number:
            found.append(scopes[at])
    return tuple(found)


def _place(scopes: Sequence[Scope], number: int) -> int:
    return bisect_left(scopes, number, key=lambda scope: scope.number)


def _unsaid(_: int) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Visible:
    """What one asker may do in each scope, worked out once for a request. Nothing is searched without it.

    Parameters
    ----------
    numbers : frozenset of int
        Scopes whose records may be read: what describes them, and that they are linked.
    data : frozenset of int, optional
        Of these, the scopes whose values may be read: facts, compositions, files. All, unless given.
    writable : frozenset of int, optional
        Of these, the scopes that may be written to. All, unless given. Catalogs let nobody write where the values may
        not be read: a record moves with all that hangs on it, and nobody moves what they do not see.
    address : str
        Where the asker is, for the audit log of what is written with it.
    rule : callable
        Gives the name of the rule by which a scope may be written to, for the audit log.
    """

    numbers: frozenset[int]
    data: frozenset[int] = None  # type: ignore[assignment]  # filled in below
    writable: frozenset[int] = None  # type: ignore[assignment]
    address: str = field(default="", compare=False)
    rule: Callable[[int], str] = field(default=_unsaid, compare=False, repr=False)

    def __post_init__(self) -> None:
        # What need not be cut stays the same set: its hash is known, and texts made of it are found again.
        for name in ("data", "writable"):
            given: frozenset[int] | None = getattr(self, name)
            if given is None or given == self.numbers:
                object.__setattr__(self, name, self.numbers)
            elif not given <= self.numbers:
                object.__setattr__(self, name, given & self.numbers)

    @classmethod
    def of(cls, scopes: Iterable[Scope]) -> Visible:
        """Gather scopes in which everything may be done."""
        return cls(frozenset(scope.number for scope in scopes))

    def __contains__(self, number: int) -> bool:
        return number in self.numbers

    def bits(self) -> str:
        """As a string of bits whose n-th character (from 0) says whether scope n is visible; for row-level security."""
        return bits(self.numbers)


def bits(numbers: frozenset[int]) -> str:
    """A set of scopes as a string of bits whose n-th character (from 0) says whether scope n is in it."""
    if not numbers:
        return "0"
    found = bytearray(b"0" * (max(numbers) + 1))
    for number in numbers:
        found[number] = ord("1")
    return found.decode()
