"""Where a record comes from, drawn on the server: boxes in columns from left to right, each a link."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

_BOX, _GAP, _MARGIN = 196, 52, 6
"""Width of a box, room for arrows between columns, and room for the outline of a box that has the focus."""
_LINE, _PADDING, _BETWEEN = 17, 9, 12
_LONGEST_LINE = 24
"""In half-width characters: what fits a box at the size that the style sheet gives it."""
_MOST_LINES = 3
MOST_BOXES = 10
"""In one column. What is left stands in a box of its own, which leads to the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One box."""

    title: str
    note: str
    """What it is, in the page's language."""
    kind: str
    """`file`, `measurement`, `sample`, `project` or `more`: the style sheet tells them apart."""
    address: str | None = None
    """Where it leads; `None` for the record that the page is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """Boxes in columns. Every box of a column is tied to boxes of the next one, left to right."""

    columns: tuple[tuple[Node, ...], ...]
    edges: tuple[tuple[Node, Node], ...] = field(default=())


def shortened(nodes: Sequence[Node], rest: Node) -> tuple[Node, ...]:
    """At most `MOST_BOXES` boxes; `rest` stands for those that are left out."""
    return tuple(nodes) if len(nodes) <= MOST_BOXES else (*nodes[: MOST_BOXES - 1], rest)


def draw(graph: Graph, label: str) -> Markup:
    """Draw a graph as SVG.

    Parameters
    ----------
    label : str
        What the picture shows, for those who do not see it; the boxes are read out one by one after it.

    Returns
    -------
    Markup
        All names in it are escaped. Nothing for a graph with fewer than two boxes.
    """
    columns = [column for column in graph.columns if column]
    if sum(map(len, columns)) < 2:
        return Markup("")
    height = max(sum(map(_height, column)) + _BETWEEN * (len(column) - 1) for column in columns)
    places: dict[Node, tuple[int, float, int]] = {}
    for number, column in enumerate(columns):
        x = _MARGIN + number * (_BOX + _GAP)
        top = _MARGIN + (height - sum(map(_height, column)) - _BETWEEN * (len(column) - 1)) / 2
        for node in column:
            places[node] = (x, top, _height(node))
            top += _height(node) + _BETWEEN
    width = len(columns) * _BOX + (len(columns) - 1) * _GAP + 2 * _MARGIN
    inside = Markup("").join([*_arrows(graph.edges, places), *(_box(node, *place) for node, place in places.items())])
    return Markup(
        '<svg class="provenance" role="group" aria-label="{label}" viewBox="0 0 {w} {h:.0f}" width="{w}" '
        'height="{h:.0f}">{inside}</svg>'
    ).format(label=label, w=width, h=height + 2 * _MARGIN, inside=inside)


def _arrows(edges: Sequence[tuple[Node, Node]], places: dict[Node, tuple[int, float, int]]) -> Iterator[Markup]:
    for start, end in edges:
        if start not in places or end not in places:
            continue
        x, top, height = places[start]
        x2, top2, height2 = places[end]
        x1, y1, y2 = x + _BOX, top + height / 2, top2 + height2 / 2
        bend = (x2 - x1) / 2
        yield Markup(
            '<path class="edge" d="M{x1},{y1:.1f} C{c1:.1f},{y1:.1f} {c2:.1f},{y2:.1f} {x2},{y2:.1f}"/>'
            '<path class="head" d="M{x2},{y2:.1f} l-7,-4 v8 z"/>'
        ).format(x1=x1, y1=y1, c1=x1 + bend, c2=x2 - bend, x2=x2, y2=y2)


def _box(node: Node, x: int, top: float, height: int) -> Markup:
    lines = Markup("").join(
        Markup('<tspan x="{}" dy="{}">{}</tspan>').format(x + _PADDING, 0 if n == 0 else _LINE, line)
        for n, line in enumerate(wrapped(node.title))
    )
    drawn = Markup(
        '<g class="box {kind}{here}"><title>{title} ({note})</title>'
        '<rect x="{x}" y="{top:.1f}" width="{w}" height="{h}" rx="6"/>'
        '<text class="note" x="{tx}" y="{ty:.1f}">{note}</text><text x="{tx}" y="{ny:.1f}">{lines}</text></g>'
    ).format(
        kind=node.kind,
        here=" here" if node.address is None else "",
        title=node.title,
        note=node.note,
        x=x,
        top=top,
        w=_BOX,
        h=height,
        tx=x + _PADDING,
        ty=top + _PADDING + 9,
        ny=top + _PADDING + 9 + _LINE,
        lines=lines,
    )
    return drawn if node.address is None else Markup('<a href="{}">{}</a>').format(node.address, drawn)


def _height(node: Node) -> int:
    return 2 * _PADDING + _LINE * len(wrapped(node.title)) + _LINE - 3


def wrapped(text: str) -> list[str]:
    """Break a name into lines that fit a box, anywhere if need be; what is too long for all of them ends in `…`."""
    lines, line, width = [], "", 0
    for character in " ".join(text.split()):
        wide = 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if width + wide > _LONGEST_LINE:
            cut = max(line.rfind(mark) for mark in " _-/") + 1
            cut = cut if cut > len(line) // 2 else len(line)
            lines.append(line[:cut].rstrip())
            line = line[cut:]
            width = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
        line += character
        width += wide
    lines.append(line)
    return lines if len(lines) <= _MOST_LINES else [*lines[: _MOST_LINES - 1], lines[_MOST_LINES - 1][:-1] + "…"]
