"""What takes too long is ended; what answers in time is left alone."""

from __future__ import annotations

import threading

from kiban.compute.watchman import Watchman


def test_only_what_is_not_forgotten_in_time_is_ended() -> None:
    ended: list[str] = []
    rang = threading.Event()

    def end(thing: str) -> None:
        ended.append(thing)
        rang.set()

    watchman: Watchman[str] = Watchman(0.2, end)
    watchman.watch("quick")
    watchman.watch("slow")
    watchman.forget("quick")
    assert rang.wait(30.0)
    watchman.close()
    assert ended == ["slow"]


def test_a_thing_can_be_watched_again_after_it_was_ended() -> None:
    rang = threading.Semaphore(0)
    watchman: Watchman[str] = Watchman(0.05, lambda _: rang.release())
    for _ in range(2):
        watchman.watch("again")
        assert rang.acquire(timeout=30.0)
    watchman.close()


def test_one_that_never_watched_can_be_closed() -> None:
    Watchman(1.0, print).close()
