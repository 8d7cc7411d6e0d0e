"""Damaged inputs given to a reader in a process of its own, which may crash or hang, and is then begun anew.

Libraries in C that decode a format can end the process that calls them. In use that happens behind the fence; here it
is counted, with the signal and the line of Python that was being run.
"""

from __future__ import annotations

import contextlib
import faulthandler
import mmap
import multiprocessing
import re
import resource
import signal
import struct
import tempfile
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Any

from kiban.readers.contract import Reader
from kiban.testing.fuzz_judge import damaged, judged, recognised
from kiban.testing.fuzz_report import Fate, Outcome

MEMORY_BYTES = 4 << 30
"""As much as a worker behind the fence may have."""
_INPUTS_OF_ONE_PROCESS = 5_000
_GRACE_S = 5.0
_MAKING, _RECOGNISING, _READING, _READING_ITS_OWN = range(4)
_STATE = struct.Struct("<qB")
_FRAME = re.compile(r'File "(.+)", line (\d+) in (\S+)')


def outcomes_apart(
    reader: Reader, contents: Sequence[bytes], *, inputs: Sequence[int], seed: int = 1, seconds: float = 5.0
) -> Iterator[Outcome]:
    """Give a reader one damaged file after another, in child processes.

    Parameters
    ----------
    inputs : sequence of int
        Numbers of the inputs.
    seconds : float
        What one input may take. A process that does not come back within twice that time and 5 s is ended.
    """
    done = 0
    while done < len(inputs):
        child = _Child(reader, contents, inputs[done : done + _INPUTS_OF_ONE_PROCESS], seed, seconds)
        for outcome in child.outcomes():
            done += 1
            yield outcome


class _Child:
    """One process, its inputs, and what is known of it when it is gone."""

    def __init__(
        self, reader: Reader, contents: Sequence[bytes], inputs: Sequence[int], seed: int, seconds: float
    ) -> None:
        self._reader, self._contents, self._inputs = reader, contents, inputs
        self._seed, self._seconds = seed, seconds
        self._state = mmap.mmap(-1, _STATE.size)

    def outcomes(self) -> Iterator[Outcome]:
        """Each input's, up to one that ends the process; that one too."""
        forks = multiprocessing.get_context("fork")
        ours, theirs = forks.Pipe(duplex=False)
        with tempfile.TemporaryFile("w+") as trace:
            process = forks.Process(target=self._run, args=(theirs, trace))
            process.start()
            theirs.close()
            n = 0
            try:
                while n < len(self._inputs):
                    if not ours.poll(self._patience()):
                        process.kill()
                    n += 1
                    try:
                        yield ours.recv()
                    except EOFError:
                        process.join()
                        yield self._end(process.exitcode or 0, trace)
                        return
            finally:
                process.kill()
                process.join()
                ours.close()

    def _run(self, pipe: Connection, trace: IO[str]) -> None:
        faulthandler.enable(trace)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, resource.getrlimit(resource.RLIMIT_AS)[1]))
        with contextlib.suppress(ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        for number in self._inputs:
            pipe.send(self._one(number))

    def _one(self, number: int) -> Outcome:
        _STATE.pack_into(self._state, 0, number, _MAKING)
        content = damaged(self._contents, seed=self._seed, number=number)
        _STATE.pack_into(self._state, 0, number, _RECOGNISING)
        claim = recognised(self._reader, content, number=number, seconds=self._seconds)
        if isinstance(claim, Outcome):
            return claim
        _STATE.pack_into(self._state, 0, number, _READING_ITS_OWN if claim else _READING)
        return judged(self._reader, content, number=number, seconds=self._seconds, is_claimed=claim)

    def _patience(self) -> float:
        """Recognising and reading may take the time for one input each."""
        return 2 * self._seconds + _GRACE_S

    def _end(self, code: int, trace: IO[str]) -> Outcome:
        number, phase = _STATE.unpack_from(self._state, 0)
        if phase == _MAKING:
            return Outcome(number=number, fate=Fate.NOT_MADE)
        deed = "recognise" if phase == _RECOGNISING else "read"
        end = f"ended with {code}" if code >= 0 else signal.Signals(-code).name
        if code == -signal.SIGKILL:
            end = f"no answer within {self._patience():g} s"
        return Outcome(
            number=number,
            fate=Fate.CRASHED,
            what=f"{deed}: {end}{_place(trace)}",
            is_claimed=phase == _READING_ITS_OWN,
            seconds=self._patience() if code == -signal.SIGKILL else 0.0,
        )


def _place(trace: IO[str]) -> str:
    """Where the crash happened: the innermost line of ours."""
    trace.seek(0)
    frames: list[Any] = _FRAME.findall(trace.read())
    ours = next((frame for frame in frames if "/kiban/" in frame[0]), frames[0] if frames else None)
    return f" in {Path(ours[0]).name}, line {ours[1]}" if ours else ""
