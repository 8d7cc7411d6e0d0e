"""What a question means, in terms that can be tested without any choice left: folded texts, SI numbers, instants.

`meaning` is the only place that decides about synonyms, usual units, rounding and the length of a day. The memory
catalog (`evaluate`) and the SQL catalog both test what comes out of it, and so give the same answers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from kiban.errors import InvalidIdentifier, InvalidQuestion, UnknownUnit
from kiban.quantity.measured import Measured
from kiban.query import vocabulary
from kiban.query.condition import (
    AllOf,
    Along,
    AnyOf,
    Condition,
    ConfidenceCondition,
    Interval,
    KnownCondition,
    NearCondition,
    Negation,
    NumberCondition,
    SetCondition,
    TextCondition,
    TimeCondition,
    WordsCondition,
)
from kiban.query.element_symbols import ELEMENT_SYMBOLS, ISOTOPES
from kiban.query.formula_paths import FORMULA_PATHS, normal_formula, of_structure
from kiban.query.path_errors import (
    check_path,
    refuse_basis,
    refuse_confidence,
    refuse_more_than_all,
    refuse_nothing,
)
from kiban.query.paths import PROCESS_FIELDS, Hop, Way, way
from kiban.query.process_answers import NAMES, PARAMETER, TEMPLATE_STEP
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
    Similar,
    Words,
)
from kiban.query.similar import check_similar
from kiban.query.time_span import time_span
from kiban.query.vocabulary import CODED, ELEMENTS, SHIPPED, TIMES, Vocabulary, nearest
from kiban.query.word_cutting import asked_words
from kiban.query.words import fold
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
    check_similar(question)
    return _meaning(question, known)


def asked_paths(question: Question) -> tuple[str, ...]:
    """All paths that a question names, each once."""
    return tuple(dict.fromkeys(_paths(question)))


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
        case Similar():
            return _similar(question)
        case Known(path, False):
            return Negation(_meaning(Known(path, True), known))
        case Known(path) | Match(path) | Has(path) | Comparison(path):
            check_path(path, known)
            there = way(path)
            return _condition(question, known) if there is None else _elsewhere(question, there, known)


def _elsewhere(question: Comparison | Match | Has | Known, there: Way, known: Vocabulary) -> Condition:
    """What is asked of another record."""
    if there.hop is not Hop.PROCESS:
        part = _condition(replace(question, path=there.rest), known)
        # What the path leads to is a sample already: its formula is its own.
        return Along(there.hop, part.part if isinstance(part, Along) and there.hop is not Hop.MEASUREMENT else part)
    words = asked_words(there.process.replace("_", " ")) or (there.process,)
    named = AnyOf((TextCondition(TEMPLATE_STEP, Operator.EQUAL, there.process), SetCondition(NAMES, Extent.ALL, words)))
    if not there.rest:
        if not isinstance(question, Known):
            raise InvalidQuestion(
                f"{question.path} is a process, and has no value itself.",
                mend=f"Ask for a parameter, as {question.path}.temperature, or write {question.path} IS KNOWN.",
            )
        return Along(Hop.PROCESS, named)
    rest = there.rest if there.rest in PROCESS_FIELDS else f"{PARAMETER}{there.rest}"
    if isinstance(question, Comparison) and isinstance(question.value, Measured):
        question = _in_unit_of_parameter(question, known)
    return Along(Hop.PROCESS, AllOf((named, _condition(replace(question, path=rest), known))))


def _in_unit_of_parameter(question: Comparison, known: Vocabulary) -> Comparison:
    """A bare number gets the unit of the parameter; one of another kind is refused."""
    value, usual = question.value, known.usual_unit(question.path)
    if not usual or not isinstance(value, Measured):
        return question
    if not value.unit:
        return replace(question, value=Measured(value.value, usual))
    _check_kind(question.path, value.unit, usual)
    return question


def _condition(question: Comparison | Match | Has | Known, known: Vocabulary) -> Condition:
    """What is asked of a record itself, or by way of it of its sample."""
    path = question.path
    if path in FORMULA_PATHS:
        spelled = _with_spelling(question)
        return Along(Hop.SAMPLE, _condition(replace(spelled, path=of_structure(path)), known))
    match question:
        case Known():
            return KnownCondition(path)
        case Match(_, manner, text):
            return _match(path, manner, text)
        case Has(_, extent, values):
            return _has(path, extent, values)
        case Comparison(_, operator, value, confidence):
            return _comparison(path, operator, value, confidence, known)


def _with_spelling(question: Comparison | Match | Has | Known) -> Comparison | Match | Has | Known:
    """A formula that is asked for, spelled as it is answered."""
    match question:
        case Has(path, _, values):
            return replace(question, values=tuple(normal_formula(path, value) for value in values))
        case Comparison(path, _, str() as value):
            return replace(question, value=normal_formula(path, value))
        case Comparison(path, _, value):
            raise InvalidQuestion(f"{path} is a text; {value} is none.", mend="Put it in quotes.")
        case _:
            return question


def _words(text: str) -> Condition:
    found = asked_words(text)
    if not found:
        raise InvalidQuestion(f"There is no word in '{text[:80]}'.", mend="Write letters or digits to look for.")
    return WordsCondition(found)


def _similar(question: Similar) -> Condition:
    try:
        parse_pid(question.record)
    except InvalidIdentifier as e:
        raise InvalidQuestion(e.fault, mend=e.mend) from e
    if question.at_least is not None and not 0.0 < question.at_least <= 1.0:
        raise InvalidQuestion(
            f"WITHIN {question.at_least:g} was asked for.", mend="Write a part above 0 and up to 1, as WITHIN 0.9."
        )
    # Nothing is near until it has been looked for.
    return NearCondition(tuple(near.record for near in question.nearest or ()))


def _match(path: str, manner: Manner, text: str) -> Condition:
    if _is_no_text(path) or path == ELEMENTS:
        mends = {
            "id": "Write the whole identifier: id = ...",
            ELEMENTS: 'Write elements HAS ALL "Ti", "O".',
        }
        raise InvalidQuestion(
            f"{path} is not a text, so {manner} cannot be asked of it.",
            mend=mends.get(path, f"Compare it: {path} > ..."),
        )
    return TextCondition(path, manner, vocabulary.as_compared(path, text))


def _is_no_text(path: str) -> bool:
    return path in TIMES or path == "id" or vocabulary.is_term(path) or vocabulary.is_number_of_sample(path)


def _has(path: str, extent: Extent, values: tuple[str, ...]) -> Condition:
    if not values:
        raise InvalidQuestion(f"{path} HAS was asked without a value.", mend=f'Write {path} HAS ALL "..."')
    if path == ELEMENTS:
        return SetCondition(path, extent, tuple(dict.fromkeys(_element(value) for value in values)))
    if _is_no_text(path):
        raise InvalidQuestion(f"{path} is not a set of texts.", mend=f"Compare it: {path} = ...")
    return SetCondition(path, extent, tuple(dict.fromkeys(_text(path, Operator.EQUAL, value) for value in values)))


def _element(symbol: str) -> str:
    if symbol not in ELEMENT_SYMBOLS:
        guess = ISOTOPES.get(symbol, symbol.strip().capitalize())
        raise InvalidQuestion(
            f"'{symbol[:80]}' is not the symbol of a chemical element.",
            mend=f"Did you mean {guess}?" if guess in ELEMENT_SYMBOLS else "Write symbols such as Ti or O.",
        )
    return symbol


def _comparison(
    path: str, operator: Operator, value: Literal, confidence: float | None, known: Vocabulary
) -> Condition:
    if path == ELEMENTS:
        raise InvalidQuestion("A sample has several elements.", mend='Write elements HAS ALL "Ti", "O".')
    if confidence is not None:
        refuse_confidence(path, operator, value, confidence)
    if path in TIMES:
        return _time_comparison(path, operator, value)
    if path == "id":
        return _identifier_comparison(operator, value)
    if path in RECORD_FIELDS:
        if not isinstance(value, str):
            raise InvalidQuestion(f"{path} is a text; {value} is none.", mend="Put it in quotes.")
        return TextCondition(path, operator, _text(path, operator, value))
    if isinstance(value, Measured):
        return _number_comparison(path, operator, value, confidence, known)
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


def _number_comparison(
    path: str, operator: Operator, value: Measured, confidence: float | None, known: Vocabulary
) -> Condition:
    from kiban.quantity.unit import conversion, si_unit

    term = known.terms.get(path) if vocabulary.is_term(path) else None
    given = value.unit or (term.unit if term else "")
    refuse_basis(path, given)
    if path == vocabulary.N_ELEMENTS:
        _check_kind(path, given, "")
    try:
        unit = si_unit(given)
        number = float(conversion(given, unit)(value.value))
    except UnknownUnit as e:
        raise InvalidQuestion(e.fault, mend=e.mend) from e
    if term is not None and not term.has_any_unit:
        _check_kind(path, given, term.unit)
    if not math.isfinite(number):
        raise InvalidQuestion(f"{value} is beyond all numbers.", mend="Write a smaller number.")
    slack = abs(number) * TOLERANCE
    intervals = _intervals(operator, number - slack, number + slack, end_included=True)
    if vocabulary.element_of(path) is not None:
        refuse_nothing(path, intervals)
        refuse_more_than_all(path, value, number - slack)
    if confidence is not None:
        return _one_of(ConfidenceCondition(path, unit, interval, confidence) for interval in intervals)
    return _one_of(NumberCondition(path, unit, interval) for interval in intervals)


def _check_kind(path: str, given: str, usual: str) -> None:
    from kiban.quantity.unit import counts_turns, si_unit

    try:
        if si_unit(given) == si_unit(usual):
            if si_unit(usual) != "rad" and counts_turns(usual) and not counts_turns(given):
                raise InvalidQuestion(
                    f"{path} counts turns, as {usual} does; '{given}' does not say whether it counts turns or radians.",
                    mend=f"Write {path} in {usual}.",
                )
            return
    except UnknownUnit as e:
        raise InvalidQuestion(e.fault, mend=e.mend) from e
    said, mend = (usual, f"in {usual}") if usual else ("plain numbers", "without a unit")
    raise InvalidQuestion(f"{path} is measured in {said}; '{given}' is of another kind.", mend=f"Write {path} {mend}.")


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
