"""A template as a JSON file that people write, keep and send.

The file holds what `Template` has, by the same names. What is left out is as if it had never been said, so a short
template is a short file. A name that means nothing is refused: misspelt, it would be a rule that does not hold.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from difflib import get_close_matches
from typing import Any

from kiban.errors import InvalidValue
from kiban.records.document import from_json, to_json
from kiban.records.field import MAX_DEPTH, Field, Label, Option
from kiban.records.template import Template

LARGEST = 4 << 20
"""Bytes of the largest file that is read: more than the longest template needs."""
_PARTS: dict[type, dict[str, type]] = {
    Template: {"label": Label, "description": Label, "fields": Field},
    Field: {"label": Label, "help": Label, "options": Option, "fields": Field},
    Option: {"label": Label},
    Label: {},
}
_LISTS = frozenset({"fields", "options"})


def read_template(content: str | bytes) -> Template:
    """Make a template of a JSON file.

    Raises
    ------
    InvalidValue
        If it is not JSON, says a name twice or one that means nothing, or breaks a rule of templates; the fault says
        where.
    """
    if len(content) > LARGEST:
        raise InvalidValue(f"The template has {len(content)} bytes.", mend=f"At most {LARGEST} are read: split it.")
    try:
        document = json.loads(content, object_pairs_hook=_distinct, parse_constant=_no_number)
    except RecursionError:
        raise InvalidValue("The template is nested beyond measure.", mend="Groups go four deep.") from None
    except UnicodeDecodeError as e:
        raise InvalidValue(f"The template is not UTF-8 at byte {e.start}.", mend="Save it as UTF-8.") from None
    except json.JSONDecodeError as e:
        raise InvalidValue(
            f"The template is not JSON at line {e.lineno}, column {e.colno}: {e.msg}.",
            mend="Put right what stands there; kiban template export writes one to look at.",
        ) from None
    _check(document, Template, "The template", 0)
    return from_json(document, Template)


def template_as_json(template: Template) -> dict[str, Any]:
    """A template as such a file holds it: what says nothing is left out."""
    return _short(to_json(template), Template)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    said = dict(pairs)
    if len(said) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidValue(f"The template says '{twice[:80]}' twice in one place.", mend="Leave one of them out.")
    return said


def _no_number(name: str) -> Any:
    raise InvalidValue(f"{name} stands in the template.", mend="Give a finite number, or leave the bound out.")


def _check(document: Any, kind: type, place: str, depth: int) -> None:
    """Refuse names that mean nothing, and what is no object where one should be."""
    if not isinstance(document, Mapping):
        raise InvalidValue(f"{place} is {document!r:.40}.", mend=f"Give an object with the names of a {kind.__name__}.")
    if depth > 2 * MAX_DEPTH:
        raise InvalidValue(f"{place} is nested too deep.", mend=f"Fields go at most {MAX_DEPTH} deep.")
    known = [field.name for field in fields(kind)]
    for name in document:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"Did you mean '{near[0]}'? " if near else ""
            raise InvalidValue(
                f"{place} has '{name[:80]}', which means nothing there.", mend=f"{hint}Names are: {', '.join(known)}."
            )
    for name, part in _PARTS[kind].items():
        if (value := document.get(name)) is None:
            continue
        if name not in _LISTS:
            _check(value, part, f"'{name}' of {_lower(place)}", depth)
            continue
        if not isinstance(value, list):
            raise InvalidValue(f"'{name}' of {_lower(place)} is {value!r:.40}.", mend="Give a list of objects.")
        for number, each in enumerate(value, start=1):
            called = each.get("key") if isinstance(each, Mapping) else None
            _check(each, part, f"{part.__name__} {called or number!r:.40} of {_lower(place)}", depth + 1)


def _lower(place: str) -> str:
    return place[0].lower() + place[1:]


def _short(document: Mapping[str, Any], kind: type) -> dict[str, Any]:
    short: dict[str, Any] = {}
    for name, value in document.items():
        if (part := _PARTS[kind].get(name)) is not None:
            value = [_short(each, part) for each in value] if name in _LISTS else _short(value, part)
        if not _says_nothing(name, value):
            short[name] = value
    return short


def _says_nothing(name: str, value: Any) -> bool:
    if name == "default":
        return value is None
    is_empty = isinstance(value, list | tuple | dict) and not value
    return value is None or value is False or value in ("", "optional") or is_empty
