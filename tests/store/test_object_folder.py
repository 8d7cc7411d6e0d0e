"""Objects in a folder: the contract, and what happens when writers are killed or the disk is full."""

from __future__ import annotations

import errno
import hashlib
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiban.errors import DiskFull, StorageError
from kiban.store.object_folder import ObjectFolder
from kiban.store.objects import ObjectStore
from kiban.testing.object_store_suite import ObjectStoreSuite

MB = 2**20


class TestObjectFolder(ObjectStoreSuite):
    def make_store(self, folder: Path) -> ObjectStore:
        return ObjectFolder(folder / "objects")


def test_an_object_is_a_read_only_file_named_by_its_checksum(tmp_path: Path) -> None:
    store = ObjectFolder(tmp_path / "objects")
    checksum = store.put([b"abc"]).checksum
    assert checksum == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    path = tmp_path / "objects" / "ba" / checksum
    assert store.path(checksum) == path
    assert path.read_bytes() == b"abc"
    assert path.stat().st_mode & 0o777 == 0o440
    assert (tmp_path / "objects").stat().st_mode & 0o777 == 0o700
    assert list((tmp_path / "objects" / "tmp").iterdir()) == []


def test_what_is_no_object_is_not_listed(tmp_path: Path) -> None:
    store = ObjectFolder(tmp_path)
    blob = store.put([b"abc"])
    (tmp_path / "ba" / "notes.txt").write_text("left by somebody")
    (tmp_path / "readme").write_text("left by somebody")
    assert list(store.checksums()) == [blob]


def test_a_known_object_is_not_written_again(tmp_path: Path) -> None:
    store = ObjectFolder(tmp_path)
    blobs = [store.put([b"abc"]), store.put([b"x" * 6 * MB, b"y"])]
    paths = [path for blob in blobs if (path := store.path(blob.checksum))]
    before = [(path.stat().st_ino, path.stat().st_mtime_ns) for path in paths]
    store.put([b"abc"])
    store.put([b"x" * 6 * MB, b"y"])
    assert [(path.stat().st_ino, path.stat().st_mtime_ns) for path in paths] == before
    assert len(paths) == 2


def test_many_contents_need_few_open_files(tmp_path: Path) -> None:
    store = ObjectFolder(tmp_path)
    n_open = len(list(Path("/dev/fd").iterdir()))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(int(path.name) for path in Path("/dev/fd").iterdir())
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 10, hard))
    try:
        assert len(store.put_many(b"%d" % number for number in range(500))) == 500
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert len(list(Path("/dev/fd").iterdir())) == n_open


WRITER = """
import sys, time
from pathlib import Path
from kiban.store.object_folder import ObjectFolder

def slowly():
    yield b"x" * 5 * 2**20
    yield b"y" * 5 * 2**20
    print("writing", flush=True)
    time.sleep(60)

ObjectFolder(Path(sys.argv[1])).put(slowly())
"""


def test_what_a_killed_writer_left_is_swept_and_not_before(tmp_path: Path) -> None:
    store = ObjectFolder(tmp_path)
    kept = store.put([b"kept"])
    with subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writing\n"
        assert store.sweep() == 0
        assert len(list((tmp_path / "tmp").iterdir())) == 2  # the file and its lock
        writer.kill()
    assert store.sweep() == 1
    assert list((tmp_path / "tmp").iterdir()) == []
    assert list(store.checksums()) == [kept]


BUSY_WRITER = """
import sys
from pathlib import Path
from kiban.store.object_folder import ObjectFolder

store = ObjectFolder(Path(sys.argv[1]))
print("ready", flush=True)
for number in range(1000):
    store.put_many([b"%d-%d" % (number, part) * 3000 for part in range(20)])
    print(number, flush=True)
"""


