"""Answering a question for one record that is at hand. Pure: it looks nothing up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kiban.query import vocabulary
from kiban.query.answers import Answer, Number, answers, fact_number, sample_as_written, started, text_of
from kiban.query.condition import (
    AllOf,
    Along,
    AnyOf,
    Condition,
    ConfidenceCondition,
    KnownCondition,
    NearCondition,
    Negation,
    NumberCondition,
    SetCondition,
    TextCondition,
    TimeCondition,
    WordsCondition,
)
from kiban.query.confidence import doubt_of, lies_in
from kiban.query.meaning import meaning
from kiban.query.paths import Hop
from kiban.query.process_answers import is_told_by_template
from kiban.query.question import Extent, Manner, Operator, Question
from kiban.query.record_texts import Weight
from kiban.query.rights_answers import OWN, RIGHTS_PATHS
from kiban.query.structure_answers import is_of_structure
from kiban.query.words import fold, weighed_words
from kiban.records.matter.mass_fractions import mass_fractions
from kiban.records.property import Fact
from kiban.records.record import Record
from kiban.records.scope import Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A record with all that a question may ask about it, as far as the asker may see it.

    Parameters
    ----------
    sample_title : str, optional
        The title of the record's sample, where that is a record the asker may see.
    agreement : str, optional
        The identifier of the agreement under which it is shared.
    composition : mapping of str to float
        The elements of the record's sample with their amount fractions.
    facts : tuple of Fact
        For a measurement those that rest on it, for a sample those claimed for it.
    project_rights : mapping
        What the rights of its project answer, as `kiban.query.rights_answers.rights_answers` gives it.
    sees_template : bool
        The record's template is one that the asker may see; otherwise it has none for the asker.
    hides : callable
        Says of a text of the record whether it is the identifier of another one that the asker does not see; the text
        is not there for the asker then.
    sees_values : bool
        The asker may read the record's values: what it says of a structure is one.
    along : callable
        Gives the other records that lie there, as far as the asker may see them and the way to them. It is called only
        where a question leads there.
    """

    record: Record
    tier: Tier
    sample_title: str | None = None
    agreement: str | None = None
    composition: Mapping[str, float] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
    project_rights: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sees_template: bool = True
    hides: Callable[[str], bool] = lambda _: False
    sees_values: bool = True
    along: Callable[[Hop], Iterable[Described]] = lambda _: ()


def evaluate(question: Question, described: Described) -> bool:
    """Say whether the record answers the question. Raises InvalidQuestion as `kiban.query.meaning.meaning`."""
    return holds(meaning(question), described)


def holds(condition: Condition, described: Described) -> bool:
    """Say whether the record meets the condition."""
    match condition:
        case AllOf(parts):
            return all(holds(part, described) for part in parts)
        case AnyOf(parts):
            return any(holds(part, described) for part in parts)
        case Negation(part):
            return not holds(part, described)
        case TextCondition(path, relation, text):
            return any(relates(value, relation, text) for value in _texts(described, path))
        case SetCondition(path, extent, texts):
            return has(frozenset(_texts(described, path)), extent, frozenset(texts), is_pure=_is_pure(described, path))
        case NumberCondition(path, unit, interval):
            return any(number.unit == unit and interval.holds(number.si) for number in _numbers(described, path))
        case ConfidenceCondition(path, unit, interval, confidence):
            return any(
                number.unit == unit and lies_in(number.si, doubt, interval, confidence)
                for fact in described.facts
                if fact.property.term == path
                and (number := fact_number(fact)) is not None
                and (doubt := doubt_of(fact.property.value)) is not None
            )
        case Along(hop, part):
            return any(holds(part, other) for other in described.along(hop))
        case TimeCondition(path, interval):
            time = _time(described, path)
            return time is not None and interval.holds(time)
        case KnownCondition(path):
            return _is_known(described, path)
        case NearCondition(records):
            return described.record.id in records
        case WordsCondition(words):
            told = weighed_words(described.record)
            # What stands in fields of a template that the asker does not see is not there for the asker.
            least = Weight.FIELD if described.sees_template else Weight.METADATA
            return all(word in told and told[word] >= least for word in words)


def said(described: Described, path: str) -> Iterable[Answer | datetime]:
    """All that the record answers for the path, as far as the asker may know: what it may be sorted by."""
    if path in vocabulary.TIMES:
        time = _time(described, path)
        return () if time is None else (time,)
    if vocabulary.is_entry(path):
        return _answers(described, path)
    if vocabulary.is_number_of_sample(path) or vocabulary.is_term(path):
        return _numbers(described, path)
    return _texts(described, path)


