"""Documents that people write: what is misspelt in them is told, not passed over."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, TypeVar

from kiban.errors import InvalidValue
from kiban.records.document import from_json

T = TypeVar("T")


def check_fields(document: object, known: Iterable[str], what: str) -> None:
    """Refuse a document that has other fields than those known. Raises InvalidValue that names one."""
    names = tuple(known)
    if not isinstance(document, Mapping):
        raise InvalidValue(f"{what} was given as {document!r:.60}.", mend=f"Give its fields: {', '.join(names)}.")
    if unknown := sorted(map(str, set(document) - set(names))):
        raise InvalidValue(f"{what} has no field '{unknown[0]}'.", mend=f"Its fields are: {', '.join(names)}.")


def strictly(document: Any, kind: type[T], where: str) -> T:
    """Make a noun of its document as `from_json` does, and refuse fields that it does not have.

    Parameters
    ----------
    where : str
        Where the document stands, as faults name it: `objective.targets[1]`, counting from 1.
    """
    _look(document, kind, where)
    return from_json(document, kind)


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    known = typing.get_type_hints(kind)
    return {each.name: known[each.name] for each in dataclasses.fields(kind)}


def _look(document: Any, kind: Any, where: str) -> None:
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        if isinstance(document, Mapping):
            hints = _hints(kind)
            check_fields(document, hints, where)
            for name, value in document.items():
                _look(value, hints[name], f"{where}.{name}")
        return
    parts = typing.get_args(kind)
    if isinstance(document, list | tuple) and typing.get_origin(kind) is tuple and parts:
        for i, each in enumerate(document, start=1):
            _look(each, parts[0], f"{where}[{i}]")
    elif isinstance(document, Mapping):
        # Of a type that may be absent, what it is where it is there; values of mappings are looked into as well.
        if typing.get_origin(kind) in (Mapping, dict, typing.get_origin(Mapping[str, str])) and len(parts) == 2:
            for name, value in document.items():
                _look(value, parts[1], f"{where}.{name}")
        else:
            for part in parts:
                if dataclasses.is_dataclass(part):
                    _look(document, part, where)
