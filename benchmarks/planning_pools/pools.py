"""Pools: experiments that were all done, so that what an engine suggests can be looked up."""

from __future__ import annotations

import csv
import json
import math
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

    A CSV has its target last, and a header unless that column holds numbers from the first line on. A folder with
    `config.json` and `data.csv` is one of Olympus, which names the columns in the former; of several measurements the
    first counts. Less is better where the folder says so (`goal` of the measurement, else `default_goal`), where a file
    `NAME.minimise` lies beside the CSV or folder, or where the pool's name is among `minimised`.
    """
    olympus = sorted(path.parent for path in folder.rglob("config.json") if (path.parent / "data.csv").exists())
    plain = (path for path in sorted(folder.rglob("*.csv")) if path.parent not in olympus)
    return [_from_csv(path, minimised) for path in plain] + [_from_olympus(each, minimised) for each in olympus]


def _from_csv(path: Path, minimised: Sequence[str]) -> Pool:
    header, *rows = _rows(path)
    if _is_number(header[-1]):
        header, rows = [f"x{i + 1}" for i in range(len(header))], [header, *rows]
    name = path.stem.removesuffix("_dataset")
    turned = path.with_suffix(".minimise").exists() or bool({path.stem, name} & set(minimised))
    columns = _columns(path, rows, len(header))
    categorical = [not all(_is_number(cell) for cell in column) for column in columns[:-1]]
    return _pool(name, header[:-1], columns[:-1], categorical, columns[-1], turned)


def _from_olympus(folder: Path, minimised: Sequence[str]) -> Pool:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    names = [parameter["name"] for parameter in config["parameters"]]
    measurements = config["measurements"]
    rows = _rows(folder / "data.csv")
    if not _is_number(rows[0][len(names)]):
        rows = rows[1:]
    columns = _columns(folder / "data.csv", rows, len(names) + len(measurements))
    categorical = [
        not all(_is_number(cell) for cell in column) or parameter["type"] == "categorical"
        for parameter, column in zip(config["parameters"], columns, strict=False)
    ]
    goals = config.get("default_goal", "maximize")
    goal = measurements[0].get("goal", goals if isinstance(goals, str) else goals[0])
    name = folder.name.removeprefix("dataset_")
    marks = (folder.parent / f"{each}.minimise" for each in (folder.name, name))
    turned = goal.startswith("min") or bool({folder.name, name} & set(minimised)) or any(m.exists() for m in marks)
    return _pool(name, names, columns[: len(names)], categorical, columns[len(names)], turned)


def _rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [[cell.strip() for cell in row] for row in csv.reader(file) if any(cell.strip() for cell in row)]
    if len(rows) < 3 or len(rows[0]) < 2:
        raise SystemExit(f"{path} is no pool: three rows with an input and a target were expected.")
    return rows


def _columns(path: Path, rows: Sequence[Sequence[str]], n: int) -> list[tuple[str, ...]]:
    for row in rows:
        if len(row) != n or "" in row:
            raise SystemExit(f"{path}: {n} values were expected in the row {','.join(row)[:80]}")
    return list(zip(*rows, strict=True))


def _is_number(cell: str) -> bool:
    try:
        return math.isfinite(float(cell))
    except ValueError:
        return False


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
