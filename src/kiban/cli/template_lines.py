"""Templates as lines of the terminal: fields as a table, changes as sentences."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiban.records.field import Field
    from kiban.records.template import Template
    from kiban.records.template_change import Change

_NEEDS = {"required": "!", "recommended": "+", "optional": ""}
_LONGEST = 60


def template_lines(template: Template, language: str) -> Iterator[str]:
    """What a template is for, then one line for each field: need, key, what may stand there, label, help.

    `!` marks what must be filled in, `+` what should be.
    """
    yield f"{template.label.in_language(language)}  [{template.name}]"
    if about := template.description.in_language(language):
        yield about
    techniques = f" of {', '.join(template.techniques)}" if template.techniques else ""
    yield f"for a {template.applies_to.value}{techniques}"
    if template.iri:
        yield template.iri
    yield ""
    yield from columns(_rows(template.fields, language, 0))


def _rows(fields: tuple[Field, ...], language: str, depth: int) -> Iterator[tuple[str, ...]]:
    for field in fields:
        yield (
            _NEEDS[field.need.value],
            f"{'  ' * depth}{field.key}",
            holds(field),
            field.label.in_language(language),
            field.help.in_language(language),
        )
        yield from _rows(field.fields, language, depth + 1)


def holds(field: Field) -> str:
    """What may stand in a field, in a few words: `quantity in degC, >= 0`."""
    words = field.kind.value
    if field.unit:
        words += f" in {field.unit}"
    if field.is_whole:
        words = "whole number"
    if field.options:
        words = _cut(" / ".join(option.key for option in field.options))
    if field.refers_to:
        words += f" to a {' or '.join(kind.value for kind in field.refers_to)}"
    if field.vocabulary:
        words += f" of {field.vocabulary}"
    bounds = []
    if field.minimum is not None:
        bounds.append(f"{'>' if field.excludes_minimum else '>='} {field.minimum:g}")
    if field.maximum is not None:
        bounds.append(f"{'<' if field.excludes_maximum else '<='} {field.maximum:g}")
    if field.shortest is not None:
        bounds.append(f"at least {field.shortest} characters")
    if field.longest is not None:
        bounds.append(f"at most {field.longest} characters")
    if field.many:
        bounds.append("several")
    return ", ".join([words, *bounds])


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def change_line(change: Change) -> str:
    """One change as a line; `!` before one that records can be refused for."""
    mark = " " if change.is_compatible else "!"
    place = ".".join(change.path) or "(template)"
    sides = " -> ".join(_cut(side) for side in (change.before, change.after) if side)
    lost = "  (values stay behind)" if change.loses else ""
    return f"{mark} {change.what.value:<10} {place}  {sides}{lost}"


def columns(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Rows with their cells one below the other; wide characters count as two."""
    kept = list(rows)
    widths = [max(map(_width, column)) for column in zip(*kept, strict=True)]
    for row in kept:
        cells = [f"{cell}{' ' * (width - _width(cell))}" for cell, width in zip(row, widths, strict=True)]
        yield "  ".join(cells).rstrip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
