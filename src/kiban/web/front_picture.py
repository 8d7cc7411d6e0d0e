"""The Pareto front of two targets, and all experiments as lines, drawn on the server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from kiban.planning.objective.target import Goal
from kiban.planning.pictures.front import Front, FrontPoint
from kiban.planning.pictures.lines import Axis, Line, Lines
from kiban.web.number_text import number_text
from kiban.web.plot_frame import Frame, Scale, levels_scale, link, numbers_scale

_MOST_DOTS = 1000
_N_SHADES = 5
_TOP, _FOOT = 56.0, 34.0
_LONGEST = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """An experiment that is not done yet, where it is expected to come."""

    number: int
    across: float
    up: float


def front_picture(
    front: Front,
    following: Sequence[Next],
    *,
    label: str,
    axes: tuple[str, str],
    told: Callable[[int], tuple[str, str]],
) -> Markup | None:
    """Draw the first two targets; `None` where nothing is measured yet.

    The front is a line with steps where both targets are to be large or small: all that lies behind it is beaten.

    Parameters
    ----------
    told : callable
        Given the number of an experiment, its address and what is said of it.
    """
    if not front.points:
        return None
    first, second = front.targets[:2]
    shown = [point for point in front.points if not point.is_on_front][-_MOST_DOTS:]
    best = sorted(
        (point for point in front.points if point.is_on_front),
        key=lambda point: (point.values[first.name], point.values[second.name]),
    )
    xs = [p.values[first.name] for p in (*shown, *best)] + [each.across for each in following]
    ys = [p.values[second.name] for p in (*shown, *best)] + [each.up for each in following]
    frame = Frame(across=numbers_scale(xs), up=numbers_scale(ys), width=620, height=400)
    parts = [frame.axes(*axes)]
    if len(front.targets) == 2 and Goal.MATCH not in {first.goal, second.goal}:
        parts.append(_steps(frame, front, best))
    for point in shown:
        parts.append(_dot(frame, front, point, "old" if point.is_old else "done", told))
    for each in following:
        x, y = frame.x(each.across), frame.y(each.up)
        shape = f'<path class="next" d="M{x:.1f} {y - 7:.1f}l7 7l-7 7l-7 -7z"/>'
        parts.append(link(*told(each.number), shape))
    parts += [_dot(frame, front, point, "on old" if point.is_old else "on", told) for point in best]
    return frame.drawn("front", label, parts)


def _dot(frame: Frame, front: Front, point: FrontPoint, kind: str, told: Callable[[int], tuple[str, str]]) -> str:
    x, y = (point.values[target.name] for target in front.targets[:2])
    radius = 6 if point.is_on_front else 4
    shape = f'<circle class="{kind}" cx="{frame.x(x):.1f}" cy="{frame.y(y):.1f}" r="{radius}"/>'
    return link(*told(point.number), shape, by_keyboard=point.is_on_front)


def _steps(frame: Frame, front: Front, best: Sequence[FrontPoint]) -> str:
    """From one to the next by way of the worse of both in each direction."""
    first, second = front.targets[:2]
    points: list[str] = []
    for point, following in zip(best, (*best[1:], None), strict=True):
        x, y = point.values[first.name], point.values[second.name]
        points.append(f"{frame.x(x):.1f},{frame.y(y):.1f}")
        if following is not None:
            # What is to be large across is beaten left of a point, what is to be small right of it.
            is_large = first.goal is Goal.MAXIMISE
            corner = (x, following.values[second.name]) if is_large else (following.values[first.name], y)
            points.append(f"{frame.x(corner[0]):.1f},{frame.y(corner[1]):.1f}")
    return f'<polyline class="front" points="{" ".join(points)}"/>'


def lines_picture(
    found: Lines, *, label: str, names: Sequence[str], told: Callable[[int], tuple[str, str]]
) -> Markup | None:
    """Draw every experiment as a line through all axes; `None` where there are fewer than two."""
    if len(found.lines) < 2:
        return None
    width = max(620.0, 150.0 * len(found.axes))
    height = 330.0
    step = (width - 130.0) / max(1, len(found.axes) - 1)
    places = [60.0 + i * step for i in range(len(found.axes))]
    scales = [_scale(axis) for axis in found.axes]
    parts = []
    for line in found.lines:
        parts.append(link(*told(line.number), _line(line, places, scales, height), by_keyboard=False))
    for i, (axis, scale, x) in enumerate(zip(found.axes, scales, places, strict=True)):
        parts.append(f'<line class="axis" x1="{x:.0f}" x2="{x:.0f}" y1="{_TOP:.0f}" y2="{height - _FOOT:.0f}"/>')
        parts.append(
            f'<text class="name{" wanted" if axis.name == found.target else ""}" x="{x:.0f}" '
            f'y="{20 if i % 2 == 0 else 38}" text-anchor="middle">{escape(_short(names[i]))}'
            f"<title>{escape(names[i])}</title></text>"
        )
        for value, said in _ends(axis):
            at = _up(scale.share(value), height)
            parts.append(f'<text x="{x + 6:.0f}" y="{at + 4:.1f}">{escape(said)}</text>')
    return Markup(  # noqa: S704  numbers made here and escaped words
        f'<svg class="plot-lines" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" role="group" '
        f'aria-label="{escape(label)}">{"".join(parts)}</svg>'
    )


def _scale(axis: Axis) -> Scale:
    if axis.levels:
        return levels_scale(axis.levels)
    return Scale(low=axis.low, high=axis.high if axis.high > axis.low else axis.low + 1.0)


def _ends(axis: Axis) -> list[tuple[float | str, str]]:
    if axis.levels:
        return [(level, _short(level)) for level in axis.levels[:12]]
    ends = [axis.low, axis.high] if axis.high > axis.low else [axis.low]
    return [(end, number_text(end, 4)) for end in ends]


def _line(line: Line, places: Sequence[float], scales: Sequence[Scale], height: float) -> str:
    points = [
        f"{x:.1f},{_up(scale.share(value), height):.1f}"
        for x, scale, value in zip(places, scales, line.values, strict=True)
        if value is not None
    ]
    if line.is_open:
        kind = "next"
    elif line.good is None:
        kind = "unknown"
    else:
        kind = f"good{min(_N_SHADES - 1, int(line.good * _N_SHADES))}{' best' if line.is_best else ''}"
    return f'<polyline class="{kind}" points="{" ".join(points)}"/>'


def _up(share: float, height: float) -> float:
    return height - _FOOT - share * (height - _TOP - _FOOT)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
