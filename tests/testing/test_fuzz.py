"""The fuzz runner finds what it is there to find, and the same inputs come again."""

from __future__ import annotations

import ctypes
import gzip
import io
import json
import random
import signal
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import DamagedFile, KibanError
from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role, Variable
from kiban.testing import fuzz, fuzz_apart
from kiban.testing.fuzz_judge import damaged
from kiban.testing.mutations import mutated

SOUND = b"SIMPLE\n" + b"\n".join(b"%d" % n for n in range(40))


class Simple:
    """Reads whole numbers, one to a line; what is wrong with it differs from test to test."""

    name = "simple"
    version = 1
    title = "Simple"
    makers = ()
    techniques = ("table",)
    suffixes = ()

    def recognise(self, source: Source) -> Recognition | None:
        return Recognition(Confidence.CERTAIN, "its mark") if source.head.startswith(b"SIMPLE\n") else None

    def read(self, source: Source) -> list[Reading]:
        try:
            values = np.array([int(line) for line in source.read().split(b"\n")[1:]], dtype=np.int64)
        except (ValueError, OverflowError) as e:
            raise DamagedFile("It holds something else than whole numbers.", mend="Export it again.") from e
        return [self.made_of(values)]

    def made_of(self, values: np.ndarray) -> Reading:
        one = Variable(name="x", series=Series(values), dimensions=("x",), role=Role.AXIS)
        return Reading(technique="table", title="x", variables=(one,))


class Trusting(Simple):
    def read(self, source: Source) -> list[Reading]:
        return [self.made_of(np.array([int(line) for line in source.read().split(b"\n")[1:]]))]


class Slow(Simple):
    def read(self, source: Source) -> list[Reading]:
        if len(source.read()) < len(SOUND):
            try:
                time.sleep(5)
            except Exception:  # noqa: BLE001  what the time limit must get past
                return []
        return super().read(source)


class Unsound(Simple):
    def made_of(self, values: np.ndarray) -> Reading:
        reading = super().made_of(np.where(values > 100, np.nan, values))
        if len(values) < 30:
            raise KibanError("", mend="")
        return reading


def _fuzz(reader: Simple, n: int = 300, **options: object) -> fuzz.Report:
    return fuzz.fuzz(reader, [SOUND], inputs=range(n), **options)  # type: ignore[arg-type]


def test_a_sound_reader_has_no_fault_and_every_input_is_counted() -> None:
    report = _fuzz(Simple())
    assert report.n == 300 == report.read + report.refused
    assert report.n_faults == 0
    assert report.read > 20
    assert report.refusals.keys() == {"DamagedFile", "NothingMeasured"}
    assert sum(report.refusals.values()) == report.refused
    assert 200 < report.claimed < 300


def test_a_foreign_exception_is_a_fault_with_its_place_and_first_inputs() -> None:
    report = _fuzz(Trusting())
    assert report.n == report.read + report.refused + report.n_faults
    [what] = [what for what in report.faults if "ValueError" in what and "invalid literal" in what][:1]
    assert what.startswith("read: ValueError in test_fuzz.py, line ")
    again = fuzz.fuzz(Trusting(), [SOUND], inputs=report.first_inputs[what])
    assert again.faults[what] == len(report.first_inputs[what])


def test_too_slow_is_a_fault_that_no_except_hides() -> None:
    report = fuzz.fuzz(Slow(), [SOUND], inputs=range(20), seconds=0.02)
    assert any("TooSlow" in what for what in report.faults)
    assert report.slowest_s < 2


def test_unsound_readings_and_refusals_without_a_word_are_faults() -> None:
    report = _fuzz(Unsound())
    assert any("the axis x has gaps" in what for what in report.faults)
    assert any("KibanError" in what for what in report.faults)


