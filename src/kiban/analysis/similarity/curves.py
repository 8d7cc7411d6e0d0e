"""From a signal to the curve that it is compared by.

Resampled onto the places of its axis so that areas stay what they are, blurred by what calibration may be wrong by,
freed of its background and of what noise alone would give, its square root taken (in a pattern with texture the
strongest line is no longer all there is; of counts it makes the noise even), and scaled to 0...255. Thus neither the
scale of the detector, nor a sloping background, nor the step of the scan changes the curve.

The background is found by clipping peaks step by step (SNIP): C. G. Ryan et al., Nucl. Instrum. Methods B 34, 396
(1988).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kiban.analysis.peaks.curve import curve
from kiban.analysis.similarity.rulers import PLACES, Array, Ruler, Signal, signal
from kiban.records.likeness import COMPARED, Likeness
from kiban.records.reading import Reading

VERSION = 1
"""Raised by one whenever the same Reading would give another curve than before."""
_FEWEST_POINTS = 16
_NOISE_TIMES = 3.0
_FULL = 255.0


def likeness(reading: Reading) -> Likeness | None:
    """Derive what a Reading is compared by.

    Returns
    -------
    Likeness or None
        `None` where Readings of its technique are not compared at all. Of kind "" where they are, but this one has
        nothing to be compared by: no line stands out, or it cannot be brought onto the axis of its kind.
    """
    if reading.technique not in COMPARED:
        return None
    found = signal(reading)
    with np.errstate(all="ignore"):
        made = None if found is None else _made(found)
    return made or Likeness(kind="", version=VERSION)


def _made(found: Signal) -> Likeness | None:
    ruler = found.ruler
    ordered = _ordered(found)
    if ordered is None:
        return None
    x, y = ordered
    low = max(0, round((x[0] - ruler.first) / ruler.step))
    high = min(PLACES, round((x[-1] - ruler.first) / ruler.step))
    if (high - low) * ruler.step < ruler.least:
        return None
    height = _features(_resampled(ruler, x, y, low, high), ruler)
    top = float(height.max())
    if not top > 0.0:
        return None
    drawn = np.zeros(PLACES, dtype=np.uint8)
    drawn[low:high] = np.rint(_FULL * np.sqrt(height / top))
    return Likeness(kind=ruler.kind, version=VERSION, low=low, high=high, curve=drawn.tobytes())


def _ordered(found: Signal) -> tuple[Array, Array] | None:
    """The finite points that lie on the axis, ascending, one for each place."""
    ruler = found.ruler
    inside = (found.x >= ruler.first) & (found.x <= ruler.last)
    points = curve(found.x[inside], found.y[inside])
    return (points.x, points.y) if len(points) >= _FEWEST_POINTS else None


def _resampled(ruler: Ruler, x: Array, y: Array, low: int, high: int) -> Array:
    """The mean of the signal over each place, by its integral: of broad steps interpolated, of fine ones averaged."""
    edges = ruler.first + ruler.step * np.arange(low, high + 1)
    area = np.concatenate(([0.0], np.cumsum(0.5 * (y[1:] + y[:-1]) * np.diff(x))))
    # Between two points the signal is a straight line, so its integral is a parabola.
    at = np.clip(np.searchsorted(x, edges, side="right") - 1, 0, x.size - 2)
    along = np.clip(edges, x[0], x[-1]) - x[at]
    slope = (y[at + 1] - y[at]) / (x[at + 1] - x[at])
    whole = area[at] + along * (y[at] + 0.5 * slope * along)
    width = np.diff(np.clip(edges, x[0], x[-1]))
    means: Array = np.diff(whole) / np.where(width > 0.0, width, 1.0)
    # The first and the last place may lie outside by half a step.
    outside = np.flatnonzero(width <= 0.0)
    means[outside] = np.interp(edges[outside], x, y)
    return means


def _features(y: Array, ruler: Ruler) -> Array:
    """What stands out of background and noise."""
    top, y = float(np.abs(y).max()), y - y.min()
    kernel = _kernel(max(1, round(ruler.blur / ruler.step)))
    # Neighbours that lie on the line between theirs are no noise.
    curvature = np.abs(y[:-2] - 2.0 * y[1:-1] + y[2:])
    noise = float(np.median(curvature)) / (0.6745 * 6.0**0.5) * float(np.sqrt(np.sum(kernel**2)))
    blurred = _blurred(y, kernel)
    stands: Array = np.maximum(blurred - _background(blurred, ruler) - _NOISE_TIMES * noise, 0.0)
    # Rounding is no feature.
    return np.where(stands > 1e-9 * top, stands, 0.0)


def _kernel(half: int) -> Array:
    weights = half + 1.0 - np.abs(np.arange(-half, half + 1))
    kernel: Array = weights / weights.sum()
    return kernel


def _blurred(y: Array, kernel: Array) -> Array:
    half = kernel.size // 2
    blurred: Array = np.convolve(np.pad(y, half, mode="edge"), kernel, mode="valid")
    return blurred


def _background(y: Array, ruler: Ruler) -> Array:
    if ruler.background is None:
        return np.full_like(y, y.min())
    widest = min(max(1, round(ruler.background / ruler.step)), (y.size - 1) // 2)
    found = y.copy()
    # Near the ends as far as there are places on both sides: nothing is guessed of what was not measured.
    for half in range(widest, 0, -1):
        found[half:-half] = np.minimum(found[half:-half], 0.5 * (found[: -2 * half] + found[2 * half :]))
    return found


def places(found: Likeness) -> NDArray[np.uint8]:
    """The curve as numbers."""
    return np.frombuffer(found.curve, dtype=np.uint8)
