"""Search spaces as JSON documents, and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from kiban.errors import InvalidValue
from kiban.planning.space.candidates import Candidates, as_coded, listed
from kiban.planning.space.constraint import AtMost, Constraint, Forbidden, Linear, Mixture, Nonlinear
from kiban.planning.space.parameter import Categorical, Continuous, Discrete, Integer, Parameter
from kiban.planning.space.search_space import SearchSpace
from kiban.records.document import from_json, to_json

_PARAMETERS: Mapping[str, type] = {
    "continuous": Continuous,
    "integer": Integer,
    "discrete": Discrete,
    "categorical": Categorical,
}
_CONSTRAINTS: Mapping[str, type] = {
    "mixture": Mixture,
    "at most": AtMost,
    "linear": Linear,
    "nonlinear": Nonlinear,
    "forbidden": Forbidden,
}


def space_to_json(space: SearchSpace) -> dict[str, Any]:
    """Write a space down; candidates as one list for each parameter."""
    document: dict[str, Any] = {
        "parameters": [_tagged(parameter, _PARAMETERS) for parameter in space.parameters],
        "constraints": [constraint_to_json(constraint) for constraint in space.constraints],
    }
    if space.candidates is not None:
        points = as_coded(space.parameters, space.candidates).points()
        document["candidates"] = {name: [point[name] for point in points] for name in space.names}
    return document


def space_from_json(document: Mapping[str, Any]) -> SearchSpace:
    """Make a space of its document. Raises InvalidValue that names what is wrong."""
    if not isinstance(document, Mapping) or not isinstance(document.get("parameters"), list):
        raise InvalidValue("A search space has no list of parameters.", mend="Give its parameters.")
    parameters: tuple[Parameter, ...] = tuple(_untagged(each, _PARAMETERS) for each in document["parameters"])
    listed_constraints = document.get("constraints") or ()
    if not isinstance(listed_constraints, list | tuple):
        raise InvalidValue("The constraints of a search space are no list.", mend="Give a list of constraints.")
    constraints = tuple(constraint_from_json(each) for each in listed_constraints)
    return SearchSpace(
        parameters=parameters,
        constraints=constraints,
        candidates=_candidates(parameters, document.get("candidates")),
    )


def constraint_to_json(constraint: Constraint) -> dict[str, Any]:
    """Write a constraint down, with its kind."""
    return _tagged(constraint, _CONSTRAINTS)


def constraint_from_json(document: object) -> Constraint:
    """Make a constraint of its document. Raises InvalidValue that names what is wrong."""
    constraint: Constraint = _untagged(document, _CONSTRAINTS)
    return constraint


def _candidates(parameters: tuple[Parameter, ...], columns: object) -> Candidates | None:
    if columns is None:
        return None
    names = [parameter.name for parameter in parameters]
    if not isinstance(columns, Mapping) or set(columns) != set(names):
        raise InvalidValue(
            "The candidates are not one list for each parameter.", mend=f"Give a list for each of: {', '.join(names)}."
        )
    lengths = {len(column) if isinstance(column, list) else -1 for column in columns.values()}
    if len(lengths) != 1 or -1 in lengths:
        raise InvalidValue("The lists of candidates differ in length.", mend="Give one value for each candidate.")
    return listed(parameters, (dict(zip(names, row, strict=True)) for row in zip(*(columns[n] for n in names))))  # noqa: B905


def _tagged(noun: object, kinds: Mapping[str, type]) -> dict[str, Any]:
    kind = next(name for name, each in kinds.items() if type(noun) is each)
    fields = {name: value for name, value in to_json(noun).items() if name != "resolution" or value is not None}
    return {"kind": kind, **fields}


def _untagged(document: object, kinds: Mapping[str, type]) -> Any:
    found = document.get("kind") if isinstance(document, Mapping) else document
    if not isinstance(document, Mapping) or not isinstance(found, str) or found not in kinds:
        raise InvalidValue(
            f"A part of a search space is of the kind {found!r}.", mend=f"Known kinds are: {', '.join(kinds)}."
        )
    kind = kinds[document["kind"]]
    fields = {name: value for name, value in document.items() if name != "kind"}
    unknown = sorted(set(fields) - {each.name for each in dataclasses.fields(kind)})
    if unknown:
        raise InvalidValue(
            f"A {document['kind']} has no field '{unknown[0]}'.",
            mend=f"Its fields are: {', '.join(each.name for each in dataclasses.fields(kind))}.",
        )
    return from_json(fields, kind)
