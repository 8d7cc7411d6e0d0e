"""A unit cell with its atoms as a picture, drawn on the server: seen from far away, from a little above."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product

from markupsafe import Markup, escape

from kiban.records.matter.crystal import AtomSite, Crystal, Vector
from kiban.records.matter.elements import ATOMIC_NUMBERS

_SIZE, _MARGIN = 420.0, 14.0
_MOST_ATOMS = 800
_ON_A_FACE = 1e-3
_TURN, _TILT = math.radians(-22.0), math.radians(12.0)
_COLOURS = {
    "H": "#e8e8e8", "C": "#5a5a5a", "N": "#3f63d8", "O": "#d43a2f", "F": "#7bbf4b", "P": "#e08a2c", "S": "#d8bd2f",
    "Cl": "#3fa34a",
}  # fmt: skip
"""Colours that chemists expect; the others are spread over the circle so that neighbours differ."""
_PERIODS = (2, 10, 18, 36, 54, 86, 118)
_RADII = (0.28, 0.42, 0.55, 0.62, 0.70, 0.78, 0.85)
"""In angstrom by period: for the eye, smaller than atoms are so that nothing is hidden."""


def crystal_picture(crystal: Crystal, label: str) -> Markup | None:
    """The cell as an SVG picture, with atoms on its faces, edges and corners repeated; `None` where it would be a blot.

    Parameters
    ----------
    label : str
        What it shows, for who cannot see it.
    """
    atoms = [(place, site) for site in crystal.sites for place in _repeated(site.fraction)]
    if not atoms or len(atoms) > _MOST_ATOMS:
        return None
    corners = [_seen(crystal, corner) for corner in product((0.0, 1.0), repeat=3)]
    placed = sorted(((_seen(crystal, place), site) for place, site in atoms), key=lambda each: each[0][2])
    across, up = [x for x, _, _ in corners], [y for _, y, _ in corners]
    largest = max(_radius(site) for site in crystal.sites)
    scale = (_SIZE - 2 * _MARGIN) / (max(max(across) - min(across), max(up) - min(up)) + 2 * largest)
    left, top = min(across) - largest, max(up) + largest

    def at(point: Vector) -> tuple[float, float]:
        return _MARGIN + (point[0] - left) * scale, _MARGIN + (top - point[1]) * scale

    lines = "".join(_line(at(a), at(b)) for a, b in _edges(corners))
    circles = "".join(_circle(at(point), _radius(site) * scale, site) for point, site in placed)
    width = 2 * _MARGIN + (max(across) - min(across) + 2 * largest) * scale
    height = 2 * _MARGIN + (max(up) - min(up) + 2 * largest) * scale
    return Markup(  # noqa: S704  numbers and colours of ours; what comes from files is escaped
        f'<svg class="crystal" viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{escape(label)}">'
        f'<g class="cell-edges">{lines}</g><g class="atoms">{circles}</g></svg>'
    )


def colours_of(crystal: Crystal) -> tuple[tuple[str, str], ...]:
    """Each element with its colour, by the alphabet."""
    return tuple((element, _colour(element)) for element in sorted(crystal.contents))


def _repeated(fraction: Vector) -> Iterator[Vector]:
    choices = [(f, f + 1.0) if f < _ON_A_FACE else (f, f - 1.0) if f > 1.0 - _ON_A_FACE else (f,) for f in fraction]
    yield from product(*choices)


def _seen(crystal: Crystal, fraction: tuple[float, ...]) -> Vector:
    """Right, up and towards the eye, in angstrom: c stands upright, the cell is turned a little and tilted forward."""
    x, y, z = crystal.cell.cartesian((fraction[0], fraction[1], fraction[2]))
    x, y = x * math.cos(_TURN) - y * math.sin(_TURN), x * math.sin(_TURN) + y * math.cos(_TURN)
    return x, z * math.cos(_TILT) + y * math.sin(_TILT), z * math.sin(_TILT) - y * math.cos(_TILT)


def _edges(corners: list[Vector]) -> Iterator[tuple[Vector, Vector]]:
    # Corners are counted in binary: two are joined where one digit differs.
    for i in range(8):
        for bit in (1, 2, 4):
            if not i & bit:
                yield corners[i], corners[i | bit]


def _line(start: tuple[float, float], end: tuple[float, float]) -> str:
    return f'<line x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}"/>'


def _circle(centre: tuple[float, float], radius: float, site: AtomSite) -> str:
    main = max(site.occupancy, key=lambda element: site.occupancy[element])
    said = ", ".join(f"{e} {n:.3g}" if n < 1 else e for e, n in site.occupancy.items())
    # What is not always there is drawn thinner.
    opacity = 0.35 + 0.65 * min(sum(site.occupancy.values()), 1.0)
    return (
        f'<circle cx="{centre[0]:.1f}" cy="{centre[1]:.1f}" r="{radius:.1f}" fill="{_colour(main)}" '
        f'fill-opacity="{opacity:.2f}"><title>{escape(site.label)}: {escape(said)}</title></circle>'
    )


def _radius(site: AtomSite) -> float:
    number = max(ATOMIC_NUMBERS[element] for element in site.occupancy)
    return next(radius for last, radius in zip(_PERIODS, _RADII, strict=True) if number <= last)


def _colour(element: str) -> str:
    return _COLOURS.get(element) or f"hsl({ATOMIC_NUMBERS[element] * 137.508 % 360:.0f}, 55%, 52%)"
