"""Try a reader on files that were damaged at random, and say what it made of them.

    python -m kiban.testing.fuzz READER [--n 100000] [--seed 1] [--seconds 5] [--keep FOLDER] FILE...

READER is a name of `kiban readers`, or `module:OBJECT`. Each input must give sound Readings or be refused with a
KibanError that has a fault and a mend, in time and within the memory. Everything else is a fault of the reader. Input
number 4711 of seed 1 is the same in every run: `--only 4711 --keep FOLDER` writes it down.

The reader runs in processes of its own, without the fence: an input that crashes or hangs one is counted as crashed,
and the next input comes to a new one.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kiban.errors import KibanError
from kiban.readers.contract import Reader, lacks
from kiban.readers.recognise import readers
from kiban.readers.source import Source
from kiban.testing.fuzz_apart import outcomes_apart
from kiban.testing.fuzz_judge import damaged, judged, recognised
from kiban.testing.fuzz_report import Outcome, Report

_LARGEST_BYTES = 512 << 10


def fuzz(
    reader: Reader,
    contents: Sequence[bytes],
    *,
    inputs: Sequence[int],
    seed: int = 1,
    seconds: float = 5.0,
    keep: Path | None = None,
    is_apart: bool = False,
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
    is_apart : bool
        In processes of its own, which may crash or hang and have no more memory than a worker behind the fence.
    """
    report = Report(reader=reader.name, seed=seed, first=inputs[0] if len(inputs) else 0)
    started = time.monotonic()
    found = outcomes_apart if is_apart else _outcomes_here
    for outcome in found(reader, contents, inputs=inputs, seed=seed, seconds=seconds):
        if report.add(outcome) and keep is not None:
            content = damaged(contents, seed=seed, number=outcome.number)
            (keep / f"{reader.name}-{outcome.number}.bin").write_bytes(content)
        if report.n % 1000 == 0:
            _show(f"{report.n} of {len(inputs)}, {report.n_faults} with a fault, {report.crashed} crashed")
    _show("")
    report.seconds = time.monotonic() - started
    return report


def _outcomes_here(
    reader: Reader, contents: Sequence[bytes], *, inputs: Sequence[int], seed: int, seconds: float
) -> Iterator[Outcome]:
    for number in inputs:
        content = damaged(contents, seed=seed, number=number)
        claim = recognised(reader, content, number=number, seconds=seconds)
        if isinstance(claim, Outcome):
            yield claim
        else:
            yield judged(reader, content, number=number, seconds=seconds, is_claimed=claim)


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
    """Run it and give the exit code: 0 without a fault or crash, 1 with one."""
    parser = argparse.ArgumentParser(prog="python -m kiban.testing.fuzz", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("reader", metavar="READER", help="a name of `kiban readers`, or module:OBJECT")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="sound files to start from")
    parser.add_argument("--n", type=int, default=10_000, help="how many inputs (default: 10000)")
    parser.add_argument("--first", type=int, default=0, metavar="NUMBER", help="begin with this input (default: 0)")
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
    first = arguments.first
    inputs = range(first, first + arguments.n) if arguments.only is None else range(arguments.only, arguments.only + 1)
    report = fuzz(
        reader,
        contents,
        inputs=inputs,
        seed=arguments.seed,
        seconds=arguments.seconds,
        keep=arguments.keep,
        is_apart=True,
    )
    print(json.dumps(asdict(report)) if arguments.json else report.as_text())  # noqa: T201
    return 1 if report.faults or report.crashes else 0


if __name__ == "__main__":
    sys.exit(main())
