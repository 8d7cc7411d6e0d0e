"""One damaged input, and what a reader makes of it."""

from __future__ import annotations

import random
import resource
import signal
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from kiban.errors import KibanError
from kiban.readers.contract import Reader, Recognition
from kiban.readers.source import Source
from kiban.testing.fuzz_report import Fate, Outcome
from kiban.testing.mutations import mutated
from kiban.testing.reader_suite import check_sound


class _TooSlow(BaseException):
    """The time for one input is over. No `except Exception` of a reader may catch it."""


def damaged(contents: Sequence[bytes], *, seed: int, number: int) -> bytes:
    """The input of that number: the same in each run."""
    return mutated(random.Random(f"{seed}:{number}"), contents)  # noqa: S311  no secret


def recognised(reader: Reader, content: bytes, *, number: int, seconds: float) -> bool | Outcome:
    """Whether the reader claims it, or the fault that came instead."""
    begun = time.monotonic()
    try:
        with _time_limit(seconds):
            claim = reader.recognise(Source(content, name="file.bin"))
            assert claim is None or isinstance(claim, Recognition), f"recognise gave {claim!r}"
    except (Exception, _TooSlow) as error:  # noqa: BLE001  whatever comes is what was looked for
        return _outcome(number, begun, Fate.FAULT, _signature("recognise", error))
    return claim is not None


def judged(reader: Reader, content: bytes, *, number: int, seconds: float, is_claimed: bool) -> Outcome:
    """Let the reader read it, and say what came."""
    begun = time.monotonic()
    fate, what = Fate.READ, ""
    try:
        with _time_limit(seconds):
            readings = reader.read(Source(content, name="file.bin"))
            assert readings, "read gave no Reading"
            for reading in readings:
                check_sound(reading)
    except KibanError as error:
        if error.fault and error.mend:
            fate, what = Fate.REFUSED, error.name
        else:
            fate, what = Fate.FAULT, _signature("read", error)
    except (Exception, _TooSlow) as error:  # noqa: BLE001  whatever comes is what was looked for
        fate, what = Fate.FAULT, _signature("read", error)
    return _outcome(number, begun, fate, what, is_claimed=is_claimed)


def _outcome(number: int, begun: float, fate: Fate, what: str, *, is_claimed: bool = False) -> Outcome:
    return Outcome(
        number=number,
        fate=fate,
        what=what,
        is_claimed=is_claimed,
        seconds=time.monotonic() - begun,
        memory_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    def too_slow(number: int, frame: object) -> None:  # noqa: ARG001
        raise _TooSlow(f"more than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, too_slow)
    # Again and again: Python drops what is raised while an object is thrown away.
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds / 10)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _signature(deed: str, error: BaseException) -> str:
    """What failed and where, without what differs from input to input."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/testing/fuzz" not in frame.filename]
    where = f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    kind = type(error).__name__.removeprefix("_")
    return f"{deed}: {kind}{where}: {_without_numbers(str(error))[:120]}"


def _without_numbers(text: str) -> str:
    return "".join("#" if character.isdigit() else character for character in text.split("\n")[0])
