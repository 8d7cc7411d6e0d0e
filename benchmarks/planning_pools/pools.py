"""Pools: experiments that were all done, so that what an engine suggests can be looked up."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kiban.planning.space.candidates import listed
from kiban.planning.space.coded import Coded
from kiban.planning.space.parameter import Categorical, Continuous, Parameter
from kiban.planning.space.search_space import SearchSpace

from .pool_tables import PoolTable, number_of, read_table

TOP = 0.05
FEWEST = 3
"""Candidates of a pool: two to begin with and the best."""


@dataclass(frozen=True, kw_only=True)
class Pool:
    """One pool. Rows with equal inputs are averaged; more of the target is better."""

    name: str
    space: SearchSpace
    target: np.ndarray
    is_minimised: bool

    @property
    def n(self) -> int:
        return len(self.target)

    @property
    def n_top(self) -> int:
        return int(np.ceil(TOP * self.n))

    @property
    def is_top(self) -> np.ndarray:
        top = np.zeros(self.n, dtype=bool)
        top[np.argsort(-self.target, kind="stable")[: self.n_top]] = True
        return top

    def scaled(self) -> np.ndarray:
        """The inputs scaled to 0-1, levels as one column each: what other libraries are given."""
        columns = []
        rows = self.space.candidates.rows
        for i, parameter in enumerate(self.space.parameters):
            column = rows[:, i]
            if isinstance(parameter, Categorical):
                columns += [(column == level).astype(float) for level in range(len(parameter.levels))]
            elif np.ptp(column) > 0:
                columns.append((column - column.min()) / np.ptp(column))
        return np.stack(columns, axis=1)


def read(folder: Path, minimised: Sequence[str]) -> list[Pool]:
    """Read all pools of a folder, and of the folders in it.

    A CSV has its target last, and a header unless that column holds numbers from the first line on. A folder with
    `config.json` and `data.csv` is one of Olympus, which names the columns in the former; of several measurements the
    first counts. Less is better where the folder says so (`goal` of the measurement, else `default_goal`), where a file
    `NAME.minimise` lies beside the CSV or folder, or where the pool's name is among `minimised`. A column in which a
    word stands holds levels; cells without a value, and a target that is the same everywhere, end the benchmark.
    """
    olympus = sorted(path.parent for path in folder.rglob("config.json") if (path.parent / "data.csv").exists())
    plain = (path for path in sorted(folder.rglob("*")) if path.suffix.lower() == ".csv" and path.parent not in olympus)
    return [_from_csv(path, minimised) for path in plain] + [_from_olympus(each, minimised) for each in olympus]


def _from_csv(path: Path, minimised: Sequence[str]) -> Pool:
    table = read_table(path)
    header = table.rows[0]
    if number_of(header[-1], table.decimal) is None:
        table = table.without_first()
    else:
        header = tuple(f"x{i + 1}" for i in range(len(header)))
    name = path.stem.removesuffix("_dataset")
    turned = _is_marked(path.parent, path.stem, name) or bool({path.stem, name} & set(minimised))
    table.check(header)
    return _pool(name, table, header, [False] * (len(header) - 1), turned)


def _from_olympus(folder: Path, minimised: Sequence[str]) -> Pool:
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8-sig"))
        names = [parameter["name"] for parameter in config["parameters"]]
        said = [parameter.get("type") == "categorical" for parameter in config["parameters"]]
        measurements = [measurement["name"] for measurement in config["measurements"]]
    except (KeyError, TypeError, ValueError) as e:
        raise SystemExit(f"{folder / 'config.json'} does not name parameters and measurements: {e!r}.") from e
    table = read_table(folder / "data.csv")
    header = table.rows[0]
    if number_of(header[len(names)] if len(header) > len(names) else "", table.decimal) is None:
        table = table.without_first()
    goals = config.get("default_goal", "maximize")
    goal = config["measurements"][0].get("goal", goals if isinstance(goals, str) else goals[0])
    name = folder.name.removeprefix("dataset_")
    turned = goal.startswith("min") or bool({folder.name, name} & set(minimised))
    table.check([*names, *measurements])
    return _pool(name, table, [*names, measurements[0]], said, turned or _is_marked(folder.parent, folder.name, name))


def _is_marked(folder: Path, *names: str) -> bool:
    return any((folder / f"{name}.minimise").exists() for name in names)


def _pool(name: str, table: PoolTable, names: Sequence[str], said: Sequence[bool], is_minimised: bool) -> Pool:
    """The pool of the columns that are named first in a table, the target last of these.

    Parameters
    ----------
    said : sequence of bool
        Which of the inputs are said to be levels, whatever their cells look like.
    """
    *inputs, target = names
    categorical = [said[i] or table.has_levels(i, each) for i, each in enumerate(inputs)]
    values = [list(table.column(i)) if categorical[i] else table.numbers_of(i, each) for i, each in enumerate(inputs)]
    found: dict[tuple[object, ...], list[float]] = {}
    for row, number in zip(zip(*values, strict=True), table.numbers_of(len(inputs), target), strict=True):
        found.setdefault(row, []).append(number)
    parameters: list[Parameter] = []
    for parameter, column, is_levels in zip(inputs, values, categorical, strict=True):
        if is_levels:
            parameters.append(Categorical(name=parameter, levels=tuple(sorted(set(column)))))
        else:
            parameters.append(Continuous(name=parameter, low=min(column), high=max(column)))
    points = [dict(zip(inputs, row, strict=True)) for row in found]
    means = np.array([np.mean(cells) for cells in found.values()])
    if len(means) < FEWEST or np.ptp(means) == 0:
        raise SystemExit(
            f"{table.path} is no pool: {len(means)} different inputs with {len(set(means))} different values of "
            f"'{target}' leave nothing to be found; {FEWEST} inputs that do not all give the same were expected."
        )
    space = SearchSpace(parameters=tuple(parameters), candidates=listed(tuple(parameters), points))
    return Pool(name=name, space=space, target=-means if is_minimised else means, is_minimised=is_minimised)


def points_of(pool: Pool) -> list:
    """The pool's candidates as points."""
    return Coded(pool.space.parameters, pool.space.candidates.rows).points()
