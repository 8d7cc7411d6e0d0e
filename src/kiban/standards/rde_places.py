"""Where the fields of a template stand in the files of RDE."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from kiban.records.field import Field, FieldKind
from kiban.records.template import Template
from kiban.standards.rde_template import is_of_rde

SECTIONS = ("basic", "custom", "sample", "meta", "variable", "catalog")


@dataclass(frozen=True, slots=True)
class Place:
    """A field whose value is an entry of `custom`."""

    path: tuple[str, ...]
    """Keys in the values of a record."""
    field: Field
    """`written` is its name in RDE."""


def section(template: Template, name: str) -> Field | None:
    """The group that stands for a part of the RDE files; `None` where the template has none."""
    if not is_of_rde(template):
        return None
    return next((each for each in template.fields if each.written == name), None)


def custom_places(template: Template, losses: list[str]) -> list[Place]:
    """What goes into `custom`: its group, and all that stands outside of the RDE groups.

    RDE has one value in each entry, and no groups: inner fields are named after their groups too.
    """
    places: list[Place] = []
    taken: set[str] = set()
    for place in _places(template, losses):
        name = place.field.written
        if name in taken:
            losses.append(f"{'.'.join(place.path)} is left out: RDE has one place of the name '{name}'.")
            continue
        taken.add(name)
        places.append(place)
    return places


def _places(template: Template, losses: list[str]) -> Iterator[Place]:
    custom = section(template, "custom")
    if custom is not None:
        for each in custom.fields:
            yield from _flat(each, (custom.key,), each.written or each.key, losses)
    for each in template.fields:
        if not (is_of_rde(template) and each.written in SECTIONS):
            yield from _flat(each, (), each.written or each.key, losses)


def _flat(field: Field, above: tuple[str, ...], name: str, losses: list[str]) -> Iterator[Place]:
    path = (*above, field.key)
    if field.kind is FieldKind.TABLE or (field.many and field.kind is FieldKind.GROUP):
        losses.append(f"{'.'.join(path)} is left out: RDE has no tables among what is filled in.")
    elif field.many and field.kind is not FieldKind.GROUP and not (above and field.extra.get("items")):
        losses.append(f"{'.'.join(path)} is left out: it may hold several values, RDE takes one.")
    elif field.kind is FieldKind.GROUP:
        for part in field.fields:
            yield from _flat(part, path, f"{name}_{part.written or part.key}", losses)
    else:
        yield Place(path, replace(field, written=name))


def values_by_group(template: Template, values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """What stands in one of the RDE groups; empty where the template has none of that name."""
    group = section(template, name)
    found = values.get(group.key) if group is not None else None
    return found if isinstance(found, Mapping) else {}
