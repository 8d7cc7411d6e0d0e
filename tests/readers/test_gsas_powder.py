"""GSAS powder data: each format of banks in small."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pytest

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.uncertainty import Origin
from kiban.readers.gsas_powder import READER
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite


def padded(*lines: str) -> str:
    return "".join(f"{line:<80}\n" for line in lines)


FXYE = padded(
    "Al2O3, Cu", "Instrument parameter file:inst.prm", "# made by a converter", "BANK 1 4 4 CONST 1000.0 2.0 0 0 FXYE"
) + (
    "  1000.000000  400.000000   20.000000\n  1002.000000   25.500000    5.100000\n"
    "  1004.000000    0.000000    0.000000\n  1006.000000  100.000000   10.000000\n"
)
CONS = "pattern\nBANK 1 3 3 CONS 1000.00 1.00 0 0 FXY\n1000 4\n1001 5\n1002 6\n"
STD = padded("LaB6 standard", "BANK 1 12 2 CONST 2000.00 2.0 0.0 0.0 STD") + padded(
    "".join(f"{2:2d}{100 + 44 * n:6d}" for n in range(10)), "       9      16" + "       0" * 8
)
BARE = (
    "LaB6 without a format\nBANK 1 10 1 CONST 2000.00 2.0 0.0 0.0\n"
    + "".join(f"{100 + n:8d}" for n in range(10))
    + "\n"
)
ESD_HEAD = "LaB6\nBANK 1 6 2 CONST 2000.00 2.0 0.0 0.0 ESD\n"
ESD = ESD_HEAD + "".join(f"{100.5 + n:8.1f}{10.0:8.1f}" for n in range(5)) + "\n   106.5    10.5\n"
PACKED = ESD_HEAD + "".join(f"{100000.5 + n:8.1f}{316.2278:8.4f}" for n in range(5)) + "\n100006.5316.2278\n"
LOOSE = ESD_HEAD + "".join(f" {100.5 + n:9.2f} {10.0:6.2f}\n" for n in range(6))
FLIGHT = (
    "Test\nInstrument parameter file: mock.prm\n#IPTS: 1234\n#\n# Data for spectrum :0\n"
    "BANK 2 3 3 SLOG 1000.5 19987.7 0.0010000 0 FXYE\n 1000.5 520.0 22.80\n 1001.5 530.0 23.02\n 1002.5 500.0 22.36\n"
    "# Data for spectrum :1\nBANK 3 2 2 SLOG 1000.5 19987.7 0.0010000 0 FXYE\n 1000.5 1.0 1.0\n 1001.5 2.0 1.5\n"
)


def of(text: str) -> Reading:
    [reading] = READER.read(Source(text.encode(), name="x.gsa"))
    return reading


class TestGsasPowder(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "FXYE": FXYE.encode(),
        "CONS, FXY": CONS.encode(),
        "STD, CRLF": STD.replace("\n", "\r\n").encode(),
        "no format": BARE.encode(),
        "ESD": ESD.encode(),
        "ESD without blanks": PACKED.encode(),
        "ESD in other columns": LOOSE.encode(),
        "two banks of times of flight": FLIGHT.encode(),
    }


def test_fxye_has_degrees_and_its_own_uncertainties() -> None:
    reading = of(FXYE)
    assert reading.technique == "xrd"
    assert reading.title == "Al2O3, Cu"
    np.testing.assert_allclose(reading["two_theta"].values, [10.0, 10.02, 10.04, 10.06])
    assert reading["two_theta"].unit == "deg"
    assert reading["intensity"].values.tolist() == [400.0, 25.5, 0.0, 100.0]
    uncertainty = reading["intensity"].uncertainty
    assert uncertainty is not None
    assert uncertainty.origin is Origin.FILE
    np.testing.assert_allclose(uncertainty.standard, [20.0, 5.1, np.nan, 10.0])
    assert "1 points have no positive uncertainty" in reading.doubts[0]
    assert reading.header["lines"] == ["Al2O3, Cu", "Instrument parameter file:inst.prm", "# made by a converter"]


def test_std_counts_with_the_number_of_counters() -> None:
    reading = of(STD)
    np.testing.assert_allclose(reading["two_theta"].values[[0, -1]], [20.0, 20.22])
    assert reading["intensity"].values.tolist() == [*(100 + 44 * n for n in range(10)), 9, 16]
    assert reading["intensity"].unit == "count"
    uncertainty = reading["intensity"].uncertainty
    assert uncertainty is not None
    assert uncertainty.origin is Origin.ESTIMATE
    assert uncertainty.standard[[0, 10]] == pytest.approx([50**0.5, 3.0])


def test_a_bank_without_a_format_is_std() -> None:
    assert of(BARE)["intensity"].values.tolist() == list(range(100, 110))


def test_esd_has_pairs_of_eight_characters() -> None:
    reading = of(ESD)
    assert reading["intensity"].values.tolist() == [100.5, 101.5, 102.5, 103.5, 104.5, 106.5]
    assert reading["intensity"].uncertainty is not None
    assert reading["intensity"].uncertainty.standard.tolist() == [10.0] * 5 + [10.5]
    np.testing.assert_allclose(reading["two_theta"].values[-1], 20.10)


def test_columns_without_blanks_and_blanks_without_columns() -> None:
    assert of(PACKED)["intensity"].values.tolist() == [100000.5 + n for n in (0, 1, 2, 3, 4, 6)]
    assert of(LOOSE)["intensity"].values.tolist() == [100.5 + n for n in range(6)]
    loose = BARE.replace("     1", "  1")
    assert loose != BARE
    assert of(loose)["intensity"].values.tolist() == list(range(100, 110))


def test_fxy_has_no_uncertainty() -> None:
    assert of(CONS)["intensity"].uncertainty is None


def test_banks_of_times_of_flight() -> None:
    first, second = READER.read(Source(FLIGHT.encode(), name="x.gda"))
    assert first.title == "Test: bank 2"
    assert first["time_of_flight"].values.tolist() == [1000.5, 1001.5, 1002.5]
    assert first["time_of_flight"].unit == "us"
    assert second["intensity"].values.tolist() == [1.0, 2.0]


def test_constant_steps_beyond_half_a_turn_are_times() -> None:
    reading = of(CONS.replace("1000", "30000").replace("1001", "30001").replace("1002", "30002"))
    assert reading["time_of_flight"].values.tolist() == [30000.0, 30001.0, 30002.0]


@pytest.mark.parametrize(
    ("text", "old", "new", "fault"),
    [
        (FXYE, "  1006.000000  100.000000   10.000000\n", "", "promises 4 points, 3 follow"),
        (FXYE, "25.500000", "25.5x", "'25.5x' was found"),
        (FXYE, "1004.000000", " 904.000000", "expected to ascend"),
        (CONS, "1001 5", "1001 5 1", "2 data columns were expected, 3"),
        (ESD, "   106.5    10.5\n", "", "promises 6 points, 5 follow"),
        (ESD, "   102.5", "   102x5", "'102x5' was found"),
        (STD, "BANK 1 12 2", "BANK 1 24 2", "promises 24 points"),
    ],
)
def test_what_contradicts_itself_is_refused(text: str, old: str, new: str, fault: str) -> None:
    assert old in text
    with pytest.raises(DamagedFile, match=fault):
        of(text.replace(old, new, 1))


@pytest.mark.parametrize(
    "line",
    [
        "BANK 1 4 4 TIME_MAP 1 FXYE",
        "BANK 1 4 4 EDS 1 2 0 0 FXYE",
        "BANK 1 4 4 SLOG 1 2 0 0 STD",
        "BANK 1 4 1 RALF 96000 32 96000 0.0004 ALT",
    ],
)
def test_other_banks_are_not_guessed_at(line: str) -> None:
    with pytest.raises(UnsupportedVariant):
        of(f"title\n{line}\n1 2 3\n2 3 4\n3 4 5\n4 5 6\n")


def test_no_points_is_nothing_measured() -> None:
    with pytest.raises(NothingMeasured):
        of(CONS.partition("1000 4")[0])
