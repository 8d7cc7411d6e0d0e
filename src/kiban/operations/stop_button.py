"""The stop button of a run: pressed at the run or from anywhere through the catalog, it works within a second."""

from __future__ import annotations

import threading
from collections.abc import Callable
from enum import IntEnum
from types import TracebackType

from kiban.errors import KibanError
from kiban.laboratory.contract import Laboratory, Submission

EVERY_S = 0.25
"""How often the catalog is asked whether somebody has pressed."""


class Wish(IntEnum):
    """What somebody wants of a run; the greater goes before the smaller."""

    GO_ON = 0
    FINISH = 1
    """Begin nothing more, and wait for what is running."""
    BREAK_OFF = 2
    """Begin nothing more, and break off what is running."""
    LEAVE = 3
    """End at once. What is running goes on in the laboratory, and the next run finds it there."""


class StopButton:
    """Stands between a run and its laboratory, as a context.

    A run is busy at times: it waits for a suggestion, or deposits a file. A thread of its own therefore looks whether
    the button was pressed, and has the laboratory break off, while nothing is given to it any more.

    Parameters
    ----------
    look : callable
        Says what the catalog says. What it raises counts as `Wish.GO_ON`: the run meets the same and tells of it.
    """

    def __init__(self, laboratory: Laboratory, look: Callable[[], Wish]) -> None:
        self._laboratory = laboratory
        self._look = look
        self._pressed = Wish.GO_ON
        self._seen = Wish.GO_ON
        self._lock = threading.Lock()
        self._at_work: set[str] = set()
        self._broken_off: set[str] = set()
        self._awake = threading.Event()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="stop button", daemon=True)

    def __enter__(self) -> StopButton:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._is_over.set()
        self._awake.set()
        self._thread.join()

    def press(self, wish: Wish) -> None:
        """Say what is wanted. May be called from a handler of signals, and more than once."""
        self._pressed = max(self._pressed, wish)
        self._awake.set()

    @property
    def pressed(self) -> Wish:
        """What was said at the run itself."""
        return self._pressed

    @property
    def wish(self) -> Wish:
        """What is wanted now."""
        return max(self._pressed, self._seen)

    def submit(self, submission: Submission) -> bool:
        """Give it to the laboratory, unless the button is pressed; says whether that was done."""
        with self._lock:
            if self.wish is not Wish.GO_ON:
                return False
            self._laboratory.submit(submission)
            self._at_work.add(submission.identity)
            return True

    def watch(self, identity: str) -> None:
        """Break it off as well when the button is pressed: an earlier run gave it to the laboratory."""
        with self._lock:
            self._at_work.add(identity)

    def cancel(self, identity: str) -> None:
        """Break one off."""
        with self._lock:
            self._laboratory.cancel(identity)
            self._broken_off.add(identity)

    def is_back(self, identity: str) -> None:
        """The laboratory is done with it."""
        with self._lock:
            self._at_work.discard(identity)

    def wait(self, seconds: float) -> None:
        """Wait, but not when the button is pressed for the first time."""
        if self.wish is Wish.GO_ON:
            self._awake.wait(seconds)
        else:
            self._is_over.wait(seconds)

    def _watch(self) -> None:
        while not self._is_over.is_set():
            try:
                self._seen = self._look()
            except KibanError:
                self._seen = Wish.GO_ON
            if self.wish is not Wish.GO_ON:
                self._awake.set()
            if self.wish is Wish.BREAK_OFF:
                self._break_off()
            # Whoever presses at the run is not kept waiting for the next look.
            (self._is_over if self._awake.is_set() else self._awake).wait(EVERY_S)

    def _break_off(self) -> None:
        with self._lock:
            for identity in sorted(self._at_work - self._broken_off):
                try:
                    self._laboratory.cancel(identity)
                except KibanError:
                    continue  # it is tried again, and the run tells of what it meets
                self._broken_off.add(identity)
