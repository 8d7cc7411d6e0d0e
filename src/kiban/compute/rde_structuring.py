"""Structuring programs of RDE behind a border of their own: another process, in another Python, with limits.

The program comes from whoever attached it to a template, and needs rdetoolkit, which Kiban does not. It sees an
environment with nothing of ours in it and a folder that is thrown away, and is ended, with all that it has started in
its group, when it takes too long. It is no prison: it can read and write what the platform's user can. Programs run
only where the operator names a Python for them.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiban.errors import InvalidSetting, LimitExceeded, UnreadableFile

_PROGRAM = Path(__file__).with_name("rde_program.py")
_OUTPUTS = ("structured", "meta", "main_image", "other_image", "thumbnail", "attachment")
_MOST_FILES = 10_000
_MEND = "Mend the program and attach it again, or structure the data set in RDE; its files are kept as they came."


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramLimits:
    """What one run may use."""

    memory_bytes: int = 4 << 30
    """Of addresses, as for readers."""
    file_bytes: int = 1 << 30
    """Of one file that it writes."""
    seconds: int = 600


def structure_with(
    python: Path,
    program: Mapping[str, bytes],
    entry: str,
    inputs: Iterable[tuple[str, Path | bytes]],
    folder: Path,
    limits: ProgramLimits | None = None,
) -> list[str]:
    """Run a program on one data set.

    Parameters
    ----------
    python : Path
        The interpreter of an environment with rdetoolkit.
    program : mapping of path to bytes
        Its Python files; `entry` is the one with the function `dataset`.
    inputs : paths below RDE's data folder, with a file on this machine or bytes
    folder : Path
        An empty one, in which the run takes place.

    Returns
    -------
    list of str
        What it has written, as paths below `folder / "data"`.

    Raises
    ------
    InvalidSetting
        If there is no such Python.
    LimitExceeded
        If it takes too long, or writes too many files.
    UnreadableFile
        If it fails; the fault has its own words.
    """
    limits = limits or ProgramLimits()
    _lay_out(program, inputs, folder)
    command = [str(python), "-P", "-B", str(_PROGRAM), str(folder / "program" / entry)]
    command += [str(n) for n in (limits.memory_bytes, limits.file_bytes, limits.seconds)]
    _run(command, folder, limits.seconds, entry)
    _check(folder, entry)
    return _outputs(folder / "data")


def _lay_out(program: Mapping[str, bytes], inputs: Iterable[tuple[str, Path | bytes]], folder: Path) -> None:
    for name, content in program.items():
        _put(folder / "program" / name, content)
    for each in ("inputdata", "invoice", "tasksupport"):
        (folder / "data" / each).mkdir(parents=True)
    for name, held in inputs:
        _put(folder / "data" / name, held if isinstance(held, bytes) else held.read_bytes())


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _run(command: list[str], folder: Path, seconds: int, entry: str) -> None:
    environment = {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "MPLBACKEND": "Agg",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "POLARS_MAX_THREADS": "1",
    }
    quiet = subprocess.DEVNULL
    try:
        started = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
        )
    except OSError as e:
        raise InvalidSetting(
            f"{command[0]} cannot be started: {e.strerror or e}.",
            mend="Name the Python of an environment with rdetoolkit in KIBAN_RDE_PYTHON.",
        ) from e
    try:
        started.wait(timeout=seconds)
    except subprocess.TimeoutExpired as e:
        raise LimitExceeded(f"{entry} takes longer than {seconds} s.", mend=_MEND) from e
    finally:
        # Also what it has left running: the group has the number of its first process as long as any lives.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(started.pid, signal.SIGKILL)
        started.wait()


def _check(folder: Path, entry: str) -> None:
    try:
        answer: Any = json.loads((folder / "answer.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as e:
        raise LimitExceeded(
            f"{entry} ended without an answer, most likely for want of memory, time or room.", mend=_MEND
        ) from e
    statuses = answer.get("statuses", []) if isinstance(answer, dict) else []
    failed = [each for each in statuses if isinstance(each, dict) and each.get("status") != "success"]
    reason = answer.get("error") if isinstance(answer, dict) else "it gave no answer that can be read"
    if failed:
        reason = failed[0].get("error_message")
    elif not reason and not statuses:
        reason = "it structured nothing"
    if failed or reason:
        told = _told(folder) or str(reason)
        raise UnreadableFile(f"{entry} failed: {told[:500]}.", mend=_MEND)


def _told(folder: Path) -> str:
    """What rdetoolkit leaves for the person, where a run fails: `ErrorCode=1`, `ErrorMessage=...`."""
    try:
        text = (folder / "data" / "job.failed").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return " ".join(text.split()).rstrip(".")


def _outputs(data: Path) -> list[str]:
    found = []
    for path in sorted(data.rglob("*")):
        below = path.relative_to(data)
        place = below.parts[2:] if below.parts[0] == "divided" else below.parts
        if place and place[0] in _OUTPUTS and path.is_file() and not path.is_symlink():
            found.append(below.as_posix())
        if len(found) > _MOST_FILES:
            raise LimitExceeded(f"The program wrote more than {_MOST_FILES} files.", mend=_MEND)
    return found
