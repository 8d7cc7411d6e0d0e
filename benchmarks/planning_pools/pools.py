"""Pools: experiments that were all done, so that what an engine suggests can be looked up."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kiban.planning.space.candidates import listed
from kiban.planning.space.coded import Coded
from kiban.planning.space.parameter import Categorical, Continuous, Parameter
from kiban.planning.space.search_space import SearchSpace

TOP = 0.05


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

    A CSV has a header and the target last; a file `NAME.minimise` beside `NAME.csv`, or its name among `minimised`, turns
    the sign. A folder with `config.json` and `data.csv` is one of Olympus: of several measurements the first counts.
    """
    pools = [_from_csv(path, minimised) for path in sorted(folder.rglob("*.csv")) if not _is_of_olympus(path)]
    return pools + [_from_olympus(path.parent) for path in sorted(folder.rglob("config.json"))]


def _is_of_olympus(path: Path) -> bool:
    return (path.parent / "config.json").exists()


def _from_csv(path: Path, minimised: Sequence[str]) -> Pool:
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = [row for row in csv.reader(file) if any(cell.strip() for cell in row)]
    turned = path.with_suffix(".minimise").exists() or bool(
        {path.stem, path.stem.removesuffix("_dataset")} & set(minimised)
    )
    columns = list(zip(*rows, strict=True))
    categorical = [not all(_is_number(cell) for cell in column) for column in columns[:-1]]
    return _pool(path.stem.removesuffix("_dataset"), header[:-1], columns[:-1], categorical, columns[-1], turned)


def _from_olympus(folder: Path) -> Pool:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    with (folder / "data.csv").open(encoding="utf-8-sig", newline="") as file:
        columns = list(zip(*[row for row in csv.reader(file) if row], strict=True))
    names = [parameter["name"] for parameter in config["parameters"]]
    categorical = [parameter["type"] == "categorical" for parameter in config["parameters"]]
    goal = config["default_goal"]
    goal = goal[0] if isinstance(goal, list) else goal
    target = columns[len(names)]
    name = folder.name.removeprefix("dataset_")
    return _pool(name, names, columns[: len(names)], categorical, target, goal.startswith("min"))


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _pool(
    name: str,
    names: Sequence[str],
    columns: Sequence[Sequence[str]],
    categorical: Sequence[bool],
    target: Sequence[str],
    is_minimised: bool,
) -> Pool:
    values = [
        list(column) if is_levels else [float(cell) for cell in column]
        for column, is_levels in zip(columns, categorical, strict=True)
    ]
    found: dict[tuple[object, ...], list[float]] = {}
    for row, cell in zip(zip(*values, strict=True), target, strict=True):
        found.setdefault(row, []).append(float(cell))
    parameters: list[Parameter] = []
    for parameter, column, is_levels in zip(names, values, categorical, strict=True):
        if is_levels:
            parameters.append(Categorical(name=parameter, levels=tuple(sorted(set(column)))))
        else:
            parameters.append(Continuous(name=parameter, low=min(column), high=max(column)))
    points = [dict(zip(names, row, strict=True)) for row in found]
    means = np.array([np.mean(cells) for cells in found.values()])
    space = SearchSpace(parameters=tuple(parameters), candidates=listed(tuple(parameters), points))
    return Pool(name=name, space=space, target=-means if is_minimised else means, is_minimised=is_minimised)


def points_of(pool: Pool) -> list:
    """The pool's candidates as points."""
    return Coded(pool.space.parameters, pool.space.candidates.rows).points()
