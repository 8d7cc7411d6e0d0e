"""Random search spaces of every kind, for tests: the same number gives the same space."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kiban.planning.space.candidates import Candidates
from kiban.planning.space.constraint import AtMost, Constraint, Forbidden, Linear, Mixture, Nonlinear, Where
from kiban.planning.space.parameter import Categorical, Continuous, Discrete, Integer, Parameter
from kiban.planning.space.sampling import sample
from kiban.planning.space.search_space import SearchSpace


def random_space(number: int) -> SearchSpace:
    """Make one of endlessly many spaces; now and then no point keeps to its constraints."""
    rng = np.random.default_rng([number, 20261127])
    parameters: list[Parameter] = []
    constraints: list[Constraint] = []
    if rng.random() < 0.6:
        components = _components(rng)
        parameters += components
        names = tuple(component.name for component in components)
        if rng.random() < 0.8:
            constraints.append(Mixture(names=names, total=100.0 if components[0].unit else 1.0))
        if rng.random() < 0.5:
            constraints.append(AtMost(names=names, n=int(rng.integers(1, len(names) + 1))))
    parameters += [_parameter(rng, f"p{i}") for i in range(int(rng.integers(0 if parameters else 1, 5)))]
    numeric = [each for each in parameters if not isinstance(each, Categorical)]
    if len(numeric) >= 2 and rng.random() < 0.5:
        constraints.append(_linear(rng, numeric))
    if numeric and rng.random() < 0.3:
        one = numeric[int(rng.integers(len(numeric)))]
        middle = (one.low + one.high) / 2
        constraints.append(
            Nonlinear(formula=f"({{{one.name}}} - {middle:.6g})**2", low=(0.2 * (one.high - middle)) ** 2)
        )
    for each in parameters:
        if isinstance(each, Categorical) and rng.random() < 0.5:
            other = parameters[int(rng.integers(len(parameters)))]
            where = [Where(name=each.name, levels=each.levels[:1])]
            if other.name != each.name and not isinstance(other, Categorical):
                where.append(Where(name=other.name, high=(other.low + other.high) / 2))
            constraints.append(Forbidden(combination=tuple(where)))
    return SearchSpace(parameters=tuple(parameters), constraints=tuple(constraints))


def with_candidates(space: SearchSpace, n: int, number: int) -> SearchSpace:
    """The space with a list of different candidates drawn from it. Raises NothingAllowed as `sample`."""
    rows = np.unique(sample(space, n, np.random.default_rng(number)).rows, axis=0)
    return SearchSpace(parameters=space.parameters, constraints=space.constraints, candidates=Candidates(rows))


def with_resolutions(space: SearchSpace, number: int) -> SearchSpace:
    """The space with a resolution for some of its continuous parameters, coarse or fine."""
    rng = np.random.default_rng([number, 20261128])
    parameters: list[Parameter] = []
    for parameter in space.parameters:
        if isinstance(parameter, Continuous) and rng.random() < 0.6:
            width = parameter.high - parameter.low
            # Round numbers, of which at least one lies in the range.
            step = float(10.0 ** np.floor(np.log10(width))) * float(rng.choice([0.5, 0.1, 0.05, 0.002, 0.0001]))
            parameters.append(replace(parameter, resolution=step))
        else:
            parameters.append(parameter)
    return replace(space, parameters=tuple(parameters))


def _components(rng: np.random.Generator) -> list[Continuous | Discrete]:
    n, percent = int(rng.integers(2, 8)), rng.random() < 0.5
    total, unit = (100.0, "percent") if percent else (1.0, "")
    made: list[Continuous | Discrete] = []
    kind = rng.random()
    for i in range(n):
        if kind < 0.4 or (kind > 0.8 and rng.random() < 0.5):
            step = float(rng.choice([0.05, 0.1, 0.25]))
            top = int(rng.integers(2, round(1 / step) + 1))
            made.append(Discrete(name=f"c{i}", values=tuple(j * step * total for j in range(top + 1)), unit=unit))
        else:
            low = 0.0 if rng.random() < 0.8 else 0.05 * total
            made.append(Continuous(name=f"c{i}", low=low, high=total * float(rng.uniform(0.3, 1.0)), unit=unit))
    return made


def _parameter(rng: np.random.Generator, name: str) -> Parameter:
    kind = int(rng.integers(4))
    if kind == 0:
        low = float(rng.uniform(-100, 100))
        return Continuous(name=name, low=low, high=low + float(10 ** rng.uniform(-3, 3)))
    if kind == 1:
        low = int(rng.integers(-5, 5))
        return Integer(name=name, low=low, high=low + int(10 ** rng.uniform(0, 5)))
    if kind == 2:
        return Discrete(name=name, values=tuple(sorted({round(float(v), 3) for v in rng.normal(0, 50, 6)})))
    n = int(rng.integers(2, 6))
    describe = {"mass": tuple(float(v) for v in rng.normal(0, 1, n))} if rng.random() < 0.4 else {}
    return Categorical(name=name, levels=tuple(f"level {i}" for i in range(n)), descriptors=describe)


def _linear(rng: np.random.Generator, numeric: list[Continuous | Integer | Discrete]) -> Linear:
    """A half space that some random point of the box keeps to."""
    chosen = [numeric[int(i)] for i in rng.permutation(len(numeric))[: int(rng.integers(2, len(numeric) + 1))]]
    factors = {each.name: float(rng.normal()) / max(each.high - each.low, 1e-9) for each in chosen}
    inside = sum(factors[each.name] * float(rng.uniform(each.low, each.high)) for each in chosen)
    return Linear(coefficients=factors, high=inside) if rng.random() < 0.5 else Linear(coefficients=factors, low=inside)
