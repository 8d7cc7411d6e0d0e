"""Narrowing a question down by a value that answers have, and seeing by which values it is narrowed already."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kiban.query.question import And, Comparison, Everything, Extent, Has, Known, Operator, Question
from kiban.query.vocabulary import ELEMENTS, is_term
from kiban.query.write import write

_EQUAL = ("kind", "technique", "tier", "sample", "instrument", "operator", "project", "template")
_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A value by which a question is narrowed."""

    facet: str
    """`kind`, `technique`, ..., as `kiban.store.catalog.Facet` names them."""
    value: str
    without: str
    """The question without it; empty where nothing is left."""


def narrowed(question: str, facet: str, value: str) -> str:
    """The question, and beside it that answers have the value; what was written stays as it is."""
    asked = f"({question}) AND " if question.strip() else ""
    return f"{asked}{write(condition(facet, value))}"


def condition(facet: str, value: str) -> Question:
    """That an answer has the value."""
    match facet:
        case "year":
            return Comparison("started", Operator.EQUAL, value)
        case "elements":
            return Has(ELEMENTS, Extent.ALL, (value,))
        case "property":
            return Known(value, True)
        case _:
            return Comparison(facet, Operator.EQUAL, value)


def chosen(question: Question) -> tuple[Chosen, ...]:
    """All values that a question asks for as `narrowed` does, in their order."""
    parts = list(_single(question))
    found = []
    for i, part in enumerate(parts):
        said = _said(part)
        if said is not None:
            rest = tuple(_joined(parts[:i] + parts[i + 1 :]))
            found.append(Chosen(*said, write(And(rest)) if rest else ""))
    return tuple(found)


def _single(question: Question) -> Iterator[Question]:
    """All that must hold, each by itself."""
    match question:
        case Everything():
            return
        case And(parts):
            for part in parts:
                yield from _single(part)
        case Has(path, Extent.ALL, values) if path == ELEMENTS:
            yield from (Has(path, Extent.ALL, (value,)) for value in values)
        case _:
            yield question


def _joined(parts: list[Question]) -> Iterator[Question]:
    """The same, with the elements in one condition again."""
    symbols = tuple(value for part in parts if isinstance(part, Has) and _is_element(part) for value in part.values)
    is_told = False
    for part in parts:
        if not (isinstance(part, Has) and _is_element(part)):
            yield part
        elif not is_told:
            is_told = True
            yield Has(ELEMENTS, Extent.ALL, symbols)


def _is_element(part: Has) -> bool:
    return part.path == ELEMENTS and part.extent is Extent.ALL


def _said(part: Question) -> tuple[str, str] | None:
    match part:
        case Comparison("started", Operator.EQUAL, str() as value) if _YEAR.fullmatch(value):
            return "year", value
        case Comparison(path, Operator.EQUAL, str() as value, None) if path in _EQUAL:
            return path, value
        case Has(path, Extent.ALL, (symbol,)) if path == ELEMENTS:
            return "elements", symbol
        case Known(path, True) if is_term(path):
            return "property", path
        case _:
            return None
