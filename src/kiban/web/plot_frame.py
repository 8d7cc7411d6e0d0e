"""The frame of a picture drawn on the server: two axes with their ticks, and where values lie between them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from kiban.web.number_text import number_text

_LONGEST_LEVEL = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The values of one axis: numbers from `low` to `high`, or levels with a place each."""

    low: float
    high: float
    levels: tuple[str, ...] = ()

    def share(self, value: float | str) -> float:
        """Where a value lies: 0 at the low end, 1 at the high one."""
        number = float(self.levels.index(value)) if isinstance(value, str) else value
        return (number - self.low) / (self.high - self.low)


def numbers_scale(values: Sequence[float], room: float = 0.05) -> Scale:
    """A scale that holds some numbers, with some room at both ends."""
    low, high = min(values), max(values)
    more = room * (high - low) or abs(high) * 0.05 or 1.0
    return Scale(low=low - more, high=high + more)


def levels_scale(levels: Sequence[str]) -> Scale:
    """A scale with a place for each level."""
    return Scale(low=-0.6, high=len(levels) - 0.4, levels=tuple(levels))


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A picture of some size, with room for the numbers of its axes."""

    across: Scale
    up: Scale
    width: float = 440.0
    height: float = 280.0
    left: float = 70.0
    right: float = 16.0
    top: float = 14.0
    bottom: float = 50.0

    def x(self, value: float | str) -> float:
        """How far across."""
        return self.left + self.across.share(value) * (self.width - self.left - self.right)

    def y(self, value: float | str) -> float:
        """How far down."""
        return self.height - self.bottom - self.up.share(value) * (self.height - self.top - self.bottom)

    def axes(self, across: str, up: str) -> str:
        """Lines, numbers and names of both axes."""
        foot = self.height - self.bottom
        parts = []
        for value in ticks(self.up):
            at = self.y(value)
            parts.append(
                f'<line class="grid" x1="{self.left:.0f}" x2="{self.width - self.right:.0f}" y1="{at:.1f}" '
                f'y2="{at:.1f}"/><text x="{self.left - 7:.0f}" y="{at + 4:.1f}" text-anchor="end">{_said(value)}</text>'
            )
        for value in ticks(self.across):
            at = self.x(value)
            parts.append(
                f'<line class="grid" x1="{at:.1f}" x2="{at:.1f}" y1="{foot:.0f}" y2="{foot + 5:.0f}"/>'
                f'<text x="{at:.1f}" y="{foot + 18:.0f}" text-anchor="middle">{_said(value)}</text>'
            )
        middle = (self.left + self.width - self.right) / 2
        parts.append(
            f'<line class="axis" x1="{self.left:.0f}" x2="{self.width - self.right:.0f}" y1="{foot:.0f}" '
            f'y2="{foot:.0f}"/>'
            f'<text class="name" x="{middle:.0f}" y="{self.height - 8:.0f}" text-anchor="middle">'
            f"{escape(across)}</text>"
            f'<text class="name" transform="translate(17 {(foot + self.top) / 2:.0f}) rotate(-90)" '
            f'text-anchor="middle">{escape(up)}</text>'
        )
        return "".join(parts)

    def drawn(self, kind: str, label: str, parts: Sequence[str]) -> Markup:
        """The picture of some parts. Numbers and escaped words are all that may be in them."""
        # A group, not an image: it has links, which programs that read aloud are to find.
        return Markup(  # noqa: S704
            f'<svg class="plot-{kind}" viewBox="0 0 {self.width:.0f} {self.height:.0f}" role="group" '
            f'aria-label="{escape(label)}">{"".join(parts)}</svg>'
        )


def ticks(scale: Scale, n: int = 4) -> list[float | str]:
    """Round numbers between the ends of a scale, or its levels."""
    if scale.levels:
        step = math.ceil(len(scale.levels) / 8)
        return list(scale.levels[::step])
    span = scale.high - scale.low
    size = 10.0 ** math.floor(math.log10(span / n))
    step_size = next(size * factor for factor in (1, 2, 5, 10) if span / (size * factor) <= n + 1)
    first, last = math.ceil(scale.low / step_size), math.floor(scale.high / step_size)
    return [i * step_size for i in range(first, last + 1)]


def link(address: str, told: str, shape: str, *, by_keyboard: bool = True) -> str:
    """A part of a picture that leads somewhere and says what it is where the pointer rests.

    Pictures have a table beside them for whoever has no pointer: where they hold many links, the keyboard passes over
    those that the table has as well.
    """
    skipped = "" if by_keyboard else ' tabindex="-1"'
    return f'<a href="{escape(address)}"{skipped} aria-label="{escape(told)}"><title>{escape(told)}</title>{shape}</a>'


def _said(value: float | str) -> str:
    if isinstance(value, str):
        short = value if len(value) <= _LONGEST_LEVEL else f"{value[: _LONGEST_LEVEL - 1]}…"
        return str(escape(short))
    return number_text(value)
