"""Random templates, values that fit them, and later versions of them, for property tests."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from kiban.records.field import Field, FieldKind, Label, Need, Option
from kiban.records.identity import new_pid
from kiban.records.record import RecordKind
from kiban.records.template import Template

_KEYS = ("a", "b", "c", "d", "e")
_SIMPLE = [kind for kind in FieldKind if kind not in {FieldKind.GROUP, FieldKind.TABLE}]
_UNITS = ("", "degC", "K", "nm", "MPa")
_PID = new_pid()
_OPTIONS = tuple(Option(key=key) for key in ("x", "y", "z"))


@st.composite
def fields(draw: Callable[[st.SearchStrategy[Any]], Any], key: str, depth: int = 0) -> Field:
    """One field of any kind."""
    kind = draw(st.sampled_from(list(FieldKind) if depth == 0 else _SIMPLE))
    rules: dict[str, Any] = {}
    if kind in {FieldKind.NUMBER, FieldKind.QUANTITY} and draw(st.booleans()):
        low = draw(st.integers(-50, 50))
        rules |= {"minimum": float(low), "maximum": float(low + draw(st.integers(1, 100)))}
        rules |= {"excludes_minimum": draw(st.booleans()), "excludes_maximum": draw(st.booleans())}
    if kind is FieldKind.QUANTITY:
        rules["unit"] = draw(st.sampled_from(_UNITS))
    if kind is FieldKind.CHOICE:
        rules["options"] = tuple(draw(st.lists(st.sampled_from(_OPTIONS), min_size=1, unique=True)))
    if kind is FieldKind.TEXT:
        rules["longest"] = draw(st.none() | st.integers(5, 20))
    if kind in {FieldKind.GROUP, FieldKind.TABLE}:
        rules["fields"] = tuple(draw(fields(k, depth + 1)) for k in _KEYS[: draw(st.integers(1, 3))])
    return Field(
        key=key,
        kind=kind,
        label=Label(en=draw(st.sampled_from(["", "Label"]))),
        need=draw(st.sampled_from(list(Need))),
        many=draw(st.booleans()) and kind is not FieldKind.TABLE,
        **rules,
    )


@st.composite
def templates(draw: Callable[[st.SearchStrategy[Any]], Any], of: Template | None = None) -> Template:
    """A template; with `of` a later version of that one: fields renamed, changed, added, removed."""
    if of is None:
        made = tuple(draw(fields(key)) for key in _KEYS[: draw(st.integers(1, 4))])
        return Template(name="t", label=Label(en="T"), applies_to=RecordKind.PROCESS, fields=made)
    later: list[Field] = []
    for each in of.fields:
        match draw(st.sampled_from(["keep", "rename", "change", "remove", "loosen"])):
            case "keep":
                later.append(each)
            case "rename":
                later.append(replace(each, key=f"{each.key}_new", origin=each.first_key))
            case "change":
                later.append(replace(draw(fields(each.key)), origin=each.origin))
            case "loosen":
                later.append(replace(each, minimum=None, maximum=None, excludes_minimum=False, excludes_maximum=False))
    later.append(draw(fields("later")))
    return replace(of, fields=tuple(draw(st.permutations(later))))


def filled_values(template: Template) -> st.SearchStrategy[dict[str, Any]]:
    """Values that fit a template."""
    return _values(template.fields)


def _values(described: tuple[Field, ...]) -> st.SearchStrategy[dict[str, Any]]:
    needed = {f.key: _value(f) for f in described if f.need is Need.REQUIRED}
    other = {f.key: _value(f) for f in described if f.need is not Need.REQUIRED}
    return st.fixed_dictionaries(needed, optional=other)


def _value(field: Field) -> st.SearchStrategy[Any]:
    one = _one(field)
    if field.kind is FieldKind.TABLE:
        return st.lists(one, min_size=1, max_size=3)
    return st.lists(one, min_size=1, max_size=3) if field.many else one


def _one(field: Field) -> st.SearchStrategy[Any]:
    low = -1000.0 if field.minimum is None else field.minimum
    high = low + 2000.0 if field.maximum is None else field.maximum
    number = st.floats(low, high, exclude_min=field.excludes_minimum, exclude_max=field.excludes_maximum)
    match field.kind:
        case FieldKind.TEXT:
            return st.text("abc 試料", min_size=1, max_size=5).filter(str.strip)
        case FieldKind.NUMBER:
            return st.integers(math.ceil(low), math.floor(high)) if field.is_whole else number
        case FieldKind.QUANTITY:
            return number.map(lambda v: {"value": v, "unit": field.unit})
        case FieldKind.TRUTH:
            return st.booleans()
        case FieldKind.CHOICE:
            return st.sampled_from([option.key for option in field.options])
        case FieldKind.TERM:
            return st.just({"iri": "http://example.org/term", "label": "term"})
        case FieldKind.DATE:
            return st.dates().map(lambda day: day.isoformat())
        case FieldKind.REFERENCE:
            return st.just(_PID)
        case FieldKind.FILE:
            return st.just({"sha256": "0" * 64, "name": "a.txt"})
        case _:
            return _values(field.fields).filter(bool)
