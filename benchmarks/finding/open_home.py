"""A home of made records that is open, and what deeds in it take: on the wall, and of all processors together."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kiban.access.asker_of import anonymous, asker_of
from kiban.operations.resources import Resources
from kiban.platform import open_platform
from kiban.records.party import Asker
from kiban.records.record import Record
from kiban.records.scope import Visible
from kiban.settings import Settings
from kiban.store.embedded_postgres import EmbeddedPostgres
from kiban.store.postgres_settings import OWNER
from kiban.store.server_address import ServerAddress
from kiban.store.sql_pool import SqlPool
from kiban.store.sql_rows import record_of
from kiban.store.sql_sets import parameters
from kiban.testing.made_parties import LOGIN

MOST_TIMES, FEWEST_TIMES, LONGEST_S = 31, 5, 2.5
_TICK_NS = 10**9 // os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A platform, and a connection of the database's owner beside it."""

    resources: Resources
    owner: SqlPool
    server: int
    """The process of the server that all others of it come from."""

    def asker(self, *, is_anonymous: bool = False) -> Asker:
        """Whoever has the memberships, or nobody in particular, as it is now."""
        directory, now = self.resources.directory.load(), datetime.now(UTC)
        if is_anonymous:
            return anonymous(directory, now)
        return asker_of(directory, next(p for p in directory.people.values() if p.login == LOGIN), now)

    def rows(self, query: str, visible: Visible, **values: Any) -> list[tuple[Any, ...]]:
        """What SQL that was written by hand gives."""
        return self.owner.ask("", query, parameters(visible) | values)

    def records(self, query: str, visible: Visible, **values: Any) -> list[Record]:
        """The same as records."""
        return list(map(record_of, self.rows(query, visible, **values)))

    def cpu_ns(self) -> int:
        """What the server has used up to now, its ended workers included (these to a hundredth of a second)."""
        task = Path(f"/proc/{self.server}/task/{self.server}")
        ended = sum(map(int, (task / "stat").read_text().rpartition(")")[2].split()[13:15])) * _TICK_NS
        total = ended
        for pid in (self.server, *map(int, (task / "children").read_text().split())):
            try:
                total += int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
            except OSError:
                continue  # it has just ended
        return total


def label(n_records: int) -> str:
    """The name of a home: `10k`, `1m`."""
    for size, letter in ((10**6, "m"), (10**3, "k")):
        if n_records % size == 0:
            return f"{n_records // size}{letter}"
    return str(n_records)


@contextmanager
def opened(home: Path) -> Iterator[Open]:
    """Open a home."""
    with open_platform(Settings(home=home), n_workers=1) as resources:
        owner = SqlPool(EmbeddedPostgres(home).conninfo(OWNER))
        listener = ServerAddress(home.resolve() / "postgres").listener()
        assert listener is not None
        try:
            yield Open(resources=resources, owner=owner, server=listener)
        finally:
            owner.close()


def drop_from_memory(home: Path) -> None:
    """Have the system forget the files of a server that has ended."""
    for path in (home / "postgres").rglob("*"):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


@dataclass(slots=True)
class Times:
    """What a deed took, several times: on the wall, and of the processors of client and server, in milliseconds."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def add(self, of: Open, deed: Callable[[], object]) -> None:
        """Do it once more. What it takes to look at the clocks is in neither."""
        server, client, begun = of.cpu_ns(), time.process_time_ns(), time.perf_counter_ns()
        deed()
        ended, client = time.perf_counter_ns(), time.process_time_ns() - client
        self.wall.append(1e-6 * (ended - begun))
        self.cpu.append(1e-6 * (client + of.cpu_ns() - server))

    @property
    def p50(self) -> float:
        return statistics.median(self.wall)

    @property
    def p95(self) -> float:
        return sorted(self.wall)[max(0, -(-95 * len(self.wall) // 100) - 1)]

    @property
    def p50_cpu(self) -> float:
        return statistics.median(self.cpu)


def in_turns(of: Open, ours: Callable[[], object], by_hand: Callable[[], object] | None) -> tuple[Times, Times]:
    """Do both in turns, after once each for nothing."""
    times, beside = Times(), Times()
    ours()
    if by_hand is not None:
        by_hand()
    begun = time.perf_counter()
    while len(times.wall) < MOST_TIMES and (len(times.wall) < FEWEST_TIMES or time.perf_counter() - begun < LONGEST_S):
        times.add(of, ours)
        if by_hand is not None:
            beside.add(of, by_hand)
    return times, beside
