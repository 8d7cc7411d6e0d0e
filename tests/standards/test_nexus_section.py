"""Lines and pictures out of large arrays are what numpy gives of the whole array."""

from __future__ import annotations

import io
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import DamagedFile, InvalidValue
from kiban.quantity.series import Series
from kiban.records.reading import Reading, Role, Variable
from kiban.standards import nexus_section
from kiban.standards.nexus import write
from kiban.standards.nexus_section import means, read_section, shrunk

CHANCE = np.random.default_rng(20261126)
CUBE = CHANCE.normal(size=(5, 7, 11))
CUBE[2, 3, 4] = np.nan


def a_map(values: np.ndarray = CUBE) -> io.BytesIO:
    shift = Variable(
        name="raman_shift", series=Series(np.arange(11.0), "1/cm"), dimensions=("raman_shift",), role=Role.AXIS
    )
    x = Variable(name="position_x", series=Series(np.arange(7.0), "um"), dimensions=("x",), role=Role.AXIS)
    intensity = Variable(name="intensity", series=Series(values, "count"), dimensions=("y", "x", "raman_shift"))
    reading = Reading(technique="raman", title="a map", variables=(shift, x, intensity))
    return io.BytesIO(write(reading, provenance={}))


@pytest.mark.parametrize("block_bytes", [1, 500, 1 << 20])
def test_a_picture_is_the_mean_over_what_is_not_named(block_bytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nexus_section, "_BLOCK_BYTES", block_bytes)
    dimensions = ("y", "x", "raman_shift")
    for along in permutations(dimensions, 2):
        [other] = set(dimensions) - set(along)
        section = read_section(a_map(), "intensity", along, {})
        expected = np.nanmean(CUBE, axis=dimensions.index(other))
        if along != tuple(d for d in dimensions if d != other):
            expected = expected.T
        np.testing.assert_allclose(section.values, expected)
        assert section.averaged == (other,)


def test_a_spectrum_at_one_place_is_the_numbers_themselves() -> None:
    section = read_section(a_map(), "intensity", ["raman_shift"], {"y": 2, "x": 3})
    np.testing.assert_array_equal(section.values, CUBE[2, 3])
    [axis] = section.axes
    assert axis is not None
    assert (axis.name, axis.unit, axis.values.tolist()) == ("raman_shift", "1/cm", list(map(float, range(11))))
    assert (section.unit, section.averaged) == ("count", ())


def test_an_axis_is_found_by_its_dimension_whatever_it_is_called() -> None:
    section = read_section(a_map(), "intensity", ["y", "x"], {"raman_shift": 0})
    assert section.axes[0] is None
    assert section.axes[1] is not None
    assert section.axes[1].name == "position_x"


def test_of_complex_numbers_the_magnitude_is_shown() -> None:
    section = read_section(a_map(CUBE * 1j), "intensity", ["raman_shift"], {"y": 0, "x": 0})
    np.testing.assert_allclose(section.values, np.abs(CUBE[0, 0]))


@pytest.mark.parametrize(
    ("variable", "along", "at"),
    [
        ("absent", ["y"], {}),
        ("intensity", [], {}),
        ("intensity", ["y", "y"], {}),
        ("intensity", ["z"], {}),
        ("intensity", ["y", "x", "raman_shift"], {}),
        ("intensity", ["y"], {"x": 7}),
        ("intensity", ["y"], {"x": -1}),
        ("intensity", ["y"], {"y": 0}),
        ("intensity", ["y"], {"z": 0}),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(variable: str, along: list[str], at: dict[str, int]) -> None:
    with pytest.raises(InvalidValue):
        read_section(a_map(), variable, along, at)


def test_a_damaged_file_is_told() -> None:
    with pytest.raises(DamagedFile):
        read_section(io.BytesIO(a_map().getvalue()[:3000]), "intensity", ["y"], {})


@given(n=st.integers(1, 60), most=st.integers(1, 70))
def test_a_line_is_shrunk_to_means_of_stretches(n: int, most: int) -> None:
    values, [step] = shrunk(np.arange(float(n)), most)
    assert values.size <= most
    assert values.tolist() == [np.arange(n)[i : i + step].mean() for i in range(0, n, step)]


def test_gaps_do_not_spread_in_means() -> None:
    assert means(np.array([1.0, np.nan, 3.0, 5.0]), 2).tolist() == [1.0, 4.0]
    assert np.isnan(means(np.array([np.nan, np.nan]), 2)).all()
