"""What is under way for people who wait at a page: told from the request that does it, asked for by others.

It is kept in the memory of the one process that serves: whoever waits is lost with it, as what they wait for is.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiban.operations.progress import Progress, Told, nobody

if TYPE_CHECKING:
    from starlette.requests import Request

_TICKET = re.compile(r"[0-9a-f]{32}")
_MOST = 1000
_LONGEST_S = 6 * 3600.0


@dataclass(slots=True)
class _Entry:
    party: str
    progress: Progress | None
    told_at: float


class UnderWay:
    """By ticket, how far something has come. A ticket is drawn by the page, and is good for who began with it."""

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}
        self._lock = threading.Lock()

    def begin(self, ticket: str, party: str) -> Told:
        """Take a ticket, and give what to tell. One that is none, or somebody else's, is told to nobody."""
        if not _TICKET.fullmatch(ticket):
            return nobody
        with self._lock:
            self._forget()
            known = self._entries.get(ticket)
            if (known is not None and known.party != party) or len(self._entries) >= _MOST:
                return nobody
            self._entries[ticket] = _Entry(party, None, time.monotonic())

        def told(progress: Progress) -> None:
            with self._lock:
                if ticket in self._entries:
                    self._entries[ticket] = _Entry(party, progress, time.monotonic())

        return told

    @contextmanager
    def keeping(self, ticket: str, party: str) -> Iterator[Told]:
        """Take a ticket for as long as something lasts."""
        told = self.begin(ticket, party)
        try:
            yield told
        finally:
            if told is not nobody:
                self.end(ticket)

    def end(self, ticket: str) -> None:
        """It is done, or has failed: whoever waits is answered."""
        with self._lock:
            self._entries.pop(ticket, None)

    def look(self, ticket: str, party: str) -> Progress | None:
        """How far it has come; `None` where nothing of that ticket is under way for that party."""
        with self._lock:
            found = self._entries.get(ticket)
            return found.progress if found is not None and found.party == party else None

    def _forget(self) -> None:
        now = time.monotonic()
        for ticket in [t for t, each in self._entries.items() if now - each.told_at > _LONGEST_S]:
            del self._entries[ticket]


def under_way_of(request: Request) -> UnderWay:
    """What is under way in the application that was asked."""
    found: UnderWay = request.app.state.under_way
    return found
