"""The outside of the fence: worker processes that read files, with limits on memory and time.

A worker that takes too long or dies is replaced; the file it died on is tried once more by a fresh worker, because a
worker can also be killed by somebody else's doing.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias, TypeVar, cast

from kiban.compute import frames
from kiban.compute.frames import smaller
from kiban.compute.listed_readers import ReaderList
from kiban.compute.structured import Failure, ReadSummary, Structured
from kiban.compute.watchman import Watchman
from kiban.errors import LimitExceeded
from kiban.records.document import from_json

T = TypeVar("T")

Companions: TypeAlias = "Mapping[str, tuple[Path, str]]"
"""Files that are read together with another: place and SHA-256, by their path below that one's folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FenceLimits:
    """What one worker may use for one file."""

    memory_bytes: int = 4 << 30
    seconds: float = 300.0
    """Wall time. The slowest real file takes a few seconds; a slow disk and a busy machine are allowed for."""


class _WorkerDied(Exception):
    """The worker process ended without an answer."""


class _Worker:
    """One process behind the fence."""

    def __init__(self, limits: FenceLimits, watchman: Watchman[_Worker]) -> None:
        self._limits = limits
        self._watchman = watchman
        # -P: the folder the command was called in must not be searched for modules, it may hold anything.
        command = [sys.executable, "-P", "-m", "kiban.compute.fenced_worker", str(limits.memory_bytes)]
        environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )
        self._timed_out = False

    def ask(
        self, request: dict[str, Any], content: bytes | None = None
    ) -> Iterator[tuple[dict[str, Any], list[bytes]]]:
        """Send one request and give the answers as they come; the asker knows which is the last."""
        stdin, stdout = cast(BinaryIO, self._process.stdin), cast(BinaryIO, self._process.stdout)
        self._timed_out = False
        self._watchman.watch(self)
        try:
            frames.send(stdin, request, None if content is None else [content])
            while True:
                yield frames.receive(stdout)
        except (EOFError, BrokenPipeError, ValueError) as e:
            if self._timed_out:
                raise LimitExceeded(
                    f"{request['name']}: reading it takes longer than {self._limits.seconds:.0f} s.",
                    mend=smaller(request),
                ) from e
            raise _WorkerDied from e
        finally:
            self._watchman.forget(self)

    def out_of_time(self) -> None:
        """End the process because it took too long."""
        self._timed_out = True
        self._process.kill()

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        """End the process; whoever waits for its answer hears that it died."""
        self._process.kill()

    def stop(self) -> None:
        """End the process and wait for it."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:
                    continue  # half a request was still in the buffer; the worker is gone anyway


class Fence:
    """A few workers, started when first needed.

    Parameters
    ----------
    n_workers : int, optional
        As many files are read at once; one for each processor unless given.
    """

    def __init__(self, n_workers: int | None = None, limits: FenceLimits | None = None) -> None:
        self.n_workers = n_workers or os.cpu_count() or 1
        self._limits = limits or FenceLimits()
        self._watchman: Watchman[_Worker] = Watchman(self._limits.seconds, _Worker.out_of_time)
        self._idle: list[_Worker] = []
        self._busy: set[_Worker] = set()
        self._is_closed = False
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(self.n_workers, thread_name_prefix="fence")

    def structure(
        self, path: Path, *, name: str, checksum: str, companions: Companions | None = None
    ) -> tuple[Structured, list[bytes]] | Failure:
        """Read one file for a deposit; see `kiban.compute.structure.structure`."""
        request: dict[str, Any] = {"task": "structure", "path": os.fspath(path), "name": name, "checksum": checksum}
        if companions:
            request["companions"] = {below: os.fspath(place) for below, (place, _) in companions.items()}
            request["checksums"] = {below: sha256 for below, (_, sha256) in companions.items()}
        answer = self._one_answer(request)
        if isinstance(answer, Failure):
            return answer
        header, blobs = answer
        return from_json(header, Structured), blobs

    def summarise(
        self, path: Path, *, name: str, companions: Mapping[str, Path] | None = None
    ) -> ReadSummary | Failure:
        """Read one file without keeping it; see `kiban.compute.structure.summarise`."""
        request: dict[str, Any] = {"task": "summarise", "path": os.fspath(path), "name": name}
        if companions:
            request["companions"] = {below: os.fspath(place) for below, place in companions.items()}
        answer = self._one_answer(request)
        return answer if isinstance(answer, Failure) else from_json(answer[0], ReadSummary)

    def companions(self) -> dict[str, list[tuple[str, ...]]]:
        """File names by which readers know a measurement of several files; see `kiban.readers.recognise.companions`."""
        answer = self._one_answer({"task": "companions", "name": "the list of companions"})
        if isinstance(answer, Failure):
            return {}  # the readers do not work; each file will say so
        return {str(name): [tuple(map(str, each)) for each in lists] for name, lists in answer[0].items()}

    def list_readers(self) -> ReaderList | Failure:
        """Say what the workers can read; see `kiban.compute.reader_list`."""
        answer = self._one_answer({"task": "list_readers", "name": "the list of readers"})
        return answer if isinstance(answer, Failure) else from_json(answer[0], ReaderList)

    def ask(self, request: dict[str, Any], content: bytes) -> tuple[Any, list[bytes]] | Failure:
        """Have bytes read that are no file yet; the request names task and `name`."""
        return self._one_answer(request, content)

    def unpack(self, path: Path, *, name: str) -> Iterator[tuple[str, bytes]]:
        """Give the files inside an archive, one at a time.

        Raises
        ------
        ArchiveFailure
            With the `Failure`, if the archive is damaged, hostile or beyond the limits. Members may have come before.
        """
        worker = self._take()
        answers = worker.ask({"task": "unpack", "path": os.fspath(path), "name": name})
        finished = False
        try:
            for header, blobs in answers:
                if "member" not in header:
                    finished = True
                    break
                yield header["member"], blobs[0]
        except _WorkerDied:
            self._check_open()
            raise ArchiveFailure(_died({"name": name, "path": path})) from None
        except LimitExceeded as e:
            raise ArchiveFailure(Failure(error=e.name, fault=e.fault, mend=e.mend)) from e
        finally:
            answers.close()  # type: ignore[attr-defined]  # a generator: it stops its clock
            if finished and worker.is_alive:
                self._give_back(worker)
            else:
                self._stop(worker)
        if "error" in header:
            raise ArchiveFailure(from_json(header, Failure))

    def submit_structure(
        self, path: Path, *, name: str, checksum: str, companions: Companions | None = None
    ) -> Future[tuple[Structured, list[bytes]] | Failure]:
        """As `structure`, but go on meanwhile."""
        return self._threads.submit(self.structure, path, name=name, checksum=checksum, companions=companions)

    def close(self) -> None:
        """End the workers. What is being read is not waited for: whoever waits for it hears CancelledError.

        It must not look like a file that its reader could not read, because that is what would be kept of it.
        """
        with self._lock:
            self._is_closed = True
            idle, self._idle = self._idle, []
            for worker in self._busy:
                worker.kill()
        self._threads.shutdown(wait=True, cancel_futures=True)
        self._watchman.close()
        for worker in idle:
            worker.stop()

    def _one_answer(
        self, request: dict[str, Any], content: bytes | None = None
    ) -> tuple[dict[str, Any], list[bytes]] | Failure:
        for _ in range(2):
            worker = self._take()
            answers = worker.ask(request, content)
            try:
                header, blobs = next(answers)
            except _WorkerDied:
                self._stop(worker)
                continue
            except LimitExceeded as e:
                self._stop(worker)
                return Failure(error=e.name, fault=e.fault, mend=e.mend)
            finally:
                answers.close()  # type: ignore[attr-defined]  # a generator: it stops its clock
            self._give_back(worker)
            return from_json(header, Failure) if "error" in header else (header, blobs)
        return _died(request)

    def _take(self) -> _Worker:
        with self._lock:
            self._check_open()
            while self._idle:
                worker = self._idle.pop()
                if worker.is_alive:
                    break
                worker.stop()
            else:
                worker = _Worker(self._limits, self._watchman)
            self._busy.add(worker)
            return worker

    def _give_back(self, worker: _Worker) -> None:
        with self._lock:
            self._busy.discard(worker)
            if not self._is_closed:
                self._idle.append(worker)
                return
        worker.stop()

    def _stop(self, worker: _Worker) -> None:
        with self._lock:
            self._busy.discard(worker)
        worker.stop()

    def _check_open(self) -> None:
        if self._is_closed:
            raise CancelledError


class ArchiveFailure(Exception):
    """An archive could not be unpacked to its end."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.fault)
        self.failure = failure


def _died(request: Mapping[str, Any]) -> Failure:
    return Failure(
        error="LimitExceeded",
        fault=f"{request['name']}: the process that read it ended twice without an answer, most likely for want of "
        "memory.",
        mend=smaller(request),
    )
