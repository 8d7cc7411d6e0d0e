"""One field of a template: what it is called, what may stand in it, and what it means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kiban.errors import InvalidValue
from kiban.records.record import RecordKind

_KEY = re.compile(r"[a-z][a-z0-9_]{0,63}")
MAX_DEPTH = 4
"""How deep groups may stand in groups."""


class FieldKind(StrEnum):
    """What stands in a field."""

    TEXT = "text"
    NUMBER = "number"
    """A bare number: a count, a ratio."""
    QUANTITY = "quantity"
    """A number with a unit and, where known, an uncertainty."""
    TRUTH = "truth"
    CHOICE = "choice"
    """One of the field's options."""
    TERM = "term"
    """A word of an outside vocabulary, by its IRI."""
    DATE = "date"
    """A day, or a moment."""
    REFERENCE = "reference"
    """Another record, by its identifier."""
    FILE = "file"
    """A deposited file, by its checksum."""
    TABLE = "table"
    """Rows whose columns are the field's own fields."""
    GROUP = "group"
    """Fields that belong together."""


class Need(StrEnum):
    """How much a field is missed where nothing stands in it."""

    REQUIRED = "required"
    RECOMMENDED = "recommended"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Words for people, in both languages."""

    en: str = ""
    ja: str = ""

    def in_language(self, language: str) -> str:
        """The words in one language; the other one's where there are none."""
        return (self.ja or self.en) if language == "ja" else (self.en or self.ja)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One of the answers of a choice."""

    key: str
    label: Label = field(default_factory=Label)
    iri: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A place in a form, and what may stand there.

    Parameters
    ----------
    key : str
        The word in documents, questions and spreadsheets; lower case, digits and underscores.
    origin : str
        The key under which the field first appeared in its template: what stays when it is renamed. Empty means `key`.
    unit : str
        For a quantity: the unit of `minimum`, `maximum` and of values written without one. Values may be given in any
        other unit of the same dimension.
    minimum, maximum : float, optional
        For numbers and quantities. The bound itself is allowed unless `excludes_minimum` or `excludes_maximum` is set.
    shortest, longest : int, optional
        For texts: number of characters.
    vocabulary : str
        For a term: where its IRIs come from, as the beginning that they share; empty allows any.
    refers_to : tuple of RecordKind
        For a reference: the kinds of record it may lead to; empty allows all.
    many : bool
        Several values may stand here, as a list.
    fields : tuple of Field
        Of a group, or the columns of a table.
    default : JSON value, optional
        What a new form has in it.
    written : str
        The name in the structure that the template was imported from, where that is not the key.
    extra : mapping
        What an imported structure says of the field and Kiban has no use for; exports give it back.
    """

    key: str
    kind: FieldKind
    label: Label = field(default_factory=Label)
    help: Label = field(default_factory=Label)
    need: Need = Need.OPTIONAL
    origin: str = ""
    iri: str = ""
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    excludes_minimum: bool = False
    excludes_maximum: bool = False
    is_whole: bool = False
    shortest: int | None = None
    longest: int | None = None
    options: tuple[Option, ...] = ()
    vocabulary: str = ""
    refers_to: tuple[RecordKind, ...] = ()
    many: bool = False
    fields: tuple[Field, ...] = ()
    default: Any = None
    written: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise InvalidValue(
                f"'{self.key[:80]}' cannot be the key of a field.",
                mend="Begin with a lower-case letter; use lower-case letters, digits and underscores, at most 64.",
            )
        check = {
            FieldKind.QUANTITY: self._check_quantity,
            FieldKind.CHOICE: self._check_choice,
            FieldKind.TABLE: self._check_parts,
            FieldKind.GROUP: self._check_parts,
        }.get(self.kind)
        if check is not None:
            check()
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise self._refusal(
                f"has a lower bound of {self.minimum} and an upper one of {self.maximum}", "Exchange them."
            )
        self._check_belongs()

    def _check_quantity(self) -> None:
        from kiban.quantity.unit import is_known

        if self.unit and not is_known(self.unit):
            raise self._refusal(f"has the unit '{self.unit}', which is not known", "Write it like degC, MPa or mA*h/g.")

    def _check_choice(self) -> None:
        keys = [option.key for option in self.options]
        if not keys or len(set(keys)) != len(keys):
            raise self._refusal("is a choice of no options, or of the same one twice", "Give each option once.")

    def _check_parts(self) -> None:
        if not self.fields:
            raise self._refusal(f"is a {self.kind.value} without fields", "Give it at least one.")
        check_distinct(self.fields, f"The {self.kind.value} '{self.key}'")
        if self.kind is FieldKind.TABLE and any(f.kind in {FieldKind.TABLE, FieldKind.GROUP} for f in self.fields):
            raise self._refusal(
                "is a table with a table or group in its cells", "Use a group that may stand many times."
            )
        if depth(self) > MAX_DEPTH:
            raise self._refusal(
                f"is nested more than {MAX_DEPTH} deep", "Make the inner groups templates of their own."
            )

    def _check_belongs(self) -> None:
        """Refuse rules that mean nothing for the field's kind: they would look as if they held."""
        allowed = _RULES.get(self.kind, frozenset())
        for name in _ALL_RULES - allowed:
            if getattr(self, name):
                raise self._refusal(
                    f"is a {self.kind.value} with '{name}'",
                    f"'{name}' belongs to fields of kind {', '.join(k.value for k, r in _RULES.items() if name in r)}.",
                )

    def _refusal(self, what: str, mend: str) -> InvalidValue:
        return InvalidValue(f"The field '{self.key}' {what}.", mend=mend)

    @property
    def first_key(self) -> str:
        """The key under which it first appeared."""
        return self.origin or self.key


