"""Pictures of what is expected along a parameter, and over two, drawn on the server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby, pairwise

from markupsafe import Markup, escape

from kiban.planning.pictures.pair_map import PairMap
from kiban.planning.pictures.slices import Bar, Near, Slice
from kiban.planning.space.parameter import Value
from kiban.web.plot_frame import Frame, Scale, levels_scale, link, numbers_scale

_CLOSE = 0.12
"""Experiments this close to a slice are drawn in full."""
_N_SHADES = 10


def slices_scale(slices: Sequence[Slice]) -> Scale | None:
    """One vertical scale for all slices, so that they can be held against each other."""
    ends = [end for each in slices for bar in each.bars if bar is not None for end in (bar.lowest, bar.highest)]
    ends += [near.value for each in slices for near in each.near]
    return numbers_scale(ends) if ends else None


def slice_picture(
    found: Slice, up: Scale, *, label: str, across: str, axis: str, told: Callable[[Near], tuple[str, str]]
) -> Markup:
    """Draw one: the middle in a band of 68 % in one of 95 %, the experiments beside it, and the point's own place.

    Parameters
    ----------
    told : callable
        Gives the address of an experiment beside the slice, and what is said of it.
    """
    frame = Frame(across=_across(found), up=up)
    parts = [frame.axes(across, axis)]
    if not isinstance(found.here, str) and 0 <= frame.across.share(found.here) <= 1:
        parts.append(
            f'<line class="here" x1="{frame.x(found.here):.1f}" x2="{frame.x(found.here):.1f}" y1="{frame.top:.0f}" '
            f'y2="{frame.height - frame.bottom:.0f}"/>'
        )
    if frame.across.levels:
        parts += [_whisker(frame, s, b, s == found.here) for s, b in zip(found.settings, found.bars, strict=True) if b]
    else:
        pairs = zip(found.settings, found.bars, strict=True)
        for is_known, run in groupby(pairs, key=lambda pair: pair[1] is not None):
            if is_known:
                parts.append(_band(frame, [(s, bar) for s, bar in run if bar is not None]))
    # Of levels all lie on one line, which is that of the bar as well.
    beside = 20.0 if frame.across.levels else 0.0
    for near in reversed(found.near):
        if not 0 <= frame.across.share(near.setting) <= 1:
            continue
        kind = "near" if near.distance <= _CLOSE else "far"
        address, said = told(near)
        x = frame.x(near.setting) + beside
        shape = f'<circle class="{kind}" cx="{x:.1f}" cy="{frame.y(near.value):.1f}" r="4.5"/>'
        parts.append(link(address, said, shape, by_keyboard=False))
    return frame.drawn("slice", label, parts)


def map_picture(found: PairMap, *, label: str, axes: tuple[str, str], told: Callable[[int, int, float], str]) -> Markup:
    """Draw a map: a cell for each pair of settings, darker where more is expected.

    Parameters
    ----------
    told : callable
        Given the places of the two settings and what is expected, says it.
    """
    across, up = (_cells(values) for values in (found.across, found.up))
    frame = Frame(across=across, up=up, width=520, height=400)
    known = [value for row in found.expected for value in row if value is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    parts = []
    sides, heights = (_edges(frame, values, is_up=is_up) for values, is_up in ((found.across, False), (found.up, True)))
    for j, row in enumerate(found.expected):
        for i, value in enumerate(row):
            if value is None:
                continue
            shade = min(_N_SHADES - 1, int((value - low) / (high - low) * _N_SHADES)) if high > low else 0
            (left, right), (top, bottom) = sides[i], heights[j]
            parts.append(
                f'<rect class="shade{shade}" x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" '
                f'height="{bottom - top:.1f}"><title>{escape(told(i, j, value))}</title></rect>'
            )
    return frame.drawn("map", label, [*parts, frame.axes(*axes)])


def _across(found: Slice) -> Scale:
    if any(isinstance(setting, str) for setting in found.settings):
        return levels_scale([str(setting) for setting in found.settings])
    settings = [float(setting) for setting in found.settings]
    return numbers_scale(settings, room=0.02)


def _band(frame: Frame, run: list[tuple[Value, Bar]]) -> str:
    xs = [frame.x(setting) for setting, _ in run]
    if len(run) == 1:
        return _whisker(frame, run[0][0], run[0][1], is_here=False)
    parts = []
    for kind, ends in (("wide", ("lowest", "highest")), ("tight", ("low", "high"))):
        lower = [(x, frame.y(getattr(bar, ends[0]))) for x, (_, bar) in zip(xs, run, strict=True)]
        upper = [(x, frame.y(getattr(bar, ends[1]))) for x, (_, bar) in zip(xs, run, strict=True)]
        parts.append(f'<polygon class="{kind}" points="{_points([*upper, *reversed(lower)])}"/>')
    middle = [(x, frame.y(bar.expected)) for x, (_, bar) in zip(xs, run, strict=True)]
    parts.append(f'<polyline class="middle" points="{_points(middle)}"/>')
    return "".join(parts)


def _whisker(frame: Frame, setting: Value, bar: Bar, is_here: bool) -> str:
    x = frame.x(setting)
    kind = "bar own" if is_here else "bar"
    return (
        f'<line class="{kind} thin" x1="{x:.1f}" x2="{x:.1f}" y1="{frame.y(bar.lowest):.1f}" '
        f'y2="{frame.y(bar.highest):.1f}"/>'
        f'<line class="{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="{frame.y(bar.low):.1f}" y2="{frame.y(bar.high):.1f}"/>'
        f'<line class="{kind} cap" x1="{x - 12:.1f}" x2="{x + 12:.1f}" y1="{frame.y(bar.expected):.1f}" '
        f'y2="{frame.y(bar.expected):.1f}"/>'
    )


def _points(pairs: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in pairs)


def _cells(values: Sequence[Value]) -> Scale:
    if any(isinstance(value, str) for value in values):
        return Scale(low=-0.5, high=len(values) - 0.5, levels=tuple(str(value) for value in values))
    numbers = [float(value) for value in values]
    first, last = (numbers[1] - numbers[0]) / 2, (numbers[-1] - numbers[-2]) / 2
    return Scale(low=numbers[0] - first, high=numbers[-1] + last)


def _edges(frame: Frame, values: Sequence[Value], *, is_up: bool) -> list[tuple[float, float]]:
    """Where each cell begins and ends: halfway to its neighbours."""
    places = [frame.y(value) if is_up else frame.x(value) for value in values]
    ends = (frame.height - frame.bottom, frame.top) if is_up else (frame.left, frame.width - frame.right)
    halves = [ends[0], *((a + b) / 2 for a, b in pairwise(places)), ends[1]]
    return [(min(a, b), max(a, b)) for a, b in pairwise(halves)]
