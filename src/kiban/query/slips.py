"""What in a sound question may be a slip of the pen."""

from __future__ import annotations

import re

from kiban.quantity.measured import Measured
from kiban.query import vocabulary
from kiban.query.meaning import asked_paths
from kiban.query.path_errors import path_doubts
from kiban.query.paths import Hop, rest_of, way
from kiban.query.question import And, Comparison, Not, Or, Question, Words
from kiban.query.vocabulary import SHIPPED, Vocabulary

_BETWEEN = re.compile(r"(?P<path>\S+)\s+BETWEEN\s+[-+−]?\d\S*", re.IGNORECASE)


def doubts(question: Question, known: Vocabulary = SHIPPED) -> tuple[str, ...]:
    """Say what in a sound question may be a slip: property terms and processes that the vocabulary does not have.

    And a word of another language for questions, where it is looked for as a word.
    """
    found = [doubt for path in asked_paths(question) for doubt in path_doubts(path, known)]
    for words in _word_parts(question):
        if (between := _BETWEEN.search(words.text)) and vocabulary.is_path(between["path"]):
            path = between["path"]
            found.append(f"'{between[0]}' is looked for as words. Write {path} >= ... AND {path} <= ...")
    return tuple(dict.fromkeys(found))


def bare_numbers(question: Question) -> tuple[str, ...]:
    """Say which entries are compared with a number that has no unit, where nothing answers: most entries have one."""
    match question:
        case And(parts) | Or(parts):
            return tuple(dict.fromkeys(slip for part in parts for slip in bare_numbers(part)))
        case Not(part):
            return bare_numbers(part)
        case Comparison(path, _, Measured(unit="")) if vocabulary.is_entry(rest_of(path)) or _is_of_process(path):
            return (
                f"{path} is compared with a number that has no unit. Write its unit after the number, as in 30 kV.",
            )
        case _:
            return ()


def _is_of_process(path: str) -> bool:
    there = way(path)
    return there is not None and there.hop is Hop.PROCESS


def _word_parts(question: Question) -> list[Words]:
    match question:
        case And(parts) | Or(parts):
            return [words for part in parts for words in _word_parts(part)]
        case Not(part):
            return _word_parts(part)
        case Words():
            return [question]
        case _:
            return []
