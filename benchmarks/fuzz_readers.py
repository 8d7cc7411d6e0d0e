"""Give every reader damaged copies of its real files, and count what it makes of them.

    python benchmarks/fuzz_readers.py [--n 1000] [READER ...]

Prints a Markdown table for docs/explanation/damaged-files.md; there n is 100000 for each reader. The real files lie in
../shared/data (or KIBAN_TEST_DATA); readers without one are named.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from kiban.errors import KibanError
from kiban.readers.recognise import choose, readers
from kiban.readers.source import Source

DATA = Path(os.environ.get("KIBAN_TEST_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
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
        run(files_by_reader(Path(name)), arguments.names, arguments.n)


def run(found: dict[str, list[Path]], wanted: list[str], n: int) -> None:
    """Print the table."""
    names = wanted or [reader.name for reader in readers()]
    print("| reader | real files | inputs | read | refused | faults | slowest, s |")
    print("|---|---|---|---|---|---|---|")
    without = []
    for name in names:
        if not found.get(name):
            without.append(name)
            continue
        print(row(name, spread(found[name]), n), flush=True)
    if without:
        print(f"\nWithout a real file of at most {LARGEST} bytes: {', '.join(without)}.")


def row(name: str, paths: list[Path], n: int) -> str:
    """One reader's row; the faults themselves go to standard error."""
    import json

    command = [sys.executable, "-m", "kiban.testing.fuzz", name, "--n", str(n), "--json", *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.stdout:
        sys.stderr.write(done.stderr)
        return f"| `{name}` | {len(paths)} | | | | ended with {done.returncode} | |"
    report = json.loads(done.stdout)
    for what, count in report["faults"].items():
        sys.stderr.write(f"{name}: {count} × {what} (inputs {report['first_inputs'][what]})\n")
    faults = sum(report["faults"].values())
    return (
        f"| `{name}` | {len(paths)} | {report['n']} | {report['read']} | {report['refused']} | {faults} | "
        f"{report['slowest_s']:.1f} |"
    )


if __name__ == "__main__":
    main()
