"""Runs of one engine through one pool, and the figures that follow from them.

After Q. Liang et al., npj Comput. Mater. 7, 188 (2021). Two random experiments, the same for every engine with the same
seed, then one suggestion at a time. Runs that begin with a point of the top 5 % are left out for all engines.

AF    experiments that random search is expected to need to the first point of the top 5 %, over the mean of the engine
AF50  the same for half of the top 5 %, read off the mean curve
EF    part of the top 5 % found at the end of the budget, over that of random search
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from .pools import Pool

N_STARTS = 2
Choose = Callable[[list[int], np.ndarray, int], int]
"""Rows done so far, their targets, the seed: gives the next row."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """The rows of one run in their order, and the time of the processor for each suggestion."""

    rows: list[int]
    cpu_s: list[float]

    def until(self, budget: int) -> Run:
        """Its beginning, as a run with a smaller budget would have gone."""
        return Run(rows=self.rows[:budget], cpu_s=self.cpu_s[: max(budget - N_STARTS, 0)])


def starts(pool: Pool, seed: int) -> list[int]:
    """The first experiments at a seed."""
    return [int(row) for row in np.random.default_rng(seed).choice(pool.n, N_STARTS, replace=False)]


def run(pool: Pool, choose: Choose, seed: int, budget: int) -> Run | None:
    """Run one engine; `None` where the start is left out. A row that is suggested twice ends the benchmark."""
    rows = starts(pool, seed)
    if pool.is_top[rows].any():
        return None
    cpu_s = []
    while len(rows) < min(budget, pool.n):
        begin = time.process_time()
        row = choose(rows, pool.target[rows], seed)
        cpu_s.append(time.process_time() - begin)
        if row in rows:
            raise SystemExit(f"{pool.name}, seed {seed}: row {row} was suggested again.")
        rows.append(row)
    return Run(rows=rows, cpu_s=cpu_s)


def figures(pool: Pool, runs: Sequence[Run], budget: int) -> dict[str, float | int | None]:
    """AF, AF50, EF, the median number of experiments to the best point, and CPU seconds for each suggestion."""
    budget = min(budget, pool.n)
    hits = np.array([pool.is_top[each.rows] for each in runs])
    first = first_hits(pool, runs, budget)
    curve = hits.cumsum(axis=1).mean(axis=0) / pool.n_top
    random = random_curve(pool, budget)
    half, random_half = _first_at(curve, 0.5), N_STARTS + 0.5 * (pool.n - N_STARTS)
    best = int(np.argmax(pool.target))
    to_best = [each.rows.index(best) + 1 if best in each.rows else budget + 1 for each in runs]
    return {
        "AF": random_first(pool) / float(first.mean()),
        "AF50": random_half / half if half is not None else None,
        "EF": float(curve[-1] / random[-1]),
        "median_to_best": float(np.median(to_best)),
        "cpu_s": float(np.mean([second for each in runs for second in each.cpu_s])) if runs[0].cpu_s else 0.0,
        "runs": len(runs),
        "not_reached": int((~hits.any(axis=1)).sum()),
        "AF_standard_error": float(
            random_first(pool) / first.mean() ** 2 * first.std(ddof=1) / np.sqrt(len(first)) if len(first) > 1 else 0.0
        ),
    }


def first_hits(pool: Pool, runs: Sequence[Run], budget: int) -> np.ndarray:
    """The number of the first experiment of the top in each run, one more than the budget where there is none."""
    hits = np.array([pool.is_top[each.rows] for each in runs])
    return np.where(hits.any(axis=1), hits.argmax(axis=1) + 1, min(budget, pool.n) + 1)


def ratio_of_means(other: Sequence[int], own: Sequence[int]) -> tuple[float, float]:
    """The mean of one number of experiments over that of another, of the same seeds one by one, and its standard error:
    that of the mean of the paired differences of both in units of their means."""
    one, two = np.asarray(other, dtype=float), np.asarray(own, dtype=float)
    ratio = one.mean() / two.mean()
    apart = one / one.mean() - two / two.mean()
    return float(ratio), float(ratio * apart.std(ddof=1) / np.sqrt(len(apart))) if len(apart) > 1 else 0.0


def random_first(pool: Pool) -> float:
    """Experiments that random search is expected to need to the first hit, given that the start has none."""
    return N_STARTS + (pool.n - N_STARTS + 1) / (pool.n_top + 1)


def random_curve(pool: Pool, budget: int) -> np.ndarray:
    """Part of the top that random search is expected to have found after each experiment, the start having none."""
    return np.maximum(np.arange(1, budget + 1) - N_STARTS, 0) / (pool.n - N_STARTS)


def by_definition(pool: Pool, name: str, budget: int) -> dict[str, float | int | None]:
    """The figures of random search, and of the oracle that takes the best rows first."""
    budget = min(budget, pool.n)
    if name == "random":
        return {"AF": 1.0, "AF50": 1.0, "EF": 1.0, "median_to_best": (pool.n + N_STARTS + 1) / 2, "cpu_s": 0.0}
    found = min(budget - N_STARTS, pool.n_top) / pool.n_top
    return {
        "AF": random_first(pool) / (N_STARTS + 1),
        "AF50": (N_STARTS + 0.5 * (pool.n - N_STARTS)) / (N_STARTS + np.ceil(pool.n_top / 2)),
        "EF": found / float(random_curve(pool, budget)[-1]),
        "median_to_best": N_STARTS + 1.0,
        "cpu_s": 0.0,
    }


def geometric_mean(values: Sequence[float]) -> float | None:
    """Of positive numbers; `None` where there are none, 0 where one is 0."""
    if not values:
        return None
    return float(np.exp(np.mean(np.log(values)))) if min(values) > 0 else 0.0


def _first_at(curve: np.ndarray, level: float) -> int | None:
    reached = np.flatnonzero(curve >= level - 1e-12)
    return int(reached[0]) + 1 if len(reached) else None
