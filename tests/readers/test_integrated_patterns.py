"""CHI and text of pyFAI: each variant of both formats in small."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pytest

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Origin
from kiban.readers import fit2d_chi, pyfai_text
from kiban.readers.diffraction.integrated import axis_of
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

CHI = (
    "lab6.tif: Azimuthal integration\n2-Theta Angle (Degrees)\nIntensity\n         3\n"
    "  1.000000E+00  5.250000E+01\n  1.010000E+00  5.350000E+01\n  1.020000E+00  4.950000E+01\n"
)
Q = CHI.replace("2-Theta Angle (Degrees)", "Q (Inverse Nanometres)").replace("         3", "         3 2")
PYFAI = (
    "# == pyFAI calibration ==\n# Distance Sample to Detector: 0.15 m\n# PONI: 5.0e-02, 5.0e-02 m\n# \n"
    "# == Fit2d calibration ==\n# Distance Sample-beamCenter: 150.000 mm\n# Tilt: 0.000 deg  TiltPlanRot: 0.000 deg\n"
    "# Detector Pilatus 1M\t PixelSize= 172um, 172um\n# Wavelength: 4.133e-11 m\n# Polarization factor: None\n"
    "# --> /data/run/lab6.dat\n#       2th_deg             I           sigma\n"
    "  1.000000e+00    5.250000e+01    7.2e+00\n  1.010000e+00    5.350000e+01    0.0e+00\n"
)
SAXS = (
    PYFAI.replace("2th_deg", "q_nm^-1")
    .replace("           sigma", "")
    .replace("    7.2e+00", "")
    .replace("    0.0e+00", "")
)


def chi(text: str) -> Reading:
    [reading] = fit2d_chi.READER.read(Source(text.encode(), name="x.chi"))
    return reading


def pyfai(text: str) -> Reading:
    [reading] = pyfai_text.READER.read(Source(text.encode(), name="x.dat"))
    return reading


class TestFit2dChi(ReaderSuite):
    reader = fit2d_chi.READER
    examples: ClassVar[Mapping[str, bytes]] = {"2θ": CHI.encode(), "q, columns, CRLF": Q.replace("\n", "\r\n").encode()}


class TestPyfaiText(ReaderSuite):
    reader = pyfai_text.READER
    examples: ClassVar[Mapping[str, bytes]] = {"2θ with sigma": PYFAI.encode(), "q": SAXS.encode()}


def test_chi() -> None:
    reading = chi(CHI)
    assert reading.technique == "xrd"
    assert reading.title == "lab6.tif: Azimuthal integration"
    assert reading["two_theta"].values.tolist() == [1.0, 1.01, 1.02]
    assert reading["two_theta"].unit == "deg"
    assert reading["intensity"].values.tolist() == [52.5, 53.5, 49.5]
    assert reading["intensity"].uncertainty is None


def test_q_below_10_per_nanometre_is_small_angle_scattering_with_a_doubt() -> None:
    reading = chi(Q)
    assert reading.technique == "small_angle_scattering"
    assert reading["scattering_vector"].unit == "1/nm"
    assert "range of q" in reading.doubts[0]
    assert chi(Q.replace("1.020000E+00", "1.020000E+02")).technique == "xrd"
    assert chi(Q.replace("Nanometres", "Angstroms").replace("1.020000E+00", "1.5")).technique == "xrd"


def test_pyfai_keeps_sigma_wavelength_and_distance() -> None:
    reading = pyfai(PYFAI)
    assert reading.technique == "xrd"
    assert reading.title == "lab6.dat"
    assert reading["two_theta"].values.tolist() == [1.0, 1.01]
    uncertainty = reading["intensity"].uncertainty
    assert uncertainty is not None
    assert uncertainty.origin is Origin.FILE
    np.testing.assert_array_equal(uncertainty.standard, [7.2, np.nan])
    assert reading.metadata["wavelength"] == Measured(4.133e-11, "m")
    assert reading.metadata["detector_distance"] == Measured(0.15, "m")
    assert pyfai(SAXS).technique == "small_angle_scattering"


@pytest.mark.parametrize(
    ("written", "name", "unit"),
    [
        ("2-Theta Angle (Degrees)", "two_theta", "deg"),
        ("2th_deg", "two_theta", "deg"),
        ("2th_rad", "two_theta", "rad"),
        ("2-Theta Angle (Radians)", "two_theta", "rad"),
        ("2theta", "two_theta", "deg"),
        ("q_nm^-1", "scattering_vector", "1/nm"),
        ("q_A^-1", "scattering_vector", "1/angstrom"),
        ("Q (Inverse Angstroms)", "scattering_vector", "1/angstrom"),
        ("r_mm", "radius", "mm"),
        ("Radial Distance (mm)", "radius", "mm"),
        ("chi_deg", "azimuth", "deg"),
        ("D-spacing (Angstroms)", "d_spacing", "angstrom"),
    ],
)
def test_axes_by_the_words_of_the_programs(written: str, name: str, unit: str) -> None:
    axis = axis_of(written)
    assert axis is not None
    assert (axis.name, axis.unit) == (name, unit)


@pytest.mark.parametrize(
    "written", ["Time (s)", "quantity", "Intensity", "q", "", "2-Theta Angle (Bananas)", "quanta_nm-1"]
)
def test_other_words_are_no_axis_of_a_pattern(written: str) -> None:
    assert axis_of(written) is None


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("         3", "         4", "promises 4 points, 3 rows"),
        ("5.350000E+01", "5.35000xE+01", "was found"),
        ("Angle (Degrees)", "Angle (Bananas)", "an axis in line 2"),
    ],
)
def test_what_contradicts_itself_is_refused(old: str, new: str, fault: str) -> None:
    assert old in CHI
    with pytest.raises(DamagedFile, match=fault):
        chi(CHI.replace(old, new))


def test_columns_that_are_not_a_pattern_are_refused() -> None:
    with pytest.raises(DamagedFile, match="3 columns are named"):
        pyfai(PYFAI.replace("    7.2e+00", "").replace("    0.0e+00", ""))
    with pytest.raises(UnsupportedVariant):
        pyfai(PYFAI.replace("sigma", "chi_deg"))
    with pytest.raises(NothingMeasured):
        pyfai(PYFAI.partition("  1.000000e+00")[0])
    with pytest.raises(NothingMeasured):
        chi(CHI.partition("  1.000000E+00")[0])
