"""What a condition asks for, and of what it is sooner asked: the shape of a question, without any SQL."""

from __future__ import annotations

from kiban.query.condition import (
    AllOf,
    Along,
    AnyOf,
    Condition,
    ConfidenceCondition,
    NearCondition,
    Negation,
    NumberCondition,
    WordsCondition,
)

GROUPED = {"kind", "technique", "tier"}
"""What the functions `records_counted` and `records_in_scopes` count by: a row `r` stands for `r.n` visible records."""


def dearness(condition: Condition) -> float:
    """How long it takes to ask an index for it, beside others."""
    match condition:
        case NumberCondition() | ConfidenceCondition():
            return 0
        case WordsCondition():
            return 1
        case Along(_, part):
            return 4 + min(map(dearness, part.parts if isinstance(part, AllOf) else (part,)), default=3) / 10
        case AllOf() | AnyOf() | Negation():
            return 3
        case _:
            return 2


def paths(condition: Condition) -> set[str]:
    """All that a condition asks for."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            return set[str]().union(*map(paths, parts))
        case Negation(part):
            return paths(part)
        case WordsCondition():
            return {"words"}
        case NearCondition():
            return {"id"}
        case Along(hop):
            return {str(hop)}
        case _:
            return {condition.path}


def goes_by_groups(condition: Condition) -> bool:
    """Whether all that is asked is counted in groups, however many records there are."""
    return paths(condition) <= GROUPED


def leads(condition: Condition) -> bool:
    """Whether it asks of other records, or may."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            return any(map(leads, parts))
        case Negation(part):
            return leads(part)
        case _:
            return isinstance(condition, Along)


def only_leads(condition: Condition) -> bool:
    """Whether of the record itself it asks no more than its sample."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            return all(map(only_leads, parts))
        case Negation(part):
            return only_leads(part)
        case _:
            return isinstance(condition, Along)
