"""Give every reader damaged copies of real files and of those that its tests write, and count what it makes of them.

    python benchmarks/fuzz_readers.py [--n 1000] [READER ...]

Prints a Markdown table for docs/explanation/damaged-files.md; there n is 100000 for each reader. The real files lie in
../shared/data (or KIBAN_TEST_DATA), the others are the examples of tests/readers: one for each variant of a format.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from kiban.errors import KibanError
from kiban.readers.recognise import choose, readers
from kiban.readers.source import Source
from kiban.testing.reader_suite import ReaderSuite

DATA = Path(os.environ.get("KIBAN_TEST_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
TESTS = Path(__file__).resolve().parents[1] / "tests" / "readers"
LARGEST = 200_000
"""Larger files would make the run long and find nothing that smaller ones do not."""
FIRST_LINES = 200
MOST_FILES = 12


def files_by_reader(folder: Path) -> dict[str, list[Path]]:
    """The smaller real files that each reader claims; of packed ones what is inside is tried by its own reader.

    Of a larger text the first lines, written to the folder, where a reader reads them as they are.
    """
    found: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(DATA.rglob("*"), key=lambda p: (p.stat().st_size, p.name)):
        if not path.is_file() or path.name == "README.md":
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


def main() -> None:
    """Run them one after the other, each in a process of its own."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("names", nargs="*", metavar="READER")
    parser.add_argument("--n", type=int, default=1000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kiban-fuzz-") as name:
        folder = Path(name)
        run(files_by_reader(folder), examples_by_reader(folder), arguments.names, arguments.n)


def run(found: dict[str, list[Path]], written: dict[str, list[Path]], wanted: list[str], n: int) -> None:
    """Print the table."""
    names = wanted or [reader.name for reader in readers()]
    print("| reader | real files | written for tests | inputs | read | refused | faults | slowest, s |")
    print("|---|---|---|---|---|---|---|---|")
    without = []
    for name in names:
        if not found.get(name) and not written.get(name):
            without.append(name)
            continue
        print(row(name, spread(found.get(name, [])), written.get(name, []), n), flush=True)
    if without:
        print(f"\nWithout a file to start from: {', '.join(without)}.")


def row(name: str, paths: list[Path], written: list[Path], n: int) -> str:
    """One reader's row; the faults themselves go to standard error."""
    import json

    command = [sys.executable, "-m", "kiban.testing.fuzz", name, "--n", str(n), "--json", *map(str, [*paths, *written])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.stdout:
        sys.stderr.write(done.stderr)
        return f"| `{name}` | {len(paths)} | {len(written)} | | | | ended with {done.returncode} | |"
    report = json.loads(done.stdout)
    for what, count in report["faults"].items():
        sys.stderr.write(f"{name}: {count} × {what} (inputs {report['first_inputs'][what]})\n")
    faults = sum(report["faults"].values())
    return (
        f"| `{name}` | {len(paths)} | {len(written)} | {report['n']} | {report['read']} | {report['refused']} | {faults} | "
        f"{report['slowest_s']:.1f} |"
    )


if __name__ == "__main__":
    main()
