"""The texts of a record that full text looks at: each with the field it stands in, and how much it weighs.

What is a value of a measurement or sample is not among them, so that who may read the description alone neither finds a
record by it nor learns of it from a rank or a highlight. What stands in the fields of a template is found by those who
see the template, and does not count for a rank.

Terms are texts in both languages: of the technique, of variables, and of entries of the metadata that are called like a
property term. Where these labels change, what is kept of them in homes does too: `kiban.query.derived`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import Any

from kiban.query.entries import entries
from kiban.query.identifiers import named_record
from kiban.records.property_term import PROPERTY_TERMS
from kiban.records.record import Record
from kiban.records.technique import TECHNIQUES


class Weight(IntEnum):
    """How much it says of a record that a word stands there."""

    FIELD = 0
    """In a field of a template."""
    METADATA = 1
    NOTES = 2
    TITLE = 3


@dataclass(frozen=True, slots=True)
class FieldText:
    """One text of a record.

    Parameters
    ----------
    field : str
        Where it stands: `title`, `file_name`, `metadata.scan.mode`; `metadata` for the name of an entry.
    is_name : bool
        It is a name that somebody made up, in which letters and digits run together.
    is_entry_name : bool
        It is what an entry is called, with the groups that it stands in.
    is_label : bool
        It does not stand in the record: it is what we call something that does.
    """

    field: str
    text: str
    weight: Weight
    is_name: bool = False
    is_entry_name: bool = False
    is_label: bool = False


_NAMES = ("sample_name", "file_name")
_NOTES = (
    *("operator", "instrument", "reader", "description", "formula", "equipment", "location", "custodian", "note"),
    *("label", "en", "ja", "symbol", "synonyms", "keywords", "publisher"),
)
_MAX_DEPTH = 6


def texts(record: Record) -> Iterator[FieldText]:
    """Give the texts of a record, the weightiest first.

    One that is the identifier of a record is not among them: it is there only for those who see that record, and they
    ask for it by the field in which it stands.
    """
    return (text for text in _texts(record) if text.field == "title" or named_record(text.text) is None)


def _texts(record: Record) -> Iterator[FieldText]:
    document = record.document
    yield FieldText("title", record.title, Weight.TITLE, is_name=True)
    name = document.get("name")
    if isinstance(name, str) and name != record.title:
        yield FieldText("name", name, Weight.TITLE, is_name=True)
    # A data set has its title in both languages, and the record is called by the one.
    for said in _said(document.get("title")):
        if said not in {record.title, ""}:
            yield FieldText("name", said, Weight.TITLE, is_name=True)
    yield from _of_technique(document.get("technique"))
    for field in _NAMES:
        value = document.get(field)
        if isinstance(value, str) and value != record.title:
            yield FieldText(field, value, Weight.NOTES, is_name=True)
    for field in _NOTES:
        yield from (FieldText(field, text, Weight.NOTES) for text in _said(document.get(field)))
    yield from _of_variables(document.get("variables"))
    yield from _of_fields(document.get("fields"))
    # Numbers are asked for by comparison, not by their digits.
    for path, entry in entries(document):
        part, _, name = path.partition(".")
        weight = Weight.METADATA if part == "metadata" else Weight.FIELD
        yield FieldText(part, name, weight, is_entry_name=True)
        if part == "metadata":
            yield from _labels(part, name.rpartition(".")[2])
        if isinstance(entry, str):
            yield FieldText(path, entry, weight)


def _of_technique(technique: Any) -> Iterator[FieldText]:
    if isinstance(technique, str):
        yield FieldText("technique", technique, Weight.NOTES)
        if technique in TECHNIQUES:
            known = TECHNIQUES[technique]
            for label in (known.en, known.ja):
                yield FieldText("technique", label, Weight.NOTES, is_label=True)


def _said(value: Any) -> Iterator[str]:
    """Texts, lists of them, and words in both languages."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        yield from (each for each in value if isinstance(each, str))
    elif isinstance(value, Mapping):
        yield from (said for language in ("en", "ja") if isinstance(said := value.get(language), str))


def _of_variables(variables: Any) -> Iterator[FieldText]:
    for variable in variables if isinstance(variables, list | tuple) else ():
        if not isinstance(variable, Mapping):
            continue
        for said in (variable.get("name"), variable.get("label")):
            if isinstance(said, str):
                yield FieldText("variables", said, Weight.METADATA)
        yield from _labels("variables", variable.get("name"))


def _labels(field: str, key: Any) -> Iterator[FieldText]:
    if isinstance(key, str):
        yield from (FieldText(field, label, Weight.METADATA, is_label=True) for label in _labels_of_term(key))


@cache
def _terms() -> Mapping[str, tuple[str, ...]]:
    return {key: tuple(label for label in (term.en, term.ja) if label) for key, term in PROPERTY_TERMS.items()}


def _labels_of_term(key: str) -> tuple[str, ...]:
    return _terms().get(key, ())


def _of_fields(fields: Any, depth: int = 0) -> Iterator[FieldText]:
    """What the fields of a template are called."""
    for field in fields if isinstance(fields, list | tuple) and depth < _MAX_DEPTH else ():
        if isinstance(field, Mapping):
            for said in (*_said(field.get("key")), *_said(field.get("label"))):
                yield FieldText("fields", said, Weight.METADATA)
            yield from _of_fields(field.get("fields"), depth + 1)
