"""How many experiments an engine saves, on pools of experiments that were all done.

    .venv/bin/python benchmarks/planning.py [--data FOLDER] [--engines embedded,random,...] [--seeds N] [--budget N]
                                            [--minimise NAME,...] [--pools NAME,...] [--scaling] [--json]

Engines: those that are installed (`embedded`, `space_filling`, ...), `embedded_without_density`, `random` and `oracle` by
definition, and, where their packages are, `sklearn`, `baybe` and `physbo`. `planning_pools/runs.py` says what AF, AF50
and EF are. `--scaling` measures one suggestion among up to a million candidates instead. Seconds are of the processor.
"""

from __future__ import annotations

# ruff: noqa: E402  numpy reads the number of threads when it is imported
import os

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

import argparse
import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
from planning_pools.choosers import BY_DEFINITION, chooser
from planning_pools.pools import Pool, read
from planning_pools.runs import by_definition, figures, geometric_mean, run

from kiban.planning.engines.embedded import ENGINE
from kiban.planning.objective.objective import maximise
from kiban.planning.space.candidates import Candidates
from kiban.planning.space.coded import Coded
from kiban.planning.space.parameter import Continuous
from kiban.planning.space.search_space import SearchSpace
from kiban.planning.trial import Trial
from kiban.quantity.measured import Measured

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "campaigns"
MINIMISED = "Perovskite,AgNP"


def measure(pool: Pool, name: str, seeds: int, budget: int) -> dict[str, object]:
    """The figures of one engine in one pool."""
    if name in BY_DEFINITION:
        return by_definition(pool, name, budget)
    choose = chooser(name, pool)
    runs = [each for seed in range(seeds) if (each := run(pool, choose, seed, budget)) is not None]
    if not runs:
        raise SystemExit(f"{pool.name}: every start of {seeds} seeds hit the top; take more seeds.")
    return figures(pool, runs, budget)


def summary(figures_of: dict[str, dict[str, dict[str, object]]], name: str) -> dict[str, float | None]:
    """Geometric means over the pools, the lowest AF, and mean CPU seconds."""
    rows = [engines[name] for engines in figures_of.values()]
    halves = [float(row["AF50"]) for row in rows if row["AF50"] is not None]
    return {
        "AF": geometric_mean([float(row["AF"]) for row in rows]),
        "lowest_AF": min(float(row["AF"]) for row in rows),
        "AF50": geometric_mean(halves) if len(halves) == len(rows) else None,
        "EF": geometric_mean([float(row["EF"]) for row in rows]),
        "cpu_s": float(np.mean([float(row["cpu_s"]) for row in rows])),
    }


def scaling(sizes: tuple[int, ...]) -> list[dict[str, float]]:
    """One suggestion among many candidates of six numbers, after 50 trials, in order of size: the peak is that so far."""
    rng = np.random.default_rng(0)
    rows = []
    # The first size of all is asked twice: what is imported then is not part of a suggestion.
    for size in (sizes[0], *sizes):
        parameters = tuple(Continuous(name=f"x{i}", low=0.0, high=1.0) for i in range(6))
        space = SearchSpace(parameters=parameters, candidates=Candidates(rng.random((size, 6))))
        tried = space.candidates.rows[:50]
        points = Coded(parameters, tried).points()
        trials = tuple(
            Trial(point=point, outcomes={"y": Measured(float(np.sin(3 * row).sum()))})
            for point, row in zip(points, tried, strict=True)
        )
        begin = time.process_time()
        ENGINE.suggest(space, maximise("y"), trials, n=1, seed=1)
        cpu_s = time.process_time() - begin
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        rows.append({"candidates": size, "cpu_s": cpu_s, "peak_MiB_so_far": peak})
    return rows[1:]


def table(figures_of: dict[str, dict[str, dict[str, object]]], names: list[str]) -> None:
    """Print AF / AF50 / EF / median to best of every engine in every pool, in Markdown."""
    print("| pool | " + " | ".join(names) + " |")
    print("|---" * (len(names) + 1) + "|")
    for pool, engines in figures_of.items():
        cells = []
        for name in names:
            row = engines[name]
            half = f"{row['AF50']:.2f}" if row["AF50"] is not None else "-"
            cells.append(f"{row['AF']:.2f} / {half} / {row['EF']:.2f} / {row['median_to_best']:.0f}")
        print(f"| {pool} | " + " | ".join(cells) + " |")
    for label, key in (
        ("AF, geometric mean", "AF"),
        ("lowest AF", "lowest_AF"),
        ("EF, geometric mean", "EF"),
        ("CPU s", "cpu_s"),
    ):
        print(f"| **{label}** | " + " | ".join(f"{summary(figures_of, name)[key]:.3g}" for name in names) + " |")


def main() -> None:
    """Read the pools, run the engines, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--engines", default="embedded,random,oracle")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--budget", type=int, default=50)
    parser.add_argument("--minimise", default=MINIMISED)
    parser.add_argument("--pools", default="")
    parser.add_argument("--scaling", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if asked.scaling:
        print(json.dumps(scaling((1_000, 10_000, 100_000, 1_000_000)), indent=1))
        return
    if not asked.data.is_dir():
        print(f"There are no pools in {asked.data}: name their folder with --data.")
        return
    pools = read(asked.data, asked.minimise.split(","))
    if asked.pools:
        pools = [pool for pool in pools if pool.name in asked.pools.split(",")]
    names = asked.engines.split(",")
    figures_of: dict[str, dict[str, dict[str, object]]] = {}
    for pool in pools:
        print(f"{pool.name}: {pool.n} candidates, {pool.n_top} in the top", file=sys.stderr)
        figures_of[pool.name] = {name: measure(pool, name, asked.seeds, asked.budget) for name in names}
    if asked.json:
        summaries = {name: summary(figures_of, name) for name in names}
        print(
            json.dumps({"seeds": asked.seeds, "budget": asked.budget, "pools": figures_of, "all": summaries}, indent=1)
        )
    else:
        table(figures_of, names)


if __name__ == "__main__":
    main()
