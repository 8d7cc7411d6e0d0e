"""Questions that ask for a field by one of several names it has had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from kiban.query.entries import PARTS
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
            return under_names(question, _names(path, first))
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
            return path.startswith(_WORDS)
        case _:
            return False


def _names(path: str, first: Mapping[str, frozenset[str]]) -> list[str]:
    if not path.startswith(_WORDS):
        return [path]
    word, _, name = path.partition(".")
    return [path, *(f"{word}.{each}" for each in sorted(first.get(name, frozenset()) - {name}))]
