"""Two records laid over each other: curves on the axis on which they were compared, or amounts beside each other."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from kiban.records.likeness import COMPOSITION, Likeness

_WIDTH, _HEIGHT, _MARGIN = 160.0, 56.0, 3.0
_POINTS = 160
_REVERSED = ("ir", "xps", "nmr")
"""Kinds that their fields draw from right to left."""


def overlaid(one: Likeness, other: Likeness | None) -> Markup:
    """The curves of two records where either was measured; the first is filled, the second a line.

    What the picture shows is said in words beside it, so programs that read pages aloud pass over it.
    """
    if one.kind == COMPOSITION or other is None or not one.curve or not other.curve:
        return Markup("")
    low, high = min(one.low, other.low), max(one.high, other.high)
    is_reversed = one.kind.partition(" ")[0] in _REVERSED
    ground = f"{_HEIGHT - _MARGIN:.1f}"
    mine, theirs = (_points(each, low, high, is_reversed=is_reversed) for each in (one, other))
    ends = [point.partition(",")[0] for point in (mine[0], mine[-1])]
    filled = " ".join([f"{ends[0]},{ground}", *mine, f"{ends[1]},{ground}"])
    return _picture(f'<polygon points="{filled}"/><polyline points="{" ".join(theirs)}"/>')


def beside(one: Mapping[str, float], other: Mapping[str, float]) -> Markup:
    """The amounts of two compositions, element by element: the first a filled column, the second a frame."""
    elements = sorted({*one, *other}, key=lambda e: -max(one.get(e, 0.0), other.get(e, 0.0)))[:8]
    if not elements:
        return Markup("")
    width = (_WIDTH - 2 * _MARGIN) / len(elements)
    parts = []
    for i, element in enumerate(elements):
        left = _MARGIN + i * width
        for kind, amounts, inset in (("mine", one, 0.12), ("theirs", other, 0.24)):
            tall = (_HEIGHT - 16.0) * min(1.0, amounts.get(element, 0.0))
            if tall > 0.0:
                parts.append(
                    f'<rect class="{kind}" x="{left + inset * width:.1f}" y="{_HEIGHT - 13.0 - tall:.1f}" '
                    f'width="{(1 - 2 * inset) * width:.1f}" height="{tall:.1f}"/>'
                )
        # Symbols of elements have letters alone.
        symbol = "".join(letter for letter in element if letter.isalpha())
        parts.append(f'<text x="{left + 0.5 * width:.1f}" y="{_HEIGHT - 3.0:.1f}" text-anchor="middle">{symbol}</text>')
    return _picture("".join(parts), keeps_shape=True)


def _points(found: Likeness, low: int, high: int, *, is_reversed: bool) -> list[str]:
    """As many points as the picture can show, each the highest of its stretch, so that no line is lost."""
    stretch = max(1, (high - low) // _POINTS)
    placed = []
    for start in range(max(low, found.low), min(high, found.high), stretch):
        piece = found.curve[start : min(start + stretch, found.high)]
        across = (start + 0.5 * stretch - low) / (high - low)
        across = 1.0 - across if is_reversed else across
        up = max(piece, default=0) / 255.0
        placed.append(
            f"{_MARGIN + min(max(across, 0.0), 1.0) * (_WIDTH - 2 * _MARGIN):.1f},"
            f"{_HEIGHT - _MARGIN - up * (_HEIGHT - 2 * _MARGIN):.1f}"
        )
    return placed or [f"{_MARGIN},{_HEIGHT - _MARGIN}"]


def _picture(inside: str, *, keeps_shape: bool = False) -> Markup:
    shape = "xMidYMid meet" if keeps_shape else "none"
    # Nothing but numbers made here, and letters, goes into it.
    return Markup(  # noqa: S704
        f'<svg class="sparkline overlaid" viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" preserveAspectRatio="{shape}" '
        f'aria-hidden="true" focusable="false">{inside}</svg>'
    )
