"""Sets of studies of one kind, and archives made of them, true and misleading ones."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kiban.planning.archive.archive import Archive, archive
from kiban.planning.archive.study import Study
from kiban.planning.engines.embedded import ENGINE
from kiban.planning.objective.objective import Objective, maximise, minimise
from kiban.planning.trial import Trial
from kiban.quantity.measured import Measured

from .pools import Pool, points_of
from .runs import Choose, random_first, starts

SETS = {"buchwald": "buchwald_", "oer": "oer_plate_", "suzuki": "suzuki_"}
"""By name, how the names of the pools of a set begin."""
KINDS = ("none", "siblings", "unrelated", "disguised", "shuffled", "reversed")


@dataclass(frozen=True, kw_only=True)
class Siblings:
    """Studies of one kind."""

    name: str
    pools: tuple[Pool, ...]


class Tabled:
    """What a study expects of the points of a list, looked up instead of worked out: only they are asked for."""

    def __init__(self, source: object, rows: np.ndarray) -> None:
        self.name = source.name
        self._rows, self._expected = rows, source.at(rows)
        self._by_row = {row.tobytes(): value for row, value in zip(rows, self._expected, strict=True)}

    def at(self, numbers: np.ndarray) -> np.ndarray:
        if numbers.shape == self._rows.shape and np.array_equal(numbers, self._rows):
            return self._expected
        return np.array([self._by_row[row.tobytes()] for row in np.ascontiguousarray(numbers)])


def sets_in(pools: Sequence[Pool]) -> list[Siblings]:
    """The sets that are whole enough to leave one study out: three or more."""
    found = [
        Siblings(name=name, pools=tuple(pool for pool in pools if pool.name.startswith(beginning)))
        for name, beginning in SETS.items()
    ]
    return [each for each in found if len(each.pools) >= 3]


def objective_of(pool: Pool) -> Objective:
    return minimise("target") if pool.is_minimised else maximise("target")


def studies(pool: Pool, siblings: Siblings, everything: Sequence[Siblings], kind: str) -> list[Study]:
    """An archive for a campaign in one pool."""
    others = [each for each in siblings.pools if each.name != pool.name]
    strange = [each for one in everything if one.name != siblings.name for each in one.pools]
    if kind == "unrelated":
        return [_study(each, each.target) for each in strange]
    found = []
    for i, each in enumerate(others):
        if kind == "siblings":
            target = each.target
        elif kind == "shuffled":
            target = np.random.default_rng(7 + i).permutation(each.target)
        elif kind == "reversed":
            target = -each.target
        elif kind == "disguised":
            mask = everything[(everything.index(siblings) + 1) % len(everything)].pools
            target = _laid_over(each, mask[i % len(mask)])
        else:
            raise SystemExit(f"There is no archive '{kind}'.")
        found.append(_study(each, target))
    return found


def learnt(pool: Pool, own: Sequence[Study]) -> Archive:
    """An archive, with what it expects of the pool worked out."""
    made = archive(pool.space, objective_of(pool), own)
    rows = np.ascontiguousarray(pool.space.candidates.rows)
    known = {
        outcome: replace(each, sources=tuple(Tabled(source, rows) for source in each.sources))
        for outcome, each in made.known.items()
    }
    return replace(made, known=known)


def chooser(pool: Pool, known: Archive | None) -> Choose:
    """The embedded engine with an archive, or without."""
    points, objective = points_of(pool), objective_of(pool)
    sign = -1.0 if pool.is_minimised else 1.0

    def choose(rows: list[int], targets: np.ndarray, seed: int) -> int:
        trials = tuple(
            Trial(point=points[row], outcomes={"target": Measured(sign * float(value))}, rests_on=str(row))
            for row, value in zip(rows, targets, strict=True)
        )
        prior = known.weighed(trials)[0] if known is not None else None
        priors = () if prior is None else (prior,)
        (suggestion,) = ENGINE.suggest(pool.space, objective, trials, n=1, pending=(), seed=seed, priors=priors)
        return suggestion.candidate

    return choose


def first_figures(pool: Pool, choose: Choose, seeds: int, budget: int) -> dict[str, float | int | None]:
    """AF as `figures` works it out, of runs that end with their first hit."""
    found, cpu_s = [], []
    for seed in range(seeds):
        rows = starts(pool, seed)
        if pool.is_top[rows].any():
            continue
        while len(rows) < min(budget, pool.n) and not pool.is_top[rows[-1]]:
            begin = time.process_time()
            rows.append(choose(rows, pool.target[rows], seed))
            cpu_s.append(time.process_time() - begin)
        found.append(len(rows) if pool.is_top[rows[-1]] else budget + 1)
    first = np.array(found, dtype=float)
    return {
        "AF": random_first(pool) / float(first.mean()),
        "AF50": None,
        "EF": None,
        "cpu_s": float(np.mean(cpu_s)),
        "runs": len(first),
        "not_reached": int((first > budget).sum()),
        "AF_standard_error": float(random_first(pool) / first.mean() ** 2 * first.std(ddof=1) / np.sqrt(len(first))),
        "first": [int(each) for each in found],
    }


def _study(pool: Pool, target: np.ndarray) -> Study:
    sign = -1.0 if pool.is_minimised else 1.0
    return Study(
        name=pool.name,
        trials=tuple(
            Trial(point=point, outcomes={"target": Measured(sign * float(value))}, rests_on=f"{pool.name} {i}")
            for i, (point, value) in enumerate(zip(points_of(pool), target, strict=True))
        ),
    )


def _laid_over(pool: Pool, mask: Pool) -> np.ndarray:
    """For each point of a pool the outcome of that point of another which lies at the same place in its columns."""

    def places(of: Pool) -> np.ndarray:
        columns = []
        for column in of.space.candidates.rows.T:
            values = np.unique(column)
            columns.append(np.searchsorted(values, column) / max(len(values) - 1, 1))
        return np.stack(columns, axis=1)

    own, other = places(pool), places(mask)
    width = max(own.shape[1], other.shape[1])
    own, other = (np.pad(each, ((0, 0), (0, width - each.shape[1]))) for each in (own, other))
    return np.array([mask.target[np.argmin(((other - point) ** 2).sum(axis=1))] for point in own])
