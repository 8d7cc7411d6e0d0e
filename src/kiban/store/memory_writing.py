"""What is written to the catalog in memory: steps that are done at once on a copy, and again when it is committed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TypeVar
from uuid import UUID

from kiban.errors import KibanError
from kiban.records.event import Event
from kiban.records.file_entry import FileEntry
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Visible
from kiban.store.catalog import Batch
from kiban.store.memory_state import MemoryState

Row = TypeVar("Row", Record, FileEntry)


class MemoryWriting:
    """See `kiban.store.catalog.Writing`."""

    def __init__(self, state: MemoryState, visible: Visible, project: UUID) -> None:
        self._state = state
        self._visible = visible
        self._project = project
        self._error: KibanError | None = None
        self.steps: list[Callable[[MemoryState], None]] = []
        self.events: list[Event] = []

    def existing(self, kind: RecordKind, keys: Collection[str], *, first: int | None = None) -> dict[str, Record]:
        """See `Writing.existing`."""
        self.check_sound()
        wanted = set(keys)
        records = (self._state.live(i, self._visible) for i in self._state.records)
        found = [r for r in records if r is not None and (r.project, r.kind) == (self._project, kind)]
        return {r.key: r for r in _best_last(found, first) if r.key is not None and r.key in wanted}

    def existing_pids(self, kind: RecordKind, pids: Collection[str]) -> dict[str, Record]:
        """See `Writing.existing_pids`."""
        self.check_sound()
        wanted = set(pids)
        records = (self._state.live(i, self._visible) for i in self._state.records)
        return {r.pid: r for r in records if r is not None and r.pid in wanted and r.kind is kind}

    def existing_files(
        self, paths_and_checksums: Collection[tuple[str, str]], *, first: int | None = None
    ) -> dict[tuple[str, str], FileEntry]:
        """See `Writing.existing_files`."""
        self.check_sound()
        wanted = set(paths_and_checksums)
        return {
            (f.path, f.checksum): f
            for f in _best_last(self._state.files.values(), first)
            if (f.path, f.checksum) in wanted and f.project == self._project and f.scope in self._visible.data
        }

    def move(self, records: Mapping[UUID, int]) -> None:
        """See `Writing.move`."""
        wanted = dict(records)
        self._do(lambda state: state.move(wanted, self._visible, self._project))

    def add(self, batch: Batch) -> None:
        """See `Writing.add`."""
        self._do(lambda state: state.apply(batch, self._visible, self._project))
        self.events += batch.events

    def _do(self, step: Callable[[MemoryState], None]) -> None:
        self.check_sound()
        try:
            step(self._state)
        except KibanError as e:
            self._error = e
            raise
        self.steps.append(step)

    def check_sound(self) -> None:
        """Refuse to go on after an error: half of what was meant must not be kept."""
        if self._error is not None:
            raise self._error


def _best_last(rows: Iterable[Row], first: int | None) -> list[Row]:
    """Those in the scope `first` after all others, the oldest last."""
    newest_first = sorted(rows, key=lambda row: row.id, reverse=True)
    return sorted(newest_first, key=lambda row: row.scope == first)
