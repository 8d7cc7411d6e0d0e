"""Cubic cells found from lines alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiban.analysis.diffraction.cubic_lattice import lattice_parameter_cubic
from kiban.errors import IncompatibleUnit, InvalidValue, OutOfRange
from kiban.quantity.measured import Measured
from kiban.quantity.series import Series, Uncertainties
from kiban.quantity.uncertainty import Origin, Uncertainty

CU = 1.5405929
SUMS = {
    "primitive": (1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12),
    "body-centred": (2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22),
    "face-centred": (3, 4, 8, 11, 12, 16, 19, 20, 24),
    "diamond": (3, 8, 11, 16, 19, 24, 27, 32),
}


def lines(a: float, sums: tuple[int, ...], *, u: float = 0.005, error: object = 0.0, limit: float = 120.0) -> Series:
    """Angles 2θ of a cubic crystal, as far as the diffractometer goes."""
    sine = np.sqrt(np.array(sums)) * CU / (2 * a)
    sine = sine[sine < np.sin(np.radians(limit / 2))]
    angles = 2 * np.degrees(np.arcsin(sine))
    return Series(angles + error, "deg", Uncertainties(values=np.array([u]), origin=Origin.FIT))


@pytest.mark.parametrize(
    ("lattice", "a"),
    [("primitive", 4.1569), ("body-centred", 2.8665), ("body-centred", 5.0), ("face-centred", 3.6149),
     ("face-centred", 5.6402), ("diamond", 5.431020511), ("diamond", 3.56712)],
)  # fmt: skip
def test_it_finds_lattice_and_parameter(lattice, a):
    """LaB6, Fe, Cu, NaCl, Si, diamond: a as published to four figures, lines as the lattice allows them."""
    given = lines(a, SUMS[lattice], limit=150.0)
    if len(given) < 4:
        pytest.skip("too few lines within reach of Cu Kα")
    cell = lattice_parameter_cubic(given, Measured(CU, "angstrom"))
    shown = (cell.lattice, round(cell.a.value, 5))
    is_given = shown == (lattice, pytest.approx(a, abs=1e-4))
    assert is_given or any(lattice in other for other in cell.alternatives)
    assert cell.figure_of_merit > 100


def test_silicon_comes_out_within_its_uncertainty():
    noise = np.random.default_rng(1).normal(0.0, 0.005, len(lines(5.431020511, SUMS["diamond"])))
    cell = lattice_parameter_cubic(lines(5.431020511, SUMS["diamond"], error=noise), Measured(CU, "angstrom"))
    assert cell.lattice == "diamond"
    assert cell.sums[:4] == (3, 8, 11, 16)
    assert cell.a.uncertainty is not None
    assert abs(cell.a.value - 5.431020511) < 2 * cell.a.uncertainty.standard
    assert cell.a.uncertainty.standard < 3e-4
    assert cell.offset is None


@settings(max_examples=30)
@given(st.integers(0, 2**31), st.floats(3.5, 6.0))
def test_uncertainties_tell_how_far_results_scatter(seed, a):
    chance = np.random.default_rng(seed)
    n = len(lines(a, SUMS["face-centred"]))
    if n < 6:
        return
    given = lines(a, SUMS["face-centred"], error=chance.normal(0.0, 0.005, n))
    cell = lattice_parameter_cubic(given, Measured(CU, "angstrom"))
    assert cell.lattice == "face-centred"
    assert cell.a.uncertainty is not None
    assert abs(cell.a.value - a) < 6 * cell.a.uncertainty.standard


def test_a_zero_error_is_found_when_asked_for():
    given = lines(5.431020511, SUMS["diamond"], u=0.002, error=0.05)
    plain = lattice_parameter_cubic(given, Measured(CU, "angstrom"))
    assert plain.a.value == pytest.approx(5.431, abs=0.01)
    assert plain.a.uncertainty is not None
    assert plain.a.uncertainty.standard > 3e-4  # enlarged, because the lines disagree with each other
    cell = lattice_parameter_cubic(given, Measured(CU, "angstrom"), with_offset=True)
    assert cell.a.value == pytest.approx(5.431020511, abs=1e-5)
    assert cell.offset is not None
    assert cell.offset.value == pytest.approx(0.05, abs=1e-4)


def test_the_order_of_lines_does_not_matter():
    sorted_lines = lines(5.431020511, SUMS["diamond"])
    backwards = Series(sorted_lines.values[::-1], "deg", sorted_lines.uncertainty)
    one, other = (lattice_parameter_cubic(given, Measured(CU, "angstrom")) for given in (sorted_lines, backwards))
    assert one.sums == other.sums[::-1]
    assert one.a == other.a


def test_other_units_give_the_same_cell():
    given = lines(5.431020511, SUMS["diamond"])
    cell = lattice_parameter_cubic(given.to("rad"), Measured(CU / 10, "nm"))
    assert cell.a.unit == "nm"
    assert cell.a.value == pytest.approx(0.5431020511, abs=1e-6)


def test_the_wavelengths_uncertainty_goes_along():
    sure = lattice_parameter_cubic(lines(5.431, SUMS["diamond"]), Measured(CU, "angstrom"))
    unsure = lattice_parameter_cubic(
        lines(5.431, SUMS["diamond"]), Measured(CU, "angstrom", Uncertainty(value=CU * 1e-3, origin=Origin.FILE))
    )
    assert sure.a.uncertainty is not None
    assert unsure.a.uncertainty is not None
    assert unsure.a.uncertainty.standard == pytest.approx(np.hypot(sure.a.uncertainty.standard, 5.431e-3), rel=1e-6)


@pytest.mark.parametrize(
    "angles",
    [
        [25.28, 37.80, 48.05, 53.89, 55.06, 62.69, 68.76, 70.31, 75.03],  # anatase, tetragonal
        [31.77, 34.42, 36.25, 47.54, 56.60, 62.86, 66.38, 67.96, 69.10],  # zincite, hexagonal
        [20.86, 26.64, 36.54, 39.46, 40.29, 42.45, 45.79, 50.14, 59.96],  # quartz, trigonal
    ],
)
def test_what_is_not_cubic_is_refused(angles):
    given = Series(angles, "deg", Uncertainties(values=np.array([0.01]), origin=Origin.FIT))
    with pytest.raises(InvalidValue, match="No cubic cell explains all 9 lines"):
        lattice_parameter_cubic(given, Measured(CU, "angstrom"))


@settings(max_examples=40)
@given(st.lists(st.floats(10, 140), min_size=7, max_size=12, unique=True))
def test_lines_by_chance_are_refused_or_fit_closely(angles):
    given = Series(sorted(angles), "deg", Uncertainties(values=np.array([0.01]), origin=Origin.FIT))
    try:
        cell = lattice_parameter_cubic(given, Measured(CU, "angstrom"))
    except InvalidValue as refused:
        assert "cubic" in refused.fault  # noqa: PT017
    else:
        assert cell.figure_of_merit >= 12


@pytest.mark.parametrize(
    "given",
    [
        Series([28.0, 47.0, 56.0], "deg", Uncertainties(values=np.array([0.01]), origin=Origin.FIT)),
        Series([28.0, 47.0, 56.0, 190.0], "deg", Uncertainties(values=np.array([0.01]), origin=Origin.FIT)),
        Series([28.0, 47.0, 56.0, 69.0], "deg"),
        Series([28.0, 47.0, np.nan, 69.0], "deg", Uncertainties(values=np.array([0.01]), origin=Origin.FIT)),
    ],
    ids=["too few", "beyond 180°", "without uncertainty", "missing"],
)
def test_lines_that_cannot_tell_are_refused(given):
    with pytest.raises(OutOfRange):
        lattice_parameter_cubic(given, Measured(CU, "angstrom"))


def test_other_dimensions_are_refused():
    with pytest.raises(IncompatibleUnit):
        lattice_parameter_cubic(Series([1.0, 2.0, 3.0, 4.0], "nm"), Measured(CU, "angstrom"))
    with pytest.raises(IncompatibleUnit):
        lattice_parameter_cubic(lines(5.4, SUMS["diamond"]), Measured(8.0, "keV"))
