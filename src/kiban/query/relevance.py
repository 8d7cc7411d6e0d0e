"""How well the words of a question fit a record: whole numbers, so that every catalog ranks alike.

For each part of the question that is written together (`LTO`, `LTO-7`, `X線回折`) it counts where it stands, and of two
equal places the one where it stands by itself: in the title as such 6, in the title as part of something longer, or in
pieces, 5; in names, notes and labels 4 and 3; in metadata 2 and 1; elsewhere 0. What is excluded by NOT does not count.
"""

from __future__ import annotations

from collections.abc import Mapping

from kiban.query.question import And, Or, Question, Words
from kiban.query.record_texts import Weight
from kiban.query.word_cutting import MAX_WHOLE_LENGTH, WHOLE, Together, asked_wholes

MOST_COUNTED = 8
"""So many parts of a question count for a rank, the first of them."""
RANKED = 500
"""So many answers are ranked, the newest of them; the others follow newest first."""

RANKING_WEIGHTS = (Weight.TITLE, Weight.NOTES, Weight.METADATA)


def asked_parts(question: Question) -> tuple[Together, ...]:
    """What a question asks of full text, as far as it counts; nothing where answers cannot be ranked."""
    return tuple(dict.fromkeys(_asked(question)))[:MOST_COUNTED]


def all_asked_parts(question: Question) -> tuple[Together, ...]:
    """What a question asks of full text, all of it."""
    return tuple(dict.fromkeys(_asked(question)))


def _asked(question: Question) -> tuple[Together, ...]:
    match question:
        case Words(text):
            return asked_wholes(text)
        case And(parts) | Or(parts):
            return tuple(each for part in parts for each in _asked(part))
        case _:
            return ()


def points_exact(weight: Weight) -> int:
    """What a part counts that stands there by itself."""
    return 2 * weight


def points_parts(weight: Weight) -> int:
    """What a part counts whose words stand there, or in places that weigh more."""
    return 2 * weight - 1


def has_whole(part: Together) -> bool:
    """Say whether records know the part as a whole."""
    return len(part.whole) <= MAX_WHOLE_LENGTH


def relevance(words: Mapping[str, Weight], parts: tuple[Together, ...]) -> int:
    """Count how well a record with these words fits."""
    return sum(_points(words, part) for part in parts)


def _points(words: Mapping[str, Weight], part: Together) -> int:
    lightest = min((words.get(word, Weight.FIELD) for word in part.words), default=Weight.FIELD)
    exact = words.get(WHOLE + part.whole, Weight.FIELD) if has_whole(part) else Weight.FIELD
    for weight in RANKING_WEIGHTS:
        if exact is weight:
            return points_exact(weight)
        if lightest >= weight:
            return points_parts(weight)
    return 0
