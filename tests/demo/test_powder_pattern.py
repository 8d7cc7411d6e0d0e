"""Simulated powder patterns against published ones.

Published: NBS Monograph 25, section 13, 35 (1976) for silicon (PDF 27-1402) and section 7, 83 (1969) for rutile
(PDF 21-1276), with Cu Kα1; intensities I/I0 in percent. They were measured: intensities to a few percent of the
strongest, silicon's as heights.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from kiban.demo.cif_files import cif
from kiban.demo.powder_pattern import Diffractometer, Phase, counts, expected, lines
from kiban.demo.powder_reflections import reflections, unit_cell
from kiban.demo.structures import STRUCTURES, Key, Structure
from kiban.readers.recognise import read
from kiban.readers.source import Source

SILICON = {
    (1, 1, 1): (28.442, 100),
    (2, 2, 0): (47.302, 55),
    (3, 1, 1): (56.121, 30),
    (4, 0, 0): (69.130, 6),
    (3, 3, 1): (76.377, 11),
    (4, 2, 2): (88.032, 12),
    (4, 4, 0): (106.710, 3),
    (5, 3, 1): (114.094, 7),
    (6, 2, 0): (127.547, 8),
}
RUTILE = {
    (1, 1, 0): (27.447, 100),
    (1, 0, 1): (36.086, 50),
    (2, 0, 0): (39.188, 8),
    (1, 1, 1): (41.226, 25),
    (2, 1, 0): (44.052, 10),
    (2, 1, 1): (54.323, 60),
    (2, 2, 0): (56.642, 20),
    (0, 0, 2): (62.742, 10),
    (3, 1, 0): (64.040, 10),
    (3, 0, 1): (69.010, 20),
    (1, 1, 2): (69.790, 12),
}
ANGLES = np.arange(20.0, 130.0, 0.01)


def pattern(
    angles: NDArray[np.float64], key: Key, *, crystallite_nm: float = 200.0, instrument: Diffractometer | None = None
) -> NDArray[np.float64]:
    return expected(
        angles,
        [Phase(structure=STRUCTURES[key], crystallite_nm=crystallite_nm)],
        instrument=instrument or Diffractometer(),
        highest_counts=10_000,
        background_counts=0,
    )


def calculated(structure: Structure) -> dict[tuple[int, ...], tuple[float, float]]:
    """Angle and integrated intensity (in percent) by the indices in falling order, or as they stand if tetragonal."""
    its = lines(structure)
    cubic = structure.cell[0] == structure.cell[2]
    found: dict[tuple[int, ...], tuple[float, float]] = {}
    for hkl, angle, intensity in zip(its.hkl, its.two_theta_deg, its.intensity, strict=True):
        a, b, c = (abs(i) for i in hkl)
        key: tuple[int, ...] = tuple(sorted((a, b, c), reverse=True)) if cubic else (max(a, b), min(a, b), c)
        found[key] = (float(angle), float(100 * intensity / its.intensity.max()))
    return found


def test_silicon_lines_lie_where_they_were_published() -> None:
    found = calculated(STRUCTURES["silicon"])
    for hkl, (angle, _) in SILICON.items():
        assert found[hkl][0] == pytest.approx(angle, abs=0.01), hkl


def test_rutile_lines_lie_where_they_were_published() -> None:
    # The powder of 1969 had the cell 4.5933, 2.9592 Å; its spacings were given with four digits: up to 0.02° here.
    as_of_1969 = replace(STRUCTURES["rutile"], cell=(4.5933, 4.5933, 2.9592, 90, 90, 90))
    found = calculated(as_of_1969)
    for hkl, (angle, _) in RUTILE.items():
        assert found[hkl][0] == pytest.approx(angle, abs=0.015), hkl
    found = calculated(STRUCTURES["rutile"])
    for hkl, (angle, _) in RUTILE.items():
        assert found[hkl][0] == pytest.approx(angle, abs=0.02), hkl


def test_rutile_intensities_are_those_published() -> None:
    found = calculated(STRUCTURES["rutile"])
    for hkl, (_, intensity) in RUTILE.items():
        assert found[hkl][1] == pytest.approx(intensity, abs=8), hkl


def test_silicon_heights_are_those_published() -> None:
    mean = pattern(ANGLES, "silicon")
    for hkl, (angle, intensity) in SILICON.items():
        height = mean[np.abs(ANGLES - angle) < 0.1].max() / mean.max() * 100
        assert height == pytest.approx(intensity, abs=10), hkl


@pytest.mark.parametrize(
    ("key", "density"),
    # g/cm³: Si from CODATA's molar volume, 12.05883199 cm³/mol; the others as published with the structures
    [("silicon", 2.3291), ("rutile", 4.25), ("anatase", 3.893), ("sodium-chloride", 2.164), ("corundum", 3.99)],
)
def test_cells_have_the_published_densities(key: Key, density: float) -> None:
    cell = unit_cell(STRUCTURES[key])
    assert cell.mass_dalton * 1.66053907 / cell.volume_angstrom3 == pytest.approx(density, rel=1e-3)


def test_silicon_has_the_multiplicities_of_its_class() -> None:
    found = reflections(STRUCTURES["silicon"], wavelength_nm=0.15405929, two_theta_max_deg=100)
    assert [(r.multiplicity, round(r.spacing_angstrom, 4)) for r in found[:5]] == [
        (8, 3.1356),
        (12, 1.9202),
        (24, 1.6375),
        (6, 1.3578),
        (24, 1.2460),
    ]


def test_the_second_line_of_the_doublet_is_half_as_high() -> None:
    sharp = Diffractometer(caglioti_deg2=(0, 0, 1e-4), lorentzian_deg=0.0)
    angles = np.arange(106, 108, 0.0005)
    mean = pattern(angles, "silicon", crystallite_nm=50_000, instrument=sharp)
    high = [i for i in range(1, len(mean) - 1) if mean[i - 1] < mean[i] >= mean[i + 1]]
    first, second = high
    # sin θ2 = sin θ1 · 0.15444274/0.15405929, by hand
    assert angles[[first, second]] == pytest.approx([106.706, 107.091], abs=0.002)
    assert mean[second] / mean[first] == pytest.approx(0.5, abs=0.005)


def test_small_crystallites_broaden_lines_by_scherrers_formula() -> None:
    narrow = Diffractometer(caglioti_deg2=(0, 0, 1e-6), lorentzian_deg=0.0, kalpha2_to_kalpha1=0.0)
    angles = np.arange(20, 40, 0.002)
    mean = pattern(angles, "silicon", crystallite_nm=10, instrument=narrow)
    above = angles[mean > 5e3]
    # 0.9 · 0.15405929 nm / (10 nm · cos 14.221°), in degrees
    assert above[-1] - above[0] == pytest.approx(0.8195, abs=0.01)


def test_equal_weights_of_anatase_and_rutile_give_lines_in_their_published_ratio() -> None:
    anatase, rutile = lines(STRUCTURES["anatase"]), lines(STRUCTURES["rutile"])
    # R. A. Spurr, H. Myers, Anal. Chem. 29, 760 (1957): x(anatase) = 1 / (1 + 1.26 I(110, rutile)/I(101, anatase)),
    # so at equal weights the ratio of anatase to rutile is 1.26.
    assert anatase.intensity.max() / rutile.intensity.max() == pytest.approx(1.26, rel=0.15)


def test_counts_scatter_as_poisson_has_it_and_repeat_with_their_seed() -> None:
    mean = pattern(ANGLES, "rutile") + 100
    drawn = counts(mean, seed=4)
    assert np.array_equal(drawn, counts(mean, seed=4))
    assert not np.array_equal(drawn, counts(mean, seed=5))
    assert np.mean((drawn - mean) ** 2 / mean) == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("structure", STRUCTURES.values(), ids=lambda s: s.key)
def test_each_structure_comes_back_from_its_cif(structure: Structure) -> None:
    content = cif(structure)
    choice, (reading,) = read(Source(content, name="a.cif"))
    assert choice.reader.name == "cif"
    assert reading.technique == "crystal_structure"
    assert reading.title == structure.name
    assert reading.doubts == ()
    assert reading.metadata["chemical_formula"] == structure.formula
    assert reading["cell_length"].values.tolist() == list(structure.cell[:3])
    assert reading["fract_z"].values.tolist() == [site.z for site in structure.sites]
    assert structure.reference in str(reading.header)
    assert cif(structure) == content


def test_gemmis_own_structure_factors_are_the_same() -> None:
    import gemmi

    for structure in STRUCTURES.values():
        small = gemmi.make_small_structure_from_block(gemmi.cif.read_string(cif(structure).decode()).sole_block())
        small.change_occupancies_to_crystallographic()
        calculator = gemmi.StructureFactorCalculatorX(small.cell)
        calculator.addends.add_cl_fprime(gemmi.hc / 1.5405929)
        for reflection in reflections(structure, wavelength_nm=0.15405929, two_theta_max_deg=90)[:4]:
            other = abs(calculator.calculate_sf_from_small_structure(small, reflection.hkl)) ** 2
            # gemmi leaves the imaginary part of the anomalous scattering out here: 38 of 137 electrons for cerium at
            # right angles to the rest, 11 for the cobalt of a cell of LiCoO2
            assert reflection.structure_factor_squared == pytest.approx(other, rel=0.1, abs=11**2), structure.key
