"""What a question means, in terms that can be tested without any choice left: folded texts, SI numbers, instants.

`meaning` is the only place that decides about synonyms, usual units, rounding and the length of a day. The memory
catalog (`evaluate`) and the SQL catalog both test what comes out of it, and so give the same answers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from kiban.errors import InvalidIdentifier, InvalidQuestion, UnknownUnit
from kiban.quantity.measured import Measured
from kiban.query import vocabulary
from kiban.query.condition import (
    AllOf,
    AnyOf,
    Condition,
    Interval,
    KnownCondition,
    Negation,
    NumberCondition,
    SetCondition,
    TextCondition,
    TimeCondition,
    WordsCondition,
)
from kiban.query.element_symbols import ELEMENT_SYMBOLS
from kiban.query.question import (
    RECORD_FIELDS,
    And,
    Comparison,
    Everything,
    Extent,
    Has,
    Known,
    Literal,
    Manner,
    Match,
    Not,
    Operator,
    Or,
    Question,
    Words,
)
from kiban.query.time_span import time_span
from kiban.query.vocabulary import CODED, ELEMENTS, SHIPPED, TIMES, Vocabulary, nearest
from kiban.query.words import asked_words, fold
from kiban.records.identity import parse_pid

MAX_DEPTH = 50
"""How deep brackets and NOT may be nested."""
MAX_TESTS = 200
"""How many conditions, words and listed values one question may have."""
TOLERANCE = 1e-9
"""Numbers that differ relatively by less are equal: 1.54 angstrom and 0.154 nm differ in the last binary digit."""


def meaning(question: Question, known: Vocabulary = SHIPPED) -> Condition:
    """Work out what a question means.

    Parameters
    ----------
    known : Vocabulary
        The property terms; `kiban.query.settled` frees a question from those that only one catalog has.

    Raises
    ------
    InvalidQuestion
        If it asks for something that cannot be asked (`title > 5`), names a unit that is not known or does not fit the
        term, or is nested too deep or too long.
    """
    n_tests = _size(question, 0)
    if n_tests > MAX_TESTS:
        raise InvalidQuestion(
            f"The question has {n_tests} conditions and words; at most {MAX_TESTS} are looked for at once.",
            mend="Ask for less at a time.",
        )
    return _meaning(question, known)


def check_path(path: str, known: Vocabulary = SHIPPED) -> None:
    """Refuse what cannot be a path. Raises InvalidQuestion, with the nearest known path in its mend."""
    if not vocabulary.is_path(path):
        lower = path.lower()
        guess = f"Did you mean {lower}?" if vocabulary.is_path(lower) else nearest(path, known.known_paths)
        raise InvalidQuestion(
            f"'{path[:80]}' cannot be asked for.",
            mend=guess
            or "Name a field (sample, technique, started, ...), metadata.<name>, field.<key> or a property term.",
        )


def doubts(question: Question, known: Vocabulary = SHIPPED) -> tuple[str, ...]:
    """Say what in a sound question may be a slip: property terms that the vocabulary does not have."""
    unknown = [path for path in _paths(question) if vocabulary.is_term(path) and path not in known.terms]
    sentences = (
        f"'{path}' is not in the vocabulary of properties. {nearest(path, known.known_paths)}".rstrip()
        for path in unknown
    )
    return tuple(dict.fromkeys(sentences))


def _paths(question: Question) -> list[str]:
    match question:
        case And(parts) | Or(parts):
            return [path for part in parts for path in _paths(part)]
        case Not(part):
            return _paths(part)
        case Comparison(path) | Match(path) | Has(path) | Known(path):
            return [path]
        case _:
            return []


def _size(question: Question, depth: int) -> int:
    if depth > MAX_DEPTH:
        raise InvalidQuestion(
            f"The question is nested more than {MAX_DEPTH} deep.", mend="Ask it with fewer brackets and NOTs."
        )
    match question:
        case And(parts) | Or(parts):
            return sum(_size(part, depth + 1) for part in parts)
        case Not(part):
            return _size(part, depth + 1)
        case Has(values=values):
            return len(values)
        case Words(text):
            return len(asked_words(text))
        case _:
            return 1


def _meaning(question: Question, known: Vocabulary) -> Condition:
    match question:
        case Everything():
            return AllOf(())
        case And(parts):
            return AllOf(tuple(_meaning(part, known) for part in parts))
        case Or(parts):
            return AnyOf(tuple(_meaning(part, known) for part in parts))
        case Not(part):
            return Negation(_meaning(part, known))
        case Words(text):
            return _words(text)
        case Known(path, is_known):
            check_path(path, known)
            return KnownCondition(path) if is_known else Negation(KnownCondition(path))
        case Match(path, manner, text):
            check_path(path, known)
            return _match(path, manner, text)
        case Has(path, extent, values):
            check_path(path, known)
            return _has(path, extent, values)
        case Comparison(path, operator, value):
            check_path(path, known)
            return _comparison(path, operator, value, known)


def _words(text: str) -> Condition:
    found = asked_words(text)
    if not found:
        raise InvalidQuestion(f"There is no word in '{text[:80]}'.", mend="Write letters or digits to look for.")
    return WordsCondition(found)


def _match(path: str, manner: Manner, text: str) -> Condition:
    if path in TIMES or path == "id" or path == ELEMENTS or vocabulary.is_term(path):
        mends = {
            "id": "Write the whole identifier: id = ...",
            ELEMENTS: 'Write elements HAS ALL "Ti", "O".',
        }
        raise InvalidQuestion(
            f"{path} is not a text, so {manner} cannot be asked of it.",
            mend=mends.get(path, f"Compare it: {path} > ..."),
        )
    return TextCondition(path, manner, vocabulary.as_compared(path, text))


def _has(path: str, extent: Extent, values: tuple[str, ...]) -> Condition:
    if not values:
        raise InvalidQuestion(f"{path} HAS was asked without a value.", mend=f'Write {path} HAS ALL "..."')
    if path == ELEMENTS:
        return SetCondition(path, extent, tuple(dict.fromkeys(_element(value) for value in values)))
    if path in TIMES or path == "id" or vocabulary.is_term(path):
        raise InvalidQuestion(f"{path} is not a set of texts.", mend=f"Compare it: {path} = ...")
    return SetCondition(path, extent, tuple(dict.fromkeys(_text(path, Operator.EQUAL, value) for value in values)))


def _element(symbol: str) -> str:
    if symbol not in ELEMENT_SYMBOLS:
        guess = symbol.strip().capitalize()
        raise InvalidQuestion(
            f"'{symbol[:80]}' is not the symbol of a chemical element.",
            mend=f"Did you mean {guess}?" if guess in ELEMENT_SYMBOLS else "Write symbols such as Ti or O.",
        )
    return symbol


def _comparison(path: str, operator: Operator, value: Literal, known: Vocabulary) -> Condition:
    if path == ELEMENTS:
        raise InvalidQuestion("A sample has several elements.", mend='Write elements HAS ALL "Ti", "O".')
    if path in TIMES:
        return _time_comparison(path, operator, value)
    if path == "id":
        return _identifier_comparison(operator, value)
    if path in RECORD_FIELDS:
        if not isinstance(value, str):
            raise InvalidQuestion(f"{path} is a text; {value} is none.", mend="Put it in quotes.")
        return TextCondition(path, operator, _text(path, operator, value))
    if isinstance(value, Measured):
        return _number_comparison(path, operator, value, known)
    if vocabulary.is_entry(path):
        text = value if isinstance(value, str) else value.isoformat()
        return TextCondition(path, operator, vocabulary.as_compared(path, text))
    raise InvalidQuestion(
        f"{path} is compared with numbers; '{value}' is none.", mend=f"Write {path} > 5, with a unit."
    )


def _text(path: str, operator: Operator, value: str) -> str:
    if path not in CODED:
        return vocabulary.as_compared(path, value)
    folded = fold(value)
    known = vocabulary.codes(path)
    if folded not in known and operator in {Operator.EQUAL, Operator.NOT_EQUAL}:
        raise InvalidQuestion(
            f"There is no {path} '{value[:80]}'.",
            mend=nearest(value, known) or f"Use one of: {', '.join(dict.fromkeys(known.values()))}.",
        )
    return known.get(folded, folded)


def _identifier_comparison(operator: Operator, value: Literal) -> Condition:
    if operator not in {Operator.EQUAL, Operator.NOT_EQUAL} or not isinstance(value, str):
        raise InvalidQuestion("An identifier is compared as a whole.", mend='Write id = "kb:7Q4M-2KXD-98".')
    try:
        return TextCondition("id", operator, parse_pid(value))
    except InvalidIdentifier as e:
        raise InvalidQuestion(e.fault, mend=e.mend) from e


def _number_comparison(path: str, operator: Operator, value: Measured, known: Vocabulary) -> Condition:
    from kiban.quantity.unit import conversion, si_unit

    term = known.terms.get(path)
    given = value.unit or (term.unit if term else "")
    try:
        unit = si_unit(given)
        number = float(conversion(given, unit)(value.value))
    except UnknownUnit as e:
        raise InvalidQuestion(e.fault, mend=e.mend) from e
    if term is not None and not term.has_any_unit and unit != si_unit(term.unit):
        usual, mend = (term.unit, f"in {term.unit}") if term.unit else ("plain numbers", "without a unit")
        raise InvalidQuestion(
            f"{path} is measured in {usual}; '{given}' is of another kind.", mend=f"Write {path} {mend}."
        )
    if not math.isfinite(number):
        raise InvalidQuestion(f"{value} is beyond all numbers.", mend="Write a smaller number.")
    slack = abs(number) * TOLERANCE
    intervals = _intervals(operator, number - slack, number + slack, end_included=True)
    return _one_of(NumberCondition(path, unit, interval) for interval in intervals)


def _time_comparison(path: str, operator: Operator, value: Literal) -> Condition:
    if isinstance(value, Measured):
        raise InvalidQuestion(f"{path} is a time; {value} is none.", mend=f'Write {path} >= "2024-01-31".')
    try:
        span = time_span(value)
    except ValueError as e:
        raise InvalidQuestion(
            f"'{str(value)[:80]}' is not a time.", mend=f'Write {path} >= "2024-01-31" or "2024-01-31T09:30+09:00".'
        ) from e
    intervals = _intervals(operator, span.start, span.end, end_included=span.is_instant)
    return _one_of(TimeCondition(path, interval) for interval in intervals)


def _intervals(operator: Operator, start: Any, end: Any, *, end_included: bool) -> tuple[Interval, ...]:
    """Say where a value must lie, given all that the literal stands for: a day, or a number and its rounding.

    A value equals the literal inside of that, is less before all of it and greater after all of it.
    """
    before = Interval(high=start, high_open=True)
    after = () if end is None else (Interval(low=end, low_open=end_included),)
    match operator:
        case Operator.EQUAL:
            return (Interval(low=start, high=end, high_open=not end_included),)
        case Operator.NOT_EQUAL:
            return (before, *after)
        case Operator.LESS:
            return (before,)
        case Operator.LESS_OR_EQUAL:
            return (Interval(high=end, high_open=not end_included),)
        case Operator.GREATER:
            return after
        case Operator.GREATER_OR_EQUAL:
            return (Interval(low=start),)


def _one_of(conditions: Iterable[Condition]) -> Condition:
    parts = tuple(conditions)
    return parts[0] if len(parts) == 1 else AnyOf(parts)
