"""All atoms of the unit cell: published structures, and what must not be counted."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.analysis.contract import Finding
from kiban.analysis.crystal.cell_contents import ListedSite, fill_cell
from kiban.analysis.crystal.elements_of_sites import element_of
from kiban.analysis.crystal_structure import ANALYSIS
from kiban.errors import InvalidSetting, InvalidValue
from kiban.readers.cif import Cif
from kiban.readers.source import Source
from kiban.records.matter.crystal import UnitCell

HALITE = """data_halite
_chemical_formula_sum 'Na Cl'
_cell_formula_units_Z 4
_cell_length_a 5.6402
_cell_length_b 5.6402
_cell_length_c 5.6402
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
_symmetry_space_group_name_H-M 'F m -3 m'
loop_
_atom_site_label
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
Na1 0 0 0
Cl1 0.5 0.5 0.5
"""


def found(text: str) -> Finding:
    [reading] = Cif().read(Source(text.encode(), name="made.cif"))
    assert ANALYSIS.applies(reading)
    return ANALYSIS.analyse(reading, options={})


def value(finding: Finding, term: str) -> float:
    return next(p.value.value for p in finding.properties if p.term == term)


def n_atoms(finding: Finding) -> dict[str, float]:
    counted: dict[str, float] = {}
    for row in finding.rows:
        if isinstance(row[2], str) and isinstance(row[3], float):
            counted[row[2]] = counted.get(row[2], 0.0) + row[3]
    return counted


def test_halite() -> None:
    finding = found(HALITE)
    assert n_atoms(finding) == {"Na": 4.0, "Cl": 4.0}
    # W. M. Haynes (ed.), CRC Handbook: 2.17 g/cm³; from the cell 2.163.
    assert value(finding, "theoretical_density") == pytest.approx(2.163, abs=0.001)
    assert not finding.doubts


@pytest.mark.parametrize(
    ("name", "n_sites", "density"),
    [
        # The last column is what the file itself states, worked out by the authors' programs.
        ("2013551.cif", 3, 4.504),
        ("4003024.cif", 5, 3.419),
        ("BaF2.cif", 12, 4.886),
        ("Silicon.cif", 8, 2.329),
        ("cod_9004112.cif", 6, 6.187),
    ],
)
def test_published_structures(name: str, n_sites: int, density: float, shared: Callable[[str], Path]) -> None:
    path = shared(f"structure/{name}")
    reading = Cif().read(Source(path, name=name))[0]
    finding = ANALYSIS.analyse(reading, options={})
    assert max(row[0] for row in finding.rows if isinstance(row[0], int)) == n_sites
    assert value(finding, "theoretical_density") == pytest.approx(density, abs=0.0015)
    assert not finding.doubts


def test_multiplicities_are_those_that_the_file_states(shared: Callable[[str], Path]) -> None:
    reading = Cif().read(Source(shared("structure/1517474.cif"), name="1517474.cif"))[0]
    finding = ANALYSIS.analyse(reading, options={})
    labels = [row[1] for row in finding.rows]
    names = reading.header["sites"]["label"]  # type: ignore[index, call-overload]
    assert {name: labels.count(name) for name in names} == dict(
        zip(names, reading["multiplicity"].values.astype(int).tolist(), strict=True)
    )


def test_sites_that_share_a_place_become_one() -> None:
    text = HALITE.replace("Na1 0 0 0\n", "Na1 0 0 0 0.75\nK1 0 0 0 0.25\n").replace("0.5 0.5 0.5", "0.5 0.5 0.5 1")
    text = text.replace("_atom_site_fract_z\n", "_atom_site_fract_z\n_atom_site_occupancy\n")
    text = text.replace("'Na Cl'", "'K0.25 Na0.75 Cl'")
    finding = found(text)
    assert n_atoms(finding) == {"Na": 3.0, "K": 1.0, "Cl": 4.0}
    assert "shared or partly empty" in finding.summary
    assert {row[1] for row in finding.rows} == {"Na1/K1", "Cl1"}


def test_two_whole_atoms_on_one_place_are_not_counted() -> None:
    finding = found(HALITE.replace("Cl1 0.5 0.5 0.5", "Cl1 0 0 0"))
    assert not finding.rows
    assert "Na1/Cl1 lie on one place" in finding.doubts[0]
    # What the formula gives stays: it needs no places.
    assert value(finding, "theoretical_density") == pytest.approx(2.163, abs=0.001)


def test_without_symmetry_nothing_is_counted() -> None:
    finding = found(HALITE.replace("'F m -3 m'", "?"))
    assert not finding.rows
    assert "no symmetry" in finding.doubts[0]


def test_hydrogen_without_a_place_is_told() -> None:
    finding = found(HALITE.replace("'Na Cl'", "'Na Cl H2'"))
    assert finding.rows[-1][1] == "unplaced"
    assert finding.doubts == ("Of 4 times Na Cl H2, some H has no place in the cell.",)


def test_an_atom_too_many_is_told() -> None:
    finding = found(HALITE.replace("Z 4", "Z 2"))
    assert "more Cl, Na than 2 times" in finding.doubts[0]


def test_a_cell_of_one_angstrom_is_none() -> None:
    with pytest.raises(InvalidValue, match="stands for no cell"):
        found(HALITE.replace("5.6402", "1"))


def test_it_has_no_options() -> None:
    [reading] = Cif().read(Source(HALITE.encode(), name="made.cif"))
    with pytest.raises(InvalidSetting):
        ANALYSIS.analyse(reading, options={"cubic": True})


@pytest.mark.parametrize(
    ("symbol", "expected", "element"),
    [
        ("Ba", (), "Ba"),
        ("Fe3+", (), "Fe"),
        ("O2-", (), "O"),
        ("Ow1", (), "O"),
        ("D1", (), "H"),
        ("Dy1", ("Dy",), "Dy"),
        ("CL1", ("Cl", "H"), "Cl"),
        ("CA1", ("C", "H"), "C"),
        ("Co2", ("C", "Co"), "Co"),
        ("H12A", ("C", "H"), "H"),
        ("SI", ("Si", "O"), "Si"),
    ],
)
def test_elements_of_labels(symbol: str, expected: tuple[str, ...], element: str) -> None:
    assert element_of(symbol, expected=expected) == element


@pytest.mark.parametrize(("symbol", "expected"), [("CO1", ("C", "Co")), ("Q1", ()), ("?", ()), ("X", ("Fe",))])
def test_labels_that_name_no_element_or_two_are_refused(symbol: str, expected: tuple[str, ...]) -> None:
    with pytest.raises(InvalidValue):
        element_of(symbol, expected=expected)


@given(st.tuples(*[st.floats(0.0, 1.0, exclude_max=True)] * 3), st.tuples(*[st.integers(-3, 3)] * 3))
def test_a_place_is_the_same_in_every_cell(place: tuple[float, float, float], cell: tuple[int, int, int]) -> None:
    unit = UnitCell(lengths=(4.0, 5.0, 6.0), angles=(90.0, 100.0, 90.0))
    inversion = (np.array([np.eye(3), -np.eye(3)]), np.zeros((2, 3)))

    def placed(moved: tuple[float, ...]) -> list[tuple[float, float, float]]:
        listed = ListedSite(label="Si1", element="Si", occupancy=1.0, fraction=(moved[0], moved[1], moved[2]))
        return [site.fraction for site in fill_cell([listed], inversion, unit)]

    here, there = placed(place), placed(tuple(p + n for p, n in zip(place, cell, strict=True)))
    assert len(here) == len(there)
    for one, other in zip(here, there, strict=True):
        assert all(abs(math.remainder(a - b, 1.0)) < 1e-6 for a, b in zip(one, other, strict=True))
