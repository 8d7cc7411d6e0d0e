"""The course of a campaign, drawn on the server: what each experiment gave, and the best so far."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.experiment import Source
from kiban.planning.campaign.progress import worths_of
from kiban.planning.objective.objective import Way
from kiban.web.number_text import number_text

_WIDTH, _HEIGHT = 720.0, 260.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 84.0, 16.0, 14.0, 40.0
_N_TICKS = 4


@dataclass(frozen=True, slots=True)
class Dot:
    """One experiment in the picture."""

    number: int
    value: float
    counts: bool
    """It keeps to all limits, so that it can be the best."""
    is_old: bool
    """It was done before the campaign."""
    best: float | None
    """The best until then, itself included."""


def dots(campaign: Campaign) -> tuple[Dot, ...]:
    """The completed experiments of a campaign with one target, in the order of their numbers."""
    if campaign.objective.way is not Way.SINGLE:
        return ()
    target = campaign.objective.targets[0]
    done, worths = worths_of(campaign)
    found: list[Dot] = []
    best, best_worth = None, -math.inf
    for experiment, worth in zip(done, worths[0], strict=True):
        outcome = experiment.outcome(target.name)
        if outcome is None:
            continue
        if worth > best_worth:
            best, best_worth = outcome.value.value, float(worth)
        is_old = experiment.source is Source.IMPORTED
        found.append(Dot(experiment.number, outcome.value.value, not math.isnan(worth), is_old, best))
    return tuple(found)


def course_picture(shown: Sequence[Dot], before: float | None, label: str, axis: str, across: str) -> Markup | None:
    """Draw them; `None` where there are fewer than two.

    Parameters
    ----------
    before : float, optional
        The best before the campaign: a level across the picture.
    label : str
        What a program says that reads the page aloud.
    axis, across : str
        What the vertical and the horizontal axis are called.
    """
    if len(shown) < 2:
        return None
    low, high = min(dot.value for dot in shown), max(dot.value for dot in shown)
    room = 0.06 * (high - low) or abs(high) * 0.05 or 1.0
    low, high = low - room, high + room
    first, last = shown[0].number, shown[-1].number

    def x(number: float) -> float:
        return _LEFT + (number - first) / max(1, last - first) * (_WIDTH - _LEFT - _RIGHT)

    def y(value: float) -> float:
        return _HEIGHT - _BOTTOM - (value - low) / (high - low) * (_HEIGHT - _TOP - _BOTTOM)

    parts = [_ticks(low, high, y)]
    if before is not None:
        level = f'x1="{_LEFT:.0f}" x2="{_WIDTH - _RIGHT:.0f}" y1="{y(before):.1f}" y2="{y(before):.1f}"'
        parts.append(f'<line class="before" {level}/>')
    steps: list[str] = []
    for dot in shown:
        if dot.best is not None:
            steps.append(_step(x(dot.number), y(dot.best), steps))
    if steps:
        parts.append(f'<polyline class="best" points="{" ".join(steps)}"/>')
    for dot in shown:
        kind = "old" if dot.is_old else "done" if dot.counts else "out"
        parts.append(f'<circle class="{kind}" cx="{x(dot.number):.1f}" cy="{y(dot.value):.1f}" r="4"/>')
    parts += [
        f'<text x="{_LEFT:.0f}" y="{_HEIGHT - 22:.0f}" text-anchor="middle">{first}</text>',
        f'<text x="{_WIDTH - _RIGHT:.0f}" y="{_HEIGHT - 22:.0f}" text-anchor="middle">{last}</text>',
        f'<text x="{(_LEFT + _WIDTH - _RIGHT) / 2:.0f}" y="{_HEIGHT - 6:.0f}" text-anchor="middle">'
        f"{escape(across)}</text>",
        f'<text transform="translate(22 {(_HEIGHT - _BOTTOM + _TOP) / 2:.0f}) rotate(-90)" text-anchor="middle">'
        f"{escape(axis)}</text>",
    ]
    # Numbers made here and escaped words are all that goes into it.
    return Markup(  # noqa: S704
        f'<svg class="course" viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" role="img" aria-label="{escape(label)}">'
        f"{''.join(parts)}</svg>"
    )


def _step(across: float, up: float, steps: list[str]) -> str:
    """First across, then up: the best holds until it is beaten."""
    if not steps:
        return f"{across:.1f},{up:.1f}"
    before = steps[-1].rsplit(",", 1)[1]
    return f"{across:.1f},{before} {across:.1f},{up:.1f}"


def _ticks(low: float, high: float, y: Callable[[float], float]) -> str:
    size = 10.0 ** math.floor(math.log10((high - low) / _N_TICKS))
    step = next(size * factor for factor in (1, 2, 5, 10) if (high - low) / (size * factor) <= _N_TICKS + 1)
    lines = []
    for i in range(math.ceil(low / step), math.floor(high / step) + 1):
        up = y(i * step)
        lines.append(
            f'<line class="grid" x1="{_LEFT:.0f}" x2="{_WIDTH - _RIGHT:.0f}" y1="{up:.1f}" y2="{up:.1f}"/>'
            f'<text x="{_LEFT - 8:.0f}" y="{up + 4:.1f}" text-anchor="end">{number_text(i * step)}</text>'
        )
    return "".join(lines)
