"""Unit cells as pictures."""

from __future__ import annotations

from lxml import etree

from kiban.records.matter.crystal import AtomSite, Crystal, UnitCell
from kiban.web.crystal_picture import colours_of, crystal_picture


def crystal(*sites: AtomSite, n: int = 1) -> Crystal:
    return Crystal(cell=UnitCell(lengths=(4.0, 4.0, 4.0), angles=(90.0, 90.0, 90.0)), sites=sites * n)


CORNER = AtomSite(label="Cs1", occupancy={"Cs": 1.0}, fraction=(0.0, 0.0, 0.0))
CENTRE = AtomSite(label='<M&"1>', occupancy={"Fe": 0.5, "Mg": 0.25}, fraction=(0.5, 0.5, 0.5))


def drawn(of: Crystal) -> etree._Element:
    picture = crystal_picture(of, 'the cell of "x" & <y>')
    assert picture is not None
    return etree.fromstring(str(picture))


def test_a_corner_is_drawn_at_all_eight_corners_and_the_centre_once() -> None:
    svg = drawn(crystal(CORNER, CENTRE))
    assert len(svg.findall(".//circle")) == 9
    assert len(svg.findall(".//line")) == 12
    assert svg.get("aria-label") == 'the cell of "x" & <y>'


def test_what_comes_from_files_is_escaped_and_occupancies_are_told() -> None:
    svg = drawn(crystal(CENTRE))
    assert [each.text for each in svg.findall(".//title")] == ['<M&"1>: Fe 0.5, Mg 0.25']


def test_everything_lies_inside_the_picture() -> None:
    svg = drawn(crystal(CORNER, CENTRE))
    _, _, width, height = map(float, str(svg.get("viewBox")).split())
    for circle in svg.findall(".//circle"):
        x, y, r = (float(str(circle.get(name))) for name in ("cx", "cy", "r"))
        assert 0 <= x - r <= x + r <= width
        assert 0 <= y - r <= y + r <= height


def test_elements_have_colours_of_their_own() -> None:
    colours = dict(colours_of(crystal(CORNER, CENTRE)))
    assert set(colours) == {"Cs", "Fe", "Mg"}
    assert len(set(colours.values())) == 3


def test_too_many_atoms_are_no_picture() -> None:
    assert crystal_picture(crystal(CENTRE, n=801), "a protein") is None
