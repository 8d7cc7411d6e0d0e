"""One entry of `invoice.schema.json` or `metadata-def.json` as a field, and back.

On the way back the entry as it came is the ground: only what differs from the field that it gives is written anew, so
that keywords that mean nothing here, their order and the spelling of numbers stay.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from kiban.errors import DamagedFile, InvalidValue
from kiban.quantity.spelling import respell
from kiban.records.field import Field, FieldKind, Label, Need, Option

_UNDERSTOOD = {
    "label", "type", "description", "default", "enum", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
    "minLength", "maxLength",
}  # fmt: skip
_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_TYPES = {
    FieldKind.NUMBER: "number",
    FieldKind.QUANTITY: "number",
    FieldKind.TRUTH: "boolean",
}


def field_of(name: str, said: Any, *, key: tuple[str, str], is_required: bool, where: str) -> Field:
    """Read an entry of `properties`.

    Parameters
    ----------
    key : tuple of str
        Key and origin of the field.
    where : str
        The place, for errors.

    Raises
    ------
    DamagedFile
        If it contradicts itself, or describes an object.
    """
    if not isinstance(said, dict):
        raise DamagedFile(f"{where} is a {type(said).__name__}; an object was expected.", mend="Correct it there.")
    item = said.get("items") if _type(said) == "array" else said
    item = item if isinstance(item, dict) else {}
    if _type(item) in {"object", "array"}:
        raise DamagedFile(
            f"{where} is of type {_type(item)}; RDE knows boolean, integer, number and string here.",
            mend="Correct it there.",
        )
    kind, rules = _kind(item)
    try:
        return Field(
            key=key[0],
            origin=key[1],
            kind=kind,
            label=label_of(said.get("label")),
            help=spoken(said.get("description")),
            need=Need.REQUIRED if is_required else Need.OPTIONAL,
            many=_type(said) == "array",
            default=said["default"] if isinstance(said.get("default"), str | int | float) else None,
            written=name,
            extra={k: v for k, v in said.items() if k not in _UNDERSTOOD},
            **rules,
        )
    except InvalidValue as e:
        raise DamagedFile(f"{where}: {e.fault}", mend=e.mend) from e


def label_of(said: Any) -> Label:
    """Both labels, or one that stands for itself."""
    if isinstance(said, dict):
        return Label(**{k: v for k in ("en", "ja") if isinstance(v := said.get(k), str)})
    return spoken(said)


def spoken(text: Any) -> Label:
    """A text in the language that its letters say."""
    if not isinstance(text, str) or not text:
        return Label()
    return Label(ja=text) if _JAPANESE.search(text) else Label(en=text)


def type_of(said: Any) -> str:
    """The JSON type that values of an entry have; of their members where it is a list."""
    if not isinstance(said, dict):
        return ""
    return _type(said["items"] if _type(said) == "array" and isinstance(said.get("items"), dict) else said)


def _type(said: dict[str, Any]) -> str:
    found = said.get("type")
    if isinstance(found, list):
        found = next((each for each in found if each != "null"), "")
    return found if isinstance(found, str) else ""


def _kind(said: dict[str, Any]) -> tuple[FieldKind, dict[str, Any]]:
    if options := _options(said):
        return FieldKind.CHOICE, {"options": options}
    match _type(said):
        case "boolean":
            return FieldKind.TRUTH, {}
        case "integer" | "number":
            if unit := _unit(said):
                return FieldKind.QUANTITY, {"unit": unit, **_bounds(said)}
            return FieldKind.NUMBER, {"is_whole": _type(said) == "integer", **_bounds(said)}
    if said.get("format") == "date":
        return FieldKind.DATE, {}
    return FieldKind.TEXT, {"shortest": _count(said, "minLength"), "longest": _count(said, "maxLength")}


def _options(said: dict[str, Any]) -> tuple[Option, ...]:
    """The answers of an `enum`, where each of them can be told from the others and from nothing."""
    values = said.get("enum")
    if not isinstance(values, list) or _type(said) == "boolean":
        return ()
    keys = [option_key(value) for value in values if isinstance(value, str | int | float)]
    if len(keys) < len(values) or len(set(keys)) < len(keys) or any(not k or k != k.strip() for k in keys):
        return ()
    return tuple(Option(key=key) for key in keys)


def option_key(value: Any) -> str:
    """The key of an answer: a text itself, a number as it is written."""
    return value if isinstance(value, str) else json.dumps(value)


def _unit(said: dict[str, Any]) -> str:
    """The unit in our spelling; empty where there is none, or none that is known here."""
    from kiban.quantity.unit import is_known

    options = said.get("options")
    unit = options.get("unit") if isinstance(options, dict) else None
    if not isinstance(unit, str) or not unit.strip():
        return ""
    spelt = respell(unit.strip())
    return spelt if spelt and is_known(spelt) else ""


def _bounds(said: dict[str, Any]) -> dict[str, Any]:
    """The narrower bound of `minimum` and `exclusiveMinimum`, and of their counterparts."""
    found: dict[str, Any] = {}
    for name, capital, narrower in (("minimum", "Minimum", max), ("maximum", "Maximum", min)):
        open_, closed = _number(said, f"exclusive{capital}"), _number(said, name)
        bounds = [bound for bound in (open_, closed) if bound is not None]
        if bounds:
            found[name] = narrower(bounds)
            found[f"excludes_{name}"] = open_ is not None and open_ == found[name]
    return found


def _number(said: dict[str, Any], key: str) -> float | None:
    value = said.get(key)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _count(said: dict[str, Any], key: str) -> int | None:
    value = _number(said, key)
    return int(value) if value is not None and value >= 0 else None


def entry_of(field: Field, said: dict[str, Any] | None, losses: list[str]) -> dict[str, Any]:
    """Write an entry of `properties`.

    Parameters
    ----------
    said : mapping, optional
        The entry that the field was imported from.
    """
    before = None
    if said is not None:
        key = field.key, field.origin
        before = field_of(field.written, said, key=key, is_required=field.need is Need.REQUIRED, where=field.written)
    entry = dict(said or {})
    for attributes, write in _WRITERS:
        if before is None or any(getattr(before, name) != getattr(field, name) for name in attributes):
            write(field, entry, losses)
    return entry


def _put(entry: dict[str, Any], key: str, value: Any) -> None:
    if value is None or value == "":
        entry.pop(key, None)
    else:
        entry[key] = value


def _write_label(field: Field, entry: dict[str, Any], losses: list[str]) -> None:  # noqa: ARG001
    en, ja = field.label.en or field.label.ja, field.label.ja or field.label.en
    entry["label"] = {"ja": ja or field.key, "en": en or field.key}


def _write_kind(field: Field, entry: dict[str, Any], losses: list[str]) -> None:
    item = entry
    if field.many:
        item = dict(entry["items"]) if isinstance(entry.get("items"), dict) else {}
        entry["type"], entry["items"] = "array", item
    is_whole = field.is_whole or (type_of(item) == "integer" and field.kind is FieldKind.QUANTITY)
    item["type"] = "integer" if is_whole else _TYPES.get(field.kind, "string")
    if field.kind is FieldKind.CHOICE:
        values = [option.key for option in field.options]
        if type_of(entry) in {"integer", "number"} or _are_numbers(item.get("enum")):
            item["type"], item["enum"] = "number", [_decoded(value, losses, field) for value in values]
        else:
            item["enum"] = values
    else:
        item.pop("enum", None)
    if field.kind is FieldKind.DATE:
        item["format"] = "date"
    elif item.get("format") == "date":
        item.pop("format")
    options = dict(item["options"]) if isinstance(item.get("options"), dict) else {}
    _put(options, "unit", field.unit)
    _put(item, "options", options or None)


def _are_numbers(values: Any) -> bool:
    return isinstance(values, list) and bool(values) and all(isinstance(v, int | float) for v in values)


def _decoded(key: str, losses: list[str], field: Field) -> Any:
    try:
        return json.loads(key)
    except ValueError:
        losses.append(f"The answer '{key}' of {field.key} is no number; the field is one of numbers in RDE.")
        return key


def _write_bounds(field: Field, entry: dict[str, Any], losses: list[str]) -> None:
    for name, capital in (("minimum", "Minimum"), ("maximum", "Maximum")):
        bound, is_open = getattr(field, name), getattr(field, f"excludes_{name}")
        used, other = (f"exclusive{capital}", name) if is_open else (name, f"exclusive{capital}")
        entry.pop(other, None)
        if bound is not None and entry.get(used) == bound:
            continue
        if bound is not None and bound != int(bound):
            # The model of invoice.schema.json in rdetoolkit has whole numbers there and refuses others.
            losses.append(f"The {name} {bound:g} of {field.key} is left out: RDE takes whole numbers there.")
            bound = None
        _put(entry, used, None if bound is None else int(bound))


def _write_lengths(field: Field, entry: dict[str, Any], losses: list[str]) -> None:  # noqa: ARG001
    _put(entry, "minLength", field.shortest)
    _put(entry, "maxLength", field.longest)


def _write_help(field: Field, entry: dict[str, Any], losses: list[str]) -> None:
    if field.help.en and field.help.ja:
        losses.append(f"Of the two help texts of {field.key} the Japanese one is written.")
    _put(entry, "description", field.help.ja or field.help.en)


def _write_default(field: Field, entry: dict[str, Any], losses: list[str]) -> None:
    if field.default is not None and not isinstance(field.default, str | int | float):
        losses.append(f"The default of {field.key} is left out: it is no single value.")
    _put(entry, "default", field.default if isinstance(field.default, str | int | float) else None)


def _write_extra(field: Field, entry: dict[str, Any], losses: list[str]) -> None:  # noqa: ARG001
    for key in [k for k in entry if k not in _UNDERSTOOD and k not in field.extra]:
        del entry[key]
    for key, value in field.extra.items():
        if key not in _UNDERSTOOD:
            entry[key] = value


_KINDS = ("kind", "unit", "is_whole", "options", "many")
_BOUNDS = ("minimum", "maximum", "excludes_minimum", "excludes_maximum")
_WRITERS: tuple[tuple[tuple[str, ...], Callable[[Field, dict[str, Any], list[str]], None]], ...] = (
    (("extra",), _write_extra),
    (("label",), _write_label),
    (_KINDS, _write_kind),
    (_BOUNDS, _write_bounds),
    (("shortest", "longest"), _write_lengths),
    (("help",), _write_help),
    (("default",), _write_default),
)