def sample_name(described: Described) -> str | None:
    """Name the record's sample: as its record is titled, else as the measurement itself has it."""
    if described.sample_title is not None:
        return described.sample_title
    name = sample_as_written(described.record)
    return None if name is not None and described.hides(fold(name)) else name


def relates(value: str, relation: Operator | Manner, text: str) -> bool:
    """Say whether one text stands in that relation to another."""
    match relation:
        case Operator.EQUAL:
            return value == text
        case Operator.NOT_EQUAL:
            return value != text
        case Operator.LESS:
            return value < text
        case Operator.LESS_OR_EQUAL:
            return value <= text
        case Operator.GREATER:
            return value > text
        case Operator.GREATER_OR_EQUAL:
            return value >= text
        case Manner.CONTAINS:
            return text in value
        case Manner.STARTS:
            return value.startswith(text)
        case Manner.ENDS:
            return value.endswith(text)


def has(values: frozenset[str], extent: Extent, wanted: frozenset[str], *, is_pure: bool = True) -> bool:
    """Say whether a set of texts has those wanted; with `is_pure=False` it holds more than texts."""
    match extent:
        case Extent.ALL:
            return wanted <= values
        case Extent.ANY:
            return not wanted.isdisjoint(values)
        case Extent.ONLY:
            return is_pure and bool(values) and values <= wanted


def _is_pure(described: Described, path: str) -> bool:
    """Say whether the path holds texts only: an entry that also has a number has not ONLY the texts asked for."""
    return not any(isinstance(answer, Number) for answer in _answers(described, path))


def _texts(described: Described, path: str) -> Iterable[str]:
    record = described.record
    match path:
        case "kind":
            return (record.kind.value,)
        case "tier":
            return (described.tier.value,)
        case "id":
            return (record.pid,)
        case "technique":
            return _some(text_of(record, "technique"))
        case "project":
            return (str(record.project),)
        case "agreement":
            return _some(described.agreement)
        case "owner":
            return _some(record.owner)
        case "created_by":
            return _some(record.created_by)
        case "sample":
            return _some(fold(sample_name(described) or ""))
        case vocabulary.ELEMENTS:
            return described.composition
        case _ if path in RIGHTS_PATHS:
            if OWN not in answers(record):
                return described.project_rights.get(path, ())
            return (answer for answer in _answers(described, path) if isinstance(answer, str))
        case _:
            return (answer for answer in _answers(described, path) if isinstance(answer, str))


def _some(text: str | None) -> tuple[str, ...]:
    return (text,) if text else ()


def _answers(described: Described, path: str) -> tuple[Answer, ...]:
    if is_told_by_template(path) and not described.sees_template:
        return ()
    if is_of_structure(path) and not described.sees_values:
        return ()
    found = answers(described.record).get(path, ())
    if path == "title":  # it is told as it is
        return found
    return tuple(each for each in found if isinstance(each, Number) or not described.hides(each))


def _numbers(described: Described, path: str) -> list[Number]:
    if vocabulary.is_number_of_sample(path):
        return _of_composition(described.composition, path)
    if vocabulary.is_entry(path):
        return [answer for answer in _answers(described, path) if isinstance(answer, Number)]
    found = (fact_number(fact) for fact in described.facts if fact.property.term == path)
    return [number for number in found if number is not None]


def _of_composition(composition: Mapping[str, float], path: str) -> list[Number]:
    if path == vocabulary.N_ELEMENTS:
        return [Number(float(len(composition)), "")] if composition else []
    element = vocabulary.element_of(path) or ""
    fractions = composition if path.startswith(vocabulary.COMPOSITION) else mass_fractions(composition)
    return [Number(fractions[element], "")] if element in fractions else []


def _time(described: Described, path: str) -> datetime | None:
    return described.record.created_at if path == "created" else started(described.record)


def _is_known(described: Described, path: str) -> bool:
    if path in vocabulary.TIMES:
        return _time(described, path) is not None
    if vocabulary.is_number_of_sample(path):
        return bool(_numbers(described, path))
    if vocabulary.is_term(path):
        return any(fact.property.term == path for fact in described.facts)
    if vocabulary.is_entry(path):
        return bool(_answers(described, path))
    return any(True for _ in _texts(described, path))
