"""Moving points within a space: neighbours that keep to all constraints."""

from __future__ import annotations

import numpy as np

from kiban.planning.space.block import Block, blocks, is_countable
from kiban.planning.space.coded import Coded
from kiban.planning.space.drawing import Drawn
from kiban.planning.space.parameter import Categorical, Floats, Integer, Parameter
from kiban.planning.space.search_space import SearchSpace


class Moves:
    """Moves of one block at a time. A move that leaves the space is not taken."""

    def __init__(self, space: SearchSpace) -> None:
        self._space = space
        self._blocks = blocks(space)
        self._drawers = [Drawn(block, space.parameters) for block in self._blocks]

    def neighbours(self, rows: Floats, size: float, rng: np.random.Generator) -> Floats:
        """One move of each point, of about that part of a parameter's range; where it is not allowed, the point itself.

        Parameters
        ----------
        rows : array, shape (n, n_parameters), each allowed
        size : float
            1 is the whole range.
        rng : Generator
        """
        moved = rows.copy()
        for i, row in enumerate(moved):
            at = int(rng.integers(len(self._blocks)))
            self._move(row, at, size, rng)
            if rng.random() < 0.3:
                self._move(row, int(rng.integers(len(self._blocks))), size, rng)
            moved[i] = row
        inside = self._space.allowed(Coded(self._space.parameters, moved))
        return np.where(inside[:, np.newaxis], moved, rows)

    def walk(self, rows: Floats, n_steps: int, rng: np.random.Generator) -> Floats:
        """Many moves one after the other, of sizes from a thousandth of the range to all of it."""
        for _ in range(n_steps):
            rows = self.neighbours(rows, float(10 ** rng.uniform(-3.0, 0.0)), rng)
        return rows

    def _move(self, row: Floats, at: int, size: float, rng: np.random.Generator) -> None:
        block = self._blocks[at]
        parameters = self._space.parameters
        if len(block.columns) == 1 and block.mixture is None and block.at_most is None:
            column = block.columns[0]
            row[column] = _step(parameters[column], row[column], size, rng)
        elif rng.random() < 0.15:
            drawn = self._drawers[at].draw(1, rng)
            if len(drawn):
                row[list(block.columns)] = drawn[0]
        elif block.mixture is not None:
            self._exchange(row, block, block.mixture.total, size, rng)
        else:
            present = [column for column in block.columns if row[column] != 0]
            if not present or rng.random() < 0.3:
                _swap(row, block, rng)
            else:
                column = int(rng.choice(present))
                row[column] = _step(parameters[column], row[column], size, rng)

    def _exchange(self, row: Floats, block: Block, total: float, size: float, rng: np.random.Generator) -> None:
        """Give some of one component to another: the sum stays."""
        parameters = self._space.parameters
        if rng.random() < 0.2:
            _swap(row, block, rng)
            return
        one, other = (int(column) for column in rng.choice(block.columns, 2, replace=False))
        both = row[one] + row[other]
        # The one that has fewer values is set first; the other takes what is left, if it can.
        if is_countable(Block((other,)), parameters) and not is_countable(Block((one,)), parameters):
            one, other = other, one
        value = _step(parameters[one], row[one], size, rng)
        rest = both - value
        options = parameters[other].options
        if options is not None:
            near = float(options[np.argmin(np.abs(options - rest))])
            if abs(near - rest) > 1e-9 * total:
                return
            rest = near
        elif abs(rest) < 1e-12 * total:
            rest = 0.0
        row[one], row[other] = value, rest


def _swap(row: Floats, block: Block, rng: np.random.Generator) -> None:
    if len(block.columns) > 1:
        one, other = (int(column) for column in rng.choice(block.columns, 2, replace=False))
        row[one], row[other] = row[other], row[one]


def _step(parameter: Parameter, value: float, size: float, rng: np.random.Generator) -> float:
    options = parameter.options
    if isinstance(parameter, Categorical):
        return float(rng.integers(len(parameter.levels)))
    if options is not None:
        at = int(np.argmin(np.abs(options - value)))
        reach = max(1, round(size * len(options)))
        return float(options[int(np.clip(at + rng.integers(-reach, reach + 1), 0, len(options) - 1))])
    moved = float(
        np.clip(value + size * (parameter.high - parameter.low) * rng.standard_normal(), parameter.low, parameter.high)
    )
    return float(round(moved)) if isinstance(parameter, Integer) else moved
