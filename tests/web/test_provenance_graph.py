from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree

import pytest

from kiban.web.provenance_graph import MOST_BOXES, Graph, Node, draw, shortened, wrapped

SVG = "{http://www.w3.org/2000/svg}"


def _node(title: str, kind: str = "measurement", address: str | None = "/records/x") -> Node:
    return Node(title=title, note="X-ray diffraction", kind=kind, address=address)


def _drawn(graph: Graph) -> ElementTree.Element:
    # In a page the name space is understood; a parser of XML needs it said.
    svg = str(draw(graph, "Provenance")).replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return ElementTree.fromstring(svg)  # noqa: S314  made just now


def test_boxes_are_links_except_for_the_record_itself() -> None:
    file, here = _node("a.ras", "file", "/files/0"), _node("scan", address=None)
    picture = _drawn(Graph(columns=((file,), (here,)), edges=((file, here),)))
    assert [a.get("href") for a in picture.iter(f"{SVG}a")] == ["/files/0"]
    assert len([p for p in picture.iter(f"{SVG}path") if p.get("class") == "edge"]) == 1
    assert picture.get("aria-label") == "Provenance"


def test_names_are_escaped() -> None:
    evil = _node('<script>alert("1")</script>&', address='/records/"onfocus="x')
    svg = draw(Graph(columns=((evil,), (_node("s", "sample", None),))), '"><script>')
    assert "<script" not in svg
    assert '"onfocus' not in svg


def test_a_record_without_surroundings_is_not_drawn() -> None:
    assert draw(Graph(columns=((), (_node("alone", address=None),))), "x") == ""


def test_many_measurements_are_shortened_to_a_link_to_the_list() -> None:
    rest = _node("All 30 measurements", "more", "#measurements")
    nodes = shortened([_node(f"scan {n}", address=f"/records/{n}") for n in range(30)], rest)
    assert len(nodes) == MOST_BOXES
    assert nodes[-1] is rest
    assert shortened(nodes[:3], rest) == nodes[:3]


def test_boxes_do_not_overlap_and_stay_in_the_picture() -> None:
    long = "Cathode powder LiCoO2 calcined at 950 degrees, third batch, ground again and sieved"
    many = tuple(_node(f"{long} {n}", address=f"/records/{n}") for n in range(10))
    picture = _drawn(Graph(columns=(many, (_node("s", "sample", None),))))
    height = float(picture.get("height", "0"))
    spans = sorted(
        (float(r.get("x", "0")), float(r.get("y", "0")), float(r.get("height", "0")))
        for r in picture.iter(f"{SVG}rect")
    )
    for (x, y, h), (x2, y2, _) in pairwise(spans):
        assert x != x2 or y + h < y2
    assert all(y >= 0 and y + h <= height for _, y, h in spans)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("short", ["short"]),
        ("TiO2-A600_interrupted_again.xrdml", ["TiO2-A600_interrupted_", "again.xrdml"]),
        ("試料" * 7, ["試料" * 6, "試料"]),
        ("", [""]),
    ],
)
def test_names_are_wrapped(text: str, lines: list[str]) -> None:
    assert wrapped(text) == lines


def test_a_name_too_long_for_a_box_ends_in_an_ellipsis() -> None:
    assert wrapped("x" * 500) == ["x" * 24, "x" * 24, "x" * 23 + "…"]
