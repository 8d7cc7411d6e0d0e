"""Finding peaks by their significance against counting statistics.

A curve is filtered with the negative second derivative of a Gaussian, which gives 0 for any straight background, at
widths that double from one pass to the next. Where the filtered curve exceeds its own standard deviation by a factor,
there is a peak: the generalised second difference of M. A. Mariscotti, Nucl. Instrum. Methods 50, 309 (1967), at
several widths. For wide peaks neighbouring points are added up first, which keeps the work small.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiban.analysis.peaks.curve import smoothed

Array = NDArray[np.float64]

_NARROWEST = 1.6
"""Standard deviation in points of the narrowest filter; it suits a peak whose full width is about as many points."""
_BINNED_FROM = 3.2
_REACH = 4
"""Standard deviations on either side at which the filter ends."""
_BEST_SCALE = 1.05
"""Full width at half maximum of a Gaussian over the filter width that shows it best: √(8 ln 2) / √5."""
_STRONG = 20.0
_MOST = 300
"""Candidates looked at; a curve with more is noise that was taken for counts."""


# The widest filter meant here is √5 σ wide, so that it answers best; the others are 1, 2, 3, ... octaves narrower.
_OCTAVES_DOWN = np.sqrt(5.0) * 0.5 ** np.arange(20)
_ANSWERS = _OCTAVES_DOWN**2.5 / (_OCTAVES_DOWN**2 + 1.0) ** 1.5 * (6.0**1.5 / 5.0**1.25)
"""What a filter answers to a Gaussian, over what the filter says that answers best."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candidates:
    """Where peaks are, in order of place; arrays of shape (n_peaks,)."""

    place: Array
    """Index in the curve: of the top of a strong peak, of the middle of a weak one."""
    width: Array
    """Full width at half maximum in points, within a factor of two."""
    significance: Array
    """Filtered height over its standard deviation."""
    is_strong: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class _Pass:
    scale: float
    """Standard deviation of the filter, in points of the curve."""
    places: Array
    significance: Array


def search(y: Array, variance: Array, *, threshold: float, widest: float) -> Candidates:
    """Find the peaks of an evenly spaced curve.

    Parameters
    ----------
    y, variance : array, shape (n_points,)
        The curve and the variance of each point, which is positive.
    threshold : float
        How many standard deviations a peak must stand out.
    widest : float
        Full width at half maximum, in points, beyond which a hump belongs to the background. From a quarter of it on a
        hump must be the more significant the wider it is: backgrounds bend by themselves, whatever counting says.
    """
    passes = _filtered(y, variance, widest)
    place, scale, found = _maxima(passes, threshold, 0.25 * widest / _BEST_SCALE)
    if place.size == 0:
        return Candidates(place=place, width=scale, significance=found, is_strong=found > 0)
    keep = _undisputed(place, scale, found, threshold)
    order = np.flatnonzero(keep)[np.argsort(place[keep], kind="stable")]
    place, scale, found = place[order], scale[order], found[order]
    guess = _width_by_answers(passes, place, scale)
    # A strong peak can be seen as it is; a weak one only through the filter, because noise has tops of its own.
    is_strong = found > _STRONG
    level = smoothed(y, 3)
    top = _nearest_top(level, place, guess)
    width = np.where(is_strong, _half_height_width(level, top, guess), guess)
    return Candidates(place=np.where(is_strong, top, place), width=width, significance=found, is_strong=is_strong)


def _filtered(y: Array, variance: Array, widest: float) -> list[_Pass]:
    """Filter at one width after the other, as long as the filter fits into the curve twice."""
    passes: list[_Pass] = []
    scale, bin_size = _NARROWEST, 1
    places = np.arange(y.size, dtype=np.float64)
    while not passes or _BEST_SCALE * scale <= widest:
        kernel = _kernel(scale / bin_size)
        if y.size < (2 * kernel.size if passes else kernel.size + 2):
            break
        response = np.convolve(y, kernel, "valid")
        spread = np.sqrt(np.convolve(variance, kernel**2, "valid"))
        margin = kernel.size // 2
        passes.append(_Pass(scale, places[margin : places.size - margin], response / spread))
        scale *= 2.0
        if scale / bin_size > _BINNED_FROM:
            bin_size *= 2
            even = y.size // 2 * 2
            y, variance = y[:even:2] + y[1:even:2], variance[:even:2] + variance[1:even:2]
            places = 0.5 * (places[:even:2] + places[1:even:2])
    return passes


def _kernel(scale: float) -> Array:
    t = np.arange(-round(_REACH * scale), round(_REACH * scale) + 1) / scale
    kernel = (1.0 - t**2) * np.exp(-0.5 * t**2)
    weight = np.exp(-0.5 * t**2)
    # Cut off and sampled it no longer sums to 0 by itself.
    balanced: Array = kernel - weight * (np.sum(kernel) / np.sum(weight))
    return balanced


def _maxima(passes: list[_Pass], threshold: float, plain: float) -> tuple[Array, Array, Array]:
    """Place, filter width and significance of the maxima of all passes above the threshold, the largest of them."""
    places, scales, found = [], [], []
    for each in passes:
        s = each.significance
        needed = threshold * max(1.0, each.scale / plain)
        top = np.flatnonzero((s[1:-1] > needed) & (s[1:-1] > s[:-2]) & (s[1:-1] >= s[2:])) + 1
        places.append(each.places[top])
        scales.append(np.full(top.size, each.scale))
        found.append(s[top])
    if not places:
        return np.empty(0), np.empty(0), np.empty(0)
    place, scale, height = np.concatenate(places), np.concatenate(scales), np.concatenate(found)
    if place.size > _MOST:
        largest = np.sort(np.argsort(height, kind="stable")[-_MOST:])
        place, scale, height = place[largest], scale[largest], height[largest]
    return place, scale, height


