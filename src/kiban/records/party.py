"""Who asks."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """The party on whose behalf something is done. Every operation takes it first.

    Parameters
    ----------
    party : str
        Stable name in the event log: `operator`, `anonymous`, later the identifier of an account.
    projects : frozenset of UUID
        Projects it belongs to.
    agreements : frozenset of UUID
        Agreements it is a party to today.
    """

    party: str
    projects: frozenset[UUID] = frozenset()
    agreements: frozenset[UUID] = frozenset()


ANONYMOUS = Asker(party="anonymous")
