"""Parameters, formulas and constraints, each with points on both sides of it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from kiban.errors import InvalidValue, NothingAllowed, OutOfRange, UnknownUnit
from kiban.planning.space.constraint import AtMost, Forbidden, Linear, Mixture, Nonlinear, Where
from kiban.planning.space.document import space_from_json, space_to_json
from kiban.planning.space.formula import compiled
from kiban.planning.space.parameter import Categorical, Continuous, Discrete, Integer, code
from kiban.planning.space.sampling import sample
from kiban.planning.space.search_space import SearchSpace
from kiban.quantity.measured import Measured

X, Y = Continuous(name="x", low=0.0, high=10.0, unit="mm"), Continuous(name="Print Speed", low=0.0, high=10.0)
SOLVENT = Categorical(name="solvent", levels=("water", "ethanol"))


def allowed(constraint, x: float, y: float, solvent: str = "water") -> bool:
    plain = Continuous(name="x", low=0.0, high=10.0)
    space = SearchSpace(parameters=(plain, Y, SOLVENT), constraints=(constraint,))
    return bool(space.allowed(space.coded([{"x": x, "Print Speed": y, "solvent": solvent}]))[0])


def test_each_constraint_has_two_sides() -> None:
    assert allowed(Mixture(names=("x", "Print Speed"), total=10.0), 3.0, 7.0)
    assert not allowed(Mixture(names=("x", "Print Speed"), total=10.0), 3.0, 7.0001)
    assert allowed(AtMost(names=("x", "Print Speed"), n=1), 3.0, 0.0)
    assert not allowed(AtMost(names=("x", "Print Speed"), n=1), 3.0, 0.1)
    assert allowed(Linear(coefficients={"x": 1.0, "Print Speed": -2.0}, high=1.0), 3.0, 1.0)
    assert not allowed(Linear(coefficients={"x": 1.0, "Print Speed": -2.0}, high=1.0), 3.0, 0.9)
    assert allowed(Nonlinear(formula="x * {Print Speed}", low=6.0), 3.0, 2.0)
    assert not allowed(Nonlinear(formula="x * {Print Speed}", low=6.0), 3.0, 1.9)
    assert not allowed(Nonlinear(formula="log(x)", low=-1e9), 0.0, 1.0)
    hot = Forbidden(combination=(Where(name="solvent", levels=("ethanol",)), Where(name="x", low=5.0)))
    assert allowed(hot, 4.9, 0.0, "ethanol")
    assert allowed(hot, 5.0, 0.0, "water")
    assert not allowed(hot, 5.0, 0.0, "ethanol")


@pytest.mark.parametrize(
    "text", ["__import__('os')", "x.real", "x if x else 1", "[x]", "x @ x", "lambda: 1", "1e400", "", "x +"]
)
def test_a_formula_is_arithmetic_and_nothing_else(text: str) -> None:
    with pytest.raises(InvalidValue, match="cannot be understood"):
        compiled(text)


def test_a_formula_is_worked_out_for_all_rows() -> None:
    columns = {"a": np.array([1.0, 4.0]), "b c": np.array([2.0, 3.0])}
    assert compiled("sqrt(a) + max({b c}, 2.5)**2 / 2 - -1")(columns, 2).tolist() == [5.125, 7.5]
    assert compiled("2")({}, 3).tolist() == [2, 2, 2]


def test_values_come_in_any_unit_that_fits() -> None:
    assert code(X, Measured(0.5, "cm")) == pytest.approx(5.0)
    with pytest.raises(OutOfRange):
        code(X, Measured(2.0, "cm"))
    with pytest.raises(InvalidValue, match="none of its levels"):
        code(SOLVENT, "benzene")


@pytest.mark.parametrize(
    "make",
    [
        lambda: Continuous(name="x", low=2.0, high=1.0),
        lambda: Integer(name="x", low=0, high=2.5),
        lambda: Discrete(name="x", values=(2.0, 1.0)),
        lambda: Categorical(name="x", levels=("a", "a")),
        lambda: Categorical(name="x", levels=("a", "b"), descriptors={"mass": (1.0,)}),
        lambda: SearchSpace(parameters=(X, X)),
        lambda: SearchSpace(parameters=(X, Y), constraints=(Mixture(names=("x", "Print Speed")),)),
        lambda: SearchSpace(parameters=(X, SOLVENT), constraints=(Linear(coefficients={"solvent": 1.0}, low=0.0),)),
        lambda: SearchSpace(parameters=(X,), constraints=(Nonlinear(formula="z", low=0.0),)),
        lambda: Where(name="x"),
    ],
)
def test_what_contradicts_itself_is_refused(make) -> None:
    with pytest.raises(InvalidValue):
        make()


def test_a_unit_that_is_none_is_refused() -> None:
    with pytest.raises(UnknownUnit):
        Continuous(name="x", low=0.0, high=1.0, unit="no such unit")


def test_constraints_that_contradict_each_other_are_told() -> None:
    both = (Linear(coefficients={"x": 1.0}, low=6.0), Linear(coefficients={"x": 1.0}, high=5.0))
    with pytest.raises(NothingAllowed, match="keeps to all constraints"):
        sample(SearchSpace(parameters=(X,), constraints=both), 1, np.random.default_rng(0))


def test_a_sliver_of_a_space_is_found() -> None:
    sliver = Linear(coefficients={"x": 1.0, "Print Speed": 1.0}, low=19.9999)
    space = SearchSpace(parameters=(X, Y), constraints=(sliver,))
    drawn = sample(space, 20, np.random.default_rng(0))
    assert space.allowed(drawn).all()
    assert len(np.unique(drawn.rows, axis=0)) == 20


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"parameters": [{"kind": "vague", "name": "x"}]},
        {"parameters": [{"kind": "continuous", "name": "x", "low": 0}]},
        {"parameters": [{"kind": "continuous", "name": "x", "low": 0, "high": 1, "colour": "red"}]},
        {"parameters": [{"kind": "continuous", "name": "x", "low": 0, "high": 1}], "candidates": {"y": [1]}},
        {"parameters": [{"kind": "continuous", "name": "x", "low": 0, "high": 1}], "candidates": {"x": [1, 2]}},
    ],
)
def test_a_document_that_is_no_space_is_refused(document: dict) -> None:
    with pytest.raises(InvalidValue):
        space_from_json(document)


def test_a_document_says_what_the_space_is() -> None:
    space = SearchSpace(parameters=(X, SOLVENT), constraints=(AtMost(names=("x",), n=1),))
    assert json.loads(json.dumps(space_to_json(space))) == {
        "parameters": [
            {"kind": "continuous", "name": "x", "low": 0.0, "high": 10.0, "unit": "mm"},
            {"kind": "categorical", "name": "solvent", "levels": ["water", "ethanol"], "descriptors": {}},
        ],
        "constraints": [{"kind": "at most", "names": ["x"], "n": 1}],
    }
