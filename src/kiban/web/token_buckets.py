"""Counting requests: each key has a bucket of tokens that fills up by itself, and each request takes one out."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

MOST_KEYS = 20_000


class TokenBuckets:
    """Buckets of one size, kept in memory; where there is no more room, keys not seen for longest are forgotten.

    Parameters
    ----------
    per_minute : float
        So many tokens come back in a minute; as many have room in a bucket.
    most_keys : int
        A forgotten key begins with a full bucket again.
    clock : callable
        Seconds that never go back.
    """

    def __init__(
        self, per_minute: float, *, most_keys: int = MOST_KEYS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._capacity = max(1.0, per_minute)
        self._per_second = per_minute / 60
        self._most_keys = most_keys
        self._clock = clock
        self._buckets: OrderedDict[bytes, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, key: bytes) -> float:
        """Take one token. Gives 0 if there was one, else the seconds until there is; nothing is taken then."""
        now = self._clock()
        with self._lock:
            tokens, since = self._buckets.pop(key, (self._capacity, now))
            tokens = min(self._capacity, tokens + (now - since) * self._per_second)
            wait = 0.0 if tokens >= 1 else (1 - tokens) / self._per_second
            self._buckets[key] = (tokens if wait else tokens - 1, now)
            while len(self._buckets) > self._most_keys:
                self._buckets.popitem(last=False)
        return wait
