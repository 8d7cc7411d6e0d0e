"""Bragg's law against published spacings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.analysis.diffraction.bragg import lattice_spacing, second_line, spacings, wavelengths
from kiban.errors import IncompatibleUnit, OutOfRange
from kiban.quantity.measured import Measured
from kiban.quantity.series import Series
from kiban.quantity.uncertainty import Origin, Uncertainty
from kiban.records.reading import Reading, Variable

CU = Measured(1.5405929, "angstrom")


def test_silicon_111_spacing_matches_the_published_lattice_parameter():
    """a = 5.431020511 Å (CODATA 2018): d(111) = a/√3 = 3.13560 Å, at 28.4419° with Cu Kα1."""
    spacing = lattice_spacing(Measured(28.4419, "deg"), CU)
    assert spacing.value == pytest.approx(3.13560, abs=1e-5)
    assert spacing.value == pytest.approx(5.431020511 / np.sqrt(3), abs=1e-5)
    assert spacing.unit == "angstrom"
    assert spacing.uncertainty is None


def test_the_uncertainty_of_a_spacing_follows_from_angle_and_wavelength():
    angle = Measured(60.0, "deg", Uncertainty(value=0.01, origin=Origin.FIT))
    # u(d)/d = cot θ · u(θ): with θ = 30° and u(2θ) = 0.01° it is √3 · 0.005 · π/180.
    relative = np.sqrt(3) * 0.005 * np.pi / 180
    only_angle = lattice_spacing(angle, CU)
    assert only_angle.uncertainty is not None
    assert only_angle.uncertainty.standard == pytest.approx(only_angle.value * relative, rel=1e-6)
    both = lattice_spacing(angle, Measured(1.54, "angstrom", Uncertainty(value=1.54e-4, origin=Origin.CERTIFICATE)))
    assert both.uncertainty is not None
    assert both.uncertainty.standard == pytest.approx(both.value * np.hypot(relative, 1e-4), rel=1e-6)


@given(st.floats(0.1, 179.9), st.floats(1e-5, 0.05), st.floats(0.1, 3.0), st.floats(1e-7, 1e-3))
def test_the_kernel_agrees_with_the_law_of_propagation(two_theta, u_angle, wavelength, u_wavelength):
    one = lattice_spacing(
        Measured(two_theta, "deg", Uncertainty(value=u_angle, origin=Origin.FIT)),
        Measured(wavelength, "angstrom", Uncertainty(value=u_wavelength, origin=Origin.FILE)),
    )
    d, u_d = spacings(np.array([two_theta]), np.array([u_angle]), wavelength, u_wavelength)
    assert d[0] == pytest.approx(one.value, rel=1e-12)
    assert one.uncertainty is not None
    assert u_d[0] == pytest.approx(one.uncertainty.standard, rel=1e-4)


@pytest.mark.parametrize("angle", [0.0, -5.0, 180.0, 200.0])
def test_angles_that_are_none_are_refused(angle):
    with pytest.raises(OutOfRange, match="between 0° and 180°"):
        lattice_spacing(Measured(angle, "deg"), CU)


def test_other_dimensions_are_refused():
    with pytest.raises(IncompatibleUnit):
        lattice_spacing(Measured(28.0, "deg"), Measured(8.0, "keV"))
    with pytest.raises(IncompatibleUnit):
        lattice_spacing(Measured(28.0, "K"), CU)


def test_the_second_line_lies_where_the_same_planes_diffract_it():
    shift = second_line(1.5405929, 1.5444274)(np.array([28.4419, 170.0]))
    d = 1.5405929 / (2 * np.sin(np.radians(28.4419 / 2)))
    assert 28.4419 + shift[0] == pytest.approx(2 * np.degrees(np.arcsin(1.5444274 / (2 * d))), abs=1e-9)
    assert shift[0] == pytest.approx(0.0723, abs=1e-4)
    assert 170.0 + shift[1] <= 180.0


def reading(**metadata: object) -> Reading:
    one = Variable(name="two_theta", series=Series([1.0], "deg"), dimensions=("two_theta",))
    return Reading(technique="xrd", title="x", variables=(one,), metadata=metadata)  # type: ignore[arg-type]


def test_wavelengths_are_those_of_the_file():
    first, second, doubts = wavelengths(
        reading(wavelength=Measured(0.154, "nm"), wavelength_kalpha2=Measured(1.544, "angstrom"), anode="Mo")
    )
    assert first is not None
    assert first.value == pytest.approx(1.54)
    assert second == Measured(1.544, "angstrom")
    assert doubts == ()


def test_a_file_that_says_it_has_no_second_line_has_none():
    stated = {"wavelength": CU, "wavelength_kalpha2": Measured(1.544, "angstrom"), "kalpha2_to_kalpha1": 0.0}
    assert wavelengths(reading(**stated))[1] is None


def test_the_anode_stands_in_for_the_wavelength_with_a_doubt():
    first, second, doubts = wavelengths(reading(anode="CU"))
    assert first == CU
    assert second == Measured(1.5444274, "angstrom")
    assert "anode, CU" in doubts[0]


@pytest.mark.parametrize(
    "metadata", [{}, {"anode": "Unobtainium"}, {"wavelength": "1.54"}, {"wavelength": Measured(1.0, "K")}]
)
def test_where_nothing_tells_the_wavelength_there_is_none(metadata):
    assert wavelengths(reading(**metadata)) == (None, None, ())
