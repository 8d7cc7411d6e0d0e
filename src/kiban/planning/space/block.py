"""Blocks: groups of parameters that constraints tie together, so that they are drawn and counted together.

A mixture, or a limit on the number of components, whose parameters have values that can be counted is a block in which
every allowed setting has a number: how many settings a partial choice still leaves open is worked out once, from the
last component to the first, and a number is turned into its setting by walking down. Nothing is listed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from kiban.errors import SpaceTooLarge
from kiban.planning.space.constraint import TOLERANCE, AtMost, Mixture
from kiban.planning.space.parameter import Floats, Parameter
from kiban.planning.space.search_space import SearchSpace

_MOST_STATES = 200_000
_UNITS = 10**12
_SLACK = round(_UNITS * TOLERANCE)
_State: TypeAlias = "tuple[int, int]"
"""What is left of the total, in `_UNITS` of it, and how many more components may be there."""


@dataclass(frozen=True, slots=True)
class Block:
    """Parameters that are drawn together, by their columns, and the constraints that tie them."""

    columns: tuple[int, ...]
    mixture: Mixture | None = None
    at_most: AtMost | None = None


def blocks(space: SearchSpace) -> tuple[Block, ...]:
    """Divide the parameters of a space into blocks.

    A mixture takes a limit on the number of its components with it where both speak of the same parameters. A
    constraint that overlaps a block made before stays outside: points are tested against it.
    """
    place = {name: i for i, name in enumerate(space.names)}
    taken: set[str] = set()
    made: list[Block] = []
    limits = [each for each in space.constraints if isinstance(each, AtMost)]
    for mixture in (each for each in space.constraints if isinstance(each, Mixture)):
        if taken.isdisjoint(mixture.names):
            same = [each for each in limits if set(each.names) == set(mixture.names)]
            tightest = min(same, key=lambda each: each.n, default=None)
            made.append(Block(tuple(place[name] for name in mixture.names), mixture, tightest))
            taken.update(mixture.names)
    for limit in limits:
        if taken.isdisjoint(limit.names):
            made.append(Block(tuple(place[name] for name in limit.names), None, limit))
            taken.update(limit.names)
    made += [Block((i,)) for name, i in place.items() if name not in taken]
    return tuple(made)


class Numbered:
    """A block of countable parameters in which every allowed setting has a number from 0.

    Raises
    ------
    SpaceTooLarge
        If the numbers do not fit into the memory that they are given.
    """

    def __init__(self, block: Block, parameters: Sequence[Parameter]) -> None:
        self.options: list[Floats] = []
        for column in block.columns:
            options = parameters[column].options
            assert options is not None  # noqa: S101  `is_countable` was asked
            self.options.append(options)
        self._total = block.mixture.total if block.mixture is not None else None
        names = len(block.columns)
        self._start: _State = (_UNITS if self._total is not None else 0, block.at_most.n if block.at_most else names)
        self._open: list[Mapping[_State, int]] = self._count()
        self.n = self._open[0].get(self._start, 0)

    def _steps(self, i: int, state: _State) -> list[_State]:
        left, more = state
        steps = []
        for option in self.options[i]:
            amount = round(option / self._total * _UNITS) if self._total is not None else 0
            steps.append((left - amount, more - (option != 0)))
        return steps

    def _count(self) -> list[Mapping[_State, int]]:
        reached: list[list[_State]] = [[self._start]]
        for i in range(len(self.options)):
            after = {
                step for state in reached[-1] for step in self._steps(i, state) if step[0] >= -_SLACK and step[1] >= 0
            }
            if len(after) > _MOST_STATES:
                raise SpaceTooLarge(
                    f"The components of a mixture have more than {_MOST_STATES:,} different sums.",
                    mend="Give their values in steps of one size, or make them continuous.",
                )
            reached.append(list(after))
        tables: list[dict[_State, int]] = [
            {state: 1 for state in reached[-1] if self._total is None or abs(state[0]) <= _SLACK}
        ]
        for i in reversed(range(len(self.options))):
            below, table = tables[-1], {}
            for state in reached[i]:
                n = sum(below.get(step, 0) for step in self._steps(i, state))
                if n:
                    table[state] = n
            tables.append(table)
        return list(reversed(tables))

    def setting(self, number: int) -> list[float]:
        """The setting with that number, one value for each parameter of the block."""
        state, values = self._start, []
        for i, options in enumerate(self.options):
            for option, step in zip(options, self._steps(i, state), strict=True):
                n = self._open[i + 1].get(step, 0)
                if number < n:
                    values.append(float(option))
                    state = step
                    break
                number -= n
        return values

    def settings(self, numbers: Sequence[int]) -> Floats:
        """The settings with those numbers, shape (n, n_parameters)."""
        if len(self.options) == 1 and self._total is None and self._start[1] >= 1:
            return self.options[0][np.asarray(numbers, dtype=np.int64)][:, np.newaxis]
        known: dict[int, list[float]] = {}
        for number in numbers:
            if number not in known:
                known[number] = self.setting(number)
        return np.array([known[number] for number in numbers], dtype=np.float64).reshape(-1, len(self.options))


def is_countable(block: Block, parameters: Sequence[Parameter]) -> bool:
    """Say whether all parameters of a block have values that can be counted."""
    return all(parameters[column].options is not None for column in block.columns)
