"""The simulated files are read by the readers of their formats and say everywhere that they were simulated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest

from kiban.demo.vendor_files import SIMULATED, SimulatedPattern, ras, rasx, xrdml
from kiban.quantity.measured import Measured
from kiban.readers.recognise import read
from kiban.readers.source import Source

JAPAN = timezone(timedelta(hours=9))
ANGLES = np.round(np.arange(20.0, 60.005, 0.02), 4)
COUNTS = np.random.default_rng(7).poisson(50 + 900 * np.exp(-(((ANGLES - 38) / 0.2) ** 2)))
PATTERN = SimulatedPattern(
    two_theta_deg=ANGLES,
    counts=COUNTS,
    sample_name="酸化チタン <TiO2> & co",
    started_at=datetime(2026, 4, 1, 9, 30, tzinfo=JAPAN),
    comment='anatase, "fine" powder',
    wavelength_nm=0.1540598,
    count_time_s=0.5,
)


@pytest.mark.parametrize(
    ("write", "reader"), [(xrdml, "panalytical_xrdml"), (ras, "rigaku_ras"), (rasx, "rigaku_rasx")]
)
def test_each_format_makes_the_round_trip(write: Callable[[SimulatedPattern], bytes], reader: str) -> None:
    choice, (reading,) = read(Source(write(PATTERN), name="anatase"))
    assert choice.reader.name == reader
    assert reading.technique == "xrd"
    np.testing.assert_allclose(reading["two_theta"].values, ANGLES, rtol=0, atol=1e-8)
    assert np.array_equal(reading["intensity"].values, COUNTS)
    assert reading["intensity"].unit == "count"
    assert reading["intensity"].uncertainty is not None
    assert reading.sample_name == "酸化チタン <TiO2> & co"
    assert reading.started_at is not None
    assert reading.started_at.replace(tzinfo=JAPAN) == PATTERN.started_at
    assert (reading.started_at.tzinfo is None) is (write is ras)
    assert reading.metadata["wavelength"] == Measured(1.540598, "angstrom")
    assert reading.metadata["anode"] == "Cu"
    assert str(reading.metadata["comment"]).startswith(SIMULATED)
    assert "fine" in str(reading.metadata["comment"])
    assert reading.instrument == "SIMULATED"
    assert reading.operator == "Kiban simulation"
    assert reading.doubts == ()


@pytest.mark.parametrize("write", [xrdml, ras, rasx])
def test_both_lines_of_the_doublet_are_stated_where_the_beam_has_both(
    write: Callable[[SimulatedPattern], bytes],
) -> None:
    _, (single,) = read(Source(write(PATTERN)))
    _, (double,) = read(Source(write(replace(PATTERN, kalpha2_nm=0.1544427))))
    assert "wavelength_kalpha2" not in single.metadata
    assert double.metadata["wavelength_kalpha2"] == Measured(1.544427, "angstrom")
    if write is xrdml:
        assert (single.metadata["kalpha2_to_kalpha1"], double.metadata["kalpha2_to_kalpha1"]) == (0.0, 0.5)


@pytest.mark.parametrize("write", [xrdml, ras, rasx])
def test_the_same_pattern_gives_the_same_bytes(write: Callable[[SimulatedPattern], bytes]) -> None:
    assert write(PATTERN) == write(PATTERN)


def test_ras_is_cp932_unless_a_letter_is_not() -> None:
    assert "酸化チタン".encode("cp932") in ras(PATTERN)
    accented = SimulatedPattern(two_theta_deg=ANGLES, counts=COUNTS, sample_name="Köln", started_at=PATTERN.started_at)
    assert read(Source(ras(accented)))[1][0].sample_name == "Köln"


def test_one_point_is_a_pattern_and_none_is_not() -> None:
    one = SimulatedPattern(two_theta_deg=ANGLES[:1], counts=COUNTS[:1], sample_name="a", started_at=PATTERN.started_at)
    for write in (xrdml, ras, rasx):
        assert read(Source(write(one)))[1][0]["two_theta"].values.tolist() == [20.0]
    with pytest.raises(ValueError, match="make no pattern"):
        SimulatedPattern(two_theta_deg=ANGLES[:0], counts=COUNTS[:0], sample_name="a", started_at=PATTERN.started_at)
    with pytest.raises(ValueError, match="evenly spaced"):
        SimulatedPattern(two_theta_deg=ANGLES**2, counts=COUNTS, sample_name="a", started_at=PATTERN.started_at)
