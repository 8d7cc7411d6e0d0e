"""What the uncertainties of inputs mean for a value worked out of them: linear (GUM) and by Monte Carlo (JCGM 101).

Both take a function of bare numbers, one for each input in the unit that the input carries, and say in which unit its
result is. An input without an uncertainty makes the result's uncertainty unknown: what is not known does not become 0.
A constant belongs into the function, not among the inputs.

References
----------
JCGM 100:2008, Guide to the expression of uncertainty in measurement (GUM): 5.1.2, 5.2.2, G.4.1.
JCGM 101:2008, Supplement 1, Propagation of distributions using a Monte Carlo method: 6.4, 7.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import InvalidValue, OutOfRange
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Distribution, Origin, Uncertainty

_N_TRIALS = 200_000
"""JCGM 101, 7.2.2: at least 10,000 / (1 - p) trials, here for p = 0.95."""
_RELATIVE_STEP = 6e-6
"""Cube root of the rounding error of a float: where a central difference loses least to rounding and curvature."""
_HALF_WIDTHS = {Distribution.RECTANGULAR: math.sqrt(3.0), Distribution.TRIANGULAR: math.sqrt(6.0)}
_BELL_SHAPED = {Distribution.NORMAL, Distribution.UNKNOWN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """What a Monte Carlo propagation gave, all in the unit of the value."""

    value: Measured
    """Mean of the trials, with their standard deviation as standard uncertainty."""
    interval: tuple[float, float]
    """The 95 % coverage interval that leaves out as much below as above (JCGM 101, 7.7.2)."""
    shortest_interval: tuple[float, float]
    """The shortest 95 % coverage interval (JCGM 101, 7.7.3), for results whose distribution leans to one side."""
    n_trials: int


def propagate(
    function: Callable[..., float],
    inputs: Sequence[Measured],
    *,
    unit: str,
    correlation: NDArray[np.float64] | None = None,
) -> Measured:
    """Combine uncertainties linearly, by the law of propagation of uncertainty.

    Parameters
    ----------
    function : callable
        Takes one float for each input, in that input's unit, and gives a float in `unit`.
    inputs : sequence of Measured
    unit : str
        Of the result.
    correlation : array, shape (n_inputs, n_inputs), optional
        Correlation coefficients of the inputs; left out where they are independent.

    Returns
    -------
    Measured
        The function's value at the inputs' values, with the combined standard uncertainty (GUM equations 10 and 13,
        sensitivities as central differences); no uncertainty where one of the inputs has none. Degrees of freedom by
        Welch and Satterthwaite (G.2b) where an independent input states some; the others then count as infinite.

    Raises
    ------
    OutOfRange
        If the function is not finite at or near the inputs' values, or an uncertainty has no standard deviation.
    InvalidValue
        If the correlation coefficients contradict each other.
    """
    values = [measured.value for measured in inputs]
    value = _finite(function(*values), "the inputs' values")
    doubts = [measured.uncertainty for measured in inputs]
    known = [doubt for doubt in doubts if doubt is not None]
    if len(known) < len(doubts):
        return Measured(value, unit)
    standard = [doubt.standard for doubt in known]
    parts = np.array(
        [_sensitivity(function, values, i, u) * u if u else 0.0 for i, u in enumerate(standard)], dtype=np.float64
    )
    if correlation is None:
        combined = math.sqrt(float(parts @ parts))
        freedom = _effective_freedom(combined, parts, known)
    else:
        # Rounding can make the quadratic form of fully correlated inputs that cancel a little negative.
        combined = math.sqrt(max(0.0, float(parts @ _checked(correlation, len(inputs)) @ parts)))
        freedom = None
    return Measured(value, unit, Uncertainty(value=combined, origin=Origin.PROPAGATED, degrees_of_freedom=freedom))


def simulate(
    function: Callable[..., NDArray[np.float64]],
    inputs: Sequence[Measured],
    *,
    unit: str,
    seed: int,
    correlation: NDArray[np.float64] | None = None,
    n_trials: int = _N_TRIALS,
) -> Simulated:
    """Propagate the inputs' distributions by drawing from them.

    Parameters
    ----------
    function : callable
        Takes one array of shape (n_trials,) for each input, in that input's unit, and gives such an array in `unit`.
    inputs : sequence of Measured
        Each with its uncertainty. Drawn as JCGM 101, 6.4 assigns distributions: rectangular, triangular and arcsine
        ones within their limits; normal ones with degrees of freedom as scaled and shifted t (6.4.9.7); counts as
        gamma (6.4.11), so never below 0; where only the standard uncertainty is known as normal (6.4.7).
    unit : str
        Of the result.
    seed : int
        The same seed gives the same result.
    correlation : array, shape (n_inputs, n_inputs), optional
        Correlation coefficients, for inputs that are all normal (6.4.8).
    n_trials : int
        At least 100.

    Raises
    ------
    OutOfRange
        If a trial gives no finite result, or there are too few trials.
    InvalidValue
        If an input has no uncertainty, or correlated inputs are not normal.
    """
    if n_trials < 100:
        raise OutOfRange(f"{n_trials} trials cannot show a 95 % interval.", mend="Use 10,000 trials or more.")
    generator = np.random.default_rng(seed)
    drawn = (
        [_draw(measured, generator, n_trials) for measured in inputs]
        if correlation is None
        else _draw_together(inputs, correlation, generator, n_trials)
    )
    results = np.broadcast_to(np.asarray(function(*drawn), dtype=np.float64), (n_trials,))
    if not bool(np.all(np.isfinite(results))):
        raise OutOfRange(
            f"{int(np.sum(~np.isfinite(results)))} of {n_trials} trials gave no finite result.",
            mend="The uncertainty of an input reaches where the formula does not hold: state a narrower distribution.",
        )
    spread = Uncertainty(
        value=float(np.std(results, ddof=1)), origin=Origin.PROPAGATED, distribution=Distribution.UNKNOWN
    )
    ordered = np.sort(results)
    return Simulated(
        value=Measured(float(np.mean(results)), unit, spread),
        interval=_symmetric(ordered),
        shortest_interval=_shortest(ordered),
        n_trials=n_trials,
    )


def _finite(value: float, where: str) -> float:
    if not math.isfinite(value):
        raise OutOfRange(
            f"The formula gives {value} at {where}.", mend="Check that the inputs lie where the formula holds."
        )
    return float(value)


def _sensitivity(function: Callable[..., float], values: Sequence[float], i: int, standard: float) -> float:
    # A small part of the uncertainty, so that the slope is that at the value; not so small that rounding shows.
    step = max(1e-3 * standard, _RELATIVE_STEP * abs(values[i]))
    ends = []
    for moved in (values[i] + step, values[i] - step):
        ends.append(_finite(function(*values[:i], moved, *values[i + 1 :]), f"{moved:.12g} for input {i + 1}"))
    return (ends[0] - ends[1]) / (2.0 * step)


def _effective_freedom(combined: float, parts: NDArray[np.float64], doubts: Sequence[Uncertainty]) -> float | None:
    lost = sum(
        float(part) ** 4 / doubt.degrees_of_freedom
        for part, doubt in zip(parts, doubts, strict=True)
        if doubt.degrees_of_freedom is not None
    )
    return combined**4 / lost if lost > 0.0 else None


def _checked(correlation: NDArray[np.float64], n_inputs: int) -> NDArray[np.float64]:
    matrix = np.asarray(correlation, dtype=np.float64)
    is_sound = (
        matrix.shape == (n_inputs, n_inputs)
        and bool(np.all(np.isfinite(matrix)))
        and bool(np.allclose(matrix, matrix.T))
        and bool(np.allclose(np.diag(matrix), 1.0))
        and float(np.min(np.linalg.eigvalsh(matrix), initial=0.0)) > -1e-9
    )
    if not is_sound:
        raise InvalidValue(
            f"The correlation of {n_inputs} inputs needs a symmetric matrix of that size, with ones on the diagonal "
            "and coefficients that can hold together.",
            mend="Leave the matrix out where the inputs are independent.",
        )
    return matrix


def _stated(measured: Measured) -> Uncertainty:
    if measured.uncertainty is None:
        raise InvalidValue(
            f"An input of {measured.value} {measured.unit} has no uncertainty, so nothing can be drawn from it.",
            mend="State its uncertainty, or put it into the formula as a constant.",
        )
    return measured.uncertainty


def _draw(measured: Measured, generator: np.random.Generator, n: int) -> NDArray[np.float64]:
    doubt = _stated(measured)
    standard, shape = doubt.standard, doubt.distribution
    if standard == 0.0:
        return np.full(n, measured.value)
    unit_draws: NDArray[Any]
    if shape is Distribution.POISSON:
        return _draw_counts(measured.value, standard, generator, n)
    if shape is Distribution.RECTANGULAR:
        unit_draws = _HALF_WIDTHS[shape] * generator.uniform(-1.0, 1.0, n)
    elif shape is Distribution.TRIANGULAR:
        unit_draws = _HALF_WIDTHS[shape] * generator.triangular(-1.0, 0.0, 1.0, n)
    elif shape is Distribution.ARCSINE:
        unit_draws = math.sqrt(2.0) * np.sin(generator.uniform(-math.pi, math.pi, n))
    elif doubt.degrees_of_freedom is not None and math.isfinite(doubt.degrees_of_freedom):
        unit_draws = generator.standard_t(doubt.degrees_of_freedom, n)
    else:
        unit_draws = generator.standard_normal(n)
    return measured.value + standard * unit_draws


def _draw_counts(value: float, standard: float, generator: np.random.Generator, n: int) -> NDArray[np.float64]:
    """Draw what a counted number may have come from: gamma with the shape q + 1 after q quanta (JCGM 101, 6.4.11)."""
    # One quantum need not be 1: counts per second have u² = value × (1 quantum / time).
    quantum = standard**2 / value if value > 0.0 else standard
    drawn: NDArray[np.float64] = quantum * generator.standard_gamma(max(value, 0.0) / quantum + 1.0, n)
    return drawn


def _draw_together(
    inputs: Sequence[Measured], correlation: NDArray[np.float64], generator: np.random.Generator, n: int
) -> list[NDArray[np.float64]]:
    doubts = [_stated(measured) for measured in inputs]
    if any(d.distribution not in _BELL_SHAPED or d.degrees_of_freedom is not None for d in doubts):
        raise InvalidValue(
            "Correlated inputs can be drawn only from normal distributions without stated degrees of freedom.",
            mend="Take the common cause of the correlation as an input of its own.",
        )
    standard = np.array([doubt.standard for doubt in doubts], dtype=np.float64)
    covariance = _checked(correlation, len(inputs)) * np.outer(standard, standard)
    means = np.array([measured.value for measured in inputs], dtype=np.float64)
    drawn = generator.multivariate_normal(means, covariance, size=n, check_valid="ignore", method="eigh")
    return list(drawn.T)


def _symmetric(ordered: NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.quantile(ordered, (0.025, 0.975))
    return float(low), float(high)


def _shortest(ordered: NDArray[np.float64]) -> tuple[float, float]:
    covered = math.floor(0.95 * ordered.size + 0.5)
    start = int(np.argmin(ordered[covered:] - ordered[: ordered.size - covered]))
    return float(ordered[start]), float(ordered[start + covered])
