"""NIMS RDE: the values of an invoice and of `metadata.json`, by the keys of a template.

What does not fit the template is no reason to refuse a data set: RDE let it in. It is told, place by place, stays out
of the values that can be searched, and leaves with the data set as it came.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kiban.quantity.spelling import respell
from kiban.records.field import Field, FieldKind
from kiban.records.filled import Filled, Problem, fill
from kiban.records.template import Template
from kiban.standards.rde_fields import option_key
from kiban.standards.rde_places import section

_MEND = "It is kept and exported again; add a field to the template to search for it."


def values_of(template: Template, invoice: Mapping[str, Any], metadata: Mapping[str, Any] | None) -> Filled:
    """Read what a template that came from RDE has a field for."""
    given: dict[str, Any] = {}
    strange: list[Problem] = []
    for name in ("basic", "custom"):
        group = section(template, name)
        given |= _group(group, invoice.get(name), name, strange)
    if (sample := section(template, "sample")) is not None:
        given |= _sample(sample, invoice.get("sample"), strange)
    said = metadata or {}
    given |= _group(section(template, "meta"), said.get("constant"), "metadata.constant", strange, _with_unit)
    given |= _rows(section(template, "variable"), said.get("variable"), strange)
    filled = fill(template.fields, given)
    return Filled(values=filled.values, problems=(*filled.problems, *strange), missed=filled.missed)


def _group(group: Field | None, said: Any, where: str, strange: list[Problem], read: Any = None) -> dict[str, Any]:
    if said is None:
        return {}
    if not isinstance(said, Mapping):
        strange.append(_problem((where,), f"A {type(said).__name__} stands where an object was expected."))
        return {}
    fields = {each.written: each for each in group.fields} if group is not None else {}
    found: dict[str, Any] = {}
    for name, value in said.items():
        field = fields.get(name)
        if field is None:
            if value is not None:
                strange.append(_problem((where, name), "The template has no such field."))
            continue
        found[field.key] = (read or _given)(field, value)
    return {group.key: found} if group is not None else {}


def _problem(path: tuple[str | int, ...], fault: str) -> Problem:
    return Problem(path=path, fault=fault, mend=_MEND)


def _given(field: Field, value: Any) -> Any:
    if field.many and isinstance(value, list):
        return [_given_one(field, each) for each in value]
    return _given_one(field, value)


def _given_one(field: Field, value: Any) -> Any:
    if field.kind is FieldKind.CHOICE and isinstance(value, int | float) and not isinstance(value, bool):
        keys = [option.key for option in field.options]
        return next((key for key in keys if _is_number(key) and float(key) == value), option_key(value))
    return value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _with_unit(field: Field, said: Any) -> Any:
    """A value of `metadata.json`: `{"value": 1.540593, "unit": "angstrom"}`."""
    if not isinstance(said, Mapping):
        return said
    value, unit = said.get("value"), said.get("unit")
    if field.kind is not FieldKind.QUANTITY or not isinstance(unit, str) or not unit.strip():
        return _given(field, value)
    spelt = respell(unit.strip())
    if isinstance(value, list):
        return [{"value": each, "unit": spelt} for each in value]
    if isinstance(value, str):
        return f"{value} {spelt}" if value.strip() else None
    return {"value": value, "unit": spelt} if isinstance(value, int | float) else value


def _rows(table: Field | None, said: Any, strange: list[Problem]) -> dict[str, Any]:
    if not isinstance(said, list):
        if said is not None:
            strange.append(_problem(("metadata.variable",), "No list stands here."))
        return {}
    rows = []
    for number, row in enumerate(said):
        found = _group(table, row, f"metadata.variable[{number + 1}]", strange, _with_unit)
        rows.append(found[table.key] if table is not None and table.key in found else {})
    return {table.key: rows} if table is not None else {}


def _sample(group: Field, said: Any, strange: list[Problem]) -> dict[str, Any]:
    if not isinstance(said, Mapping):
        return _group(group, said, "sample", strange)
    lists = {each.written: each for each in group.fields if each.kind is FieldKind.GROUP}
    plain = {name: value for name, value in said.items() if name not in {"generalAttributes", "specificAttributes"}}
    found = _group(group, plain, "sample", strange)
    for name in ("generalAttributes", "specificAttributes"):
        terms = lists.get(name)
        values = _attributes(terms, said.get(name), name, strange)
        if terms is not None and values:
            found[group.key][terms.key] = values
    return found


def _attributes(group: Field | None, said: Any, name: str, strange: list[Problem]) -> dict[str, Any]:
    """Values by term; a value that is no text is taken as it is written."""
    fields = {each.written: each for each in group.fields} if group is not None else {}
    found: dict[str, Any] = {}
    for number, item in enumerate(_items(said)):
        term = attribute_term(item)
        field = fields.get(term)
        value = item.get("value")
        if field is None:
            if value not in (None, ""):
                strange.append(_problem(("sample", name, number), f"The template has no attribute {term}."))
        elif value is not None:
            found[field.key] = value if isinstance(value, str) else option_key(value)
    return found


def _items(said: Any) -> Iterable[Mapping[str, Any]]:
    return [each for each in said if isinstance(each, Mapping)] if isinstance(said, list) else []


def attribute_term(item: Mapping[str, Any]) -> str:
    """Class and term of an attribute, as fields of a template are named after them."""
    return "/".join(str(part) for part in (item.get("classId"), item.get("termId")) if part)
