"""Questions that ask for a field by one of several names it has had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from kiban.query.entries import PARTS
from kiban.query.paths import Hop, rest_of, way, with_rest
from kiban.query.question import And, Comparison, Has, Known, Match, Not, Or, Question

_WORDS = tuple(f"{word}." for part, word in PARTS.items() if part != "metadata")


def with_former_names(question: Question, first: Mapping[str, frozenset[str]]) -> Question:
    """Let each condition on a field hold for its first name as well.

    Parameters
    ----------
    first : mapping of str to frozenset of str
        By path of a field in templates of today, without `field.`: the paths that it had first. Several templates may
        use the same name for fields that had different ones.
    """
    match question:
        case And(parts):
            return And(tuple(with_former_names(part, first) for part in parts))
        case Or(parts):
            return Or(tuple(with_former_names(part, first) for part in parts))
        case Not(part):
            return Not(with_former_names(part, first))
        case Comparison(path) | Match(path) | Has(path) | Known(path):
            return under_names(question, field_names(path, first))
        case _:
            return question


def under_names(question: Comparison | Match | Has | Known, names: Sequence[str]) -> Question:
    """Let a condition hold if it does under one of the names. Unknown is what is known under none of them."""
    parts = tuple(replace(question, path=name) for name in names)
    if len(parts) == 1:
        return parts[0]
    return And(parts) if isinstance(question, Known) and not question.known else Or(parts)


def asks_for_field(question: Question) -> bool:
    """Whether any condition is on a field of a template."""
    match question:
        case And(parts) | Or(parts):
            return any(map(asks_for_field, parts))
        case Not(part):
            return asks_for_field(part)
        case Comparison(path) | Match(path) | Has(path) | Known(path):
            return rest_of(path).startswith(_WORDS) or _is_of_process(path)
        case _:
            return False


def field_names(path: str, first: Mapping[str, frozenset[str]]) -> list[str]:
    """The path, and those by which the same field was asked for first; `first` as of `with_former_names`."""
    asked = rest_of(path)
    if _is_of_process(path):
        # Of the groups that it stands in, a parameter may name none or the nearest.
        ends = {now: before for now, before in first.items() if now == asked or now.endswith(f".{asked}")}
        found = {each for before in ends.values() for each in before} - {asked}
        return [path, *(with_rest(path, each) for each in sorted(found))]
    if not asked.startswith(_WORDS):
        return [path]
    word, _, name = asked.partition(".")
    return [path, *(with_rest(path, f"{word}.{each}") for each in sorted(first.get(name, frozenset()) - {name}))]


def _is_of_process(path: str) -> bool:
    there = way(path)
    return there is not None and there.hop is Hop.PROCESS and bool(there.rest)