_BOUNDS = frozenset({"minimum", "maximum", "excludes_minimum", "excludes_maximum"})
_RULES: dict[FieldKind, frozenset[str]] = {
    FieldKind.TEXT: frozenset({"shortest", "longest"}),
    FieldKind.NUMBER: _BOUNDS | {"is_whole"},
    FieldKind.QUANTITY: _BOUNDS | {"unit"},
    FieldKind.CHOICE: frozenset({"options"}),
    FieldKind.TERM: frozenset({"vocabulary"}),
    FieldKind.REFERENCE: frozenset({"refers_to"}),
    FieldKind.TABLE: frozenset({"fields"}),
    FieldKind.GROUP: frozenset({"fields"}),
}
_ALL_RULES = frozenset().union(*_RULES.values())


def rules_of(kind: FieldKind) -> frozenset[str]:
    """Names of the attributes that mean something for fields of a kind, beside those of all fields."""
    return _RULES.get(kind, frozenset())


def check_distinct(fields: tuple[Field, ...], where: str) -> None:
    """Refuse two fields that share a key, or a name that one of them had before. Raises InvalidValue."""
    seen: dict[str, str] = {}
    for each in fields:
        for name in {each.key, each.first_key}:
            if name in seen:
                raise InvalidValue(
                    f"{where} has two fields that are or were called '{name}'.",
                    mend="Records of earlier versions know it by that name: give one of them another key.",
                )
            seen[name] = each.key


def depth(field: Field) -> int:
    """How many levels of fields there are, from this one down."""
    return 1 + max(map(depth, field.fields), default=0)


def walk(fields: tuple[Field, ...], before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Field]]:
    """Every field with its path of keys, parents before their parts."""
    for each in fields:
        path = (*before, each.key)
        yield path, each
        yield from walk(each.fields, path)


def renamed_paths(fields: tuple[Field, ...]) -> dict[str, str]:
    """Paths of keys, joined by points, that differ from what they were first; with that."""
    found: dict[str, str] = {}
    waiting = [("", "", each) for each in fields]
    while waiting:
        now, first, each = waiting.pop()
        now, first = f"{now}{each.key}", f"{first}{each.first_key}"
        if now != first:
            found[now] = first
        waiting.extend((f"{now}.", f"{first}.", part) for part in each.fields)
    return found
