"""Unit cells and what is in them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kiban.errors import InvalidValue
from kiban.records.matter.crystal import AtomSite, Crystal, UnitCell
from kiban.records.matter.crystal_rows import COLUMNS, crystal_in, rows_of

LENGTHS = st.tuples(*[st.floats(1.0, 100.0)] * 3)
ANGLES = st.tuples(*[st.floats(30.0, 150.0)] * 3)


def test_volume_of_a_hexagonal_cell() -> None:
    # MgI2, Acta Cryst. C59 (2003) i136: a = 4.1537, c = 6.862 Å; V = 102.53(4) Å³.
    assert UnitCell(lengths=(4.1537, 4.1537, 6.862), angles=(90, 90, 120)).volume == pytest.approx(102.53, abs=0.01)


def test_a_cubic_cell_has_edges_along_the_axes() -> None:
    cell = UnitCell(lengths=(2.0, 3.0, 4.0), angles=(90.0, 90.0, 90.0))
    assert cell.vectors == ((2.0, 0.0, 0.0), (0.0, 3.0, 0.0), (0.0, 0.0, 4.0))
    assert cell.cartesian((0.5, 0.5, 0.25)) == (1.0, 1.5, 1.0)


@given(lengths=LENGTHS, angles=ANGLES)
def test_the_edges_have_the_lengths_the_angles_and_the_volume(
    lengths: tuple[float, float, float], angles: tuple[float, float, float]
) -> None:
    try:
        cell = UnitCell(lengths=lengths, angles=angles)
    except InvalidValue:
        assume(False)
    assume(cell.volume > 1e-3 * math.prod(lengths))
    a, b, c = (np.array(v) for v in cell.vectors)
    assert [np.linalg.norm(v) for v in (a, b, c)] == pytest.approx(lengths, rel=1e-9)
    found = [
        math.degrees(math.acos(u @ v / np.linalg.norm(u) / np.linalg.norm(v))) for u, v in ((b, c), (a, c), (a, b))
    ]
    assert found == pytest.approx(angles, abs=1e-6)
    assert np.linalg.det(np.array([a, b, c])) == pytest.approx(cell.volume, rel=1e-9)


@pytest.mark.parametrize(
    ("lengths", "angles"), [((1, 1, 0), (90, 90, 90)), ((1, 1, 1), (30, 30, 90)), ((1, 1, math.nan), (90, 90, 90))]
)
def test_a_cell_that_cannot_be_is_refused(
    lengths: tuple[float, float, float], angles: tuple[float, float, float]
) -> None:
    with pytest.raises(InvalidValue, match="no cell"):
        UnitCell(lengths=lengths, angles=angles)


@pytest.mark.parametrize("occupancy", [{}, {"Xx": 1.0}, {"Fe": 0.0}, {"Fe": 0.7, "Mg": 0.4}])
def test_a_site_that_cannot_be_is_refused(occupancy: dict[str, float]) -> None:
    with pytest.raises(InvalidValue):
        AtomSite(label="M1", occupancy=occupancy, fraction=(0.0, 0.0, 0.0))


def test_a_crystal_comes_back_from_its_rows() -> None:
    crystal = Crystal(
        cell=UnitCell(lengths=(4.0, 4.0, 5.0), angles=(90.0, 90.0, 120.0)),
        sites=(
            AtomSite(label="M1/M2", occupancy={"Fe": 0.5, "Mg": 0.25}, fraction=(0.0, 0.0, 0.0)),
            AtomSite(label="O1", occupancy={"O": 1.0}, fraction=(0.5, 0.25, 0.125)),
        ),
        formula="Mg H2 O",
        has_unplaced_atoms=True,
    )
    edges = dict(zip(("a", "b", "c"), crystal.cell.lengths, strict=True))
    angles = dict(zip(("alpha", "beta", "gamma"), crystal.cell.angles, strict=True))
    metadata = {name: {"value": value, "unit": "angstrom"} for name, value in edges.items()}
    metadata |= {name: {"value": value, "unit": "deg"} for name, value in angles.items()}
    table = {"name": "crystal_structure", "columns": list(COLUMNS), "rows": [list(row) for row in rows_of(crystal)]}
    document = {"metadata": {**metadata, "chemical_formula": "Mg H2 O"}, "analyses": [table]}
    assert crystal_in(document) == crystal
    assert crystal_in({**document, "analyses": []}) is None
    assert crystal_in({**document, "metadata": {}}) is None
