"""How long a deposit takes beside the bare work: reading the bytes, SHA-256 and the reader alone, in the same run.

    .venv/bin/python benchmarks/deposit.py [N ...] [--without INDEX ...]        (default: 1000 and 10000 files)

The files are simulated ones (kiban.demo) made different from one another, so that none is kept twice; where the real
files of shared/data are there, they are mixed in. CPU is that of this process, its workers and the embedded database
together. Prints a table in Markdown.

`--without` has the files deposited in turns of a tenth, with indexes of the database and without those named: what they
cost. Without them every other deposit goes on as it is.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg

from kiban.demo.study import make_study
from kiban.operations.deposit import deposit
from kiban.platform import local_asker, open_platform
from kiban.readers.recognise import read
from kiban.readers.source import Source
from kiban.settings import Settings
from kiban.store.embedded_postgres import EmbeddedPostgres
from kiban.store.postgres_settings import OWNER

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
SMALL_BYTES = 60_000
REAL = ("xrd/*.xrdml", "xrd/*.rasx", "ftir/*.jdx", "echem/*.mp[rt]", "structure/*.cif", "xrd/*.xy")


def originals(folder: Path) -> list[tuple[str, bytes]]:
    """Small files that a reader understands, with their names."""
    made = make_study(folder)
    real = [path for pattern in REAL for path in sorted(SHARED.glob(pattern))]
    found = []
    for path in sorted([*made, *real]):
        content = path.read_bytes()
        if 0 < len(content) <= SMALL_BYTES:
            with contextlib.suppress(Exception):
                read(Source(content, name=path.name))
                found.append((path.name, content))
    return found


def variant(content: bytes, number: int) -> bytes:
    """The same file with other bytes: a number in place of some letters of its free text, else at its end."""
    mark = f"{number:08d}".encode()
    for place in (b"imulated", b"comment", b"operator", b"Comments"):
        at = content.find(place)
        if at >= 0 and b"<?xml" not in content[:100] and not content.startswith(b"PK"):
            return content[: at + len(place)] + b" " + mark + content[at + len(place) :]
    if content.startswith(b"PK"):
        # the comment at the end of a zip archive's directory: its length stands two bytes before the end
        return content[:-2] + len(mark).to_bytes(2, "little") + mark
    if content.lstrip(b"\xef\xbb\xbf").startswith(b"<?xml"):
        return content + b"<!-- " + mark + b" -->"
    return content


def make_files(folder: Path, n_files: int, *, first: int = 0) -> list[Path]:
    """Write the files of one run, numbered from `first`; every one is readable and no two are alike."""
    chance = random.Random(20261122)
    with tempfile.TemporaryDirectory() as scratch:
        sources = originals(Path(scratch))
    sources = [(name, content) for name, content in sources if _stays_readable(name, content)]
    folder.mkdir()
    paths = []
    for i in range(first, first + n_files):
        name, content = chance.choice(sources)
        path = folder / f"{i // 500:03d}" / f"{i:06d}_{name}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(variant(content, i))
        paths.append(path)
    return paths


def _stays_readable(name: str, content: bytes) -> bool:
    changed = variant(content, 1)
    if changed == content:
        return False
    try:
        read(Source(changed, name=name))
    except Exception:  # noqa: BLE001  then it is left out
        return False
    return True


@contextlib.contextmanager
def clock(home: Path | None = None) -> Iterator[dict[str, float]]:
    """Wall and CPU seconds of the block: this process, its children, and the database of the home."""
    spent: dict[str, float] = {}
    wall, cpu, server = time.perf_counter(), _own_cpu(), _server_cpu(home)
    yield spent
    spent["wall"] = time.perf_counter() - wall
    spent["cpu"] = _own_cpu() - cpu + _server_cpu(home) - server


def _own_cpu() -> float:
    total = 0.0
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        usage = resource.getrusage(who)
        total += usage.ru_utime + usage.ru_stime
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if "postgres" not in child.name():
                times = child.cpu_times()
                total += times.user + times.system
    return total


def _server_cpu(home: Path | None) -> float:
    """CPU of the home's PostgreSQL, ended backends included: a parent's children times hold those of the dead."""
    pid_file = home / "postgres" / "postmaster.pid" if home is not None else None
    if pid_file is None or not pid_file.exists():
        return 0.0
    postmaster = psutil.Process(int(pid_file.read_text().split()[0]))
    total = 0.0
    for process in (postmaster, *postmaster.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


def bare(paths: list[Path]) -> dict[str, float]:
    """Read each file, hash it, and let its reader read it: the least that any deposit must do."""
    read(Source(paths[0]))
    with clock() as spent:
        for path in paths:
            content = path.read_bytes()
            hashlib.sha256(content).hexdigest()
            read(Source(content, name=path.name))
    return spent


def whole(paths: list[Path], folder: Path, home: Path) -> tuple[dict[str, float], dict[str, float]]:
    """Deposit the folder into a warm platform: first time, and again when all is there."""
    with open_platform(Settings(home=home)) as resources:
        asker = local_asker(resources)
        warm = home.parent / "warm"
        make_files(warm, 50, first=90_000_000)  # starts both workers; none of them is kept twice
        list(deposit(asker, resources, [warm]))
        with clock(home) as first:
            outcomes = list(deposit(asker, resources, [folder]))
        assert len(outcomes) == len(paths), (len(outcomes), len(paths))
        unread = [outcome for outcome in outcomes if outcome.status != "structured"]
        assert not unread, unread[:3]
        with clock(home) as second:
            assert all(outcome.already_there for outcome in deposit(asker, resources, [folder]))
    return first, second


N_TURNS = 10


def in_turns(n_files: int, place: Path, indexes: list[str]) -> dict[bool, list[float]]:
    """CPU seconds of the database for each turn of a deposit: with the indexes, and without."""
    home, n_each = place / "home", n_files // N_TURNS
    taken: dict[bool, list[float]] = {True: [], False: []}
    with (
        open_platform(Settings(home=home)) as resources,
        psycopg.connect(EmbeddedPostgres(home).conninfo(OWNER), autocommit=True) as owner,
    ):
        asker = local_asker(resources)
        make_files(place / "warm", 50, first=90_000_000)
        list(deposit(asker, resources, [place / "warm"]))
        found = owner.execute("SELECT indexdef FROM pg_indexes WHERE indexname = ANY(%s)", [indexes]).fetchall()
        assert len(found) == len(indexes), "an index is not there"
        for turn in range(N_TURNS):
            is_with = turn % 2 == 0
            for name, (definition,) in zip(indexes, found, strict=True):
                owner.execute(f"DROP INDEX IF EXISTS {name}".encode())
                if is_with:
                    owner.execute(definition.encode())
            folder = place / str(turn)
            make_files(folder, n_each, first=turn * n_each)
            before = _server_cpu(home)
            assert len(list(deposit(asker, resources, [folder]))) == n_each
            taken[is_with].append(_server_cpu(home) - before)
    return taken


def compare(n_files: int, indexes: list[str]) -> None:
    """Print what the indexes cost."""
    with tempfile.TemporaryDirectory(prefix="kiban-bench-") as name:
        taken = in_turns(n_files, Path(name), indexes)
    per_file = 1000.0 * N_TURNS / n_files
    for is_with, seconds in taken.items():
        low, high = min(seconds), max(seconds)
        print(
            f"| {n_files} | {'with' if is_with else 'without'} {', '.join(indexes)} "
            f"| {statistics.median(seconds) * per_file:.2f} | {low * per_file:.2f} to {high * per_file:.2f} |"
        )


def main() -> None:
    """Run it."""
    words = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    words.add_argument("sizes", nargs="*", type=int)
    words.add_argument("--without", nargs="+", metavar="INDEX", help="indexes of the database, to be left out in turns")
    given = words.parse_args()
    sizes = given.sizes or [1000, 10000]
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start\n")
    if given.without:
        print("| files | indexes | CPU of the database, ms/file, median of turns | least to most |\n|---|---|---|---|")
        for n_files in sizes:
            compare(n_files, given.without)
        return
    print("| files | bare CPU ms/file | deposit CPU ms/file | ratio | deposit files/s | again CPU ms/file |")
    print("|---|---|---|---|---|---|")
    for n_files in sizes:
        with tempfile.TemporaryDirectory(prefix="kiban-bench-") as name:
            folder = Path(name) / "files"
            paths = make_files(folder, n_files)
            least = bare(paths)
            first, again = whole(paths, folder, Path(name) / "home")
            per_file = 1000.0 / n_files
            print(
                f"| {n_files} | {least['cpu'] * per_file:.2f} | {first['cpu'] * per_file:.2f} "
                f"| {first['cpu'] / least['cpu']:.2f} | {n_files / first['wall']:.0f} | {again['cpu'] * per_file:.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
