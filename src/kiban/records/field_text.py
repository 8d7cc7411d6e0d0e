"""One value of a field as a person would type it: what a form and a terminal show of a value that is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kiban.quantity.uncertainty import Kind
from kiban.records.field import Field, FieldKind


def text_of(field: Field, value: Any) -> str:
    """Write a value of a field that is neither a group nor a table, so that `value_of` reads the same from it.

    Two things have no text: whose word an uncertainty is, and an uncertainty that is a resolution (it is left out).
    Forms keep the value itself where its text was not changed.
    """
    if value is None:
        return ""
    match field.kind:
        case FieldKind.QUANTITY:
            return _quantity(value) if isinstance(value, Mapping) else str(value)
        case FieldKind.TRUTH if isinstance(value, bool):
            return "true" if value else "false"
        case FieldKind.TERM if isinstance(value, Mapping):
            return str(value.get("iri", ""))
        case FieldKind.FILE if isinstance(value, Mapping):
            return str(value.get("sha256", ""))
        case FieldKind.NUMBER if isinstance(value, float):
            return number_as_typed(value)
        case _:
            return str(value)


def number_as_typed(value: float) -> str:
    """All digits of a number, and no more: `900`, `0.1`, `1e-09`."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))


def _quantity(value: Mapping[str, Any]) -> str:
    parts = [number_as_typed(value["value"])]
    doubt = value.get("uncertainty")
    if doubt is not None and doubt["value"] > 0 and doubt.get("kind", Kind.STANDARD) != Kind.RESOLUTION:
        parts.append(f"± {number_as_typed(doubt['value'])}")
        if doubt.get("kind") == Kind.EXPANDED:
            parts.append(f"(k={number_as_typed(doubt['coverage_factor'])})")
    if value.get("unit"):
        parts.append(str(value["unit"]))
    return " ".join(parts)
