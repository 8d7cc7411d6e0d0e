"""Carrying a record's values from the version of the template they were made with to another one.

What can be carried by itself is: renamed fields keep their values under the new key, moved ones are where they were,
other units stay as given. What a version demands beyond that is stated by its designer, field by field, as a `Step`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kiban.errors import InvalidValue
from kiban.records.field import Field, FieldKind
from kiban.records.filled import Filled, fill, is_nothing
from kiban.records.template import Template


class Act(StrEnum):
    """What is done to the values of one field."""

    SET = "set"
    """Where nothing stands, put the given value."""
    REPLACE = "replace"
    """Exchange single values for others: `{"N2": "nitrogen"}`."""
    DROP = "drop"
    """Leave out a value that the new version refuses. It stays in the earlier version of the record."""
    FIRST = "first"
    """Of several values keep the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One statement of a migration."""

    path: tuple[str, ...]
    """Keys of the new version; within groups and tables it holds for every row."""
    act: Act
    value: Any = None
    """For `set`: what is put there."""
    replacements: Mapping[str, Any] = field(default_factory=dict)
    """For `replace`: new values by the text of the old ones."""

    def __post_init__(self) -> None:
        if not self.path:
            raise InvalidValue("A step of a migration names no field.", mend="Give the path of its field.")
        if self.act is Act.SET and is_nothing(self.value):
            raise InvalidValue(f"Nothing is to be set in {'.'.join(self.path)}.", mend="Give the value.")
        if self.act is Act.REPLACE and not self.replacements:
            raise InvalidValue(f"Nothing is to be replaced in {'.'.join(self.path)}.", mend="Give old and new values.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What becomes of one record's values."""

    filled: Filled
    """Checked against the new version."""
    left_behind: tuple[str, ...]
    """Places that had a value and have none in the new version."""


def carry(old: Template, new: Template, values: Mapping[str, Any], steps: tuple[Step, ...] = ()) -> Carried:
    """Carry values over, then check them.

    Parameters
    ----------
    values : mapping
        As a document holds them, made with `old`.

    Raises
    ------
    InvalidValue
        If a step names a field that the new version does not have.
    """
    for step in steps:
        _check_path(new.fields, step)
    left: list[str] = []
    carried = _carry(old.fields, new.fields, values, "", left)
    for step in steps:
        carried = _apply(step, step.path, carried, left)
    filled = fill(new.fields, carried)
    return Carried(filled=filled, left_behind=tuple(dict.fromkeys(left)))


def moved(old: Template, new: Template, values: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Values under the keys of another version, not checked against it; and the places that have none there."""
    left: list[str] = []
    return _carry(old.fields, new.fields, values, "", left), tuple(dict.fromkeys(left))


def _check_path(fields: tuple[Field, ...], step: Step) -> None:
    for number, key in enumerate(step.path):
        found = next((each for each in fields if each.key == key), None)
        if found is None:
            raise InvalidValue(
                f"A step names {'.'.join(step.path[: number + 1])}, which the new version does not have.",
                mend=f"Its fields there are: {', '.join(each.key for each in fields) or 'none'}.",
            )
        fields = found.fields


def _carry(
    old: tuple[Field, ...], new: tuple[Field, ...], values: Mapping[str, Any], above: str, left: list[str]
) -> dict[str, Any]:
    places = {each.first_key: each for each in new}
    carried: dict[str, Any] = {}
    for each in old:
        value: Any = values.get(each.key)
        if is_nothing(value):
            continue
        place = places.get(each.first_key)
        name = f"{above}{each.key}"
        if place is None:
            left.append(name)
            continue
        if each.fields and place.fields:
            rows = value if isinstance(value, list) else [value]
            moved = [_carry(each.fields, place.fields, row, f"{name}.", left) for row in rows]
            value = moved if isinstance(value, list) else moved[0]
        if place.many and place.kind is not FieldKind.TABLE and not isinstance(value, list):
            value = [value]
        elif isinstance(value, list) and not place.many and place.kind is not FieldKind.TABLE and len(value) == 1:
            value = value[0]
        carried[place.key] = value
    return carried


def _apply(step: Step, path: tuple[str, ...], values: dict[str, Any], left: list[str]) -> dict[str, Any]:
    key, below = path[0], path[1:]
    found = values.get(key)
    if below:
        if isinstance(found, list):
            return {**values, key: [_apply(step, below, row, left) for row in found]}
        return {**values, key: _apply(step, below, found or {}, left)} if found or step.act is Act.SET else values
    name = ".".join(step.path)
    match step.act:
        case Act.SET:
            return values if not is_nothing(found) else {**values, key: step.value}
        case Act.REPLACE:
            return values if is_nothing(found) else {**values, key: _replaced(step, found)}
        case Act.FIRST:
            if isinstance(found, list) and found:
                left.extend([name] if len(found) > 1 else [])
                return {**values, key: found[0]}
            return values
        case Act.DROP:
            if not is_nothing(found):
                left.append(name)
            return {k: v for k, v in values.items() if k != key}


def _replaced(step: Step, found: Any) -> Any:
    if isinstance(found, list):
        return [_replaced(step, one) for one in found]
    return step.replacements.get(str(found), found)
