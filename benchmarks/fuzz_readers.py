"""Give every reader damaged copies of real files and of those that its tests write, and count what it makes of them.

    python benchmarks/fuzz_readers.py [--reader NAME ...] [--inputs 1000] [--results FILE]

It goes on until the reader itself has recognised that many inputs as its own: those that it would not even be given are
tried and counted too, but show little. Each batch is written to the results (JSON, one line for each) as soon as it is
done; what is there already is not done again, so a run that was stopped goes on where it was. At the end, or at once with
--table, it prints the Markdown table of docs/explanation/damaged-files.md.

The real files lie in ../shared/data (or KIBAN_TEST_DATA), the others are the examples of tests/readers: one for each
variant of a format.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kiban.errors import KibanError
from kiban.readers.recognise import choose, readers
from kiban.readers.source import Source
from kiban.testing.reader_suite import ReaderSuite

DATA = Path(os.environ.get("KIBAN_TEST_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
TESTS = Path(__file__).resolve().parents[1] / "tests" / "readers"
LARGEST = 200_000
"""Larger files would make the run long and find nothing that smaller ones do not."""
SLOW = {"nexus_dls_example.nxs"}
"""165 datasets take fifty milliseconds; what is in them the others have too."""
FIRST_LINES = 200
MOST_FILES = 12
BATCH = 10_000


def files_by_reader(folder: Path) -> dict[str, list[Path]]:
    """The smaller real files that each reader claims; of packed ones what is inside is tried by its own reader.

    Of a larger text the first lines, written to the folder, where a reader reads them as they are.
    """
    found: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(DATA.rglob("*"), key=lambda p: (p.stat().st_size, p.name)):
        if not path.is_file() or path.name in {"README.md", *SLOW}:
            continue
        content = path.read_bytes()
        if len(content) > LARGEST:
            if b"\0" in content[:4096] or b"\n" not in content[:4096]:
                continue
            path, content = folder / path.name, b"".join(content.splitlines(keepends=True)[:FIRST_LINES])
            path.write_bytes(content)
        source = Source(content, name=path.name)
        try:
            choice = choose(source)
            choice.reader.read(source)
        except KibanError:
            continue
        if choice.source is source:
            found[choice.reader.name].append(path)
    return found


def examples_by_reader(folder: Path) -> dict[str, list[Path]]:
    """The small files that the tests of each reader write, one for each variant of its format."""
    found: dict[str, list[Path]] = defaultdict(list)
    for module in sorted(TESTS.glob("test_*.py")):
        spec = importlib.util.spec_from_file_location(f"fuzzed_{module.stem}", module)
        assert spec is not None
        assert spec.loader is not None
        loaded = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = loaded
        try:
            spec.loader.exec_module(loaded)
        except ImportError:
            continue  # it needs another module of the tests
        for suite in vars(loaded).values():
            if isinstance(suite, type) and issubclass(suite, ReaderSuite) and hasattr(suite, "examples"):
                for n, content in enumerate(suite.examples.values()):
                    path = folder / f"{module.stem}-{suite.__name__}-{n}.bin"
                    path.write_bytes(content)
                    found[suite.reader.name].append(path)
    return found


def spread(paths: list[Path]) -> list[Path]:
    """A dozen of them, from the smallest to the largest."""
    if len(paths) <= MOST_FILES:
        return paths
    return [paths[i * (len(paths) - 1) // (MOST_FILES - 1)] for i in range(MOST_FILES)]


class Results:
    """What was counted so far, a line for each batch."""

    def __init__(self, path: Path) -> None:
        self._path = path
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        self.batches: list[dict[str, Any]] = [json.loads(line) for line in lines if line.strip()]

    def add(self, batch: dict[str, Any]) -> None:
        """Write it down at once."""
        self.batches.append(batch)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(batch) + "\n")

    def of(self, name: str, seed: int, started_from: str) -> list[dict[str, Any]]:
        """The batches of one reader; other seeds and other files to start from are another run."""
        key = (name, seed, started_from)
        return [each for each in self.batches if (each["reader"], each["seed"], each["started_from"]) == key]


def checksum(paths: Iterable[Path]) -> str:
    """Of the contents of the files that a run starts from."""
    together = b"".join(hashlib.sha256(path.read_bytes()).digest() for path in paths)
    return hashlib.sha256(together).hexdigest()[:16]


def run(name: str, found: list[Path], written: list[Path], wanted: int, seed: int, results: Results) -> None:
    """Give a reader batch after batch until it has recognised as many inputs as are wanted.

    A reader that recognises next to none ends after ten times as many.
    """
    paths = [*found, *written]
    key = checksum(paths)
    while True:
        done = results.of(name, seed, key)
        n, claimed = sum(each["n"] for each in done), sum(each["claimed"] for each in done)
        if claimed >= wanted or n >= 10 * wanted:
            return
        size = min(BATCH, wanted)
        command = [sys.executable, "-m", "kiban.testing.fuzz", name, "--json", "--seed", str(seed)]
        command += ["--first", str(n), "--n", str(size), *map(str, paths)]
        ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        if not ended.stdout:
            raise SystemExit(f"{name}: no report came back; the process ended with {ended.returncode}.")
        # Libraries print to standard output as well; the report is the last line.
        report = json.loads(ended.stdout.strip().splitlines()[-1])
        results.add(report | {"started_from": key, "n_real": len(found), "n_written": len(written)})
        print(line(results.of(name, seed, key)), file=sys.stderr, flush=True)


def line(batches: list[dict[str, Any]]) -> str:
    """The batches of one reader as a line of the table."""

    def total(key: str) -> int:
        return sum(each[key] for each in batches)

    def most(key: str) -> float:
        return max(each[key] for each in batches)

    faults = sum(sum(each["faults"].values()) for each in batches)
    first = batches[0]
    cells = [
        f"`{first['reader']}`", first["n_real"], first["n_written"], total("n"), total("claimed"), total("read"),
        total("refused"), faults, total("crashed"), f"{most('slowest_s'):.1f}", f"{most('memory_mb'):.0f}",
    ]  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |"


def table(names: Iterable[str], files: dict[str, list[Path]], seed: int, results: Results) -> None:
    """Print the table; the faults themselves go to standard error."""
    print(
        "| reader | real files | written for tests | inputs | recognised | read | refused | faults | crashed | slowest, s |"
        " memory, MB |\n|---|---|---|---|---|---|---|---|---|---|---|"
    )
    for name in names:
        batches = results.of(name, seed, checksum(files.get(name, [])))
        if batches:
            print(line(batches))
        for batch in batches:
            for what, count in {**batch["faults"], **batch["crashes"]}.items():
                print(f"{name}: {count} × {what} (inputs {batch['first_inputs'][what]})", file=sys.stderr)
    without = [name for name in names if not files.get(name)]
    if without:
        print(f"\nWithout a file to start from: {', '.join(without)}.")


def main() -> None:
    """Run them one after the other, each in processes of its own."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--reader", nargs="+", metavar="NAME", help="these alone (default: all)")
    parser.add_argument("--inputs", type=int, default=1000, help="how many recognised ones (default: 1000)")
    parser.add_argument("--seed", type=int, default=1, help="other inputs for each (default: 1)")
    parser.add_argument("--results", type=Path, metavar="FILE", help="where the counts go, and are gone on from")
    parser.add_argument("--table", action="store_true", help="print the table of the results, run nothing")
    arguments = parser.parse_args()
    names = arguments.reader or [reader.name for reader in readers()]
    with tempfile.TemporaryDirectory(prefix="kiban-fuzz-") as folder:
        results = Results(arguments.results or Path(folder) / "results.jsonl")
        real = {name: spread(paths) for name, paths in files_by_reader(Path(folder)).items()}
        written = examples_by_reader(Path(folder))
        files = {name: [*real.get(name, []), *written.get(name, [])] for name in {*real, *written}}
        for name in names:
            if files.get(name) and not arguments.table:
                run(name, real.get(name, []), written.get(name, []), arguments.inputs, arguments.seed, results)
        table(names, files, arguments.seed, results)


if __name__ == "__main__":
    main()
