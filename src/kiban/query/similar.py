"""Questions after what is similar: where they may stand, and how what was found takes their place.

What is near a record is worked out once, before a question is answered, and its records then stand in it. It orders the
answer, the nearest first; so there may be one that everything which is found must meet. Under NOT it only leaves
something out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kiban.errors import InvalidQuestion
from kiban.query.question import And, Not, Or, Question, Similar
from kiban.records.likeness import Near

DEFAULT = 0.8
"""The least score, where a question names none."""
LookUp = Callable[[Similar], tuple[Near, ...]]


def asks_for_similar(question: Question) -> bool:
    """Whether any condition is on what is similar."""
    return bool(_all(question))


def with_nearest(question: Question, look_up: LookUp) -> Question:
    """Put what is near into each condition on what is similar."""
    match question:
        case And(parts):
            return And(tuple(with_nearest(part, look_up) for part in parts))
        case Or(parts):
            return Or(tuple(with_nearest(part, look_up) for part in parts))
        case Not(part):
            return Not(with_nearest(part, look_up))
        case Similar():
            return replace(question, nearest=look_up(question))
        case _:
            return question


def ordering(question: Question) -> tuple[Near, ...] | None:
    """What orders the answer, the nearest first; `None` where that is not what is asked for."""
    found = next(iter(_required(question)), None)
    return None if found is None else found.nearest or ()


def check_similar(question: Question) -> None:
    """Refuse it where the order of the answer would mean nothing.

    Raises
    ------
    InvalidQuestion
        Under OR, where some of what is found would have no nearness; and twice.
    """
    required = _required(question)
    if len(required) > 1:
        raise InvalidQuestion(
            f"The question asks for what is like {required[0].record} and like {required[1].record}.",
            mend="Ask for one of them: it orders the answer.",
        )
    if len(_all(question, is_denied_too=False)) > len(required):
        raise InvalidQuestion(
            "SIMILAR TO stands under OR, where some answers would have no nearness to be ordered by.",
            mend="Join it with AND, or ask twice.",
        )


def _required(question: Question) -> list[Similar]:
    """Those that everything which is found must meet."""
    match question:
        case Similar():
            return [question]
        case And(parts):
            return [found for part in parts for found in _required(part)]
        case Or((part,)):
            return _required(part)
        case _:
            return []


def _all(question: Question, *, is_denied_too: bool = True) -> list[Similar]:
    match question:
        case Similar():
            return [question]
        case And(parts) | Or(parts):
            return [found for part in parts for found in _all(part, is_denied_too=is_denied_too)]
        case Not(part) if is_denied_too:
            return _all(part)
        case _:
            return []
