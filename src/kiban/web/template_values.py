"""What stands in the fields of a template, as a page shows it: labels in its language, quantities with uncertainty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kiban.records.field import Field, FieldKind
from kiban.records.filled import is_nothing
from kiban.web.language import Speaker
from kiban.web.number_text import number_text
from kiban.web.show_values import quantity_document


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One field with its value."""

    label: str
    help: str
    depth: int
    texts: tuple[str, ...] = ()
    """Its values as texts, one for each of several."""
    other: tuple[str, ...] | None = None
    """For a process: how it was done, where `texts` is how it was meant."""
    address: str | None = None
    """Where a reference leads."""
    heads: tuple[str, ...] = ()
    """Of a table: the labels of its columns."""
    rows: tuple[tuple[str, ...], ...] = ()
    other_rows: tuple[tuple[str, ...], ...] = ()

    @property
    def differs(self) -> bool:
        """It was done, and otherwise than it was meant."""
        pairs = ((self.other, self.texts), (self.other_rows, self.rows))
        return any(done and done != meant for done, meant in pairs)


def shown_values(
    fields: tuple[Field, ...],
    values: Mapping[str, Any],
    speaker: Speaker,
    *,
    done: Mapping[str, Any] | None = None,
    depth: int = 0,
) -> Iterator[Shown]:
    """The fields in which something stands, in the template's order; a group's name, then its fields one deeper.

    Parameters
    ----------
    done : mapping, optional
        Of a process: the values as it was done, beside `values` as it was meant.
    """
    for field in fields:
        here, there = values.get(field.key), (done or {}).get(field.key)
        if is_nothing(here) and is_nothing(there):
            continue
        label, help_ = field.label.in_language(speaker.language) or field.key, field.help.in_language(speaker.language)
        if field.kind is FieldKind.GROUP:
            yield from _group(field, here, there, label, help_, speaker, depth, is_process=done is not None)
        elif field.kind is FieldKind.TABLE:
            yield Shown(
                label=label,
                help=help_,
                depth=depth,
                heads=tuple(f.label.in_language(speaker.language) or f.key for f in field.fields),
                rows=_rows(field, here, speaker),
                other_rows=_rows(field, there, speaker),
            )
        else:
            texts = _texts(field, here, speaker)
            yield Shown(
                label=label,
                help=help_,
                depth=depth,
                texts=texts,
                other=None if done is None else _texts(field, there, speaker),
                address=f"/id/{texts[0]}" if field.kind is FieldKind.REFERENCE and len(texts) == 1 else None,
            )


def _group(
    field: Field, here: Any, there: Any, label: str, help_: str, speaker: Speaker, depth: int, *, is_process: bool
) -> Iterator[Shown]:
    pairs = [(here or {}, there or {})] if not field.many else _paired(here or [], there or [])
    for number, (meant, done) in enumerate(pairs, start=1):
        yield Shown(label=label if len(pairs) == 1 else f"{label} {number}", help=help_, depth=depth)
        yield from shown_values(field.fields, meant, speaker, done=done if is_process else None, depth=depth + 1)


def _paired(one: list[Any], other: list[Any]) -> list[tuple[Any, Any]]:
    n = max(len(one), len(other))
    return list(zip([*one, *[{}] * (n - len(one))], [*other, *[{}] * (n - len(other))], strict=True))


def _rows(field: Field, rows: Any, speaker: Speaker) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(", ".join(_texts(column, row.get(column.key), speaker)) for column in field.fields) for row in rows or ()
    )


def _texts(field: Field, value: Any, speaker: Speaker) -> tuple[str, ...]:
    if is_nothing(value):
        return ()
    many = value if isinstance(value, list) else [value]
    return tuple(_text(field, one, speaker) for one in many)


def _text(field: Field, value: Any, speaker: Speaker) -> str:
    match field.kind:
        case FieldKind.QUANTITY if isinstance(value, Mapping):
            return quantity_document(dict(value))
        case FieldKind.NUMBER if isinstance(value, int | float):
            return number_text(value)
        case FieldKind.TRUTH:
            return speaker("values.yes") if value else speaker("values.no")
        case FieldKind.CHOICE:
            option = next((o for o in field.options if o.key == value), None)
            return (option.label.in_language(speaker.language) if option is not None else "") or str(value)
        case FieldKind.TERM if isinstance(value, Mapping):
            return str(value.get("label") or value.get("iri"))
        case FieldKind.FILE if isinstance(value, Mapping):
            return str(value.get("name") or value.get("sha256"))
        case _:
            return str(value)
