"""One thread that ends what takes too long, for all workers: a timer for each file would be a thread for each file."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

_LOOKS = 20
"""Times it looks within the allowed time: what takes too long is ended at most this part of it late."""
_LONGEST_NAP_S = 1.0


class Watchman(Generic[T]):
    """Calls `end` for each thing that is watched for longer than `seconds`, unless it is forgotten before.

    Its thread starts with the first thing to watch and ends with `close`.
    """

    def __init__(self, seconds: float, end: Callable[[T], None]) -> None:
        self._seconds = seconds
        self._end = end
        self._deadlines: dict[T, float] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def watch(self, thing: T) -> None:
        """Begin to count its time."""
        with self._lock:
            self._deadlines[thing] = time.monotonic() + self._seconds
            if self._thread is None:
                self._thread = threading.Thread(target=self._keep_watch, name="watchman", daemon=True)
                self._thread.start()

    def forget(self, thing: T) -> None:
        """It has answered."""
        with self._lock:
            self._deadlines.pop(thing, None)

    def close(self) -> None:
        """Stop watching."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join()

    def _keep_watch(self) -> None:
        nap = min(self._seconds / _LOOKS, _LONGEST_NAP_S)
        while not self._closed.wait(nap):
            now = time.monotonic()
            with self._lock:
                late = [thing for thing, deadline in self._deadlines.items() if deadline < now]
                for thing in late:
                    del self._deadlines[thing]
            for thing in late:
                self._end(thing)
