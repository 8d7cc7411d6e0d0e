"""SAC files of Quadstar: one real file, the variants in small."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from kiban.errors import DamagedFile, UnknownFormat, UnsupportedVariant
from kiban.readers.contract import Confidence
from kiban.readers.quadstar_sac import READER
from kiban.readers.recognise import choose, read
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

TIME, NUMBER, SCAN = 0x0F, 0x10, 0x11
WIDTH, PER_MASS = 2, 4
POINTS = WIDTH * PER_MASS
VALUES = [[float(10 * cycle + point) for point in range(POINTS)] for cycle in range(3)]


def _info(*, width: int = WIDTH, first: float = 16.0, unit: bytes = b"cps", comment: bytes = b"air") -> bytes:
    texts = struct.pack("<H13s13sx13s13s59s8x", 0x0106, b"Ion Counter", unit, b"Mass", b"amu", comment)
    return texts + struct.pack("<fHBff", first, width, PER_MASS, 16.0, 21.0)


def _file(
    values: Sequence[Sequence[float]] = VALUES,
    *,
    kinds: Sequence[int] = (TIME, SCAN, NUMBER),
    info: bytes = b"",
    n_stated: int = POINTS,
    date: Sequence[int] = (36, 46, 14, 14, 3, 94),
    software: bytes = b"421\0",
    times: Sequence[int] = (0, 60, 122),
) -> bytes:
    """Put times, scans and numbers in cycles one after another."""
    info = info or _info()
    number_info = b"\x06" + struct.pack("<13s13s", b"Energy", b"eV")
    lengths = {TIME: 6, SCAN: 6 + 4 * POINTS, NUMBER: 4, 0x12: 4}
    infos_at = 200 + 9 * len(kinds)
    data_at = infos_at + len(info) + len(number_info)
    table, at = b"", data_at
    for kind in kinds:
        table += struct.pack("<Bii", kind, infos_at if kind != NUMBER else infos_at + len(info), at)
        at += lengths[kind]
    header = struct.pack("<h4s8B86sihi", 710, software, 2, 20, *date, b"G. R.", len(values), len(kinds), at - data_at)
    cycles = b""
    for cycle, row in enumerate(values):
        for kind in kinds:
            match kind:
                case 0x0F:
                    cycles += struct.pack("<IH", times[cycle], 600)
                case 0x11:
                    cycles += struct.pack(f"<ih{POINTS}f", n_stated, 5, *row)
                case _:
                    cycles += struct.pack("<f", 6.0 + cycle)
    return header.ljust(200, b"\0") + table + info + number_info + cycles


def _read(content: bytes) -> list[Reading]:
    return READER.read(Source(content, name="a.sac"))


class TestQuadstarSac(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "spectra with a number for each cycle": _file(),
        "spectra only": _file(kinds=(TIME, SCAN), software=b"422\0", date=(0, 0, 0, 1, 1, 107)),
        "two traces of spectra": _file(kinds=(TIME, SCAN, SCAN)),
    }


def test_spectra_over_time() -> None:
    (reading,) = _read(_file())
    assert reading.technique == "mass_spectrometry"
    assert reading["time"].values == pytest.approx([0.06, 60.06, 122.06])
    assert reading["mass_to_charge"].values.tolist() == [16, 16.25, 16.5, 16.75, 17, 17.25, 17.5, 17.75]
    assert [variable.role for variable in reading.variables[:2]] == [Role.AXIS, Role.AXIS]
    intensity = reading.variables[2]
    assert intensity.dimensions == ("time", "mass_to_charge")
    assert intensity.series.values.tolist() == VALUES
    assert (intensity.series.unit, reading["mass_to_charge"].unit) == ("count/s", "dalton")
    assert (reading["energy"].values.tolist(), reading["energy"].unit) == ([6, 7, 8], "eV")
    assert reading.title == "air"
    assert reading.operator == "G. R."
    assert reading.started_at == datetime(1994, 3, 14, 14, 46, 36)
    assert reading.metadata["software"] == "Quadstar 421 2.20"
    assert reading.header["ranges"] == [5, 5, 5]
    assert reading.doubts == ()


def test_several_traces_and_years() -> None:
    assert len(_read(_file(kinds=(TIME, SCAN, SCAN)))) == 2
    (reading,) = _read(_file(date=(0, 0, 0, 1, 1, 107)))
    assert reading.started_at == datetime(2007, 1, 1)
    (reading,) = _read(_file(date=(0, 0, 0, 1, 1, 7)))
    assert reading.started_at == datetime(2007, 1, 1)
    (reading,) = _read(_file(date=(0, 0, 0, 31, 2, 7)))
    assert reading.started_at is None


def test_doubts() -> None:
    beyond = [[3.4028e38, *VALUES[0][1:]], *VALUES[1:]]
    (reading,) = _read(_file(beyond))
    assert np.isnan(reading["intensity"].values[0, 0])
    assert "At 1 points" in reading.doubts[0]
    assert "state 7 points" in _read(_file(n_stated=7))[0].doubts[0]
    assert "another kind were left out: 1" in _read(_file(kinds=(TIME, SCAN, 0x12)))[0].doubts[0]
    assert "do not always rise" in _read(_file(times=(0, 60, 60)))[0].doubts[0]
    longer = _file() + b"more"
    assert "follow 4 bytes" in _read(longer)[0].doubts[0]
    claim = READER.recognise(Source(longer, name="a"))
    assert claim is not None
    assert claim.confidence is Confidence.LIKELY


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(DamagedFile, match="3 cycles end at byte"):
        _read(_file()[:-1])
    with pytest.raises(DamagedFile, match="12 points do not fit in the 38 bytes"):
        _read(_file(info=_info(width=3)))
    with pytest.raises(DamagedFile, match="is none"):
        _read(_file(info=_info(first=float("nan"))))
    with pytest.raises(DamagedFile, match="is no number"):
        _read(_file([[float("nan")] * POINTS]))
    with pytest.raises(DamagedFile, match="header of a SAC file"):
        _read(_file()[:100])
    with pytest.raises(UnsupportedVariant, match="no trace of spectra"):
        _read(_file(kinds=(TIME, NUMBER)))


@pytest.mark.parametrize("change", [{"software": b"521\0"}, {"date": (0, 99, 0, 1, 1, 94)}, {"kinds": (TIME, NUMBER)}])
def test_other_files_are_not_claimed(change: dict[str, object]) -> None:
    with pytest.raises(UnknownFormat):
        choose(Source(_file(**change), name="a.sac"))  # type: ignore[arg-type]


def test_the_real_file(shared: Callable[[str], Path]) -> None:
    choice, (reading,) = read(Source(shared("tga/airdemo.sac")))
    assert choice.reader.name == "quadstar_sac"
    intensity = reading["intensity"]
    assert (intensity.values.shape, intensity.unit) == ((21, 3840), "count/s")
    assert intensity.values.max() == pytest.approx(206954.05, abs=0.005)
    assert intensity.values[0].max() == pytest.approx(25160.918, abs=0.0005)
    assert reading["mass_to_charge"].values[int(intensity.values[0].argmax())] == pytest.approx(2558 / 64)
    assert reading["time"].values[[0, -1]] == pytest.approx([0.06, 1225.88])
    assert reading["energy"].values == pytest.approx(np.linspace(6.1, 8.1, 21))
    assert reading.started_at == datetime(1994, 3, 14, 14, 46, 36)
    assert reading.operator == "G. Rettinghaus"
