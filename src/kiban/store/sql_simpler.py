"""The same condition in fewer parts, so that what is asked twice is looked up once.

A time between two ends is one condition, and one of several things that lie at the end of the same way is asked for at
the end of it: `process.anneal.temperature < 900 degC` asks for the process by each of its names.
"""

from __future__ import annotations

from collections.abc import Sequence

from kiban.query.condition import AllOf, Along, AnyOf, Condition, Interval, Negation, TimeCondition


def simpler(condition: Condition) -> Condition:
    """Holds of the same records."""
    match condition:
        case AllOf(parts):
            return _all_of(_with_one_time([inner for part in parts for inner in _inner(simpler(part), AllOf)]))
        case AnyOf(parts):
            return _any_of([inner for part in parts for inner in _inner(simpler(part), AnyOf)])
        case Negation(part):
            return Negation(simpler(part))
        case Along(hop, part):
            return Along(hop, simpler(part))
        case _:
            return condition


def _inner(condition: Condition, kind: type[AllOf | AnyOf]) -> tuple[Condition, ...]:
    return condition.parts if isinstance(condition, kind) else (condition,)


def _all_of(parts: Sequence[Condition]) -> Condition:
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _any_of(parts: Sequence[Condition]) -> Condition:
    """One of several: what all of them demand stands before the choice, and a way that all go is gone once."""
    others = [part for part in parts if not isinstance(part, Along)]
    ends: dict[str, list[Condition]] = {}
    for part in parts:
        if isinstance(part, Along):
            ends.setdefault(part.hop, []).append(part.part)
    ways = [
        Along(part.hop, _any_of([inner for end in ends.pop(part.hop) for inner in _inner(end, AnyOf)]))
        for part in parts
        if isinstance(part, Along) and part.hop in ends
    ]
    left = list(dict.fromkeys((*others, *ways)))
    if len(left) < 2:
        return left[0] if left else AnyOf(())
    first, *rest = [_inner(part, AllOf) for part in left]
    common = [part for part in first if all(part in each for each in rest)]
    if not common:
        return AnyOf(tuple(left))
    choice = [_all_of([part for part in each if part not in common]) for each in (first, *rest)]
    return _all_of([*common, _any_of([inner for each in choice for inner in _inner(each, AnyOf)])])


def _with_one_time(parts: Sequence[Condition]) -> list[Condition]:
    """A record has one of each time at most."""
    times: dict[str, Interval] = {}
    for part in parts:
        if isinstance(part, TimeCondition):
            times[part.path] = times[part.path].and_in(part.interval) if part.path in times else part.interval
    others = [part for part in parts if not isinstance(part, TimeCondition)]
    return [*others, *(TimeCondition(path, interval) for path, interval in times.items())]
