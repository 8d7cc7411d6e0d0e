"""How many experiments earlier studies save, on sets of studies of one kind: each in turn is the campaign, the others are
its archive.

    .venv/bin/python benchmarks/archive.py [--data FOLDER] [--sets NAME,...] [--archives NAME,...] [--seeds N] [--budget N]
                                           [--only-first] [--json]

Pools, runs and figures are those of `benchmarks/planning.py`. The archives are:

none        no archive
siblings    the other studies of the set, as they are
unrelated   the studies of the two other sets, as they are
disguised   what came out of the studies of another set, laid over the settings of the siblings: studies that agree with
            each other and have nothing to do with the campaign
shuffled    the siblings, each with its outcomes shuffled by itself
reversed    the siblings, each with the signs of its outcomes turned

AF over that without an archive is told with its standard error: both have the same starts, so that the runs are compared
one by one.

`--only-first` ends each run with its first hit: AF alone, in a fraction of the time.

`oracle` takes the best points first. The time to learn the archive is given by itself: it is spent once for each request
for suggestions.
"""

from __future__ import annotations

# ruff: noqa: E402  numpy reads the number of threads when it is imported
import os

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from planning_pools.pools import Pool, read
from planning_pools.runs import by_definition, figures, first_hits, geometric_mean, ratio_of_means, run
from planning_pools.siblings import KINDS, Siblings, chooser, first_figures, learnt, sets_in, studies

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "campaigns" / "olympus"


def measure(
    pool: Pool,
    siblings: Siblings,
    everything: Sequence[Siblings],
    kind: str,
    seeds: int,
    budget: int,
    *,
    only_first: bool,
) -> dict[str, object]:
    """The figures of one campaign with one archive."""
    if kind == "oracle":
        figures_of = by_definition(pool, "oracle", budget)
        return figures_of | ({"AF50": None, "EF": None} if only_first else {})
    begin = time.process_time()
    known = learnt(pool, studies(pool, siblings, everything, kind)) if kind != "none" else None
    learn_s = time.process_time() - begin
    choose = chooser(pool, known)
    if only_first:
        return {**first_figures(pool, choose, seeds, budget), "learn_cpu_s": learn_s}
    runs = [each for seed in range(seeds) if (each := run(pool, choose, seed, budget)) is not None]
    if not runs:
        raise SystemExit(f"{pool.name}: every start of {seeds} seeds hit the top; take more seeds.")
    first = [int(each) for each in first_hits(pool, runs, budget)]
    return {**figures(pool, runs, budget), "learn_cpu_s": learn_s, "first": first}


def beside_none(row: dict[str, dict[str, object]], kind: str) -> tuple[float, float]:
    """AF with an archive over that without, and its standard error, the runs of both paired by their seeds."""
    if kind == "oracle":
        return float(row[kind]["AF"]) / float(row["none"]["AF"]), 0.0
    return ratio_of_means(row["none"]["first"], row[kind]["first"])


def summary(rows: Sequence[dict[str, dict[str, object]]], kind: str) -> dict[str, float | None]:
    """Over the campaigns of a set: mean AF, its part of the oracle's, and its ratio to that without archive."""
    means = {name: float(np.mean([float(row[name]["AF"]) for row in rows])) for name in (kind, "oracle", "none")}
    pairs = [beside_none(row, kind) for row in rows]
    ratios = [ratio for ratio, _ in pairs]
    halves = [row[kind]["AF50"] for row in rows]
    return {
        "AF": means[kind],
        "of_oracle": means[kind] / means["oracle"],
        "AF_over_none": geometric_mean(ratios),
        "AF_over_none_standard_error": float(
            geometric_mean(ratios) * np.linalg.norm([error / ratio for ratio, error in pairs]) / len(pairs)
        ),
        "lowest_AF_over_none": min(ratios),
        "AF50": float(np.mean(halves)) if None not in halves else None,
        "EF": _mean([row[kind]["EF"] for row in rows]),
        "EF_over_none": geometric_mean([float(row[kind]["EF"]) / float(row["none"]["EF"]) for row in rows])
        if None not in [row[name]["EF"] for row in rows for name in (kind, "none")]
        else None,
    }


def _mean(values: Sequence[object]) -> float | None:
    return None if None in values else float(np.mean(values))


def table(figures_of: dict[str, dict[str, dict[str, dict[str, object]]]], kinds: Sequence[str]) -> None:
    """Print AF with its standard error / AF50 / EF of every campaign with every archive, in Markdown."""
    print("| campaign | " + " | ".join(kinds) + " |")
    print("|---" * (len(kinds) + 1) + "|")
    for name, campaigns in figures_of.items():
        for pool, row in campaigns.items():
            cells = []
            for kind in kinds:
                each = row[kind]
                half = f"{each['AF50']:.1f}" if each["AF50"] is not None else "-"
                doubt = f" ± {each['AF_standard_error']:.2f}" if "AF_standard_error" in each else ""
                cells.append(f"{each['AF']:.2f}{doubt} / {half} / {_shown(each['EF'])}")
            print(f"| {pool} | " + " | ".join(cells) + " |")
        rows = list(campaigns.values())
        of = {kind: summary(rows, kind) for kind in kinds}
        for label, key in (("mean AF", "AF"), ("EF over none", "EF_over_none")):
            print(f"| **{name}: {label}** | " + " | ".join(_shown(of[kind][key]) for kind in kinds) + " |")
        beside = {pool: {kind: beside_none(row, kind) for kind in kinds} for pool, row in campaigns.items()}
        beside[f"**{name}**"] = {
            kind: (of[kind]["AF_over_none"], of[kind]["AF_over_none_standard_error"]) for kind in kinds
        }
        for pool, ratios in beside.items():
            cells = [f"{ratio:.3f} ± {error:.3f}" for ratio, error in ratios.values()]
            print(f"| {pool}: AF over none, paired | " + " | ".join(cells) + " |")


def _shown(number: object) -> str:
    return "-" if number is None else f"{number:.2f}"


def main() -> None:
    """Read the studies, run the campaigns, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--sets", default="")
    parser.add_argument("--archives", default=",".join(KINDS))
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--budget", type=int, default=50)
    parser.add_argument("--only-first", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if not asked.data.is_dir():
        print(f"There are no studies in {asked.data}: name their folder with --data.")
        return
    everything = sets_in(read(asked.data, ()))
    kinds = ["none", *(kind for kind in asked.archives.split(",") if kind not in ("none", "oracle")), "oracle"]
    figures_of: dict[str, dict[str, dict[str, dict[str, object]]]] = {}
    for siblings in everything:
        if asked.sets and siblings.name not in asked.sets.split(","):
            continue
        figures_of[siblings.name] = {}
        for pool in siblings.pools:
            print(f"{pool.name}: {pool.n} candidates, {pool.n_top} in the top", file=sys.stderr)
            figures_of[siblings.name][pool.name] = {
                kind: measure(pool, siblings, everything, kind, asked.seeds, asked.budget, only_first=asked.only_first)
                for kind in kinds
            }
    if asked.json:
        told = {
            name: {kind: summary(list(campaigns.values()), kind) for kind in kinds}
            for name, campaigns in figures_of.items()
        }
        said = {"seeds": asked.seeds, "budget": asked.budget, "campaigns": figures_of, "sets": told}
        print(json.dumps(said, indent=1))
    else:
        table(figures_of, kinds)


if __name__ == "__main__":
    main()
