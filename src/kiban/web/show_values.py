"""Values as pages show them: the filters of the templates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any

from markupsafe import Markup, escape

from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Kind
from kiban.web.browser_name import browser_name
from kiban.web.number_text import concise, number_text, size_text
from kiban.web.sparkline import sparkline
from kiban.web.unit_text import axis_title, unit_text, with_unit


def quantity(value: Measured) -> str:
    """A value with its uncertainty and unit: `3.1356(2) Å`; an expanded one as `(5.0 ± 0.2) nm (k = 2)`."""
    doubt = value.uncertainty
    if doubt is None:
        return with_unit(number_text(value.value), value.unit)
    if doubt.kind is Kind.STANDARD:
        return with_unit(concise(value.value, doubt.value), value.unit)
    pair = with_unit(f"({number_text(value.value)} ± {number_text(doubt.value, 2)})", value.unit)
    return f"{pair} (k = {number_text(doubt.coverage_factor, 3)})" if doubt.coverage_factor is not None else pair


def quantity_document(value: dict[str, Any]) -> str:
    """As `quantity`, of a value as it stands in a JSON document."""
    number = number_text(value["value"])
    doubt = value.get("uncertainty")
    if isinstance(doubt, dict) and doubt.get("kind", "standard") == "standard":
        number = concise(value["value"], doubt["value"])
    return with_unit(number, str(value.get("unit", "")))


def instant(value: datetime | str | None) -> Markup:
    """A time that a script may say in the reader's own zone; one without a zone stays as it is written."""
    if value is None or value == "":
        return Markup("")
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return escape(value)
    if at.tzinfo is None and at == datetime.combine(at, time()):
        # Files that state a day and no time of day have this; nobody is told that it was midnight.
        return Markup('<time datetime="{0}">{0}</time>').format(at.date().isoformat())
    if at.tzinfo is None:
        return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), f"{at:%Y-%m-%d %H:%M}")
    at = at.astimezone(UTC)
    return Markup('<time class="zoned" datetime="{}">{}</time>').format(at.isoformat(), f"{at:%Y-%m-%d %H:%M} UTC")


FILTERS: dict[str, Callable[..., Any]] = {
    "axis_title": axis_title,
    "browser": browser_name,
    "instant": instant,
    "number": number_text,
    "quantity": quantity,
    "quantity_document": quantity_document,
    "size": size_text,
    "sparkline": sparkline,
    "unit": unit_text,
}
