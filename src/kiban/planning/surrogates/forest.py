"""Forests of randomised trees: good where an outcome jumps, or depends on few of many parameters.

All trees grow together, one level at a time, each on its own draw of the trials; at every node a few cuts through
random columns at random places are tried and the one that leaves the least variance is taken (P. Geurts, D. Ernst and
L. Wehenkel, Mach. Learn. 63, 3 (2006)). What is expected at a point, and how uncertainly, follows from how they differ.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiban.planning.space.parameter import Floats
from kiban.planning.surrogates.gaussian_process import Belief

_N_TREES = 48
_N_CUTS = 6
_DEEPEST = 16
_LEAST_VARIANCE = 0.03
"""Of an expectation, as a part of the targets' variance: trees that agree are not certain."""

_Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Trees:
    """Nodes of all trees; the roots come first, a node's right child follows its left one."""

    column: _Ints
    cut: Floats
    left: _Ints
    value: Floats


class Forest:
    """Randomised trees.

    Parameters
    ----------
    points : array, shape (n, n_columns)
        Numbers, and 0 or 1 for levels.
    targets : array, shape (n,)
        Standardised.
    rng : Generator
    """

    def __init__(self, points: Floats, targets: Floats, rng: np.random.Generator) -> None:
        self._n = len(targets)
        self._draws = rng.integers(0, self._n, (_N_TREES, self._n))
        self._trees = _grown(points, targets, self._draws, rng)
        self._points, self._targets = points, targets

    def expect(self, points: Floats) -> Belief:
        """Say what is expected at some points; one sample, the trees' mean and how they differ."""
        answers = self._answers(points)
        variance = answers.var(axis=0) + _LEAST_VARIANCE
        return Belief(answers.mean(axis=0)[np.newaxis], np.sqrt(variance)[np.newaxis])

    def blind(self) -> Belief:
        """What is expected of each target by the trees that were not shown it."""
        answers = self._answers(self._points)
        shown = np.zeros(answers.shape, dtype=np.bool_)
        shown[np.arange(_N_TREES)[:, np.newaxis], self._draws] = True
        n_blind = np.maximum((~shown).sum(axis=0), 1)
        mean = np.where(shown, 0.0, answers).sum(axis=0) / n_blind
        spread = np.where(shown, 0.0, (answers - mean) ** 2).sum(axis=0) / n_blind
        return Belief(mean[np.newaxis], np.sqrt(spread + _LEAST_VARIANCE)[np.newaxis])

    def left_out(self) -> Floats:
        """Logarithm of the density of each target as expected by the trees that were not shown it; shape (n,)."""
        blind = self.blind()
        mean, variance = blind.means[0], blind.deviations[0] ** 2
        return np.asarray(-0.5 * np.log(2.0 * math.pi * variance) - 0.5 * (self._targets - mean) ** 2 / variance)

    def _answers(self, points: Floats) -> Floats:
        trees, n = self._trees, len(points)
        numbers, begin = np.ascontiguousarray(points.T).ravel(), trees.column * n
        # Leaves lead to themselves, so that all points can go down together until none of them moves.
        is_leaf = trees.left < 0
        left = np.where(is_leaf, np.arange(len(is_leaf)), trees.left)
        cut = np.where(is_leaf, np.inf, trees.cut)
        row = np.tile(np.arange(n), _N_TREES)
        node, below = np.full(len(row), -1), np.repeat(np.arange(_N_TREES), n)
        while not np.array_equal(node, below):
            node = below
            below = left.take(node) + (numbers.take(begin.take(node) + row) > cut.take(node))
        return trees.value.take(node).reshape(_N_TREES, n)


def _grown(points: Floats, targets: Floats, draws: _Ints, rng: np.random.Generator) -> _Trees:
    n = len(points)
    numbers = np.ascontiguousarray(points.T).ravel()
    sample = draws.ravel()
    node = np.repeat(np.arange(len(draws)), draws.shape[1])
    columns: list[_Ints] = []
    cuts: list[Floats] = []
    lefts: list[_Ints] = []
    values: list[Floats] = []
    n_nodes, first = len(draws), 0
    for depth in range(_DEEPEST + 1):
        # Samples in order of their node, nodes numbered from 0 on this level.
        order = np.argsort(node, kind="stable")
        sample, node = sample[order], node[order]
        begin = np.searchsorted(node, np.arange(n_nodes))
        count = np.diff(np.append(begin, len(node)))
        target = targets[sample]
        total = np.add.reduceat(target, begin)
        values.append(total / count)
        best = _best_cut(numbers, n, sample, target, node, begin, count, total, rng)
        if depth == _DEEPEST:
            best = (best[0], best[1], np.zeros(n_nodes, dtype=np.bool_))
        chosen, place, is_cut = best
        child = first + n_nodes + 2 * (np.cumsum(is_cut) - 1)
        columns.append(chosen)
        cuts.append(place)
        lefts.append(np.where(is_cut, child, -1))
        if not is_cut.any():
            break
        stays = is_cut[node]
        sample, node = sample[stays], node[stays]
        right = numbers.take(chosen[node] * n + sample) > place[node]
        first += n_nodes
        node = 2 * (np.cumsum(is_cut) - 1)[node] + right
        n_nodes = 2 * int(is_cut.sum())
    return _Trees(np.concatenate(columns), np.concatenate(cuts), np.concatenate(lefts), np.concatenate(values))


def _best_cut(
    numbers: Floats,
    n: int,
    sample: _Ints,
    target: Floats,
    node: _Ints,
    begin: _Ints,
    count: _Ints,
    total: Floats,
    rng: np.random.Generator,
) -> tuple[_Ints, Floats, NDArray[np.bool_]]:
    """For each node the best of some random cuts: its column, its place, and whether there is one.

    `numbers` are the columns of the `n` points, one after the other. Arrays inside have a row for each cut, so that
    samples of one node lie together.
    """
    n_nodes = len(begin)
    tried = np.ascontiguousarray(rng.integers(0, len(numbers) // n, (n_nodes, _N_CUTS)).T)
    seen = numbers.take((tried * n).take(node, axis=1) + sample)
    low, high = np.minimum.reduceat(seen, begin, axis=1), np.maximum.reduceat(seen, begin, axis=1)
    place = low + (high - low) * rng.uniform(0.0, 1.0, (n_nodes, _N_CUTS)).T
    below = seen <= place.take(node, axis=1)
    n_below = np.add.reduceat(below, begin, axis=1, dtype=np.int64)
    sum_below = np.add.reduceat(np.where(below, target, 0.0), begin, axis=1)
    n_above, sum_above = count - n_below, total - sum_below
    possible = (n_below > 0) & (n_above > 0)
    gain = np.where(possible, sum_below**2 / np.maximum(n_below, 1) + sum_above**2 / np.maximum(n_above, 1), -np.inf)
    choice = gain.argmax(axis=0), np.arange(n_nodes)
    # A node whose targets are all the same has nothing to gain from a cut.
    varied = np.maximum.reduceat(target, begin) > np.minimum.reduceat(target, begin)
    return tried[choice], place[choice], possible[choice] & varied