def _undisputed(place: Array, scale: Array, found: Array, threshold: float) -> NDArray[np.bool_]:
    """Choose among maxima of different widths that stand at the same place.

    A wide filter also answers to a group of narrow peaks, and a narrow one to the top of a wide peak. The second is
    known for a Gaussian, whose answer to a filter of width s goes with s^2.5 / (s² + σ²)^1.5: a narrow maximum that is
    not clearly larger than that belongs to the wide peak. Of what remains the narrower wins.
    """
    octave = np.rint(np.log2(scale)).astype(np.int8)
    is_near = np.abs(place[:, None] - place[None, :]) < 0.75 * scale
    narrow, wide = np.nonzero(is_near & (octave[:, None] < octave))
    lower = np.minimum(octave[wide] - octave[narrow], _ANSWERS.size - 1)
    is_ripple = (lower > 1) & (found[narrow] < threshold + 1.5 * _ANSWERS[lower] * found[wide])
    undisputed = np.ones(place.size, dtype=np.bool_)
    undisputed[narrow[is_ripple]] = False
    undisputed[wide[undisputed[narrow]]] = False
    return undisputed


def _width_by_answers(passes: list[_Pass], place: Array, own: Array) -> Array:
    """Full width at half maximum of a Gaussian that answers to the filters as each peak does.

    From the filter that found the peak, wider ones are tried as long as they show it better, two octaves at most: the
    widest see its neighbours. The standard deviation follows from the answers to the best filter and to the one half
    as wide, because S(s) goes with s^2.5 / (s² + σ²)^1.5.
    """
    answers = np.stack([_at(each, place) for each in passes])
    scales = np.array([each.scale for each in passes])
    column = np.arange(place.size)
    best = np.searchsorted(scales, own)
    for _ in range(2):
        wider = np.minimum(best + 1, scales.size - 1)
        best = np.where(answers[wider, column] > answers[best, column], wider, best)
    over_half = answers[best, column] / np.maximum(answers[np.maximum(best - 1, 0), column], 1e-9)
    part = np.clip(over_half / 2.0**2.5, 0.0, 1.0) ** (2.0 / 3.0)
    scale = scales[best]
    variance = (0.5 * scale) ** 2 * (4.0 * part - 1.0) / np.maximum(1.0 - part, 0.1)
    sigma = np.where(best > 0, np.sqrt(np.maximum(variance, 0.0)), scale / np.sqrt(5.0))
    width: Array = np.sqrt(8.0 * np.log(2.0)) * np.clip(sigma, 0.2 * scale, 0.6 * scale)
    return width


def _at(each: _Pass, place: Array) -> Array:
    step = each.places[1] - each.places[0] if each.places.size > 1 else 1.0
    index = np.rint((place - each.places[0]) / step).astype(np.intp)
    inside = (index >= 0) & (index < each.places.size)
    answer: Array = np.where(inside, each.significance[np.clip(index, 0, each.places.size - 1)], 0.0)
    return answer


def _nearest_top(y: Array, place: Array, width: Array) -> Array:
    """Index of the largest value within half a width of each place."""
    offset = np.arange(-int(0.5 * np.max(width, initial=1.0)) - 1, int(0.5 * np.max(width, initial=1.0)) + 2)
    index = np.clip(np.rint(place).astype(np.intp)[:, None] + offset, 0, y.size - 1)
    near = np.where(np.abs(offset) <= 0.5 * width[:, None] + 0.5, y[index], -np.inf)
    top: Array = np.take_along_axis(index, np.argmax(near, axis=1)[:, None], axis=1)[:, 0].astype(np.float64)
    return top


def _half_height_width(y: Array, place: Array, guess: Array) -> Array:
    """Measure the full width at half height of each peak, from its top down to its nearer side.

    Parameters
    ----------
    y : array, shape (n_points,)
    place, guess : array, shape (n_peaks,)
        Index of the top; a width in points within which half the height is reached if it ever is.

    Returns
    -------
    array, shape (n_peaks,)
        In points, at least 1; the guess where the curve does not fall to half height within it.
    """
    reach = int(np.ceil(1.5 * float(np.max(guess, initial=1.0)))) + 1
    offset = np.arange(reach + 1)
    centre = np.clip(np.rint(place).astype(np.intp), 0, y.size - 1)
    sides = np.stack([y[np.clip(centre[:, None] + sign * offset, 0, y.size - 1)] for sign in (-1, 1)])
    is_near = offset <= 1.5 * guess[:, None] + 1.0
    bottom = np.max(np.min(np.where(is_near, sides, np.inf), axis=2), axis=0)
    half = 0.5 * (sides[0, :, 0] + bottom)
    is_below = (sides < half[None, :, None]) & is_near
    steps = np.where(np.any(is_below, axis=2), np.argmax(is_below, axis=2), np.inf)
    # On average half height lies half a point before the first one that is below it.
    width = 2.0 * (np.min(steps, axis=0) - 0.5)
    measured: Array = np.where(np.isfinite(width), np.maximum(width, 1.0), guess)
    return measured
