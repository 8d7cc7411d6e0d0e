"""Drawing the settings of one block: countable ones by their number, others component by component."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kiban.errors import SpaceTooLarge
from kiban.planning.space.block import Block, Numbered, is_countable
from kiban.planning.space.constraint import TOLERANCE
from kiban.planning.space.parameter import Categorical, Floats, Integer, Parameter, Truths


class Drawn:
    """Draws settings of one block that keep to its constraints; countable ones with equal chances."""

    def __init__(self, block: Block, parameters: Sequence[Parameter]) -> None:
        self.block = block
        self.parameters = [parameters[column] for column in block.columns]
        self._numbered = None
        if is_countable(block, parameters):
            try:
                self._numbered = Numbered(block, parameters)
            except SpaceTooLarge:
                # Too many sums to count: drawn component by component instead, allowed all the same.
                self._numbered = None

    def draw(self, n: int, rng: np.random.Generator) -> Floats:
        """Draw `n` settings or fewer, shape (<= n, n_parameters); none at all where there is none."""
        if self._numbered is not None:
            if self._numbered.n == 0:
                return np.empty((0, len(self.parameters)))
            return self._numbered.settings(_numbers(self._numbered.n, n, rng))
        if self.block.mixture is None and self.block.at_most is None:
            return np.stack([_free(parameter, n, rng) for parameter in self.parameters], axis=1)
        return self._components(n, rng)

    def _components(self, n: int, rng: np.random.Generator) -> Floats:
        there = self._which_are_there(n, rng)
        if len(there) == 0:
            return np.empty(there.shape)
        if self.block.mixture is None:
            values = np.stack([_free(parameter, n, rng) for parameter in self.parameters], axis=1)
            return np.where(there, values, 0.0)
        lows, highs = (there * np.array(ends) for ends in self._ends())
        return self._filled(there, lows, highs, self.block.mixture.total, rng)

    def _which_are_there(self, n: int, rng: np.random.Generator) -> Truths:
        """Draw which components are not left out, as many as may be there; those that cannot be left out always are."""
        forced = np.array(self._ends()[0]) > 0
        limit = len(forced) if self.block.at_most is None else self.block.at_most.n
        most = min(limit - int(forced.sum()), int((~forced).sum()))
        if most < 0:
            return np.zeros((0, len(forced)), dtype=np.bool_)
        least = most if self.block.at_most is None else min(1, most)
        n_more = rng.integers(least, most + 1, n)
        # The place of each component in a random order, those that have to be there before all others.
        order = np.argsort(np.argsort(rng.random((n, len(forced))) - forced, axis=1), axis=1)
        return np.asarray(order < (forced.sum() + n_more)[:, np.newaxis])

    def _filled(self, there: Truths, lows: Floats, highs: Floats, total: float, rng: np.random.Generator) -> Floats:
        """Share the total out, each component in turn within what the ones after it can still take up or leave."""
        n, size = there.shape
        slack = TOLERANCE * total
        values = np.zeros((n, size))
        # Components that are not there last, those of countable values first: what is left must be one they can take.
        first = np.array([parameter.options is not None for parameter in self.parameters])
        order = np.argsort(rng.random((n, size)) - first + 2.0 * ~there, axis=1)
        n_there = there.sum(axis=1)
        left, good = np.full(n, total), np.ones(n, dtype=np.bool_)
        later_low, later_high = lows.sum(axis=1), highs.sum(axis=1)
        rows = np.arange(n)
        for at in range(size):
            column = order[:, at]
            low, high = lows[rows, column], highs[rows, column]
            later_low, later_high = later_low - low, later_high - high
            least, most = np.maximum(low, left - later_high), np.minimum(high, left - later_low)
            good &= (least <= most + slack) | (at >= n_there)
            most = np.maximum(least, most)
            # With k amounts still to share out, one of them follows the beta distribution (1, k - 1) on a simplex.
            k = np.maximum(n_there - at - 1, 0)
            share = np.where(k > 0, rng.beta(1.0, np.maximum(k, 1)), 0.0)
            value = np.where(k > 0, least + (most - least) * share, np.clip(left, low, high))
            for i in np.flatnonzero(first):
                options, mine = self.parameters[i].options, np.flatnonzero((column == i) & (at < n_there))
                assert options is not None  # noqa: S101  `first` says so
                begin = np.searchsorted(options, least[mine] - slack)
                end = np.searchsorted(options, most[mine] + slack, side="right")
                good[mine] &= end > begin
                picked = begin + (rng.random(len(mine)) * (end - begin)).astype(np.int64)
                value[mine] = options[np.minimum(picked, len(options) - 1)]
            value = np.where(at < n_there, value, 0.0)
            values[rows, column] = value
            left = left - value
        good &= np.abs(values.sum(axis=1) - total) <= slack / 2
        return values[good]

    def _ends(self) -> tuple[list[float], list[float]]:
        numeric = [parameter for parameter in self.parameters if not isinstance(parameter, Categorical)]
        return [float(parameter.low) for parameter in numeric], [float(parameter.high) for parameter in numeric]


def _free(parameter: Parameter, n: int, rng: np.random.Generator) -> Floats:
    options = parameter.options
    if options is not None:
        return np.asarray(rng.choice(options, n))
    assert not isinstance(parameter, Categorical)  # noqa: S101  levels can be counted
    if isinstance(parameter, Integer):
        return rng.integers(parameter.low, parameter.high + 1, n).astype(np.float64)
    return np.asarray(rng.uniform(parameter.low, parameter.high, n))


def _numbers(n_settings: int, n: int, rng: np.random.Generator) -> list[int]:
    if n_settings < 2**62:
        return [int(number) for number in rng.integers(0, n_settings, n)]
    # Beyond 64 bits: the remainder of 64 bits more than needed is uneven by less than 2 to the power of -64.
    words = (n_settings.bit_length() + 64) // 64 + 1
    return [int.from_bytes(rng.bytes(8 * words), "little") % n_settings for _ in range(n)]
