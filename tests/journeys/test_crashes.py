"""Nothing is lost, nothing is doubled, whatever is killed and whenever."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from .conftest import Kiban

N_FILES = 200
N_KILLS = int(os.environ.get("KIBAN_TEST_KILLS", "6"))
"""`make crash-test` does 50; the ordinary run fewer, to be over in a minute."""


def _everything_once(kiban: Kiban, folder: Path) -> None:
    lines = kiban.lines("deposit", folder)
    n_files = sum(path.is_file() for path in folder.rglob("*"))
    assert len(lines) == n_files
    assert {line["status"] for line in lines} == {"structured"}
    pids = [line["measurement"] for line in lines]
    assert len(set(pids)) == n_files
    hits = kiban.lines("find", 'kind = "measurement"', "--limit", "10000")
    assert sorted(hit["id"] for hit in hits) == sorted(pids)
    [report] = kiban.lines("verify")
    assert report["sound"], report["findings"]


def _victim(process: subprocess.Popen[str], kiban: Kiban, what: str) -> psutil.Process | None:
    """The process to kill: the command itself, one of its workers, or the database."""
    try:
        if what == "command":
            return psutil.Process(process.pid)
        if what == "database":
            pid = int((kiban.home / "postgres" / "postmaster.pid").read_text().split()[0])
            return psutil.Process(pid)
        workers = [
            child
            for child in psutil.Process(process.pid).children()
            if "kiban.compute.fenced_worker" in child.cmdline()
        ]
        return random.choice(workers) if workers else None
    except (psutil.Error, FileNotFoundError, ValueError, IndexError):
        return None


@pytest.mark.slow
def test_killed_at_random_moments(kiban: Kiban, many_files: Callable[[int], Path]) -> None:
    folder = many_files(N_FILES)
    chance = random.Random(7)
    n_killed = 0
    # On a busy machine there is at times nobody to kill yet, or no more.
    for attempt in range(3 * N_KILLS):
        if n_killed == N_KILLS:
            break
        what = ("command", "worker", "database")[attempt % 3]
        process = kiban.start("deposit", folder, "--json")
        time.sleep(chance.uniform(0.2, 4.0 if attempt == 0 else 2.0))
        victim = _victim(process, kiban, what)
        if victim is not None:
            try:
                victim.send_signal(signal.SIGKILL)
                n_killed += 1
            except psutil.NoSuchProcess:
                pass
        _, stderr = process.communicate(timeout=120)
        assert "Traceback" not in stderr, stderr
    assert n_killed >= N_KILLS // 2
    _everything_once(kiban, folder)


def test_two_deposits_of_one_folder_at_once(kiban: Kiban, many_files: Callable[[int], Path]) -> None:
    folder = many_files(40)
    both = [kiban.start("deposit", folder, "--json") for _ in range(2)]
    for process in both:
        _, stderr = process.communicate(timeout=120)
        assert process.returncode == 0, stderr
    _everything_once(kiban, folder)


def test_a_full_disk_is_told_and_loses_nothing(kiban: Kiban, many_files: Callable[[int], Path], tmp_path: Path) -> None:
    mount = tmp_path / "small"
    mount.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=200m", "tmpfs", str(mount)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("waits for a system that lets the test mount a small disk")
    small = Kiban(mount / "home")
    try:
        folder = many_files(40)
        first = small.lines("deposit", folder)
        assert {line["status"] for line in first} == {"structured"}
        large = tmp_path / "large"
        large.mkdir()
        for i in range(6):
            (large / f"noise-{i}.bin").write_bytes(os.urandom(40 << 20))
        done = small.run("deposit", large, "--json")
        assert done.returncode == 1
        assert "DiskFull" in done.stdout
        assert "Traceback" not in done.stderr
        _everything_once(small, folder)
    finally:
        subprocess.run(["umount", "-l", str(mount)], check=False)
