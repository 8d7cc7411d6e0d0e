"""The fence: what a file may do to the process that reads it, and what it may not do to ours."""

from __future__ import annotations

import io
import os
import signal
import tarfile
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path

import psutil
import pytest

from kiban.compute.fence import ArchiveFailure, Fence, FenceLimits
from kiban.compute.structured import Failure, ReadSummary, Structured

TABLE = b"Temperature (K),Resistance (ohm)\n" + b"".join(b"%d,%d.5\n" % (i, 2 * i) for i in range(50))


@pytest.fixture(name="fence")
def _fence() -> Iterator[Fence]:
    fence = Fence(n_workers=1)
    yield fence
    fence.close()


def _workers() -> set[int]:
    """Process ids of our children; tests of other modules may have some of their own, so compare."""
    return {child.pid for child in psutil.Process().children()}


def _file(folder: Path, content: bytes, name: str = "file") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_a_file_is_read_in_another_process(fence: Fence, tmp_path: Path) -> None:
    summary = fence.summarise(_file(tmp_path, TABLE), name="r.csv")
    assert isinstance(summary, ReadSummary)
    assert summary.reader == "delimited_text"
    [reading] = summary.readings
    assert [v["shape"] for v in reading["variables"]] == [[50], [50]]
    assert reading["variables"][1]["max"] == 98.5


def test_structuring_gives_the_normalised_file(fence: Fence, tmp_path: Path) -> None:
    answer = fence.structure(_file(tmp_path, TABLE), name="r.csv", checksum="0" * 64)
    assert not isinstance(answer, Failure)
    structured, normalised = answer
    assert isinstance(structured, Structured)
    assert structured.readings[0].measurement.file_name == "r.csv"
    assert normalised[0].startswith(b"\x89HDF")


def test_what_no_reader_knows_is_said_so(fence: Fence, tmp_path: Path) -> None:
    failure = fence.summarise(_file(tmp_path, b"\x00\x01\x02" * 50), name="x.bin")
    assert isinstance(failure, Failure)
    assert failure.error == "UnknownFormat"
    assert not failure.is_archive


def test_a_file_that_takes_too_long_is_given_up_and_the_next_one_read(tmp_path: Path) -> None:
    large = _file(tmp_path, TABLE + b"1,2\n" * 3_000_000)
    fence = Fence(n_workers=1, limits=FenceLimits(seconds=0.05))
    try:
        failure = fence.summarise(large, name="large.csv")
        assert isinstance(failure, Failure)
        assert failure.error == "LimitExceeded"
        assert "longer than" in failure.fault
    finally:
        fence.close()


def test_a_file_that_takes_too_much_memory_is_given_up(tmp_path: Path) -> None:
    large = _file(tmp_path, TABLE + b"1,2\n" * 30_000_000)
    fence = Fence(n_workers=1, limits=FenceLimits(memory_bytes=600 << 20))
    try:
        failure = fence.summarise(large, name="large.csv")
        assert isinstance(failure, Failure)
        assert failure.error == "LimitExceeded"
        assert isinstance(fence.summarise(_file(tmp_path, TABLE, "small"), name="s.csv"), ReadSummary)
    finally:
        fence.close()


def test_a_killed_worker_is_replaced(fence: Fence, tmp_path: Path) -> None:
    path, before = _file(tmp_path, TABLE), _workers()
    assert isinstance(fence.summarise(path, name="a.csv"), ReadSummary)
    [worker] = _workers() - before
    os.kill(worker, signal.SIGKILL)
    assert isinstance(fence.summarise(path, name="a.csv"), ReadSummary)


def test_closing_leaves_no_process_behind(tmp_path: Path) -> None:
    before = _workers()
    fence = Fence(n_workers=2)
    fence.summarise(_file(tmp_path, TABLE), name="a.csv")
    assert _workers() != before
    fence.close()
    assert _workers() == before


def test_a_worker_cannot_write_files(fence: Fence, tmp_path: Path) -> None:
    before = _workers()
    fence.summarise(_file(tmp_path, TABLE), name="a.csv")
    [number] = _workers() - before
    worker = psutil.Process(number)
    if not hasattr(worker, "rlimit"):
        pytest.skip("waits for a system that shows the limits of another process (Linux)")
    assert worker.rlimit(psutil.RLIMIT_FSIZE) == (0, 0)


def _zip(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def _tar(*members: tuple[str, bytes], packed: str = "") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=f"w:{packed}") as archive:  # type: ignore[call-overload]
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


@pytest.mark.parametrize(
    "archive",
    [
        _zip(("a.csv", TABLE), ("b/c.txt", b"x")),
        *(_tar(("a.csv", TABLE), ("b/c.txt", b"x"), packed=p) for p in ("", "gz", "bz2", "xz")),
    ],
)
def test_archives_are_known_and_unpacked(fence: Fence, tmp_path: Path, archive: bytes) -> None:
    path = _file(tmp_path, archive)
    failure = fence.summarise(path, name="archive")
    assert isinstance(failure, Failure)
    assert failure.is_archive
    assert list(fence.unpack(path, name="archive")) == [("a.csv", TABLE), ("b/c.txt", b"x")]
    # and the worker goes on
    assert isinstance(fence.summarise(_file(tmp_path, TABLE, "t"), name="t"), ReadSummary)


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a/../../b", "C:\\x", "..\\x"])
@pytest.mark.parametrize("pack", [_zip, _tar])
def test_a_member_that_leaves_the_archive_is_refused(fence: Fence, tmp_path: Path, name: str, pack: object) -> None:
    path = _file(tmp_path, pack((name, b"x")))  # type: ignore[operator]
    with pytest.raises(ArchiveFailure) as refused:
        list(fence.unpack(path, name="archive"))
    assert refused.value.failure.error == "HostileFile"


def test_a_bomb_is_refused_before_it_goes_off(fence: Fence, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("zeros.xrdml", "w") as member:
        for _ in range(1024):
            member.write(bytes(1 << 20))
    assert bomb.stat().st_size < 2 << 20
    began = time.monotonic()
    with pytest.raises(ArchiveFailure) as refused:
        list(fence.unpack(bomb, name="bomb.zip"))
    assert refused.value.failure.error == "HostileFile"
    assert time.monotonic() - began < 60


def test_an_archive_that_ends_too_early_is_damaged(fence: Fence, tmp_path: Path) -> None:
    content = _tar(*((f"{i}.csv", TABLE) for i in range(20)))
    with pytest.raises(ArchiveFailure) as refused:
        list(fence.unpack(_file(tmp_path, content[: len(content) // 2 + 100]), name="a.tar"))
    assert refused.value.failure.error == "DamagedFile"


def test_closing_does_not_wait_for_what_is_being_read(tmp_path: Path) -> None:
    fence = Fence(n_workers=1)
    before = _workers()
    assert isinstance(fence.summarise(_file(tmp_path, TABLE), name="t"), ReadSummary)
    [worker] = _workers() - before
    os.kill(worker, signal.SIGSTOP)  # a file that its reader does not come to an end with
    answers = [fence.submit_structure(_file(tmp_path, TABLE, f"{n}"), name="t", checksum="0" * 64) for n in range(2)]
    time.sleep(0.2)
    began = time.monotonic()
    fence.close()
    assert time.monotonic() - began < 5
    for answer in answers:
        # Not a Failure: that would be kept as a file that cannot be read.
        with pytest.raises(CancelledError):
            answer.result()
    assert not _workers() & {worker}
