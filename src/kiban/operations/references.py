"""Whether the records that the values of a form refer to are there, and of the right kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kiban.errors import KibanError, RecordNotFound
from kiban.operations.changed_records import current
from kiban.operations.resources import Resources
from kiban.records.field import Field, FieldKind
from kiban.records.filled import Problem
from kiban.records.party import Asker

Path = tuple[str | int, ...]


def wrong_references(
    asker: Asker, resources: Resources, fields: tuple[Field, ...], values: Mapping[str, Any]
) -> tuple[Problem, ...]:
    """Name every reference that leads to nothing that the asker may see, or to a record of another kind than wanted.

    Parameters
    ----------
    values : mapping
        Checked against the fields.
    """
    known: dict[tuple[str, tuple[str, ...]], KibanError | None] = {}
    problems = []
    for path, field, identifier in _references(fields, values, ()):
        key = (identifier, tuple(field.refers_to))
        if key not in known:
            known[key] = _fault(asker, resources, field, identifier)
        if (error := known[key]) is not None:
            kinds = ", ".join(field.refers_to)
            mend = f"Choose a record of this kind: {kinds}." if kinds else error.mend
            problems.append(Problem(path=path, fault=error.fault, mend=mend))
    return tuple(problems)


def _fault(asker: Asker, resources: Resources, field: Field, identifier: str) -> KibanError | None:
    try:
        current(asker, resources, identifier, *field.refers_to)
    except RecordNotFound as e:
        return e
    return None


def _references(fields: tuple[Field, ...], values: Mapping[str, Any], above: Path) -> Iterator[tuple[Path, Field, str]]:
    for each in fields:
        value = values.get(each.key)
        rows = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
        for number, one in rows:
            path = (*above, each.key) if number is None else (*above, each.key, number)
            if each.kind is FieldKind.REFERENCE and isinstance(one, str):
                yield path, each, one
            elif each.fields and isinstance(one, Mapping):
                yield from _references(each.fields, one, path)