def test_a_writer_killed_at_any_moment_leaves_only_sound_objects(tmp_path: Path) -> None:
    chance = random.Random(5)
    for attempt in range(6):
        folder = tmp_path / str(attempt)
        with subprocess.Popen([sys.executable, "-c", BUSY_WRITER, str(folder)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(chance.uniform(0, 0.12))
            writer.send_signal(signal.SIGKILL)
            n_acknowledged = len(writer.stdout.read().split(b"\n")) - 1
        store = ObjectFolder(folder)
        store.sweep()
        assert list((folder / "tmp").iterdir()) == []
        sizes = [store.verify(blob.checksum) for blob in store.checksums()]
        assert len(sizes) >= 20 * n_acknowledged
        for number in range(n_acknowledged):
            assert store.has(hashlib.sha256(b"%d-19" % number * 3000).hexdigest())


def test_nothing_is_begun_that_would_eat_into_the_reserve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = ObjectFolder(tmp_path)
    real = os.statvfs(tmp_path)
    fields = list(real)
    fields[4] = 70 * MB // real.f_frsize  # f_bavail
    monkeypatch.setattr(os, "statvfs", lambda path: os.statvfs_result(fields))
    store.put([b"x" * 3 * MB])
    for put in (lambda: store.put([b"y" * 7 * MB]), lambda: store.put_many([b"y" * 4 * MB, b"z" * 4 * MB])):
        with pytest.raises(DiskFull, match=r"70\.0 MB free; [78]\.0 MB are to be written and 64\.0 MB stay reserved"):
            put()
    store.put([b"x" * 3 * MB])  # known: nothing to write
    assert len(list(store.checksums())) == 1
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 16 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() != 0 or sys.platform != "linux":
        pytest.skip("waits for the right to mount a small disk")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", disk], check=False).returncode != 0:
        pytest.skip("waits for the right to mount a small disk")
    yield disk
    subprocess.run(["umount", "--lazy", disk], check=True)


def test_a_disk_that_becomes_full_while_writing_keeps_what_it_has(small_disk: Path) -> None:
    store = ObjectFolder(small_disk / "objects", reserve=0)
    kept = store.put([b"kept" * MB])
    n_chunks = 0

    def endless() -> Iterator[bytes]:
        nonlocal n_chunks
        while True:
            n_chunks += 1
            yield os.urandom(MB)

    with pytest.raises(DiskFull, match="No space left on device"):
        store.put(endless())
    assert 10 <= n_chunks <= 14
    with pytest.raises(DiskFull, match=r"12\.\d MB free; 14\.0 MB are to be written"):
        store.put_many([os.urandom(7 * MB), os.urandom(7 * MB)])
    assert list((small_disk / "objects" / "tmp").iterdir()) == []
    assert list(store.checksums()) == [kept]
    assert store.verify(kept.checksum) == 4 * MB
    assert store.put([b"small"]).size == 5


def test_a_disk_filled_by_others_between_the_check_and_the_writing(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ObjectFolder(small_disk / "objects", reserve=0)
    contents = [os.urandom(MB) for _ in range(8)]
    (small_disk / "others").write_bytes(b"\0" * 11 * MB)
    full = os.statvfs_result([4096, 4096, 10**6, 10**6, 10**6, 10**6, 10**6, 10**6, 0, 255])
    monkeypatch.setattr(os, "statvfs", lambda path: full)
    with pytest.raises(DiskFull, match="No space left on device"):
        store.put_many(contents)
    assert list((small_disk / "objects" / "tmp").iterdir()) == []
    assert list(store.checksums()) == []
    (small_disk / "others").unlink()
    assert len(store.put_many(contents)) == 8


LIMITED_WRITER = """
import resource, sys
from pathlib import Path
from kiban.errors import DiskFull
from kiban.store.object_folder import ObjectFolder

store = ObjectFolder(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (6 * 2**20, 6 * 2**20))
try:
    store.put(b"x" * 2**20 for _ in range(9))
except DiskFull as error:
    print(error.fault, len(list((Path(sys.argv[1]) / "tmp").iterdir())))
"""


def test_a_limit_on_the_size_of_files_is_a_full_disk(tmp_path: Path) -> None:
    said = subprocess.run([sys.executable, "-c", LIMITED_WRITER, str(tmp_path)], capture_output=True, text=True)
    assert said.stdout.endswith("File too large. 0\n"), said.stderr


def test_another_failure_of_the_disk_is_told_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = ObjectFolder(tmp_path)

    def broken(descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(StorageError, match="Input/output error"):
        store.put([b"abc"])
    assert list(store.checksums()) == []


LONG_WRITER = """
import resource, sys
from pathlib import Path
from kiban.store.object_folder import ObjectFolder

store = ObjectFolder(Path(sys.argv[1]))
store.put([b"a" * 5 * 2**20, b"b"])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
blob = store.put(bytes(2**20) for _ in range(200))
print(blob.size // 2**20, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_memory_stays_flat_however_long_the_content(tmp_path: Path) -> None:
    said = subprocess.run([sys.executable, "-c", LONG_WRITER, str(tmp_path)], capture_output=True, text=True)
    size_mb, growth = map(int, said.stdout.split())
    assert size_mb == 200
    assert growth < 8 * (1 if sys.platform == "darwin" else 1 / 1024) * MB
