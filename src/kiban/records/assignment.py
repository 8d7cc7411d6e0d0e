"""Values of a form given one by one, as the terminal takes them: `temperature=900degC`, `steps[2].hold=3h`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from kiban.errors import InvalidValue

_PART = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)((?:\[\d{1,6}\])*)")
_NUMBER = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Assignment:
    """One value and its place."""

    path: tuple[str | int, ...]
    """Keys, and places in lists from 0."""
    text: str
    """As typed; empty takes away what stands there."""
    place: str
    """As typed: rows and values of a list are counted from 1."""


def assignment_of(text: str) -> Assignment:
    """Read `place=value`. A value may hold further `=`.

    Raises
    ------
    InvalidValue
        If there is no `=`, or no place before it.
    """
    place, equals, value = text.partition("=")
    place = place.strip()
    path: list[str | int] = []
    for part in place.split("."):
        match = _PART.fullmatch(part)
        if match is None or not equals:
            raise InvalidValue(
                f"'{text[:80]}' does not say which field gets which value.",
                mend="Write KEY=VALUE, like temperature=900degC; of rows, like steps[1].hold=2h, counted from 1.",
            )
        path.append(match[1])
        for number in _NUMBER.findall(match[2]):
            if int(number) == 0:
                raise InvalidValue(f"'{place[:80]}' counts from 0.", mend="Rows are counted from 1: the first is [1].")
            path.append(int(number) - 1)
    return Assignment(tuple(path), value.strip(), place)


def assigned(values: Mapping[str, Any], assignments: Iterable[Assignment]) -> dict[str, Any]:
    """Values with further ones put in, the last word counting. What was given stays as it is.

    Raises
    ------
    InvalidValue
        If a place leads through something that has no places in it, or skips a row.
    """
    changed = deepcopy(dict(values))
    for each in assignments:
        _put(changed, each)
    return changed


def _put(values: dict[str, Any], assignment: Assignment) -> None:
    here: Any = values
    for part, after in zip(assignment.path, (*assignment.path[1:], None), strict=True):
        if isinstance(part, int):
            if not isinstance(here, list):
                raise _wrong(assignment, "what stands there is not a list")
            if part > len(here):
                n = len(here)
                raise _wrong(assignment, f"there {'is 1 row' if n == 1 else f'are {n} rows'}, so the next is [{n + 1}]")
            if part == len(here):
                here.append(None)
        elif not isinstance(here, dict):
            raise _wrong(assignment, f"what stands there has no fields such as {part}")
        if after is None:
            here[part] = assignment.text or None
            return
        found = here.get(part) if isinstance(here, dict) else here[part]
        if found is None:
            found = [] if isinstance(after, int) else {}
            here[part] = found
        here = found


def _wrong(assignment: Assignment, what: str) -> InvalidValue:
    return InvalidValue(
        f"{assignment.place[:80]}: {what}.", mend="Look at what stands there now (`show` with --json has all of it)."
    )
