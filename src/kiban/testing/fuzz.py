"""Try a reader on files that were damaged at random, and say what it made of them.

    python -m kiban.testing.fuzz READER [--n 100000] [--seed 1] [--seconds 5] [--keep FOLDER] FILE...

READER is a name of `kiban readers`, or `module:OBJECT`. Each input must give sound Readings or be refused with a
KibanError that has a fault and a mend, in time and within the memory. Everything else is a fault of the reader. Input
number 4711 of seed 1 is the same in every run: `--only 4711 --keep FOLDER` writes it down.

It runs in this process, without the fence: what crashes the process ends the run.
"""

from __future__ import annotations

import argparse
import faulthandler
import importlib
import json
import random
import resource
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kiban.errors import KibanError
from kiban.readers.contract import Reader, Recognition, lacks
from kiban.readers.recognise import readers
from kiban.readers.source import Source
from kiban.testing.mutations import mutated
from kiban.testing.reader_suite import check_sound

_LARGEST_BYTES = 512 << 10
_MEMORY_BYTES = 4 << 30
"""As much as a worker behind the fence may have."""


class _TooSlow(BaseException):
    """The time for one input is over. No `except Exception` of a reader may catch it."""


@dataclass(slots=True, kw_only=True)
class Report:
    """What a reader made of its inputs."""

    reader: str
    n: int = 0
    claimed: int = 0
    """As many the reader recognised as its own."""
    read: int = 0
    refused: int = 0
    refusals: dict[str, int] = field(default_factory=dict)
    """By the name of the error."""
    faults: dict[str, int] = field(default_factory=dict)
    """What came instead of Readings or a refusal, and where; how many inputs show it."""
    first_inputs: dict[str, list[int]] = field(default_factory=dict)
    """Numbers of the first inputs that show each fault."""
    slowest_s: float = 0.0
    seconds: float = 0.0

    @property
    def n_faults(self) -> int:
        """Inputs that show a fault."""
        return sum(self.faults.values())


def fuzz(
    reader: Reader,
    contents: Sequence[bytes],
    *,
    inputs: Sequence[int],
    seed: int = 1,
    seconds: float = 5.0,
    keep: Path | None = None,
) -> Report:
    """Give a reader one damaged file after another.

    Parameters
    ----------
    contents : sequence of bytes
        Sound files to start from; none of them empty.
    inputs : sequence of int
        Numbers of the inputs, for example `range(100_000)`; with the seed each number says how the input is damaged.
    seconds : float
        What one input may take. Only the main thread of a program can be interrupted for it.
    keep : Path, optional
        A folder for the first inputs with each fault.
    """
    report = Report(reader=reader.name)
    started = time.monotonic()
    for number in inputs:
        chance = random.Random(f"{seed}:{number}")  # noqa: S311  no secret: the same inputs in each run
        content = mutated(chance, contents)
        begun = time.monotonic()
        _judge(reader, content, seconds, report, number, keep)
        report.slowest_s = max(report.slowest_s, time.monotonic() - begun)
        report.n += 1
        if report.n % 1000 == 0:
            _show(f"{report.n} of {len(inputs)}, {report.n_faults} with a fault")
    _show("")
    report.seconds = time.monotonic() - started
    return report


