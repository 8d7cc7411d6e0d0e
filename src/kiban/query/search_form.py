"""A question as a form: what a page can offer to fill in, and the line of the language that it stands for.

Every form has a line; not every line has a form. What it joins with OR, negates, or asks otherwise than a form does is
`Beyond` it, and stays a line.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from kiban.errors import InvalidQuestion
from kiban.quantity.measured import Measured
from kiban.query.parse import parse
from kiban.query.question import (
    RECORD_FIELDS,
    And,
    Comparison,
    Everything,
    Extent,
    Has,
    Known,
    Not,
    Operator,
    Or,
    Question,
    Words,
)
from kiban.query.time_span import time_span
from kiban.query.vocabulary import ELEMENTS, SHIPPED, Vocabulary, is_term

CHOSEN = tuple(path for path in ("technique", "kind", "tier", "project") if path in RECORD_FIELDS)
"""Fields of which a form has one value each."""
OPERATORS = (Operator.GREATER, Operator.GREATER_OR_EQUAL, Operator.LESS, Operator.LESS_OR_EQUAL, Operator.EQUAL)
DATES = ("started", "created")
MOST_PROPERTIES = 20
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
_DAY = "%Y-%m-%d"


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyRow:
    """One property: with a number what it is compared with, without one that it is known at all."""

    term: str
    operator: Operator = Operator.GREATER
    number: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchForm:
    """What is filled in. Days are like 2024-12-31, and belong to the span; what is empty is not asked."""

    words: str = ""
    elements: tuple[str, ...] = ()
    extent: Extent = Extent.ALL
    properties: tuple[PropertyRow, ...] = ()
    started_from: str = ""
    started_until: str = ""
    created_from: str = ""
    created_until: str = ""
    technique: str = ""
    kind: str = ""
    tier: str = ""
    project: str = ""


@dataclass(frozen=True, slots=True)
class Beyond:
    """Why a form cannot show a question.

    Parameters
    ----------
    why : str
        `or`, `not`, `twice` (two conditions on what a form asks once), or `other`.
    what : str
        What it is about.
    """

    why: str
    what: str = ""


def line_of(form: SearchForm, known: Vocabulary = SHIPPED) -> str:
    """Write what a form asks as a line of the language; empty where nothing is filled in.

    Raises
    ------
    InvalidQuestion
        If a number or a day is none, or a property has no name.
    """
    parts = [_quoted(word) for word in [" ".join(form.words.split())] if word]
    if form.elements:
        how = "" if form.extent is Extent.ALL and len(form.elements) == 1 else f" {form.extent}"
        parts.append(f"{ELEMENTS} HAS{how} {', '.join(map(_quoted, form.elements))}")
    parts += [line for row in form.properties if (line := _property(row, known))]
    for name in DATES:
        for end, sign in (("from", ">="), ("until", "<=")):
            if day := _day(getattr(form, f"{name}_{end}")):
                parts.append(f"{name} {sign} {_quoted(day)}")
    parts += [f"{name} = {_quoted(value)}" for name in CHOSEN if (value := getattr(form, name).strip())]
    return " AND ".join(parts)


def form_of(question: Question, known: Vocabulary = SHIPPED) -> SearchForm | Beyond:
    """Fill a form in with what a question asks, or say why it has no place for it."""
    form = SearchForm()
    parts = _parts(question)
    for part in parts:
        read = _with(form, part)
        if isinstance(read, Beyond):
            return read
        form = read
    if len(form.properties) > MOST_PROPERTIES:
        return Beyond("other", form.properties[MOST_PROPERTIES].term)
    # Whatever a condition has that a form knows nothing of is found here.
    try:
        again = _parts(parse(line_of(form, known), known)) if parts else ()
    except InvalidQuestion:
        return Beyond("other", next((row.term for row in form.properties if row.term not in known.terms), ""))
    lost = [part for part in map(_plain, parts) if part not in [*map(_plain, again)]]
    return Beyond("other", getattr(lost[0], "path", "")) if lost else form


def _parts(question: Question) -> tuple[Question, ...]:
    if isinstance(question, Everything):
        return ()
    return (
        tuple(inner for part in question.parts for inner in _parts(part)) if isinstance(question, And) else (question,)
    )


def _with(form: SearchForm, part: Question) -> SearchForm | Beyond:
    match part:
        case Or():
            return Beyond("or")
        case Not():
            return Beyond("not")
        case Words(text):
            return Beyond("twice", "words") if form.words else replace(form, words=text)
        case Has(path, extent, values) if path == ELEMENTS:
            if form.elements:
                return Beyond("twice", ELEMENTS)
            return replace(
                form, elements=values, extent=Extent.ALL if len(values) == 1 and extent is Extent.ALL else extent
            )
        case Known(path, True) if is_term(path):
            return replace(form, properties=(*form.properties, PropertyRow(term=path)))
        case Comparison(path, operator, Measured() as value) if is_term(path) and operator in OPERATORS:
            row = PropertyRow(term=path, operator=operator, number=_number(value.value), unit=value.unit)
            return replace(form, properties=(*form.properties, row))
        case Comparison(path, Operator.EQUAL, str() as value) if path in CHOSEN:
            return _once(form, path, path, value)
        case Comparison(path) if path in DATES:
            return _with_date(form, part)
        case _:
            return Beyond("other", getattr(part, "path", ""))


def _with_date(form: SearchForm, part: Comparison) -> SearchForm | Beyond:
    plain = _plain(part)
    if not isinstance(plain, Comparison) or not isinstance(plain.value, str) or len(plain.value) != len("2024-12-31"):
        return Beyond("other", part.path)
    end = {Operator.GREATER_OR_EQUAL: "from", Operator.LESS_OR_EQUAL: "until"}.get(plain.operator)
    if end is None:
        return Beyond("other", part.path)
    return _once(form, f"{part.path}_{end}", part.path, plain.value)


def _once(form: SearchForm, field: str, path: str, value: str) -> SearchForm | Beyond:
    changes: dict[str, Any] = {field: value}
    return Beyond("twice", path) if getattr(form, field) else replace(form, **changes)


def _plain(part: Question) -> Question:
    """A condition on days in the one way in which a form has it: from the first day on, until the last one."""
    if not isinstance(part, Comparison) or part.path not in DATES or isinstance(part.value, Measured):
        return part
    span = time_span(part.value)
    if span.is_instant:
        return part
    match part.operator:
        case Operator.GREATER_OR_EQUAL:
            return replace(part, value=span.start.strftime(_DAY))
        case Operator.GREATER if span.end is not None:
            return replace(part, operator=Operator.GREATER_OR_EQUAL, value=span.end.strftime(_DAY))
        case Operator.LESS_OR_EQUAL if span.end is not None:
            return replace(part, value=_day_before(span.end))
        case Operator.LESS if span.start.year > 1:
            return replace(part, operator=Operator.LESS_OR_EQUAL, value=_day_before(span.start))
        case _:
            return part


def _day_before(moment: datetime) -> str:
    return (moment - timedelta(days=1)).strftime(_DAY)


def _property(row: PropertyRow, known: Vocabulary) -> str:
    name, number = row.term.strip(), unicodedata.normalize("NFKC", row.number).strip().replace("\u2212", "-")
    if not name:
        if number:
            raise InvalidQuestion("A number stands beside no property.", mend="Say which property it is.")
        return ""
    path = known.path(name)
    if not known.is_label(name) and path not in known.terms:
        raise InvalidQuestion(f"There is no property '{name[:100]}'.", mend="Choose one of the list of terms.")
    if not number:
        return f"{path} IS KNOWN"
    if not _NUMBER.fullmatch(number):
        raise InvalidQuestion(f"'{number[:40]}' is no number.", mend="Write it like 5, 0.3 or 1e-3.")
    return f"{path} {row.operator} {number} {row.unit.strip()}".rstrip()


def _number(value: object) -> str:
    text = repr(float(value))  # type: ignore[arg-type]
    return text.removesuffix(".0")


def _day(text: str) -> str:
    day = unicodedata.normalize("NFKC", text).strip()
    if not day:
        return ""
    try:
        time_span(day)
    except ValueError as e:
        raise InvalidQuestion(f"'{day[:40]}' is no day.", mend="Write it like 2024-12-31.") from e
    return day


def _quoted(text: str) -> str:
    escaped = text.strip().replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