def test_the_command_counts_writes_faulty_inputs_down_and_says_it_by_its_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "a.csv"
    table.write_bytes(b"Temperature (K),Resistance (ohm)\n" + b"".join(b"%d,%d\n" % (n, 2 * n) for n in range(20)))
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    assert fuzz.main(["delimited_text", "--n", "50", "--json", str(table), str(empty)]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["n"] == 50
    assert "empty.csv: 0 bytes, left out" in printed.err

    sound = tmp_path / "sound.txt"
    sound.write_bytes(SOUND)
    monkeypatch.setattr(fuzz, "_reader", lambda name: Trusting())
    keep = tmp_path / "keep"
    assert fuzz.main(["trusting", "--n", "100", "--keep", str(keep), str(sound)]) == 1
    assert "ValueError" in capsys.readouterr().out
    [first, *_] = sorted(keep.iterdir())
    with pytest.raises(ValueError, match=r"invalid literal|int"):
        Trusting().read(Source(first.read_bytes(), name=""))


def test_a_reader_can_be_named_by_its_module() -> None:
    assert fuzz._reader("kiban.readers.rigaku_ras:READER").name == "rigaku_ras"
    assert fuzz._reader("rigaku_ras").name == "rigaku_ras"
    with pytest.raises(SystemExit, match="no reader"):
        fuzz._reader("no_such_reader")
    with pytest.raises(SystemExit, match="is no reader: it has no name"):
        fuzz._reader("kiban.readers.rigaku_ras:_START")


class Crashing(Simple):
    def read(self, source: Source) -> list[Reading]:
        if len(source.read()) < len(SOUND):
            ctypes.string_at(0)
        return super().read(source)


class Hanging(Simple):
    def read(self, source: Source) -> list[Reading]:
        if len(source.read()) < len(SOUND):
            # As in a library in C: no exception comes in.
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
            time.sleep(60)
        return super().read(source)


def test_what_ends_the_process_is_counted_and_the_others_go_on() -> None:
    report = _fuzz(Crashing(), is_apart=True)
    assert report.n == 300 == report.read + report.refused + report.crashed
    assert report.crashed > 50
    [what] = report.crashes
    assert what.startswith("read: SIGSEGV in fuzz_judge.py, line ")
    assert report.n_faults == 0
    first = report.first_inputs[what][0]
    assert len(damaged([SOUND], seed=1, number=first)) < len(SOUND)
    here = _fuzz(Simple())
    assert (report.n, report.claimed) == (here.n, here.claimed)


def test_what_never_comes_back_is_ended_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz_apart, "_GRACE_S", 0.1)
    report = _fuzz(Hanging(), n=8, is_apart=True, seconds=0.05)
    assert report.crashed > 0
    assert list(report.crashes) == ["read: no answer within 0.2 s"]
    assert report.n == 8


def test_in_a_process_of_its_own_the_same_comes_out() -> None:
    one, other = _fuzz(Trusting()), _fuzz(Trusting(), is_apart=True)
    assert one.faults == other.faults
    assert one.first_inputs == other.first_inputs
    assert (one.read, one.refused, one.claimed) == (other.read, other.refused, other.claimed)
    assert other.memory_mb > 10


def test_it_can_begin_later(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "a.csv"
    table.write_bytes(b"Temperature (K),Resistance (ohm)\n" + b"".join(b"%d,%d\n" % (n, 2 * n) for n in range(20)))
    reports = []
    for first, n in ((0, 60), (0, 20), (20, 40)):
        fuzz.main(["delimited_text", "--first", str(first), "--n", str(n), "--json", str(table)])
        reports.append(json.loads(capsys.readouterr().out))
    whole, *parts = reports
    for key in ("n", "claimed", "read", "refused"):
        assert whole[key] == sum(part[key] for part in parts)


@given(content=st.binary(min_size=1, max_size=300), seed=st.integers())
def test_any_file_can_be_damaged_and_the_same_way_again(content: bytes, seed: int) -> None:
    one, other = (mutated(random.Random(seed), [content, SOUND]) for _ in range(2))
    assert one == other


def test_archives_are_damaged_inside_and_stay_archives() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", SOUND)
        archive.writestr("b.txt", SOUND)
    chance = random.Random(1)
    changed = 0
    for _ in range(100):
        try:
            with zipfile.ZipFile(io.BytesIO(mutated(chance, [out.getvalue()]))) as archive:
                changed += any(archive.read(name) != SOUND for name in archive.namelist())
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError):
            continue
    assert changed > 40
    packed = gzip.compress(SOUND)
    whole = 0
    for _ in range(100):
        try:
            whole += gzip.decompress(mutated(chance, [packed])) != SOUND
        except (OSError, EOFError, ValueError, gzip.zlib.error):  # type: ignore[attr-defined]
            continue
    assert whole > 40
