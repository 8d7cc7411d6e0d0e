"""One suggestion among many candidates: time of the processor and peak memory, each size in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

SIZES = {1_000: 0.03, 10_000: 0.1, 100_000: 0.5, 1_000_000: 3.0}
"""Candidates, and the seconds that a suggestion may take."""
N_TRIALS = 50
N_NUMBERS = 6
N_TIMES = 3


def scaling(sizes: Sequence[int] = tuple(SIZES)) -> list[dict[str, float]]:
    """Measure every size."""
    rows = []
    for size in sizes:
        command = [sys.executable, "-m", "planning_pools.scaling", str(size)]
        folder = Path(__file__).resolve().parents[1]
        rows.append(json.loads(subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout))
    return rows


def scaling_table(rows: Sequence[dict[str, float]]) -> str:
    """The figures in Markdown."""
    lines = ["| candidates | CPU s | aim | peak memory, MiB | before the question, MiB |", "|---|---|---|---|---|"]
    for row in rows:
        size = int(row["candidates"])
        lines.append(
            f"| {size:,} | {row['cpu_s']:.3f} | {SIZES.get(size, float('nan'))} | {row['peak_MiB']:.0f} "
            f"| {row['before_MiB']:.0f} |"
        )
    return "\n".join(lines)


def one(size: int) -> dict[str, float]:
    """The median of some suggestions after 50 trials, and the peak of this process, the list included."""
    import time

    import numpy as np

    from kiban.planning.engines.embedded import ENGINE
    from kiban.planning.objective.objective import maximise
    from kiban.planning.space.candidates import Candidates
    from kiban.planning.space.coded import Coded
    from kiban.planning.space.parameter import Continuous
    from kiban.planning.space.search_space import SearchSpace
    from kiban.planning.trial import Trial
    from kiban.quantity.measured import Measured

    rng = np.random.default_rng(0)
    parameters = tuple(Continuous(name=f"x{i}", low=0.0, high=1.0) for i in range(N_NUMBERS))

    def question(n: int) -> tuple[SearchSpace, tuple[Trial, ...]]:
        space = SearchSpace(parameters=parameters, candidates=Candidates(rng.random((n, N_NUMBERS))))
        tried = space.candidates.rows[:N_TRIALS]
        points = Coded(parameters, tried).points()
        return space, tuple(
            Trial(point=point, outcomes={"y": Measured(float(np.sin(3 * row).sum()))})
            for point, row in zip(points, tried, strict=True)
        )

    # A small question first: what is imported then is not part of a suggestion.
    small, trials = question(100)
    ENGINE.suggest(small, maximise("y"), trials, n=1, seed=0)
    space, trials = question(size)
    before, seconds = _peak_MiB(), []
    for seed in range(N_TIMES):
        begin = time.process_time()
        ENGINE.suggest(space, maximise("y"), trials, n=1, seed=seed)
        seconds.append(time.process_time() - begin)
    return {"candidates": size, "cpu_s": float(np.median(seconds)), "peak_MiB": _peak_MiB(), "before_MiB": before}


def _peak_MiB() -> float:  # noqa: N802  the unit's name
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print(json.dumps(one(int(sys.argv[1]))))
