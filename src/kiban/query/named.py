"""Questions that name people, projects and agreements, freed of the names: records hold identifiers.

Who is called what stands in the directory, of which each asker knows a part; so names are looked up where a question is
asked, and are not kept with records.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kiban.errors import InvalidQuestion
from kiban.query.evaluate import relates
from kiban.query.paths import rest_of
from kiban.query.question import And, Comparison, Extent, Has, Known, Match, Not, Operator, Or, Question
from kiban.query.vocabulary import IDENTIFIED
from kiban.query.words import fold

_MOST = 100
"""So many may be meant by one name."""


@dataclass(frozen=True, slots=True)
class Names:
    """What is called how, as far as the asker may know: by path, names by identifier."""

    by_path: Mapping[str, Mapping[str, tuple[str, ...]]]


def asks_for_name(question: Question) -> bool:
    """Whether any condition is on somebody or something with a name in the directory."""
    match question:
        case And(parts) | Or(parts):
            return any(map(asks_for_name, parts))
        case Not(part):
            return asks_for_name(part)
        case Comparison(path) | Match(path) | Has(path):
            return rest_of(path) in IDENTIFIED
        case _:
            return False


def with_identifiers(question: Question, names: Names) -> Question:
    """Put identifiers in the place of names.

    Raises
    ------
    InvalidQuestion
        If too many are meant by one name.
    """
    match question:
        case And(parts):
            return And(tuple(with_identifiers(part, names) for part in parts))
        case Or(parts):
            return Or(tuple(with_identifiers(part, names) for part in parts))
        case Not(part):
            return Not(with_identifiers(part, names))
        case Comparison(path) | Match(path) | Has(path) if rest_of(path) in IDENTIFIED:
            return _identified(question, names.by_path.get(rest_of(path), {}))
        case _:
            return question


def _identified(question: Comparison | Match | Has, named: Mapping[str, tuple[str, ...]]) -> Question:
    match question:
        case Comparison(path, Operator.NOT_EQUAL, value):
            return And((Known(path, True), Not(_identified(Comparison(path, Operator.EQUAL, value), named))))
        case Comparison(path, operator, value):
            text = fold(str(value))
            found = _meant(named, lambda name: relates(name, operator, text))
            # An identifier may be written itself.
            return _one_of(path, [*found, text] if operator is Operator.EQUAL else found, str(value))
        case Match(path, manner, text):
            return _one_of(path, _meant(named, lambda name: relates(name, manner, fold(text))), text)
        case Has(path, extent, values):
            each = tuple(_identified(Comparison(path, Operator.EQUAL, value), named) for value in values)
            return And(each) if extent is Extent.ALL else Or(each)


def _meant(named: Mapping[str, tuple[str, ...]], holds: Callable[[str], bool]) -> list[str]:
    return [identifier for identifier, names in named.items() if any(holds(fold(name)) for name in names)]


def _one_of(path: str, identifiers: list[str], text: str) -> Question:
    if len(identifiers) > _MOST:
        raise InvalidQuestion(
            f"'{text[:80]}' means {len(identifiers)} different things for {path}.", mend="Write more of the name."
        )
    return Has(path, Extent.ANY, tuple(dict.fromkeys(identifiers))) if identifiers else Or(())