def _judge(reader: Reader, content: bytes, seconds: float, report: Report, number: int, keep: Path | None) -> None:
    try:
        with _time_limit(seconds):
            claim = reader.recognise(Source(content, name="file.bin"))
            assert claim is None or isinstance(claim, Recognition), f"recognise gave {claim!r}"
            report.claimed += claim is not None
    except (Exception, _TooSlow) as error:  # noqa: BLE001  whatever comes is what was looked for
        _note(report, _signature("recognise", error), content, number, keep)
        return
    try:
        with _time_limit(seconds):
            readings = reader.read(Source(content, name="file.bin"))
            assert readings, "read gave no Reading"
            for reading in readings:
                check_sound(reading)
    except KibanError as error:
        if error.fault and error.mend:
            report.refused += 1
            report.refusals[error.name] = report.refusals.get(error.name, 0) + 1
        else:
            _note(report, _signature("read", error), content, number, keep)
    except (Exception, _TooSlow) as error:  # noqa: BLE001  whatever comes is what was looked for
        _note(report, _signature("read", error), content, number, keep)
    else:
        report.read += 1


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    def too_slow(number: int, frame: object) -> None:  # noqa: ARG001
        raise _TooSlow(f"more than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, too_slow)
    signal.setitimer(signal.ITIMER_REAL, seconds)
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


def _note(report: Report, what: str, content: bytes, number: int, keep: Path | None) -> None:
    report.faults[what] = report.faults.get(what, 0) + 1
    first = report.first_inputs.setdefault(what, [])
    if len(first) < 3:
        first.append(number)
        if keep is not None:
            (keep / f"{report.reader}-{number}.bin").write_bytes(content)


def _show(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)  # noqa: T201


def _reader(name: str) -> Reader:
    if ":" in name:
        module, _, attribute = name.partition(":")
        found: Any = getattr(importlib.import_module(module), attribute)
    else:
        found = next((reader for reader in readers() if reader.name == name), None)
    if found is None:
        raise SystemExit(f"There is no reader '{name}': give a name of `kiban readers`, or module:OBJECT.")
    if (missing := lacks(found)) is not None:
        raise SystemExit(f"{name} is no reader: {missing}.")
    reader: Reader = found
    return reader


def _contents(paths: Sequence[Path], reader: Reader, largest: int) -> list[bytes]:
    """The files to start from: those that the reader reads as they are."""
    contents = []
    for path in paths:
        content = path.read_bytes()
        if not content or len(content) > largest:
            print(f"{path.name}: {len(content)} bytes, left out", file=sys.stderr)  # noqa: T201
            continue
        try:
            reader.read(Source(content, name=path.name))
        except KibanError as error:
            print(f"{path.name}: left out, {reader.name} refuses it as it is: {error.fault}", file=sys.stderr)  # noqa: T201
            continue
        contents.append(content)
    if not contents:
        raise SystemExit("There is no sound file to start from.")
    return contents


def main(argv: Sequence[str] | None = None) -> int:
    """Run it and give the exit code: 0 without a fault, 1 with one."""
    parser = argparse.ArgumentParser(prog="python -m kiban.testing.fuzz", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("reader", metavar="READER", help="a name of `kiban readers`, or module:OBJECT")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="sound files to start from")
    parser.add_argument("--n", type=int, default=10_000, help="how many inputs (default: 10000)")
    parser.add_argument("--seed", type=int, default=1, help="other inputs for each (default: 1)")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="this input alone")
    parser.add_argument("--seconds", type=float, default=5.0, help="what one input may take (default: 5)")
    parser.add_argument("--largest", type=int, default=_LARGEST_BYTES, metavar="BYTES", help="leave larger files out")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="write the first inputs with each fault there")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    arguments = parser.parse_args(argv)
    reader = _reader(arguments.reader)
    contents = _contents(arguments.files, reader, arguments.largest)
    if arguments.keep is not None:
        arguments.keep.mkdir(parents=True, exist_ok=True)
    _prepare_for_the_worst()
    inputs = range(arguments.n) if arguments.only is None else [arguments.only]
    report = fuzz(reader, contents, inputs=inputs, seed=arguments.seed, seconds=arguments.seconds, keep=arguments.keep)
    print(json.dumps(asdict(report)) if arguments.json else _text(report))  # noqa: T201
    return 1 if report.faults else 0


def _prepare_for_the_worst() -> None:
    """Say where a crash happened, and let no input take the machine's memory."""
    faulthandler.enable()
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _text(report: Report) -> str:
    refusals = ", ".join(f"{name} {n}" for name, n in Counter(report.refusals).most_common())
    lines = [
        f"{report.reader}: {report.n} inputs in {report.seconds:.0f} s, {report.claimed} of them recognised",
        f"  read     {report.read}",
        f"  refused  {report.refused}  ({refusals or 'none'})",
        f"  faults   {report.n_faults}",
        f"  slowest  {report.slowest_s:.2f} s",
    ]
    for what, n in sorted(report.faults.items(), key=lambda item: -item[1]):
        lines.append(f"  ! {n} × {what}  (inputs {', '.join(map(str, report.first_inputs[what]))})")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
