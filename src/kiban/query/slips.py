"""What in a sound question may be a slip of the pen."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kiban.quantity.measured import Measured
from kiban.query import vocabulary
from kiban.query.meaning import asked_paths
from kiban.query.path_errors import path_doubts
from kiban.query.paths import Hop, rest_of, way
from kiban.query.question import And, Comparison, Not, Operator, Or, Question, Words
from kiban.query.vocabulary import SHIPPED, Vocabulary

_NUMBER_BESIDE = re.compile(r"(?P<name>\S+)\s(?=.*\d)", re.DOTALL)
# Only from the beginning of a word on: from each of its letters would take long for a word of 10,000.
_BETWEEN = re.compile(r"(?<!\S)(?P<path>\S+)\s+BETWEEN\s+[-+−]?\d\S*", re.IGNORECASE)


def doubts(question: Question, known: Vocabulary = SHIPPED) -> tuple[str, ...]:
    """Say what in a sound question may be a slip: property terms and processes that the vocabulary does not have.

    And a word of another language for questions, where it is looked for as a word.
    """
    found = [doubt for path in asked_paths(question) for doubt in path_doubts(path, known)]
    for words in _conditions(question):
        if not isinstance(words, Words):
            continue
        if (between := _BETWEEN.search(words.text)) and vocabulary.is_path(between["path"]):
            path = between["path"]
            found.append(f"'{between[0]}' is looked for as words. Write {path} >= ... AND {path} <= ...")
    return tuple(dict.fromkeys(found))


def why_nothing(question: Question, known: Vocabulary = SHIPPED) -> tuple[str, ...]:
    """Say what may be the reason that nothing answers, of a question with its bare numbers in their usual units."""
    return tuple(dict.fromkeys(slip for part in _conditions(question) for slip in _of_condition(part, known)))


def _of_condition(part: Question, known: Vocabulary) -> Iterator[str]:
    match part:
        case Comparison(path, _, Measured(unit="")) if vocabulary.is_entry(rest_of(path)) or _is_of_process(path):
            # Most entries have a unit, and are not compared with numbers that have none.
            yield f"{path} is compared with a number that has no unit. Write its unit after the number, as in 30 kV."
        case Comparison(path, Operator.EQUAL, str() as text) if "*" in text or "%" in text:
            yield (
                f"'{text[:80]}' is looked for as it stands. "
                f"Write {path} CONTAINS, STARTS WITH or ENDS WITH for a part of it."
            )
        case Words(text) if (found := _NUMBER_BESIDE.match(text)) and not _BETWEEN.search(text):
            path = known.path(found["name"])
            if path in known.terms or path in vocabulary.TIMES or path == vocabulary.N_ELEMENTS:
                number = "2024" if path in vocabulary.TIMES else "5"
                yield f"'{text[:80]}' is looked for as words. Write a sign of comparison, as in {path} >= {number}."


def _is_of_process(path: str) -> bool:
    there = way(path)
    return there is not None and there.hop is Hop.PROCESS


def _conditions(question: Question) -> Iterator[Question]:
    match question:
        case And(parts) | Or(parts):
            for part in parts:
                yield from _conditions(part)
        case Not(part):
            yield from _conditions(part)
        case _:
            yield question
