"""How many experiments an engine saves, on pools of experiments that were all done.

    .venv/bin/python benchmarks/planning.py [--data FOLDER] [--engines embedded,random,...] [--seeds N] [--first-seed N]
                                            [--budget N,...] [--minimise NAME,...] [--pools NAME,...] [--scaling] [--json]

Engines: those that are installed (`embedded`, `space_filling`, ...), `embedded_without_density`, `random` and `oracle` by
definition, and peers as their own defaults are: `sklearn_gp`, `physbo` and `baybe`. These need packages that
are no part of `make venv`; the same pools with all of them:

    make .venv-planning/.installed
    PYTHONPATH=src .venv-planning/bin/python benchmarks/planning.py --engines embedded,sklearn_gp,physbo,baybe,random,oracle

`planning_pools/runs.py` says what AF, AF50 and EF are. `--scaling` measures one suggestion among up to a million
candidates instead. Seconds are of the processor.
"""

from __future__ import annotations

# ruff: noqa: E402  numpy reads the number of threads when it is imported
import os

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from planning_pools.choosers import BY_DEFINITION, chooser
from planning_pools.pools import Pool, read
from planning_pools.runs import by_definition, figures, geometric_mean, run
from planning_pools.scaling import scaling, scaling_table

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "campaigns"
MINIMISED = "Perovskite,AgNP"


def measure(pool: Pool, name: str, seeds: range, budgets: list[int]) -> dict[int, dict[str, object]]:
    """The figures of one engine in one pool, by budget: a shorter run is the beginning of a longer one."""
    if name in BY_DEFINITION:
        return {budget: by_definition(pool, name, budget) for budget in budgets}
    choose = chooser(name, pool)
    runs = [each for seed in seeds if (each := run(pool, choose, seed, max(budgets))) is not None]
    if not runs:
        raise SystemExit(f"{pool.name}: every start of {len(seeds)} seeds hit the top; take more seeds.")
    return {budget: figures(pool, [each.until(budget) for each in runs], budget) for budget in budgets}


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
    parser.add_argument("--seeds", type=int, default=5, help="how many")
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument(
        "--budget", default="50", help="experiments of a run, the two first ones included: 50, or 30,50"
    )
    parser.add_argument("--minimise", default=MINIMISED)
    parser.add_argument("--pools", default="", help="only these, by their names")
    parser.add_argument("--scaling", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if asked.scaling:
        rows = scaling()
        print(json.dumps(rows, indent=1) if asked.json else scaling_table(rows))
        return
    if not asked.data.is_dir():
        print(f"There are no pools in {asked.data}: name their folder with --data.")
        return
    pools = read(asked.data, asked.minimise.split(","))
    if asked.pools:
        pools = [pool for pool in pools if pool.name in asked.pools.split(",")]
    if not pools:
        raise SystemExit(f"There are no pools of these names in {asked.data}, or none at all.")
    names, budgets = asked.engines.split(","), [int(each) for each in asked.budget.split(",")]
    seeds = range(asked.first_seed, asked.first_seed + asked.seeds)
    found: dict[int, dict[str, dict[str, dict[str, object]]]] = {budget: {} for budget in budgets}
    for pool in pools:
        print(f"{pool.name}: {pool.n} candidates, {pool.n_top} in the top", file=sys.stderr)
        for name in names:
            for budget, row in measure(pool, name, seeds, budgets).items():
                found[budget].setdefault(pool.name, {})[name] = row
    documents = [
        {
            "seeds": asked.seeds,
            "first_seed": asked.first_seed,
            "budget": budget,
            "pools": figures_of,
            "all": {name: summary(figures_of, name) for name in names},
        }
        for budget, figures_of in found.items()
    ]
    if asked.json:
        print(json.dumps(documents[0] if len(documents) == 1 else documents, indent=1))
        return
    for budget, figures_of in found.items():
        print(f"\nBudget {budget}, seeds {seeds.start} to {seeds.stop - 1}\n")
        table(figures_of, names)


if __name__ == "__main__":
    main()
