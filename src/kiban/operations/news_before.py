"""Remembering for a minute how much is new for a person, so that the head of every page may show it."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from uuid import UUID

from kiban.store.catalog import Arrivals

GOOD_FOR_S = 60.0
_REMEMBERED = 1000


class NewsBefore:
    """Counts of this process. Safe to use from several threads."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._counts: OrderedDict[UUID, tuple[Hashable, float, Arrivals]] = OrderedDict()

    def get(self, person: UUID, rights: Hashable) -> Arrivals | None:
        """What was counted within the last minute for the person with these rights."""
        with self._mutex:
            known = self._counts.get(person)
        if known is None or known[0] != rights or time.monotonic() - known[1] > GOOD_FOR_S:
            return None
        return known[2]

    def keep(self, person: UUID, rights: Hashable, found: Arrivals) -> None:
        """Remember a count."""
        with self._mutex:
            self._counts[person] = (rights, time.monotonic(), found)
            self._counts.move_to_end(person)
            while len(self._counts) > _REMEMBERED:
                self._counts.popitem(last=False)

    def forget(self, person: UUID) -> None:
        """Have it counted anew: the person has looked, or has changed her searches."""
        with self._mutex:
            self._counts.pop(person, None)
