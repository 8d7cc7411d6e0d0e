"""Reading OPTIMADE's filters as questions of ours.

References
----------
OPTIMADE API specification 1.2.0, section "API Filtering Format Specification".
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from kiban.errors import InvalidQuestion
from kiban.quantity.measured import Measured
from kiban.query.meaning import MAX_DEPTH
from kiban.query.question import (
    EVERYTHING,
    And,
    Comparison,
    Extent,
    Has,
    Known,
    Manner,
    Match,
    Not,
    Operator,
    Or,
    Question,
)
from kiban.query.vocabulary import nearest

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

NOTHING = Not(EVERYTHING)
"""True of no record."""
MAX_LENGTH = 10_000
_REVERSED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "!=": operator.ne,
}  # fmt: skip
_OTHERS_NAME = re.compile(r"_[a-z0-9]+_.+")


class Kind(StrEnum):
    """What a property is, for filters."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "time"
    TEXTS = "texts"
    """A list of texts."""
    NUMBERS = "numbers"
    CONSTANT = "constant"
    """The same for all entries."""
    UNASKED = "unasked"
    """It is served, and cannot be asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """How a property of an entry is asked for.

    Parameters
    ----------
    path : str
        In our questions; of what is constant, the value.
    length : str
        The path of a number: how many members the list has.
    unit : str
        Of the numbers.
    """

    kind: Kind
    path: str = ""
    length: str = ""
    unit: str = ""


class NotAsked(InvalidQuestion):
    """The filter is sound and uses what a server need not answer, which this one does not."""


def read_filter(text: str, fields: Mapping[str, Field], *, prefix: str) -> Question:
    """Read a filter.

    Parameters
    ----------
    fields : mapping of str to Field
        The properties of an entry, by OPTIMADE's names.
    prefix : str
        What our own properties begin with, `_kiban_`. A property with the prefix of others is unknown for all entries.

    Raises
    ------
    NotAsked
        If it uses an optional part of the language that is not answered here.
    InvalidQuestion
        If it cannot be read, names a property that does not exist, or compares it with another kind of value.
    """
    from lark.exceptions import UnexpectedInput

    if len(text) > MAX_LENGTH:
        raise InvalidQuestion(
            f"The filter has {len(text)} characters; at most {MAX_LENGTH} are read.",
            mend="Ask for less at a time.",
            position=MAX_LENGTH,
        )
    if _depth(text) > MAX_DEPTH:
        raise InvalidQuestion(
            f"The filter is nested more than {MAX_DEPTH} deep.", mend="Ask it with fewer brackets.", position=0
        )
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as e:
        position: int | None = e.pos_in_stream
        at = len(text) if position is None or position < 0 else position
        raise InvalidQuestion(
            f"The filter cannot be read from character {at + 1} on: '{text[at : at + 20]}'.",
            mend='Write it like elements HAS ALL "Ti","O" AND nelements = 2, keywords in capitals.',
            position=at,
        ) from None
    question: Question = _built(tree, _Builder(fields, prefix))
    return question


def _depth(text: str) -> int:
    depth = deepest = 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        deepest = max(deepest, depth)
    return deepest


@cache
def _parser() -> Lark:
    from lark import Lark

    grammar = resources.files("kiban.query").joinpath("optimade.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", propagate_positions=False)


def _built(node: Tree[Token] | Token, builder: _Builder) -> Any:
    if isinstance(node, str):
        return node
    return getattr(builder, node.data)([_built(child, builder) for child in node.children])


@dataclass(frozen=True, slots=True)
class _Named:
    """A property that a filter names."""

    name: str


class _Builder:
    """Makes a question of what the grammar has found; each method is named in `optimade.lark`."""

    def __init__(self, fields: Mapping[str, Field], prefix: str) -> None:
        self._fields = fields
        self._prefix = prefix

    def start(self, parts: list[Any]) -> Question:
        found: Question = parts[0]
        return found

    def any_of(self, parts: list[Any]) -> Question:
        found = tuple(part for part in parts if not _is_word(part))
        return found[0] if len(found) == 1 else Or(found)

    def all_of(self, parts: list[Any]) -> Question:
        found = tuple(part for part in parts if not _is_word(part))
        return found[0] if len(found) == 1 else And(found)

    def negated(self, parts: list[Any]) -> Question:
        return Not(parts[-1])

    # Values

    def text(self, parts: list[Any]) -> str:
        return re.sub(r"\\(.)", r"\1", str(parts[0])[1:-1], flags=re.DOTALL)

    def number(self, parts: list[Any]) -> float:
        return float(parts[0])

    def truth(self, parts: list[Any]) -> bool:
        return str(parts[0]) == "TRUE"

    def property(self, parts: list[Any]) -> _Named:
        return _Named(".".join(parts))

    def member(self, parts: list[Any]) -> Any:
        if len(parts) > 1 and str(parts[0]) != "=":
            raise NotAsked("A list is compared member by member.", mend="Write HAS with the members that it must have.")
        return parts[-1]

    def zipped(self, parts: list[Any]) -> None:
        del parts

    # Conditions

    def compared(self, parts: list[Any]) -> Question:
        named, sign, value = parts
        return self._compared(named.name, str(sign), value)

    def compared_from_right(self, parts: list[Any]) -> Question:
        value, sign, named = parts
        if not isinstance(named, _Named):
            raise InvalidQuestion("The filter compares two constants.", mend="Name a property on one side.")
        return self._compared(named.name, _REVERSED[str(sign)], value)

    def known(self, parts: list[Any]) -> Question:
        return self._is_known(parts[0].name)

    def unknown(self, parts: list[Any]) -> Question:
        return Not(self._is_known(parts[0].name))

    def contains(self, parts: list[Any]) -> Question:
        return self._matched(parts[0].name, Manner.CONTAINS, parts[-1])

    def starts(self, parts: list[Any]) -> Question:
        return self._matched(parts[0].name, Manner.STARTS, parts[-1])

    def ends(self, parts: list[Any]) -> Question:
        return self._matched(parts[0].name, Manner.ENDS, parts[-1])

    def has_all(self, parts: list[Any]) -> Question:
        return self._has(Extent.ALL, parts)

    def has_any(self, parts: list[Any]) -> Question:
        return self._has(Extent.ANY, parts)

    def has_only(self, parts: list[Any]) -> Question:
        return self._has(Extent.ONLY, parts)

    def correlated(self, parts: list[Any]) -> Question:
        del parts
        raise NotAsked("Lists are not compared with each other.", mend="Ask for each of them by itself.")

    def length(self, parts: list[Any]) -> Question:
        named, value = parts[0], parts[-1]
        sign = str(parts[2]) if len(parts) == 4 else "="
        field = self._field(named.name)
        if field is None:
            return NOTHING
        if not field.length:
            raise NotAsked(f"The length of {named.name} cannot be asked for.", mend="Ask for another property.")
        return Comparison(field.length, Operator(sign), Measured(self._a_number(named.name, value), ""))

    def _field(self, name: str) -> Field | None:
        """`None` for a property of other providers, which no entry has."""
        if name in self._fields:
            field = self._fields[name]
            if field.kind is Kind.UNASKED:
                raise NotAsked(f"{name} cannot be asked for.", mend="Ask for another property.")
            return field
        if _OTHERS_NAME.fullmatch(name) and not name.startswith(self._prefix):
            return None
        first = name.partition(".")[0]
        if first != name and first in self._fields:
            raise NotAsked(f"Inside {first} nothing can be asked for.", mend="Ask for another property.")
        raise InvalidQuestion(
            f"There is no property '{name[:80]}'.",
            mend=nearest(name, self._fields) or "The properties are listed at /info/structures.",
        )

    def _compared(self, name: str, sign: str, value: Any) -> Question:
        field = self._field(name)
        if field is None:
            return NOTHING
        if isinstance(value, _Named):
            raise NotAsked("Properties are not compared with each other.", mend="Compare each with a value.")
        match field.kind:
            case Kind.CONSTANT:
                return EVERYTHING if _COMPARE[sign](field.path, self._a_text(name, value)) else NOTHING
            case Kind.NUMBER:
                return Comparison(field.path, Operator(sign), Measured(self._a_number(name, value), field.unit))
            case Kind.TEXT | Kind.TIME:
                return Comparison(field.path, Operator(sign), self._a_text(name, value))
            case _:
                raise InvalidQuestion(f"{name} is a list.", mend=f"Write {name} HAS with one of its members.")

    def _is_known(self, name: str) -> Question:
        field = self._field(name)
        if field is None:
            return NOTHING
        return EVERYTHING if field.kind is Kind.CONSTANT else Known(field.path, True)

    def _matched(self, name: str, manner: Manner, value: Any) -> Question:
        field = self._field(name)
        if field is None:
            return NOTHING
        text = self._a_text(name, value)
        if field.kind is Kind.CONSTANT:
            test = {Manner.CONTAINS: str.__contains__, Manner.STARTS: str.startswith, Manner.ENDS: str.endswith}[manner]
            return EVERYTHING if test(field.path, text) else NOTHING
        if field.kind is not Kind.TEXT:
            raise InvalidQuestion(f"{name} is no text.", mend=f"Compare it: {name} > ...")
        return Match(field.path, manner, text)

    def _has(self, extent: Extent, parts: list[Any]) -> Question:
        name = parts[0].name
        values = [part for part in parts[1:] if not _is_word(part)]
        field = self._field(name)
        if field is None:
            return NOTHING
        if field.kind is Kind.TEXTS:
            return Has(field.path, extent, tuple(self._a_text(name, value) for value in values))
        if field.kind is not Kind.NUMBERS:
            raise InvalidQuestion(f"{name} is no list.", mend=f"Compare it: {name} = ...")
        if extent is Extent.ONLY:
            raise NotAsked(f"HAS ONLY is not answered for {name}.", mend="Ask with HAS ALL or HAS ANY.")
        each = tuple(
            Comparison(field.path, Operator.EQUAL, Measured(self._a_number(name, value), field.unit))
            for value in values
        )
        return And(each) if extent is Extent.ALL else Or(each)

    def _a_text(self, name: str, value: Any) -> str:
        if isinstance(value, str):
            return str(value)
        raise self._wrong_kind(name, value, "a text in quotes")

    def _a_number(self, name: str, value: Any) -> float:
        if isinstance(value, float):
            return value
        raise self._wrong_kind(name, value, "a number")

    def _wrong_kind(self, name: str, value: Any, wanted: str) -> InvalidQuestion:
        if isinstance(value, _Named):
            return NotAsked("Properties are not compared with each other.", mend="Compare each with a value.")
        return InvalidQuestion(f"{name} is compared with {wanted}; {value!r} is none.", mend=f"Give {wanted}.")


def _is_word(part: Any) -> bool:
    """Whether it is a keyword of the grammar rather than a value."""
    return hasattr(part, "type")
