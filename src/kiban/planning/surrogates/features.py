"""Points as surrogates see them: how far two points lie apart in each parameter, and how dense the candidates lie.

Numbers are scaled to 0-1: those of a list of candidates by rank (a candidate's place in its column, equal values
sharing one place), so that a list in which values are set finer somewhere is resolved finer there. Levels are 0 or 1
apart, or as far as their descriptors say.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from kiban.planning.space.coded import Coded
from kiban.planning.space.parameter import Categorical, Floats
from kiban.planning.surrogates.density import log_density, log_density_of_list

_MOST_REFERENCES = 1000
_LARGEST_DENSITY = 2.5
_DESCRIPTOR_PART = 0.5
"""How much of the distance of two levels their descriptors make; the rest is that they are two levels."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One parameter: knots that numbers are scaled by, or the squared distances between levels and coordinates that
    have them, shape (n_levels, n_coordinates)."""

    column: int
    raw: Floats | None = None
    scaled: Floats | None = None
    apart: Floats | None = None
    places: Floats | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """How the points of one question are seen. Made by `features`.

    Parameters
    ----------
    factors : tuple of Factor
        One for each parameter that takes more than one value.
    references : array, shape (n_references, n_factors)
        Scaled candidates that densities are measured against; none where there is no list.
    logs : mapping of bytes to float
        Of each reference, by its bytes, the logarithm of the density there.
    middle, width : float
        Of these logarithms.
    """

    factors: tuple[Factor, ...]
    references: Floats
    logs: Mapping[bytes, float] = field(default_factory=dict)
    middle: float = 0.0
    width: float = 0.0

    @property
    def n_factors(self) -> int:
        """How many parameters vary."""
        return len(self.factors)

    def scale(self, rows: Floats) -> Floats:
        """Scale points: numbers to about 0-1, levels stay numbers of levels. Shape (n, n_factors)."""
        scaled = np.empty((len(rows), len(self.factors)))
        for i, factor in enumerate(self.factors):
            column = rows[:, factor.column]
            if factor.raw is None or factor.scaled is None:
                scaled[:, i] = column
            else:
                scaled[:, i] = np.interp(column, factor.raw, factor.scaled)
        return scaled

    def squared(self, one: Floats, other: Floats) -> Floats:
        """Squared distances of scaled points in each factor, shape (n_factors, n_one, n_other)."""
        apart = np.empty((len(self.factors), len(one), len(other)))
        for i, factor in enumerate(self.factors):
            if factor.apart is None:
                np.square(one[:, i, np.newaxis] - other[np.newaxis, :, i], out=apart[i])
            else:
                levels = one[:, i].astype(np.intp), other[:, i].astype(np.intp)
                apart[i] = factor.apart[levels[0][:, np.newaxis], levels[1][np.newaxis, :]]
        return apart

    def coordinates(self, scaled: Floats) -> Floats:
        """Scaled points in coordinates whose squared distances are those of all factors together."""
        columns = [
            scaled[:, i, np.newaxis] if factor.places is None else factor.places[scaled[:, i].astype(np.intp)]
            for i, factor in enumerate(self.factors)
        ]
        return np.concatenate(columns, axis=1)

    def density(self, scaled: Floats) -> Floats:
        """How dense the candidates lie around scaled points: 0 on average, 1 one standard deviation above it."""
        if self.width == 0.0:
            return np.zeros(len(scaled))
        # Of a list that is not long all points that are asked for are references.
        logs = np.array([self.logs.get(point.tobytes(), math.nan) for point in np.ascontiguousarray(scaled)])
        others = np.isnan(logs)
        if others.any():
            points, references = self.coordinates(scaled[others]), self.coordinates(self.references)
            logs[others] = log_density(points, references)
        return np.clip((logs - self.middle) / self.width, -_LARGEST_DENSITY, _LARGEST_DENSITY)

    def plain(self, scaled: Floats) -> Floats:
        """Scaled points with a column of 0 or 1 for each level, shape (n, n_columns)."""
        columns = []
        for i, factor in enumerate(self.factors):
            if factor.apart is None:
                columns.append(scaled[:, i, np.newaxis])
            else:
                columns.append((scaled[:, i, np.newaxis] == np.arange(len(factor.apart))).astype(np.float64))
        return np.concatenate(columns, axis=1) if columns else np.zeros((len(scaled), 1))


def features(points: Coded, *, is_list: bool, rng: np.random.Generator) -> Features:
    """Work out how to see the points of a question.

    Parameters
    ----------
    points : Coded
        The candidates, or points drawn from the space together with those tried.
    is_list : bool
        Whether they are a list that somebody made: only then say their values and their density anything.
    rng : Generator
        Draws the references from a long list.
    """
    rows = points.rows
    chosen = rows if len(rows) <= _MOST_REFERENCES else rows[rng.choice(len(rows), _MOST_REFERENCES, replace=False)]
    factors = []
    for column, parameter in enumerate(points.parameters):
        if isinstance(parameter, Categorical):
            if np.ptp(rows[:, column]) > 0:
                places = _places(parameter)
                apart = _squares(places, are_alike=not parameter.descriptors)
                factors.append(Factor(column, apart=apart, places=places))
            continue
        low, high = (rows[:, column].min(), rows[:, column].max()) if is_list else (parameter.low, parameter.high)
        if high > low:
            factors.append(_scaling(column, chosen[:, column], float(low), float(high), by_rank=is_list))
    seen = Features(tuple(factors), np.empty((0, len(factors))))
    if not is_list or all(factor.apart is not None for factor in factors):
        return seen
    scaled = seen.scale(chosen)
    seen = Features(seen.factors, scaled)
    logs = log_density_of_list(seen.coordinates(scaled))
    width = float(logs.std())
    return Features(
        seen.factors,
        scaled,
        {point.tobytes(): float(log) for point, log in zip(scaled, logs, strict=True)},
        float(logs.mean()),
        width if width > 1e-6 else 0.0,
    )


def _scaling(column: int, values: Floats, low: float, high: float, *, by_rank: bool) -> Factor:
    ends = np.array([low, high])
    if not by_rank:
        return Factor(column, raw=ends, scaled=np.array([0.0, 1.0]))
    knots, counts = np.unique(np.concatenate([values, ends]), return_counts=True)
    places = np.cumsum(counts) - 0.5 * counts
    return Factor(column, raw=knots, scaled=(places - places[0]) / (places[-1] - places[0]))


def _squares(places: Floats, *, are_alike: bool) -> Floats:
    """Squared distances of levels from each other; `are_alike` says that any two are as far apart.

    Never of all coordinates at once: the differences of three thousand levels would be 200 GB.
    """
    if are_alike:
        apart = np.full((len(places), len(places)), 2.0 * float(places[0, 0]) ** 2)
        np.fill_diagonal(apart, 0.0)
        return apart
    return np.array([((place - places) ** 2).sum(axis=1) for place in places])


def _places(parameter: Categorical) -> Floats:
    """Coordinates of levels: any two are 1 apart, or, with descriptors, as far as these say but 1 on average."""
    n = len(parameter.levels)
    different: Floats = np.eye(n) / math.sqrt(2.0)
    if not parameter.descriptors or n < 2:
        return different
    numbers = np.array(list(parameter.descriptors.values())).T
    spread = numbers.std(axis=0)
    numbers = numbers[:, spread > 0] / spread[spread > 0]
    if numbers.shape[1] == 0:
        return different
    # Of standardised columns the mean square distance of two levels is 2 n / (n - 1) for each.
    numbers *= np.sqrt((n - 1) / (2.0 * n * numbers.shape[1]))
    parts = math.sqrt(1.0 - _DESCRIPTOR_PART) * different, math.sqrt(_DESCRIPTOR_PART) * numbers
    return np.concatenate(parts, axis=1)
