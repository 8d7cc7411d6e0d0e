"""Values of a template's fields as a form shows them, and what a form sent back as values to be checked.

A form is a tree of texts by key: `{"steps": [{"temperature": "900 degC"}]}`. A term and a file have two boxes each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kiban.records.field import Field, FieldKind
from kiban.records.field_text import text_of
from kiban.records.filled import Problem
from kiban.web.form_data import pruned

_BOXES = {FieldKind.TERM: ("iri", "label"), FieldKind.FILE: ("sha256", "name")}
_PARTS = {FieldKind.GROUP, FieldKind.TABLE}


def is_list(field: Field) -> bool:
    """Several values or rows may stand there."""
    return field.many or field.kind is FieldKind.TABLE


def typed_values(fields: Iterable[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """What a document holds, as texts."""
    return {each.key: _typed(each, values.get(each.key)) for each in fields}


def defaults(fields: Iterable[Field]) -> dict[str, Any]:
    """What a new form has in it."""
    return {
        each.key: defaults(each.fields)
        if each.kind is FieldKind.GROUP and not each.many and each.default is None
        else _typed(each, each.default)
        for each in fields
    }


def _typed(field: Field, value: Any) -> Any:
    if is_list(field):
        rows = value if isinstance(value, list) else [] if value is None else [value]
        return [_typed_one(field, row) for row in rows]
    return _typed_one(field, value)


def _typed_one(field: Field, value: Any) -> Any:
    if field.kind in _PARTS:
        return typed_values(field.fields, value if isinstance(value, Mapping) else {})
    if field.kind in _BOXES:
        given = value if isinstance(value, Mapping) else {_BOXES[field.kind][0]: value or ""}
        return {name: str(given.get(name, "")) for name in _BOXES[field.kind]}
    return text_of(field, value)


def shaped_values(fields: Iterable[Field], typed: Any) -> dict[str, Any]:
    """What a form sent, with every place that the page shows, whatever the form left out or bent."""
    tree = typed if isinstance(typed, Mapping) else {}
    return {each.key: _shaped(each, tree.get(each.key)) for each in fields}


def _shaped(field: Field, typed: Any) -> Any:
    if is_list(field):
        return [_shaped_one(field, row) for row in (typed if isinstance(typed, list) else [])]
    return _shaped_one(field, typed)


def _shaped_one(field: Field, typed: Any) -> Any:
    if field.kind in _PARTS:
        return shaped_values(field.fields, typed)
    if field.kind in _BOXES:
        given = typed if isinstance(typed, Mapping) else {}
        return {name: str(given.get(name, "")) for name in _BOXES[field.kind]}
    return typed if isinstance(typed, str) else ""


def given_values(fields: tuple[Field, ...], typed: Any, kept: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What a form says, to be checked.

    Parameters
    ----------
    kept : mapping, optional
        The values that the form was filled with. A quantity whose text is still the same is taken from here: its text
        does not say all of it.
    """
    tree = pruned(typed) if isinstance(typed, Mapping) else {}
    return _with_kept(fields, tree, kept or {})


def _with_kept(fields: tuple[Field, ...], tree: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    known = {each.key: each for each in fields}
    return {key: _unchanged(known[key], value, kept.get(key)) if key in known else value for key, value in tree.items()}


def _unchanged(field: Field, typed: Any, kept: Any) -> Any:
    if isinstance(typed, list):
        rows = kept if isinstance(kept, list) else []
        return [_unchanged(field, one, rows[n] if n < len(rows) else None) for n, one in enumerate(typed)]
    if field.kind in _PARTS and isinstance(typed, Mapping):
        return _with_kept(field.fields, typed, kept if isinstance(kept, Mapping) else {})
    if field.kind is FieldKind.QUANTITY and isinstance(kept, Mapping) and typed == text_of(field, kept):
        return kept
    return typed


def by_name(prefix: str, problems: tuple[Problem, ...]) -> dict[str, Problem]:
    """Problems by the name of the box that they stand beside."""
    return {".".join((prefix, *map(str, problem.path))): problem for problem in reversed(problems)}


def differing(fields: Iterable[Field], mine: Mapping[str, Any], theirs: Mapping[str, Any], name: str) -> dict[str, str]:
    """Where two forms say different things: by the name of the box, what the other one says."""
    found: dict[str, str] = {}
    for each in fields:
        here = f"{name}.{each.key}"
        one, other = mine.get(each.key), theirs.get(each.key)
        if each.kind is FieldKind.GROUP and not each.many and isinstance(one, Mapping) and isinstance(other, Mapping):
            found |= differing(each.fields, one, other, here)
        elif pruned(one) != pruned(other):
            found[here] = _as_line(other)
    return found


def _as_line(typed: Any) -> str:
    if isinstance(typed, Mapping):
        return ", ".join(filter(None, map(_as_line, typed.values()))) or "–"
    if isinstance(typed, list):
        return "; ".join(map(_as_line, typed)) or "–"
    return str(typed) or "–"
