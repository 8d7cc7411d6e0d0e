"""The inside of the fence: a process that reads files for another and can do little else.

Started as `python -P -m kiban.compute.fenced_worker MEMORY_BYTES`. It takes requests on standard input and answers on
standard output (`frames`). Before the first request it gives up what reading does not need: memory beyond the limit,
writing to files (their size limit is 0), core dumps; on Linux it dies with its parent.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any, BinaryIO

from kiban.compute import frames
from kiban.errors import KibanError, LimitExceeded, UnknownFormat


def main() -> None:
    """Answer requests until standard input ends."""
    memory_bytes = int(sys.argv[1])
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    # Libraries that print must not speak into the answers, nor to the user's terminal.
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(nothing, descriptor)
    _give_up_what_is_not_needed(memory_bytes)
    while True:
        try:
            request, contents = frames.receive(requests)
        except EOFError:
            return
        _answer(answers, request | {"content": contents[0]} if contents else request)
        del contents, request  # a table's bytes are not kept until the next request comes


def _give_up_what_is_not_needed(memory_bytes: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform == "linux":
        import ctypes

        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def _answer(answers: BinaryIO, request: dict[str, Any]) -> None:
    try:
        _TASKS[request["task"]](answers, request)
    except KibanError as e:
        frames.send(answers, _failure(e, request))
    except MemoryError:
        limit = LimitExceeded(
            f"{request['name']}: reading it takes more memory than allowed.",
            mend=frames.smaller(request),
        )
        frames.send(answers, _failure(limit, request))
    except Exception as e:  # noqa: BLE001  one file's trouble must be told as its own, and the next file read
        frames.send(answers, _fault_of_ours(e, request))


def _fault_of_ours(error: Exception, request: dict[str, Any]) -> dict[str, Any]:
    kept = ", which is kept as it came and can be tried again" if "path" in request else ""
    return {
        "error": "UnreadableFile",
        "fault": f"{request['name']}: Kiban failed over it ({type(error).__name__}: {error}).",
        "mend": f"This is a fault of Kiban: report it with the file{kept}.",
    }


def _failure(error: KibanError, request: dict[str, Any]) -> dict[str, Any]:
    from kiban.compute.archive import is_archive

    return {
        "error": error.name,
        "fault": error.fault,
        "mend": error.mend,
        "reader": getattr(error, "reader", None),
        "is_archive": isinstance(error, UnknownFormat) and "path" in request and is_archive(_source(request)),
    }


def _source(request: dict[str, Any]) -> Any:
    from kiban.readers.source import Source

    companions = {name: Path(path) for name, path in request.get("companions", {}).items()}
    return Source(Path(request["path"]), name=request["name"], companions=companions)


def _structure(answers: BinaryIO, request: dict[str, Any]) -> None:
    from kiban.compute.structure import structure
    from kiban.records.document import to_json

    structured, normalised = structure(
        _source(request), checksum=request["checksum"], companions=request.get("checksums", {})
    )
    frames.send(answers, to_json(structured), normalised)


def _summarise(answers: BinaryIO, request: dict[str, Any]) -> None:
    from kiban.compute.structure import summarise
    from kiban.records.document import to_json

    frames.send(answers, to_json(summarise(_source(request))))


def _list_readers(answers: BinaryIO, request: dict[str, Any]) -> None:  # noqa: ARG001  tasks are called alike
    from kiban.compute.reader_list import reader_list
    from kiban.records.document import to_json

    frames.send(answers, to_json(reader_list()))


def _companions(answers: BinaryIO, request: dict[str, Any]) -> None:  # noqa: ARG001  tasks are called alike
    from kiban.readers.recognise import companions

    frames.send(answers, companions())


def _unpack(answers: BinaryIO, request: dict[str, Any]) -> None:
    from kiban.compute.archive import members

    n_members = 0
    for name, content in members(_source(request)):
        frames.send(answers, {"member": name}, [content])
        n_members += 1
    frames.send(answers, {"n_members": n_members})


def _table(answers: BinaryIO, request: dict[str, Any]) -> None:
    from kiban.compute.table_files import answer

    frames.send(answers, answer(request, request["content"]))


_TASKS = {
    "structure": _structure,
    "summarise": _summarise,
    "unpack": _unpack,
    "list_readers": _list_readers,
    "companions": _companions,
    "read_sheet": _table,
    "read_cells": _table,
}


if __name__ == "__main__":
    main()
