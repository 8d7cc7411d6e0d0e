"""The register of what harvesters were told, in memory, for tests: the model that the SQL one is compared with."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from datetime import datetime
from uuid import UUID

from kiban.records.harvest import Notice, Span, Told
from kiban.store.harvest_register import Place, changes


class MemoryHarvestRegister:
    """See `kiban.store.harvest_register.HarvestRegister`."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._told: dict[UUID, Told] = {}

    def bring_up_to_date(self, see: Callable[[], Collection[Notice]], now: datetime) -> int:
        """See `HarvestRegister.bring_up_to_date`."""
        with self._mutex:
            changed = changes(list(self._told.values()), see(), now)
            self._told |= {each.record: each for each in changed}
        return len(changed)

    def told(self, span: Span, *, after: Place | None = None, limit: int) -> tuple[Told, ...]:
        """See `HarvestRegister.told`."""
        found = [each for each in self._in_order(span) if after is None or (each.datestamp, each.record) > after]
        return tuple(found[:limit])

    def count(self, span: Span) -> int:
        """See `HarvestRegister.count`."""
        return len(self._in_order(span))

    def one(self, pid: str) -> Told | None:
        """See `HarvestRegister.one`."""
        return next((each for each in list(self._told.values()) if each.pid == pid), None)

    def first(self) -> datetime | None:
        """See `HarvestRegister.first`."""
        return min((each.datestamp for each in list(self._told.values())), default=None)

    def sets(self) -> tuple[str, ...]:
        """See `HarvestRegister.sets`."""
        return tuple(sorted({spec for each in list(self._told.values()) for spec in each.sets}))

    def _in_order(self, span: Span) -> list[Told]:
        found = [each for each in list(self._told.values()) if span.holds(each)]
        return sorted(found, key=lambda each: (each.datestamp, each.record))
