"""Deposit from a folder that an instrument writes into, file by file, as each comes to rest."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from kiban.operations.deposit import deposit
from kiban.operations.deposit_outcome import Outcome
from kiban.operations.discover import Found, discover
from kiban.operations.placement import AS_THE_PROJECT_SAYS, Placement
from kiban.operations.resources import Resources
from kiban.records.party import Asker


@dataclass(frozen=True, slots=True)
class _State:
    """What tells that a file has changed."""

    size: int
    modified_ns: int


_States: TypeAlias = "tuple[tuple[str, _State], ...]"


def watch(
    asker: Asker,
    resources: Resources,
    folder: Path,
    *,
    placement: Placement = AS_THE_PROJECT_SAYS,
    sample: str | None = None,
    rest_seconds: float = 5.0,
    pause_seconds: float = 1.0,
    wait: Callable[[float], bool],
) -> Iterator[Outcome]:
    """Deposit what is in the folder and then whatever comes, until told to stop.

    A file is left alone until its size and time have not changed for `rest_seconds`: instruments write for minutes.
    Polling is used rather than the system's notices because instruments often write over a network share, where
    notices do not come. What was deposited before is found again and left as it is, so a restart costs nothing.

    Parameters
    ----------
    wait : callable
        Waits for the given number of seconds; says True when watching shall end.

    Raises
    ------
    WrongUsage
        If there is no such folder.
    """
    done: dict[Path, _States] = {}
    seen: dict[Path, tuple[_States, float]] = {}
    patterns = resources.fence.companions()
    while True:
        now = time.monotonic()
        current = {
            found.on_disk: states
            for found in discover([folder], patterns=patterns)
            if (states := _states(found)) is not None
        }
        resting = []
        for path, states in current.items():
            if done.get(path) == states:
                continue
            before = seen.get(path)
            if before is None or before[0] != states:
                seen[path] = (states, now)
            elif now - before[1] >= rest_seconds:
                resting.append(path)
        for path in resting:
            yield from deposit(asker, resources, [path], placement=placement, sample=sample, below=folder)
            done[path] = seen.pop(path)[0]
        if wait(pause_seconds):
            return


def _states(found: Found) -> _States | None:
    """Of a file and of all that belong to it: they rest together, and are deposited together when one has changed."""
    states = []
    for each in (found, *(part for _, part in found.parts)):
        state = _state(each.on_disk)
        if state is None:
            return None
        states.append((each.path, state))
    return tuple(states)


def _state(path: Path) -> _State | None:
    try:
        status = path.stat()
    except OSError:
        return None  # it went away while we looked
    return _State(status.st_size, status.st_mtime_ns)
