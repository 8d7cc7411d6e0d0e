"""Remembering what was learnt from earlier studies: a campaign asks for it with each suggestion, and it is the same."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

_T = TypeVar("_T")
_REMEMBERED = 8


class LearntBefore(Generic[_T]):
    """What was learnt last, by what it was learnt from. Of this process, safe to use from several threads.

    Keys are made of all the numbers and names that something was learnt from, so that nobody is told what was learnt
    from others than those who may use the same.
    """

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._found: OrderedDict[bytes, _T] = OrderedDict()

    def get(self, key: bytes, learn: Callable[[], _T]) -> _T:
        """What was learnt from this before; else it is learnt now. Two threads may learn the same at the same time."""
        with self._mutex:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]
        found = learn()
        with self._mutex:
            self._found[key] = found
            while len(self._found) > _REMEMBERED:
                self._found.popitem(last=False)
        return found
